//! A SHA-256 as the manifest writes it and as the browser wants it. Computes none: the browser does.

use std::fmt;

use serde::Deserialize;

use super::ManifestError;
use super::manifest::shortened;

/// A SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest computed elsewhere.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, ManifestError> {
        read_hex(text.as_bytes())
            .map(Digest)
            .ok_or_else(|| ManifestError::Digest(shortened(text)))
    }

    /// The value of an `integrity` attribute or fetch option.
    pub fn integrity(self) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::from("sha256-");
        for group in self.0.chunks(3) {
            let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for place in 0..4 {
                let is_padding = place > group.len();
                let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
                text.push(if is_padding { '=' } else { char::from(letter) });
            }
        }
        text
    }
}

fn read_hex(text: &[u8]) -> Option<[u8; 32]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_chunks::<2>() else {
        return None;
    };
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect();
    bytes?.try_into().ok()
}

impl TryFrom<String> for Digest {
    type Error = ManifestError;

    fn try_from(text: String) -> Result<Self, ManifestError> {
        Digest::from_hex(&text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
