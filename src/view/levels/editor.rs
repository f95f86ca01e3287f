//! The objectives, to be edited: a row for each, faults at their field, and documents in and out.

use leptos::{html, prelude::*};
use slo::{Draft, Field as Place, OVERALL};
use wasm_bindgen::JsCast;

use super::field::{Choice, Field};
use crate::intent::LevelsIntent;
use crate::state::{State, levels::Keeping};
use crate::view::{
    Post,
    icon::{Icon, Shape},
};

/// One draft while it is typed into.
#[derive(Clone, Copy)]
struct Row {
    id: u64,
    operation: RwSignal<String>,
    indicator: RwSignal<String>,
    threshold: RwSignal<String>,
    target: RwSignal<String>,
    window: RwSignal<String>,
}

const LATENCY: &str = "latency";
const AVAILABILITY: &str = "availability";

impl Row {
    fn of(id: u64, draft: Draft) -> Self {
        let indicator = if draft.is_latency {
            LATENCY
        } else {
            AVAILABILITY
        };
        Self {
            id,
            operation: RwSignal::new(draft.operation),
            indicator: RwSignal::new(indicator.to_owned()),
            threshold: RwSignal::new(draft.threshold),
            target: RwSignal::new(draft.target),
            window: RwSignal::new(draft.window),
        }
    }

    fn draft(self) -> Draft {
        Draft {
            operation: self.operation.get_untracked(),
            is_latency: self.is_latency(),
            threshold: self.threshold.get_untracked(),
            target: self.target.get_untracked(),
            window: self.window.get_untracked(),
        }
    }

    fn is_latency(self) -> bool {
        self.indicator.with(|indicator| indicator == LATENCY)
    }
}

/// The editor.
#[component]
pub fn Editor(state: State, post: Post) -> impl IntoView {
    let editing = state.levels.editing;
    let rows = RwSignal::new(Vec::<Row>::new());
    let last_id = StoredValue::new(0_u64);
    // What an effect makes goes away when it runs again, but rows are shown until they are replaced.
    let owner = StoredValue::new(Owner::current());
    let fresh = move |draft: Draft| {
        last_id.update_value(|id| *id += 1);
        let row = move || Row::of(last_id.get_value(), draft);
        owner.with_value(|owner| match owner {
            Some(owner) => owner.with(row),
            None => row(),
        })
    };
    let revision = Memo::new(move |_| editing.with(|editing| editing.revision));
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads follows nothing.
        let _revision = revision.get();
        let drafts = editing.with_untracked(|editing| editing.drafts.clone());
        rows.set(drafts.into_iter().map(fresh).collect());
    });
    let names = Memo::new(move |_| {
        let known = state.levels.now.with(|levels| {
            levels
                .rows
                .iter()
                .map(|row| row.name.clone())
                .collect::<Vec<_>>()
        });
        let all = (OVERALL.to_owned(), "all operations".to_owned());
        let each = known.into_iter().map(|name| (name.clone(), name));
        [all].into_iter().chain(each).collect::<Vec<_>>()
    });
    let add = move |_| {
        rows.update(|rows| {
            rows.push(fresh(Draft {
                operation: "call".to_owned(),
                is_latency: true,
                threshold: "10".to_owned(),
                target: "99".to_owned(),
                window: "1 h".to_owned(),
            }));
        });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let drafts = rows.with_untracked(|rows| rows.iter().map(|row| row.draft()).collect());
        post.ask(LevelsIntent::SaveObjectives(drafts));
    };
    let picker = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let Some(input) = picker.get_untracked() else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            post.ask(LevelsIntent::ImportObjectives(file));
        }
        // So that the same file can be picked again.
        input
            .unchecked_ref::<web_sys::HtmlInputElement>()
            .set_value("");
    };
    let whole = move || {
        editing.with(|editing| {
            let words = editing.faults.iter().filter(|fault| fault.at.is_none());
            words
                .map(|fault| fault.words.clone())
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    let kept = move || match state.levels.keeping.get() {
        Keeping::Asking => String::new(),
        Keeping::Here => "The windows are kept in this browser and survive a reload.".to_owned(),
        Keeping::Not(why) => format!("The windows end with this page: {why}."),
    };
    view! {
        <section class="panel objectives-panel" aria-labelledby="editor-title">
            <form class="objectives" novalidate on:submit=save>
                <div class="panel-head objectives-head">
                    <h2 class="panel-title" id="editor-title">"Objectives"</h2>
                    <p class="panel-note">"what is promised, and over how long"</p>
                    <button type="button" class="button is-plain" on:click=add>
                        <Icon shape=Shape::Plus />
                        "Add"
                    </button>
                    <button
                        type="button"
                        class="button is-plain"
                        on:click=move |_| post.ask(LevelsIntent::DefaultObjectives)
                    >
                        "Defaults"
                    </button>
                    <label class="button is-plain objectives-import">
                        <Icon shape=Shape::File />
                        "Import"
                        <input
                            class="unseen"
                            type="file"
                            accept=".yaml,.yml,.json"
                            data-testid="import-objectives"
                            node_ref=picker
                            on:change=picked
                        />
                    </label>
                    <button
                        type="button"
                        class="button is-plain"
                        data-testid="export-objectives"
                        on:click=move |_| post.ask(LevelsIntent::ExportObjectives)
                    >
                        <Icon shape=Shape::Save />
                        "OpenSLO"
                    </button>
                    <button type="submit" class="button is-strong">"Save"</button>
                </div>
                <p class="objectives-note" role="status" data-testid="objectives-note">
                    {move || editing.with(|editing| editing.note.clone())}
                    " "
                    {whole}
                </p>
                <ul class="objectives-list">
                    <For
                        each=move || rows.get()
                        key=|row: &Row| row.id
                        children=move |row| view! { <Line state row rows names /> }
                    />
                </ul>
                <p class="objectives-kept">{kept}</p>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Line(
    state: State,
    row: Row,
    rows: RwSignal<Vec<Row>>,
    names: Memo<Vec<(String, String)>>,
) -> impl IntoView {
    let editing = state.levels.editing;
    let fault = move |place: Place| {
        Signal::derive(move || {
            let at = rows.with(|rows| rows.iter().position(|other| other.id == row.id))?;
            editing.with(|editing| {
                let found = editing
                    .faults
                    .iter()
                    .find(|fault| fault.at == Some((at, place)));
                found.map(|fault| fault.words.clone())
            })
        })
    };
    // A name that is not known yet, from an import, is a choice as well.
    let options = Signal::derive(move || {
        let mut options = names.get();
        let own = row.operation.get();
        if options.iter().all(|(name, _)| *name != own) {
            options.push((own.clone(), own));
        }
        options
    });
    let indicators = [(LATENCY, "latency"), (AVAILABILITY, "availability")]
        .map(|(word, words)| (word.to_owned(), words.to_owned()))
        .to_vec();
    let id = move |part: &str| format!("objective-{}-{part}", row.id);
    view! {
        <li class="objective" data-testid="objective">
            <Choice id=id("operation") label="Operation" options value=row.operation fault=fault(Place::Operation) />
            <Choice id=id("indicator") label="Of its answers" options=indicators value=row.indicator />
            <Field id=id("target") label="Target" unit="%" value=row.target fault=fault(Place::Target) />
            <div class="objective-limit" class:is-off=move || !row.is_latency()>
                <Field id=id("threshold") label="Within" unit="ms" value=row.threshold fault=fault(Place::Threshold) />
            </div>
            <Field id=id("window") label="Over" value=row.window fault=fault(Place::Window) />
            <button
                type="button"
                class="button is-plain is-icon"
                aria-label="Remove this objective"
                title="Remove this objective"
                on:click=move |_| rows.update(|rows| rows.retain(|other| other.id != row.id))
            >
                <Icon shape=Shape::Close />
            </button>
        </li>
    }
    .into_any()
}
