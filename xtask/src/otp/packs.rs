//! Writes the packs: modules through the gate, one section each, the start module first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avm::vm::{Natives, Vm};
use avm::{Beam, Flags, Limits, Section, gate};

use super::modules::{Pack, Source};
use crate::place;

/// The module that AtomVM starts.
const START: &str = "console_boot";

/// A pack as it was written.
#[derive(Debug, Clone)]
pub struct PackFile {
    /// Its name in the manifest.
    pub name: String,
    /// `boot` or `background`.
    pub phase: String,
    /// The file, its digest in its name.
    pub path: PathBuf,
}

/// Checks the modules in `beams` and writes the packs to `folder`.
pub fn write(
    modules: &BTreeMap<String, Source>,
    natives: &Natives,
    beams: &Path,
    folder: &Path,
) -> Result<Vec<PackFile>> {
    let limits = Limits::default();
    let mut bytes = Vec::new();
    for (name, source) in modules {
        let file = beams.join(format!("{name}.beam"));
        bytes.push((
            name,
            source.pack,
            fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?,
        ));
    }
    let mut parsed = Vec::new();
    for (name, pack, bytes) in &bytes {
        parsed.push((
            *pack,
            Beam::parse(bytes, &limits).with_context(|| format!("in {name}.beam"))?,
        ));
    }
    pass_gate(&parsed, natives)?;
    Pack::ALL
        .into_iter()
        .map(|pack| write_one(pack, &parsed, folder))
        .collect()
}

/// No packed code may be able to end the machine.
fn pass_gate(modules: &[(Pack, Beam<'_>)], natives: &Natives) -> Result<()> {
    let beams: Vec<_> = modules.iter().map(|(_, beam)| beam.clone()).collect();
    let findings = gate::check(&beams, &Vm::atomvm(natives.clone()));
    let (fatal, raising): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.aborts());
    eprintln!(
        "    {} modules, {} calls that raise undef",
        beams.len(),
        raising.len()
    );
    if std::env::var_os("ATOMVM_CONSOLE_GATE").is_some() {
        raising
            .iter()
            .for_each(|finding| eprintln!("    {finding}"));
    }
    if !fatal.is_empty() {
        let lines: Vec<_> = fatal.iter().map(|finding| format!("  {finding}")).collect();
        bail!("packed code could end the machine:\n{}", lines.join("\n"));
    }
    Ok(())
}

fn write_one(pack: Pack, modules: &[(Pack, Beam<'_>)], folder: &Path) -> Result<PackFile> {
    let mut sections: Vec<_> = modules
        .iter()
        .filter(|(in_pack, _)| *in_pack == pack)
        .map(|(_, beam)| {
            let start = if beam.name() == START {
                Flags::START
            } else {
                Flags(0)
            };
            Section {
                flags: Flags::CODE.and(start),
                ..Section::module(beam)
            }
        })
        .collect();
    // AtomVM starts the first module that says it can be started, and searches from the front.
    sections.sort_by_key(|section| !section.flags.has(Flags::START));
    let count = sections.len();
    let bytes = avm::Pack { sections }.write();
    let path = folder.join(format!(
        "{}-{}.avm",
        pack.name(),
        &place::digest(&bytes)[..8]
    ));
    fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!(
        "    {}: {count} modules, {} bytes",
        pack.name(),
        bytes.len()
    );
    Ok(PackFile {
        name: pack.name().into(),
        phase: pack.phase().into(),
        path,
    })
}
