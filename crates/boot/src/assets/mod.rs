//! What the site fetches for the VM: the manifest that names it, and the check of what arrives.

mod check;
mod digest;
mod manifest;
mod problem;

pub use check::{Expected, HEAD_BYTES, Kind, Received, diagnose};
pub use digest::Digest;
pub use manifest::{Asset, MAX_ASSET_BYTES, Manifest, ManifestError, Pack, PackPhase, Url, Vm};
pub use problem::AssetProblem;
