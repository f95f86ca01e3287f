//! The colours a person chose: kept in local storage and handed to `public/theme.js`, which wears
//! them, since it must do so before the app runs.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, Event, Storage, Window};

use crate::intent::Theme;

const KEY: &str = "atomvm-console.theme";
const CHOSEN: &str = "data-chosen";

/// What is chosen.
pub fn chosen() -> Theme {
    match root()
        .and_then(|root| root.get_attribute(CHOSEN))
        .as_deref()
    {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Puts the colours on and keeps the choice for later visits.
pub fn choose(theme: Theme) {
    let word = match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    if let Some(storage) = storage() {
        // A full or forbidden storage only means that the choice ends with the page.
        drop(storage.set_item(KEY, word));
    }
    if let (Some(root), Some(window), Ok(event)) = (root(), window(), Event::new("theme:chosen")) {
        drop(root.set_attribute(CHOSEN, word));
        drop(window.dispatch_event(&event));
    }
}

/// Tells that other colours are worn, chosen or the system's, until it is dropped.
pub struct Watch {
    window: Window,
    told: Closure<dyn Fn()>,
}

impl Watch {
    const EVENT: &str = "theme:worn";

    /// Calls `change` each time. Nothing comes back where there is no window to watch.
    pub fn new(change: impl Fn() + 'static) -> Option<Self> {
        let window = window()?;
        let told = Closure::<dyn Fn()>::new(change);
        let listener = told.as_ref().unchecked_ref();
        window
            .add_event_listener_with_callback(Self::EVENT, listener)
            .ok()?;
        Some(Self { window, told })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let listener = self.told.as_ref().unchecked_ref();
        drop(
            self.window
                .remove_event_listener_with_callback(Self::EVENT, listener),
        );
    }
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn root() -> Option<Element> {
    window()?.document()?.document_element()
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}
