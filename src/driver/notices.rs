//! Banners and the log: what people are told, bounded.

use super::{Driver, Topic};
use crate::edge::clock;
use crate::state::{Banner, LogLine, Severity, State};
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use std::cell::Cell;

/// Lines that the log keeps.
const LOG_LINES: usize = 500;
/// Banners that wait at most; the oldest goes.
const BANNERS: usize = 4;

/// Numbers for keyed lists.
#[derive(Default)]
pub struct Notices {
    last: Cell<u64>,
}

impl Notices {
    fn number(&self) -> u64 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    pub(super) fn dismiss(&self, state: State, id: u64) {
        state
            .banners
            .update(|banners| banners.retain(|banner| banner.id != id));
    }
}

impl Driver {
    /// Puts up a banner; one with the same title makes place for it.
    pub(super) fn say(&self, severity: Severity, title: &str, detail: &str) {
        let banner = Banner {
            id: self.notices.number(),
            severity,
            title: title.to_owned(),
            detail: detail.to_owned(),
        };
        self.state.banners.update(|banners| {
            banners.retain(|other| other.title != banner.title);
            if banners.len() == BANNERS {
                banners.remove(0);
            }
            banners.push(banner);
        });
    }

    /// Writes a line into the log.
    pub(super) fn log(&self, severity: Severity, text: &str) {
        let line = LogLine {
            id: self.notices.number(),
            at: clock::wall(),
            severity,
            text: text.to_owned(),
        };
        if self.listeners.has(Topic::Log) {
            self.listeners.tell(Topic::Log, &told(&line));
        }
        let mut is_full = false;
        self.state.log.update(|log| {
            is_full = log.len() == LOG_LINES;
            if is_full {
                log.remove(0);
            }
            log.push(line);
        });
        if is_full {
            self.state.log_dropped.update(|dropped| *dropped += 1);
        }
    }
}

/// A line as listeners get it.
fn told(line: &LogLine) -> Object {
    let severity = match line.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let told = Object::new();
    let fields = [
        ("at", line.at.as_str()),
        ("severity", severity),
        ("text", &line.text),
    ];
    for (name, value) in fields {
        // A plain object of our own takes any property.
        drop(Reflect::set(&told, &name.into(), &value.into()));
    }
    told
}
