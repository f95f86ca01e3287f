//! Debian's apt with a configuration of its own: packages of another release than the machine's, fetched from
//! the machine's own mirror into a folder. Never touches what is installed on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::exec;

/// Where Debian keeps the keys that its releases are signed with.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Is this a Debian (or a system made from it) with apt?
pub fn is_here() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let mut families = release
        .lines()
        .filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="));
    families.any(|line| line.contains("debian")) && Path::new(KEYRING).exists()
}

/// An apt that knows the packages of one release.
pub struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// Reads the lists of a release into `folder`: of its packages (`deb`) or of their sources (`deb-src`).
    pub fn new(kind: &str, suite: &str, folder: &Path) -> Result<Self> {
        for folder in ["state/lists/partial", "cache/archives/partial", "archives"]
            .map(|path| folder.join(path))
        {
            fs::create_dir_all(folder)?;
        }
        fs::write(folder.join("status"), "")?;
        fs::write(
            folder.join("sources.list"),
            format!("{kind} [signed-by={KEYRING}] {} {suite} main\n", mirror()?),
        )?;
        let at = |path: &str| folder.join(path).display().to_string();
        let configuration = format!(
            "Dir::Etc::sourcelist \"{}\";\nDir::Etc::sourceparts \"-\";\nDir::State \"{}\";\n\
             Dir::State::status \"{}\";\nDir::Cache \"{}\";\nAcquire::Languages \"none\";\n\
             Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\nAPT::Sandbox::User \"\";\n",
            at("sources.list"),
            at("state"),
            at("status"),
            at("cache"),
        );
        fs::write(folder.join("apt.conf"), configuration)?;
        let apt = Self {
            folder: folder.to_owned(),
        };
        exec::output(apt.get().arg("update"))?;
        Ok(apt)
    }

    /// `apt-get` with this configuration; what it downloads goes to [`Self::archives`].
    pub fn get(&self) -> Command {
        let mut command = exec::command("apt-get", &self.archives());
        command
            .env("APT_CONFIG", self.folder.join("apt.conf"))
            .arg("-qq");
        command
    }

    /// Where downloads go.
    pub fn archives(&self) -> PathBuf {
        self.folder.join("archives")
    }
}

/// The mirror that the machine's own apt is configured with.
fn mirror() -> Result<String> {
    let targets = exec::output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    ]))?;
    let targets = String::from_utf8(targets)?;
    let mut main =
        targets
            .lines()
            .filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
                // A code name alone is a release; `-security` and `-updates` live elsewhere or hold too little.
                [uri, release, "main"] if uri.contains("debian") && !release.contains('-') => {
                    Some(uri.to_owned())
                }
                _ => None,
            });
    main.next()
        .context("apt on this machine knows no Debian mirror (a `main` component in its sources)")
}
