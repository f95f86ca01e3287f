//! The literals: LitT, which may be compressed, and LitU, which packs hold, as plain terms.

use std::borrow::Cow;
use std::ops::Range;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::chunks::Chunk;
use crate::error::{Error, Place, Reason};
use crate::limits::Limits;
use crate::reader::Reader;
use crate::term::{self, Traits};

/// One literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Where its term lies in [`Literals::bytes`].
    pub range: Range<usize>,
    /// What machines may not be able to read in it.
    pub traits: Traits,
}

/// A module's literals, each of them a sound term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Literals<'a> {
    bytes: Cow<'a, [u8]>,
    list: Vec<Literal>,
}

impl Literals<'_> {
    /// The data of LitU: a count, then size and term of each.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The literals by index.
    pub fn list(&self) -> &[Literal] {
        &self.list
    }

    /// The external term of a literal, its version byte first.
    pub fn term(&self, index: usize) -> Option<&[u8]> {
        self.list
            .get(index)
            .and_then(|literal| self.bytes.get(literal.range.clone()))
    }
}

/// Reads LitT: the size once inflated, or 0 for literals that are not compressed (OTP 28).
pub(crate) fn inflated<'a>(chunk: &Chunk<'a>, limits: &Limits) -> Result<Literals<'a>, Error> {
    let mut reader = chunk.reader();
    let place = reader.place();
    let declared = reader.size("the size of the literals")?;
    let start = reader.place();
    let rest = reader.take(reader.left(), "the literals")?;
    if declared == 0 {
        let list = terms(&mut Reader::new(rest, start), limits)?;
        return Ok(Literals {
            bytes: Cow::Borrowed(rest),
            list,
        });
    }
    let limit = limits.literal_bytes;
    if declared > limit {
        let what = "the size of the literals";
        return Err(Error {
            place,
            reason: Reason::TooMany {
                what,
                found: declared,
                limit,
            },
        });
    }
    // The limit is what was declared, so that a bomb stops where it begins to lie.
    let bytes = match decompress_to_vec_zlib_with_limit(rest, declared) {
        Ok(bytes) if bytes.len() == declared => bytes,
        Ok(bytes) => {
            let reason = Reason::InflatedSize {
                declared,
                found: bytes.len(),
            };
            return Err(Error { place, reason });
        }
        Err(_) => {
            return Err(Error {
                place: start,
                reason: Reason::BadInflate,
            });
        }
    };
    let list = terms(&mut Reader::new(&bytes, Place::Literals(0)), limits)?;
    Ok(Literals {
        bytes: Cow::Owned(bytes),
        list,
    })
}

/// Reads LitU.
pub(crate) fn plain<'a>(chunk: &Chunk<'a>, limits: &Limits) -> Result<Literals<'a>, Error> {
    let list = terms(&mut chunk.reader(), limits)?;
    Ok(Literals {
        bytes: Cow::Borrowed(chunk.data),
        list,
    })
}

/// Reads a count and that many terms, each after its size.
fn terms(reader: &mut Reader<'_>, limits: &Limits) -> Result<Vec<Literal>, Error> {
    const WHAT: &str = "the literals";
    let place = reader.place();
    if reader.left() > limits.literal_bytes {
        let (found, limit) = (reader.left(), limits.literal_bytes);
        let what = "the size of the literals";
        return Err(Error {
            place,
            reason: Reason::TooMany { what, found, limit },
        });
    }
    let count = reader.count(WHAT, 4, limits.literals)?;
    let mut list = Vec::with_capacity(count);
    for _ in 0..count {
        let size = reader.count(WHAT, 1, limits.literal_bytes)?;
        let place = reader.place();
        let start = reader.position();
        let mut inner = Reader::new(reader.take(size, "a literal")?, place);
        let traits = term::walk(&mut inner, limits)?;
        inner.end("a literal")?;
        list.push(Literal {
            range: start..start + size,
            traits,
        });
    }
    reader.end(WHAT)?;
    Ok(list)
}
