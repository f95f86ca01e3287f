//! All there is to know of the chosen process, and the way to end it.

use leptos::{html, prelude::*};
use protocol::observe::{self, Owner, Relative};

use super::{
    Post, format,
    icon::{Icon, Shape},
    process_table,
    processes::Desk,
};
use crate::{
    intent::{Intent, Observe},
    state::State,
};

/// The lower half of the pane; hidden while no process is chosen.
#[component]
pub fn Details(state: State, post: Post, desk: Desk) -> impl IntoView {
    let shown = state.processes;
    let pid = Memo::new(move |_| shown.chosen.get().unwrap_or_default());
    let owner = Memo::new(move |_| {
        shown.list.with(|list| {
            let row = list.processes.iter().find(|row| row.pid == pid.get());
            row.map_or(Owner::Program, |row| row.owner)
        })
    });
    let name = move || {
        let name = |details: &observe::Details| details.name.clone();
        shown
            .details
            .with(|details| details.as_ref().and_then(name))
    };
    let is_doomed = Memo::new(move |_| desk.doomed.get().is_some_and(|doomed| doomed == pid.get()));
    let close = move || {
        desk.doomed.set(None);
        post.send(Intent::Observe(Observe::Choose(None)));
    };
    view! {
        <section
            class="process-details"
            aria-label="The chosen process"
            hidden=move || pid.with(String::is_empty)
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <div class="process-details-head">
                <h3 class="process-details-title">
                    {move || pid.get()}
                    <span class="process-details-name">{move || name().unwrap_or_default()}</span>
                </h3>
                <button
                    type="button"
                    class="button"
                    disabled=move || owner.get() == Owner::Root || is_doomed.get()
                    on:click=move |_| {
                        process_table::kill(post, desk, pid.get_untracked(), owner.get_untracked());
                    }
                >
                    <Icon shape=Shape::Stop />
                    "Kill"
                </button>
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label="Close the details"
                    title="Close (Escape)"
                    on:click=move |_| close()
                >
                    <Icon shape=Shape::Close />
                </button>
            </div>
            <Show when=move || is_doomed.get()>
                <Confirm post desk pid owner />
            </Show>
            <div class="process-details-body" tabindex="0" role="region" aria-label="Details">
                {move || shown.details.get().map(|details| facts(&details, post))}
                <p class="process-none" hidden=move || shown.details.with(Option::is_some)>
                    "This process is gone, or has not answered yet."
                </p>
            </div>
        </section>
    }
    .into_any()
}

/// The second word that the end of a process of the console takes.
#[component]
fn Confirm(post: Post, desk: Desk, pid: Memo<String>, owner: Memo<Owner>) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = button.get() {
            drop(button.focus());
        }
    });
    let words = move || match owner.get() {
        Owner::Console => {
            "It belongs to the console, which starts it again at once. What it was doing is lost."
        }
        Owner::Library => {
            "It belongs to the library and starts again when it is needed. What it keeps is lost: tables, timers or settings."
        }
        Owner::Root => {
            "The VM ends with this process, so it is not killed. Restart the VM instead."
        }
        Owner::Program => "",
    };
    view! {
        <div class="process-confirm" data-tone="warn" role="group" aria-label="Kill a process of the console">
            <Icon shape=Shape::Alert />
            <p>{words}</p>
            <button
                type="button"
                class="button is-strong"
                node_ref=button
                disabled=move || owner.get() == Owner::Root
                on:click=move |_| {
                    desk.doomed.set(None);
                    post.send(Intent::Observe(Observe::Kill(pid.get_untracked())));
                }
            >
                "Kill it"
            </button>
            <button type="button" class="button" on:click=move |_| desk.doomed.set(None)>
                "Keep it"
            </button>
        </div>
    }
}

fn facts(details: &observe::Details, post: Post) -> impl IntoView + use<> {
    let frames = details.stack.iter().cloned();
    let frames = frames
        .map(|frame| view! { <li>{frame}</li> })
        .collect_view();
    let is_told = !details.stack.is_empty();
    let sizes = format!(
        "{} words of heap, {} of stack",
        format::count(details.heap_words),
        format::count(details.stack_words),
    );
    view! {
        <dl class="process-facts">
            <dt>"Links"</dt>
            <dd>{relatives(&details.links, post)}</dd>
            <dt>"Monitors"</dt>
            <dd>{relatives(&details.monitors, post)}</dd>
            <dt>"Monitored by"</dt>
            <dd>{relatives(&details.monitored_by, post)}</dd>
            <dt>"Size"</dt>
            <dd class="is-plain">{sizes}</dd>
            <dt>"Stack"</dt>
            <dd>
                <ol class="process-stack">{frames}</ol>
                <span class="process-nobody" hidden=is_told>
                    "this VM does not tell the stack of another process"
                </span>
            </dd>
        </dl>
    }
}

/// Processes as buttons that choose them; a word where there are none.
fn relatives(relatives: &[Relative], post: Post) -> impl IntoView + use<> {
    if relatives.is_empty() {
        return view! { <span class="process-nobody">"none"</span> }.into_any();
    }
    let relative = |relative: &Relative| {
        let pid = relative.pid.clone();
        let label = match &relative.name {
            Some(name) => format!("{pid} {name}"),
            None => pid.clone(),
        };
        view! {
            <button
                type="button"
                class="process-pid"
                on:click=move |_| post.send(Intent::Observe(Observe::Choose(Some(pid.clone()))))
            >
                {label}
            </button>
        }
    };
    relatives.iter().map(relative).collect_view().into_any()
}
