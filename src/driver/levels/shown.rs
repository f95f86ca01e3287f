//! Snapshots of the engine for the views, and of an alert's change for whoever listens.

use crate::edge::clock;
use crate::state::levels::{AlertChange, AlertLevel, BudgetLevel, Level, ServiceLevels};
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use slo::{Engine, Overall, Ratio, Severity, Transition};
use wasm_bindgen::JsValue;

/// Open roundtrips and changes of alerts that the panel lists.
const LISTED: usize = 12;

/// What the page shows even while the panel is out of sight.
pub fn verdict(engine: &Engine, before: RwSignal<ServiceLevels>) -> ServiceLevels {
    let mut levels = before.get_untracked();
    levels.overall = Some(overall(engine));
    levels
}

fn overall(engine: &Engine) -> Overall {
    let totals = engine.totals();
    Overall {
        total_roundtrips: totals.judged(),
        total_errors: totals.errors,
        overall_error_rate: totals.error_rate().map(Ratio::as_fraction),
        overall_compliant: engine.compliance().as_bool(),
    }
}

/// Everything.
pub fn levels(engine: &Engine) -> ServiceLevels {
    let mut open: Vec<_> = engine.open().collect();
    let listed = LISTED.min(open.len());
    if listed > 0 {
        open.select_nth_unstable_by(listed - 1, |a, b| b.1.cmp(&a.1));
        open.truncate(listed);
        open.sort_by_key(|open| std::cmp::Reverse(open.1));
    }
    let row = |row: slo::Row<'_>| {
        let rate = engine.rate_hundredths(Some(row.operation));
        Level::of(&row, rate)
    };
    let mut changes: Vec<_> = engine.transitions(0).map(change).collect();
    changes.reverse();
    changes.truncate(LISTED);
    ServiceLevels {
        rows: engine.rows().map(row).collect(),
        overall: Some(overall(engine)),
        active: engine.active(),
        waiting: engine.waiting(),
        oldest: open
            .into_iter()
            .map(|(name, age)| (name.to_owned(), age))
            .collect(),
        budgets: engine
            .budgets()
            .map(|budget| self::budget(&budget))
            .collect(),
        alerts: engine.alerts().map(|alert| self::alert(&alert)).collect(),
        changes,
        odd: engine.irregularities(),
        apart: engine.totals(),
    }
}

fn budget(budget: &slo::Budget<'_>) -> BudgetLevel {
    BudgetLevel {
        name: budget.name.to_owned(),
        objective: budget.objective,
        left_ppm: budget.left_ppm(),
        measure: budget.measure,
        exhaustion: budget.exhaustion(),
    }
}

fn alert(alert: &slo::Alert<'_>) -> AlertLevel {
    AlertLevel {
        name: alert.name.to_owned(),
        severity: alert.rule.severity,
        state: alert.state,
        condition: alert.condition,
        long: (alert.rule.long, alert.burn_long.map(Ratio::as_fraction)),
        short: (alert.rule.short, alert.burn_short.map(Ratio::as_fraction)),
        factor: alert.factor.map(Ratio::as_fraction).unwrap_or_default(),
    }
}

fn change(change: &Transition) -> AlertChange {
    AlertChange {
        sequence: change.sequence,
        at: clock::wall_at(change.at.0),
        alert: change.alert.to_string(),
        from: change.from.word(),
        to: change.to.word(),
    }
}

/// A change of an alert as listeners get it.
pub fn told(engine: &Engine, change: &Transition) -> Object {
    let alert = engine.alerts().find(|alert| *alert.name == *change.alert);
    let severity = alert.as_ref().map(|alert| match alert.rule.severity {
        Severity::Page => "page",
        Severity::Ticket => "ticket",
    });
    let objective = alert.as_ref().map(|alert| alert.objective);
    let text = |text: Option<&str>| text.map_or(JsValue::NULL, JsValue::from_str);
    let fields = [
        ("alert", text(Some(&change.alert))),
        ("objective", text(objective)),
        ("severity", text(severity)),
        ("from", text(Some(change.from.word()))),
        ("to", text(Some(change.to.word()))),
        ("at", (change.at.0 as f64 / 1_000.0).into()),
    ];
    let told = Object::new();
    for (name, value) in fields {
        // A plain object of our own takes any property.
        drop(Reflect::set(&told, &name.into(), &value));
    }
    told
}
