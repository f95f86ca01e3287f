//! Service levels of a roundtrip: samples, histograms, objectives and reports. No clock, no browser.
//!
//! Time enters as an argument, in microseconds of whatever steady clock the caller has; numbers
//! leave as plain values that a view only formats. [`Engine`] is the one entrance.

mod account;
mod admission;
mod alert;
mod breaker;
mod budget;
mod engine;
mod export;
mod histogram;
mod history;
mod objective;
mod operation;
mod outcome;
mod policy;
mod ratio;
mod report;
mod roundtrip;
mod row;
mod rule;
mod saved;
mod slo_report;
mod time;
mod watch;

pub use account::{Counts, Phases};
pub use admission::{Admitted, Called, Cause, Refusal};
pub use alert::{Alert, State, Transition};
pub use breaker::BreakerState;
pub use budget::{Budget, Exhaustion, Measure};
pub use engine::{Engine, Irregularities, MAX_OPEN};
pub use histogram::{Latencies, Precision};
pub use history::Tally;
pub use objective::{Indicator, MAX_OBJECTIVES, Objective, ObjectiveError, Objectives, Promise};
pub use operation::{Custom, MAX_CUSTOM, MAX_NAME_BYTES, NameError, Operation};
pub use outcome::{Outcome, Reason, Verdict};
pub use policy::{Policy, PolicyError};
pub use ratio::{Ppm, Ratio};
pub use report::{Overall, SlaReport, SlaStats, Thresholds, Violation};
pub use roundtrip::{Ending, Roundtrip};
pub use row::{Breach, Compliance, Row};
pub use rule::{Condition, MAX_RULES, Rule, RuleError, Rules, Severity};
pub use saved::{RestoreError, Saved};
pub use slo_report::SloReport;
pub use time::{Micros, Span};
