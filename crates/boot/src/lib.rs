//! What must be decided before the VM runs: isolation, and whether what was fetched may be used. No browser.

pub mod assets;
pub mod isolation;
