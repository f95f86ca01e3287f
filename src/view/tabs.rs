//! The panes, and the bar that chooses one where the page is too narrow to show them side by side.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::state::State;

/// One pane of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The terminal.
    Terminal,
    /// The service levels.
    Levels,
    /// Examples and files.
    Programs,
    /// The VM's diagnostics.
    Log,
}

impl Pane {
    /// The word style sheets know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Levels => "levels",
            Self::Programs => "programs",
            Self::Log => "log",
        }
    }
}

/// The bar; style sheets hide it where all panes have room.
#[component]
pub fn Tabs(state: State, pane: RwSignal<Pane>) -> impl IntoView {
    let tab = move |own: Pane, label: &'static str, shape: Shape| {
        view! {
            <button
                type="button"
                class="tab"
                aria-pressed=move || (pane.get() == own).to_string()
                on:click=move |_| pane.set(own)
            >
                <Icon shape />
                <span>{label}</span>
            </button>
        }
    };
    let is_violated = move || {
        state
            .levels
            .with(|levels| super::levels::tone(levels.overall.as_ref()) == "bad")
    };
    view! {
        <nav class="tabs" aria-label="Panes" class:has-violation=is_violated>
            {tab(Pane::Terminal, "Terminal", Shape::Prompt)}
            {tab(Pane::Levels, "Levels", Shape::Gauge)}
            {tab(Pane::Programs, "Programs", Shape::Play)}
            {tab(Pane::Log, "Log", Shape::Lines)}
        </nav>
    }
    .into_any()
}
