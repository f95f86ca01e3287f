//! What kind of system this is, and how a missing program is had on it.
//! Installs only on Debian and its kin as root; elsewhere it names the command and stops.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Result, bail};

use crate::exec;
use crate::step::step;

/// How a system installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installer {
    /// Debian, Ubuntu and kin.
    Apt,
    /// Fedora and kin.
    Dnf,
    /// Arch and kin.
    Pacman,
    /// Alpine.
    Apk,
    /// macOS.
    Brew,
    /// Something else.
    Unknown,
}

/// A program that is not Rust's or npm's, and its package's name with each installer.
pub struct Program {
    /// What it is for, for the message.
    pub name: &'static str,
    /// Names of the executable, the preferred first.
    pub executables: &'static [&'static str],
    /// Debian packages.
    pub apt: &'static [&'static str],
    /// The command for other systems: Fedora, Arch, Alpine, macOS.
    pub elsewhere: [&'static str; 4],
}

/// The browser of the end-to-end tests and benchmarks.
pub const CHROMIUM: Program = Program {
    name: "Chromium",
    executables: &["chromium", "chromium-browser", "google-chrome"],
    apt: &["chromium", "fonts-dejavu-core"],
    elsewhere: [
        "dnf install chromium",
        "pacman -S chromium",
        "apk add chromium",
        "brew install --cask chromium",
    ],
};

/// The judge over the alerts of the service levels: Prometheus' own tool for testing rules.
pub const PROMTOOL: Program = Program {
    name: "promtool",
    executables: &["promtool"],
    apt: &["prometheus"],
    elsewhere: [
        "dnf install golang-github-prometheus",
        "pacman -S prometheus",
        "apk add prometheus",
        "brew install prometheus",
    ],
};

/// Installs what `os-release` says this system uses.
fn installer_named_by(os_release: &str) -> Installer {
    let mut words = os_release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|ids| ids.trim_matches('"').split_whitespace());
    words
        .find_map(|id| match id {
            "debian" | "ubuntu" => Some(Installer::Apt),
            "fedora" | "rhel" => Some(Installer::Dnf),
            "arch" => Some(Installer::Pacman),
            "alpine" => Some(Installer::Apk),
            _ => None,
        })
        .unwrap_or(Installer::Unknown)
}

/// The installer of this system.
pub fn installer() -> Installer {
    if cfg!(target_os = "macos") {
        return Installer::Brew;
    }
    installer_named_by(&fs::read_to_string("/etc/os-release").unwrap_or_default())
}

/// Finds an executable on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn is_root() -> bool {
    exec::output(std::process::Command::new("id").arg("-u"))
        .is_ok_and(|out| out.trim_ascii() == b"0")
}

/// Finds a program, installs it where that can be done without asking, or says how to get it.
pub fn require(program: &Program) -> Result<PathBuf> {
    let found = || program.executables.iter().find_map(|name| on_path(name));
    if let Some(path) = found() {
        return Ok(path);
    }
    let installer = installer();
    if installer == Installer::Apt && is_root() {
        step(&format!("install {} by apt", program.name), || {
            apt_install(program.apt)
        })?;
        if let Some(path) = found() {
            return Ok(path);
        }
    }
    bail!(
        "{} is missing; get it with `{}`",
        program.name,
        command_for(program, installer)
    )
}

/// Installs Debian packages; fetches the package lists only when the first try fails.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let install = || {
        let mut command = std::process::Command::new("apt-get");
        command
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages);
        exec::output(command.env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
    };
    install().or_else(|_| {
        exec::output(std::process::Command::new("apt-get").args(["update", "--quiet"]))?;
        install()
    })
}

fn command_for(program: &Program, installer: Installer) -> String {
    let [dnf, pacman, apk, brew] = program.elsewhere;
    match installer {
        Installer::Apt => format!("sudo apt-get install {}", program.apt.join(" ")),
        Installer::Dnf => format!("sudo {dnf}"),
        Installer::Pacman => format!("sudo {pacman}"),
        Installer::Apk => format!("sudo {apk}"),
        Installer::Brew => brew.to_owned(),
        Installer::Unknown => format!(
            "your system's package manager (Debian: {})",
            program.apt.join(" ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(os_release: &str, expected: Installer, command: &str) {
        let installer = installer_named_by(os_release);
        assert_eq!(installer, expected);
        assert_eq!(command_for(&CHROMIUM, installer), command);
    }

    #[test]
    fn a_missing_program_is_named_with_the_command_of_the_system() {
        check(
            "NAME=x\nID=debian\n",
            Installer::Apt,
            "sudo apt-get install chromium fonts-dejavu-core",
        );
        check(
            "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
            Installer::Apt,
            "sudo apt-get install chromium fonts-dejavu-core",
        );
        check("ID=fedora\n", Installer::Dnf, "sudo dnf install chromium");
        check(
            "ID=manjaro\nID_LIKE=arch\n",
            Installer::Pacman,
            "sudo pacman -S chromium",
        );
        check("ID=alpine\n", Installer::Apk, "sudo apk add chromium");
        check(
            "",
            Installer::Unknown,
            "your system's package manager (Debian: chromium fonts-dejavu-core)",
        );
    }
}
