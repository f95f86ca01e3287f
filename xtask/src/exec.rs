//! Runs other programs: inherits their output, and turns a failure into an error that names the command.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Shows a command as a person would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command to its end, its output going to ours.
pub fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !status.success() {
        bail!("`{name}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and returns what it wrote to stdout; its stderr is part of the error when it fails.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let name = shown(command);
    let out = command
        .output()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !out.status.success() {
        bail!(
            "`{name}` ended with {}\n{}",
            out.status,
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(out.stdout)
}

/// A command that runs in a folder.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}
