//! The tables of functions: imports, exports, locals and closures.

use super::atoms::{Atom, Atoms};
use super::chunks::Chunk;
use super::header::CodeHeader;
use crate::error::{Error, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// A function elsewhere that the module refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Import {
    /// The module it is in.
    pub module: Atom,
    /// Its name.
    pub function: Atom,
    /// How many arguments it takes.
    pub arity: u32,
}

/// A function of the module itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Export {
    /// Its name.
    pub function: Atom,
    /// How many arguments it takes.
    pub arity: u32,
    /// The label it begins at.
    pub label: u32,
}

/// A closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fun {
    /// The name of the function that holds its body.
    pub function: Atom,
    /// How many arguments the body takes, free variables included.
    pub arity: u32,
    /// The label the body begins at.
    pub label: u32,
    /// Its number in the module.
    pub index: u32,
    /// How many variables it brings along.
    pub free: u32,
    /// What tells it from closures of other versions of the module.
    pub uniq: u32,
}

/// Reads a table of entries of `width` bytes each, and nothing after it.
fn table<T>(
    chunk: &Chunk<'_>,
    what: &'static str,
    width: usize,
    limits: &Limits,
    mut entry: impl FnMut(&mut Reader<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut reader = chunk.reader();
    let count = reader.count(what, width, limits.entries)?;
    let list = (0..count)
        .map(|_| entry(&mut reader))
        .collect::<Result<_, _>>()?;
    reader.end(what)?;
    Ok(list)
}

/// The next field, which must be an atom.
fn atom(reader: &mut Reader<'_>, atoms: &Atoms<'_>, what: &'static str) -> Result<Atom, Error> {
    let place = reader.place();
    let index = reader.u32(what)?;
    atoms
        .check(index, what)
        .map_err(|reason| Error { place, reason })
}

/// The next field, which must be an arity. No function takes more than 255 arguments.
fn arity(reader: &mut Reader<'_>) -> Result<u32, Error> {
    bounded(reader, "an arity", 256)
}

/// The next field, which must be below `count`.
fn bounded(reader: &mut Reader<'_>, what: &'static str, count: u32) -> Result<u32, Error> {
    let place = reader.place();
    match reader.u32(what)? {
        value if value < count => Ok(value),
        found => {
            let (found, count) = (found.into(), count as usize);
            Err(Error {
                place,
                reason: Reason::OutOfRange { what, found, count },
            })
        }
    }
}

/// Reads ImpT.
pub(crate) fn imports(
    chunk: &Chunk<'_>,
    atoms: &Atoms<'_>,
    limits: &Limits,
) -> Result<Vec<Import>, Error> {
    table(chunk, "the imports", 12, limits, |reader| {
        Ok(Import {
            module: atom(reader, atoms, "the module of an import")?,
            function: atom(reader, atoms, "the function of an import")?,
            arity: arity(reader)?,
        })
    })
}

/// Reads ExpT or LocT.
pub(crate) fn exports(
    chunk: &Chunk<'_>,
    atoms: &Atoms<'_>,
    header: &CodeHeader,
    limits: &Limits,
) -> Result<Vec<Export>, Error> {
    table(chunk, "the functions", 12, limits, |reader| {
        Ok(Export {
            function: atom(reader, atoms, "the name of a function")?,
            arity: arity(reader)?,
            label: bounded(reader, "the label of a function", header.labels)?,
        })
    })
}

/// Reads FunT.
pub(crate) fn funs(
    chunk: &Chunk<'_>,
    atoms: &Atoms<'_>,
    header: &CodeHeader,
    limits: &Limits,
) -> Result<Vec<Fun>, Error> {
    table(chunk, "the closures", 24, limits, |reader| {
        Ok(Fun {
            function: atom(reader, atoms, "the name of a closure")?,
            arity: arity(reader)?,
            label: bounded(reader, "the label of a closure", header.labels)?,
            index: reader.u32("the closures")?,
            free: arity(reader)?,
            uniq: reader.u32("the closures")?,
        })
    })
}

/// How many types the chunk Type declares; registers point at them.
pub(crate) fn type_count(chunk: &Chunk<'_>) -> Result<usize, Error> {
    let mut reader = chunk.reader();
    let _version = reader.u32("the types")?;
    reader.size("the types")
}
