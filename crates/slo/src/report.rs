//! The reports of `window.atomvm`, under the names outside code relies on. Latencies in
//! milliseconds; `null` is what has not been measured.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::Engine;
use crate::row::Row;

/// `slaStats(operation)`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlaStats {
    /// Roundtrips the operation is judged by: answers and errors.
    pub count: u64,
    /// Mean latency of the answers.
    pub average_latency: Option<f64>,
    /// Errors as a fraction of `count`.
    pub error_rate: Option<f64>,
    /// Roundtrips without an answer.
    pub error_count: u64,
    /// Latency of the latest answer.
    pub last_latency: Option<f64>,
    /// Code of the latest error.
    pub last_error: Option<&'static str>,
    /// Whether the operation keeps its promise.
    pub sla_compliant: Option<bool>,
    /// Median latency.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Longest latency.
    pub max: Option<f64>,
}

impl From<&Row<'_>> for SlaStats {
    fn from(row: &Row<'_>) -> Self {
        Self {
            count: row.counts.judged(),
            average_latency: row.mean_us.map(|us| us / 1_000.0),
            error_rate: row.error_rate.map(|rate| rate.as_fraction()),
            error_count: row.counts.errors,
            last_latency: row.last.map(|span| span.as_millis()),
            last_error: row.last_error.map(|outcome| outcome.code()),
            sla_compliant: row.compliance.as_bool(),
            p50: row.p50.map(|span| span.as_millis()),
            p95: row.p95.map(|span| span.as_millis()),
            p99: row.p99.map(|span| span.as_millis()),
            max: row.max.map(|span| span.as_millis()),
        }
    }
}

/// What operations without an objective of their own are held to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Thresholds {
    /// Answers take at most this long.
    pub max_latency: f64,
    /// The error rate stays under this fraction.
    pub max_error_rate: f64,
}

/// All operations together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overall {
    /// Roundtrips judged.
    pub total_roundtrips: u64,
    /// Of them without an answer.
    pub total_errors: u64,
    /// As a fraction.
    pub overall_error_rate: Option<f64>,
    /// Whether every operation keeps its promise and the error rate of all together does.
    pub overall_compliant: Option<bool>,
}

/// One operation that does not keep its promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The operation's name.
    pub operation_type: String,
    /// Why, in words.
    pub reason: String,
    /// Its numbers.
    pub stats: SlaStats,
}

/// `slaReport()`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlaReport {
    /// The overall promise.
    pub thresholds: Thresholds,
    /// Every operation by name.
    pub operations: BTreeMap<String, SlaStats>,
    /// All of them together.
    pub overall: Overall,
    /// The operations that do not keep their promise, in the order of the panel.
    pub violations: Vec<Violation>,
    /// Roundtrips open now.
    pub active: usize,
}

impl Engine {
    /// `slaStats(operation)`; nothing for a name no roundtrip was ever opened under.
    pub fn sla_stats(&self, name: &str) -> Option<SlaStats> {
        Some(SlaStats::from(&self.row(self.find(name)?)))
    }

    /// `slaReport()`.
    pub fn sla_report(&self) -> SlaReport {
        let rows: Vec<Row<'_>> = self.rows().collect();
        let violations = rows.iter().filter_map(|row| {
            Some(Violation {
                operation_type: row.name.to_owned(),
                reason: row.reason()?,
                stats: SlaStats::from(row),
            })
        });
        let promise = self.objectives().overall();
        let totals = self.totals();
        SlaReport {
            thresholds: Thresholds {
                max_latency: promise.latency.as_millis(),
                max_error_rate: promise.error_budget.as_fraction(),
            },
            operations: rows
                .iter()
                .map(|row| (row.name.to_owned(), row.into()))
                .collect(),
            overall: Overall {
                total_roundtrips: totals.judged(),
                total_errors: totals.errors,
                overall_error_rate: totals.error_rate().map(|rate| rate.as_fraction()),
                overall_compliant: self.compliance().as_bool(),
            },
            violations: violations.collect(),
            active: self.active(),
        }
    }
}
