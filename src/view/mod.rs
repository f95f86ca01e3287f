//! The page: Leptos components that read signals and send intents.
//! They format what they are given; they never compute, fetch or ask the time.

use leptos::{ev, html, prelude::*};

use crate::{
    intent::{Intent, Send as Sender},
    state::State,
};

mod banners;
mod boot;
mod editor;
mod editor_bar;
mod editor_files;
mod editor_findings;
mod examples;
mod files;
mod footer;
mod format;
mod header;
mod icon;
mod keybar;
mod layout;
mod levels;
mod log;
mod process_details;
mod process_table;
mod process_tree;
mod processes;
mod side;
mod tabs;
mod terminal;
mod toolbar;

use layout::{Layout, Pane};

/// Sends intents from anywhere in the view. A copyable handle on the page's sender, which itself
/// may not cross threads as Leptos wants of what its closures hold.
#[derive(Clone, Copy)]
struct Post(StoredValue<Sender, LocalStorage>);

impl Post {
    /// Sends one; after the page is taken down there is nobody left to listen.
    fn send(self, intent: Intent) {
        self.0.try_with_value(|sender| sender.send(intent));
    }
}

/// The whole page.
#[component]
pub fn App(
    /// What to show.
    state: State,
    /// Where wishes go.
    send: Sender,
) -> impl IntoView {
    let post = Post(StoredValue::new_local(send));
    let layout = Layout::new();
    let log_is_open = RwSignal::new(false);
    let is_dragging = RwSignal::new(false);
    let side = NodeRef::<html::Aside>::new();
    let skip = NodeRef::<html::A>::new();

    // A terminal keeps Tab to itself, so a key must lead out of it: F6, as in desktop programs.
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() != "F6" {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let is_in_terminal = event_target::<web_sys::Element>(&event)
            .closest("#terminal")
            .is_ok_and(|found| found.is_some());
        if is_in_terminal {
            leave_terminal(side, skip);
        } else {
            layout.show(Pane::Terminal);
            post.send(Intent::FocusTerminal);
        }
    };

    view! {
        <div
            class="app"
            data-pane=move || layout.pane().word()
            class:is-wide=move || layout.is_wide()
            class:is-editing=move || layout.is_editing()
            class:is-dragging=move || is_dragging.get()
            on:keydown:capture=on_key
            on:dragenter=move |event| files::drag_over(&event, is_dragging)
            on:dragover=move |event| files::drag_over(&event, is_dragging)
            on:dragleave=move |event| files::drag_left(&event, is_dragging)
            on:drop=move |event| files::dropped(&event, is_dragging, post)
        >
            <a
                class="skip"
                href="#terminal"
                node_ref=skip
                on:click=move |event| {
                    event.prevent_default();
                    layout.show(Pane::Terminal);
                    post.send(Intent::FocusTerminal);
                }
            >
                "Skip to the terminal"
            </a>
            <header::Header state post />
            <main class="main">
                <div class="work">
                    <editor::Editor state post layout />
                    <terminal::Terminal state post layout />
                </div>
                <side::Side state post layout node=side />
                <log::Log state post layout is_open=log_is_open />
                <banners::Banners state post />
            </main>
            <footer::Footer state log_is_open />
            <tabs::Tabs state post layout />
            <files::Overlay />
        </div>
    }
}

/// Takes the focus to the panels beside the terminal, or to the page's start where only the
/// terminal is in sight.
fn leave_terminal(side: NodeRef<html::Aside>, skip: NodeRef<html::A>) {
    let (Some(side), Some(skip)) = (side.get_untracked(), skip.get_untracked()) else {
        return;
    };
    // What is not shown takes no focus, and then the second call is the one that counts.
    drop(side.focus());
    if !side.matches(":focus").unwrap_or(false) {
        drop(skip.focus());
    }
}
