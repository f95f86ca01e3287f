//! Under the text: what the compiler found, each a press away from its place, and what the modules cost.

use leptos::prelude::*;
use protocol::{Finding, Gravity};

use super::{
    Post, format,
    icon::{Icon, Shape},
};
use crate::{
    intent::{Edit, Intent},
    state::{Done, LoadedModules, Outcome, State, VmState},
};

/// The list, with a line over it that sums it up.
#[component]
pub fn Findings(state: State, post: Post) -> impl IntoView {
    let editor = state.editor;
    let outcome = Memo::new(move |_| {
        let path = editor.current.get()?;
        editor
            .outcomes
            .with(|outcomes| outcomes.get(&path).cloned())
    });
    let findings = move || match outcome.get() {
        Some(Outcome::Done(done)) => done.findings,
        _ => Vec::new(),
    };
    let may_force = move || matches!(outcome.get(), Some(Outcome::Done(done)) if done.may_force);
    view! {
        <div class="findings" data-testid="diagnostics" data-tone=move || tone(outcome.get().as_ref())>
            <div class="findings-head">
                <p class="findings-sum" role="status">
                    {move || view! { <Icon shape=shape(outcome.get().as_ref()) /> }}
                    <span>{move || sum(outcome.get().as_ref())}</span>
                </p>
                <button
                    type="button"
                    class="button"
                    hidden=move || !may_force()
                    on:click=move |_| post.send(Intent::Edit(Edit::Compile { force: true }))
                >
                    "Load it by force"
                </button>
                <Modules state post />
            </div>
            <ul class="findings-list" hidden=move || findings().is_empty()>
                {move || {
                    findings().into_iter().map(|finding| view! { <Item finding post /> }).collect_view()
                }}
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Item(finding: Finding, post: Post) -> impl IntoView {
    let Finding {
        line,
        column,
        severity,
        message,
    } = finding;
    let (tone, word) = match severity {
        Gravity::Error => ("bad", "error"),
        Gravity::Warning => ("warn", "warning"),
    };
    view! {
        <li>
            <button
                type="button"
                class="finding"
                data-tone=tone
                on:click=move |_| post.send(Intent::Edit(Edit::GoTo { line, column }))
            >
                <span class="finding-place">{format!("{line}:{column}")}</span>
                <span class="finding-word">{word}</span>
                <span class="finding-message">{message}</span>
            </button>
        </li>
    }
}

/// What a person's modules cost, and how to have them in a fresh VM.
#[component]
fn Modules(state: State, post: Post) -> impl IntoView {
    let modules = state.modules;
    let is_off = move || state.vm.get() != VmState::Ready;
    let missing = move || modules.with(|modules| modules.rows.iter().any(|row| row.loads == 0));
    let none = move || modules.with(|modules| modules.rows.is_empty());
    view! {
        <p
            class="findings-modules"
            data-testid="modules"
            title="The VM frees no version of a module that was ever loaded; a fresh VM does."
            hidden=none
        >
            {move || modules.with(cost)}
        </p>
        <button
            type="button"
            class="button is-plain"
            title="A fresh VM with the newest version of each of your modules"
            disabled=is_off
            hidden=move || none() || missing()
            on:click=move |_| post.send(Intent::RestartWithModules)
        >
            <Icon shape=Shape::Restart />
            "Restart with all modules"
        </button>
        <button
            type="button"
            class="button is-plain"
            title="This VM is a fresh one: load the modules that the last one had"
            disabled=is_off
            hidden=move || !missing()
            on:click=move |_| post.send(Intent::LoadModulesAgain)
        >
            <Icon shape=Shape::Restart />
            "Load my modules again"
        </button>
    }
}

fn cost(modules: &LoadedModules) -> String {
    let loaded = modules.rows.iter().filter(|row| row.loads > 0).count();
    let bytes = format::bytes(modules.bytes);
    match (loaded, modules.loads) {
        (0, _) => "No module of yours is loaded".to_owned(),
        (1, 1) => format!("1 module, {bytes}"),
        (1, loads) => format!("1 module, {loads} loads, {bytes}"),
        (modules, loads) => format!("{modules} modules, {loads} loads, {bytes}"),
    }
}

fn tone(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        None => "idle",
        Some(Outcome::Busy) => "busy",
        Some(Outcome::Failed(_)) => "bad",
        Some(Outcome::Done(done)) => match (done.bytes, done.findings.is_empty()) {
            (None, _) => "bad",
            (Some(_), true) => "good",
            (Some(_), false) => "warn",
        },
    }
}

fn shape(outcome: Option<&Outcome>) -> Shape {
    match tone(outcome) {
        "good" => Shape::Check,
        "bad" | "warn" => Shape::Alert,
        _ => Shape::Dash,
    }
}

fn sum(outcome: Option<&Outcome>) -> String {
    match outcome {
        None => "Ctrl-Enter compiles. Escape, then Tab leaves the text.".to_owned(),
        Some(Outcome::Busy) => "Compiling".to_owned(),
        Some(Outcome::Failed(words)) => words.clone(),
        Some(Outcome::Done(done)) => sum_up(done),
    }
}

fn sum_up(done: &Done) -> String {
    let count = |gravity| {
        done.findings
            .iter()
            .filter(|one| one.severity == gravity)
            .count()
    };
    let counted = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        number => Some(format!("{number} {word}s")),
    };
    let found = [
        counted(count(Gravity::Error), "error"),
        counted(count(Gravity::Warning), "warning"),
    ];
    let found: Vec<String> = found.into_iter().flatten().collect();
    let found = found.join(", ");
    match (&done.module, done.bytes) {
        (Some(module), Some(bytes)) => {
            let loaded = format!(
                "{module} is loaded, {} in {} ms",
                format::bytes(bytes),
                done.took_ms
            );
            if found.is_empty() {
                loaded
            } else {
                format!("{loaded}; {found}")
            }
        }
        _ => format!("Not loaded: {found}"),
    }
}
