//! Files from outside: nothing reaches the VM that has not been parsed and found to be harmless, since
//! the VM trusts what it is given and one wrong byte ends it as a whole.

use super::boot;
use avm::{Beam, Limits, Pack};
use protocol::bridge::{FileKind, Question};
use protocol::{Asset, BootProblem, Down, Failure, limits};
use std::cell::{Cell, OnceCell};

/// A file that may be loaded, and where it is to be written.
pub struct File {
    pub path: String,
    pub kind: FileKind,
    /// Its modules, in their order.
    pub modules: Vec<String>,
    pub bytes: Vec<u8>,
    /// The module whose `start/0` runs the program.
    start: Option<String>,
}

impl File {
    /// The question that loads it.
    pub fn load(&self) -> Question<'_> {
        Question::Load {
            path: &self.path,
            kind: self.kind,
            modules: &self.modules,
            bytes: self.bytes.len() as u64,
        }
    }

    /// The question that loads and runs it, if it can be run.
    pub fn execute(&self) -> Result<Question<'_>, Failure> {
        let Some(module) = &self.start else {
            return Err(refusal(
                self.kind,
                0,
                "no module in it exports start/0".to_owned(),
            ));
        };
        Ok(Question::Execute {
            path: &self.path,
            kind: self.kind,
            module,
            modules: &self.modules,
            bytes: self.bytes.len() as u64,
        })
    }
}

/// Checks files for one VM.
#[derive(Default)]
pub struct Intake {
    /// What the VM can run; known once the first file came.
    vm: OnceCell<avm::Vm>,
    /// How many files came, since each gets a path of its own.
    files: Cell<u32>,
}

impl Intake {
    /// Checks a file; gives it with the path it is to be written to.
    pub async fn check(&self, natives: &Asset, name: &str, bytes: &[u8]) -> Result<File, Failure> {
        limits::check_file("bytes", bytes.len())?;
        if self.vm.get().is_none() {
            let vm = machine(natives).await.map_err(|problem| Failure::VmDown {
                cause: Down::BootFailed(problem),
            })?;
            // Two files that come at once read the same list.
            drop(self.vm.set(vm));
        }
        let number = self.files.get();
        self.files.set(number + 1);
        match kind(name, bytes) {
            FileKind::Beam => self.beam(number, bytes),
            FileKind::Avm => self.pack(number, bytes),
        }
    }

    fn beam(&self, number: u32, bytes: &[u8]) -> Result<File, Failure> {
        let beam = Beam::parse(bytes, &Limits::default())
            .map_err(|error| malformed(FileKind::Beam, &error))?;
        let module = beam.name().to_owned();
        let file = File {
            path: format!("/data/in/{number}.beam"),
            kind: FileKind::Beam,
            start: beam.is_start().then(|| module.clone()),
            modules: vec![module],
            bytes: beam.to_packed(),
        };
        self.gate(FileKind::Beam, &[beam])?;
        Ok(file)
    }

    fn pack(&self, number: u32, bytes: &[u8]) -> Result<File, Failure> {
        let limits = Limits::default();
        let malformed = |error| malformed(FileKind::Avm, &error);
        let pack = Pack::parse(bytes, &limits).map_err(malformed)?;
        let beams = pack.modules(&limits).map_err(malformed)?;
        self.gate(FileKind::Avm, &beams)?;
        let starts = |beam: &&Beam<'_>| beam.is_start();
        Ok(File {
            path: format!("/data/in/{number}.avm"),
            kind: FileKind::Avm,
            start: beams.iter().find(starts).map(|beam| beam.name().to_owned()),
            modules: beams.iter().map(|beam| beam.name().to_owned()).collect(),
            bytes: bytes.to_vec(),
        })
    }

    /// Refuses what might end the VM; what raises an exception there is the program's own business.
    fn gate(&self, kind: FileKind, beams: &[Beam<'_>]) -> Result<(), Failure> {
        let Some(vm) = self.vm.get() else {
            return Ok(());
        };
        let findings = avm::gate::check(beams, vm);
        match findings.iter().find(|finding| finding.aborts()) {
            Some(finding) => Err(refusal(kind, finding.offset, finding.to_string())),
            None => Ok(()),
        }
    }
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
