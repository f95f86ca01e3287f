//! What a run found: the table, the JSON, and the page of the documentation that is made from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::outcome::{Case, Outcome};
use super::reasons::Reasons;
use super::run::Planned;
use super::suites::SUITES;
use crate::otp::Toolchain;
use crate::place;

/// The page.
const PAGE: &str = "docs/conformance.md";

/// All suites.
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// The reference.
    otp: String,
    suites: Vec<SuiteReport>,
}

/// One suite.
#[derive(Serialize, Deserialize)]
struct SuiteReport {
    suite: String,
    cases: Vec<Pair>,
}

/// A case on both sides.
#[derive(Serialize, Deserialize)]
struct Pair {
    path: String,
    otp: Outcome,
    otp_ms: u64,
    vm: Outcome,
    vm_ms: u64,
    detail: String,
}

impl Pair {
    fn counts(&self) -> bool {
        self.otp == Outcome::Passed
    }

    fn fails(&self) -> bool {
        self.counts() && self.vm != Outcome::Passed
    }
}

/// Counts of a suite, or of all.
#[derive(Default, Clone, Copy)]
struct Counts {
    otp: usize,
    passed: usize,
    failed: usize,
    lost: usize,
}

impl Counts {
    fn of<'a>(cases: impl Iterator<Item = &'a Pair>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            if case.vm.lost_the_vm() {
                counts.lost += 1;
            } else if case.fails() {
                counts.failed += 1;
            }
            counts.otp += usize::from(case.counts());
            counts.passed += usize::from(case.counts() && !case.fails());
        }
        counts
    }

    /// Passed of those that pass on OTP, in tenths of a per cent.
    fn per_mille(self) -> usize {
        (self.passed * 1000).checked_div(self.otp).unwrap_or(1000)
    }

    fn cells(self) -> [String; 5] {
        // Of a suite whose cases all take OTP itself too long, nothing is known.
        let share = match (self.otp, self.per_mille()) {
            (0, _) => "none measured".to_owned(),
            (_, share) => format!("{}.{} %", share / 10, share % 10),
        };
        let numbers = [self.otp, self.passed, self.failed, self.lost].map(|n| n.to_string());
        let [otp, passed, failed, lost] = numbers;
        [otp, passed, failed, lost, share]
    }
}

impl Report {
    /// Puts both sides together.
    pub fn new(
        toolchain: &Toolchain,
        plan: &[Planned<'_>],
        found: &BTreeMap<String, BTreeMap<String, Case>>,
    ) -> Result<Self> {
        let mut suites = Vec::new();
        for planned in plan {
            let suite = planned.built.suite.module();
            let mut cases = Vec::new();
            for reference in &planned.reference {
                let Some(case) = found
                    .get(&suite)
                    .and_then(|cases| cases.get(&reference.path))
                else {
                    bail!("{suite}:{} was not run in the VM", reference.path);
                };
                cases.push(Pair {
                    path: case.path.clone(),
                    otp: reference.outcome,
                    otp_ms: reference.ms,
                    vm: case.outcome,
                    vm_ms: case.ms,
                    detail: case.detail.clone(),
                });
            }
            suites.push(SuiteReport { suite, cases });
        }
        Ok(Self {
            otp: toolchain.release()?,
            suites,
        })
    }

    /// Writes the JSON.
    pub fn write(&self, path: &Path) -> Result<()> {
        Ok(fs::write(path, serde_json::to_vec_pretty(self)?)?)
    }

    /// The table as a person reads it.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:<22} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
            "suite", "on OTP", "passed", "failed", "VM lost", "share"
        );
        for (name, counts) in self.rows() {
            let [otp, passed, failed, lost, share] = counts.cells();
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "{name:<22} {otp:>8} {passed:>8} {failed:>8} {lost:>8} {share:>8}"
            );
        }
        text
    }

    fn rows(&self) -> impl Iterator<Item = (&str, Counts)> {
        let suites = self.suites.iter();
        let all = Counts::of(self.suites.iter().flat_map(|suite| &suite.cases));
        suites
            .map(|suite| (suite.suite.as_str(), Counts::of(suite.cases.iter())))
            .chain([("all", all)])
    }

    /// The cases that pass on OTP and not in the VM, and the ones that lost the VM, with what they said.
    pub fn failures(&self) -> String {
        let mut text = String::new();
        for suite in &self.suites {
            let failing = suite
                .cases
                .iter()
                .filter(|case| case.fails() || case.vm.lost_the_vm());
            for case in failing {
                let _ = writeln!(
                    text,
                    "{}:{} {:?} {} ms\n    {}",
                    suite.suite, case.path, case.vm, case.vm_ms, case.detail
                );
            }
        }
        text
    }

    fn failed(&self) -> BTreeSet<String> {
        let each = self.suites.iter().flat_map(|suite| {
            let name = suite.suite.trim_end_matches("_SUITE");
            let failing = suite.cases.iter().filter(|case| case.fails());
            failing.map(move |case| format!("{name}:{}", case.path))
        });
        each.collect()
    }

    /// What earlier runs have left, if it can be read.
    pub fn last(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// This run, and of the suites that it leaves out an earlier one; in the order in which suites are listed.
    pub fn over(self, earlier: Option<Self>) -> Self {
        let otp = self.otp;
        let mut all: BTreeMap<String, SuiteReport> = BTreeMap::new();
        let runs = earlier.into_iter().flat_map(|report| report.suites);
        for suite in runs.chain(self.suites) {
            all.insert(suite.suite.clone(), suite);
        }
        let suites = SUITES
            .iter()
            .filter_map(|known| all.remove(&known.module()))
            .collect();
        Self { otp, suites }
    }

    /// Compares the page and the reasons with this run, or writes the page anew.
    pub fn hold_page(&self, is_to_write: bool) -> Result<()> {
        let reasons = Reasons::known()?;
        let drift = reasons.drift(&self.failed());
        if !drift.is_empty() {
            bail!("reasons.txt does not fit:\n  {}", drift.join("\n  "));
        }
        let page = self.page(&reasons);
        let path = place::at(PAGE);
        if is_to_write {
            fs::write(path, page)?;
        } else if fs::read_to_string(path)? != page {
            bail!("{PAGE} is not what this run found: write it anew with --write");
        }
        Ok(())
    }

    fn page(&self, reasons: &Reasons) -> String {
        let mut text = format!(
            "# Conformance\n\n\
             OTP's own test suites, run by `cargo xtask conformance` on Erlang/OTP {} and on AtomVM in Chromium. \
             The command makes this page.\n\n\
             | suite | pass on OTP | pass here | fail here | end the VM | share |\n\
             | --- | ---: | ---: | ---: | ---: | ---: |\n",
            self.otp
        );
        for (name, counts) in self.rows() {
            let _ = writeln!(text, "| {name} | {} |", counts.cells().join(" | "));
        }
        text += "\n## What does not pass, and why\n";
        for (why, cases) in reasons.of(&self.failed()) {
            let _ = writeln!(text, "\n{why}\n");
            for case in cases {
                let _ = writeln!(text, "- `{case}`");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(suites: &[(&str, Outcome)]) -> Report {
        let suite = |&(suite, vm): &(&str, Outcome)| SuiteReport {
            suite: format!("{suite}_SUITE"),
            cases: vec![Pair {
                path: "a_case".to_owned(),
                otp: Outcome::Passed,
                otp_ms: 1,
                vm,
                vm_ms: 1,
                detail: String::new(),
            }],
        };
        Report {
            otp: "27".to_owned(),
            suites: suites.iter().map(suite).collect(),
        }
    }

    #[test]
    fn a_suite_that_nothing_was_measured_of_has_no_share() {
        let share = |otp, passed| {
            let counts = Counts {
                otp,
                passed,
                ..Counts::default()
            };
            let [.., share] = counts.cells();
            share
        };
        assert_eq!(share(0, 0), "none measured");
        assert_eq!(share(8, 7), "87.5 %");
    }

    #[test]
    fn a_run_of_some_suites_stands_over_what_earlier_runs_found_of_them() {
        let earlier = report(&[
            ("re", Outcome::Failed),
            ("lists", Outcome::Failed),
            ("gone", Outcome::Passed),
        ]);
        let all = report(&[("lists", Outcome::Passed)]).over(Some(earlier));
        let names: Vec<_> = all
            .suites
            .iter()
            .map(|suite| suite.suite.as_str())
            .collect();
        assert_eq!(names, ["lists_SUITE", "re_SUITE"]);
        assert_eq!(all.failed().len(), 1);
    }
}
