//! The bar that chooses a pane where the page is too narrow to show them side by side.

use leptos::prelude::*;

use super::{
    Post,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
};
use crate::{
    intent::{Edit, Intent},
    state::State,
};

/// The bar; style sheets hide it where all panes have room.
#[component]
pub fn Tabs(state: State, post: Post, layout: Layout) -> impl IntoView {
    let tab = move |own: Pane, label: &'static str, shape: Shape| {
        view! {
            <button
                type="button"
                class="tab"
                aria-pressed=move || (layout.pane() == own).to_string()
                on:click=move |_| layout.show(own)
            >
                <Icon shape />
                <span>{label}</span>
            </button>
        }
    };
    let is_violated = move || {
        state
            .levels
            .now
            .with(|levels| super::levels::tone(levels.overall.as_ref()) == "bad")
    };
    view! {
        <nav class="tabs" aria-label="Panes" class:has-violation=is_violated>
            {tab(Pane::Terminal, "Terminal", Shape::Prompt)}
            <button
                type="button"
                class="tab"
                aria-pressed=move || (layout.pane() == Pane::Editor).to_string()
                on:click=move |_| post.send(Intent::Edit(Edit::Want))
            >
                <Icon shape=Shape::Edit />
                <span>"Editor"</span>
            </button>
            {tab(Pane::Levels, "Levels", Shape::Gauge)}
            {tab(Pane::Processes, "Processes", Shape::Processes)}
            {tab(Pane::Programs, "Programs", Shape::Play)}
            {tab(Pane::Log, "Log", Shape::Lines)}
        </nav>
    }
    .into_any()
}
