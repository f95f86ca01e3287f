//! Walks literals in the external term format without building them: sizes, tags, nesting.

use crate::error::{Error, Place, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// The version byte before every term.
const VERSION: u8 = 131;

/// The tags of the external term format that can be in a literal.
mod tag {
    pub(super) const NEW_FLOAT: u8 = 70;
    pub(super) const BIT_BINARY: u8 = 77;
    pub(super) const SMALL_INTEGER: u8 = 97;
    pub(super) const INTEGER: u8 = 98;
    pub(super) const ATOM: u8 = 100;
    pub(super) const SMALL_TUPLE: u8 = 104;
    pub(super) const LARGE_TUPLE: u8 = 105;
    pub(super) const NIL: u8 = 106;
    pub(super) const STRING: u8 = 107;
    pub(super) const LIST: u8 = 108;
    pub(super) const BINARY: u8 = 109;
    pub(super) const SMALL_BIG: u8 = 110;
    pub(super) const LARGE_BIG: u8 = 111;
    pub(super) const EXPORT: u8 = 113;
    pub(super) const MAP: u8 = 116;
    pub(super) const ATOM_UTF8: u8 = 118;
    pub(super) const SMALL_ATOM_UTF8: u8 = 119;
}

/// What a part of a literal is, as far as machines differ about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Floats, small integers, tuples, lists, strings, binaries, maps: every machine has them.
    Common,
    /// An atom of this many bytes.
    Atom,
    /// An integer whose magnitude takes this many bytes.
    Big(usize),
    /// A bit string that is not whole bytes.
    BitString,
    /// `fun module:function/arity`; its three parts follow.
    Export,
}

/// What may be odd about a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traits {
    /// It holds a bit string that is not whole bytes.
    pub bit_string: bool,
    /// The bytes of its widest big integer, 0 if it has none.
    pub big_bytes: usize,
    /// It holds a `fun module:function/arity`.
    pub export: bool,
}

/// Reads one term, its version byte included, and nothing after it.
pub(crate) fn walk(reader: &mut Reader<'_>, limits: &Limits) -> Result<Traits, Error> {
    let place = reader.place();
    let version = reader.u8("a literal")?;
    if version != VERSION {
        return Err(bad(place, "the version of a literal", version));
    }
    let mut traits = Traits::default();
    // Terms still to read at each level of nesting; a loop, so that depth costs us no stack.
    let mut open: Vec<usize> = vec![1];
    while let Some(rest) = open.last_mut() {
        if *rest == 0 {
            open.pop();
            continue;
        }
        *rest -= 1;
        let place = reader.place();
        let (kind, inside) = part(reader, limits)?;
        match kind {
            Kind::Common | Kind::Atom => {}
            Kind::Big(bytes) => traits.big_bytes = traits.big_bytes.max(bytes),
            Kind::BitString => traits.bit_string = true,
            Kind::Export => traits.export = true,
        }
        if inside > 0 {
            if open.len() > limits.term_depth {
                return Err(Error {
                    place,
                    reason: Reason::TooDeep {
                        limit: limits.term_depth,
                    },
                });
            }
            open.push(inside);
        }
    }
    Ok(traits)
}

/// Reads one part of a term and tells how many terms follow inside it.
fn part(reader: &mut Reader<'_>, limits: &Limits) -> Result<(Kind, usize), Error> {
    const WHAT: &str = "a literal";
    let place = reader.place();
    let limit = limits.literal_bytes;
    let tag = reader.u8(WHAT)?;
    let leaf = |kind| Ok((kind, 0));
    match tag {
        tag::NEW_FLOAT => {
            reader.take(8, WHAT)?;
            leaf(Kind::Common)
        }
        tag::SMALL_INTEGER => {
            reader.take(1, WHAT)?;
            leaf(Kind::Common)
        }
        tag::INTEGER => {
            reader.take(4, WHAT)?;
            leaf(Kind::Common)
        }
        // Latin-1: every byte is a character.
        tag::ATOM => {
            let size = reader.u16(WHAT)?;
            if size > 255 {
                return Err(bad(place, "the length of an atom", size));
            }
            reader.take(size.into(), WHAT)?;
            leaf(Kind::Atom)
        }
        tag::ATOM_UTF8 => {
            let size = reader.u16(WHAT)?;
            utf8_atom(reader, size.into())?;
            leaf(Kind::Atom)
        }
        tag::SMALL_ATOM_UTF8 => {
            let size = reader.u8(WHAT)?;
            utf8_atom(reader, size.into())?;
            leaf(Kind::Atom)
        }
        tag::SMALL_TUPLE => Ok((Kind::Common, reader.u8(WHAT)?.into())),
        tag::LARGE_TUPLE => Ok((Kind::Common, reader.count("the size of a tuple", 1, limit)?)),
        tag::NIL => leaf(Kind::Common),
        tag::STRING => {
            let size = reader.u16(WHAT)?;
            reader.take(size.into(), WHAT)?;
            leaf(Kind::Common)
        }
        // The elements, then the tail.
        tag::LIST => Ok((
            Kind::Common,
            reader.count("the size of a list", 1, limit)? + 1,
        )),
        tag::BINARY => {
            let size = reader.count("the size of a binary", 1, limit)?;
            reader.take(size, WHAT)?;
            leaf(Kind::Common)
        }
        tag::BIT_BINARY => {
            let size = reader.count("the size of a bit string", 1, limit)?;
            let bits = reader.u8(WHAT)?;
            if !(1..=8).contains(&bits) || size == 0 {
                return Err(bad(
                    place,
                    "the bits in the last byte of a bit string",
                    bits,
                ));
            }
            reader.take(size, WHAT)?;
            leaf(Kind::BitString)
        }
        tag::SMALL_BIG => {
            let size = reader.u8(WHAT)?.into();
            leaf(Kind::Big(big(reader, size)?))
        }
        tag::LARGE_BIG => {
            let size = reader.count("the size of an integer", 1, limit)?;
            leaf(Kind::Big(big(reader, size)?))
        }
        tag::MAP => Ok((
            Kind::Common,
            reader.count("the size of a map", 2, limit)? * 2,
        )),
        tag::EXPORT => Ok((Kind::Export, 3)),
        unknown => Err(Error {
            place,
            reason: Reason::UnknownTerm(unknown),
        }),
    }
}

/// An atom's characters: at most 255 of them, in UTF-8.
fn utf8_atom(reader: &mut Reader<'_>, size: usize) -> Result<(), Error> {
    let place = reader.place();
    let text = std::str::from_utf8(reader.take(size, "an atom")?).map_err(|_| Error {
        place,
        reason: Reason::NotUtf8 {
            what: "an atom in a literal",
        },
    })?;
    match text.chars().count() {
        0..=255 => Ok(()),
        length => Err(bad(place, "the length of an atom", length as u64)),
    }
}

/// A big integer's sign and magnitude; returns the bytes its magnitude really takes.
fn big(reader: &mut Reader<'_>, size: usize) -> Result<usize, Error> {
    let place = reader.place();
    let sign = reader.u8("an integer")?;
    if sign > 1 {
        return Err(bad(place, "the sign of an integer", sign));
    }
    let digits = reader.take(size, "an integer")?;
    Ok(digits
        .iter()
        .rposition(|&digit| digit != 0)
        .map_or(0, |last| last + 1))
}

fn bad(place: Place, what: &'static str, found: impl Into<u64>) -> Error {
    Error {
        place,
        reason: Reason::BadValue {
            what,
            found: found.into(),
        },
    }
}
