//! The pane with the editor. The widget is one of its own, as the terminal is: it is fetched and opened once the
//! editor is wanted for the first time.

use leptos::{html, prelude::*};

use super::{
    Post,
    editor_bar::Bar,
    editor_files::Files,
    editor_findings::Findings,
    layout::{Layout, Pane},
};
use crate::{
    intent::{Edit, Intent},
    state::State,
};

/// The pane; empty until it is wanted.
#[component]
pub fn Editor(state: State, post: Post, layout: Layout) -> impl IntoView {
    let editor = state.editor;
    // Whoever opens something in the editor wants it in sight.
    Effect::new(move || {
        if editor.calls.get() > 0 {
            layout.show(Pane::Editor);
        }
    });
    view! {
        <section
            class="panel editor-panel"
            id="editor"
            data-testid="editor"
            aria-label="Editor"
            hidden=move || !editor.is_wanted.get()
        >
            <Show when=move || editor.is_wanted.get()>
                <Bar state post layout />
                <div class="editor-main">
                    <Files state post />
                    <div class="editor-text">
                        <Provenance state />
                        <Host post />
                        <Empty state post />
                    </div>
                </div>
                <Findings state post />
            </Show>
        </section>
    }
    .into_any()
}

/// The widget's element.
#[component]
fn Host(post: Post) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(host) = host.get() {
            post.send(Intent::Edit(Edit::Mounted(host.into())));
        }
    });
    on_cleanup(move || post.send(Intent::Edit(Edit::Unmounted)));
    view! { <div class="editor-host" node_ref=host></div> }
}

/// What is said while nothing is open.
#[component]
fn Empty(state: State, post: Post) -> impl IntoView {
    let is_empty = move || state.editor.current.with(Option::is_none);
    view! {
        <div class="editor-empty" hidden=move || !is_empty()>
            <p>"No file is open."</p>
            <button
                type="button"
                class="button"
                on:click=move |_| post.send(Intent::Edit(Edit::Want))
            >
                "Open one"
            </button>
        </div>
    }
}

/// Says of a shared program where it came from.
#[component]
fn Provenance(state: State) -> impl IntoView {
    view! {
        <p class="editor-note" role="status" hidden=move || !state.editor.came_by_link.get()>
            "This program came with the link. Read it first: nothing runs before you say so, and nothing is kept before you change or compile it."
        </p>
    }
}
