//! `avm`: lists, checks, packs and unpacks BEAM modules and AVM packs.

use std::error::Error;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use avm::gate::{self, Effect};
use avm::vm::natives_in;
use avm::{Beam, Flags, Limits, Natives, Pack, Section, Vm, pack};
use clap::{Parser, Subcommand};

/// Lists, checks, packs and unpacks BEAM modules and AVM packs.
#[derive(Parser)]
#[command(name = "avm", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what is in modules and packs.
    Ls {
        /// Files to show.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Check modules and packs, and whether a machine can run them.
    Check {
        /// Files to check; they are taken to come together.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The machine: an AtomVM.wasm, or the list of its natives as `avm natives` writes it.
        #[arg(long)]
        vm: Option<PathBuf>,
        /// Packs and modules that the machine has already.
        #[arg(long)]
        with: Vec<PathBuf>,
        /// Tell of calls that would raise as well, not only of what would end the machine.
        #[arg(long)]
        all: bool,
    },
    /// Write a pack of modules, files (NAME=PATH, or PATH) and other packs.
    Pack {
        /// Where to write the pack.
        #[arg(short, long)]
        output: PathBuf,
        /// The module to start with; it goes first, and no other keeps its start flag.
        #[arg(long)]
        start: Option<String>,
        /// What goes in, in this order.
        #[arg(required = true)]
        inputs: Vec<String>,
    },
    /// Write the sections of a pack as files.
    Unpack {
        /// The pack.
        pack: PathBuf,
        /// The folder to write into.
        #[arg(long, default_value = ".")]
        into: PathBuf,
    },
    /// List the native functions of an AtomVM.wasm.
    Natives {
        /// The machine.
        vm: PathBuf,
    },
}

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Ls { files } => files.iter().try_for_each(|file| ls(file)).map(|()| true),
        Command::Check {
            files,
            vm,
            with,
            all,
        } => check(&files, vm.as_deref(), &with, all),
        Command::Pack {
            output,
            start,
            inputs,
        } => write_pack(&output, start.as_deref(), &inputs).map(|()| true),
        Command::Unpack { pack, into } => unpack(&pack, &into).map(|()| true),
        Command::Natives { vm } => natives(&vm).map(|natives| {
            print!("{natives}");
            true
        }),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("avm: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a file; the error names it.
fn read(path: &Path) -> Outcome<Vec<u8>> {
    Ok(fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    Ok(fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The sections of a file: those of a pack, or the one of a module.
fn sections(path: &Path) -> Outcome<Vec<Section>> {
    let bytes = read(path)?;
    let limits = Limits::default();
    let parsed = if bytes.starts_with(pack::HEADER) {
        Pack::parse(&bytes, &limits).map(|pack| pack.sections)
    } else {
        Beam::parse(&bytes, &limits).map(|module| vec![Section::module(&module)])
    };
    Ok(parsed.map_err(|error| format!("{}: {error}", path.display()))?)
}

fn ls(path: &Path) -> Outcome {
    let bytes = read(path)?;
    println!("{}", path.display());
    if bytes.starts_with(pack::HEADER) {
        for section in sections(path)? {
            let kind = match (section.flags.has(Flags::START), section.is_module()) {
                (true, _) => "start",
                (false, true) => "module",
                (false, false) => "file",
            };
            println!("  {:>9} {kind:<6} {}", section.data.len(), section.name);
        }
        return Ok(());
    }
    let module = Beam::parse(&bytes, &Limits::default())
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let header = module.header();
    println!(
        "  module {}: {} functions, {} exports, {} imports, {} atoms, {} literals, opcodes to {}",
        module.name(),
        header.functions,
        module.exports().len(),
        module.imports().len(),
        module.atoms().len(),
        module.literals().list().len(),
        header.max_opcode,
    );
    for chunk in module.chunks() {
        println!(
            "  {:>9} {} at {}",
            chunk.data.len(),
            chunk.name,
            chunk.offset
        );
    }
    Ok(())
}

/// The native functions of a machine, from the machine or from a list.
fn natives(path: &Path) -> Outcome<Natives> {
    let bytes = read(path)?;
    let found = if bytes.starts_with(b"\0asm") {
        natives_in(&bytes).map_err(|error| error.to_string())
    } else {
        let text = String::from_utf8(bytes)?;
        text.parse::<Natives>().map_err(|error| error.to_string())
    };
    Ok(found.map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Checks files that come together, and tells whether the machine would live through them.
fn check(files: &[PathBuf], vm: Option<&Path>, with: &[PathBuf], all: bool) -> Outcome<bool> {
    let limits = Limits::default();
    let mut pack = Pack::default();
    for file in files {
        pack.sections.extend(sections(file)?);
    }
    let modules = pack.modules(&limits)?;
    println!(
        "{} modules in {} sections are sound",
        modules.len(),
        pack.sections.len()
    );
    let Some(vm) = vm else { return Ok(true) };
    let mut vm = Vm::atomvm(natives(vm)?);
    for file in with {
        let pack = Pack {
            sections: sections(file)?,
        };
        pack.modules(&limits)?
            .iter()
            .for_each(|module| vm.supply(module));
    }
    let findings = gate::check(&modules, &vm);
    for finding in findings.iter().filter(|finding| all || finding.aborts()) {
        let effect = match finding.problem.effect() {
            Effect::AbortsOnLoad => "aborts on load",
            Effect::AbortsWhenRun => "aborts when run",
            Effect::Raises => "raises",
        };
        println!("{effect}: {finding}");
    }
    let aborting = findings.iter().filter(|finding| finding.aborts()).count();
    println!(
        "{aborting} findings would end the machine, {} raise",
        findings.len() - aborting
    );
    Ok(aborting == 0)
}

fn write_pack(output: &Path, start: Option<&str>, inputs: &[String]) -> Outcome {
    let mut pack = Pack::default();
    for input in inputs {
        let (name, path) = input.split_once('=').unwrap_or((input, input));
        let path = Path::new(path);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("beam" | "avm") => pack.sections.extend(sections(path)?),
            _ => pack.sections.push(Section::file(name, &read(path)?)),
        }
    }
    if let Some(start) = start {
        pack.start_with(start)?;
    }
    let bytes = pack.write();
    // What we write must pass our own gate.
    Pack::parse(&bytes, &Limits::default())?;
    write(output, &bytes)
}

fn unpack(path: &Path, into: &Path) -> Outcome {
    for section in sections(path)? {
        let name = Path::new(&section.name);
        let inside = name
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(format!("{}: the name leads out of the folder", section.name).into());
        }
        let target = into.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let contents = if section.is_module() {
            None
        } else {
            section.contents()
        };
        write(&target, contents.unwrap_or(&section.data))?;
        println!("{}", target.display());
    }
    Ok(())
}
