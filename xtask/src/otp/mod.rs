//! Erlang/OTP for the browser: finds or fetches a host OTP and turns its modules and our overlays into packs.

mod debian;
mod digest;
mod lock;
mod toolchain;

use anyhow::Result;
use clap::Args;

pub use toolchain::{Toolchain, prepare};

/// Options of `cargo xtask otp`.
#[derive(Args)]
pub struct Options {
    /// Print where the host's `erl`, `erlc` and libraries are, as shell assignments, and stop.
    #[arg(long)]
    print_env: bool,
}

/// `cargo xtask otp`.
pub fn main(options: &Options) -> Result<()> {
    let toolchain = prepare()?;
    if options.print_env {
        println!("ERL={}", toolchain.erl.display());
        println!("ERLC={}", toolchain.erlc.display());
        println!("ERL_LIBS_DIR={}", toolchain.lib.display());
    }
    Ok(())
}
