//! Reads what the VM writes to its standard streams. A crash report of many lines becomes one line of
//! the log; when the VM itself goes down, its last report becomes the account of that.

use crate::{Crash, Level};
use std::collections::VecDeque;

/// Lines that are kept as last words.
const LAST_WORDS: usize = 60;
/// What the VM's glue says when the allocator has nothing left, and among how many of the latest lines it
/// explains a crash: the VM may have survived an earlier one.
const OUT_OF_MEMORY: &str = "out of memory";
const LATEST: usize = 4;
/// Lines of one report; a longer one is cut.
const REPORT_LINES: usize = 400;
/// Bytes of one line; a longer one is cut.
const LINE_BYTES: usize = 4_096;

/// One entry for the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// How grave.
    pub level: Level,
    /// The text, of several lines if it is a report.
    pub text: String,
}

/// The VM's words so far.
#[derive(Debug, Default)]
pub struct Diagnostics {
    last_words: VecDeque<String>,
    /// Lines of the report that has begun and not ended.
    report: Option<Vec<String>>,
    /// The last report that ended.
    last_report: Vec<String>,
}

impl Diagnostics {
    /// Takes a line of standard output.
    pub fn out(&mut self, line: &str) -> Line {
        self.remember(line);
        Line {
            level: Level::Info,
            text: cut(line).to_owned(),
        }
    }

    /// Takes a line of standard error. A line within a report gives nothing until the report ends.
    pub fn err(&mut self, line: &str) -> Option<Line> {
        self.remember(line);
        if line.trim_end() == "CRASH" {
            self.report = Some(vec![line.to_owned()]);
            return None;
        }
        let Some(report) = &mut self.report else {
            return (!line.trim().is_empty()).then(|| Line {
                level: Level::Warning,
                text: cut(line).to_owned(),
            });
        };
        if report.len() < REPORT_LINES {
            report.push(cut(line).to_owned());
        }
        if !line.contains("End Of Crash Report") {
            return None;
        }
        self.last_report = self.report.take().unwrap_or_default();
        Some(Line {
            level: Level::Error,
            text: self.last_report.join("\n"),
        })
    }

    /// The VM is gone; gives its whole account of it.
    pub fn crash(&mut self, reason: &str, exit_code: Option<i32>) -> Crash {
        // Emscripten's account of this is advice to whoever compiles; it goes into the dump.
        let is_advice = reason.contains("(OOM)");
        if is_advice {
            self.remember(reason);
        }
        let before = self.last_words.iter().rev().filter(|line| !is_trap(line));
        let mut latest = before.take(LATEST);
        let reason = if is_advice || latest.any(|line| line == OUT_OF_MEMORY) {
            "it ran out of memory"
        } else {
            reason
        };
        let last_words: Vec<String> = self.last_words.drain(..).collect();
        let report = self
            .report
            .take()
            .unwrap_or(std::mem::take(&mut self.last_report));
        Crash {
            reason: reason.to_owned(),
            dump: if report.is_empty() {
                last_words
            } else {
                report
            },
            exit_code,
        }
    }

    fn remember(&mut self, line: &str) {
        if self.last_words.len() == LAST_WORDS {
            self.last_words.pop_front();
        }
        self.last_words.push_back(cut(line).to_owned());
    }
}

/// Whether the line belongs to the browser's account of a trap, whose length says nothing.
fn is_trap(line: &str) -> bool {
    let starts = ["worker: ", "Pthread ", "RuntimeError", "at "];
    starts
        .iter()
        .any(|start| line.trim_start().starts_with(start))
}

fn cut(line: &str) -> &str {
    let end = (0..=LINE_BYTES.min(line.len()))
        .rev()
        .find(|&at| line.is_char_boundary(at));
    &line[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "CRASH\n======\npid: <0.5.0>\n\nx[0]: error\n\n**End Of Crash Report**";

    #[test]
    fn a_report_is_one_entry() {
        let mut diagnostics = Diagnostics::default();
        let entries: Vec<Line> = REPORT
            .lines()
            .filter_map(|line| diagnostics.err(line))
            .collect();
        assert_eq!(
            entries,
            [Line {
                level: Level::Error,
                text: REPORT.to_owned()
            }]
        );
    }

    #[test]
    fn plain_lines_pass_one_by_one() {
        let mut diagnostics = Diagnostics::default();
        assert_eq!(diagnostics.out("hello").level, Level::Info);
        assert_eq!(
            diagnostics.err("careful").expect("an entry").level,
            Level::Warning
        );
        assert_eq!(diagnostics.err("  "), None);
    }

    #[test]
    fn a_crash_comes_with_the_last_report_or_else_the_last_words() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.err("Failed load module: nope");
        let crash = diagnostics.crash("Aborted()", Some(1));
        assert_eq!(crash.dump, ["Failed load module: nope"]);
        assert_eq!(crash.exit_code, Some(1));

        REPORT.lines().for_each(|line| drop(diagnostics.err(line)));
        diagnostics.err("Aborted");
        assert_eq!(diagnostics.crash("Aborted()", None).dump.join("\n"), REPORT);
    }

    #[test]
    fn a_report_that_was_cut_off_by_the_crash_still_counts() {
        let mut diagnostics = Diagnostics::default();
        REPORT
            .lines()
            .take(3)
            .for_each(|line| drop(diagnostics.err(line)));
        assert_eq!(diagnostics.crash("Aborted()", None).dump.len(), 3);
    }

    #[test]
    fn running_out_of_memory_is_said_in_so_many_words() {
        let mut diagnostics = Diagnostics::default();
        let crash = diagnostics.crash("Cannot enlarge memory arrays (OOM). Either (1)", None);
        assert_eq!(crash.reason, "it ran out of memory");
        assert_eq!(
            crash.dump,
            ["Cannot enlarge memory arrays (OOM). Either (1)"]
        );
    }

    #[test]
    fn what_the_allocator_said_just_before_is_the_reason() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.err("out of memory");
        assert_eq!(
            diagnostics.crash("native code called abort()", None).reason,
            "it ran out of memory"
        );
        diagnostics.err("out of memory");
        (0..LATEST).for_each(|n| drop(diagnostics.err(&n.to_string())));
        assert_eq!(diagnostics.crash("abort()", None).reason, "abort()");
    }

    #[test]
    fn the_account_of_a_trap_does_not_hide_what_the_allocator_said() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.err("out of memory");
        diagnostics.err("memory_create_refc_binary: Unable to allocate 1000000 bytes.");
        diagnostics.err("worker: onmessage() captured an uncaught exception: RuntimeError: odd");
        diagnostics.err("RuntimeError: odd");
        (0..10).for_each(|n| drop(diagnostics.err(&format!("    at wasm-function[{n}]:0xe424a"))));
        diagnostics.err("Pthread 0x0025f5b0 sent an error! AtomVM.mjs:2: RuntimeError: odd");
        assert_eq!(
            diagnostics.crash("Uncaught RuntimeError: odd", None).reason,
            "it ran out of memory"
        );
    }

    #[test]
    fn endless_words_are_bounded() {
        let mut diagnostics = Diagnostics::default();
        let long = "é".repeat(LINE_BYTES);
        assert_eq!(diagnostics.out(&long).text.len(), LINE_BYTES);
        (0..500).for_each(|n| drop(diagnostics.out(&n.to_string())));
        assert_eq!(diagnostics.crash("", None).dump.len(), LAST_WORDS);
        diagnostics.err("CRASH");
        (0..900).for_each(|n| drop(diagnostics.err(&n.to_string())));
        assert_eq!(diagnostics.crash("", None).dump.len(), REPORT_LINES);
    }
}
