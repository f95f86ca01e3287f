//! Banners and the log: what people are told, bounded.

use super::{Driver, Topic};
use crate::edge::{clipboard, clock, file};
use crate::state::{Banner, Severity, State};
use gloo::timers::callback::Timeout;
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use protocol::bridge;
use protocol::hooks::HOOKS;
use protocol::log::{self, Line, LogWish, Source, Told};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Banners that wait at most; the oldest goes.
const BANNERS: usize = 4;
/// Lines of the log are shown together that come within so long.
const GATHER_MS: u32 = 100;
/// As many lines are shown at once, however short the time.
const GATHER_LINES: usize = 500;

/// Numbers for keyed lists, and lines on their way to the log.
#[derive(Default)]
pub struct Notices {
    last: Cell<u64>,
    lines: RefCell<Vec<Early>>,
    show: RefCell<Option<Timeout>>,
}

/// A line that the log has not numbered yet.
struct Early {
    at: String,
    severity: log::Severity,
    source: Source,
    text: String,
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

    /// Writes a line of the page's own into the log.
    pub(super) fn log(self: &Rc<Self>, severity: Severity, text: &str) {
        let severity = match severity {
            Severity::Info => log::Severity::Info,
            Severity::Warning => log::Severity::Warning,
            Severity::Error => log::Severity::Error,
        };
        self.log_line(severity, Source::Page, text);
    }

    /// Writes a line into the log: told at once, shown with others.
    pub(super) fn log_line(self: &Rc<Self>, severity: log::Severity, source: Source, text: &str) {
        let early = Early {
            at: clock::wall(),
            severity,
            source,
            text: text.to_owned(),
        };
        if self.listeners.has(Topic::Log) {
            self.listeners.tell(Topic::Log, &told(&early));
        }
        let waiting = {
            let mut lines = self.notices.lines.borrow_mut();
            lines.push(early);
            lines.len()
        };
        if waiting >= GATHER_LINES {
            return self.show_lines();
        }
        let mut show = self.notices.show.borrow_mut();
        if show.is_none() {
            let driver = Rc::downgrade(self);
            *show = Some(Timeout::new(GATHER_MS, move || {
                if let Some(driver) = driver.upgrade() {
                    driver.show_lines();
                }
            }));
        }
    }

    fn show_lines(&self) {
        drop(self.notices.show.take());
        let lines = self.notices.lines.take();
        if lines.is_empty() {
            return;
        }
        self.state.log.update(|log| {
            for line in lines {
                log.add(line.at, line.severity, line.source, &line.text);
            }
        });
    }

    /// What Erlang wrote to its event device.
    pub(super) fn hear_device(self: &Rc<Self>, payload: &str) {
        match Told::read(payload) {
            Some(Told::Log { level, text, pid }) => {
                self.log_line(level, Source::Erlang(pid), &text);
            }
            Some(Told::ProcessRestarted { process, reason }) => {
                let text = format!("the console's process {process} was started again\n{reason}");
                self.log_line(log::Severity::Warning, Source::Page, &text);
                self.remind(&process);
            }
            None => self.log_line(log::Severity::Info, Source::Erlang(None), payload),
        }
    }

    /// What the VM kept for a process may be gone with it; the page knows what it had told it.
    fn remind(self: &Rc<Self>, process: &str) {
        match process {
            // The bridge may have taken the shell's start with it, if only the order to start it.
            bridge::CONSOLE | bridge::TTY => self.start_shell(),
            HOOKS => self.restore_hooks(),
            _ => {}
        }
    }

    pub(super) fn clear_log(&self) {
        self.show_lines();
        self.state.log.update(log::Log::clear);
    }

    pub(super) fn save_log(&self, wish: &LogWish) {
        self.show_lines();
        let text = self.state.log.with_untracked(|log| log.written(wish));
        if let Err(error) = file::save("console.log", "text/plain", &text) {
            let words = format!("The browser refused: {error:?}");
            self.say(Severity::Warning, "The log was not saved", &words);
        }
    }

    pub(super) fn copy_log(self: &Rc<Self>, wish: &LogWish) {
        self.show_lines();
        let (lines, text) = self.state.log.with_untracked(|log| {
            let wanted = log.lines().filter(|line: &&Line| wish.wants(line)).count();
            (wanted, log.written(wish))
        });
        let driver = Rc::clone(self);
        spawn_local(async move {
            match clipboard::copy(&text).await {
                Ok(()) => {
                    let words = format!("{lines} lines are in the clipboard.");
                    driver.say(Severity::Info, "The log was copied", &words);
                }
                Err(_) => {
                    let words = "The browser does not permit it. Save the log instead.";
                    driver.say(Severity::Warning, "The log was not copied", words);
                }
            }
        });
    }
}

/// A line as listeners get it.
fn told(line: &Early) -> Object {
    let (source, pid) = match &line.source {
        Source::Page => ("page", None),
        Source::Vm => ("vm", None),
        Source::Erlang(pid) => ("erlang", pid.as_deref()),
    };
    let told = Object::new();
    let fields = [
        ("at", Some(line.at.as_str())),
        ("level", Some(line.severity.word())),
        ("source", Some(source)),
        ("pid", pid),
        ("text", Some(line.text.as_str())),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            // A plain object of our own takes any property.
            drop(Reflect::set(&told, &name.into(), &value.into()));
        }
    }
    told
}
