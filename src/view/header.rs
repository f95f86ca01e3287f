//! The top of the page: what this is, how it stands, and which colours it wears.

use leptos::prelude::*;

use super::{
    Post,
    icon::{Icon, Shape},
};
use crate::{
    intent::{Intent, Theme},
    state::{Isolation, State, VmState},
};

/// The header.
#[component]
pub fn Header(state: State, post: Post) -> impl IntoView {
    let isolation_tone = move || state.isolation.with(isolation_tone);
    let isolation_word = move || state.isolation.with(isolation_word);
    let vm_tone = move || vm_tone(state.vm.get());
    view! {
        <header class="header">
            <h1 class="brand">
                <Mark />
                <span class="brand-name">"AtomVM" <span class="brand-kind">" Console"</span></span>
            </h1>
            <p class="brand-line">"Erlang on the real AtomVM, in this browser tab"</p>
            <div class="chips">
                <p class="chip" data-tone=isolation_tone>
                    <span class="chip-key">"page "</span>
                    <span class="chip-value" data-testid="isolation" title=isolation_word>
                        {isolation_word}
                    </span>
                </p>
                <p class="chip" data-tone=vm_tone role="status">
                    <span class="chip-key">"VM "</span>
                    <span class="chip-value" data-testid="vm-state">
                        {move || state.vm.get().word()}
                    </span>
                </p>
            </div>
            <ThemeButton state post />
        </header>
    }
    .into_any()
}

/// The product's mark: a nucleus between two orbits.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <ellipse class="mark-orbit" cx="12" cy="12" rx="10.5" ry="4.4" transform="rotate(38 12 12)" />
            <ellipse class="mark-orbit" cx="12" cy="12" rx="10.5" ry="4.4" transform="rotate(-38 12 12)" />
            <circle class="mark-core" cx="12" cy="12" r="2.6" />
        </svg>
    }
}

/// Goes from the system's colours to light, to dark, and back.
#[component]
fn ThemeButton(state: State, post: Post) -> impl IntoView {
    let words = move || match state.theme.get() {
        Theme::System => "Colours: as the system. Change to light",
        Theme::Light => "Colours: light. Change to dark",
        Theme::Dark => "Colours: dark. Change to the system's",
    };
    let shape = move || match state.theme.get() {
        Theme::System => Shape::Half,
        Theme::Light => Shape::Sun,
        Theme::Dark => Shape::Moon,
    };
    let next = move || match state.theme.get_untracked() {
        Theme::System => Theme::Light,
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::System,
    };
    view! {
        <button
            type="button"
            class="button is-plain is-icon"
            aria-label=words
            title=words
            on:click=move |_| post.send(Intent::ChooseTheme(next()))
        >
            {move || view! { <Icon shape=shape() /> }}
        </button>
    }
}

fn isolation_word(isolation: &Isolation) -> String {
    match isolation {
        Isolation::Pending => "checking".to_owned(),
        Isolation::Isolated => "isolated".to_owned(),
        Isolation::Refused(why) => why.clone(),
    }
}

fn isolation_tone(isolation: &Isolation) -> &'static str {
    match isolation {
        Isolation::Pending => "busy",
        Isolation::Isolated => "good",
        Isolation::Refused(_) => "bad",
    }
}

fn vm_tone(vm: VmState) -> &'static str {
    match vm {
        VmState::Ready => "good",
        VmState::Failed => "bad",
        VmState::Isolating | VmState::Loading | VmState::Booting | VmState::Restarting => "busy",
    }
}
