//! The pane with the terminal. The terminal itself is a widget of its own: the driver opens it in
//! the element that is offered here, and gets told when the element goes away.

use leptos::{html, prelude::*};

use super::{Post, boot::Boot, format, keybar::KeyBar, layout::Layout, toolbar::Toolbar};
use crate::{intent::Intent, state::State};

/// The pane.
#[component]
pub fn Terminal(state: State, post: Post, layout: Layout) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(host) = host.get() {
            post.send(Intent::TerminalMounted(host.into()));
        }
    });
    on_cleanup(move || post.send(Intent::TerminalUnmounted));

    let dropped = move || state.output_dropped_bytes.get();
    view! {
        <section class="panel terminal-panel" id="terminal" aria-label="Terminal">
            <Toolbar state post layout />
            <div class="screen">
                <div class="screen-host" data-testid="terminal" node_ref=host></div>
                <p
                    class="screen-dropped"
                    title="Output came faster than a person could read it"
                    hidden=move || dropped() == 0
                >
                    {move || format!("{} of output left out", format::bytes(dropped()))}
                </p>
                <Boot state post />
            </div>
            <KeyBar state post />
        </section>
    }
    .into_any()
}
