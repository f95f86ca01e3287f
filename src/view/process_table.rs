//! The table of processes: sorted by any column, filtered by a text. Roles are spelt out, since on a phone
//! the rows are laid out as cards, which would undo them.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use protocol::observe::{Column, Owner, Process};
use std::collections::BTreeMap;

use super::{
    Post, format,
    icon::{Icon, Shape},
    processes::Desk,
};
use crate::{
    intent::{Intent, Observe},
    state::{State, VmState},
};

/// Columns: what they sort by, heading, and what it stands for.
const COLUMNS: [(Column, &str, &str); 5] = [
    (Column::Pid, "PID", "Identifier, in the order of starting"),
    (Column::Name, "Name", "Registered name"),
    (Column::Links, "Links", "Processes it is linked to"),
    (Column::Queue, "Queue", "Messages that wait for it"),
    (Column::Memory, "Memory", "Heap, stack and messages"),
];

/// The processes by identifier, so that each row finds its own.
type Rows = Memo<BTreeMap<String, Process>>;

/// The table, with what narrows it down above it.
#[component]
pub fn Table(state: State, post: Post, desk: Desk) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        let wanted = desk
            .wish
            .with(|wish| state.processes.list.with(|list| wish.of(list)));
        wanted.into_iter().map(|row| row.pid).collect::<Vec<_>>()
    });
    let rows: Rows = Memo::new(move |_| {
        let by_pid = |row: &Process| (row.pid.clone(), row.clone());
        state
            .processes
            .list
            .with(|list| list.processes.iter().map(by_pid).collect())
    });
    let is_empty = move || wanted.with(Vec::is_empty);
    let nothing = move || {
        let is_unknown = state.processes.list.with(|list| list.total == 0);
        match (state.vm.get(), is_unknown) {
            (VmState::Ready, true) => "Asking the VM…",
            (VmState::Ready, false) => {
                "No process fits. Spawn one in the terminal, or show those of the console."
            }
            _ => "No VM is running.",
        }
    };
    view! {
        <Narrow desk />
        <div class="process-room" tabindex="0" role="region" aria-label="Table of processes">
            <table class="process-rows" role="table" aria-labelledby="processes-title">
                <thead role="rowgroup">
                    <tr class="process is-head" role="row">
                        {COLUMNS.map(|column| view! { <Heading desk column /> }).collect_view()}
                        <th class="process-cell is-act" role="columnheader" scope="col">
                            <span class="unseen">"Kill"</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup" on:keydown=move |event| step(&event)>
                    <For
                        each=move || wanted.get()
                        key=String::clone
                        children=move |pid| view! { <Row state post desk rows pid /> }
                    />
                </tbody>
            </table>
            <p class="process-none" hidden=move || !is_empty()>{nothing}</p>
        </div>
    }
    .into_any()
}

#[component]
fn Narrow(desk: Desk) -> impl IntoView {
    view! {
        <div class="process-narrow">
            <input
                class="field"
                type="search"
                placeholder="Filter by PID or name"
                aria-label="Show processes that hold this text"
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| {
                    let filter = event_target_value(&event);
                    desk.wish.update(|wish| wish.filter = filter);
                }
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || desk.wish.with(|wish| wish.with_own)
                    on:change=move |event| {
                        let with_own = event_target_checked(&event);
                        desk.wish.update(|wish| wish.with_own = with_own);
                    }
                />
                "The console's own"
            </label>
        </div>
    }
}

/// A heading that sorts; pressed again, it turns the order around.
#[component]
fn Heading(desk: Desk, column: (Column, &'static str, &'static str)) -> impl IntoView {
    let (own, label, title) = column;
    let order = move || {
        desk.wish
            .with(|wish| match (wish.column == own, wish.is_falling) {
                (false, _) => "none",
                (true, false) => "ascending",
                (true, true) => "descending",
            })
    };
    let shape = move || match order() {
        "descending" => Shape::Down,
        _ => Shape::Up,
    };
    view! {
        <th
            class="process-cell"
            data-column=word(own)
            role="columnheader"
            scope="col"
            aria-sort=order
            title=title
        >
            <button
                type="button"
                class="process-sort"
                on:click=move |_| desk.wish.update(|wish| {
                    // Of numbers a person looks for the greatest first.
                    wish.is_falling = match wish.column == own {
                        true => !wish.is_falling,
                        false => matches!(own, Column::Links | Column::Queue | Column::Memory),
                    };
                    wish.column = own;
                })
            >
                {label}
                {move || view! { <Icon shape=shape() /> }}
            </button>
        </th>
    }
}

/// One row; only the cells whose text changed are touched.
#[component]
fn Row(state: State, post: Post, desk: Desk, rows: Rows, pid: String) -> impl IntoView {
    let own = StoredValue::new(pid.clone());
    let read = move |of: fn(&Process) -> String| {
        Memo::new(move |_| {
            rows.with(|rows| own.with_value(|pid| rows.get(pid).map(of)))
                .unwrap_or_default()
        })
    };
    let owner = Memo::new(move |_| {
        rows.with(|rows| own.with_value(|pid| rows.get(pid).map(|row| row.owner)))
            .unwrap_or_default()
    });
    let name = read(|row| row.name.clone().unwrap_or_default());
    let kin = read(|row| match &row.kin {
        Some(kin) => format!("linked to {kin}"),
        None => String::new(),
    });
    let links = read(|row| format::count(row.links));
    let queue = read(|row| format::count(row.queue));
    let memory = read(|row| format::bytes(row.memory_bytes));
    let is_waiting = Memo::new(move |_| queue.with(|queue| queue != "0"));
    let is_chosen = Memo::new(move |_| {
        let chosen = state.processes.chosen;
        chosen.with(|chosen| own.with_value(|pid| chosen.as_ref() == Some(pid)))
    });
    let kill_label = format!("Kill {pid}");
    view! {
        <tr class="process" class:is-chosen=move || is_chosen.get() role="row">
            <th class="process-cell" data-column="pid" role="rowheader" scope="row">
                <button
                    type="button"
                    class="process-pid"
                    aria-pressed=move || is_chosen.get().to_string()
                    title="Links, monitors and sizes"
                    on:click=move |_| {
                        let pid = (!is_chosen.get_untracked()).then(|| own.get_value());
                        post.send(Intent::Observe(Observe::Choose(pid)));
                    }
                >
                    {pid}
                </button>
            </th>
            <td class="process-cell" data-column="name" role="cell">
                <span class="process-name">{move || name.get()}</span>
                <span class="process-kin">{move || kin.get()}</span>
                <span class="process-mark" hidden=move || !owner.get().is_own()>
                    {move || mark(owner.get())}
                </span>
            </td>
            <td class="process-cell" data-column="links" role="cell">
                {move || links.get()}
            </td>
            <td
                class="process-cell"
                class:is-waiting=move || is_waiting.get()
                data-column="queue"
                role="cell"
            >
                {move || queue.get()}
            </td>
            <td class="process-cell" data-column="memory" role="cell">
                {move || memory.get()}
            </td>
            <td class="process-cell is-act" role="cell">
                // The keyboard finds it among the details; here it would double the stops.
                <button
                    type="button"
                    class="button is-plain is-icon"
                    tabindex="-1"
                    aria-label=kill_label.clone()
                    title=kill_label
                    on:click=move |_| kill(post, desk, own.get_value(), owner.get_untracked())
                >
                    <Icon shape=Shape::Close />
                </button>
            </td>
        </tr>
    }
}

/// Arrow keys lead from row to row.
fn step(event: &ev::KeyboardEvent) {
    let is_down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let row = event_target::<web_sys::Element>(event).closest("tr").ok();
    let beside = row.flatten().and_then(|row| match is_down {
        true => row.next_element_sibling(),
        false => row.previous_element_sibling(),
    });
    let button = beside.and_then(|row| row.query_selector(".process-pid").ok()?);
    if let Some(button) = button {
        event.prevent_default();
        drop(button.unchecked_into::<web_sys::HtmlElement>().focus());
    }
}

/// A program's process is ended at once; one of the console only after a second word.
pub fn kill(post: Post, desk: Desk, pid: String, owner: Owner) {
    if owner.is_own() {
        desk.doomed.set(Some(pid.clone()));
        post.send(Intent::Observe(Observe::Choose(Some(pid))));
    } else {
        post.send(Intent::Observe(Observe::Kill(pid)));
    }
}

/// Whose a process is, in a word.
pub fn mark(owner: Owner) -> &'static str {
    match owner {
        Owner::Program => "",
        Owner::Console => "console",
        Owner::Library => "library",
        Owner::Root => "root",
    }
}

fn word(column: Column) -> &'static str {
    match column {
        Column::Pid => "pid",
        Column::Name => "name",
        Column::Links => "links",
        Column::Queue => "queue",
        Column::Memory => "memory",
    }
}
