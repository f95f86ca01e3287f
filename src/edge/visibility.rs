//! Whether anybody can see the page, and when that changes.

use wasm_bindgen::prelude::*;
use web_sys::Document;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the tab is hidden now.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// Tells of changes until it is dropped.
pub struct Watch {
    change: Closure<dyn Fn()>,
}

impl Watch {
    const EVENT: &str = "visibilitychange";

    /// Calls `change` with whether the tab is hidden, each time that changes.
    pub fn new(change: impl Fn(bool) + 'static) -> Self {
        let change = Closure::<dyn Fn()>::new(move || change(is_hidden()));
        if let Some(document) = document() {
            let listener = change.as_ref().unchecked_ref();
            drop(document.add_event_listener_with_callback(Self::EVENT, listener));
        }
        Self { change }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(document) = document() {
            let listener = self.change.as_ref().unchecked_ref();
            drop(document.remove_event_listener_with_callback(Self::EVENT, listener));
        }
    }
}
