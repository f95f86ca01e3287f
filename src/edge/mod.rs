//! The browser's facilities, one file each. No edge knows another.

pub mod assets;
pub mod isolation;
