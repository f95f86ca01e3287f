//! What stands beside the terminal: one pane at a time, chosen by tabs, and the place for files under it.

use leptos::{ev, html, prelude::*};

use super::{
    Post, examples, files,
    icon::{Icon, Shape},
    layout::{Layout, Pane},
    levels, processes,
};
use crate::state::State;

/// The panes in their order, with the words on their tabs.
const TABS: [(Pane, &str); 3] = [
    (Pane::Levels, "Service levels"),
    (Pane::Processes, "Processes"),
    (Pane::Programs, "Examples"),
];

/// The side.
#[component]
pub fn Side(state: State, post: Post, layout: Layout, node: NodeRef<html::Aside>) -> impl IntoView {
    let tab = move |(pane, label): (Pane, &'static str)| {
        let is_shown = move || layout.beside() == pane;
        view! {
            <button
                type="button"
                class="side-tab"
                role="tab"
                id=format!("tab-{}", pane.word())
                aria-controls=format!("side-{}", pane.word())
                aria-selected=move || is_shown().to_string()
                tabindex=move || if is_shown() { "0" } else { "-1" }
                on:click=move |_| layout.show(pane)
                on:keydown=move |event| move_on(&event, layout)
            >
                {label}
            </button>
        }
    };
    let words = move || match layout.is_wide() {
        true => "Give the terminal its place back",
        false => "Use the whole width",
    };
    let shape = move || match layout.is_wide() {
        true => Shape::Right,
        false => Shape::Left,
    };
    view! {
        <aside class="side" tabindex="-1" aria-label="Beside the terminal" node_ref=node>
            <div class="side-head">
                <div class="side-tabs" role="tablist" aria-label="Panes beside the terminal">
                    {TABS.map(tab).collect_view()}
                </div>
                <button
                    type="button"
                    class="button is-plain is-icon"
                    aria-label=words
                    title=words
                    on:click=move |_| layout.widen(!layout.is_wide())
                >
                    {move || view! { <Icon shape=shape() /> }}
                </button>
            </div>
            <SidePane layout pane=Pane::Levels>
                <levels::Levels state post layout />
            </SidePane>
            <SidePane layout pane=Pane::Processes>
                <processes::Processes state post layout />
            </SidePane>
            <SidePane layout pane=Pane::Programs>
                <examples::Examples state post layout />
            </SidePane>
            <files::DropZone post />
        </aside>
    }
    .into_any()
}

/// The place of one pane. It stays in the page when another one is in sight, with all it holds.
#[component]
fn SidePane(layout: Layout, pane: Pane, children: Children) -> impl IntoView {
    view! {
        <div
            class="side-pane"
            role="tabpanel"
            id=format!("side-{}", pane.word())
            aria-labelledby=format!("tab-{}", pane.word())
            hidden=move || layout.beside() != pane
        >
            {children()}
        </div>
    }
}

/// Arrow keys go from tab to tab, as in any list of tabs.
fn move_on(event: &ev::KeyboardEvent, layout: Layout) {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => TABS.len() - 1,
        _ => return,
    };
    event.prevent_default();
    let at = TABS.iter().position(|(pane, _)| *pane == layout.beside());
    let (pane, _) = TABS[(at.unwrap_or(0) + step) % TABS.len()];
    layout.show(pane);
    let tab = event_target::<web_sys::Element>(event)
        .parent_element()
        .and_then(|tabs| tabs.query_selector(&format!("#tab-{}", pane.word())).ok()?);
    if let Some(tab) = tab {
        use wasm_bindgen::JsCast;
        drop(tab.unchecked_into::<web_sys::HtmlElement>().focus());
    }
}
