//! Modules of a person: what the compiler found in one, and that one came into the VM.

use serde::{Deserialize, Serialize};

/// What the compiler says of one place in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How grave.
    pub severity: Gravity,
    /// In the words of OTP's compiler.
    pub message: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// The module was compiled all the same.
    Warning,
    /// There is no module.
    Error,
}

/// What compiling a source came to. Without errors, the module was loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    /// The module, if the source has one that could be compiled.
    pub module: Option<String>,
    /// Why it was not loaded.
    pub errors: Vec<Finding>,
    /// What else was noticed.
    pub warnings: Vec<Finding>,
    /// Whether nothing stands against it but that it is a module of the console.
    #[serde(default)]
    pub is_sticky: bool,
}
