//! Why cases that pass on OTP do not pass in the VM: `reasons.txt`, held against what a run found.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

/// A line `= WHY`, then a line `SUITE:CASE` for each; `? SUITE:CASE` passes on fast machines.
const REASONS: &str = include_str!("reasons.txt");

/// Reasons in the order of the file, each with its cases.
pub struct Reasons {
    list: Vec<(String, Vec<String>)>,
    /// Cases whose outcome depends on the machine's speed.
    wavering: BTreeSet<String>,
}

impl Reasons {
    /// Those of this checkout.
    pub fn known() -> Result<Self> {
        Self::read(REASONS)
    }

    fn read(text: &str) -> Result<Self> {
        let mut list: Vec<(String, Vec<String>)> = Vec::new();
        let mut wavering = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if let Some(why) = line.strip_prefix("= ") {
                list.push((why.to_owned(), Vec::new()));
                continue;
            }
            let case = line.strip_prefix("? ").unwrap_or(line).to_owned();
            if case != line {
                wavering.insert(case.clone());
            }
            if !seen.insert(case.clone()) {
                bail!("reasons.txt names {case} twice");
            }
            match list.last_mut() {
                Some((_, cases)) => cases.push(case),
                None => bail!("reasons.txt names {case} before a reason"),
            }
        }
        Ok(Self { list, wavering })
    }

    /// Reasons with the cases that failed, in order.
    pub fn of(&self, failed: &BTreeSet<String>) -> Vec<(&str, Vec<&str>)> {
        let each = self.list.iter().map(|(why, cases)| {
            let cases = cases.iter().filter(|case| failed.contains(*case));
            (why.as_str(), cases.map(String::as_str).collect::<Vec<_>>())
        });
        each.filter(|(_, cases)| !cases.is_empty()).collect()
    }

    /// What does not agree: failures without a reason, and reasons for cases that do not fail.
    pub fn drift(&self, failed: &BTreeSet<String>) -> Vec<String> {
        let by_case: BTreeMap<&str, &str> = self
            .list
            .iter()
            .flat_map(|(why, cases)| cases.iter().map(move |case| (case.as_str(), why.as_str())))
            .collect();
        let unexplained = failed
            .iter()
            .filter(|case| !by_case.contains_key(case.as_str()))
            .map(|case| format!("{case} fails and has no reason"));
        let outdated = by_case
            .keys()
            .filter(|&&case| !failed.contains(case) && !self.wavering.contains(case))
            .map(|case| format!("{case} has a reason and does not fail"));
        unexplained.chain(outdated).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, failed: &[&str], expected: &[&str]) {
        let reasons = Reasons::read(text).expect("it can be read");
        let failed = failed.iter().map(|&case| case.to_owned()).collect();
        assert_eq!(reasons.drift(&failed), expected);
    }

    #[test]
    fn every_failure_has_a_reason() {
        check("= big\na:x\n", &["a:x"], &[]);
        check(
            "= big\na:x\n",
            &["a:x", "a:y"],
            &["a:y fails and has no reason"],
        );
    }

    #[test]
    fn a_reason_needs_its_failure() {
        check("= big\na:x\n", &[], &["a:x has a reason and does not fail"]);
        check("= slow\n? a:x\n", &[], &[]);
    }

    #[test]
    fn the_file_can_be_read() {
        assert!(Reasons::known().is_ok());
        assert!(Reasons::read("a:x\n").is_err());
        assert!(Reasons::read("= w\na:x\na:x\n").is_err());
    }
}
