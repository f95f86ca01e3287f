//! Objectives as a person edits them: texts in fields, read all at once, with every fault at its field.

use std::collections::BTreeSet;

use crate::decimal::{self, NotANumber};
use crate::engine::Engine;
use crate::objective::{Indicator, Objective, ObjectiveError, Objectives};
use crate::operation::validate as validate_name;
use crate::ratio::Ppm;
use crate::time::Span;

/// What the field of an operation holds for all of them together.
pub const OVERALL: &str = "overall";

/// One objective being edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// An operation's name, or [`OVERALL`].
    pub operation: String,
    /// Whether it is about latency, and not about answers as such.
    pub is_latency: bool,
    /// Milliseconds; of no matter where it is not about latency.
    pub threshold: String,
    /// Per cent.
    pub target: String,
    /// A number and a unit: `30 min`, `1 h`, `7 d`.
    pub window: String,
}

/// A field of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The operation.
    Operation,
    /// The threshold.
    Threshold,
    /// The target.
    Target,
    /// The window.
    Window,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFault {
    /// Place of the draft and its field; nothing for the set as a whole.
    pub at: Option<(usize, Field)>,
    /// In words.
    pub words: String,
}

impl Engine {
    /// The objectives in force, to be edited.
    pub fn drafts(&self) -> Vec<Draft> {
        self.drafts_of(self.objectives())
    }

    /// Any objectives, to be edited.
    pub fn drafts_of(&self, objectives: &Objectives) -> Vec<Draft> {
        let draft = |objective: &Objective| Draft {
            operation: objective
                .operation
                .map_or(OVERALL, |operation| self.operation_name(operation))
                .to_owned(),
            is_latency: matches!(objective.indicator, Indicator::Latency { .. }),
            threshold: match objective.indicator {
                Indicator::Availability => String::new(),
                Indicator::Latency { threshold } => decimal::write(threshold.0, 3),
            },
            target: decimal::write(u64::from(objective.target.get()), 4),
            window: window_text(objective.window),
        };
        objectives.iter().map(draft).collect()
    }

    /// Reads drafts. They are not put in force.
    ///
    /// # Errors
    /// Every fault there is, each at its field.
    pub fn read_drafts(&mut self, drafts: &[Draft]) -> Result<Objectives, Vec<DraftFault>> {
        let mut faults = vec![];
        let mut list = vec![];
        for (at, draft) in drafts.iter().enumerate() {
            let before = faults.len();
            let mut fault = |field, words: String| {
                faults.push(DraftFault {
                    at: Some((at, field)),
                    words,
                });
            };
            let read = draft.read(self, &mut fault);
            let objective = read.filter(|_| faults.len() == before);
            if let Some(objective) = objective {
                faults.extend(objective.validate(at).err().map(fault_of));
                list.push(objective);
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Objectives::new(list).map_err(|error| vec![fault_of(error)])
    }

    /// The names an objective may be for, as far as they are known: all together, then each.
    pub fn objective_names(&self) -> BTreeSet<String> {
        let names = self.rows().map(|row| row.name.to_owned());
        names.chain([OVERALL.to_owned()]).collect()
    }
}

impl Draft {
    fn read(
        &self,
        engine: &mut Engine,
        fault: &mut impl FnMut(Field, String),
    ) -> Option<Objective> {
        let operation = match self.operation.trim() {
            OVERALL => Some(None),
            name => match validate_name(name).and_then(|()| engine.operation(name)) {
                Ok(operation) => Some(Some(operation)),
                Err(error) => {
                    fault(Field::Operation, capital(&error.to_string()));
                    None
                }
            },
        };
        let mut number = |field, text: &str, places, what: &str| match decimal::read(text, places) {
            Ok(number) => Some(number),
            Err(error) => {
                fault(field, words(error, places, what));
                None
            }
        };
        let indicator = if self.is_latency {
            let us = number(Field::Threshold, &self.threshold, 3, "milliseconds");
            us.map(|us| Indicator::Latency {
                threshold: Span(us),
            })
        } else {
            Some(Indicator::Availability)
        };
        let target = number(Field::Target, &self.target, 4, "per cent");
        let target = target.map(|parts| u32::try_from(parts).ok().and_then(Ppm::new));
        if target == Some(None) {
            fault(Field::Target, "A target is less than 100 %.".to_owned());
        }
        let window = read_window(&self.window);
        if window.is_none() {
            let words = "A window is a number and min, h or d, such as 1 h.";
            fault(Field::Window, words.to_owned());
        }
        Some(Objective {
            operation: operation?,
            indicator: indicator?,
            target: target??,
            window: window?,
        })
    }
}

/// The units of a window, the longest first, in minutes; the first name is the one that is written.
const UNITS: [(&[&str], u64); 3] = [
    (&["d", "day", "days"], 1_440),
    (&["h", "hour", "hours"], 60),
    (&["min", "m", "minute", "minutes"], 1),
];

/// A window in words.
pub fn window_text(window: Span) -> String {
    let minutes = window.0 / 60_000_000;
    let fits = |&&(_, unit): &&(&[&str], u64)| minutes.is_multiple_of(unit) && minutes >= unit;
    let (names, unit) = UNITS.iter().find(fits).copied().unwrap_or(UNITS[2]);
    format!("{} {}", minutes / unit, names[0])
}

fn read_window(text: &str) -> Option<Span> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(at);
    let unit = unit.trim();
    let (_, minutes) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
    let count = decimal::read(number, 0).ok()?;
    Some(Span(count.checked_mul(minutes * 60_000_000)?))
}

fn words(error: NotANumber, places: usize, what: &str) -> String {
    match error {
        NotANumber::Empty => format!("A number of {what} is missing."),
        NotANumber::NoDigits => format!("This is no number of {what}: digits and a point."),
        NotANumber::TooFine => format!("At most {places} decimals are kept."),
        NotANumber::TooLarge => "This is too large.".to_owned(),
    }
}

fn fault_of(error: ObjectiveError) -> DraftFault {
    let at = match error {
        ObjectiveError::Target { at } => Some((at, Field::Target)),
        ObjectiveError::Threshold { at } => Some((at, Field::Threshold)),
        ObjectiveError::Window { at } => Some((at, Field::Window)),
        ObjectiveError::Duplicate { at } => Some((at, Field::Operation)),
        ObjectiveError::NoDefault | ObjectiveError::TooMany => None,
    };
    let text = error.to_string();
    // At its field there is no need to say which objective.
    let words = match text.split_once(": ") {
        Some((_, words)) if at.is_some() => capital(words),
        _ => capital(&text),
    };
    DraftFault { at, words }
}

/// A sentence of its own.
fn capital(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), characters.as_str())
}
