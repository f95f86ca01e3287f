//! Files from a person's machine: dropped anywhere on the page, or chosen with a button.
//! Only hands them on; who checks them is not decided here.

use leptos::{ev, prelude::*};
use web_sys::FileList;

use super::{
    Post,
    icon::{Icon, Shape},
};
use crate::intent::Intent;

/// The visible place, with its button.
#[component]
pub fn DropZone(post: Post) -> impl IntoView {
    let on_change = move |event: ev::Event| {
        let field = event_target::<web_sys::HtmlInputElement>(&event);
        hand_on(field.files(), post);
        // Or else choosing the same file again, built anew, would not be a change.
        field.set_value("");
    };
    view! {
        <section class="panel drop" data-testid="drop-zone" aria-label="Load your own files">
            <Icon shape=Shape::File />
            <p class="drop-words">
                "Drop " <code>".erl"</code> ", " <code>".beam"</code> " or " <code>".avm"</code>
                " files anywhere on the page."
                <span class="drop-promise">" Checked before the VM sees them; they stay on your machine."</span>
            </p>
            <label class="button drop-button">
                <input
                    class="unseen"
                    type="file"
                    accept=".erl,.hrl,.beam,.avm"
                    multiple
                    aria-label="Choose .erl, .beam or .avm files to open or load"
                    on:change=on_change
                />
                <span aria-hidden="true">"Choose files"</span>
            </label>
        </section>
    }
    .into_any()
}

/// What covers the page while files hang over it.
#[component]
pub fn Overlay() -> impl IntoView {
    view! {
        <div class="drop-overlay" aria-hidden="true">
            <p class="drop-overlay-words">
                <Icon shape=Shape::File />
                "Let go to open or load"
            </p>
        </div>
    }
}

/// Files hang over the page: say that they are welcome. Other things that are dragged are not.
pub fn drag_over(event: &ev::DragEvent, is_dragging: RwSignal<bool>) {
    let brings_files = event.data_transfer().is_some_and(|brought| {
        (0..brought.types().length()).any(|at| brought.types().get(at) == "Files")
    });
    if brings_files {
        event.prevent_default();
        if !is_dragging.get_untracked() {
            is_dragging.set(true);
        }
    }
}

/// The pointer left something: the page only if it goes to nothing else on it.
pub fn drag_left(event: &ev::DragEvent, is_dragging: RwSignal<bool>) {
    if event.related_target().is_none() {
        is_dragging.set(false);
    }
}

/// Files were let go.
pub fn dropped(event: &ev::DragEvent, is_dragging: RwSignal<bool>, post: Post) {
    is_dragging.set(false);
    if let Some(files) = event.data_transfer().and_then(|brought| brought.files())
        && files.length() > 0
    {
        event.prevent_default();
        hand_on(Some(files), post);
    }
}

fn hand_on(files: Option<FileList>, post: Post) {
    let Some(list) = files else { return };
    let files: Vec<_> = (0..list.length()).filter_map(|at| list.get(at)).collect();
    if !files.is_empty() {
        post.send(Intent::LoadFiles(files));
    }
}
