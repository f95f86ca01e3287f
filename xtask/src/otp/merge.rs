//! Runs the Erlang half of the build on the host: OTP's modules and overlays in, modules for AtomVM out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avm::vm::Natives;

use super::modules::Source;
use super::toolchain::Toolchain;
use crate::{exec, place};

/// The Erlang module that does the work, and those that it shares with the compiler in the VM.
const PROGRAM: [&str; 5] = [
    "xtask/src/otp/erlang/otp_merge.erl",
    "erlang/otp/compiler/compile_bits.erl",
    "erlang/otp/compiler/compile_calls.erl",
    "erlang/otp/compiler/compile_catch.erl",
    "erlang/otp/compiler/compile_missing.erl",
];

/// A digest of that program's sources: what it made of other sources depends on them.
pub fn program_digest() -> Result<String> {
    let digest = |source: &&str| -> Result<String> {
        let file = place::at(source);
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(place::digest(&bytes))
    };
    let digests: Vec<String> = PROGRAM.iter().map(digest).collect::<Result<_>>()?;
    Ok(place::digest(digests.join("\n").as_bytes()))
}

/// Writes `work/out/NAME.beam` for each module. Sources may include files of the folders `includes`.
pub fn merge(
    toolchain: &Toolchain,
    modules: &BTreeMap<String, Source>,
    natives: &Natives,
    includes: &[PathBuf],
    work: &Path,
) -> Result<()> {
    let out = work.join("out");
    fs::create_dir_all(&out)?;
    exec::run(
        exec::command(&toolchain.erlc, work)
            .arg("-o")
            .arg(work)
            .args(PROGRAM.map(place::at)),
    )?;
    let names: String = natives
        .iter()
        .fold(String::new(), |mut text, (function, _)| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{function}");
            text
        });
    fs::write(work.join("natives"), names)?;
    let mut plan = format!(
        "{{natives, {}}}.\n{{out, {}}}.\n",
        quoted(&work.join("natives")),
        quoted(&out)
    );
    for folder in includes {
        plan += &format!("{{include, {}}}.\n", quoted(folder));
    }
    for (name, source) in modules {
        let path = |path: &Option<_>| path.as_deref().map_or("none".to_owned(), quoted);
        plan += &format!(
            "{{module, '{name}', {}, {}}}.\n",
            path(&source.base),
            path(&source.overlay)
        );
    }
    fs::write(work.join("plan"), plan)?;
    let mut erl = toolchain.erl();
    erl.arg("-pa")
        .arg(work)
        .args(["-run", "otp_merge", "main"])
        .arg(work.join("plan"));
    exec::run(&mut erl)?;
    let missing: Vec<_> = modules
        .keys()
        .filter(|name| !out.join(format!("{name}.beam")).exists())
        .collect();
    if !missing.is_empty() {
        bail!("no module came out for {missing:?}");
    }
    Ok(())
}

/// A path as an Erlang string.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
