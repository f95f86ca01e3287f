//! The service levels: the verdict in words, each operation in a row, budgets and alerts; and with the
//! whole width the charts, what is open now, the objectives, the load generator and the faults.

use leptos::prelude::*;
use slo::{BreakerState, Compliance, Overall};

mod active;
mod alerts;
mod budgets;
mod charts;
mod editor;
mod faults;
mod field;
mod load;
mod table;

use super::{
    Post, format,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
};
use crate::{
    intent::{Intent, LevelsIntent, ReportForm, Sight},
    state::{Level, ServiceLevels, State},
};

impl Post {
    /// Sends a wish about the service levels.
    fn ask(self, intent: LevelsIntent) {
        self.send(Intent::Levels(intent));
    }
}

/// The panel.
#[component]
pub fn Levels(state: State, post: Post, layout: Layout) -> impl IntoView {
    let sight = Memo::new(
        move |_| match (layout.is_beside(Pane::Levels), layout.is_wide()) {
            (false, _) => Sight::Hidden,
            (true, false) => Sight::Glance,
            (true, true) => Sight::Wide,
        },
    );
    Effect::new(move |_| post.ask(LevelsIntent::Show(sight.get())));
    // Once opened, the details stay in the page, or what was typed into them would be gone.
    let was_wide = Memo::new(move |before| before == Some(&true) || layout.is_wide());
    let details = move || {
        was_wide.get().then(|| {
            view! {
                <div class="levels-more" hidden=move || !layout.is_wide()>
                    <charts::Charts state post layout />
                    <div class="levels-pair">
                        <load::Load state post />
                        <faults::Faults state post />
                    </div>
                    <active::Active state />
                    <editor::Editor state post />
                </div>
            }
        })
    };
    view! {
        <div class="levels-room" data-testid="sla-panel" class:is-wide=move || layout.is_wide()>
            <div class="levels-main">
                <Panel state post />
                <budgets::Budgets state />
                <alerts::Alerts state layout />
                <button
                    type="button"
                    class="button levels-widen"
                    aria-expanded=move || layout.is_wide().to_string()
                    on:click=move |_| layout.widen(!layout.is_wide())
                >
                    {move || match layout.is_wide() {
                        true => "Less: the state at a glance",
                        false => "More: charts, load, faults, objectives",
                    }}
                </button>
            </div>
            {details}
        </div>
    }
    .into_any()
}

#[component]
fn Panel(state: State, post: Post) -> impl IntoView {
    let now = state.levels.now;
    let tone = Memo::new(move |_| now.with(|levels| tone(levels.overall.as_ref())));
    let is_fresh = Memo::new(move |_| tone.get() == "idle");
    // Without numbers, so that it speaks when something changes and not at every roundtrip.
    let spoken = Memo::new(move |_| now.with(spoken));
    let breaker = Memo::new(move |_| now.with(breaker));
    let is_paused = state.levels.is_paused;
    view! {
        <section class="panel levels" aria-labelledby="levels-title">
            <div class="panel-head levels-head">
                <h2 class="panel-title" id="levels-title">"Service levels"</h2>
                <p class="panel-note">
                    {move || open(now.with(|levels| levels.active as u64))}
                </p>
                <button
                    type="button"
                    class="button is-plain"
                    aria-pressed=move || is_paused.get().to_string()
                    title="Let what is shown stand still; measuring goes on"
                    on:click=move |_| post.ask(LevelsIntent::Pause(!is_paused.get_untracked()))
                >
                    {move || view! {
                        <Icon shape=if is_paused.get() { Shape::Play } else { Shape::Pause } />
                    }}
                    <span class="levels-pause">
                        {move || if is_paused.get() { "Go on" } else { "Pause" }}
                    </span>
                </button>
                <Forget state post is_fresh />
                <button
                    type="button"
                    class="button"
                    data-testid="export-report"
                    on:click=move |_| post.ask(LevelsIntent::Export(ReportForm::Json))
                >
                    <Icon shape=Shape::Save />
                    "Export report"
                </button>
            </div>
            <div class="verdict" data-tone=move || tone.get()>
                {move || view! { <Icon shape=shape(tone.get()) /> }}
                <p class="verdict-words" data-testid="sla-compliant">
                    <strong class="verdict-word">{move || word(tone.get())}</strong>
                    <span class="verdict-sum">{move || now.with(sum)}</span>
                </p>
                <p class="verdict-why">{move || now.with(why)}</p>
            </div>
            <p class="unseen" role="status">{move || spoken.get()}</p>
            <table::Table state />
            <p class="levels-apart">
                "Breaker: "
                <span
                    class="levels-breaker"
                    data-testid="breaker-state"
                    data-tone=move || breaker.with(|(tone, _)| *tone)
                >
                    {move || breaker.with(|(_, words)| words.clone())}
                </span>
                <span>{move || now.with(apart)}</span>
            </p>
        </section>
    }
    .into_any()
}

/// Reset, and back.
#[component]
fn Forget(state: State, post: Post, is_fresh: Memo<bool>) -> impl IntoView {
    let can_undo = state.levels.can_undo;
    view! {
        <button
            type="button"
            class="button is-plain"
            hidden=move || !can_undo.get()
            title="Take the last reset back"
            on:click=move |_| post.ask(LevelsIntent::Undo)
        >
            <Icon shape=Shape::Undo />
            "Undo reset"
        </button>
        <button
            type="button"
            class="button is-plain"
            hidden=move || can_undo.get()
            disabled=move || is_fresh.get()
            title="Forget all samples; this can be undone"
            on:click=move |_| post.ask(LevelsIntent::Reset)
        >
            "Reset"
        </button>
    }
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

fn broken(levels: &ServiceLevels) -> Vec<&Level> {
    let is_broken = |row: &&Level| matches!(row.compliance, Compliance::Broken(_));
    levels.rows.iter().filter(is_broken).collect()
}

fn why(levels: &ServiceLevels) -> String {
    match (broken(levels).as_slice(), tone(levels.overall.as_ref())) {
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
            let names: Vec<&str> = broken(levels).iter().map(|row| row.name.as_str()).collect();
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

/// All breakers in a word, and which of them are not closed.
fn breaker(levels: &ServiceLevels) -> (&'static str, String) {
    let not_closed = levels
        .rows
        .iter()
        .filter(|row| row.breaker != BreakerState::Closed);
    let words: Vec<String> = not_closed
        .map(|row| format!("{} for {}", row.breaker.word(), row.name))
        .collect();
    match words.is_empty() {
        true => ("good", "closed".to_owned()),
        false => ("bad", words.join(", ")),
    }
}

/// What is counted and not judged: nothing of it is lost silently.
fn apart(levels: &ServiceLevels) -> String {
    let (counts, odd) = (&levels.apart, &levels.odd);
    let parts = [
        (counts.hidden, "left out while the tab was hidden or asleep"),
        (counts.refused, "refused"),
        (counts.rejected, "malformed"),
        (counts.cancelled, "taken back"),
        (odd.late, "answered after their deadline"),
        (odd.overflowed_names, "under names beyond the bound"),
        (odd.clock_steps_back, "steps of the clock backwards"),
        (odd.sleeps, "sleeps"),
    ];
    let told = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", format::count(*count)));
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => ". Nothing was left out.".to_owned(),
        false => format!(". Not judged: {}.", told.join(", ")),
    }
}
