//! Where things are: the checkout, `target/`, and the per-user cache that a second clone shares.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root of the checkout.
pub fn root() -> PathBuf {
    // `xtask/` is one level below the workspace root, by the layout of this repository.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A path inside the checkout.
pub fn at(relative: impl AsRef<Path>) -> PathBuf {
    root().join(relative)
}

/// Files that a build makes and Trunk copies into the site; wiped freely.
pub fn staged_site() -> PathBuf {
    at("target/site")
}

/// What a build knows of the staged files and writes into the page.
pub fn staged_data() -> PathBuf {
    at("target/site-data")
}

/// The per-user cache: tools and derived files, each under its version or digest.
/// `ATOMVM_CONSOLE_CACHE` names another place.
pub fn cache() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("ATOMVM_CONSOLE_CACHE") {
        return Ok(PathBuf::from(chosen));
    }
    let base = match env::var_os("XDG_CACHE_HOME") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(base.join("atomvm-console"))
}

/// A place in the cache, made if it is not there.
pub fn cached(relative: impl AsRef<Path>) -> Result<PathBuf> {
    let path = cache()?.join(relative);
    std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}

/// SHA-256 in hex.
pub fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
