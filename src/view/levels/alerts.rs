//! Alerts: those that ask for somebody first, the quiet ones folded away, and what they went through.

use leptos::prelude::*;
use slo::{Condition, Severity, State as Stand};

use crate::state::{
    State,
    levels::{AlertChange, AlertLevel},
};
use crate::view::{
    format,
    icon::{Icon, Shape},
    layout::Layout,
};

/// The alerts and their history.
#[component]
pub fn Alerts(state: State, layout: Layout) -> impl IntoView {
    let now = state.levels.now;
    let names = move |is_quiet: bool| {
        Memo::new(move |_| {
            now.with(|levels| {
                let alerts = levels.alerts.iter();
                let meant = alerts.filter(|alert| (alert.state == Stand::Inactive) == is_quiet);
                meant.map(|alert| alert.name.clone()).collect::<Vec<_>>()
            })
        })
    };
    let (loud, quiet) = (names(false), names(true));
    let changes = Memo::new(move |_| now.with(|levels| levels.changes.clone()));
    let sum = move || match (loud.with(Vec::len), quiet.with(Vec::len)) {
        (0, count) => format!("all {count} quiet"),
        (loud, _) => format!("{loud} to look at"),
    };
    view! {
        <section class="panel alerts" aria-labelledby="alerts-title">
            <div class="panel-head">
                <h2 class="panel-title" id="alerts-title">"Alerts"</h2>
                <p class="panel-note">{sum}</p>
            </div>
            <ul class="alerts-list" aria-live="polite">
                <For
                    each=move || loud.get()
                    key=String::clone
                    children=move |name| view! { <Alert state name /> }
                />
            </ul>
            <details class="alerts-quiet" prop:open=move || layout.is_wide()>
                <summary>{move || format!("{} quiet", quiet.with(Vec::len))}</summary>
                <ul class="alerts-list">
                    <For
                        each=move || quiet.get()
                        key=String::clone
                        children=move |name| view! { <Alert state name /> }
                    />
                </ul>
            </details>
            <div class="alerts-past" hidden=move || changes.with(Vec::is_empty)>
                <h3 class="alerts-past-title">"What happened"</h3>
                <ol class="alerts-changes">
                    <For
                        each=move || changes.get()
                        key=|change: &AlertChange| change.sequence
                        children=|change| view! {
                            <li class="alerts-change">
                                <time>{change.at}</time>
                                <span class="alerts-change-name">{change.alert}</span>
                                <span>{format!("{} → {}", change.from, change.to)}</span>
                            </li>
                        }
                    />
                </ol>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Alert(state: State, name: String) -> impl IntoView {
    let own = StoredValue::new(name.clone());
    let alert = Memo::new(move |_| {
        state.levels.now.with(|levels| {
            own.with_value(|name| {
                levels
                    .alerts
                    .iter()
                    .find(|alert| alert.name == *name)
                    .cloned()
            })
        })
    });
    let read = move |of: fn(&AlertLevel) -> String| {
        Memo::new(move |_| alert.with(|alert| alert.as_ref().map(of).unwrap_or_default()))
    };
    let (word, burns) = (read(word), read(burns));
    let stand = Memo::new(move |_| alert.with(|alert| alert.as_ref().map(|alert| alert.state)));
    let id = format!("alert-{name}");
    view! {
        <li
            class="alert"
            data-testid=id
            data-state=move || stand.get().map_or("", Stand::word)
            data-tone=move || tone(stand.get())
        >
            {move || view! { <Icon shape=shape(stand.get()) /> }}
            <span class="alert-name">{name}</span>
            <span class="alert-word">{move || word.get()}</span>
            <span class="alert-burns">{move || burns.get()}</span>
        </li>
    }
}

fn tone(state: Option<Stand>) -> &'static str {
    match state {
        None | Some(Stand::Inactive) => "idle",
        Some(Stand::Pending(_)) => "warn",
        Some(Stand::Firing(_)) => "bad",
        Some(Stand::Resolved(_)) => "good",
    }
}

fn shape(state: Option<Stand>) -> Shape {
    match state {
        None | Some(Stand::Inactive) => Shape::Dash,
        Some(Stand::Pending(_)) => Shape::Info,
        Some(Stand::Firing(_)) => Shape::Alert,
        Some(Stand::Resolved(_)) => Shape::Check,
    }
}

fn word(alert: &AlertLevel) -> String {
    let severity = match alert.severity {
        Severity::Page => "page",
        Severity::Ticket => "ticket",
    };
    let told = match alert.condition {
        Condition::NoTraffic => ", no traffic",
        Condition::NotEnoughData => ", not enough data",
        Condition::Below | Condition::Above => "",
    };
    format!("{} ({severity}{told})", alert.state.word())
}

fn burns(alert: &AlertLevel) -> String {
    let burn = |(window, rate): (slo::Span, Option<f64>)| {
        let rate = rate.map_or_else(|| "–".to_owned(), format::times);
        format!("{rate} over {}", format::span(window.0))
    };
    let [long, short] = [alert.long, alert.short].map(burn);
    format!(
        "burns {long}, {short}; fires above {}",
        format::times(alert.factor)
    )
}
