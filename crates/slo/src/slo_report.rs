//! `sloReport()`: everything the engine knows, as one JSON document. Lengths in milliseconds unless
//! a name says otherwise; `null` is what has not been measured. Fields are only ever added.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::alert::{Alert, State, Transition};
use crate::breaker::BreakerState;
use crate::budget::{Budget, Exhaustion};
use crate::engine::Engine;
use crate::histogram::Latencies;
use crate::objective::Indicator;
use crate::row::Row;
use crate::rule::{Condition, Severity};
use crate::time::Micros;

/// `sloReport()`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SloReport {
    at: f64,
    objectives: Vec<ObjectiveReport>,
    windows: Vec<WindowReport>,
    budgets: BTreeMap<String, BudgetReport>,
    burn_rates: Vec<BurnRateReport>,
    alerts: Vec<AlertReport>,
    transitions: Vec<TransitionReport>,
    /// The breaker of each operation.
    breaker: BTreeMap<String, &'static str>,
    histograms: BTreeMap<String, HistogramReport>,
    operations: Vec<OperationReport>,
    irregularities: IrregularityReport,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectiveReport {
    name: String,
    indicator: &'static str,
    threshold: Option<f64>,
    target_ppm: u32,
    window: f64,
    total: u64,
    bad: u64,
    /// Fractions of the budget; more than 1 spent is overspent.
    budget_spent: Option<f64>,
    budget_left: Option<f64>,
    exhaustion: &'static str,
    exhausted_in: Option<f64>,
}

/// The whole window of an objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct WindowReport {
    objective: String,
    window: f64,
    total: u64,
    bad: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BudgetReport {
    spent: Option<f64>,
    left: Option<f64>,
    exhaustion: &'static str,
    exhausted_in: Option<f64>,
}

/// How fast a budget is spent over one window of an alert; 1 spends it exactly.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BurnRateReport {
    objective: String,
    alert: String,
    window: f64,
    burn_rate: Option<f64>,
    factor: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct TransitionReport {
    sequence: u64,
    at: f64,
    alert: String,
    from: &'static str,
    to: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertReport {
    name: String,
    objective: String,
    severity: &'static str,
    state: &'static str,
    since: Option<f64>,
    condition: &'static str,
    factor: Option<f64>,
    long_window: f64,
    long_burn_rate: Option<f64>,
    short_window: f64,
    short_burn_rate: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationReport {
    name: String,
    answered: u64,
    raised: u64,
    slow: u64,
    errors: u64,
    abandoned: u64,
    refused: u64,
    rejected: u64,
    cancelled: u64,
    hidden: u64,
    open: u32,
    breaker: &'static str,
    breaker_opens_at: Option<f64>,
    latency: Option<HistogramReport>,
    queue: Option<HistogramReport>,
    transport: Option<HistogramReport>,
    vm: Option<HistogramReport>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct HistogramReport {
    count: u64,
    mean: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
    max: Option<f64>,
    outliers: u64,
    /// [upper end, samples] of each occupied step.
    steps: Vec<(f64, u64)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct IrregularityReport {
    clock_steps_back: u64,
    sleeps: u64,
    late: u64,
    foreign: u64,
    overflowed_names: u64,
}

impl Engine {
    /// `sloReport()`.
    pub fn slo_report(&self) -> SloReport {
        let odd = self.irregularities();
        let alerts: Vec<AlertReport> = self
            .alerts()
            .map(|alert| AlertReport::from(&alert))
            .collect();
        let objectives: Vec<ObjectiveReport> = self
            .budgets()
            .map(|budget| ObjectiveReport::from(&budget))
            .collect();
        let named = |row: &Row<'_>| row.name.to_owned();
        SloReport {
            at: millis(self.now()),
            windows: objectives.iter().map(WindowReport::from).collect(),
            budgets: objectives
                .iter()
                .map(|o| (o.name.clone(), BudgetReport::from(o)))
                .collect(),
            burn_rates: alerts.iter().flat_map(BurnRateReport::both).collect(),
            transitions: self.transitions(0).map(TransitionReport::from).collect(),
            breaker: self
                .rows()
                .map(|row| (named(&row), row.breaker.word()))
                .collect(),
            histograms: self
                .rows()
                .filter_map(|row| {
                    let latencies = self.latencies(row.operation)?;
                    Some((named(&row), HistogramReport::of(latencies)?))
                })
                .collect(),
            objectives,
            alerts,
            operations: self.rows().map(|row| self.operation_report(&row)).collect(),
            irregularities: IrregularityReport {
                clock_steps_back: odd.clock_steps_back,
                sleeps: odd.sleeps,
                late: odd.late,
                foreign: odd.foreign,
                overflowed_names: odd.overflowed_names,
            },
        }
    }

    fn operation_report(&self, row: &Row<'_>) -> OperationReport {
        let phases = self.phases(row.operation);
        let counts = &row.counts;
        OperationReport {
            name: row.name.to_owned(),
            answered: counts.answered,
            raised: counts.raised,
            slow: counts.slow,
            errors: counts.errors,
            abandoned: counts.abandoned,
            refused: counts.refused,
            rejected: counts.rejected,
            cancelled: counts.cancelled,
            hidden: counts.hidden,
            open: row.open,
            breaker: row.breaker.word(),
            breaker_opens_at: match row.breaker {
                BreakerState::Open { until } => Some(millis(until)),
                BreakerState::Closed | BreakerState::HalfOpen => None,
            },
            latency: self.latencies(row.operation).and_then(HistogramReport::of),
            queue: phases.and_then(|phases| HistogramReport::of(&phases.queue)),
            transport: phases.and_then(|phases| HistogramReport::of(&phases.transport)),
            vm: phases.and_then(|phases| HistogramReport::of(&phases.vm)),
        }
    }
}

impl HistogramReport {
    fn of(latencies: &Latencies) -> Option<Self> {
        let [p50, p90, _, p99, p999] = latencies.usual_quantiles()?.map(|span| span.as_millis());
        Some(Self {
            count: latencies.count(),
            mean: latencies.mean_us().map(|us| us / 1_000.0),
            p50: Some(p50),
            p90: Some(p90),
            p99: Some(p99),
            p999: Some(p999),
            max: latencies.max().map(|span| span.as_millis()),
            outliers: latencies.outliers(),
            steps: latencies
                .steps()
                .map(|(span, count)| (span.as_millis(), count))
                .collect(),
        })
    }
}

impl From<&Budget<'_>> for ObjectiveReport {
    fn from(budget: &Budget<'_>) -> Self {
        let objective = &budget.objective;
        let (exhaustion, exhausted_in) = match budget.exhaustion() {
            Exhaustion::NoTraffic => ("no-traffic", None),
            Exhaustion::Never => ("never", None),
            Exhaustion::In(span) => ("in", Some(span.as_millis())),
            Exhaustion::Gone => ("gone", None),
        };
        Self {
            name: budget.name.to_owned(),
            indicator: objective.indicator.kind(),
            threshold: match objective.indicator {
                Indicator::Availability => None,
                Indicator::Latency { threshold } => Some(threshold.as_millis()),
            },
            target_ppm: objective.target.get(),
            window: objective.window.as_millis(),
            total: budget.measure.total,
            bad: budget.measure.bad,
            budget_spent: budget.spent().map(|spent| spent.as_fraction()),
            budget_left: budget.left_ppm().map(|ppm| ppm as f64 / 1e6),
            exhaustion,
            exhausted_in,
        }
    }
}

impl From<&ObjectiveReport> for WindowReport {
    fn from(objective: &ObjectiveReport) -> Self {
        Self {
            objective: objective.name.clone(),
            window: objective.window,
            total: objective.total,
            bad: objective.bad,
        }
    }
}

impl From<&ObjectiveReport> for BudgetReport {
    fn from(objective: &ObjectiveReport) -> Self {
        Self {
            spent: objective.budget_spent,
            left: objective.budget_left,
            exhaustion: objective.exhaustion,
            exhausted_in: objective.exhausted_in,
        }
    }
}

impl BurnRateReport {
    /// The long window's and the short one's.
    fn both(alert: &AlertReport) -> [Self; 2] {
        let windows = [
            (alert.long_window, alert.long_burn_rate),
            (alert.short_window, alert.short_burn_rate),
        ];
        windows.map(|(window, burn_rate)| Self {
            objective: alert.objective.clone(),
            alert: alert.name.clone(),
            window,
            burn_rate,
            factor: alert.factor,
        })
    }
}

impl From<&Transition> for TransitionReport {
    fn from(transition: &Transition) -> Self {
        Self {
            sequence: transition.sequence,
            at: millis(transition.at),
            alert: transition.alert.to_string(),
            from: transition.from.word(),
            to: transition.to.word(),
        }
    }
}

impl From<&Alert<'_>> for AlertReport {
    fn from(alert: &Alert<'_>) -> Self {
        Self {
            name: alert.name.to_owned(),
            objective: alert.objective.to_owned(),
            severity: match alert.rule.severity {
                Severity::Page => "page",
                Severity::Ticket => "ticket",
            },
            state: alert.state.word(),
            since: match alert.state {
                State::Inactive => None,
                State::Pending(at) | State::Firing(at) | State::Resolved(at) => Some(millis(at)),
            },
            condition: match alert.condition {
                Condition::NoTraffic => "no-traffic",
                Condition::NotEnoughData => "not-enough-data",
                Condition::Below => "below",
                Condition::Above => "above",
            },
            factor: alert.factor.map(|factor| factor.as_fraction()),
            long_window: alert.rule.long.as_millis(),
            long_burn_rate: alert.burn_long.map(|burn| burn.as_fraction()),
            short_window: alert.rule.short.as_millis(),
            short_burn_rate: alert.burn_short.map(|burn| burn.as_fraction()),
        }
    }
}

fn millis(at: Micros) -> f64 {
    at.0 as f64 / 1_000.0
}
