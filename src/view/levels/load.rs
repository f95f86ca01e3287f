//! The load generator: what to send, how it goes, and two runs side by side.

use leptos::prelude::*;
use slo::{Arrivals, LoadField, LoadForm, Operation, Span};

use super::field::{Choice, Field};
use crate::intent::LevelsIntent;
use crate::state::{State, levels::RunLevel};
use crate::view::{
    Post, format,
    icon::{Icon, Shape},
};

const FIXED: &str = "fixed";
const POISSON: &str = "poisson";
const CLOSED: &str = "closed";

/// The load generator.
#[component]
pub fn Load(state: State, post: Post) -> impl IntoView {
    let level = state.levels.load;
    let usual = LoadForm::default();
    let weight = |at: usize| {
        usual
            .mix
            .get(at)
            .map(|(_, text)| text.clone())
            .unwrap_or_default()
    };
    let model = RwSignal::new(FIXED.to_owned());
    let [rate, ramp, duration] =
        [&usual.rate, &usual.ramp, &usual.duration].map(|text| RwSignal::new(text.clone()));
    let [calls, evals] = [weight(0), weight(1)].map(RwSignal::new);
    let fault = move |field: LoadField| {
        Signal::derive(move || {
            level.with(|level| {
                let found = level.faults.iter().find(|(place, _)| *place == field);
                found.map(|(_, words)| words.clone())
            })
        })
    };
    let is_running = Memo::new(move |_| level.with(|level| level.running.is_some()));
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = |signal: RwSignal<String>| signal.get_untracked();
        post.ask(LevelsIntent::StartLoad(LoadForm {
            arrivals: match text(model).as_str() {
                POISSON => Arrivals::Poisson,
                CLOSED => Arrivals::Closed,
                _ => Arrivals::Fixed,
            },
            rate: text(rate),
            ramp: text(ramp),
            duration: text(duration),
            mix: vec![
                (Operation::Call, text(calls)),
                (Operation::Eval, text(evals)),
            ],
        }));
    };
    let models = [
        (FIXED, "evenly"),
        (POISSON, "by chance"),
        (CLOSED, "after each answer"),
    ]
    .map(|(word, words)| (word.to_owned(), words.to_owned()))
    .to_vec();
    let is_closed = move || model.with(|model| model == CLOSED);
    view! {
        <section class="panel load" aria-labelledby="load-title">
            <form class="load-form" novalidate on:submit=start>
                <div class="panel-head">
                    <h2 class="panel-title" id="load-title">"Load"</h2>
                    <p class="panel-note">{move || match is_closed() {
                        true => "a stall hides itself in this model",
                        false => "latency counts from the intended moment",
                    }}</p>
                </div>
                <div class="load-fields">
                    <Choice id="load-model".to_owned() label="Sent" options=models value=model />
                    <Field id="load-rate".to_owned() label="Per second, or users" value=rate fault=fault(LoadField::Rate) />
                    <Field id="load-duration".to_owned() label="For" unit="s" value=duration fault=fault(LoadField::Duration) />
                    <Field id="load-ramp".to_owned() label="Ramp" unit="s" value=ramp fault=fault(LoadField::Ramp) />
                    <Field id="load-call".to_owned() label="Weight of call" value=calls fault=fault(LoadField::Mix) />
                    <Field id="load-eval".to_owned() label="Weight of eval" value=evals fault=Signal::derive(|| None::<String>) />
                </div>
                <div class="load-buttons">
                    <button
                        type="submit"
                        class="button is-strong"
                        data-testid="load-start"
                        disabled=move || is_running.get()
                    >
                        <Icon shape=Shape::Play />
                        "Start"
                    </button>
                    <button
                        type="button"
                        class="button"
                        data-testid="load-stop"
                        disabled=move || !is_running.get()
                        on:click=move |_| post.ask(LevelsIntent::StopLoad)
                    >
                        <Icon shape=Shape::Stop />
                        "Stop"
                    </button>
                    <progress
                        class="load-progress"
                        aria-label="How far the run is"
                        max="1"
                        prop:value=move || level.with(|level| level.running.as_ref().map_or(0.0, progress))
                    ></progress>
                </div>
            </form>
            <Runs state />
        </section>
    }
    .into_any()
}

/// A figure of a run: what it is, and how it is read.
type Figure = (&'static str, fn(&RunLevel) -> String);

const FIGURES: [Figure; 10] = [
    ("Sent", |run| format::count(run.sent)),
    ("Answered", |run| format::count(run.answered)),
    ("Failed", |run| format::count(run.errors)),
    ("Refused", |run| format::count(run.refused)),
    ("p50", |run| both(run, 0)),
    ("p90", |run| both(run, 1)),
    ("p99", |run| both(run, 2)),
    ("p99.9", |run| both(run, 3)),
    ("Longest", |run| both(run, 4)),
    ("Sent late by up to", |run| format::span(run.worst_lag.0)),
];

/// The run that goes on or was last, beside the one before it.
#[component]
fn Runs(state: State) -> impl IntoView {
    let level = state.levels.load;
    let shown = move |is_first: bool| {
        level.with(|level| match (&level.running, is_first) {
            (Some(running), true) => Some(running.clone()),
            (None, true) => level.last.clone(),
            (Some(_), false) => level.last.clone(),
            (None, false) => level.before.clone(),
        })
    };
    let is_running = move || level.with(|level| level.running.is_some());
    let cell = move |is_first: bool, of: fn(&RunLevel) -> String| {
        move || shown(is_first).as_ref().map_or_else(|| "–".to_owned(), of)
    };
    let row = move |(words, of): Figure| {
        view! {
            <tr>
                <th scope="row">{words}</th>
                <td>{cell(true, of)}</td>
                <td>{cell(false, of)}</td>
            </tr>
        }
    };
    view! {
        <div
            class="runs"
            data-testid="load-result"
            data-state=move || if is_running() { "running" } else { "ended" }
            hidden=move || shown(true).is_none()
        >
            <table class="plain-table">
                <caption class="runs-caption">
                    "From the intended moment; in brackets from the sending, which hides a stall."
                </caption>
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">{move || if is_running() { "This run" } else { "Last run" }}</th>
                        <th scope="col">"Before"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr class="runs-plan">
                        <th scope="row">"Plan"</th>
                        <td>{cell(true, |run| run.plan.clone())}</td>
                        <td>{cell(false, |run| run.plan.clone())}</td>
                    </tr>
                    {FIGURES.map(row).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn both(run: &RunLevel, at: usize) -> String {
    let words =
        |span: Option<Span>| span.map_or_else(|| "–".to_owned(), |span| format::span(span.0));
    match (run.felt[at], run.plain[at]) {
        (None, _) => "–".to_owned(),
        (felt, plain) => format!("{} ({})", words(felt), words(plain)),
    }
}

fn progress(run: &RunLevel) -> f64 {
    run.lasted.0 as f64 / run.duration.0.max(1) as f64
}
