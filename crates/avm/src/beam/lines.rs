//! The line table: which file and line each `line` instruction stands for.

use super::chunks::Chunk;
use crate::error::{Error, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// One place in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    /// Index of the file: 0 is the module's own source, then [`Lines::files`] from 1.
    pub file: u32,
    /// The line in it.
    pub line: u32,
}

/// A module's line table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines<'a> {
    /// The places, by the index that `line` instructions have, counted from 1.
    pub lines: Vec<Line>,
    /// The names of other source files.
    pub files: Vec<&'a [u8]>,
}

/// Tags of compact terms in this chunk: a line, or the file that following lines are in.
const INTEGER: u8 = 1;
const ATOM: u8 = 2;

/// Reads the chunk.
pub(crate) fn parse<'a>(chunk: &Chunk<'a>, limits: &Limits) -> Result<Lines<'a>, Error> {
    const WHAT: &str = "the line table";
    let mut reader = chunk.reader();
    let place = reader.place();
    let version = reader.u32(WHAT)?;
    if version != 0 {
        let reason = Reason::BadValue {
            what: "the version of the line table",
            found: version.into(),
        };
        return Err(Error { place, reason });
    }
    let _flags = reader.u32(WHAT)?;
    let _instructions = reader.u32(WHAT)?;
    let mut count = |what| -> Result<usize, Error> {
        let place = reader.place();
        let (found, limit) = (reader.size(WHAT)?, limits.entries);
        match found > limit {
            true => Err(Error {
                place,
                reason: Reason::TooMany { what, found, limit },
            }),
            false => Ok(found),
        }
    };
    let line_count = count("lines")?;
    let file_count = count("file names")?;
    let mut lines = Vec::with_capacity(line_count.min(reader.left()));
    let mut file = 0;
    while lines.len() < line_count {
        let place = reader.place();
        match compact(&mut reader)? {
            (INTEGER, line) => lines.push(Line { file, line }),
            (ATOM, found) if found as usize <= file_count => file = found,
            (ATOM, found) => {
                let what = "the file of a line";
                let reason = Reason::OutOfRange {
                    what,
                    found: found.into(),
                    count: file_count,
                };
                return Err(Error { place, reason });
            }
            (tag, _) => {
                let what = "the tag of a line";
                return Err(Error {
                    place,
                    reason: Reason::BadValue {
                        what,
                        found: tag.into(),
                    },
                });
            }
        }
    }
    let mut files = Vec::with_capacity(file_count.min(reader.left()));
    for _ in 0..file_count {
        let size = reader.u16("a file name")?;
        files.push(reader.take(size.into(), "a file name")?);
    }
    reader.end(WHAT)?;
    Ok(Lines { lines, files })
}

/// A tag and an unsigned value of at most 32 bits.
fn compact(reader: &mut Reader<'_>) -> Result<(u8, u32), Error> {
    const WHAT: &str = "a line";
    let place = reader.place();
    let first = reader.u8(WHAT)?;
    let tag = first & 0x07;
    let value = match first >> 3 & 0x03 {
        0 | 2 => u32::from(first >> 4),
        1 => u32::from(first >> 5) << 8 | u32::from(reader.u8(WHAT)?),
        _ => {
            let size = usize::from(first >> 5) + 2;
            if size > 4 {
                let reason = Reason::BadValue {
                    what: WHAT,
                    found: first.into(),
                };
                return Err(Error { place, reason });
            }
            let digits = reader.take(size, WHAT)?;
            digits
                .iter()
                .fold(0, |value, &digit| value << 8 | u32::from(digit))
        }
    };
    Ok((tag, value))
}
