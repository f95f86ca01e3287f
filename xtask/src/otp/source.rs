//! Parts of OTP's own source, which Debian's source package `erlang` holds: its test suites and its regular
//! expression engine. Fetched by name, checked against `otp-source.lock.json`, kept in the per-user cache.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::apt::{self, Apt};
use crate::step::{already, step};
use crate::{exec, place};

/// Names a folder with an unpacked OTP source, in the place of Debian's package.
const CHOSEN: &str = "ATOMVM_CONSOLE_OTP_SOURCE";

/// What is unpacked, below the archive's one folder.
const PARTS: [&str; 2] = ["lib/stdlib/test", "erts/emulator/pcre"];

/// The lock file as it is written.
#[derive(Deserialize)]
struct Lock {
    /// Debian's code name of the release the source comes from.
    suite: String,
    /// Debian's name of the package.
    name: String,
    /// Its version, epoch included.
    version: String,
    /// The upstream archive, which is the same for all of Debian's revisions.
    archive: String,
    /// The archive's SHA-256.
    sha256: String,
}

/// The folder with the unpacked parts.
pub fn unpacked() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os(CHOSEN) {
        return Ok(PathBuf::from(chosen));
    }
    if !apt::is_here() {
        bail!("this needs the source of Erlang/OTP 27: unpack it, and name its folder in {CHOSEN}");
    }
    let text = fs::read_to_string(place::at("xtask/otp-source.lock.json"))?;
    let lock: Lock = serde_json::from_str(&text)?;
    let home = place::cached("otp")?.join(format!("source-{}", &lock.sha256[..12]));
    if home.exists() {
        already("OTP's source in the cache");
        return Ok(home);
    }
    // Made beside its place and moved there whole, as is everything in the cache.
    let work = place::cached("otp")?.join(format!("source-{}", std::process::id()));
    step("fetch OTP's source with apt", || {
        let apt = Apt::new("deb-src", &lock.suite, &work.join("apt"))?;
        let source = ["source", "--download-only", "--tar-only"];
        let named = format!("{}={}", lock.name, lock.version);
        if exec::output(apt.get().args(source).arg(named)).is_err() {
            // Only Debian's revision is gone from the mirror: the archive that we want has its digest below.
            exec::output(apt.get().args(source).arg(&lock.name))?;
        }
        let archive = apt.archives().join(&lock.archive);
        let bytes = fs::read(&archive)
            .with_context(|| format!("the mirror no longer has {}", lock.archive))?;
        if place::digest(&bytes) != lock.sha256 {
            bail!("{} has another digest than its lock says", lock.archive);
        }
        let root = work.join("root");
        fs::create_dir_all(&root)?;
        let mut tar = Command::new("tar");
        tar.arg("-xJf").arg(&archive).arg("-C").arg(&root);
        tar.args(["--strip-components=1", "--wildcards"]);
        exec::run(tar.args(PARTS.map(|part| format!("*/{part}"))))?;
        match fs::rename(&root, &home) {
            Err(_) if home.exists() => Ok(()),
            other => other.context("cannot move OTP's source to its place"),
        }
    })?;
    fs::remove_dir_all(&work)?;
    Ok(home)
}
