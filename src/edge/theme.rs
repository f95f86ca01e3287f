//! The colours a person chose: kept in local storage, worn by the page's root element.
//! `public/theme.js` keeps the same key and attribute, since it must come before the first paint.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{MediaQueryList, Storage, Window};

use crate::state::Theme;

const KEY: &str = "atomvm-console.theme";
const QUERY: &str = "(prefers-color-scheme: dark)";

/// What was chosen before; the system's colours if nothing was, or if nothing is kept here.
pub fn chosen() -> Theme {
    let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    match kept.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Keeps the choice and puts its colours on.
pub fn choose(theme: Theme) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only means that the choice ends with the page.
        drop(match theme {
            Theme::System => storage.remove_item(KEY),
            Theme::Light => storage.set_item(KEY, "light"),
            Theme::Dark => storage.set_item(KEY, "dark"),
        });
    }
    let is_dark = match theme {
        Theme::System => system().is_some_and(|system| system.matches()),
        Theme::Light => false,
        Theme::Dark => true,
    };
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root {
        drop(root.set_attribute("data-theme", if is_dark { "dark" } else { "light" }));
    }
}

/// Tells of changes of the system's colours until it is dropped.
pub struct Watch {
    system: MediaQueryList,
    told: Closure<dyn Fn()>,
}

impl Watch {
    /// Calls `change` after the page has put the system's new colours on.
    pub fn new(change: impl Fn() + 'static) -> Option<Self> {
        let system = system()?;
        let told = Closure::<dyn Fn()>::new(change);
        // theme.js listened first, so it has done its work when this is called.
        system.add_event_listener_with_callback("change", told.as_ref().unchecked_ref()).ok()?;
        Some(Self { system, told })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let told = self.told.as_ref().unchecked_ref();
        drop(self.system.remove_event_listener_with_callback("change", told));
    }
}

fn system() -> Option<MediaQueryList> {
    web_sys::window()?.match_media(QUERY).ok().flatten()
}

fn storage() -> Option<Storage> {
    web_sys::window().and_then(|window: Window| window.local_storage().ok().flatten())
}
