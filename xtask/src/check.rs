//! `cargo xtask test`: every check, in the order that fails soonest. Nothing is skipped: what is missing
//! is installed or the run fails. Ends with the test runners' own summary lines.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{exec, host, otp, place, site, tools, vm};

/// The pure crates: they must compile for the browser and be covered by tests.
const PURE: [&str; 5] = ["avm", "boot", "protocol", "share", "slo"];
/// Share of the pure crates' lines that tests must run, in per cent.
const COVERED_LINES: &str = "90";

/// What to check; everything when nothing is chosen.
#[derive(clap::Args)]
pub struct Options {
    /// Only the native checks: format, lints, Rust tests, coverage.
    #[arg(long, conflicts_with = "browser")]
    native: bool,
    /// Only the browser checks, on the site built anew.
    #[arg(long)]
    browser: bool,
    /// Words for Playwright, such as the name of a spec file.
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// Runs the checks.
pub fn run(options: &Options) -> Result<()> {
    let mut summary = Vec::new();
    if !options.browser {
        native(&mut summary)?;
    }
    if !options.native {
        browser(&options.playwright, &mut summary)?;
    }
    println!("\nSummary lines of the test runners:");
    for line in summary {
        println!("{line}");
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = exec::command("cargo", &place::root());
    cargo.args(arguments);
    cargo
}

fn native(summary: &mut Vec<String>) -> Result<()> {
    step("format", || {
        exec::run(&mut cargo(&["fmt", "--all", "--check"]))
    })?;
    step("lints, native", || {
        let arguments = [
            "clippy",
            "--quiet",
            "--workspace",
            "--exclude",
            "atomvm-console",
        ];
        exec::run(cargo(&arguments).args([
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("lints, browser", || {
        let arguments = [
            "clippy",
            "--quiet",
            "--package",
            "atomvm-console",
            "--all-targets",
        ];
        exec::run(cargo(&arguments).args(["--target", WASM, "--", "-D", "warnings"]))
    })?;
    step("pure crates compile for the browser", || {
        exec::run(cargo(&["check", "--quiet", "--target", WASM]).args(packages(&PURE)))
    })?;
    let promtool = host::require(&host::PROMTOOL)?;
    step("tests of the pure crates, with their coverage", || {
        let tools = tools::for_coverage()?;
        let mut coverage = tools.command("cargo", &place::root())?;
        coverage.args([
            "llvm-cov",
            "--all-features",
            "--fail-under-lines",
            COVERED_LINES,
        ]);
        coverage.args(packages(&PURE)).env("PROMTOOL", &promtool);
        watch(&mut coverage, summary)
    })?;
    step("tests of the VM's own functions", || {
        watch(&mut cargo(&["test", "--package", "vm-natives"]), summary)
    })?;
    step("tests of xtask, tidiness among them", || {
        watch(
            &mut cargo(&["test", "--package", "xtask", "--profile", "xtask"]),
            summary,
        )
    })?;
    step("tests of the app's pure parts", || {
        watch(
            &mut cargo(&["test", "--package", "atomvm-console", "--lib"]),
            summary,
        )
    })
}

fn browser(playwright: &[String], summary: &mut Vec<String>) -> Result<()> {
    let chromium = host::require(&host::CHROMIUM)?;
    site::build(&site::Options::default())?;
    step("Erlang tests, on OTP and in the VM", otp::test)?;
    step("the lean VM answers as the untouched one", || {
        vm::report(&vm::compare(
            &vm::untouched(),
            &vm::prepare(None)?,
            &["conform".to_owned()],
        )?)
    })?;
    let tools = tools::for_build()?;
    step("end-to-end tests in Chromium", || {
        let mut runner = tools.command("playwright", &place::root())?;
        runner
            .args(["test", "--config", "e2e/playwright.config.mjs"])
            .args(playwright);
        watch(runner.env("CHROMIUM", &chromium), summary)
    })
}

const WASM: &str = "wasm32-unknown-unknown";

fn packages<'a>(names: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    names.iter().flat_map(|name| ["--package", name])
}

/// Runs a test runner, passes its output on, and keeps its summary lines.
pub fn watch(command: &mut Command, summary: &mut Vec<String>) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a test runner")?;
    let output = child.stdout.take().context("a test runner has no output")?;
    let mut terminal = std::io::stdout().lock();
    for line in BufReader::new(output).lines() {
        let line = line?;
        writeln!(terminal, "{line}")?;
        if is_summary(&line) {
            summary.push(line.trim().to_owned());
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("a test runner ended with {status}");
    }
    Ok(())
}

/// Whether a line is cargo's, llvm-cov's, EUnit's or Playwright's count of what ran.
fn is_summary(line: &str) -> bool {
    let line = line.trim();
    let counted = |words: &[&str]| {
        line.split_once(' ').is_some_and(|(count, rest)| {
            count.parse::<u32>().is_ok() && words.iter().any(|word| rest.starts_with(word))
        })
    };
    line.starts_with("test result:")
        || line.starts_with("TOTAL ")
        || counted(&["passed", "failed", "flaky", "skipped", "did not run"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        assert_eq!(is_summary(line), expected, "{line}");
    }

    #[test]
    fn summary_lines_of_each_runner_are_known() {
        check("test result: ok. 3 passed; 0 failed; 0 ignored", true);
        check("  41 passed (1.2m)", true);
        check("  2 failed", true);
        check("TOTAL    4032   120  97.02%", true);
        check("test parses ... ok", false);
        check("3 apples passed by", false);
    }
}
