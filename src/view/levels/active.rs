//! The oldest open roundtrips with their age.

use leptos::prelude::*;

use crate::state::State;
use crate::view::format;

/// The list.
#[component]
pub fn Active(state: State) -> impl IntoView {
    let now = state.levels.now;
    let oldest = Memo::new(move |_| now.with(|levels| levels.oldest.clone()));
    let sum = Memo::new(move |_| {
        now.with(|levels| match (levels.active, levels.waiting) {
            (0, _) => "nothing is on its way".to_owned(),
            (open, 0) => format!("{} on their way", format::count(open as u64)),
            (open, waiting) => format!(
                "{} open, {} of them wait for their turn",
                format::count(open as u64),
                format::count(waiting as u64)
            ),
        })
    });
    let row = |(name, age): (String, slo::Span)| {
        view! {
            <li class="active-row">
                <span class="active-name">{name}</span>
                <span class="active-age">{format::span(age.0)}</span>
            </li>
        }
    };
    view! {
        <section class="panel active" aria-labelledby="active-title">
            <div class="panel-head">
                <h2 class="panel-title" id="active-title">"Open roundtrips"</h2>
                <p class="panel-note">{move || sum.get()}</p>
            </div>
            <ol class="active-list">
                {move || oldest.get().into_iter().map(row).collect_view()}
            </ol>
        </section>
    }
    .into_any()
}
