//! Programs that came with the site, each a press away from running in the shell.

use leptos::prelude::*;

use super::{
    Post,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
};
use crate::{
    intent::{Edit, Intent},
    state::{Example, State, VmState},
};

/// The list.
#[component]
pub fn Examples(state: State, post: Post, layout: Layout) -> impl IntoView {
    let is_off =
        Memo::new(move |_| state.vm.get() != VmState::Ready || !state.examples_are_loaded.get());
    view! {
        <section class="panel examples" aria-labelledby="examples-title">
            <div class="panel-head">
                <h2 class="panel-title" id="examples-title">"Examples"</h2>
                <p class="panel-note">"read, change and run them"</p>
            </div>
            <ul class="examples-list" tabindex="0" aria-labelledby="examples-title">
                <For
                    each=move || state.examples.get()
                    key=|example| example.module.clone()
                    children=move |example| view! { <Item example is_off post layout /> }
                />
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Item(example: Example, is_off: Memo<bool>, post: Post, layout: Layout) -> impl IntoView {
    let Example {
        module,
        title,
        about,
        run,
    } = example;
    let label = format!("Run {title}");
    let open_label = format!("Open {title} in the editor");
    let expression = run.clone();
    view! {
        <li class="example">
            <h3 class="example-title">{title}</h3>
            <p class="example-about">{about}</p>
            <code class="example-code">{expression}</code>
            <div class="example-actions">
            <button
                type="button"
                class="button is-plain"
                aria-label=open_label
                on:click=move |_| post.send(Intent::Edit(Edit::Example(module.clone())))
            >
                <Icon shape=Shape::Edit />
                "Open"
            </button>
            <button
                type="button"
                class="button"
                aria-label=label
                disabled=move || is_off.get()
                on:click=move |_| {
                    layout.show(Pane::Terminal);
                    post.send(Intent::RunExample(run.clone()));
                }
            >
                <Icon shape=Shape::Play />
                "Run"
            </button>
            </div>
        </li>
    }
}
