//! Builds the deployable site: the VM, the packs and the bundles are staged under hashed names with a
//! manifest of their digests, then Trunk builds the app around them into `dist/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use avm::{Beam, Flags, Limits, Pack};
use serde::Serialize;

use crate::examples::Example;
use crate::step::step;
use crate::tools::{self, Tools};
use crate::{bundle, examples, exec, otp, place, re, vm};

/// How to build.
#[derive(clap::Args, Default)]
#[group(id = "site")]
pub struct Options {
    /// A folder with another AtomVM web build (AtomVM.mjs and AtomVM.wasm) in place of the locked package's.
    #[arg(long)]
    vm: Option<PathBuf>,
}

/// One file that the page fetches and checks before use.
#[derive(Serialize)]
struct Asset {
    /// Relative to the site's root.
    url: String,
    bytes: u64,
    /// In hex.
    sha256: String,
}

/// A pack as the manifest names it.
#[derive(Serialize)]
struct PackAsset {
    name: String,
    phase: String,
    #[serde(flatten)]
    asset: Asset,
}

#[derive(Serialize)]
struct Vm {
    glue: Asset,
    wasm: Asset,
}

/// What the page reads from the data block `assets`; `boot::assets` is its reader.
#[derive(Serialize)]
struct Manifest {
    build: String,
    vm: Vm,
    packs: Vec<PackAsset>,
    natives: Asset,
    re: Asset,
    js: BTreeMap<String, Asset>,
}

/// Builds `dist/`.
pub fn build(options: &Options) -> Result<()> {
    let tools = stage(options)?;
    step("build the app with Trunk", || {
        exec::run(&mut trunk(&tools, "build")?)
    })
}

/// A Trunk command in its release profile, with the build id for the app.
pub fn trunk(tools: &Tools, verb: &str) -> Result<Command> {
    let mut trunk = tools.command("trunk", &place::root())?;
    trunk
        .args([verb, "--release"])
        .env("ATOMVM_CONSOLE_BUILD", build_id()?);
    // Trunk takes any value but true and false of this common variable for an error.
    trunk.env_remove("NO_COLOR");
    Ok(trunk)
}

/// Makes everything but the app itself, in `target/site/`.
pub fn stage(options: &Options) -> Result<Tools> {
    let tools = step("tools", tools::for_build)?;
    let site = place::staged_site();
    let fresh = place::at("target/site-new");
    remove(&fresh)?;
    fs::create_dir_all(&fresh)?;
    let machine = step("the lean VM", || vm::prepare(options.vm.as_deref()))?;
    let otp = step("Erlang/OTP packs", || {
        otp::stage(&machine.wasm, &place::at("target/packs"))
    })?;
    let bundles = step("JavaScript bundles", || {
        bundle::bundle(&tools, &fresh.join("js"))
    })?;
    let mut staged = Staging { root: &fresh };
    let listed = examples::read(&place::at("erlang/examples"))?;
    step("examples as packs for ?module=", || {
        modules(&listed, &otp.packs, &fresh.join("avm"))
    })?;
    sources(&listed, &fresh.join("examples"))?;
    let manifest = Manifest {
        build: build_id()?,
        vm: Vm {
            glue: staged.take("vm", "AtomVM", &machine.glue)?,
            wasm: staged.take("vm", "AtomVM", &otp.wasm)?,
        },
        packs: otp
            .packs
            .into_iter()
            .map(|pack| {
                let asset = staged.take("packs", &pack.name, &pack.path)?;
                Ok(PackAsset {
                    name: pack.name,
                    phase: pack.phase,
                    asset,
                })
            })
            .collect::<Result<_>>()?,
        natives: staged.take("vm", "natives", &otp.natives)?,
        re: staged.take("vm", "re", &re::prepare()?)?,
        js: bundles
            .into_iter()
            .map(|(name, path)| Ok((name, staged.asset(&path)?)))
            .collect::<Result<_>>()?,
    };
    let data = place::staged_data();
    fs::create_dir_all(&data)?;
    fs::write(data.join("assets.json"), serde_json::to_string(&manifest)?)?;
    let examples = examples::read(&place::at("erlang/examples"))?;
    fs::write(
        data.join("examples.json"),
        serde_json::to_string(&examples)?,
    )?;
    remove(&site)?;
    fs::rename(&fresh, &site)?;
    Ok(tools)
}

/// Gives each example that can start by itself a pack of its own, under its name alone: what `?module=NAME` loads and runs.
fn modules(examples: &[Example], packs: &[otp::PackFile], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let limits = Limits::default();
    let read = |file: &otp::PackFile| Ok(Pack::parse(&fs::read(&file.path)?, &limits)?);
    let packs = packs.iter().map(read).collect::<Result<Vec<Pack>>>()?;
    for example in examples {
        let name = format!("{}.beam", example.module);
        let section = packs.iter().find_map(|pack| pack.section(&name));
        let section = section.with_context(|| format!("{name} is in no pack"))?;
        // In the pack it comes from it starts nothing.
        let mut section = section.clone();
        if !Beam::parse(&section.data, &limits)?.is_start() {
            continue;
        }
        section.flags = section.flags.and(Flags::START);
        let pack = Pack {
            sections: vec![section],
        };
        fs::write(folder.join(format!("{}.avm", example.module)), pack.write())?;
    }
    Ok(())
}

/// Lays the source of each example beside the site: what the editor opens.
fn sources(examples: &[Example], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for example in examples {
        let name = format!("{}.erl", example.module);
        fs::copy(place::at("erlang/examples").join(&name), folder.join(name))?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => {
            Err(problem).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Copies files into the staged site under names that change with their content.
struct Staging<'a> {
    root: &'a Path,
}

impl Staging<'_> {
    /// Copies a file as `<folder>/<name>-<hash>.<kind>`.
    fn take(&mut self, folder: &str, name: &str, from: &Path) -> Result<Asset> {
        let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        let digest = place::digest(&bytes);
        let kind = from
            .extension()
            .and_then(|kind| kind.to_str())
            .context("a file without a kind")?;
        let to = self
            .root
            .join(folder)
            .join(format!("{name}-{}.{kind}", &digest[..8]));
        fs::create_dir_all(self.root.join(folder))?;
        fs::write(&to, &bytes)?;
        self.asset(&to)
    }

    /// Describes a file that is already in the staged site, whether named through it or by its real path.
    fn asset(&self, path: &Path) -> Result<Asset> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let url = path
            .strip_prefix(self.root)
            .context("an asset outside the site")?;
        Ok(Asset {
            url: url
                .to_str()
                .context("an asset whose name is not Unicode")?
                .replace('\\', "/"),
            bytes: bytes.len() as u64,
            sha256: place::digest(&bytes),
        })
    }
}

/// Everything that the app is made of; the VM and the packs are named by their own digests.
const SOURCES: [&str; 13] = [
    "Cargo.lock",
    "Cargo.toml",
    "crates",
    "deploy",
    "erlang",
    "index.html",
    "js",
    "native",
    "package-lock.json",
    "public",
    "src",
    "style",
    "sw",
];

/// The version with a digest of the sources: the same on every machine.
pub fn build_id() -> Result<String> {
    let mut listing = String::new();
    for source in SOURCES {
        list(&place::root(), Path::new(source), &mut listing)?;
    }
    let digest = place::digest(listing.as_bytes());
    Ok(format!("{}-{}", env!("CARGO_PKG_VERSION"), &digest[..8]))
}

fn list(root: &Path, source: &Path, listing: &mut String) -> Result<()> {
    let path = root.join(source);
    if path.is_dir() {
        let mut names: Vec<_> = fs::read_dir(&path)?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<Result<_>>()?;
        names.sort();
        return names
            .iter()
            .try_for_each(|name| list(root, &source.join(name), listing));
    }
    if path.is_file() {
        let digest = place::digest(&fs::read(&path)?);
        listing.push_str(&format!("{digest} {}\n", source.display()));
    }
    Ok(())
}
