//! The log, newest at the foot: a drawer on a wide page, a pane on a narrow one. What the page, the VM and
//! Erlang's logger say, by level and by text.

use leptos::prelude::*;
use protocol::log::{Line, LogWish, Severity, Source};

use super::{
    Post, format,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
};
use crate::{intent::Intent, state::State};

/// What a person sees at most; the file and the clipboard hold the rest.
const SHOWN: usize = 400;

/// Choices of the level, by what they let through.
const LEVELS: [(&str, &str); 6] = [
    ("", "All levels"),
    ("info", "Info and up"),
    ("notice", "Notice and up"),
    ("warning", "Warning and up"),
    ("error", "Error and up"),
    ("critical", "Critical and up"),
];

/// The drawer.
#[component]
pub fn Log(state: State, post: Post, layout: Layout, is_open: RwSignal<bool>) -> impl IntoView {
    let wish = RwSignal::new(LogWish::default());
    let dropped = Memo::new(move |_| state.log.with(|log| log.dropped()));
    // A log that nobody sees is not laid out.
    let is_seen = Memo::new(move |_| is_open.get() || layout.pane() == Pane::Log);
    let wanted = Memo::new(move |_| match is_seen.get() {
        true => wish.with(|wish| state.log.with(|log| wanted(log.lines(), wish))),
        false => Vec::new(),
    });
    let is_empty = move || wanted.with(Vec::is_empty);
    let nothing = move || match state.log.with(|log| log.lines().len()) {
        0 => "Nothing to report yet.",
        _ => "No line is of that level and holds that text.",
    };
    view! {
        <section
            class="panel log"
            class:is-open=move || is_open.get()
            id="log"
            aria-labelledby="log-title"
        >
            <div class="panel-head log-head">
                <h2 class="panel-title" id="log-title">"Log"</h2>
                <p class="panel-note" hidden=move || dropped.get() == 0>
                    {move || format!("{} dropped", format::counted(dropped.get(), "older line"))}
                </p>
                <Tools post wish />
            </div>
            // Read on demand: a log that speaks on its own would never be silent.
            <div class="log-scroll" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0">
                <ol class="log-lines" data-testid="log-view">
                    <For
                        each=move || wanted.get()
                        key=|id| *id
                        children=move |id| view! { <Entry state id /> }
                    />
                </ol>
                <p class="log-empty" hidden=move || !is_empty()>{nothing}</p>
            </div>
        </section>
    }
    .into_any()
}

/// Numbers of the newest lines that are wanted.
fn wanted<'a>(lines: impl DoubleEndedIterator<Item = &'a Line>, wish: &LogWish) -> Vec<u64> {
    let newest = lines.rev().filter(|line| wish.wants(line)).take(SHOWN);
    let mut ids: Vec<u64> = newest.map(|line| line.id).collect();
    ids.reverse();
    ids
}

#[component]
fn Tools(post: Post, wish: RwSignal<LogWish>) -> impl IntoView {
    view! {
        <div class="log-tools" role="group" aria-label="What the log shows">
            <select
                class="select"
                aria-label="Least level shown"
                on:change=move |event| {
                    let least = Severity::of(&event_target_value(&event));
                    wish.update(|wish| wish.least = least);
                }
            >
                {LEVELS.map(|(value, label)| view! { <option value=value>{label}</option> }).collect_view()}
            </select>
            <input
                class="field log-filter"
                type="search"
                placeholder="Filter"
                aria-label="Show lines that hold this text"
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| {
                    let filter = event_target_value(&event);
                    wish.update(|wish| wish.filter = filter);
                }
            />
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Copy these lines"
                title="Copy these lines"
                on:click=move |_| post.send(Intent::CopyLog(wish.get_untracked()))
            >
                <Icon shape=Shape::Copy />
            </button>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Save these lines as a file"
                title="Save these lines as a file"
                on:click=move |_| post.send(Intent::SaveLog(wish.get_untracked()))
            >
                <Icon shape=Shape::Save />
            </button>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Clear the log"
                title="Clear the log"
                on:click=move |_| post.send(Intent::ClearLog)
            >
                <Icon shape=Shape::Clear />
            </button>
        </div>
    }
}

/// One line; it never changes once it is written.
#[component]
fn Entry(state: State, id: u64) -> impl IntoView {
    let line = state
        .log
        .with_untracked(|log| log.lines().find(|line| line.id == id).cloned());
    line.map(|line| {
        let source = match &line.source {
            Source::Page => "page".to_owned(),
            Source::Vm => "vm".to_owned(),
            Source::Erlang(pid) => pid.clone().unwrap_or_else(|| "erlang".to_owned()),
        };
        view! {
            <li class="log-line" data-tone=tone(line.severity) data-level=line.severity.word()>
                <span class="log-at">{line.at}</span>
                <span class="log-word">{line.severity.word()}</span>
                <span class="log-source">{source}</span>
                <span class="log-text">{line.text}</span>
            </li>
        }
    })
}

fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "idle",
        Severity::Info | Severity::Notice => "info",
        Severity::Warning => "warn",
        Severity::Error | Severity::Critical | Severity::Alert | Severity::Emergency => "bad",
    }
}
