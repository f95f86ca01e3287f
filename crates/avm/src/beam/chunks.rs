//! The outer form of a module: FOR1, a size, BEAM, then chunks padded to four bytes.

use crate::error::{ChunkName, Error, Place, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// One chunk of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Its four letters.
    pub name: ChunkName,
    /// Where its data begin in the file.
    pub offset: usize,
    /// Its data, without padding.
    pub data: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// Reads the data from their first byte.
    pub(crate) fn reader(&self) -> Reader<'a> {
        Reader::new(self.data, Place::File(self.offset))
    }
}

/// Splits a module into its chunks.
pub(crate) fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<Chunk<'a>>, Error> {
    let file = Place::File(0);
    if bytes.len() > limits.file_bytes {
        let (found, limit) = (bytes.len(), limits.file_bytes);
        let what = "the size of the file";
        return Err(Error {
            place: file,
            reason: Reason::TooMany { what, found, limit },
        });
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(Error {
            place: file,
            reason: Reason::Compressed,
        });
    }
    if bytes.len() < 12 || &bytes[..4] != b"FOR1" || &bytes[8..12] != b"BEAM" {
        return Err(Error {
            place: file,
            reason: Reason::NotBeam,
        });
    }
    let mut outer = Reader::new(&bytes[4..], Place::File(4));
    let size = outer.count("the module", 1, limits.file_bytes)?;
    let body = outer.take(size, "the module")?;
    // A pack pads its sections; anything else after the module is not ours to judge.
    let rest = outer.take(outer.left(), "the padding")?;
    if rest.len() > 3 || rest.iter().any(|&byte| byte != 0) {
        let reason = Reason::LeftOver {
            what: "the module",
            left: rest.len(),
        };
        return Err(Error::at(8 + size, reason));
    }
    if body.len() < 4 {
        return Err(Error {
            place: file,
            reason: Reason::NotBeam,
        });
    }
    let mut reader = Reader::new(&body[4..], Place::File(12));
    let mut chunks: Vec<Chunk<'a>> = Vec::new();
    while reader.left() > 0 {
        let place = reader.place();
        let mut name = [0; 4];
        name.copy_from_slice(reader.take(4, "the name of a chunk")?);
        let name = ChunkName(name);
        let size = reader.count("the size of a chunk", 1, limits.file_bytes)?;
        let offset = reader.place().offset();
        let data = reader.take(size, "a chunk")?;
        // The last chunk of a file may lack its padding.
        let padding = (size.next_multiple_of(4) - size).min(reader.left());
        reader.take(padding, "the padding of a chunk")?;
        if chunks.iter().any(|chunk| chunk.name == name) {
            return Err(Error {
                place,
                reason: Reason::RepeatedChunk(name),
            });
        }
        chunks.push(Chunk { name, offset, data });
        if chunks.len() > limits.chunks {
            let (found, limit) = (chunks.len(), limits.chunks);
            return Err(Error {
                place,
                reason: Reason::TooMany {
                    what: "chunks",
                    found,
                    limit,
                },
            });
        }
    }
    Ok(chunks)
}
