//! `cargo xtask conformance`: OTP's own test suites on the host's OTP, which is the reference, and in the VM in
//! Chromium, with a small stand-in for Common Test. Prints a table and writes `target/conformance.json`, which holds the
//! last run of each suite; the page `docs/conformance.md` is made from that and from the reasons that are known.

mod build;
mod outcome;
mod reasons;
mod report;
mod run;
mod suites;

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{host, otp, place, tools, vm};
use build::Built;
use report::Report;
use suites::{SUITES, Suite};

/// Options of `cargo xtask conformance`.
#[derive(clap::Args)]
pub struct Options {
    /// The suites, such as `lists`; all that are known when none is named.
    suites: Vec<String>,
    /// Only cases whose name holds this.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// How many seconds a case may take in the VM.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    limit: u64,
    /// Print the failing cases, each with what it said.
    #[arg(long)]
    failures: bool,
    /// Write docs/conformance.md anew from the last run of each suite.
    #[arg(long, conflicts_with = "case")]
    write: bool,
}

/// How long a case may take on the host: as long as in the VM, unless that is told otherwise.
const HOST_LIMIT: Duration = Duration::from_secs(60);

/// Runs the suites.
pub fn main(options: &Options) -> Result<()> {
    let chosen = chosen(&options.suites)?;
    tools::for_vm()?;
    let chromium = host::require(&host::CHROMIUM)?;
    let work = place::at("target/conformance");
    fs::create_dir_all(&work)?;
    let vm = vm::prepare(None)?;
    let staged = otp::stage(&vm.wasm, &work.join("vm"))?;
    fs::copy(&vm.glue, work.join("vm/AtomVM.mjs"))?;
    let source = otp::source::unpacked()?;
    let toolchain = otp::prepare()?;
    let built: Vec<Built> = step("compile the suites", || {
        let suites = chosen.iter();
        suites
            .map(|suite| build::suite(&toolchain, &staged, &source, suite, &work))
            .collect()
    })?;
    let reference = step("the suites on the host's OTP", || {
        run::all_on_host(&toolchain, &built, HOST_LIMIT)
    })?;
    let limit = Duration::from_secs(options.limit);
    let plan = run::plan(&built, &reference, options.case.as_deref());
    let found = step("the suites in the VM", || {
        run::in_vm(&staged, &plan, &chromium, limit, &work)
    })?;
    let report = Report::new(&toolchain, &plan, &found)?;
    print!("{}", report.table());
    if options.failures {
        print!("{}", report.failures());
    }
    if options.case.is_none() {
        let json = place::at("target/conformance.json");
        let all = report.over(Report::last(&json));
        all.write(&json)
            .with_context(|| format!("cannot write {}", json.display()))?;
        if options.suites.is_empty() || options.write {
            all.hold_page(options.write)?;
        }
    }
    Ok(())
}

/// The suites that are named, or all.
fn chosen(names: &[String]) -> Result<Vec<&'static Suite>> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let find = |name: &String| {
        let known = SUITES.iter().find(|suite| suite.name == name);
        known.with_context(|| {
            let names: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
            format!("no suite {name}; there are {}", names.join(", "))
        })
    };
    let found: Vec<_> = names.iter().map(find).collect::<Result<_>>()?;
    if found.is_empty() {
        bail!("no suite");
    }
    Ok(found)
}
