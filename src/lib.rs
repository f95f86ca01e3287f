//! The app: everything that may touch the browser. Pure parts live under `crates/`.

pub mod api;
pub mod driver;
pub mod edge;
pub mod intent;
pub mod state;
pub mod view;
pub mod worker;

/// The build that page and worker must both be of.
pub const BUILD: &str = match option_env!("ATOMVM_CONSOLE_BUILD") {
    Some(build) => build,
    None => "development",
};
