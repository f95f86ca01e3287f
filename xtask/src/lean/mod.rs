//! Makes a lean VM out of AtomVM's instrumented web build, one named step at a time: what was added for debugging goes,
//! and functions whose time grows with what a program keeps, or that answer wrongly, get others in front of them.
//! A step recognises what it changes by its exact shape: where none of it is there it is not needed,
//! where it is there in a shape that the step does not know the file is refused.

mod atoms;
mod bits;
mod bits_loop;
mod callees;
mod casts;
#[cfg(test)]
mod engine;
mod farewell;
mod garbage;
mod glue;
mod graft;
mod integers;
mod kept;
mod literals;
mod liveness;
mod lookup;
mod marks;
mod memory;
mod operands;
mod optimise;
mod parts;
mod places;
#[cfg(test)]
mod places_tests;
mod pointers;
mod remainder;
mod resume;
mod safe_heap;
mod slots;
mod stack;
mod strip;
mod tables;
#[cfg(test)]
mod tables_tests;
mod tails;
mod traces;
mod waits;
mod walks;
mod windows;

use anyhow::{Context, Result};
use clap::ValueEnum;
use sha2::{Digest, Sha256};
use walrus::{FunctionId, ImportKind, Module, ModuleConfig};

pub use glue::lean_glue;

/// What a step found and did.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the file, as said.
    Done(String),
    /// Nothing of what it changes is in the file.
    NotNeeded(&'static str),
}

/// The steps, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Step {
    /// Widen the limits of the memory import.
    Memory,
    /// Undo SAFE_HEAP: plain loads and stores.
    SafeHeap,
    /// Undo function-pointer-cast emulation: typed calls through pointers.
    Casts,
    /// Drop stack-overflow checks.
    Stack,
    /// Put functions of our own in the place of the VM's.
    Graft,
    /// Know bit strings that are not whole bytes.
    Bits,
    /// Decode each literal once.
    Literals,
    /// Decode each large integer once.
    Integers,
    /// Keep the order of atoms that were compared.
    Atoms,
    /// Go through no more than the newest calls for a stack trace.
    Traces,
    /// Find a key of a map without comparing it with every other.
    Lookup,
    /// Tell integers of 64 bits from larger ones in `rem`.
    Remainder,
    /// Give tables more chains, and ways through them.
    Tables,
    /// Collect a heap after so many bytes of binaries beside it.
    Garbage,
    /// Let a part of a binary tell how large the whole is.
    Parts,
    /// Go on at once after a wait of 0 ms.
    Waits,
    /// Begin a receive at the place that was remembered for it.
    Places,
    /// Refuse a number at the end of a list of bytes.
    Tails,
    /// Let a process that ends say so without a copy of its heap.
    Farewell,
    /// Make the interpreter's loop return, so that it enters the engine's optimised code.
    Resume,
    /// Drop debug sections.
    Strip,
    /// Optimise with wasm-opt.
    Optimise,
    /// Keep calls through pointers out of large functions.
    Callees,
    /// Patch and minify the glue.
    Glue,
}

impl Step {
    /// All of them.
    pub fn all() -> &'static [Step] {
        Step::value_variants()
    }

    /// The name that the command line knows.
    pub fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// The step's own source: a change of it is a change of the result.
    fn source(self) -> &'static str {
        match self {
            Step::Memory => include_str!("memory.rs"),
            Step::SafeHeap => include_str!("safe_heap.rs"),
            Step::Casts => concat!(include_str!("casts.rs"), include_str!("pointers.rs")),
            Step::Stack => include_str!("stack.rs"),
            Step::Graft => include_str!("graft.rs"),
            Step::Bits => concat!(
                include_str!("bits.rs"),
                include_str!("bits_loop.rs"),
                include_str!("slots.rs"),
                include_str!("windows.rs")
            ),
            Step::Literals => concat!(include_str!("literals.rs"), include_str!("kept.rs")),
            Step::Integers => concat!(include_str!("integers.rs"), include_str!("kept.rs")),
            Step::Atoms => include_str!("atoms.rs"),
            Step::Traces => include_str!("traces.rs"),
            Step::Lookup => include_str!("lookup.rs"),
            Step::Remainder => include_str!("remainder.rs"),
            Step::Tables => concat!(include_str!("tables.rs"), include_str!("walks.rs")),
            Step::Garbage => include_str!("garbage.rs"),
            Step::Parts => include_str!("parts.rs"),
            Step::Waits => include_str!("waits.rs"),
            Step::Places => concat!(include_str!("places.rs"), include_str!("marks.rs")),
            Step::Tails => include_str!("tails.rs"),
            Step::Farewell => include_str!("farewell.rs"),
            Step::Optimise => include_str!("optimise.rs"),
            Step::Callees => include_str!("callees.rs"),
            Step::Resume => concat!(include_str!("resume.rs"), include_str!("liveness.rs")),
            Step::Strip => include_str!("strip.rs"),
            Step::Glue => include_str!("glue.rs"),
        }
    }
}

/// Reads a VM, runs the chosen steps on it and writes it again; `grafted` is the module of functions that take the place
/// of the VM's, and `report` hears of every step.
pub fn lean_wasm(
    wasm: &[u8],
    steps: &[Step],
    grafted: &[u8],
    mut report: impl FnMut(Step, &Outcome),
) -> Result<Vec<u8>> {
    let names = if steps.contains(&Step::Strip) {
        Names::Dropped
    } else {
        Names::Kept
    };
    let mut module = parse(wasm, names)?;
    for &step in Step::all().iter().filter(|step| steps.contains(step)) {
        let outcome = match step {
            Step::Memory => memory::widen(&mut module),
            Step::SafeHeap => safe_heap::undo(&mut module),
            Step::Casts => casts::undo(&mut module),
            Step::Stack => stack::unlimit(&mut module),
            Step::Graft => {
                parse(grafted, Names::Kept).and_then(|grafted| graft::graft(&mut module, &grafted))
            }
            Step::Bits => bits::know(&mut module),
            Step::Literals => literals::keep(&mut module),
            Step::Integers => integers::keep(&mut module),
            Step::Atoms => atoms::keep(&mut module),
            Step::Traces => traces::shorten(&mut module),
            Step::Lookup => lookup::shorten(&mut module),
            Step::Remainder => remainder::mend(&mut module),
            Step::Tables => tables::grow(&mut module),
            Step::Garbage => garbage::collect(&mut module),
            Step::Parts => parts::tell(&mut module),
            Step::Waits => waits::skip(&mut module),
            Step::Places => places::remember(&mut module),
            Step::Tails => tails::refuse(&mut module),
            Step::Farewell => farewell::speak(&mut module),
            Step::Resume => resume::split(&mut module),
            Step::Optimise => {
                optimise::optimise(&module.emit_wasm(), names).and_then(|(wasm, outcome)| {
                    module = parse(&wasm, names)?;
                    Ok(outcome)
                })
            }
            Step::Callees => callees::separate(&mut module),
            Step::Strip => Ok(strip::strip(&mut module)),
            // The glue is no wasm; it has its own function.
            Step::Glue => continue,
        };
        let outcome =
            outcome.with_context(|| format!("step `{}` refuses this AtomVM.wasm", step.name()))?;
        report(step, &outcome);
    }
    Ok(module.emit_wasm())
}

/// A digest that changes whenever the result of the chosen steps may change.
pub fn recipe(steps: &[Step]) -> String {
    let mut hasher = Sha256::new();
    for shared in [include_str!("mod.rs"), include_str!("operands.rs")] {
        hasher.update(shared);
    }
    for step in Step::all().iter().filter(|step| steps.contains(step)) {
        hasher.update(step.name());
        hasher.update(step.source());
    }
    format!("{:x}", hasher.finalize())
}

/// Whether the written module names its functions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Kept,
    Dropped,
}

fn parse(wasm: &[u8], names: Names) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config
        .generate_producers_section(false)
        .generate_dwarf(false);
    config.generate_name_section(names == Names::Kept);
    Module::from_buffer_with_config(wasm, &config)
        .context("AtomVM.wasm is not a module we can read")
}

/// The imported function of that name.
fn import(module: &Module, from: &str, name: &str) -> Option<FunctionId> {
    let found = module.imports.find(from, name)?;
    match module.imports.get(found).kind {
        ImportKind::Function(function) => Some(function),
        _ => None,
    }
}
