//! The app: everything that may touch the browser. Pure parts live under `crates/`.

pub mod intent;
pub mod state;
