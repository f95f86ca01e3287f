//! Service levels of a roundtrip: samples, histograms, objectives and reports. No clock, no browser.
//!
//! Time enters as an argument, in microseconds of whatever steady clock the caller has; numbers
//! leave as plain values that a view only formats. [`Engine`] is the one entrance.

mod account;
mod admission;
mod alert;
mod breaker;
mod budget;
mod decimal;
mod draft;
mod engine;
mod export;
mod fault;
mod form;
mod histogram;
mod history;
mod load;
mod objective;
mod openslo;
mod operation;
mod outcome;
mod picture;
mod plan;
mod policy;
mod random;
mod ratio;
mod report;
mod reset;
mod roundtrip;
mod row;
mod rule;
mod saved;
mod slo_report;
mod time;
mod watch;
mod yaml;

pub use account::{Counts, Phases};
pub use admission::{Admitted, Called, Cause, Refusal};
pub use alert::{Alert, State, Transition};
pub use breaker::BreakerState;
pub use budget::{Budget, Exhaustion, Measure};
pub use draft::{Draft, DraftFault, Field, OVERALL, window_text};
pub use engine::{Engine, Irregularities, MAX_OPEN};
pub use fault::{Fate, Faults, FaultsError, Injector};
pub use form::{Arrivals, FaultField, FaultForm, LoadField, LoadForm};
pub use histogram::{Latencies, Precision};
pub use history::Tally;
pub use load::{Load, Run, Shot};
pub use objective::{Indicator, MAX_OBJECTIVES, Objective, ObjectiveError, Objectives, Promise};
pub use openslo::{Import, ImportError};
pub use operation::{Custom, MAX_CUSTOM, MAX_NAME_BYTES, NameError, Operation};
pub use outcome::{Outcome, Reason, Verdict};
pub use picture::{COLUMN, COLUMNS, Picture, ROWS, Strip, row_end};
pub use plan::{MAX_RATE, MAX_USERS, Model, Plan, PlanError};
pub use policy::{Policy, PolicyError};
pub use ratio::{Ppm, Ratio};
pub use report::{Overall, SlaReport, SlaStats, Thresholds, Violation};
pub use reset::Forgotten;
pub use roundtrip::{Ending, Roundtrip};
pub use row::{Breach, Compliance, Row};
pub use rule::{Condition, MAX_RULES, Rule, RuleError, Rules, Severity};
pub use saved::{RestoreError, Saved};
pub use slo_report::SloReport;
pub use time::{Micros, Span};
pub use yaml::YamlError;
