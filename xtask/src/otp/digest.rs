//! SHA-256 in hex, for files in the lock and for names in the cache.

use sha2::{Digest, Sha256};

/// The digest of some bytes as 64 hex digits.
pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
