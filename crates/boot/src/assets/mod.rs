//! What the site fetches for the VM: the manifest that names it, and the check of what arrives.

mod check;
mod digest;
mod manifest;

pub use check::{AssetProblem, Expected, Kind, Received, diagnose};
pub use digest::Digest;
pub use manifest::{Asset, Manifest, ManifestError, Pack, PackPhase, Url, Vm};
