//! The VM that the site serves: AtomVM's web build from the locked npm package (or another of the same
//! shape), made lean, kept in the per-user cache under the digest of everything that it depends on.

mod compare;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result};
use clap::Args;

use crate::lean::{self, Outcome, Step};
use crate::{natives, place, step, tools};

pub use compare::{compare, report};

/// Options of `cargo xtask vm`.
#[derive(Args)]
pub struct Options {
    /// A folder with another AtomVM.mjs and AtomVM.wasm of the same shape.
    #[arg(long, value_name = "DIR")]
    vm: Option<PathBuf>,
    /// Copy the result here.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Run these steps alone.
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<Step>,
    /// Leave these steps out.
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    skip: Vec<Step>,
    /// Run the programs of erlang/bench on it and on the untouched VM.
    #[arg(long)]
    compare: bool,
    /// Compare with these programs, or programs of these kinds (speed, conform), alone.
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "compare")]
    programs: Vec<String>,
}

/// The files of a VM.
pub struct Vm {
    /// The ES module that starts the VM.
    pub glue: PathBuf,
    /// The VM itself.
    pub wasm: PathBuf,
}

impl Vm {
    fn in_folder(folder: &Path) -> Vm {
        Vm {
            glue: folder.join("AtomVM.mjs"),
            wasm: folder.join("AtomVM.wasm"),
        }
    }
}

/// `cargo xtask vm`.
pub fn main(options: &Options) -> Result<()> {
    let chosen = |step: &&Step| {
        (options.only.is_empty() || options.only.contains(step)) && !options.skip.contains(step)
    };
    let steps: Vec<Step> = Step::all().iter().filter(chosen).copied().collect();
    tools::for_vm()?;
    let vm = prepare_with(options.vm.as_deref(), &steps)?;
    for file in [&vm.glue, &vm.wasm] {
        println!("{} {}", fs::metadata(file)?.len(), file.display());
        if let (Some(out), Some(name)) = (&options.out, file.file_name()) {
            fs::create_dir_all(out)?;
            fs::copy(file, out.join(name))?;
        }
    }
    if options.compare {
        let before = options.vm.clone().unwrap_or_else(untouched);
        report(&compare(&before, &vm, &options.programs)?)?;
    }
    Ok(())
}

/// The lean VM, made if it is not in the cache.
pub fn prepare(vm: Option<&Path>) -> Result<Vm> {
    prepare_with(vm, Step::all())
}

fn prepare_with(vm: Option<&Path>, steps: &[Step]) -> Result<Vm> {
    let source = vm.map_or_else(untouched, Path::to_path_buf);
    let glue = read(&source.join("AtomVM.mjs"))?;
    let wasm = read(&source.join("AtomVM.wasm"))?;
    let inputs = [
        place::digest(&glue),
        place::digest(&wasm),
        lean::recipe(steps),
        natives::source()?,
        tools()?,
    ];
    let digest = place::digest(inputs.join("\n").as_bytes());
    let folder = place::cached("vm")?.join(&digest[..32]);
    if folder.exists() {
        step::already("lean VM");
        return Ok(Vm::in_folder(&folder));
    }
    step::step("lean VM", || {
        // One run at a time: the optimiser takes minutes and every core.
        let lock = File::create(place::cached("vm")?.join("lock"))?;
        lock.lock()?;
        if folder.exists() {
            return Ok(Vm::in_folder(&folder));
        }
        // Made beside its place and moved there whole, so that a stopped run leaves nothing half done.
        let scratch = place::cached(format!("vm/{}.{}", &digest[..32], process::id()))?;
        make(&String::from_utf8(glue)?, &wasm, steps, &scratch)?;
        fs::rename(&scratch, &folder)?;
        Ok(Vm::in_folder(&folder))
    })
}

/// Where the npm package has its VM.
pub fn untouched() -> PathBuf {
    place::at("node_modules/@swmansion/popcorn/dist")
}

fn make(glue: &str, wasm: &[u8], steps: &[Step], folder: &Path) -> Result<()> {
    let vm = Vm::in_folder(folder);
    let (glue, patches) = match steps.contains(&Step::Glue) {
        true => lean::lean_glue(glue, folder)?,
        false => (glue.to_owned(), Vec::new()),
    };
    for (name, outcome) in patches {
        tell(&format!("{}: {name}", Step::Glue.name()), &outcome);
    }
    fs::write(&vm.glue, glue)?;
    let grafted = natives::compiled()?;
    let lean = lean::lean_wasm(wasm, steps, &grafted, |step, outcome| {
        tell(&step.name(), outcome);
    })?;
    fs::write(&vm.wasm, lean)?;
    Ok(())
}

fn tell(what: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Done(how) => eprintln!("    {what}: {how}"),
        Outcome::NotNeeded(why) => eprintln!("    {what}: not needed, {why}"),
    }
}

/// The tools' versions, which the result depends on.
fn tools() -> Result<String> {
    let version = |package: &str| -> Result<String> {
        let manifest = read(&place::at(format!("node_modules/{package}/package.json")))?;
        let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
        Ok(format!("{package} {}", manifest["version"]))
    };
    Ok([version("binaryen")?, version("esbuild")?].join("\n"))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| {
        format!(
            "cannot read {}: the npm packages come with `npm ci`",
            file.display()
        )
    })
}
