//! A private Erlang/OTP from Debian's packages: fetched by apt from the machine's own mirror with a private
//! configuration, checked against the lock file, unpacked in the per-user cache and made to run from there.
//! Never touches what is installed on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt::Apt;
use super::lock::{Lock, Package};
use crate::exec;
use crate::place;
use crate::step::{already, step};

/// The folder with `erl` and `erlc` of the unpacked copy, made on the first call.
pub fn unpacked(lock: &Lock) -> Result<PathBuf> {
    let architecture = String::from_utf8(exec::output(
        Command::new("dpkg").arg("--print-architecture"),
    )?)?;
    let architecture = architecture.trim();
    let name = &place::digest(lock.text.as_bytes())[..12];
    let home = place::cached("otp")?.join(format!("debian-{name}-{architecture}"));
    if home.exists() {
        already("Erlang/OTP in the cache");
        return erts_bin(&home);
    }
    // Everything is made beside its final place and renamed at the end: a run that was cut short,
    // or two at once, leave nothing half-done behind.
    let work = place::cached("otp")?.join(format!("unpacking-{}", std::process::id()));
    fs::create_dir_all(&work)?;
    let archives = step("fetch Erlang/OTP with apt", || {
        fetch(lock, architecture, &work.join("apt"))
    })?;
    step("unpack Erlang/OTP", || {
        let root = work.join("root");
        for archive in &archives {
            exec::run(Command::new("dpkg").arg("-x").arg(archive).arg(&root))?;
        }
        relocate(&root, &home)?;
        match fs::rename(&root, &home) {
            // Another run was faster: its copy is as good as ours.
            Err(_) if home.exists() => Ok(()),
            other => other.context("cannot move Erlang/OTP to its place"),
        }
    })?;
    fs::remove_dir_all(&work)?;
    erts_bin(&home)
}

/// Downloads the packages into `apt/` and checks their digests.
fn fetch(lock: &Lock, architecture: &str, folder: &Path) -> Result<Vec<PathBuf>> {
    let apt = Apt::new("deb", &lock.suite, folder)?;
    for package in &lock.packages {
        let pinned = exec::output(
            apt.get()
                .arg("download")
                .arg(format!("{}={}", package.name, package.version)),
        );
        if pinned.is_err() {
            // The mirror keeps only the newest of a release; apt has checked its signature.
            eprintln!(
                "    {} {} is gone from the mirror: taking its successor",
                package.name, package.version
            );
            exec::output(apt.get().arg("download").arg(&package.name))?;
        }
    }
    lock.packages
        .iter()
        .map(|package| checked(package, architecture, &apt.archives()))
        .collect()
}

/// The downloaded archive of a package, its digest compared with the lock's when the version is the lock's.
fn checked(package: &Package, architecture: &str, folder: &Path) -> Result<PathBuf> {
    let prefix = format!("{}_", package.name);
    let archive = folder
        .read_dir()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
        })
        .with_context(|| format!("apt did not fetch {}", package.name))?;
    let pinned = format!("{prefix}{}_", package.version.replace(':', "%3a"));
    let is_pinned = archive
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(&pinned));
    if let (true, Some(expected)) = (is_pinned, package.sha256.get(architecture)) {
        let found = place::digest(&fs::read(&archive)?);
        if found != *expected {
            bail!(
                "{} has the digest {found}, the lock says {expected}",
                archive.display()
            );
        }
    }
    Ok(archive)
}

/// Makes the programs below `root` run from `home`: their own loader and libraries, their own `erl` script.
fn relocate(root: &Path, home: &Path) -> Result<()> {
    if exec::output(Command::new("patchelf").arg("--version")).is_err() {
        exec::run(Command::new("apt-get").args([
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "patchelf",
        ]))?;
    }
    let libraries = library_folder(root)?;
    let libraries_at_home = home.join(libraries.strip_prefix(root)?);
    let loader = fs::read_dir(&libraries)?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with("ld-linux-"))
        .context("no loader in the unpacked libc")?;
    let bin = erts_bin(root)?;
    for entry in bin.read_dir()? {
        let program = entry?.path();
        if program.is_file() && fs::read(&program)?.starts_with(b"\x7fELF") {
            let mut patch = Command::new("patchelf");
            patch
                .arg("--set-interpreter")
                .arg(libraries_at_home.join(loader.file_name()));
            exec::output(
                patch
                    .arg("--set-rpath")
                    .arg(&libraries_at_home)
                    .arg(&program),
            )?;
        }
    }
    let script = "#!/bin/sh\n\
        BINDIR=$(dirname \"$(readlink -f \"$0\")\")\n\
        ROOTDIR=$(readlink -f \"$BINDIR/../..\")\n\
        EMU=beam\nPROGNAME=erl\n\
        export BINDIR ROOTDIR EMU PROGNAME\n\
        exec \"$BINDIR/erlexec\" \"$@\"\n";
    // The file keeps the permissions it came with.
    fs::write(bin.join("erl"), script)?;
    Ok(())
}

/// `usr/lib/<machine>-linux-gnu` below an unpacked root.
fn library_folder(root: &Path) -> Result<PathBuf> {
    let lib = root.join("usr/lib");
    let found = lib
        .read_dir()?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let mut named = found.filter(|path| path.to_string_lossy().ends_with("-linux-gnu"));
    named
        .next()
        .with_context(|| format!("no library folder in {}", lib.display()))
}

/// The folder of the emulator's programs below an unpacked root.
fn erts_bin(root: &Path) -> Result<PathBuf> {
    let erlang = root.join("usr/lib/erlang");
    let entries = erlang
        .read_dir()
        .with_context(|| format!("cannot read {}", erlang.display()))?;
    let mut erts = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("erts-"));
    erts.next()
        .map(|entry| entry.path().join("bin"))
        .with_context(|| format!("no emulator in {}", erlang.display()))
}
