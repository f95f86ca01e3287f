//! The atom table: AtU8, as it was before OTP 28 and since.

use super::chunks::Chunk;
use crate::error::{Error, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// An index into a module's atoms. They count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom(pub u32);

impl Atom {
    /// The atom that names the module.
    pub const MODULE: Self = Self(1);
}

/// A module's atoms, none longer than 255 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atoms<'a> {
    list: Vec<&'a str>,
}

impl<'a> Atoms<'a> {
    /// The atom's text; nothing for an index that is outside the table.
    pub fn get(&self, atom: Atom) -> Option<&'a str> {
        let index = usize::try_from(atom.0).ok()?.checked_sub(1)?;
        self.list.get(index).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none; a parsed module has at least its name.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, the module's name first.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.list.iter().copied()
    }

    /// The atom with this index, or why it cannot be.
    pub(crate) fn check(&self, index: u32, what: &'static str) -> Result<Atom, Reason> {
        let atom = Atom(index);
        match self.get(atom) {
            Some(_) => Ok(atom),
            None => Err(Reason::OutOfRange {
                what,
                found: index.into(),
                count: self.list.len(),
            }),
        }
    }
}

/// Reads the table. A negative count marks the form of OTP 28, whose lengths may exceed a byte.
pub(crate) fn parse<'a>(chunk: &Chunk<'a>, limits: &Limits) -> Result<Atoms<'a>, Error> {
    let mut reader = chunk.reader();
    let place = reader.place();
    let declared = reader.u32("the number of atoms")?.cast_signed();
    let long = declared < 0;
    let (found, limit) = (declared.unsigned_abs() as usize, limits.atoms);
    if found > limit {
        return Err(Error {
            place,
            reason: Reason::TooMany {
                what: "atoms",
                found,
                limit,
            },
        });
    }
    if found == 0 {
        let reason = Reason::BadValue {
            what: "the number of atoms",
            found: 0,
        };
        return Err(Error { place, reason });
    }
    // Every atom takes a byte at least, whatever the count claims.
    let mut list = Vec::with_capacity(found.min(reader.left()));
    for _ in 0..found {
        let place = reader.place();
        let size = if long {
            long_size(&mut reader)?
        } else {
            reader.u8("an atom")?.into()
        };
        let text = std::str::from_utf8(reader.take(size, "an atom")?).map_err(|_| Error {
            place,
            reason: Reason::NotUtf8 { what: "an atom" },
        })?;
        let length = if size <= 255 {
            size
        } else {
            text.chars().count()
        };
        if length > 255 {
            let reason = Reason::BadValue {
                what: "the length of an atom",
                found: length as u64,
            };
            return Err(Error { place, reason });
        }
        list.push(text);
    }
    reader.end("the atoms")?;
    Ok(Atoms { list })
}

/// A length as a compact term: four bits, or eleven. No atom needs more than 1,020 bytes.
fn long_size(reader: &mut Reader<'_>) -> Result<usize, Error> {
    const WHAT: &str = "the length of an atom";
    let place = reader.place();
    let first = reader.u8(WHAT)?;
    match first & 0x1f {
        0x00 | 0x10 => Ok(usize::from(first >> 4)),
        0x08 => Ok(usize::from(first >> 5) << 8 | usize::from(reader.u8(WHAT)?)),
        _ => Err(Error {
            place,
            reason: Reason::BadValue {
                what: WHAT,
                found: first.into(),
            },
        }),
    }
}
