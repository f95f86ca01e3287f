//! The fragment of the page's address, where shared programs travel.

use wasm_bindgen::prelude::*;
use web_sys::Window;

/// What stands behind the `#`, with it; empty if there is none.
pub fn read() -> String {
    let fragment = web_sys::window().and_then(|window| window.location().hash().ok());
    fragment.unwrap_or_default()
}

/// The page's address with another fragment and no parameters.
pub fn address(fragment: &str) -> String {
    let Some(window) = web_sys::window() else {
        return String::new();
    };
    let location = window.location();
    let origin = location.origin().unwrap_or_default();
    let path = location.pathname().unwrap_or_default();
    format!("{origin}{path}#{fragment}")
}

/// Tells that the fragment is another one, until it is dropped.
pub struct Watch {
    window: Window,
    changed: Closure<dyn Fn()>,
}

impl Watch {
    /// Calls `change` each time. Nothing comes back where there is no window to watch.
    pub fn new(change: impl Fn() + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        let changed = Closure::<dyn Fn()>::new(change);
        let listener = changed.as_ref().unchecked_ref();
        window
            .add_event_listener_with_callback("hashchange", listener)
            .ok()?;
        Some(Self { window, changed })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let listener = self.changed.as_ref().unchecked_ref();
        drop(
            self.window
                .remove_event_listener_with_callback("hashchange", listener),
        );
    }
}
