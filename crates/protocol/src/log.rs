//! Lines of the log: their levels, what Erlang's logger writes to the event device, and what a person
//! wants to see of them.

use crate::codec;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Lines that the log keeps.
const LINES: usize = 1_000;
/// Bytes of text that the log keeps.
const BYTES: usize = 2 << 20;
/// Bytes of one line; a longer one is cut.
const LINE_BYTES: usize = 16 << 10;

/// How grave a line is: the levels of Erlang's logger, the gravest last.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For whoever looks for a mistake.
    Debug,
    /// Good to know.
    #[default]
    Info,
    /// Out of the ordinary, and no harm.
    Notice,
    /// Something was refused or lost.
    Warning,
    /// Something broke.
    Error,
    /// Something that others stand on broke.
    Critical,
    /// To be mended at once.
    Alert,
    /// Nothing works any more.
    Emergency,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 8] = [
        Self::Debug,
        Self::Info,
        Self::Notice,
        Self::Warning,
        Self::Error,
        Self::Critical,
        Self::Alert,
        Self::Emergency,
    ];

    /// Erlang's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
            Self::Alert => "alert",
            Self::Emergency => "emergency",
        }
    }

    /// The level of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// An event of the device that the page has a word for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Told {
    /// Erlang's logger let an event pass.
    Log {
        /// How grave.
        level: Severity,
        /// What it says, of several lines if it is a report.
        text: String,
        /// Who logged it.
        #[serde(default)]
        pid: Option<String>,
    },
    /// A process of the console died and was started again.
    ProcessRestarted {
        /// Its registered name.
        process: String,
        /// What it died of.
        reason: String,
    },
}

impl Told {
    /// The event that a JSON text holds, if the page has a word for it.
    pub fn read(text: &str) -> Option<Self> {
        codec::decode(text).ok()
    }
}

/// Where a line comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The page itself.
    Page,
    /// The VM's own words.
    Vm,
    /// Erlang's logger, and the process that called it.
    Erlang(Option<String>),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Rises by one with each line.
    pub id: u64,
    /// Local time, `HH:MM:SS`.
    pub at: String,
    /// How grave.
    pub severity: Severity,
    /// Where it comes from.
    pub source: Source,
    /// The text, of several lines if it is a report.
    pub text: String,
}

impl Line {
    /// The line as a file holds it.
    pub fn written(&self) -> String {
        let source = match &self.source {
            Source::Page => "page".to_owned(),
            Source::Vm => "vm".to_owned(),
            Source::Erlang(None) => "erlang".to_owned(),
            Source::Erlang(Some(pid)) => format!("erlang {pid}"),
        };
        format!(
            "{} {} [{source}] {}\n",
            self.at,
            self.severity.word(),
            self.text
        )
    }
}

/// What a person wants to see of the log.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LogWish {
    /// The least grave level; none for all.
    pub least: Option<Severity>,
    /// Text that must occur in a line, capitals or not.
    pub filter: String,
}

impl LogWish {
    /// Whether a line is wanted.
    pub fn wants(&self, line: &Line) -> bool {
        let filter = self.filter.trim().to_lowercase();
        self.least.is_none_or(|least| line.severity >= least)
            && (filter.is_empty() || line.written().to_lowercase().contains(&filter))
    }
}

/// The log: bounded in lines and bytes, what is dropped is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    lines: VecDeque<Line>,
    bytes: usize,
    dropped: u64,
    last: u64,
}

impl Log {
    /// Adds a line; gives it back as it is kept.
    pub fn add(&mut self, at: String, severity: Severity, source: Source, text: &str) -> &Line {
        self.last += 1;
        let line = Line {
            id: self.last,
            at,
            severity,
            source,
            text: cut(text.trim_end()),
        };
        self.bytes += line.text.len();
        self.lines.push_back(line);
        while self.lines.len() > LINES || self.bytes > BYTES {
            let Some(oldest) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= oldest.text.len();
            self.dropped += 1;
        }
        // The newest is never the one that goes: alone it is within every bound.
        &self.lines[self.lines.len() - 1]
    }

    /// The lines that are kept, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.lines.iter()
    }

    /// Lines that were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets all lines; what was dropped before stays counted.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.bytes = 0;
    }

    /// The lines that are wanted as one text, and first what is missing.
    pub fn written(&self, wish: &LogWish) -> String {
        let mut text = String::new();
        if self.dropped > 0 {
            text.push_str(&format!("({} older lines were dropped)\n", self.dropped));
        }
        for line in self.lines.iter().filter(|line| wish.wants(line)) {
            text.push_str(&line.written());
        }
        text
    }
}

fn cut(text: &str) -> String {
    if text.len() <= LINE_BYTES {
        return text.to_owned();
    }
    let end = (0..=LINE_BYTES).rev().find(|&at| text.is_char_boundary(at));
    let kept = &text[..end.unwrap_or(0)];
    format!("{kept} … {} bytes more", text.len() - kept.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn add(log: &mut Log, severity: Severity, text: &str) -> u64 {
        log.add("12:00:00".to_owned(), severity, Source::Vm, text)
            .id
    }

    #[test]
    fn levels_are_erlangs_and_in_its_order() {
        for level in Severity::ALL {
            assert_eq!(Severity::of(level.word()), Some(level));
        }
        assert!(Severity::ALL.is_sorted());
        assert_eq!(Severity::of("loud"), None);
    }

    #[test]
    fn events_of_the_device() {
        assert_eq!(
            Told::read(r#"{"event":"log","level":"error","text":"boom","pid":"<0.5.0>"}"#),
            Some(Told::Log {
                level: Severity::Error,
                text: "boom".to_owned(),
                pid: Some("<0.5.0>".to_owned()),
            })
        );
        assert_eq!(
            Told::read(r#"{"event":"process_restarted","process":"echo","reason":"killed"}"#),
            Some(Told::ProcessRestarted {
                process: "echo".to_owned(),
                reason: "killed".to_owned(),
            })
        );
        for text in ["", "log", r#"{"event":"log"}"#, r#"{"event":"tick"}"#] {
            assert_eq!(Told::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_oldest_lines_are_dropped_and_counted() {
        let mut log = Log::default();
        for n in 0..=LINES {
            add(&mut log, Severity::Info, &n.to_string());
        }
        assert_eq!((log.lines().len(), log.dropped()), (LINES, 1));
        assert_eq!(log.lines().next().map(|line| line.text.as_str()), Some("1"));
        log.clear();
        assert_eq!((log.lines().len(), log.dropped()), (0, 1));
    }

    #[test]
    fn a_long_line_is_cut_between_two_characters() {
        let mut log = Log::default();
        add(&mut log, Severity::Info, &"é".repeat(LINE_BYTES));
        let text = log.lines().next().map(|line| line.text.clone());
        let text = text.expect("a line");
        assert!(
            text.ends_with(&format!("… {LINE_BYTES} bytes more")),
            "{}",
            text.len()
        );
    }

    #[test]
    fn a_wish_is_for_a_level_and_a_text() {
        let mut log = Log::default();
        add(&mut log, Severity::Debug, "Alpha");
        add(&mut log, Severity::Warning, "beta\nalphabet");
        add(&mut log, Severity::Emergency, "gamma");
        let wanted = |least, filter: &str| {
            let wish = LogWish {
                least,
                filter: filter.to_owned(),
            };
            log.lines().filter(|line| wish.wants(line)).count()
        };
        assert_eq!(wanted(None, ""), 3);
        assert_eq!(wanted(Some(Severity::Warning), ""), 2);
        assert_eq!(wanted(None, "ALPHA"), 2);
        assert_eq!(wanted(Some(Severity::Error), "alpha"), 0);
    }

    #[test]
    fn a_file_holds_what_is_wanted_and_says_what_is_missing() {
        let mut log = Log::default();
        for _ in 0..LINES {
            add(&mut log, Severity::Debug, "noise");
        }
        let erlang = Source::Erlang(Some("<0.5.0>".to_owned()));
        log.add("12:00:01".to_owned(), Severity::Error, erlang, "boom\n");
        let wish = LogWish {
            least: Some(Severity::Error),
            filter: String::new(),
        };
        assert_eq!(
            log.written(&wish),
            "(1 older lines were dropped)\n12:00:01 error [erlang <0.5.0>] boom\n"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_line_is_kept_or_counted(sizes in prop::collection::vec(0usize..30_000, 0..300)) {
            let mut log = Log::default();
            for size in &sizes {
                add(&mut log, Severity::Info, &"x".repeat(*size));
            }
            prop_assert_eq!(log.lines().len() as u64 + log.dropped(), sizes.len() as u64);
            prop_assert!(log.bytes <= BYTES);
            prop_assert_eq!(log.bytes, log.lines().map(|line| line.text.len()).sum::<usize>());
        }
    }
}
