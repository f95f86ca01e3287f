//! One labelled field with its unit and, under it, what is wrong with it.

use leptos::prelude::*;

/// A field for a short text. The words of a fault are read out with the field.
#[component]
pub fn Field(
    /// Unique in the page.
    id: String,
    label: &'static str,
    /// What the number counts, such as `ms`.
    #[prop(optional)]
    unit: &'static str,
    value: RwSignal<String>,
    #[prop(into)] fault: Signal<Option<String>>,
) -> impl IntoView {
    let fault_id = format!("{id}-fault");
    let described = fault_id.clone();
    view! {
        <div class="knob" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="knob-label" for=id.clone()>
                {label}
            </label>
            <span class="knob-box">
                <input
                    class="knob-input"
                    id=id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || value.get()
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    aria-describedby=described
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <span class="knob-unit" aria-hidden="true">{unit}</span>
            </span>
            <span class="knob-fault" id=fault_id role="alert">
                {move || fault.get().unwrap_or_default()}
            </span>
        </div>
    }
    .into_any()
}

/// A choice among a few.
#[component]
pub fn Choice(
    /// Unique in the page.
    id: String,
    label: &'static str,
    /// Values with their words.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    value: RwSignal<String>,
    #[prop(optional, into)] fault: Signal<Option<String>>,
) -> impl IntoView {
    let fault_id = format!("{id}-fault");
    let described = fault_id.clone();
    let option = move |(word, words): (String, String)| {
        let own = word.clone();
        view! {
            <option value=word selected=move || value.with(|value| *value == own)>
                {words}
            </option>
        }
    };
    view! {
        <div class="knob" class:is-wrong=move || fault.with(Option::is_some)>
            <label class="knob-label" for=id.clone()>
                {label}
            </label>
            <select
                class="knob-input"
                id=id
                aria-describedby=described
                on:change=move |event| value.set(event_target_value(&event))
            >
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
            <span class="knob-fault" id=fault_id role="alert">
                {move || fault.get().unwrap_or_default()}
            </span>
        </div>
    }
    .into_any()
}
