//! What stands over the text: the open files, and what can be done with the one in sight.

use leptos::{ev, prelude::*};

use super::{
    Post,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
};
use crate::{
    intent::{Edit, Intent},
    state::{Outcome, State, Tab, VmState},
};

/// The bar.
#[component]
pub fn Bar(state: State, post: Post, layout: Layout) -> impl IntoView {
    let editor = state.editor;
    let is_source = move || {
        editor
            .current
            .with(|path| path.as_ref().is_some_and(|path| path.ends_with(".erl")))
    };
    let is_busy = move || {
        let path = editor.current.get().unwrap_or_default();
        editor
            .outcomes
            .with(|all| matches!(all.get(&path), Some(Outcome::Busy)))
    };
    let is_off = move || state.vm.get() != VmState::Ready;
    let cannot_compile = move || is_off() || !is_source() || is_busy();
    view! {
        <div class="editor-bar">
            <div class="editor-tabs" role="group" aria-label="Open files">
                <For
                    each=move || editor.tabs.get()
                    key=|tab| (tab.path.clone(), tab.is_draft)
                    children=move |tab| view! { <FileTab tab state post /> }
                />
            </div>
            <div class="editor-actions" role="group" aria-label="The file in sight">
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label="Find in the text"
                    title="Find in the text (Ctrl-F)"
                    disabled=move || editor.current.with(Option::is_none)
                    on:click=move |_| post.send(Intent::Edit(Edit::Find))
                >
                    <Icon shape=Shape::Search />
                </button>
                <button
                    type="button"
                    class="button is-plain"
                    title="Make a link that holds the program"
                    disabled=move || editor.current.with(Option::is_none)
                    on:click=move |_| post.send(Intent::Edit(Edit::Share { all: false }))
                >
                    <Icon shape=Shape::Share />
                    <span class="button-text">"Share"</span>
                </button>
                <button
                    type="button"
                    class="button is-strong"
                    data-testid="compile"
                    title="Compile and load into the VM (Ctrl-Enter)"
                    disabled=cannot_compile
                    on:click=move |_| post.send(Intent::Edit(Edit::Compile { force: false }))
                >
                    <Icon shape=Shape::Check />
                    {move || if is_busy() { "Compiling" } else { "Compile" }}
                </button>
                <button
                    type="button"
                    class="button is-plain is-icon editor-close"
                    aria-label="Put the editor away"
                    title="Put the editor away"
                    on:click=move |_| layout.put_editor_away()
                >
                    <Icon shape=Shape::Close />
                </button>
            </div>
        </div>
        <ShareLink state post />
        <Runner state post layout />
    }
    .into_any()
}

#[component]
fn FileTab(tab: Tab, state: State, post: Post) -> impl IntoView {
    let Tab { path, is_draft } = tab;
    let current = state.editor.current;
    let own = path.clone();
    let is_shown = Memo::new(move |_| current.with(|current| current.as_deref() == Some(&*own)));
    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let (close_label, title) = (format!("Close {name}"), path.clone());
    let (open, close, steps) = (path.clone(), path.clone(), path);
    view! {
        <span class="file-tab" class:is-shown=move || is_shown.get() class:is-draft=is_draft>
            <button
                type="button"
                class="file-tab-name"
                title=title
                aria-pressed=move || is_shown.get().to_string()
                on:click=move |_| post.send(Intent::Edit(Edit::Open(open.clone())))
                on:keydown=move |event| move_on(&event, &steps, state, post)
            >
                {name}
            </button>
            <button
                type="button"
                class="file-tab-close"
                aria-label=close_label
                on:click=move |_| post.send(Intent::Edit(Edit::Close(close.clone())))
            >
                <Icon shape=Shape::Close />
            </button>
        </span>
    }
}

/// Arrow keys go from file to file, Delete closes one.
fn move_on(event: &ev::KeyboardEvent, path: &str, state: State, post: Post) {
    let tabs = state.editor.tabs.get_untracked();
    let at = tabs.iter().position(|tab| tab.path == path).unwrap_or(0);
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => tabs.len() - 1,
        "Delete" => return post.send(Intent::Edit(Edit::Close(path.to_owned()))),
        _ => return,
    };
    event.prevent_default();
    let next = &tabs[(at + step) % tabs.len()];
    post.send(Intent::Edit(Edit::Open(next.path.clone())));
}

/// The expression that runs the program, and the button that does.
#[component]
fn Runner(state: State, post: Post, layout: Layout) -> impl IntoView {
    let run = state.editor.run;
    let is_off = move || state.vm.get() != VmState::Ready || run.with(|run| run.trim().is_empty());
    let go = move || {
        if !is_off() {
            // On a narrow page this brings the answer into sight; on a wide one both are.
            layout.show(Pane::Terminal);
            post.send(Intent::Edit(Edit::Run(run.get_untracked())));
        }
    };
    view! {
        <form
            class="runner"
            on:submit=move |event| {
                event.prevent_default();
                go();
            }
        >
            <label class="runner-label" for="run-expression">"Run"</label>
            <input
                id="run-expression"
                class="runner-field"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="module:function(arguments)."
                prop:value=move || run.get()
                on:input=move |event| run.set(event_target_value(&event))
            />
            <button
                type="submit"
                class="button"
                data-testid="run"
                title="Compile what has changed, then run this in the shell"
                disabled=is_off
            >
                <Icon shape=Shape::Play />
                "Run"
            </button>
        </form>
    }
}

/// The link that was asked for.
#[component]
fn ShareLink(state: State, post: Post) -> impl IntoView {
    let editor = state.editor;
    let address = move || {
        let link = editor.link.get();
        link.map(|link| link.address.unwrap_or_else(|reason| reason))
            .unwrap_or_default()
    };
    let is_bad = move || {
        editor
            .link
            .with(|link| link.as_ref().is_some_and(|link| link.address.is_err()))
    };
    let has_more = move || {
        let shared = editor
            .link
            .with(|link| link.as_ref().map_or(0, |link| link.files));
        editor.tabs.with(Vec::len) > shared
    };
    view! {
        <div class="share-link" role="group" aria-label="Link to the program" hidden=move || editor.link.with(Option::is_none)>
            <p class="share-refusal" hidden=move || !is_bad()>{address}</p>
            <input
                class="runner-field"
                type="text"
                readonly
                aria-label="Link that holds the program"
                data-testid="share-link"
                hidden=is_bad
                prop:value=address
            />
            <button
                type="button"
                class="button"
                hidden=is_bad
                on:click=move |_| post.send(Intent::Edit(Edit::CopyLink))
            >
                <Icon shape=Shape::Copy />
                "Copy"
            </button>
            <button
                type="button"
                class="button is-plain"
                hidden=move || !has_more()
                on:click=move |_| post.send(Intent::Edit(Edit::Share { all: true }))
            >
                "All open files"
            </button>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Put the link away"
                on:click=move |_| post.send(Intent::Edit(Edit::DropLink))
            >
                <Icon shape=Shape::Close />
            </button>
        </div>
    }
}
