//! Texts kept by the browser for later visits. Any of it may be gone, forbidden or written by someone
//! else: whoever reads it checks it.

use web_sys::Storage;

const PREFIX: &str = "atomvm-console.";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What is kept under a name.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps a text; whether that worked.
pub fn write(name: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&format!("{PREFIX}{name}"), text).is_ok())
}
