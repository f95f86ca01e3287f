//! The place of the charts, their controls and legend, and the same in words and as a table.

use leptos::{html, prelude::*};
use slo::OVERALL;

use crate::intent::LevelsIntent;
use crate::state::{State, levels::Column};
use crate::view::{Post, format, layout::Layout};

/// How much of the past can be shown, in seconds, with the words for it.
const RANGES: [(u32, &str); 4] = [
    (60, "1 min"),
    (120, "2 min"),
    (300, "5 min"),
    (600, "10 min"),
];
const USUAL: u32 = 120;

/// The charts.
#[component]
pub fn Charts(state: State, post: Post, layout: Layout) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    // Opened when they are first in sight, since they have no size before.
    Effect::new(move |is_open: Option<bool>| {
        let is_open = is_open.unwrap_or(false);
        match host.get() {
            Some(host) if layout.is_wide() && !is_open => {
                post.ask(LevelsIntent::ChartsMounted((*host).clone()));
                true
            }
            _ => is_open,
        }
    });
    on_cleanup(move || post.ask(LevelsIntent::ChartsUnmounted));
    let chosen = RwSignal::new(USUAL);
    let range = move |(seconds, words): (u32, &'static str)| {
        view! {
            <button
                type="button"
                class="range"
                aria-pressed=move || (chosen.get() == seconds).to_string()
                on:click=move |_| {
                    chosen.set(seconds);
                    post.ask(LevelsIntent::ChooseRange(seconds));
                }
            >
                {words}
            </button>
        }
    };
    let names = Memo::new(move |_| {
        state.levels.now.with(|levels| {
            levels
                .rows
                .iter()
                .map(|row| row.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let option = |name: String| view! { <option value=name.clone()>{name.clone()}</option> };
    let choose = move |event| {
        let name = event_target_value(&event);
        let name = (name != OVERALL).then_some(name);
        post.ask(LevelsIntent::ChooseOperation(name));
    };
    let columns = state.levels.columns;
    view! {
        <section class="panel charts" aria-labelledby="charts-title">
            <div class="panel-head charts-bar">
                <h2 class="panel-title" id="charts-title">"Latency"</h2>
                <label class="charts-of">
                    <span>"of"</span>
                    <select class="knob-input" on:change=choose>
                        <option value=OVERALL>"all operations"</option>
                        {move || names.get().into_iter().map(option).collect_view()}
                    </select>
                </label>
                <div class="ranges" role="group" aria-label="How much of the past is shown">
                    {RANGES.map(range).collect_view()}
                </div>
                <ul class="legend" aria-label="Lines">
                    <Key words="p50" kind="calm" />
                    <Key words="p90" kind="warm" />
                    <Key words="p99" kind="hot" />
                    <Key words="max" kind="faint" />
                    <Key words="limit" kind="limit" />
                    <Key words="× failed" kind="bad" />
                </ul>
            </div>
            <p class="charts-problem" hidden=move || state.levels.charts_problem.with(String::is_empty)>
                {move || state.levels.charts_problem.get()}
            </p>
            <figure class="charts-figure">
                <div class="charts-host" node_ref=host></div>
                <figcaption class="charts-words">{move || state.levels.charts.get()}</figcaption>
            </figure>
            <details class="charts-table">
                <summary>"The last columns as a table"</summary>
                <table class="plain-table">
                    <caption class="unseen">"Latency of late, in milliseconds, two seconds to a row"</caption>
                    <thead>
                        <tr>
                            {["From", "Answers", "Failed", "p50", "p90", "p99", "Max"]
                                .map(|words| view! { <th scope="col">{words}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {move || columns.get().into_iter().map(row).collect_view()}
                    </tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn Key(words: &'static str, kind: &'static str) -> impl IntoView {
    view! {
        <li class="legend-key" data-line=kind>
            <svg class="legend-line" viewBox="0 0 28 8" aria-hidden="true">
                <path d="M0 4h28" />
            </svg>
            {words}
        </li>
    }
}

fn row(column: Column) -> impl IntoView {
    let millis = |span: Option<slo::Span>| {
        span.map_or_else(|| "–".to_owned(), |span| format::millis(span.0))
    };
    let quantile = |at: usize| millis(column.quantiles.map(|found| found[at]));
    let cells = [
        format::count(column.answers.into()),
        format::count(column.errors.into()),
        quantile(0),
        quantile(1),
        quantile(2),
        millis(column.max),
    ];
    view! {
        <tr>
            <th scope="row">{column.wall.clone()}</th>
            {cells.map(|text| view! { <td>{text}</td> }).collect_view()}
        </tr>
    }
}
