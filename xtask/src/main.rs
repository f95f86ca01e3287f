//! The project's commands. Each says what it does, does all the set-up it needs, and may be run twice.

mod exec;
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
enum Command {}

fn main() -> Result<()> {
    match Arguments::parse().command {}
}
