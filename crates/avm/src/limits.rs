//! Upper bounds on everything a file may declare, so that hostile input costs little to refuse.

/// Bounds that hold while bytes are parsed. [`Limits::default`] is far above what OTP itself needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in one file, packed or not.
    pub file_bytes: usize,
    /// Sections in a pack.
    pub sections: usize,
    /// Chunks in a module.
    pub chunks: usize,
    /// Atoms in a module.
    pub atoms: usize,
    /// Entries in each table of a module: exports, imports, locals, funs, lines, file names.
    pub entries: usize,
    /// Labels in a module.
    pub labels: usize,
    /// Instructions in a module.
    pub instructions: usize,
    /// Literals in a module.
    pub literals: usize,
    /// Bytes of a module's literals once inflated.
    pub literal_bytes: usize,
    /// How deep tuples, lists and maps may be nested in one literal. The machine reads them by
    /// recursion on a small stack.
    pub term_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            sections: 16_384,
            chunks: 64,
            atoms: 65_536,
            entries: 262_144,
            labels: 1 << 20,
            instructions: 4 << 20,
            literals: 262_144,
            literal_bytes: 16 << 20,
            term_depth: 128,
        }
    }
}
