//! The site's headers, read from their one list. Every other place that writes them is checked against it
//! by the tests of `crates/boot`.

use std::fs;

use anyhow::Result;
use serde::Deserialize;

use crate::place;

/// The list in `deploy/headers.json`.
#[derive(Deserialize)]
pub struct Headers {
    /// The policy as a page can state it itself: without what only a header may say.
    meta_csp: String,
}

/// Reads the list.
pub fn read() -> Result<Headers> {
    Ok(serde_json::from_slice(&fs::read(place::at(
        "deploy/headers.json",
    ))?)?)
}

impl Headers {
    /// The policy for the page's meta tag.
    pub fn page_policy(&self) -> &str {
        &self.meta_csp
    }
}
