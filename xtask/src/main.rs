//! The project's commands. Each says what it does, does all the set-up it needs, and may be run twice.

mod bench;
mod bundle;
mod check;
mod conformance;
mod examples;
mod exec;
mod finish;
mod headers;
mod host;
mod lean;
mod natives;
mod otp;
mod place;
mod re;
mod serve;
mod site;
mod step;
mod tidy;
mod tools;
mod vm;

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
    /// Install or find everything that building the site needs.
    Setup,
    /// Build the deployable site in `dist/`.
    Build(site::Options),
    /// Build the console and serve it at http://127.0.0.1:8080.
    Serve(serve::Options),
    /// Run every test: Rust, Erlang, browser.
    Test(check::Options),
    /// Measure every figure that the README states.
    Bench(bench::Options),
    /// Trunk's post-build hook.
    #[command(hide = true)]
    FinishSite,
    /// Make the lean VM and say where it is.
    Vm(vm::Options),
    /// Build the Erlang/OTP packs.
    Otp(otp::Options),
    /// Run the Erlang tests on the host's OTP and in the VM, and compare what they say.
    ErlangTest,
    /// Run OTP's own test suites on OTP and in the VM, and compare.
    Conformance(conformance::Options),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Setup => tools::for_build().map(drop),
        Command::Build(options) => site::build(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => check::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::FinishSite => finish::run(),
        Command::Vm(options) => vm::main(&options),
        Command::Otp(options) => otp::main(&options),
        Command::ErlangTest => otp::test(),
        Command::Conformance(options) => conformance::main(&options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_parsed() {
        Arguments::command().debug_assert();
    }
}
