//! What the page was served with and asked for: the manifest in it, its address, its settings.

use web_sys::{UrlSearchParams, Window};

const MEMORY_KEY: &str = "atomvm-console.memory_mb";
const SCREEN_READER_KEY: &str = "atomvm-console.screen_reader";

fn window() -> Option<Window> {
    web_sys::window()
}

/// The text of the data block with this id.
pub fn data_block(id: &str) -> Option<String> {
    window()?.document()?.get_element_by_id(id)?.text_content()
}

/// The absolute form of an address relative to the site's root.
pub fn absolute(url: &str) -> String {
    let base = window()
        .and_then(|window| window.document()?.base_uri().ok().flatten())
        .unwrap_or_default();
    web_sys::Url::new_with_base(url, &base).map_or_else(|_| url.to_owned(), |url| url.href())
}

/// A parameter of the page's address.
pub fn parameter(name: &str) -> Option<String> {
    let query = window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&query).ok()?.get(name)
}

/// Megabytes of memory that a person set for the VM, as written: `?memory=` or the kept setting.
pub fn memory_mb() -> Option<String> {
    parameter("memory").or_else(|| kept(MEMORY_KEY))
}

/// Whether a person wants the terminal read aloud.
pub fn wants_screen_reader() -> bool {
    kept(SCREEN_READER_KEY).as_deref() == Some("on")
}

fn kept(key: &str) -> Option<String> {
    window()?.local_storage().ok()??.get_item(key).ok()?
}
