//! What the page shows of the service levels.

use leptos::prelude::*;
use slo::{Draft, DraftFault, FaultField, LoadField, Micros, Span};

/// One operation as the panel shows it: what of an engine's row outlives the engine's borrow.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The operation's name.
    pub name: String,
    /// Roundtrips it is judged by.
    pub count: u64,
    /// Of them without an answer.
    pub errors: u64,
    /// Roundtrips a second of late, in hundredths.
    pub rate_hundredths: u64,
    /// Half of the answers took at most this long.
    pub p50: Option<Span>,
    /// Nine tenths.
    pub p90: Option<Span>,
    /// Ninety-nine of a hundred.
    pub p99: Option<Span>,
    /// All but one of a thousand; nothing below a thousand answers.
    pub p999: Option<Span>,
    /// The longest.
    pub max: Option<Span>,
    /// What an answer may take.
    pub limit: Span,
    /// Whether the operation keeps its promise.
    pub compliance: slo::Compliance,
    /// Why not, in words.
    pub reason: Option<String>,
    /// Where its breaker stands.
    pub breaker: slo::BreakerState,
}

impl Level {
    /// What a row shows, at a rate of so many hundredths a second.
    pub fn of(row: &slo::Row<'_>, rate_hundredths: u64) -> Self {
        Self {
            name: row.name.to_owned(),
            count: row.counts.judged(),
            errors: row.counts.errors,
            rate_hundredths,
            p50: row.p50,
            p90: row.p90,
            p99: row.p99,
            // Fewer have no thousandth.
            p999: row.p999.filter(|_| row.counts.answered >= 1_000),
            max: row.max,
            limit: row.promise.latency,
            compliance: row.compliance,
            reason: row.reason(),
            breaker: row.breaker,
        }
    }
}

/// One objective with its budget.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetLevel {
    /// The objective's name.
    pub name: String,
    /// The objective.
    pub objective: slo::Objective,
    /// Parts per million left; negative when overspent; nothing without traffic.
    pub left_ppm: Option<i64>,
    /// What its window holds.
    pub measure: slo::Measure,
    /// When it will be gone.
    pub exhaustion: slo::Exhaustion,
}

/// One alert.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertLevel {
    /// Its name.
    pub name: String,
    /// How soon somebody must look.
    pub severity: slo::Severity,
    /// Where it stands.
    pub state: slo::State,
    /// What its windows say.
    pub condition: slo::Condition,
    /// The long window and its burn rate.
    pub long: (Span, Option<f64>),
    /// The short window and its burn rate.
    pub short: (Span, Option<f64>),
    /// The burn rate that is too fast.
    pub factor: f64,
}

/// One change of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertChange {
    /// Rises by one.
    pub sequence: u64,
    /// Wall-clock time, `HH:MM:SS`.
    pub at: String,
    /// The alert.
    pub alert: String,
    /// The words of both states.
    pub from: &'static str,
    /// See `from`.
    pub to: &'static str,
}

/// The service levels as the panel shows them.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ServiceLevels {
    /// One row for each operation, in a fixed order.
    pub rows: Vec<Level>,
    /// The overall verdict.
    pub overall: Option<slo::Overall>,
    /// Roundtrips that have begun and not ended.
    pub active: usize,
    /// Of them, those that wait for their turn.
    pub waiting: usize,
    /// The oldest of them, oldest first: operation and age.
    pub oldest: Vec<(String, Span)>,
    /// The budgets, in the order of the objectives.
    pub budgets: Vec<BudgetLevel>,
    /// The alerts.
    pub alerts: Vec<AlertLevel>,
    /// What alerts went through, newest first, bounded.
    pub changes: Vec<AlertChange>,
    /// What went wrong around the samples.
    pub odd: slo::Irregularities,
    /// Roundtrips that were counted apart.
    pub apart: slo::Counts,
}

/// A run as the panel shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunLevel {
    /// What it was to do, in words.
    pub plan: String,
    /// Roundtrips sent.
    pub sent: u64,
    /// Answered.
    pub answered: u64,
    /// Without an answer.
    pub errors: u64,
    /// Turned away.
    pub refused: u64,
    /// Latencies from the intended time: half, 90, 99, 99.9 of a hundred, longest.
    pub felt: [Option<Span>; 5],
    /// The same from the sending.
    pub plain: [Option<Span>; 5],
    /// The longest time one was sent late.
    pub worst_lag: Span,
    /// How long it has gone on, and how long it is to.
    pub lasted: Span,
    /// See `lasted`.
    pub duration: Span,
}

/// The load generator.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LoadLevel {
    /// The run that goes on.
    pub running: Option<RunLevel>,
    /// The last run, and the one before it, to be compared.
    pub last: Option<RunLevel>,
    /// See `last`.
    pub before: Option<RunLevel>,
    /// What is wrong with the form that was sent last.
    pub faults: Vec<(LoadField, String)>,
}

/// Fault injection.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FaultLevel {
    /// Whether it is on.
    pub is_on: bool,
    /// Roundtrips it has harmed.
    pub injected: u64,
    /// What is wrong with the form that was sent last.
    pub faults: Vec<(FaultField, String)>,
}

/// Objectives being edited.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Editing {
    /// Rises whenever the drafts were put there by something else than typing.
    pub revision: u64,
    /// What to begin with.
    pub drafts: Vec<Draft>,
    /// What is wrong with the drafts that were sent last.
    pub faults: Vec<DraftFault>,
    /// What became of the last save or import, in words.
    pub note: String,
}

/// Where the windows are kept across reloads.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Keeping {
    /// Not known yet.
    #[default]
    Asking,
    /// Here.
    Here,
    /// Not: why, in words.
    Not(String),
}

/// The signals of the service levels. Copyable handles.
#[derive(Clone, Copy)]
pub struct LevelSignals {
    /// Renewed a few times a second while anybody sees it.
    pub now: RwSignal<ServiceLevels>,
    /// Whether what is shown stands still.
    pub is_paused: RwSignal<bool>,
    /// Whether a reset can be taken back.
    pub can_undo: RwSignal<bool>,
    /// What the charts show, in words.
    pub charts: RwSignal<String>,
    /// Why there are no charts, in words.
    pub charts_problem: RwSignal<String>,
    /// The recent columns of the chart as a table: time, answers, errors, and latencies.
    pub columns: RwSignal<Vec<Column>>,
    /// Objectives being edited.
    pub editing: RwSignal<Editing>,
    /// The load generator.
    pub load: RwSignal<LoadLevel>,
    /// Fault injection.
    pub faults: RwSignal<FaultLevel>,
    /// Where the windows are kept.
    pub keeping: RwSignal<Keeping>,
}

/// One column of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// When it began.
    pub at: Micros,
    /// Wall-clock time, `HH:MM:SS`.
    pub wall: String,
    /// Answers and roundtrips without one.
    pub answers: u32,
    /// See `answers`.
    pub errors: u32,
    /// Half, 90, 99 of a hundred.
    pub quantiles: Option<[Span; 3]>,
    /// The longest.
    pub max: Option<Span>,
}

impl LevelSignals {
    /// Fresh signals, in the reactive owner of the caller.
    pub fn new() -> Self {
        Self {
            now: RwSignal::default(),
            is_paused: RwSignal::default(),
            can_undo: RwSignal::default(),
            charts: RwSignal::default(),
            charts_problem: RwSignal::default(),
            columns: RwSignal::default(),
            editing: RwSignal::default(),
            load: RwSignal::default(),
            faults: RwSignal::default(),
            keeping: RwSignal::default(),
        }
    }
}

impl Default for LevelSignals {
    fn default() -> Self {
        Self::new()
    }
}
