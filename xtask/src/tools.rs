//! The programs that the project builds with: found in a fitting version, or installed once into the
//! per-user cache. Everything here may be run twice.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step::{already, step};
use crate::{exec, host, place};

/// The oldest Node that the JavaScript tools run on.
const NODE_MAJOR: u32 = 20;
/// Builds and serves the site. 0.21.14 is the newest release that Rust 1.95 compiles.
const TRUNK: &str = "0.21.14";
/// Measures line coverage.
const LLVM_COV: &str = "0.6.21";

/// A program that cargo installs.
struct Crate {
    name: &'static str,
    executable: &'static str,
    version: String,
    /// Whether the crate's own lock file is used; wasm-bindgen-cli's does not resolve.
    locked: bool,
}

/// Where the tools of a build are.
pub struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    /// A command that finds our tools before any other of the same name.
    pub fn command(&self, program: &str, folder: &Path) -> Result<Command> {
        let mut command = exec::command(program, folder);
        command.env("PATH", self.path()?);
        Ok(command)
    }

    /// The PATH with our tools first.
    fn path(&self) -> Result<OsString> {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let folders = self
            .folders
            .iter()
            .cloned()
            .chain(std::env::split_paths(&inherited));
        std::env::join_paths(folders).context("a tool's folder has a colon in its name")
    }
}

/// Makes sure of everything that building the site needs.
pub fn for_build() -> Result<Tools> {
    for_vm()?;
    let folders = vec![
        cargo_tool(&Crate {
            name: "wasm-bindgen-cli",
            executable: "wasm-bindgen",
            version: locked_version("wasm-bindgen")?,
            locked: false,
        })?,
        cargo_tool(&Crate {
            name: "trunk",
            executable: "trunk",
            version: TRUNK.to_owned(),
            locked: true,
        })?,
        place::at("node_modules/.bin"),
    ];
    Ok(Tools { folders })
}

/// Makes sure of Node and its packages alone, where the VM and its optimiser come from.
pub fn for_vm() -> Result<()> {
    node()?;
    node_packages()
}

/// The folder of `cargo-llvm-cov`.
pub fn for_coverage() -> Result<Tools> {
    let folder = cargo_tool(&Crate {
        name: "cargo-llvm-cov",
        executable: "cargo-llvm-cov",
        version: LLVM_COV.to_owned(),
        locked: true,
    })?;
    Ok(Tools {
        folders: vec![folder],
    })
}

/// Makes sure of Node.
fn node() -> Result<()> {
    let hint = "get Node 20 or later from nodejs.org or your system's packages";
    let Ok(printed) = exec::output(Command::new("node").arg("--version")) else {
        bail!("Node is missing; {hint}");
    };
    let printed = String::from_utf8_lossy(&printed).trim().to_owned();
    match major(&printed) {
        Some(version) if version >= NODE_MAJOR => Ok(()),
        _ => bail!("Node {printed} is too old; {hint}"),
    }
}

fn major(version: &str) -> Option<u32> {
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Installs exactly what package-lock.json names, unless that is what is there.
fn node_packages() -> Result<()> {
    let name = "npm packages of package-lock.json";
    let stamp = place::at("node_modules/.lock-digest");
    let digest = place::digest(&fs::read(place::at("package-lock.json"))?);
    if fs::read_to_string(&stamp).is_ok_and(|old| old == digest) {
        already(name);
        return Ok(());
    }
    step(name, || {
        let mut npm = exec::command("npm", &place::root());
        exec::output(npm.args(["ci", "--no-audit", "--no-fund"]))?;
        fs::write(&stamp, &digest)?;
        Ok(())
    })
}

/// The version of a package in Cargo.lock: the command line tool must be of the same.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(place::at("Cargo.lock"))?;
    let head = format!("name = \"{package}\"\nversion = \"");
    let from = lock
        .find(&head)
        .with_context(|| format!("{package} is not in Cargo.lock"))?;
    let rest = &lock[from + head.len()..];
    let end = rest.find('"').context("Cargo.lock is cut off")?;
    Ok(rest[..end].to_owned())
}

/// Finds a tool in the version asked for on the PATH or in the cache, or compiles it. Returns its folder.
fn cargo_tool(tool: &Crate) -> Result<PathBuf> {
    let name = format!("{} {}", tool.executable, tool.version);
    if let Some(path) = host::on_path(tool.executable)
        && is_version(&path, &tool.version)
        && let Some(folder) = path.parent()
    {
        already(&name);
        return Ok(folder.to_owned());
    }
    let home = place::cached(format!("tools/{}-{}", tool.executable, tool.version))?;
    let folder = home.join("bin");
    if is_version(&folder.join(tool.executable), &tool.version) {
        already(&name);
        return Ok(folder);
    }
    step(
        &format!("compile {name} (some minutes, once for each user)"),
        || {
            let mut cargo = exec::command("cargo", &home);
            cargo.args([
                "install",
                "--quiet",
                tool.name,
                "--version",
                &tool.version,
                "--root",
            ]);
            cargo
                .arg(&home)
                .env("CARGO_TARGET_DIR", place::cached("tools/target")?);
            if tool.locked {
                cargo.arg("--locked");
            }
            exec::run(&mut cargo)
        },
    )?;
    Ok(folder)
}

fn is_version(executable: &Path, version: &str) -> bool {
    let mut command = Command::new(executable);
    // Cargo's own subcommands expect their name as the first word.
    if executable
        .file_name()
        .is_some_and(|name| name == "cargo-llvm-cov")
    {
        command.arg("llvm-cov");
    }
    let Ok(printed) = exec::output(command.arg("--version")) else {
        return false;
    };
    String::from_utf8_lossy(&printed)
        .split_whitespace()
        .any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version_of_wasm_bindgen() {
        let version = locked_version("wasm-bindgen").expect("in Cargo.lock");
        assert_eq!(version.split('.').count(), 3, "{version}");
        assert!(locked_version("no-such-package").is_err());
    }

    #[test]
    fn node_says_its_version_with_a_v() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("oops"), None);
    }
}
