//! The project's commands. Each says what it does, does all the set-up it needs, and may be run twice.

mod exec;
mod otp;
mod place;
mod step;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// AtomVM Console's commands.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the Erlang/OTP packs.
    Otp(otp::Options),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Otp(options) => otp::main(&options),
    }
}
