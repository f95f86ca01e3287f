//! The manifest of a build: every file the VM needs, with its size and digest.
//! What parses is safe to fetch: addresses stay inside the site, sizes are bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::Digest;

const MAX_MANIFEST_BYTES: usize = 256 * 1024;
/// No file that goes to the VM is larger.
pub const MAX_ASSET_BYTES: u64 = 64 * 1024 * 1024;
const MAX_ENTRIES: usize = 64;
const MAX_NAME_BYTES: usize = 64;
const MAX_URL_BYTES: usize = 200;

/// Everything one build of the site loads at run time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The build id.
    pub build: String,
    /// The VM itself.
    pub vm: Vm,
    /// Packs of Erlang code, in the order the VM gets them.
    pub packs: Vec<Pack>,
    /// The list of native functions this VM has.
    #[serde(default)]
    pub natives: Option<Asset>,
    /// The engine of regular expressions.
    #[serde(default)]
    pub re: Option<Asset>,
    /// Scripts by name.
    #[serde(default)]
    pub js: BTreeMap<String, Asset>,
}

/// The two files of the VM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vm {
    /// Its JavaScript module.
    pub glue: Asset,
    /// Its code.
    pub wasm: Asset,
}

/// One file: where it is, how long, and what it hashes to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Address relative to the site's root.
    pub url: Url,
    /// Exact size.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
}

/// One pack of Erlang code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PackFields")]
pub struct Pack {
    /// Its name, such as `core`.
    pub name: String,
    /// When it is needed.
    pub phase: PackPhase,
    /// The file.
    pub asset: Asset,
}

/// When a pack is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackPhase {
    /// Before the first prompt.
    Boot,
    /// After it.
    Background,
}

/// A pack as it is written: the asset's fields stand beside the name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFields {
    name: String,
    phase: PackPhase,
    url: Url,
    bytes: u64,
    sha256: Digest,
}

impl From<PackFields> for Pack {
    fn from(fields: PackFields) -> Self {
        let PackFields {
            name,
            phase,
            url,
            bytes,
            sha256,
        } = fields;
        Pack {
            name,
            phase,
            asset: Asset { url, bytes, sha256 },
        }
    }
}

/// An address inside the site: plain segments joined by `/`, no scheme, host, query or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Url(String);

impl Url {
    /// Takes a relative address, or says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, ManifestError> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let is_segment =
            |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain);
        if text.len() <= MAX_URL_BYTES && text.split('/').all(is_segment) {
            Ok(Url(text.to_owned()))
        } else {
            Err(ManifestError::Url(shortened(text)))
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Url {
    type Error = ManifestError;

    fn try_from(text: String) -> Result<Self, ManifestError> {
        Url::new(&text)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a manifest was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestError {
    /// No JSON, or not of this shape.
    Shape(String),
    /// Longer than any manifest we write.
    TooLong(usize),
    /// An address that is not a plain relative one.
    Url(String),
    /// A digest that is not 64 lower-case hexadecimal digits.
    Digest(String),
    /// A size of zero or past the bound.
    Size {
        /// The asset's address.
        url: String,
        /// Its size as written.
        bytes: u64,
    },
    /// A build id, pack or script name that is empty, too long or has odd characters.
    Name(String),
    /// Two packs of one name.
    Twice(String),
    /// More packs or scripts than any build has.
    TooMany,
    /// No pack is needed for the first prompt.
    NoBootPack,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ManifestError::Shape(why) => write!(f, "the manifest cannot be read: {why}"),
            ManifestError::TooLong(bytes) => {
                write!(
                    f,
                    "the manifest has {bytes} bytes; {MAX_MANIFEST_BYTES} are allowed"
                )
            }
            ManifestError::Url(url) => write!(f, "{url:?} is no plain address inside the site"),
            ManifestError::Digest(text) => write!(f, "{text:?} is no SHA-256 in lower-case hex"),
            ManifestError::Size { url, bytes } => {
                write!(
                    f,
                    "{url} is said to have {bytes} bytes; 1 to {MAX_ASSET_BYTES} are allowed"
                )
            }
            ManifestError::Name(name) => write!(f, "{name:?} is no plain name"),
            ManifestError::Twice(name) => write!(f, "two packs are called {name:?}"),
            ManifestError::TooMany => write!(f, "more than {MAX_ENTRIES} packs or scripts"),
            ManifestError::NoBootPack => f.write_str("no pack is marked \"boot\""),
        }
    }
}

impl std::error::Error for ManifestError {}

impl Manifest {
    /// Reads a manifest, or says why not.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        if text.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLong(text.len()));
        }
        let manifest: Manifest =
            serde_json::from_str(text).map_err(|e| ManifestError::Shape(e.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Packs needed before the first prompt, in order.
    pub fn boot_packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs
            .iter()
            .filter(|pack| pack.phase == PackPhase::Boot)
    }

    /// Packs loaded after the first prompt, in order.
    pub fn background_packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs
            .iter()
            .filter(|pack| pack.phase == PackPhase::Background)
    }

    /// What has to arrive before the first prompt, for its progress.
    pub fn boot_assets(&self) -> impl Iterator<Item = &Asset> {
        let packs = self.boot_packs().map(|pack| &pack.asset);
        [&self.vm.glue, &self.vm.wasm].into_iter().chain(packs)
    }

    fn check(&self) -> Result<(), ManifestError> {
        check_name(&self.build)?;
        if self.packs.len() > MAX_ENTRIES || self.js.len() > MAX_ENTRIES {
            return Err(ManifestError::TooMany);
        }
        let mut names = BTreeSet::new();
        for pack in &self.packs {
            check_name(&pack.name)?;
            if !names.insert(&pack.name) {
                return Err(ManifestError::Twice(pack.name.clone()));
            }
        }
        self.js.keys().try_for_each(|name| check_name(name))?;
        let packs = self.packs.iter().map(|pack| &pack.asset);
        let vm = [&self.vm.glue, &self.vm.wasm];
        let mut assets = vm
            .into_iter()
            .chain(packs)
            .chain(&self.natives)
            .chain(&self.re)
            .chain(self.js.values());
        if let Some(asset) = assets.find(|a| a.bytes == 0 || a.bytes > MAX_ASSET_BYTES) {
            let url = asset.url.to_string();
            return Err(ManifestError::Size {
                url,
                bytes: asset.bytes,
            });
        }
        if self.boot_packs().next().is_none() {
            return Err(ManifestError::NoBootPack);
        }
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), ManifestError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.+".contains(&b);
    if !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(ManifestError::Name(shortened(name)))
    }
}

/// Enough of a refused text to find it again.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
