//! The optimiser: `wasm-opt -O3` of the locked Binaryen, which takes minutes on the interpreter.

use std::fs;
use std::path::Path;

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

/// Optimises a module; `scratch` is a folder for what lies between.
pub fn optimise(wasm: &[u8], names: Names, scratch: &Path) -> Result<(Vec<u8>, Outcome)> {
    let (before, after) = (scratch.join("before.wasm"), scratch.join("after.wasm"));
    fs::write(&before, wasm).with_context(|| format!("cannot write {}", before.display()))?;
    let mut command = exec::command(place::at("node_modules/.bin/wasm-opt"), &place::root());
    command.args(FEATURES).arg("-O3");
    // Unlimited, it would put the interpreter back into the loop that calls it.
    command.arg("--one-caller-inline-max-function-size=2000");
    if names == Names::Kept {
        command.arg("-g");
    }
    exec::run(command.arg(&before).arg("-o").arg(&after))?;
    let optimised = fs::read(&after)?;
    fs::remove_file(before)?;
    fs::remove_file(after)?;
    let sizes = format!("{} bytes became {}", wasm.len(), optimised.len());
    Ok((optimised, Outcome::Done(sizes)))
}
