//! Keys that an on-screen keyboard lacks, in a row above it.

use leptos::prelude::*;

use super::{
    Post,
    icon::{Icon, Shape},
};
use crate::{
    intent::{Intent, Key},
    state::{State, VmState},
};

/// The row; style sheets show it where a finger is the pointer.
#[component]
pub fn KeyBar(state: State, post: Post) -> impl IntoView {
    let is_off = move || state.vm.get() != VmState::Ready;
    // The terminal keeps the focus, or else the on-screen keyboard would fold away at each press.
    let keep_focus = move |event: leptos::ev::PointerEvent| event.prevent_default();
    let key = move |label: &'static str, face: AnyView, intent: Intent| {
        view! {
            <button
                type="button"
                class="key"
                aria-label=label
                disabled=is_off
                on:pointerdown=keep_focus
                on:click=move |_| post.send(intent.clone())
            >
                {face}
            </button>
        }
    };
    let arrow = move |label, shape, pressed| {
        key(
            label,
            view! { <Icon shape /> }.into_any(),
            Intent::PressKey(pressed),
        )
    };
    view! {
        <div class="keybar" role="toolbar" aria-label="Keys for the terminal">
            {key("Esc key", "Esc".into_any(), Intent::PressKey(Key::Escape))}
            {key("Tab key", "Tab".into_any(), Intent::PressKey(Key::Tab))}
            {key("Ctrl-C, interrupt", "Ctrl-C".into_any(), Intent::Interrupt)}
            {arrow("Left", Shape::Left, Key::Left)}
            {arrow("Up", Shape::Up, Key::Up)}
            {arrow("Down", Shape::Down, Key::Down)}
            {arrow("Right", Shape::Right, Key::Right)}
        </div>
    }
    .into_any()
}
