//! Messages that stay until they are dismissed. They lie over the page, so nothing moves when one comes.

use leptos::prelude::*;

use super::{
    Post,
    icon::{Icon, Shape},
};
use crate::{
    intent::Intent,
    state::{Banner, Severity, State},
};

/// The stack of messages.
#[component]
pub fn Banners(state: State, post: Post) -> impl IntoView {
    view! {
        <div class="banners" role="region" aria-label="Messages" aria-live="polite">
            <For
                each=move || state.banners.get()
                key=|banner| banner.id
                children=move |banner| view! { <Message banner post /> }
            />
        </div>
    }
    .into_any()
}

#[component]
fn Message(banner: Banner, post: Post) -> impl IntoView {
    let Banner {
        id,
        severity,
        title,
        detail,
    } = banner;
    let has_detail = !detail.is_empty();
    let is_long = detail.lines().count() > 4;
    view! {
        <div
            class="banner"
            data-tone=tone(severity)
            data-testid=(severity != Severity::Info).then_some("error-banner")
            role=(severity == Severity::Error).then_some("alert")
        >
            <Icon shape=shape(severity) />
            <div class="banner-words">
                <h2 class="banner-title">
                    <span class="unseen">{format!("{}: ", word(severity))}</span>
                    {title}
                </h2>
                // A crash dump scrolls, so the keyboard must reach it.
                <p
                    class="banner-detail"
                    class:is-long=is_long
                    tabindex=is_long.then_some("0")
                    hidden=!has_detail
                >
                    {detail}
                </p>
            </div>
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Dismiss this message"
                title="Dismiss"
                on:click=move |_| post.send(Intent::Dismiss(id))
            >
                <Icon shape=Shape::Close />
            </button>
        </div>
    }
}

/// The style sheets' word for a severity.
pub fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warn",
        Severity::Error => "bad",
    }
}

/// A severity's word for people.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Note",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    }
}

fn shape(severity: Severity) -> Shape {
    match severity {
        Severity::Info => Shape::Info,
        Severity::Warning | Severity::Error => Shape::Alert,
    }
}
