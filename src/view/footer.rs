//! The foot of the page: which build and which VM this is, and where to read on.

use leptos::prelude::*;

use super::{
    format,
    icon::{Icon, Shape},
};
use crate::state::State;

/// Where AtomVM is explained.
const DOCS: &str = "https://doc.atomvm.org/";
/// Where AtomVM's source is.
const SOURCE: &str = "https://github.com/atomvm/AtomVM";

/// The footer.
#[component]
pub fn Footer(state: State, log_is_open: RwSignal<bool>) -> impl IntoView {
    let lines = move || state.log.with(|log| log.lines().len() as u64);
    view! {
        <footer class="footer">
            <button
                type="button"
                class="footer-toggle"
                aria-expanded=move || log_is_open.get().to_string()
                aria-controls="log"
                on:click=move |_| log_is_open.update(|is_open| *is_open = !*is_open)
            >
                <Icon shape=Shape::Lines />
                "Log"
                <span class="footer-count">{move || format::count(lines())}</span>
            </button>
            <p class="footer-hint">
                <kbd>"F6"</kbd>
                " leaves or enters the terminal, "
                <kbd>"Ctrl+C"</kbd>
                " copies what is selected, "
                <kbd>"Ctrl+V"</kbd>
                " pastes"
            </p>
            <dl class="facts">
                <div class="fact" hidden=move || state.vm_version.with(String::is_empty)>
                    <dt>"AtomVM"</dt>
                    <dd>{move || state.vm_version.get()}</dd>
                </div>
                <div class="fact">
                    <dt>"build"</dt>
                    <dd>{move || state.build.get()}</dd>
                </div>
                <div class="fact">
                    <dt>"VM starts"</dt>
                    <dd>{move || format::count(state.starts.get().into())}</dd>
                </div>
            </dl>
            <nav class="footer-links" aria-label="Read on">
                <a href=DOCS target="_blank" rel="noopener">"AtomVM documentation"</a>
                <a href=SOURCE target="_blank" rel="noopener">"AtomVM source"</a>
            </nav>
        </footer>
    }
    .into_any()
}
