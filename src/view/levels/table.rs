//! The table of the service levels: one row for each operation, verdicts in words and shapes.
//! Roles are spelt out, since on a phone the rows are laid out as cards, which would undo them.

use leptos::prelude::*;
use slo::{Breach, Compliance, Span};

use crate::state::{Level, State};
use crate::view::{
    format,
    icon::{Icon, Shape},
};

/// Puts a part of a row in words.
type Words = fn(&Level) -> String;

/// Measured columns: heading, and what it stands for.
const MEASURED: [(&str, &str); 8] = [
    ("Count", "Roundtrips that were judged"),
    ("Per s", "Roundtrips a second, over the last seconds"),
    ("Errors", "Share of roundtrips without an answer"),
    (
        "p50",
        "Half of the answers took at most this long, in milliseconds",
    ),
    (
        "p90",
        "90 of 100 answers took at most this long, in milliseconds",
    ),
    (
        "p99",
        "99 of 100 answers took at most this long, in milliseconds",
    ),
    (
        "p99.9",
        "999 of 1000 answers took at most this long, in milliseconds; needs 1000 answers",
    ),
    ("Max", "The longest answer, in milliseconds"),
];

/// The table.
#[component]
pub fn Table(state: State) -> impl IntoView {
    // The list of names seldom changes; the numbers do, and each cell looks after its own.
    let names = Memo::new(move |_| {
        let name = |row: &Level| row.name.clone();
        state
            .levels
            .now
            .with(|levels| levels.rows.iter().map(name).collect::<Vec<_>>())
    });
    let heading = |(text, title): (&'static str, &'static str)| {
        view! {
            <th class="cell is-number" role="columnheader" scope="col" title=title>
                {text}
            </th>
        }
    };
    view! {
        <div class="table-room">
            <table class="table" role="table" aria-labelledby="levels-title">
                <thead role="rowgroup">
                    <tr class="row is-head" role="row">
                        <th class="cell is-name" role="columnheader" scope="col">"Operation"</th>
                        {MEASURED.map(heading).collect_view()}
                        <th class="cell is-verdict" role="columnheader" scope="col">"Verdict"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For
                        each=move || names.get()
                        key=String::clone
                        children=move |name| view! { <Row state name /> }
                    />
                </tbody>
            </table>
        </div>
        <p class="table-note">"Latencies in milliseconds. Under each name, the limit its answers are held to."</p>
    }
    .into_any()
}

/// One row; only the cells whose text changed are touched.
#[component]
fn Row(state: State, name: String) -> impl IntoView {
    let own = StoredValue::new(name.clone());
    let read = move |of: Words| Memo::new(move |_| with(state, own, of));
    let measured: [Words; 8] = [
        |level| format::brief(level.count),
        |level| format::rate(level.rate_hundredths),
        |level| format::percent(level.errors, level.count),
        |level| latency(level.p50),
        |level| latency(level.p90),
        |level| latency(level.p99),
        |level| latency(level.p999),
        |level| latency(level.max),
    ];
    let cell = move |((label, _), of): ((&'static str, &'static str), Words)| {
        let text = read(of);
        view! {
            <td class="cell is-number" role="cell" data-label=label>
                {move || text.get()}
            </td>
        }
    };
    let tone = Memo::new(move |_| with(state, own, |level| tone(level.compliance)));
    let shape = Memo::new(move |_| with(state, own, |level| shape(level.compliance)));
    let word = read(|level| word(level.compliance).to_owned());
    let limit = read(|level| format!("≤ {} ms", short(level.limit)));
    let reason = read(|level| level.reason.clone().unwrap_or_default());
    let breaker = read(|level| level.breaker.word().to_owned());
    let breaker_id = format!("breaker-{name}");
    let id = format!("sla-row-{name}");
    view! {
        <tr
            class="row"
            role="row"
            data-testid=id
            data-tone=move || tone.get()
        >
            <th class="cell is-name" role="rowheader" scope="row">
                <span class="row-name">{name}</span>
                <span class="row-limit">{move || limit.get()}</span>
            </th>
            {MEASURED.into_iter().zip(measured).map(cell).collect_view()}
            <td class="cell is-verdict" role="cell" title=move || reason.get()>
                {move || view! { <Icon shape=shape.get() /> }}
                <span>{move || word.get()}</span>
                <span class="row-breaker" data-testid=breaker_id data-state=move || breaker.get()>
                    "breaker "
                    {move || breaker.get()}
                </span>
            </td>
        </tr>
    }
}

/// Reads the level of that name. Not by its place: rows of an embedder's own come in between.
fn with<T: Default>(state: State, name: StoredValue<String>, of: fn(&Level) -> T) -> T {
    state.levels.now.with(|levels| {
        name.with_value(|name| levels.rows.iter().find(|level| level.name == *name).map(of))
            .unwrap_or_default()
    })
}

fn latency(span: Option<Span>) -> String {
    span.map_or_else(|| "–".to_owned(), |span| format::millis(span.0))
}

/// A limit is a round number; it needs no decimals when it has none.
fn short(limit: Span) -> String {
    if limit.0.is_multiple_of(1_000) {
        format::count(limit.0 / 1_000)
    } else {
        format::millis(limit.0)
    }
}

fn tone(compliance: Compliance) -> &'static str {
    match compliance {
        Compliance::NoTraffic => "idle",
        Compliance::Kept => "good",
        Compliance::Broken(_) => "bad",
    }
}

fn word(compliance: Compliance) -> &'static str {
    match compliance {
        Compliance::NoTraffic => "No calls",
        Compliance::Kept => "Compliant",
        Compliance::Broken(Breach {
            latency: true,
            errors: true,
        }) => "Slow, fails",
        Compliance::Broken(Breach { latency: true, .. }) => "Too slow",
        Compliance::Broken(_) => "Fails",
    }
}

fn shape(compliance: Compliance) -> Shape {
    match compliance {
        Compliance::NoTraffic => Shape::Dash,
        Compliance::Kept => Shape::Check,
        Compliance::Broken(_) => Shape::Alert,
    }
}
