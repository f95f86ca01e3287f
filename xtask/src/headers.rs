//! The site's headers, read from their one list. Every other place that writes them is checked against it.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use serde::Deserialize;

use crate::place;

/// The list in `deploy/headers.json`.
#[derive(Deserialize)]
pub struct Headers {
    /// Sent with every page and worker.
    security: BTreeMap<String, String>,
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

    /// The names and values that a file does not hold.
    #[cfg(test)]
    fn missing_in(&self, text: &str) -> Vec<&str> {
        let is_there = |name: &str, value: &str| text.contains(name) && text.contains(value);
        let missing = self
            .security
            .iter()
            .filter(|(name, value)| !is_there(name, value));
        missing.map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever writes the headers by hand, since the format leaves no choice.
    const WRITTEN_IN: [&str; 3] = ["sw/sw.js", "Trunk.toml", "deploy/nginx/headers.conf"];

    #[test]
    fn headers_agree_everywhere_they_are_written() {
        let headers = read().expect("the list");
        for place in WRITTEN_IN {
            let text = fs::read_to_string(place::at(place)).expect(place);
            assert_eq!(headers.missing_in(&text), Vec::<&str>::new(), "{place}");
        }
    }

    #[test]
    fn the_policy_of_the_page_is_the_header_without_frame_ancestors() {
        let headers = read().expect("the list");
        let header = &headers.security["Content-Security-Policy"];
        let kept: Vec<_> = header
            .split("; ")
            .filter(|part| !part.starts_with("frame-ancestors"))
            .collect();
        assert_eq!(headers.meta_csp, kept.join("; "));
    }
}
