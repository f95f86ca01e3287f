//! Erlang/OTP for the browser: finds or fetches a host OTP and turns its modules and our overlays into packs.

mod apt;
mod check;
mod debian;
mod lock;
pub mod merge;
pub mod modules;
mod packs;
pub mod source;
pub mod toolchain;
mod veil;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::step::{already, step};
use crate::{place, vm};
pub use check::main as test;
use modules::Source;
pub use packs::PackFile;
pub use toolchain::{Toolchain, prepare};

/// Options of `cargo xtask otp`.
#[derive(Args)]
pub struct Options {
    /// Copy the packs, the VM that fits them and the list of its natives here.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A folder with another AtomVM.mjs and AtomVM.wasm of the same shape.
    #[arg(long, value_name = "DIR")]
    vm: Option<PathBuf>,
    /// Print where the host's `erl`, `erlc` and libraries are, as shell assignments, and stop.
    #[arg(long)]
    print_env: bool,
}

/// What a site needs of OTP.
pub struct Staged {
    /// The VM with some natives veiled: the one that the packs are made for.
    pub wasm: PathBuf,
    /// Its natives, a line for each: what files from outside are checked against.
    pub natives: PathBuf,
    /// The packs in the order they are loaded.
    pub packs: Vec<PackFile>,
}

/// `cargo xtask otp`.
pub fn main(options: &Options) -> Result<()> {
    if options.print_env {
        let toolchain = prepare()?;
        println!("ERL={}", toolchain.erl.display());
        println!("ERLC={}", toolchain.erlc.display());
        println!("ERL_LIBS_DIR={}", toolchain.lib.display());
        return Ok(());
    }
    let vm = vm::prepare(options.vm.as_deref())?;
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| place::at("target/otp"));
    let staged = stage(&vm.wasm, &out)?;
    fs::copy(&vm.glue, out.join("AtomVM.mjs"))?;
    for pack in &staged.packs {
        println!("{} {} {}", pack.name, pack.phase, pack.path.display());
    }
    println!(
        "vm {}\nnatives {}",
        staged.wasm.display(),
        staged.natives.display()
    );
    Ok(())
}

/// Makes the packs for a VM, its veiled form and the list of its natives, and puts them in `out`.
/// What an earlier run made of the same inputs comes from the per-user cache.
pub fn stage(vm_wasm: &Path, out: &Path) -> Result<Staged> {
    let toolchain = prepare()?;
    let wasm = fs::read(vm_wasm).with_context(|| format!("cannot read {}", vm_wasm.display()))?;
    let modules = modules::all(&toolchain)?;
    let inputs = inputs(&wasm, &modules)?;
    let made = place::cached("packs")?.join(&inputs[..16]);
    if made.exists() {
        already("OTP packs in the cache");
    } else {
        step("build the OTP packs", || {
            make(&toolchain, &wasm, &modules, &made)
        })?;
    }
    copy(&made, out)
}

/// Builds everything beside its final place and moves it there at the end.
fn make(
    toolchain: &Toolchain,
    wasm: &[u8],
    modules: &BTreeMap<String, Source>,
    made: &Path,
) -> Result<()> {
    let work = place::cached(format!("packs/making-{}", std::process::id()))?;
    let done = work.join("done");
    fs::create_dir_all(&done)?;
    let veiled = veil::veil(wasm)?;
    let natives = avm::vm::natives_in(&veiled)?;
    step("merge OTP with the overlays", || {
        merge::merge(toolchain, modules, &natives, &[], &work)
    })?;
    step("check and pack", || {
        packs::write(modules, &natives, &work.join("out"), &done)
    })?;
    fs::write(done.join("AtomVM.wasm"), veiled)?;
    fs::write(done.join("natives.txt"), natives.to_string())?;
    match fs::rename(&done, made) {
        // Another run was faster: its packs are the same.
        Err(_) if made.exists() => {}
        other => other.context("cannot move the packs to their place")?,
    }
    fs::remove_dir_all(&work).context("cannot remove the work folder")
}

/// Copies what was made to the place where the caller wants it.
fn copy(made: &Path, out: &Path) -> Result<Staged> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut names: Vec<_> = made
        .read_dir()?
        .map(|entry| entry.map(|e| e.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort();
    // Packs of an earlier build have other digests in their names.
    for entry in out.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "avm") {
            fs::remove_file(path)?;
        }
    }
    for name in &names {
        fs::copy(made.join(name), out.join(name))?;
    }
    let packs = modules::Pack::ALL.into_iter().map(|pack| {
        let prefix = format!("{}-", pack.name());
        let file = names
            .iter()
            .find(|name| name.to_string_lossy().starts_with(&prefix));
        let path = out.join(file.with_context(|| format!("no pack {}", pack.name()))?);
        Ok(PackFile {
            name: pack.name().into(),
            phase: pack.phase().into(),
            path,
        })
    });
    Ok(Staged {
        wasm: out.join("AtomVM.wasm"),
        natives: out.join("natives.txt"),
        packs: packs.collect::<Result<_>>()?,
    })
}

/// A digest of everything that the packs depend on.
fn inputs(wasm: &[u8], modules: &BTreeMap<String, Source>) -> Result<String> {
    let mut text = String::new();
    for recipe in [
        include_str!("erlang/otp_merge.erl"),
        include_str!("merge.rs"),
        include_str!("modules.rs"),
        include_str!("packs.rs"),
        include_str!("../../../crates/avm/src/pack.rs"),
        include_str!("../../../crates/avm/src/beam/packed.rs"),
        include_str!("veil.rs"),
        include_str!("core.txt"),
        include_str!("left_out.txt"),
    ] {
        text += &place::digest(recipe.as_bytes());
    }
    text += &place::digest(wasm);
    for (name, source) in modules {
        text += &format!("\n{name} {}", source.pack.name());
        for file in source.base.iter().chain(&source.overlay) {
            text += &place::digest(
                &fs::read(file).with_context(|| format!("cannot read {}", file.display()))?,
            );
        }
    }
    for (_, file) in modules::files(&place::at("erlang/otp/stdlib"), "hrl")? {
        text += &place::digest(&fs::read(file)?);
    }
    Ok(place::digest(text.as_bytes()))
}
