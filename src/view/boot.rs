//! What lies over the terminal until the console answers: how far the boot is, in real bytes.

use leptos::prelude::*;

use super::{
    Post, format,
    icon::{Icon, Shape},
};
use crate::{
    intent::Intent,
    state::{Isolation, Part, State, VmState},
};

/// The card; hidden while the console answers.
#[component]
pub fn Boot(state: State, post: Post) -> impl IntoView {
    let is_up = move || state.vm.get() == VmState::Ready;
    let has_failed = move || state.vm.get() == VmState::Failed;
    let is_again = move || state.starts.get() > 1;
    // A fresh VM would meet the same refusal.
    let is_refused = move || {
        state
            .isolation
            .with(|it| matches!(it, Isolation::Refused(_)))
    };
    let why = move || {
        state.isolation.with(|isolation| match isolation {
            Isolation::Refused(why) => why.clone(),
            Isolation::Pending | Isolation::Isolated => {
                "The message on this page and the log say why. A restart fetches everything anew."
                    .to_owned()
            }
        })
    };
    view! {
        <section
            class="boot"
            class:is-again=is_again
            class:has-failed=has_failed
            data-testid="boot-progress"
            aria-label="Start of the VM"
            hidden=is_up
        >
            <div class="boot-card">
                <h2 class="boot-title">{move || title(state.vm.get())}</h2>
                <p class="boot-about">
                    {move || if has_failed() { why() } else { about(state.vm.get()).to_owned() }}
                </p>
                <Bytes state />
                <button
                    type="button"
                    class="button is-strong boot-retry"
                    hidden=move || !has_failed() || is_refused()
                    on:click=move |_| post.send(Intent::Restart)
                >
                    <Icon shape=Shape::Restart />
                    "Try again"
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// All parts in one bar, then each on a line.
#[component]
fn Bytes(state: State) -> impl IntoView {
    let loaded = move || {
        state
            .progress
            .with(|progress| sum(&progress.parts, |p| p.loaded_bytes))
    };
    let total = move || {
        state
            .progress
            .with(|progress| sum(&progress.parts, |p| p.total_bytes))
    };
    let parts = move || state.progress.with(|progress| progress.parts.clone());
    view! {
        <div class="boot-bytes">
            <progress
                class="bar"
                aria-label="Bytes of the VM and its packs"
                max=move || total().max(1)
                prop:value=move || loaded() as f64
                value=loaded
            ></progress>
            <p class="boot-sum">
                {move || share(loaded(), total())}
            </p>
            <ul class="boot-parts">
                {move || parts().into_iter().map(part).collect_view()}
            </ul>
        </div>
    }
}

fn part(part: Part) -> impl IntoView {
    let is_whole = part.loaded_bytes >= part.total_bytes;
    view! {
        <li class="boot-part" class:is-whole=is_whole>
            <Icon shape=if is_whole { Shape::Check } else { Shape::Dash } />
            <span class="boot-part-name">{part.name}</span>
            <span class="boot-part-bytes">
                {share(part.loaded_bytes, part.total_bytes)}
            </span>
        </li>
    }
}

/// How much of how much; a blank of the same height while it is not known what there will be.
fn share(loaded: u64, total: u64) -> String {
    if total == 0 {
        return "\u{a0}".to_owned();
    }
    format!("{} of {}", format::bytes(loaded), format::bytes(total))
}

fn sum(parts: &[Part], of: impl Fn(&Part) -> u64) -> u64 {
    parts.iter().map(of).sum()
}

fn title(vm: VmState) -> &'static str {
    match vm {
        VmState::Isolating | VmState::Loading | VmState::Booting => "Starting the VM",
        VmState::Restarting => "Starting a fresh VM",
        VmState::Ready => "The VM is up",
        VmState::Failed => "No VM is running",
    }
}

fn about(vm: VmState) -> &'static str {
    match vm {
        VmState::Isolating => "Waiting for the browser to isolate this page.",
        VmState::Loading => "Fetching the VM and its packs; each is checked against its digest.",
        VmState::Booting => "The VM runs. Waiting for the console in it to answer.",
        VmState::Restarting => "The one before is gone, with everything that ran in it.",
        VmState::Ready | VmState::Failed => "",
    }
}
