//! Error budgets: one bar for each objective, with what is left and how long it lasts, in words too.

use leptos::prelude::*;
use slo::{Exhaustion, Indicator, window_text};

use crate::state::{State, levels::BudgetLevel};
use crate::view::format;

/// The budgets.
#[component]
pub fn Budgets(state: State) -> impl IntoView {
    let now = state.levels.now;
    let names = Memo::new(move |_| {
        let name = |budget: &BudgetLevel| budget.name.clone();
        now.with(|levels| levels.budgets.iter().map(name).collect::<Vec<_>>())
    });
    view! {
        <section class="panel budgets" aria-labelledby="budgets-title">
            <div class="panel-head">
                <h2 class="panel-title" id="budgets-title">"Error budgets"</h2>
                <p class="panel-note">"how much may still go wrong"</p>
            </div>
            <ul class="budgets-list">
                <For
                    each=move || names.get()
                    key=String::clone
                    children=move |name| view! { <Budget state name /> }
                />
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Budget(state: State, name: String) -> impl IntoView {
    let own = StoredValue::new(name.clone());
    let read = move |of: fn(&BudgetLevel) -> String| {
        Memo::new(move |_| {
            state.levels.now.with(|levels| {
                let found = own.with_value(|name| levels.budgets.iter().find(|b| b.name == *name));
                found.map(of).unwrap_or_default()
            })
        })
    };
    let (left, lasts, promise) = (read(left), read(lasts), read(promise));
    let (tone, width, percent) = (read(tone), read(width), read(percent));
    let id = format!("budget-{name}");
    view! {
        <li class="budget" data-testid=id data-tone=move || tone.get()>
            <span class="budget-name">{name.clone()}</span>
            <span class="budget-left">{move || left.get()}</span>
            <span
                class="budget-bar"
                role="meter"
                aria-label=format!("Budget left of {name}")
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || percent.get()
                aria-valuetext=move || left.get()
            >
                <span class="budget-fill" style:width=move || width.get()></span>
            </span>
            <span class="budget-promise">{move || promise.get()}</span>
            <span class="budget-lasts">{move || lasts.get()}</span>
        </li>
    }
}

fn promise(budget: &BudgetLevel) -> String {
    let objective = &budget.objective;
    let what = match objective.indicator {
        Indicator::Availability => "answered".to_owned(),
        Indicator::Latency { threshold } => format!("within {}", format::span(threshold.0)),
    };
    format!(
        "{} {what} over {}",
        objective.target,
        window_text(objective.window)
    )
}

fn left(budget: &BudgetLevel) -> String {
    match budget.left_ppm {
        None => "no traffic".to_owned(),
        // Rounded down, as it is kept: what is not whole never reads as whole.
        Some(left @ 0..) => format!("{}.{} % left", left / 10_000, left % 10_000 / 1_000),
        Some(over) => {
            let spent = (1_000_000 - over) as f64 / 1e6;
            format!("spent {} times", format::times(spent))
        }
    }
}

fn lasts(budget: &BudgetLevel) -> String {
    match budget.exhaustion {
        Exhaustion::NoTraffic if budget.left_ppm.is_none() => String::new(),
        Exhaustion::NoTraffic => "no traffic of late".to_owned(),
        Exhaustion::Never => "not being spent".to_owned(),
        Exhaustion::In(span) => format!("gone in {}", format::span(span.0)),
        Exhaustion::Gone => format!(
            "gone: {} of {} bad",
            format::count(budget.measure.bad),
            format::count(budget.measure.total)
        ),
    }
}

fn tone(budget: &BudgetLevel) -> String {
    match (budget.left_ppm, budget.exhaustion) {
        (None, _) => "idle",
        (_, Exhaustion::Gone) => "bad",
        (_, Exhaustion::In(_)) => "warn",
        _ => "good",
    }
    .to_owned()
}

fn percent(budget: &BudgetLevel) -> String {
    (budget.left_ppm.unwrap_or_default().clamp(0, 1_000_000) / 10_000).to_string()
}

fn width(budget: &BudgetLevel) -> String {
    match budget.left_ppm {
        // The whole bar, in the pattern of what is overspent.
        Some(..=0) => "100%".to_owned(),
        left => {
            let tenths = left.unwrap_or_default() / 1_000;
            format!("{}.{}%", tenths / 10, tenths % 10)
        }
    }
}
