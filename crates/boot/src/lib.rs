//! What must be decided before the VM runs: isolation, assets and their digests, boot phases. No browser.

pub mod assets;
pub mod isolation;
pub mod phase;
