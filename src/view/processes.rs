//! The pane of the VM's processes: a table of them or the tree of who supervises whom, and under it all
//! there is to know of the one that was chosen.

use leptos::{html, prelude::*};
use protocol::observe::{ProcessList, Wish};

use super::{
    Post, format, layout::Layout, process_details::Details, process_table::Table,
    process_tree::Tree,
};
use crate::{
    intent::{Face, Intent, Observe},
    state::State,
};

/// What the parts of the pane share: what a person wants to see, and of whose end they are being asked.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What is wanted of the table.
    pub wish: RwSignal<Wish>,
    /// The process whose killing waits for a second word.
    pub doomed: RwSignal<Option<String>>,
}

/// The pane.
#[component]
pub fn Processes(state: State, post: Post, layout: Layout) -> impl IntoView {
    let desk = Desk {
        wish: RwSignal::default(),
        doomed: RwSignal::new(None),
    };
    let face = RwSignal::new(Face::Table);
    let pane = NodeRef::<html::Section>::new();
    Effect::new(move || {
        if let Some(pane) = pane.get() {
            post.send(Intent::Observe(Observe::Mounted(pane)));
        }
    });
    on_cleanup(move || post.send(Intent::Observe(Observe::Unmounted)));
    // In the next frame, since it is then that the pane is in sight.
    Effect::new(move || {
        let _ = (layout.pane(), layout.beside());
        request_animation_frame(move || post.send(Intent::Observe(Observe::Look)));
    });
    view! {
        <section
            class="panel processes"
            data-testid="process-table"
            aria-labelledby="processes-title"
            node_ref=pane
        >
            <div class="panel-head processes-head">
                <h2 class="panel-title" id="processes-title">"Processes"</h2>
                <p class="panel-note">{move || note(state, desk)}</p>
                <Faces post face />
            </div>
            <div class="processes-body" hidden=move || face.get() != Face::Table>
                <Table state post desk />
            </div>
            <div class="processes-body" hidden=move || face.get() != Face::Tree>
                <Tree state post />
            </div>
            <Details state post desk />
        </section>
    }
    .into_any()
}

#[component]
fn Faces(post: Post, face: RwSignal<Face>) -> impl IntoView {
    let choice = move |own: Face, label: &'static str| {
        view! {
            <button
                type="button"
                class="side-tab"
                aria-pressed=move || (face.get() == own).to_string()
                on:click=move |_| {
                    face.set(own);
                    post.send(Intent::Observe(Observe::Show(own)));
                }
            >
                {label}
            </button>
        }
    };
    view! {
        <div class="side-tabs" role="group" aria-label="How the processes are shown">
            {choice(Face::Table, "Table")}
            {choice(Face::Tree, "Supervision")}
        </div>
    }
}

fn note(state: State, desk: Desk) -> String {
    if state.processes.is_silent.get() {
        return "the VM did not answer".to_owned();
    }
    state.processes.list.with(|list| {
        let own = list.processes.iter().filter(|row| row.owner.is_own());
        let own = match desk.wish.with(|wish| wish.with_own) {
            true => 0,
            false => own.count() as u64,
        };
        counts(list, own)
    })
}

fn counts(list: &ProcessList, folded: u64) -> String {
    if list.total == 0 {
        return String::new();
    }
    let mut words = format::count(list.total);
    if folded > 0 {
        words.push_str(&format!(
            ", {} of the console folded away",
            format::count(folded)
        ));
    }
    if list.left_out() > 0 {
        words.push_str(&format!(", {} left out", format::count(list.left_out())));
    }
    words
}
