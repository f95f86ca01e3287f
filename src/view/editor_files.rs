//! A person's files beside the text: opened by a press, named, saved to disk and removed with the buttons under them.

use leptos::{html, prelude::*};

use super::{
    Post,
    icon::{Icon, Shape},
};
use crate::{
    intent::{Edit, Intent},
    state::State,
};

/// What a person is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    /// What is the new file to be called?
    New,
    /// What is the file in sight to be called?
    Rename,
    /// Is the file in sight to go?
    Delete,
}

/// The list.
#[component]
pub fn Files(state: State, post: Post) -> impl IntoView {
    let question = RwSignal::new(None::<Question>);
    let editor = state.editor;
    let nothing = move || editor.current.with(Option::is_none);
    let ask = move |what| {
        editor.refusal.set(None);
        question.set(Some(what));
    };
    // A file that is made, renamed or removed answers the question.
    Effect::new(move || {
        editor.current.track();
        question.set(None);
    });
    let tool = move |label: &'static str, shape: Shape, what: Question| {
        let needs_file = what != Question::New;
        view! {
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label=label
                title=label
                disabled=move || needs_file && nothing()
                on:click=move |_| ask(what)
            >
                <Icon shape />
            </button>
        }
    };
    view! {
        <nav class="files" data-testid="files" aria-label="Files">
            <ul class="files-list">
                <For
                    each=move || state.files.get().into_iter().filter(|file| file.bytes.is_some())
                    key=|file| file.path.clone()
                    children=move |file| view! { <Item path=file.path state post /> }
                />
            </ul>
            <p class="files-empty" hidden=move || state.files.with(|files| files.iter().any(|file| file.bytes.is_some()))>
                "What you write is kept here, in this browser."
            </p>
            <Answer state post question />
            <div class="files-tools" role="group" aria-label="Files">
                {tool("New file", Shape::Plus, Question::New)}
                {tool("Rename this file", Shape::Edit, Question::Rename)}
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label="Save this file to disk"
                    title="Save this file to disk"
                    disabled=nothing
                    on:click=move |_| {
                        if let Some(path) = editor.current.get_untracked() {
                            post.send(Intent::Edit(Edit::Save(path)));
                        }
                    }
                >
                    <Icon shape=Shape::Save />
                </button>
                {tool("Delete this file", Shape::Trash, Question::Delete)}
            </div>
        </nav>
    }
    .into_any()
}

#[component]
fn Item(path: String, state: State, post: Post) -> impl IntoView {
    let own = path.clone();
    let is_shown = move || {
        state
            .editor
            .current
            .with(|current| current.as_deref() == Some(&*own))
    };
    let shown = path.clone();
    view! {
        <li>
            <button
                type="button"
                class="file"
                title=path.clone()
                aria-current=move || is_shown().then_some("true")
                on:click=move |_| post.send(Intent::Edit(Edit::Open(path.clone())))
            >
                {shown}
            </button>
        </li>
    }
}

/// Where a name is given, or a removal confirmed.
#[component]
fn Answer(state: State, post: Post, question: RwSignal<Option<Question>>) -> impl IntoView {
    let editor = state.editor;
    let naming = Memo::new(move |_| question.get().filter(|what| *what != Question::Delete));
    view! {
        {move || naming.get().map(|what| view! { <Naming what state post question /> })}
        <div
            class="files-question"
            role="group"
            aria-label="Delete"
            hidden=move || question.get() != Some(Question::Delete)
        >
            <p class="files-doubt">"Delete for good?"</p>
            <button
                type="button"
                class="button"
                on:click=move |_| {
                    question.set(None);
                    let path = editor.current.get_untracked().unwrap_or_default();
                    post.send(Intent::Edit(Edit::Delete(path)));
                }
            >
                "Delete"
            </button>
            <button type="button" class="button is-plain" on:click=move |_| question.set(None)>
                "Keep"
            </button>
        </div>
        <p class="files-refusal" role="alert" hidden=move || editor.refusal.with(Option::is_none)>
            {move || editor.refusal.get()}
        </p>
    }
}

/// A field for a name, with the focus in it from the start.
#[component]
fn Naming(
    what: Question,
    state: State,
    post: Post,
    question: RwSignal<Option<Question>>,
) -> impl IntoView {
    let path = state.editor.current.get_untracked().unwrap_or_default();
    let (label, given) = match what {
        Question::Rename => ("New name", path.clone()),
        _ => ("Name of the new file", String::new()),
    };
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            drop(field.focus());
            field.select();
        }
    });
    let answer = move || {
        let name = field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default();
        if name.trim().is_empty() {
            return;
        }
        post.send(Intent::Edit(match what {
            Question::Rename => Edit::Rename {
                from: path.clone(),
                to: name,
            },
            _ => Edit::New(name),
        }));
    };
    view! {
        <form
            class="files-question"
            on:submit=move |event| {
                event.prevent_default();
                answer();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    question.set(None);
                }
            }
        >
            <input
                class="files-field"
                type="text"
                aria-label=label
                placeholder="name.erl"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                value=given
                node_ref=field
            />
            <button type="submit" class="button is-icon" aria-label="Take this name">
                <Icon shape=Shape::Check />
            </button>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Never mind"
                on:click=move |_| question.set(None)
            >
                <Icon shape=Shape::Close />
            </button>
        </form>
    }
}
