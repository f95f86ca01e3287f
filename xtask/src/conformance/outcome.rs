//! What became of a case, and how both sides say it.

use serde::{Deserialize, Serialize};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It returned.
    Passed,
    /// It ended with an exception, or its process was ended.
    Failed,
    /// It said that it cannot run here.
    Skipped,
    /// It took longer than a case may.
    Timeout,
    /// It ended the VM.
    Aborted,
    /// It stopped the VM from answering.
    Frozen,
    /// The suite did not get as far as running it.
    Unopened,
    /// The runner failed.
    Broken,
}

impl Outcome {
    /// Whether the VM was lost over it.
    pub fn lost_the_vm(self) -> bool {
        matches!(self, Self::Aborted | Self::Frozen)
    }
}

/// One case on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its groups and its name.
    pub path: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub ms: u64,
    /// What it said.
    #[serde(default)]
    pub detail: String,
}

impl Case {
    /// Reads a line of the host's runner: path, outcome, milliseconds and detail between tabs.
    pub fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, '\t');
        let path = parts.next()?.to_owned();
        let outcome = serde_json::from_value(parts.next()?.into()).ok()?;
        let ms = parts.next()?.parse().ok()?;
        let detail = parts.next()?.to_owned();
        Some(Self {
            path,
            outcome,
            ms,
            detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(&str, Outcome, u64)>) {
        let case = Case::read(line);
        let seen = case
            .as_ref()
            .map(|case| (case.path.as_str(), case.outcome, case.ms));
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_line_of_the_host_is_a_case() {
        check("a/b\tpassed\t12\tok", Some(("a/b", Outcome::Passed, 12)));
        check("a\tfailed\t0\t{x,\ty}", Some(("a", Outcome::Failed, 0)));
    }

    #[test]
    fn other_lines_are_none() {
        check("", None);
        check("a\tpassed\tsoon\tok", None);
        check("a\tperhaps\t1\tok", None);
    }
}
