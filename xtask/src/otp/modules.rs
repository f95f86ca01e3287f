//! Which modules go into which pack, and where each comes from: OTP, an overlay, or the console's own sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::toolchain::Toolchain;
use crate::place;

/// The applications whose modules are packed.
const APPLICATIONS: [&str; 5] = ["erts", "kernel", "stdlib", "compiler", "syntax_tools"];

/// Applications of which nothing but our overlays is packed: the rest of them is in C.
const OVERLAYS_ALONE: [&str; 1] = ["crypto"];

/// Folders of modules of our own, beside the overlays.
const OURS: [&str; 2] = ["erlang/console", "erlang/examples"];

/// What the first prompt needs: the list was read off a VM that had booted, evaluated and printed
/// (`code:all_loaded()`), and closed over what those modules call on their ordinary ways.
const CORE: &str = include_str!("core.txt");

/// OTP modules that make no sense here: other nodes, sockets, ports, files on disk, code in C.
const LEFT_OUT: &str = include_str!("left_out.txt");

/// The packs, by when the page needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pack {
    /// Needed for the first prompt.
    Core,
    /// OTP's compiler.
    Compiler,
    /// The rest of OTP.
    Library,
    /// The examples, which a person may replace.
    Examples,
}

impl Pack {
    /// All of them, in the order they are loaded.
    pub const ALL: [Self; 4] = [Self::Core, Self::Compiler, Self::Library, Self::Examples];

    /// The name in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Compiler => "compiler",
            Self::Library => "library",
            Self::Examples => "examples",
        }
    }

    /// When the page fetches it.
    pub fn phase(self) -> &'static str {
        match self {
            Self::Core => "boot",
            Self::Compiler | Self::Library | Self::Examples => "background",
        }
    }
}

/// Where a module comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// A compiled module of OTP, or a source file of ours.
    pub base: Option<PathBuf>,
    /// The overlay that changes it, or is all there is.
    pub overlay: Option<PathBuf>,
    /// The pack it goes into.
    pub pack: Pack,
}

/// All modules by name.
pub fn all(toolchain: &Toolchain) -> Result<BTreeMap<String, Source>> {
    let mut modules = BTreeMap::new();
    for application in APPLICATIONS.into_iter().chain(OVERLAYS_ALONE) {
        let rest = if application == "compiler" {
            Pack::Compiler
        } else {
            Pack::Library
        };
        let bases = match OVERLAYS_ALONE.contains(&application) {
            true => Vec::new(),
            false => files(&toolchain.ebin(application)?, "beam")?,
        };
        for (name, base) in bases {
            if !lists(LEFT_OUT, &name) {
                let pack = pack_of(&name, rest);
                modules.insert(
                    name,
                    Source {
                        base: Some(base),
                        overlay: None,
                        pack,
                    },
                );
            }
        }
        for (name, overlay) in files(&place::at("erlang/otp").join(application), "erl")? {
            let pack = pack_of(&name, rest);
            let absent = Source {
                base: None,
                overlay: None,
                pack,
            };
            modules.entry(name).or_insert(absent).overlay = Some(overlay);
        }
    }
    for folder in OURS {
        let pack = if folder.ends_with("console") {
            Pack::Core
        } else {
            Pack::Examples
        };
        for (name, base) in files(&place::at(folder), "erl")? {
            let source = Source {
                base: Some(base),
                overlay: None,
                pack,
            };
            if modules.insert(name.clone(), source).is_some() {
                bail!("{folder}/{name}.erl has the name of an OTP module");
            }
        }
    }
    for name in CORE.lines().filter(|line| !line.is_empty()) {
        if !modules.contains_key(name) {
            bail!("core.txt names {name}, which is no module");
        }
    }
    Ok(modules)
}

fn pack_of(name: &str, rest: Pack) -> Pack {
    if lists(CORE, name) { Pack::Core } else { rest }
}

fn lists(list: &str, name: &str) -> bool {
    list.lines().any(|line| line == name)
}

/// The files with an ending in a folder, by stem; none if there is no such folder.
pub fn files(folder: &Path, ending: &str) -> Result<Vec<(String, PathBuf)>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if let (Some(stem), Some(kind)) = (path.file_stem(), path.extension())
            && kind == ending
        {
            files.push((stem.to_string_lossy().into_owned(), path));
        }
    }
    files.sort();
    Ok(files)
}
