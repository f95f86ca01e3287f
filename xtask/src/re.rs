//! The engine behind OTP's `re`: OTP's own PCRE and `native/re/engine.c` as WebAssembly, compiled once by the clang of the
//! locked npm package and kept in the per-user cache under the digest of what it is made of.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::step::{already, step};
use crate::{exec, otp, place};

/// What it is made of beside OTP's source.
const RECIPE: [&str; 3] = [
    "native/re/engine.c",
    "native/re/build.mjs",
    "xtask/otp-source.lock.json",
];

/// The file, made if it is not in the cache.
pub fn prepare() -> Result<PathBuf> {
    let mut inputs = String::new();
    for file in RECIPE {
        inputs += &place::digest(&fs::read(place::at(file))?);
    }
    let clang = place::at("node_modules/@yowasp/clang/package.json");
    inputs += &place::digest(
        &fs::read(&clang).with_context(|| format!("cannot read {}", clang.display()))?,
    );
    let folder = place::cached("re")?;
    let made = folder.join(format!(
        "re-{}.wasm",
        &place::digest(inputs.as_bytes())[..16]
    ));
    if made.exists() {
        already("regular expression engine");
        return Ok(made);
    }
    let source = otp::source::unpacked()?.join("erts/emulator/pcre");
    step("compile the regular expression engine", || {
        let scratch = folder.join(format!("{}.wasm", std::process::id()));
        let mut node = exec::command("node", &place::root());
        exec::output(node.arg("native/re/build.mjs").arg(&source).arg(&scratch))?;
        fs::rename(&scratch, &made).context("cannot move the engine to its place")
    })?;
    Ok(made)
}
