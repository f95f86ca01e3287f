//! Compiles a suite, what comes with it and the runner, for the host and for the VM. What an earlier run made of
//! the same sources is taken as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use avm::vm::Natives;
use avm::{Beam, Limits, Pack, Section, gate};

use super::suites::Suite;
use crate::otp::modules::{self, Source};
use crate::otp::{Staged, Toolchain, merge};
use crate::{exec, place};

/// Where the runner and the stand-in for Common Test are.
const OURS: &str = "erlang/conformance";

/// A suite that is ready to run.
pub struct Built {
    /// Which.
    pub suite: &'static Suite,
    /// The folder of its modules for the host.
    pub host: PathBuf,
    /// The pack of its modules for the VM.
    pub pack: PathBuf,
    /// Its folder of data in OTP's source, if it has one.
    pub data: Option<PathBuf>,
    /// A digest of everything that the reference depends on.
    pub digest: String,
}

/// Compiles one suite.
pub fn suite(
    toolchain: &Toolchain,
    staged: &Staged,
    source: &Path,
    suite: &'static Suite,
    work: &Path,
) -> Result<Built> {
    let tests = source.join("lib/stdlib/test");
    let mut files = sources(suite, &tests)?;
    let data = tests.join(format!("{}_data", suite.module()));
    let digest = digest(&files, toolchain)?;
    let folder = work.join(&digest[..16]);
    let host = folder.join("host");
    if !host.exists() {
        let scratch = folder.join("making");
        fs::create_dir_all(&scratch)?;
        let mut erlc = exec::command(&toolchain.erlc, &tests);
        erlc.arg("-I").arg(place::at(OURS).join("include"));
        erlc.arg("+nowarn_deprecated_catch").arg("-o").arg(&scratch);
        exec::output(erlc.args(files.values()))?;
        fs::rename(&scratch, &host)?;
    }
    let ours = modules::files(&place::at(OURS), "erl")?;
    files.extend(
        ours.into_iter()
            .filter(|(name, _)| name != "conformance_host"),
    );
    let pack = folder.join(format!("{}.avm", vm_digest(staged)?));
    if !pack.exists() {
        write_pack(toolchain, staged, &files, &tests, &folder, &pack)?;
    }
    Ok(Built {
        suite,
        host,
        pack,
        data: data.exists().then_some(data),
        digest,
    })
}

/// The suite's modules by name, the runner's aside.
fn sources(suite: &Suite, tests: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let names = suite.with.iter().map(|&name| name.to_owned());
    let mut files: BTreeMap<_, _> = names
        .chain([suite.module()])
        .map(|name| {
            let file = tests.join(format!("{name}.erl"));
            (name, file)
        })
        .collect();
    let ours = modules::files(&place::at(OURS), "erl")?;
    files.extend(
        ours.into_iter()
            .filter(|(name, _)| name != "conformance_vm"),
    );
    Ok(files)
}

fn digest(files: &BTreeMap<String, PathBuf>, toolchain: &Toolchain) -> Result<String> {
    let mut text = toolchain.lib.display().to_string();
    for (name, file) in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        text += &format!("\n{name} {}", place::digest(&bytes));
    }
    Ok(place::digest(text.as_bytes()))
}

/// What the suite's modules for the VM depend on beside their sources.
fn vm_digest(staged: &Staged) -> Result<String> {
    let natives = fs::read(&staged.natives)?;
    let parts = [
        place::digest(&natives),
        merge::program_digest()?,
        place::digest(&fs::read(place::at(OURS).join("conformance_vm.erl"))?),
    ];
    Ok(place::digest(parts.join("\n").as_bytes())[..16].to_owned())
}

fn write_pack(
    toolchain: &Toolchain,
    staged: &Staged,
    files: &BTreeMap<String, PathBuf>,
    tests: &Path,
    folder: &Path,
    out: &Path,
) -> Result<()> {
    let natives: Natives = fs::read_to_string(&staged.natives)?.parse()?;
    let sources = files.iter().map(|(name, file)| {
        let source = Source {
            base: Some(file.clone()),
            overlay: None,
            pack: modules::Pack::Library,
        };
        (name.clone(), source)
    });
    let sources = sources.collect();
    let includes = [place::at(OURS).join("include"), tests.to_owned()];
    merge::merge(toolchain, &sources, &natives, &includes, folder)?;
    let mut pack = Pack::default();
    for name in sources.keys() {
        let bytes = fs::read(folder.join("out").join(format!("{name}.beam")))?;
        let beam =
            Beam::parse(&bytes, &Limits::default()).with_context(|| format!("in {name}.beam"))?;
        // A case may do on purpose what ends the machine; what would end it at loading would take all cases.
        let found = gate::check(
            std::slice::from_ref(&beam),
            &avm::vm::Vm::atomvm(natives.clone()),
        );
        for finding in found.iter().filter(|finding| finding.aborts()) {
            eprintln!("    {finding}");
        }
        pack.sections.push(Section::module(&beam));
    }
    fs::write(out, pack.write())?;
    Ok(())
}
