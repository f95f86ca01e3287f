//! A BEAM module: its chunks, taken apart and checked, and the same module as a pack holds it.

mod atoms;
mod chunks;
mod header;
mod lines;
mod literals;
mod packed;
mod tables;

pub use atoms::{Atom, Atoms};
pub use chunks::Chunk;
pub use header::CodeHeader;
pub use lines::{Line, Lines};
pub use literals::{Literal, Literals};
pub use tables::{Export, Fun, Import};

use crate::code::{self, Code};
use crate::error::{ChunkName, Error, Reason};
use crate::limits::Limits;
use crate::vm::Mfa;

/// A module that was parsed and found sound. It borrows the bytes it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beam<'a> {
    chunks: Vec<Chunk<'a>>,
    atoms: Atoms<'a>,
    header: CodeHeader,
    code: Code,
    imports: Vec<Import>,
    exports: Vec<Export>,
    locals: Vec<Export>,
    funs: Vec<Fun>,
    strings: &'a [u8],
    literals: Literals<'a>,
    lines: Option<Lines<'a>>,
}

impl<'a> Beam<'a> {
    /// Parses a module, or refuses it with the offset and the reason.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let chunks = chunks::parse(bytes, limits)?;
        let find = |name: &[u8; 4]| chunks.iter().find(|chunk| chunk.name.0 == *name);
        let need = |name: &[u8; 4]| {
            let missing = || Error::at(bytes.len(), Reason::MissingChunk(ChunkName(*name)));
            find(name).ok_or_else(missing)
        };
        let atoms = atoms::parse(need(b"AtU8")?, limits)?;
        let (header, code) = header::parse(need(b"Code")?, limits)?;
        let imports = tables::imports(need(b"ImpT")?, &atoms, limits)?;
        let exports = tables::exports(need(b"ExpT")?, &atoms, &header, limits)?;
        let locals = match find(b"LocT") {
            Some(chunk) => tables::exports(chunk, &atoms, &header, limits)?,
            None => Vec::new(),
        };
        let funs = match find(b"FunT") {
            Some(chunk) => tables::funs(chunk, &atoms, &header, limits)?,
            None => Vec::new(),
        };
        let strings = find(b"StrT").map_or(&[][..], |chunk| chunk.data);
        let literals = match (find(b"LitT"), find(b"LitU")) {
            // Both at once: the machine reads LitT, so LitU would be dead weight nobody checks.
            (Some(_), Some(plain)) => {
                return Err(Error::at(plain.offset, Reason::RepeatedChunk(plain.name)));
            }
            (Some(chunk), None) => literals::inflated(chunk, limits)?,
            (None, Some(chunk)) => literals::plain(chunk, limits)?,
            (None, None) => Literals::default(),
        };
        let lines = match find(b"Line") {
            Some(chunk) => Some(lines::parse(chunk, limits)?),
            None => None,
        };
        let code = Code::decode(code, header.code_offset, limits)?;
        let tables = code::Tables {
            atoms: &atoms,
            header,
            imports: &imports,
            exports: &exports,
            locals: &locals,
            funs: &funs,
            strings,
            literals: literals.list().len(),
            types: match find(b"Type") {
                Some(chunk) => Some(tables::type_count(chunk)?),
                None => None,
            },
        };
        code::check(&code, &tables)?;
        Ok(Self {
            chunks,
            atoms,
            header,
            code,
            imports,
            exports,
            locals,
            funs,
            strings,
            literals,
            lines,
        })
    }

    /// The module's name: its first atom.
    pub fn name(&self) -> &'a str {
        // `atoms::parse` refuses a table without a first atom.
        self.atoms.get(Atom::MODULE).unwrap_or_default()
    }

    /// The chunks in the order of the file.
    pub fn chunks(&self) -> &[Chunk<'a>] {
        &self.chunks
    }

    /// The data of a chunk.
    pub fn chunk(&self, name: [u8; 4]) -> Option<&'a [u8]> {
        self.chunks
            .iter()
            .find(|chunk| chunk.name.0 == name)
            .map(|chunk| chunk.data)
    }

    /// The module's atoms.
    pub fn atoms(&self) -> &Atoms<'a> {
        &self.atoms
    }

    /// What the code chunk says about itself.
    pub fn header(&self) -> CodeHeader {
        self.header
    }

    /// The instructions.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The functions that the module calls elsewhere, by import index.
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// The functions that others may call.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// The functions that only the module itself calls, as far as the file tells.
    pub fn locals(&self) -> &[Export] {
        &self.locals
    }

    /// The closures.
    pub fn funs(&self) -> &[Fun] {
        &self.funs
    }

    /// The bytes that string instructions point into.
    pub fn strings(&self) -> &'a [u8] {
        self.strings
    }

    /// The literals.
    pub fn literals(&self) -> &Literals<'a> {
        &self.literals
    }

    /// Where instructions came from, if the module tells.
    pub fn lines(&self) -> Option<&Lines<'a>> {
        self.lines.as_ref()
    }

    /// The names of the exported functions.
    pub fn exported(&self) -> impl Iterator<Item = Mfa> {
        self.exports
            .iter()
            .map(|export| self.mfa(Atom::MODULE, export.function, export.arity))
    }

    /// The names of the imported functions, by import index.
    pub fn imported(&self) -> impl Iterator<Item = Mfa> {
        self.imports
            .iter()
            .map(|import| self.mfa(import.module, import.function, import.arity))
    }

    fn mfa(&self, module: Atom, function: Atom, arity: u32) -> Mfa {
        // The tables were checked against the atoms.
        let text = |atom| self.atoms.get(atom).unwrap_or_default();
        Mfa::new(text(module), text(function), arity)
    }

    /// Whether the module exports this function.
    pub fn exports_function(&self, function: &str, arity: u32) -> bool {
        let is = |export: &Export| {
            export.arity == arity && self.atoms.get(export.function) == Some(function)
        };
        self.exports.iter().any(is)
    }

    /// Whether the module can start a program: whether it exports `start/0`.
    pub fn is_start(&self) -> bool {
        self.exports_function("start", 0)
    }
}
