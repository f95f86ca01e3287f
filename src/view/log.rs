//! The VM's own diagnostics, newest at the foot: a drawer on a wide page, a pane on a narrow one.

use leptos::prelude::*;

use super::{banners, format};
use crate::state::{LogLine, State};

/// The drawer.
#[component]
pub fn Log(state: State, is_open: RwSignal<bool>) -> impl IntoView {
    let dropped = move || state.log_dropped.get();
    let is_empty = move || state.log.with(Vec::is_empty);
    view! {
        <section
            class="panel log"
            class:is-open=move || is_open.get()
            id="log"
            aria-labelledby="log-title"
        >
            <div class="panel-head">
                <h2 class="panel-title" id="log-title">"Log"</h2>
                <p class="panel-note">"diagnostics of the VM and the page"</p>
                <p class="panel-note" hidden=move || dropped() == 0>
                    {move || format!("{} dropped", format::counted(dropped(), "older line"))}
                </p>
            </div>
            // Read on demand: a log that speaks on its own would never be silent.
            <div class="log-scroll" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0">
                <ol class="log-lines" data-testid="log-view">
                    <For
                        each=move || state.log.get()
                        key=|line| line.id
                        children=line
                    />
                </ol>
                <p class="log-empty" hidden=move || !is_empty()>"Nothing to report yet."</p>
            </div>
        </section>
    }
    .into_any()
}

fn line(line: LogLine) -> impl IntoView {
    view! {
        <li class="log-line" data-tone=banners::tone(line.severity)>
            <span class="log-at">{line.at}</span>
            <span class="log-word">{banners::word(line.severity)}</span>
            <span class="log-text">{line.text}</span>
        </li>
    }
}
