//! Messages as text, a line each; lines of one task travel together. Bytes never enter the text: a
//! message that has them travels alone, as `[text, ArrayBuffer]`. Calls have no text at all, see
//! [`crate::Request::Call`].

use serde::{Serialize, de::DeserializeOwned};

/// A text that is no message of this protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// Where and why, as the parser puts it.
    pub reason: String,
}

impl std::fmt::Display for Undecodable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no message of this protocol: {}", self.reason)
    }
}

impl std::error::Error for Undecodable {}

/// The text of a message. It holds no line break, since JSON writes those as escapes.
#[expect(
    clippy::expect_used,
    reason = "writing to memory cannot fail, and no message holds a map whose keys are not text"
)]
pub fn encode<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages are plain data")
}

/// The message that a text holds.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Undecodable> {
    serde_json::from_str(text).map_err(|error| Undecodable {
        reason: error.to_string(),
    })
}
