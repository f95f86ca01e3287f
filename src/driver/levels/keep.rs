//! What outlives the page: the objectives, and the windows' past. Among several tabs one keeps the past,
//! or they would write over each other; what cannot be read is said and never written over by mistake.

use super::super::Driver;
use crate::edge::{lock, storage};
use crate::state::{Severity, levels::Keeping};
use leptos::prelude::*;
use slo::{RestoreError, Saved};
use std::cell::Cell;
use std::rc::Rc;

/// How often the past is written.
pub const PERIOD_MS: u32 = 15_000;

const PAST: &str = "levels.past";
const OBJECTIVES: &str = "levels.objectives";
/// More than any past we write; more is not even parsed.
const MAX_BYTES: usize = 4 << 20;

/// Whether this tab keeps the past.
#[derive(Default)]
pub struct Keeper {
    may_write: Cell<bool>,
    /// Roundtrips in the books when the past was written last.
    written: Cell<u64>,
}

impl Driver {
    pub(super) fn load_kept(self: &Rc<Self>) {
        if let Some(document) = storage::read(OBJECTIVES) {
            let mut engine = self.engine.borrow_mut();
            match engine.read_openslo(&document) {
                Ok(import) => engine.set_objectives(import.objectives),
                Err(error) => {
                    let words =
                        format!("The product's own are in force until others are saved: {error}.");
                    drop(engine);
                    self.say(
                        Severity::Warning,
                        "The kept objectives are not used",
                        &words,
                    );
                }
            }
        }
        self.edit_objectives(String::new());
        let driver = Rc::downgrade(self);
        let held = move || {
            if let Some(driver) = driver.upgrade() {
                driver.take_past();
            }
        };
        let keeping = self.state.levels.keeping;
        // Until the lock is ours another tab has it; without locks there is nobody to ask.
        keeping.set(Keeping::Not("another tab keeps its own".to_owned()));
        if !lock::hold("atomvm-console.levels", held) {
            self.take_past();
        }
    }

    /// This tab keeps the past from now on.
    fn take_past(&self) {
        let keeping = self.state.levels.keeping;
        match storage::read(PAST).map(|text| self.restore(&text)) {
            None | Some(Ok(_)) => {
                self.levels.keeper.may_write.set(true);
                keeping.set(Keeping::Here);
            }
            Some(Err((words, is_newer))) => {
                // What a newer release wrote is not ours to write over.
                self.levels.keeper.may_write.set(!is_newer);
                keeping.set(match is_newer {
                    true => Keeping::Not("a newer release keeps them here".to_owned()),
                    false => Keeping::Here,
                });
                self.say(Severity::Warning, "The kept windows are not used", &words);
            }
        }
    }

    fn restore(&self, text: &str) -> Result<u64, (String, bool)> {
        if text.len() > MAX_BYTES {
            return Err((
                "They are larger than any that this page writes.".to_owned(),
                false,
            ));
        }
        let saved: Saved = match serde_json::from_str(text) {
            Ok(saved) => saved,
            Err(error) => {
                // A later version may have another shape; its number is always at the same place.
                return Err(match newer(text) {
                    Some(found) => (format!("{}.", RestoreError::Newer { found }), true),
                    None => (format!("They cannot be read: {error}."), false),
                });
            }
        };
        let restored = self.engine.borrow_mut().restore(&saved, self.levels.now());
        restored.map_err(|error| {
            let is_newer = matches!(error, RestoreError::Newer { .. });
            (format!("{error}."), is_newer)
        })
    }

    /// Writes the past, if there is anything new in it.
    pub(in crate::driver) fn keep_past(&self) {
        let keeper = &self.levels.keeper;
        let total = self.engine.borrow().totals().judged();
        if !keeper.may_write.get() || keeper.written.get() == total {
            return;
        }
        let saved = self.engine.borrow().save();
        let text = serde_json::to_string(&saved).unwrap_or_default();
        let keeping = self.state.levels.keeping;
        let is_written = storage::write(PAST, &text);
        let shown = match is_written {
            true => Keeping::Here,
            false => Keeping::Not("the browser takes no more".to_owned()),
        };
        if is_written {
            keeper.written.set(total);
        }
        if keeping.with_untracked(|before| *before != shown) {
            keeping.set(shown);
        }
    }

    /// Keeps the objectives in force; whether that worked.
    pub(super) fn keep_objectives(&self) -> bool {
        let document = self.engine.borrow().openslo();
        storage::write(OBJECTIVES, &document)
    }
}

/// The version of a past that a newer release wrote.
fn newer(text: &str) -> Option<u32> {
    #[derive(serde::Deserialize)]
    struct Head {
        version: u32,
    }
    let head: Head = serde_json::from_str(text).ok()?;
    (head.version > Saved::VERSION).then_some(head.version)
}
