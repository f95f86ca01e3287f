//! `otp.lock.json`: which Debian packages the private Erlang/OTP is made of, with their digests.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::place;

/// The lock file as it is written.
#[derive(Debug, Deserialize)]
pub struct Lock {
    /// Debian's code name of the release the packages come from.
    pub suite: String,
    /// The packages, libraries that Erlang links against included.
    pub packages: Vec<Package>,
    /// The file as text: its digest names the unpacked copy.
    #[serde(skip)]
    pub text: String,
}

/// One package.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Debian's name of it.
    pub name: String,
    /// Debian's version of it, epoch included.
    pub version: String,
    /// SHA-256 of the archive, by Debian's name of the machine architecture.
    pub sha256: BTreeMap<String, String>,
}

impl Lock {
    /// Reads the lock file of this checkout.
    pub fn read() -> Result<Self> {
        let path = place::at("xtask/otp.lock.json");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let mut lock: Self = serde_json::from_str(&text)
            .with_context(|| format!("cannot read {}", path.display()))?;
        lock.text = text;
        Ok(lock)
    }
}
