//! Files from outside: nothing reaches the VM that has not been parsed and found to be harmless, since
//! the VM trusts what it is given and one wrong byte ends it as a whole.

use super::boot;
use avm::{Beam, Limits, Pack};
use protocol::bridge::{ModuleFile, Question};
use protocol::{Asset, BootProblem, Down, Failure, limits};
use std::cell::{Cell, OnceCell};

/// What may be loaded, and where each piece of it is to be written.
pub struct Program {
    /// One file for each module, in their order.
    pub files: Vec<ModuleFile>,
    beams: Vec<Vec<u8>>,
    /// The whole pack, where it holds more than modules: programs read that from it.
    pack: Option<(String, Vec<u8>)>,
    /// The module whose `start/0` runs the program.
    start: Option<String>,
    kind: FileKind,
}

impl Program {
    /// The paths and what belongs there.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let paths = self.files.iter().map(|file| file.path.as_str());
        let pack = self.pack.iter();
        let pack = pack.map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        paths.zip(self.beams.iter().map(Vec::as_slice)).chain(pack)
    }

    /// The question that loads it.
    pub fn load(&self, force: bool) -> Question<'_> {
        Question::Load {
            files: &self.files,
            pack: self.pack_path(),
            force,
        }
    }

    /// The question that loads and runs it, if it can be run.
    pub fn execute(&self) -> Result<Question<'_>, Failure> {
        let Some(module) = &self.start else {
            let reason = "no module in it exports start/0".to_owned();
            return Err(refusal(self.kind, 0, reason));
        };
        Ok(Question::Execute {
            files: &self.files,
            pack: self.pack_path(),
            module,
        })
    }

    fn pack_path(&self) -> Option<&str> {
        self.pack.as_ref().map(|(path, _)| path.as_str())
    }
}

/// The two kinds of file that can be loaded.
#[derive(Clone, Copy)]
enum FileKind {
    /// One module.
    Beam,
    /// A pack of modules.
    Avm,
}

/// Checks files for one VM.
#[derive(Default)]
pub struct Intake {
    /// What the VM can run, once that is known.
    vm: OnceCell<avm::Vm>,
    /// How many files came, since each gets a path of its own.
    files: Cell<u32>,
}

impl Intake {
    /// Fetches the list of what the VM can run, if it is not here yet.
    pub async fn prepare(&self, natives: &Asset) -> Result<(), BootProblem> {
        if self.vm.get().is_none() {
            let vm = machine(natives).await?;
            // Two that come at once read the same list.
            drop(self.vm.set(vm));
        }
        Ok(())
    }

    /// Whether a module may be loaded under a name, and if not, why; nothing while that cannot be told.
    pub fn admit(&self, name: &str, bytes: &[u8]) -> Option<Result<(), String>> {
        let vm = self.vm.get()?;
        if limits::check_file("module", bytes.len()).is_err() {
            return Some(Err("it is empty or too large".to_owned()));
        }
        Some(match Beam::parse(bytes, &Limits::default()) {
            Ok(beam) if beam.name() != name => {
                Err(format!("the module in it is {}, not {name}", beam.name()))
            }
            Ok(beam) => match aborting(&[beam], vm) {
                Some((offset, reason)) => Err(format!("{reason} (offset {offset})")),
                None => Ok(()),
            },
            Err(error) => Err(format!("{} (offset {})", error.reason, error.offset())),
        })
    }

    /// Checks a file; gives it with the paths it is to be written to.
    pub async fn check(
        &self,
        natives: &Asset,
        name: &str,
        bytes: &[u8],
    ) -> Result<Program, Failure> {
        limits::check_file("bytes", bytes.len())?;
        let prepared = self.prepare(natives).await;
        prepared.map_err(|problem| Failure::VmDown {
            cause: Down::BootFailed(problem),
        })?;
        let limits = Limits::default();
        match kind(name, bytes) {
            FileKind::Beam => {
                let malformed = |error| malformed(FileKind::Beam, &error);
                let beam = Beam::parse(bytes, &limits).map_err(malformed)?;
                self.admit_all(FileKind::Beam, &[beam], None)
            }
            FileKind::Avm => {
                let malformed = |error| malformed(FileKind::Avm, &error);
                let pack = Pack::parse(bytes, &limits).map_err(malformed)?;
                let beams = pack.modules(&limits).map_err(malformed)?;
                let whole = (pack.sections.len() > beams.len()).then_some(bytes);
                self.admit_all(FileKind::Avm, &beams, whole)
            }
        }
    }

    /// Refuses what might end the VM; what raises an exception there is the program's own business.
    fn admit_all(
        &self,
        kind: FileKind,
        beams: &[Beam<'_>],
        whole: Option<&[u8]>,
    ) -> Result<Program, Failure> {
        if let Some((offset, reason)) = self.vm.get().and_then(|vm| aborting(beams, vm)) {
            return Err(refusal(kind, offset, reason));
        }
        let contents: Vec<Vec<u8>> = beams.iter().map(Beam::to_packed).collect();
        let files = beams.iter().zip(&contents).map(|(beam, bytes)| ModuleFile {
            module: beam.name().to_owned(),
            path: self.path("beam"),
            bytes: bytes.len() as u64,
        });
        let starts = |beam: &&Beam<'_>| beam.is_start();
        Ok(Program {
            files: files.collect(),
            pack: whole.map(|bytes| (self.path("avm"), bytes.to_vec())),
            start: beams.iter().find(starts).map(|beam| beam.name().to_owned()),
            beams: contents,
            kind,
        })
    }

    fn path(&self, ending: &str) -> String {
        let number = self.files.get();
        self.files.set(number + 1);
        format!("/data/in/{number}.{ending}")
    }
}

/// The names of the modules of a pack of the site.
pub fn modules(pack: &[u8]) -> Result<Vec<String>, Failure> {
    let limits = Limits::default();
    let malformed = |error| malformed(FileKind::Avm, &error);
    let pack = Pack::parse(pack, &limits).map_err(malformed)?;
    let beams = pack.modules(&limits).map_err(malformed)?;
    Ok(beams.iter().map(|beam| beam.name().to_owned()).collect())
}

/// Where modules would end the VM, and how.
fn aborting(beams: &[Beam<'_>], vm: &avm::Vm) -> Option<(usize, String)> {
    let findings = avm::gate::check(beams, vm);
    let found = findings.into_iter().find(|finding| finding.aborts())?;
    Some((found.offset, found.to_string()))
}

/// What the VM can run, by the list that was made of it.
async fn machine(natives: &Asset) -> Result<avm::Vm, BootProblem> {
    let list = boot::fetch("natives", natives).await?;
    let list = js_sys::Uint8Array::new(&list).to_vec();
    match String::from_utf8_lossy(&list).parse() {
        Ok(natives) => Ok(avm::Vm::atomvm(natives)),
        Err(error) => Err(BootProblem::Asset {
            part: "natives".to_owned(),
            finding: avm::vm::NativesError::to_string(&error),
        }),
    }
}

/// What a file is: by its first bytes, or else by its name.
fn kind(name: &str, bytes: &[u8]) -> FileKind {
    let is_pack = bytes.starts_with(b"#!/usr/bin/env AtomVM");
    let is_beam = bytes.starts_with(b"FOR1");
    if is_pack || (!is_beam && name.ends_with(".avm")) {
        return FileKind::Avm;
    }
    FileKind::Beam
}

fn malformed(kind: FileKind, error: &avm::Error) -> Failure {
    refusal(kind, error.offset(), error.reason.to_string())
}

fn refusal(kind: FileKind, offset: usize, reason: String) -> Failure {
    let offset = offset as u64;
    match kind {
        FileKind::Beam => Failure::BadBeam { offset, reason },
        FileKind::Avm => Failure::BadAvm { offset, reason },
    }
}
