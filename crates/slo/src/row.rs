//! What is known of one operation at one moment, as plain values that a view only formats.

use crate::account::{Account, Counts};
use crate::breaker::BreakerState;
use crate::histogram::Latencies;
use crate::objective::Promise;
use crate::operation::Operation;
use crate::outcome::Outcome;
use crate::ratio::Ratio;
use crate::time::Span;

/// Which part of a promise is broken; at least one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Too many answers were slow.
    pub latency: bool,
    /// Too many roundtrips had no answer.
    pub errors: bool,
}

/// Whether an operation keeps its promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compliance {
    /// Nothing was asked of it, so nothing can be said.
    NoTraffic,
    /// It does.
    Kept,
    /// It does not.
    Broken(Breach),
}

impl Compliance {
    /// As a plain answer; none without traffic.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Self::NoTraffic => None,
            Self::Kept => Some(true),
            Self::Broken(_) => Some(false),
        }
    }

    /// Of two parts of the service, what can be said of both.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken(a), Self::Broken(b)) => {
                let (latency, errors) = (a.latency || b.latency, a.errors || b.errors);
                Self::Broken(Breach { latency, errors })
            }
            (broken @ Self::Broken(_), _) | (_, broken @ Self::Broken(_)) => broken,
            (Self::NoTraffic, known) | (known, Self::NoTraffic) => known,
            (Self::Kept, Self::Kept) => Self::Kept,
        }
    }

    pub(crate) fn of(counts: &Counts, promise: &Promise) -> Self {
        if counts.judged() == 0 {
            return Self::NoTraffic;
        }
        let latency = promise.breaks_latency(counts.slow, counts.answered);
        let errors = promise.breaks_errors(counts.errors, counts.judged());
        if latency || errors {
            Self::Broken(Breach { latency, errors })
        } else {
            Self::Kept
        }
    }
}

/// One operation at one moment. What has no samples has no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The operation.
    pub operation: Operation,
    /// Its name.
    pub name: &'a str,
    /// How its roundtrips ended.
    pub counts: Counts,
    /// How many are open.
    pub open: u32,
    /// The share of errors.
    pub error_rate: Option<Ratio>,
    /// The latest answer's latency.
    pub last: Option<Span>,
    /// The mean latency in microseconds.
    pub mean_us: Option<f64>,
    /// Half of the answers took at most this long.
    pub p50: Option<Span>,
    /// Nine tenths.
    pub p90: Option<Span>,
    /// Nineteen of twenty.
    pub p95: Option<Span>,
    /// Ninety-nine of a hundred.
    pub p99: Option<Span>,
    /// All but one of a thousand.
    pub p999: Option<Span>,
    /// The longest.
    pub max: Option<Span>,
    /// The latest error.
    pub last_error: Option<Outcome>,
    /// What it is held to.
    pub promise: Promise,
    /// Whether it keeps that.
    pub compliance: Compliance,
    /// Where its breaker stands.
    pub breaker: BreakerState,
}

impl<'a> Row<'a> {
    pub(crate) fn new(
        operation: Operation,
        name: &'a str,
        account: &Account,
        promise: Promise,
        breaker: BreakerState,
    ) -> Self {
        let latencies = account.latencies.as_deref();
        let quantiles = latencies.and_then(Latencies::usual_quantiles);
        let quantile = |at: usize| quantiles.map(|found| found[at]);
        Self {
            operation,
            name,
            counts: account.counts,
            open: account.open,
            error_rate: account.counts.error_rate(),
            last: latencies.and_then(Latencies::last),
            mean_us: latencies.and_then(Latencies::mean_us),
            p50: quantile(0),
            p90: quantile(1),
            p95: quantile(2),
            p99: quantile(3),
            p999: quantile(4),
            max: latencies.and_then(Latencies::max),
            last_error: account.last_error,
            promise,
            compliance: Compliance::of(&account.counts, &promise),
            breaker,
        }
    }

    /// In words, why the promise is broken; nothing while it is not.
    pub fn reason(&self) -> Option<String> {
        let Compliance::Broken(breach) = self.compliance else {
            return None;
        };
        let (counts, promise) = (&self.counts, &self.promise);
        let latency = breach.latency.then(|| {
            format!(
                "{} of {} answers took longer than {} ms, at most {} may",
                counts.slow,
                counts.answered,
                promise.latency.as_millis(),
                promise.latency_target.complement(),
            )
        });
        let errors = breach.errors.then(|| {
            format!(
                "{} of {} roundtrips failed, less than {} may",
                counts.errors,
                counts.judged(),
                promise.error_budget,
            )
        });
        let parts: Vec<String> = latency.into_iter().chain(errors).collect();
        Some(parts.join("; "))
    }
}
