//! The head of the code chunk: which instruction set, how many labels and functions.

use super::chunks::Chunk;
use crate::error::{Error, Reason};
use crate::limits::Limits;

/// What the code chunk says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeHeader {
    /// The highest opcode in the code.
    pub max_opcode: u32,
    /// The number of labels, label 0 included, which stands for none.
    pub labels: u32,
    /// The number of functions.
    pub functions: u32,
    /// Where the first instruction lies in the file.
    pub code_offset: usize,
}

/// The bytes of the head after its own size; machines read it as a fixed structure.
const HEAD: u32 = 16;

/// Reads the head and returns it with the instructions.
pub(crate) fn parse<'a>(
    chunk: &Chunk<'a>,
    limits: &Limits,
) -> Result<(CodeHeader, &'a [u8]), Error> {
    let mut reader = chunk.reader();
    let place = reader.place();
    let size = reader.u32("the code header")?;
    if size != HEAD {
        let reason = Reason::BadValue {
            what: "the size of the code header",
            found: size.into(),
        };
        return Err(Error { place, reason });
    }
    let place = reader.place();
    let set = reader.u32("the code header")?;
    if set != 0 {
        let reason = Reason::BadValue {
            what: "the instruction set",
            found: set.into(),
        };
        return Err(Error { place, reason });
    }
    let max_opcode = reader.u32("the code header")?;
    let mut count = |what| {
        let place = reader.place();
        let found = reader.u32("the code header")?;
        match found as usize > limits.labels {
            false => Ok(found),
            true => {
                let (found, limit) = (found as usize, limits.labels);
                Err(Error {
                    place,
                    reason: Reason::TooMany { what, found, limit },
                })
            }
        }
    };
    let labels = count("labels")?;
    let functions = count("functions")?;
    let code_offset = reader.place().offset();
    let code = reader.take(reader.left(), "the code")?;
    Ok((
        CodeHeader {
            max_opcode,
            labels,
            functions,
            code_offset,
        },
        code,
    ))
}
