//! Says what is being done and how long it took: one line a step, on stderr.
//! Knows nothing of what the steps are.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs one named step, prints its name when it starts and its time when it ends.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("  → {name}");
    let start = Instant::now();
    let value = work().with_context(|| format!("step failed: {name}"))?;
    eprintln!("  ✓ {name} ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(value)
}

/// A step that was already done in an earlier run.
pub fn already(name: &str) {
    eprintln!("  ✓ {name} (already there)");
}
