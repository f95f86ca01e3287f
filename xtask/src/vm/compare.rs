//! Proof that the lean VM answers as the untouched one does, and how much faster it is: the Erlang
//! programs of `erlang/bench` on both, in one browser.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avm::{Beam, Limits, pack::Pack, pack::Section};
use serde::{Deserialize, Serialize};

use super::Vm;
use crate::step::step;
use crate::{exec, host, otp, place};

/// A program times itself and prints its best run this way.
const BEST: &str = "{best_us,";

/// One program on both VMs.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Row {
    /// The program's module.
    pub program: String,
    /// The best run on the untouched VM, if the program times itself.
    pub untouched_us: Option<u64>,
    /// The best run on the lean VM.
    pub lean_us: Option<u64>,
    /// Where the two VMs differ first; nothing if they say the same every time.
    pub difference: Option<String>,
}

impl Row {
    /// How many times as fast the lean VM is, in hundredths.
    pub fn speed_percent(&self) -> Option<u64> {
        (self.untouched_us? * 100).checked_div(self.lean_us?)
    }
}

/// What the runner says of one run.
#[derive(Debug, Deserialize)]
struct Run {
    vm: String,
    program: String,
    end: String,
    lines: Vec<String>,
}

impl Run {
    fn best_us(&self) -> Option<u64> {
        let time = self.lines.iter().find_map(|line| line.strip_prefix(BEST))?;
        time.trim_end_matches('}').parse().ok()
    }

    /// What the program said, its times aside, and how it ended.
    fn answer(&self) -> Vec<&str> {
        let lines = self.lines.iter().filter(|line| !line.starts_with(BEST));
        lines
            .map(String::as_str)
            .chain([self.end.as_str()])
            .collect()
    }
}

/// Runs programs on both VMs: those named, those of a kind that is named (`speed`, `conform`), or all.
pub fn compare(untouched: &Path, lean: &Vm, only: &[String]) -> Result<Vec<Row>> {
    let folder = place::at("target/bench");
    fs::create_dir_all(&folder)?;
    let programs = step("compile the programs", || compile(&folder, only))?;
    let lean = lean.wasm.parent().context("the VM is in no folder")?;
    let plan = serde_json::json!({
        "vms": { "untouched": { "folder": untouched }, "lean": { "folder": lean } },
        "programs": programs,
        "chromium": host::require(&host::CHROMIUM)?,
    });
    let file = folder.join("plan.json");
    fs::write(&file, serde_json::to_vec_pretty(&plan)?)?;
    let runs = step("run the programs on both VMs", || {
        let mut node = exec::command("node", &place::root());
        exec::output(node.arg(place::at("e2e/vm/compare.mjs")).arg(&file))
    })?;
    Ok(rows(&serde_json::from_slice::<Vec<Run>>(&runs)?))
}

/// Prints the rows as a table, and fails if the VMs differ.
pub fn report(rows: &[Row]) -> Result<()> {
    let us = |time: Option<u64>| time.map_or(String::new(), |time| format!("{time} µs"));
    println!(
        "{:<12} {:>14} {:>14} {:>8}  answers",
        "program", "untouched", "lean", "speed"
    );
    for row in rows {
        let speed = row.speed_percent().map_or(String::new(), |percent| {
            format!("{}.{:02}×", percent / 100, percent % 100)
        });
        let answers = row.difference.as_deref().unwrap_or("the same");
        let (untouched, lean) = (us(row.untouched_us), us(row.lean_us));
        println!(
            "{:<12} {untouched:>14} {lean:>14} {speed:>8}  {answers}",
            row.program
        );
    }
    match rows.iter().filter(|row| row.difference.is_some()).count() {
        0 => Ok(()),
        count => bail!("{count} programs answer differently on the lean VM"),
    }
}

fn rows(runs: &[Run]) -> Vec<Row> {
    let mut programs: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        programs.entry(&run.program).or_default().push(run);
    }
    let row = |(program, runs): (&str, Vec<&Run>)| {
        let best = |vm: &str| {
            runs.iter()
                .filter(|run| run.vm == vm)
                .filter_map(|run| run.best_us())
                .min()
        };
        let first = runs.first().map(|run| run.answer()).unwrap_or_default();
        Row {
            program: program.to_owned(),
            untouched_us: best("untouched"),
            lean_us: best("lean"),
            difference: runs
                .iter()
                .find_map(|run| difference(&first, &run.answer())),
        }
    };
    programs.into_iter().map(row).collect()
}

fn difference(one: &[&str], other: &[&str]) -> Option<String> {
    let longest = one.len().max(other.len());
    let at = (0..longest).find(|&at| one.get(at) != other.get(at))?;
    let line = |lines: &[&str]| {
        lines
            .get(at)
            .map_or("nothing".to_owned(), |line| format!("`{line}`"))
    };
    Some(format!(
        "differ in line {}: {} and {}",
        at + 1,
        line(one),
        line(other)
    ))
}

/// Compiles the programs and packs each with what they share; by name.
fn compile(folder: &Path, only: &[String]) -> Result<BTreeMap<String, PathBuf>> {
    let toolchain = otp::toolchain::prepare()?;
    let all = |_: &str| true;
    let shared = modules(&toolchain.erlc, &place::at("erlang/bench/lib"), folder, all)?;
    let mut programs = BTreeMap::new();
    for kind in ["speed", "conform"] {
        let is_wanted = |name: &str| {
            only.is_empty() || only.iter().any(|wanted| wanted == name || wanted == kind)
        };
        let sources = place::at("erlang/bench").join(kind);
        for (name, module) in modules(&toolchain.erlc, &sources, folder, is_wanted)? {
            let mut sections = vec![module];
            sections.extend(shared.values().cloned());
            let file = folder.join(format!("{name}.avm"));
            fs::write(&file, Pack { sections }.write())?;
            programs.insert(name, file);
        }
    }
    Ok(programs)
}

/// Compiles the wanted modules of one folder into sections, by name.
fn modules(
    erlc: &Path,
    sources: &Path,
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Section>> {
    let mut modules = BTreeMap::new();
    for entry in fs::read_dir(sources)? {
        let source = entry?.path();
        let name = source.file_stem().and_then(|name| name.to_str());
        let Some(name) = name.filter(|name| is_wanted(name)) else {
            continue;
        };
        exec::output(
            exec::command(erlc, folder)
                .arg("-o")
                .arg(folder)
                .arg(&source),
        )?;
        let beam = fs::read(folder.join(format!("{name}.beam")))?;
        let beam = Beam::parse(&beam, &Limits::default()).with_context(|| name.to_owned())?;
        modules.insert(name.to_owned(), Section::module(&beam));
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(vm: &str, lines: &[&str]) -> Run {
        let lines = lines.iter().map(|&line| line.to_owned()).collect();
        Run {
            vm: vm.into(),
            program: "fib".into(),
            end: "returned".into(),
            lines,
        }
    }

    #[test]
    fn the_best_of_each_vm_counts() {
        let runs = [
            run("untouched", &["{answer,55}", "{best_us,900}"]),
            run("lean", &["{answer,55}", "{best_us,450}"]),
            run("lean", &["{answer,55}", "{best_us,300}"]),
        ];
        let rows = rows(&runs);
        assert_eq!(rows[0].speed_percent(), Some(300));
        assert_eq!(rows[0].difference, None);
    }

    #[test]
    fn a_different_answer_is_shown() {
        let rows = rows(&[
            run("untouched", &["{answer,55}"]),
            run("lean", &["{answer,54}"]),
        ]);
        let difference = rows[0].difference.as_deref();
        assert_eq!(
            difference,
            Some("differ in line 1: `{answer,55}` and `{answer,54}`")
        );
        assert!(report(&rows).is_err());
    }

    #[test]
    fn a_missing_line_is_a_difference() {
        let difference = difference(&["a", "b"], &["a"]);
        assert_eq!(
            difference.as_deref(),
            Some("differ in line 2: `b` and nothing")
        );
    }
}
