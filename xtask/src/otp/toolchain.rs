//! An Erlang/OTP to build packs with: the one on the PATH if it is recent enough and its modules
//! carry their abstract code, else a private copy in the per-user cache. Nothing is installed system-wide,
//! except `patchelf` where the private copy needs it and it is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::lock::Lock;
use super::{apt, debian};
use crate::exec;
use crate::step::already;

/// The oldest release whose standard library the overlays fit.
const OLDEST: u32 = 27;

/// What the host says of itself: release, library folder, and whether its modules can be recompiled.
const PROBE: &str = "
    Carries = fun(Module) ->
        case beam_lib:chunks(code:which(Module), [abstract_code]) of
            {ok, {_, [{abstract_code, {_, _}}]}} -> true;
            _ -> false
        end
    end,
    io:format(\"~s~n~s~n~s~n\",
        [erlang:system_info(otp_release), code:lib_dir(), Carries(lists) andalso Carries(compile)]),
    halt().";

/// Where `erl`, `erlc` and the OTP libraries are.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The emulator.
    pub erl: PathBuf,
    /// The compiler.
    pub erlc: PathBuf,
    /// The folder of the OTP applications, each `name-version`.
    pub lib: PathBuf,
}

impl Toolchain {
    /// The emulator without a terminal, ready for `-eval` or `-run`.
    pub fn erl(&self) -> Command {
        let mut command = Command::new(&self.erl);
        command.args(["-noinput", "-boot", "no_dot_erlang"]);
        command
    }

    /// The release, such as `27`.
    pub fn release(&self) -> Result<String> {
        probe(&self.erl).map(|(release, _)| release.to_string())
    }

    /// The `ebin` folder of an OTP application, whatever its version.
    pub fn ebin(&self, application: &str) -> Result<PathBuf> {
        let prefix = format!("{application}-");
        let entries = self
            .lib
            .read_dir()
            .with_context(|| format!("cannot read {}", self.lib.display()))?;
        let found = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
            .map(|entry| entry.path().join("ebin"))
            .find(|ebin| ebin.join(format!("{application}.app")).exists());
        found.with_context(|| format!("no application {application} in {}", self.lib.display()))
    }
}

/// Finds or fetches the toolchain. The second run takes a fraction of a second.
pub fn prepare() -> Result<Toolchain> {
    if let Some(found) = on_path() {
        already(&format!("Erlang/OTP at {}", found.erl.display()));
        return Ok(found);
    }
    if !apt::is_here() {
        bail!(
            "Erlang/OTP {OLDEST} or later with debug information is needed on the PATH: {}",
            advice()
        );
    }
    let erts = debian::unpacked(&Lock::read()?)?;
    let found = Toolchain {
        erl: erts.join("erl"),
        erlc: erts.join("erlc"),
        lib: PathBuf::new(),
    };
    let (release, lib) = probe(&found.erl).context("the unpacked Erlang/OTP does not run")?;
    if release < OLDEST {
        bail!("the unpacked Erlang/OTP is release {release}, {OLDEST} is needed");
    }
    Ok(Toolchain { lib, ..found })
}

/// The toolchain on the PATH, if it fits.
fn on_path() -> Option<Toolchain> {
    let (release, lib) = probe(Path::new("erl")).ok()?;
    let erl = which("erl")?;
    let erlc = which("erlc")?;
    (release >= OLDEST).then_some(Toolchain { erl, erlc, lib })
}

/// Asks an emulator for its release and library folder; an error if its modules lack abstract code.
fn probe(erl: &Path) -> Result<(u32, PathBuf)> {
    let mut command = Command::new(erl);
    command.args(["-noinput", "-boot", "no_dot_erlang", "-eval", PROBE]);
    let answer = String::from_utf8(exec::output(&mut command)?)?;
    match answer.lines().collect::<Vec<_>>()[..] {
        [release, lib, "true"] => Ok((release.parse()?, PathBuf::from(lib))),
        _ => bail!(
            "the modules of {} carry no debug information",
            erl.display()
        ),
    }
}

/// The full path of a program on the PATH.
fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// The command that gets Erlang/OTP on this system.
fn advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "brew install erlang"
    } else if which("dnf").is_some() {
        "sudo dnf install erlang"
    } else if which("pacman").is_some() {
        "sudo pacman -S erlang"
    } else if which("apk").is_some() {
        "sudo apk add erlang erlang-dev"
    } else if which("nix-env").is_some() {
        "nix-env -iA nixpkgs.erlang_27"
    } else {
        "see the downloads page of erlang.org"
    }
}
