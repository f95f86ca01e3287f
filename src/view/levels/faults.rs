//! Fault injection, behind a switch that cannot be overlooked while it is on.

use leptos::prelude::*;
use slo::{FaultField, FaultForm};

use super::field::Field;
use crate::intent::LevelsIntent;
use crate::state::State;
use crate::view::{
    Post, format,
    icon::{Icon, Shape},
};

/// How long the VM stands still at the press of the button.
const FREEZE_MS: u32 = 2_000;

/// The switch and what it injects.
#[component]
pub fn Faults(state: State, post: Post) -> impl IntoView {
    let level = state.levels.faults;
    let [added, errors, dropped] = ["20", "", ""].map(|text| RwSignal::new(text.to_owned()));
    let fault = move |field: FaultField| {
        Signal::derive(move || {
            level.with(|level| {
                let found = level.faults.iter().find(|(place, _)| *place == field);
                found.map(|(_, words)| words.clone())
            })
        })
    };
    let is_on = Memo::new(move |_| level.with(|level| level.is_on));
    let form = move || FaultForm {
        added: added.get_untracked(),
        errors: errors.get_untracked(),
        dropped: dropped.get_untracked(),
    };
    let toggle = move |_| {
        let wanted = (!is_on.get_untracked()).then(form);
        post.ask(LevelsIntent::InjectFaults(wanted));
    };
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        post.ask(LevelsIntent::InjectFaults(Some(form())));
    };
    let sum = move || match is_on.get() {
        true => format!(
            "on: {} harmed",
            format::counted(level.with(|level| level.injected), "roundtrip")
        ),
        false => "off".to_owned(),
    };
    view! {
        <section class="panel faults" class:is-on=move || is_on.get() aria-labelledby="faults-title">
            <form novalidate on:submit=apply>
                <div class="panel-head faults-head">
                    <h2 class="panel-title" id="faults-title">"Faults"</h2>
                    <p class="panel-note" role="status" data-testid="faults-state">{sum}</p>
                    <button
                        type="button"
                        class="switch"
                        role="switch"
                        data-testid="faults-switch"
                        aria-checked=move || is_on.get().to_string()
                        aria-label="Inject faults into every measured roundtrip"
                        on:click=toggle
                    >
                        <span class="switch-knob" aria-hidden="true"></span>
                    </button>
                </div>
                <p class="faults-about">
                    "Harms every measured roundtrip of this page on purpose, to see breaker, budgets and alerts at work."
                </p>
                <div class="faults-fields">
                    <Field id="fault-added".to_owned() label="Added latency" unit="ms" value=added fault=fault(FaultField::Added) />
                    <Field id="fault-errors".to_owned() label="Failing" unit="%" value=errors fault=fault(FaultField::Errors) />
                    <Field id="fault-dropped".to_owned() label="Reply dropped" unit="%" value=dropped fault=fault(FaultField::Dropped) />
                </div>
                <div class="faults-buttons">
                    <button type="submit" class="button" disabled=move || !is_on.get()>"Use these numbers"</button>
                    <button
                        type="button"
                        class="button"
                        data-testid="fault-freeze"
                        disabled=move || !is_on.get()
                        on:click=move |_| post.ask(LevelsIntent::FreezeVm(FREEZE_MS))
                    >
                        <Icon shape=Shape::Pause />
                        "Freeze the VM for 2 s"
                    </button>
                    <button
                        type="button"
                        class="button"
                        data-testid="fault-kill"
                        disabled=move || !is_on.get()
                        on:click=move |_| post.ask(LevelsIntent::KillVm)
                    >
                        <Icon shape=Shape::Close />
                        "Kill the VM"
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
