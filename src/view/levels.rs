//! The service levels: a verdict in words over all operations, then a row for each.

use leptos::prelude::*;
use slo::{Compliance, Overall};

use super::{
    Post, format,
    icon::{Icon, Shape},
    table,
};
use crate::{
    intent::Intent,
    state::{Level, ServiceLevels, State},
};

/// The panel.
#[component]
pub fn Levels(state: State, post: Post) -> impl IntoView {
    let tone = Memo::new(move |_| state.levels.with(|levels| tone(levels.overall.as_ref())));
    let is_fresh = Memo::new(move |_| tone.get() == "idle");
    // Without numbers, so that it speaks when something changes and not at every roundtrip.
    let spoken = Memo::new(move |_| state.levels.with(spoken));
    view! {
        <section class="panel levels" data-testid="sla-panel" aria-labelledby="levels-title">
            <div class="panel-head levels-head">
                <h2 class="panel-title" id="levels-title">"Service levels"</h2>
                <p class="panel-note">
                    {move || open(state.levels.with(|levels| levels.active as u64))}
                </p>
                <button
                    type="button"
                    class="button is-plain"
                    disabled=move || is_fresh.get()
                    on:click=move |_| post.send(Intent::ResetLevels)
                >
                    "Reset"
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="export-report"
                    on:click=move |_| post.send(Intent::ExportReport)
                >
                    <Icon shape=Shape::Save />
                    "Export report"
                </button>
            </div>
            <div class="verdict" data-tone=move || tone.get()>
                {move || view! { <Icon shape=shape(tone.get()) /> }}
                <p class="verdict-words" data-testid="sla-compliant">
                    <strong class="verdict-word">{move || word(tone.get())}</strong>
                    <span class="verdict-sum">{move || state.levels.with(sum)}</span>
                </p>
                <p class="verdict-why">{move || state.levels.with(why)}</p>
            </div>
            <p class="unseen" role="status">{move || spoken.get()}</p>
            <table::Table state />
        </section>
    }
    .into_any()
}

/// The style sheets' word for a verdict.
pub fn tone(overall: Option<&Overall>) -> &'static str {
    match overall.and_then(|overall| overall.overall_compliant) {
        None => "idle",
        Some(true) => "good",
        Some(false) => "bad",
    }
}

fn word(tone: &str) -> &'static str {
    match tone {
        "good" => "Compliant: ",
        "bad" => "Violated: ",
        _ => "No roundtrips yet",
    }
}

fn shape(tone: &str) -> Shape {
    match tone {
        "good" => Shape::Check,
        "bad" => Shape::Alert,
        _ => Shape::Dash,
    }
}

fn sum(levels: &ServiceLevels) -> String {
    let Some(overall) = levels
        .overall
        .as_ref()
        .filter(|overall| overall.total_roundtrips > 0)
    else {
        return String::new();
    };
    format!(
        "{}, {} failed ({})",
        format::counted(overall.total_roundtrips, "roundtrip"),
        format::count(overall.total_errors),
        format::percent(overall.total_errors, overall.total_roundtrips),
    )
}

fn why(levels: &ServiceLevels) -> String {
    let broken: Vec<&Level> = levels
        .rows
        .iter()
        .filter(|row| matches!(row.compliance, Compliance::Broken(_)))
        .collect();
    match (broken.as_slice(), tone(levels.overall.as_ref())) {
        ([first, rest @ ..], _) => {
            let reason = first.reason.as_deref().unwrap_or_default();
            let more = match rest.len() {
                0 => String::new(),
                others => format!(" And {}.", format::counted(others as u64, "more operation")),
            };
            format!("{}: {reason}.{more}", first.name)
        }
        ([], "good") => "Every operation that was called keeps within its latency limit and its share of errors.".to_owned(),
        ([], "bad") => "Too many of all roundtrips failed.".to_owned(),
        ([], _) => "Each call into the VM is timed here, from the page to Erlang and back, and held to the limit of its operation.".to_owned(),
    }
}

fn spoken(levels: &ServiceLevels) -> String {
    match tone(levels.overall.as_ref()) {
        "good" => "Service levels: compliant".to_owned(),
        "bad" => {
            let names: Vec<&str> = levels
                .rows
                .iter()
                .filter(|row| matches!(row.compliance, Compliance::Broken(_)))
                .map(|row| row.name.as_str())
                .collect();
            format!("Service levels: violated. {}", names.join(", "))
        }
        _ => String::new(),
    }
}

fn open(active: u64) -> String {
    match active {
        0 => String::new(),
        _ => format!("{} open", format::count(active)),
    }
}
