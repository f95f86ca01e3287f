//! The functions that take the place of the VM's own: `native/vm`, compiled to WebAssembly that needs nothing but the VM.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{exec, place};

const CRATE: &str = "native/vm";
const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "natives";

/// The compiled functions.
pub fn compiled() -> Result<Vec<u8>> {
    let mut cargo = exec::command("cargo", &place::root());
    cargo.args(["rustc", "--quiet", "--lib", "--package", "vm-natives"]);
    cargo.args(["--target", TARGET, "--profile", PROFILE]);
    cargo.args(["--crate-type", "cdylib", "--", "--cfg", "grafted"]);
    cargo.args(["-C", "link-arg=--import-memory"]);
    exec::output(&mut cargo)?;
    let made = place::at(format!("target/{TARGET}/{PROFILE}/vm_natives.wasm"));
    fs::read(&made).with_context(|| format!("cannot read {}", made.display()))
}

/// What they are compiled from: a change of it is a change of the VM.
pub fn source() -> Result<String> {
    let mut files = vec![
        place::at("rust-toolchain.toml"),
        place::at(CRATE).join("Cargo.toml"),
    ];
    let mut sources = fs::read_dir(place::at(CRATE).join("src"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<PathBuf>>>()?;
    sources.sort();
    files.append(&mut sources);
    let mut digests = String::new();
    for file in files {
        digests += &place::digest(&fs::read(&file)?);
    }
    Ok(place::digest(digests.as_bytes()))
}
