//! The optimiser: `wasm-opt -O3` of the locked Binaryen, which takes minutes on the interpreter.

use std::fs;
use std::process;

use anyhow::{Context, Result};

use super::{Names, Outcome};
use crate::{exec, place};

/// What the VM's code uses beyond the first version of wasm, and the optimiser may use too.
const FEATURES: [&str; 7] = [
    "--enable-threads",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
];

/// Unlimited inlining would put the interpreter back into the loop that calls it.
const OPTIONS: [&str; 2] = ["-O3", "--one-caller-inline-max-function-size=2000"];

/// Optimises a module. What comes out is kept in the cache under the digest of what went in, so that
/// only a change of the code before the optimiser makes it run again.
pub fn optimise(wasm: &[u8], names: Names) -> Result<(Vec<u8>, Outcome)> {
    let mut command = exec::command(place::at("node_modules/.bin/wasm-opt"), &place::root());
    command.args(FEATURES).args(OPTIONS);
    if names == Names::Kept {
        command.arg("-g");
    }
    let key = format!(
        "{:?} {} {}",
        command.get_args(),
        version()?,
        place::digest(wasm)
    );
    let after = place::cached("wasm-opt")?.join(format!("{}.wasm", place::digest(key.as_bytes())));
    if !after.exists() {
        let unfinished = after.with_extension(format!("{}.tmp", process::id()));
        let before = after.with_extension(format!("{}.in", process::id()));
        fs::write(&before, wasm).with_context(|| format!("cannot write {}", before.display()))?;
        exec::run(command.arg(&before).arg("-o").arg(&unfinished))?;
        fs::remove_file(before)?;
        fs::rename(unfinished, &after)?;
    }
    let optimised = fs::read(&after)?;
    let sizes = format!("{} bytes became {}", wasm.len(), optimised.len());
    Ok((optimised, Outcome::Done(sizes)))
}

/// The locked Binaryen's version.
fn version() -> Result<String> {
    let manifest = fs::read(place::at("node_modules/binaryen/package.json"))
        .context("the npm packages are not there: `npm ci`")?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    Ok(manifest["version"].to_string())
}
