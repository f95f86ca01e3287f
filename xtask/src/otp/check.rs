//! Tests of what runs in the VM: the console by its own suites and a session typed into its shell, and the
//! overlays by suites that must say the same on the host's OTP and in the VM.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avm::vm::Natives;
use avm::{Beam, Limits, Pack, Section};

use super::modules::{self, Source};
use super::toolchain::Toolchain;
use super::{Staged, merge, stage};
use crate::step::step;
use crate::{exec, place, re, vm};

/// The module that runs the suites, and starts the pack of them.
const RUNNER: &str = "otp_runner";

/// `cargo xtask erlang-test`.
pub fn main() -> Result<()> {
    let vm = vm::prepare(None)?;
    let work = place::at("target/erlang-test");
    let staged = stage(&vm.wasm, &work.join("vm"))?;
    fs::copy(&vm.glue, work.join("vm/AtomVM.mjs"))?;
    let toolchain = super::prepare()?;
    let host = work.join("host");
    step("Erlang tests of the console on the host", || {
        compile(&toolchain, &["erlang/console", "erlang/test"], &host)?;
        let mut erl = runner(&toolchain, &host);
        exec::run(erl.args(["-run", "console_runner", "main"]))
    })?;
    step("the console in the VM", || {
        let mut node = exec::command("node", &place::root());
        node.arg("erlang/test/console_in_vm.mjs")
            .args([work.join("vm"), host.clone()]);
        exec::run(node.args(staged.packs.iter().map(|pack| &pack.path)))
    })?;
    step(
        "OTP's shell in the VM, beside OTP's shell on the host",
        || {
            let mut node = exec::command("node", &place::root());
            node.arg("erlang/test/shell_in_vm.mjs")
                .arg(work.join("vm"))
                .arg(&toolchain.erl);
            exec::run(node.args(staged.packs.iter().map(|pack| &pack.path)))
        },
    )?;
    let expected = step("Erlang tests of the overlays on the host", || {
        let mut erl = runner(&toolchain, &host);
        Ok(String::from_utf8(exec::output(
            erl.args(["-run", RUNNER, "main"]),
        )?)?)
    })?;
    let found = step("Erlang tests of the overlays in the VM", || {
        in_vm(&toolchain, &staged, &work)
    })?;
    let differences = differences(&expected, &found);
    if !differences.is_empty() {
        bail!(
            "{} tests say something else in the VM:\n{}",
            differences.len(),
            differences.join("\n")
        );
    }
    eprintln!("    {} tests say the same", outcomes(&expected).len());
    Ok(())
}

/// The host's emulator with the tests on its path; crashes that tests provoke are not reported.
fn runner(toolchain: &Toolchain, folder: &Path) -> std::process::Command {
    let mut erl = toolchain.erl();
    erl.args(["+pc", "unicode", "-kernel", "logger_level", "none", "-pa"])
        .arg(folder);
    erl
}

/// Compiles every source in some folders of the checkout.
fn compile(toolchain: &Toolchain, folders: &[&str], out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    let mut erlc = exec::command(&toolchain.erlc, &place::root());
    erlc.arg("-o").arg(out);
    for folder in folders {
        erlc.args(
            modules::files(&place::at(folder), "erl")?
                .into_iter()
                .map(|(_, path)| path),
        );
    }
    exec::run(&mut erlc)
}

/// Runs the suites in the VM and returns what they wrote.
fn in_vm(toolchain: &Toolchain, staged: &Staged, work: &Path) -> Result<String> {
    let natives: Natives = fs::read_to_string(&staged.natives)?.parse()?;
    let suites: BTreeMap<String, Source> = modules::files(&place::at("erlang/test"), "erl")?
        .into_iter()
        .filter(|(name, _)| name.starts_with("otp_"))
        .map(|(name, path)| {
            let source = Source {
                base: Some(path),
                overlay: None,
                pack: modules::Pack::Library,
            };
            (name, source)
        })
        .collect();
    merge::merge(toolchain, &suites, &natives, &[], work)?;
    let tests = pack(suites.keys(), &work.join("out"), work)?;
    let mut node = exec::command("node", &place::root());
    node.arg("e2e/vm/erlang.mjs")
        .arg(work.join("vm"))
        .arg(re::prepare()?)
        .arg(tests);
    node.args(staged.packs.iter().map(|pack| &pack.path));
    Ok(String::from_utf8(exec::output(&mut node)?)?)
}

fn pack<'a>(names: impl Iterator<Item = &'a String>, beams: &Path, work: &Path) -> Result<PathBuf> {
    let mut pack = Pack::default();
    for name in names {
        let bytes = fs::read(beams.join(format!("{name}.beam")))?;
        let beam =
            Beam::parse(&bytes, &Limits::default()).with_context(|| format!("in {name}.beam"))?;
        pack.sections.push(Section::module(&beam));
    }
    pack.start_with(RUNNER)?;
    let path = work.join("tests.avm");
    fs::write(&path, pack.write())?;
    Ok(path)
}

/// The lines `suite:test value` by test.
fn outcomes(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .collect()
}

/// What each test that differs says on both.
fn differences(expected: &str, found: &str) -> Vec<String> {
    let found = outcomes(found);
    let differing = outcomes(expected)
        .into_iter()
        .filter_map(|(test, expected)| {
            let found = found.get(test).copied().unwrap_or("nothing");
            (found != expected)
                .then(|| format!("  {test}\n    on the host: {expected}\n    in the VM:   {found}"))
        });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: &str, found: &str, tests: &[&str]) {
        let differences = differences(expected, found);
        let named: Vec<_> = differences
            .iter()
            .filter_map(|text| text.split_whitespace().next())
            .collect();
        assert_eq!(named, tests);
    }

    #[test]
    fn values_must_be_the_same() {
        check(
            "a:x 1\na:y [2, 3]\ndone\n",
            "a:x 1\na:y [2, 3]\ndone\n",
            &[],
        );
        check("a:x 1\na:y 2\ndone\n", "a:x 1\na:y 3\ndone\n", &["a:y"]);
    }

    #[test]
    fn a_test_that_says_nothing_differs() {
        check("a:x 1\na:y 2\ndone\n", "a:x 1\n", &["a:y"]);
    }
}
