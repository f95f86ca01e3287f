//! What can be done with the terminal and the VM behind it: find, clear, size, interrupt, restart.

use leptos::{ev, html, prelude::*};

use super::{
    Post,
    icon::{Icon, Shape},
    layout::Layout,
};
use crate::{
    intent::{Edit, Intent},
    state::{State, VmState},
};

/// The bar over the terminal.
#[component]
pub fn Toolbar(state: State, post: Post, layout: Layout) -> impl IntoView {
    let is_not_ready = move || state.vm.get() != VmState::Ready;
    // A restart while one is on its way would only start it over.
    let is_starting = move || !matches!(state.vm.get(), VmState::Ready | VmState::Failed);
    view! {
        <div class="toolbar">
            <h2 class="toolbar-title">"Terminal"</h2>
            <Find post />
            <div class="group" role="group" aria-label="Text size">
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label="Smaller text"
                    title="Smaller text"
                    on:click=move |_| post.send(Intent::ResizeFont(-1))
                >
                    <span class="letter is-small" aria-hidden="true">"A"</span>
                </button>
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label="Larger text"
                    title="Larger text"
                    on:click=move |_| post.send(Intent::ResizeFont(1))
                >
                    <span class="letter" aria-hidden="true">"A"</span>
                </button>
            </div>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Clear the terminal"
                title="Clear the terminal"
                on:click=move |_| post.send(Intent::ClearTerminal)
            >
                <Icon shape=Shape::Clear />
            </button>
            <span class="toolbar-rule" aria-hidden="true"></span>
            <button
                type="button"
                class="button toolbar-editor"
                aria-pressed=move || layout.is_editing().to_string()
                title="Write modules, compile and run them"
                on:click=move |_| {
                    if layout.is_editing() {
                        layout.put_editor_away();
                    } else {
                        post.send(Intent::Edit(Edit::Want));
                    }
                }
            >
                <Icon shape=Shape::Edit />
                <span class="button-text">"Editor"</span>
            </button>
            <button
                type="button"
                class="button"
                data-testid="interrupt"
                title="Stop what runs; bindings and loaded modules stay (Ctrl-C)"
                disabled=is_not_ready
                on:click=move |_| post.send(Intent::Interrupt)
            >
                <Icon shape=Shape::Stop />
                <span class="button-text">"Interrupt"</span>
            </button>
            <button
                type="button"
                class="button"
                data-testid="restart-vm"
                title="A fresh VM; everything in this one ends"
                disabled=is_starting
                on:click=move |_| post.send(Intent::Restart)
            >
                <Icon shape=Shape::Restart />
                <span class="button-text">"Restart"</span>
            </button>
        </div>
    }
    .into_any()
}

/// The search: older output lies above, so Enter looks upwards and Shift+Enter down.
#[component]
fn Find(post: Post) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let find = move |backwards: bool| {
        if let Some(field) = field.get_untracked() {
            post.send(Intent::FindInTerminal {
                text: field.value(),
                backwards,
            });
        }
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            find(!event.shift_key());
        }
        "Escape" => {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            find(true);
            post.send(Intent::FocusTerminal);
        }
        _ => {}
    };
    view! {
        <div class="find" role="search" aria-label="Terminal output">
            <Icon shape=Shape::Search />
            <input
                class="find-field"
                type="search"
                placeholder="Find"
                aria-label="Find in the terminal's output"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
                node_ref=field
                on:input=move |_| find(true)
                on:keydown=on_key
            />
            <button
                type="button"
                class="find-step"
                aria-label="Previous match"
                title="Previous match (Enter)"
                on:click=move |_| find(true)
            >
                <Icon shape=Shape::Up />
            </button>
            <button
                type="button"
                class="find-step"
                aria-label="Next match"
                title="Next match (Shift+Enter)"
                on:click=move |_| find(false)
            >
                <Icon shape=Shape::Down />
            </button>
        </div>
    }
}
