//! Compact terms: how operands are encoded, three bits of tag and a value of any width.

use crate::beam::Atom;
use crate::error::{Error, Reason};
use crate::reader::Reader;

/// An operand of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operand {
    /// What it is.
    pub value: Value,
    /// How many bytes its value takes after the byte with the tag. Not every machine reads every
    /// width, however small the value.
    pub width: u8,
}

/// What an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A plain number: a count, a size, the index of an import.
    Word(u64),
    /// A small integer.
    Integer(i64),
    /// An integer of more than eight bytes: how many it takes.
    Big(u32),
    /// The empty list.
    Nil,
    /// An atom.
    Atom(Atom),
    /// An argument register.
    X {
        /// Its number.
        index: u32,
        /// The type that the compiler knows of it.
        hint: Option<u32>,
    },
    /// A stack register.
    Y {
        /// Its number.
        index: u32,
        /// The type that the compiler knows of it.
        hint: Option<u32>,
    },
    /// A label; 0 is none.
    Label(u32),
    /// A character.
    Char(u32),
    /// A list of this many operands, which follow.
    List(u32),
    /// A floating point register.
    Float(u32),
    /// A list of this many needs, which follow: for each a kind and a count.
    Alloc(u32),
    /// A literal.
    Literal(u32),
}

const WHAT: &str = "an operand";

/// A tag and a number as they stand in the code.
struct Raw {
    tag: u8,
    number: Number,
    width: u8,
}

/// The number of a compact term.
enum Number {
    /// Up to eight bytes, and whether the highest bit of them is set.
    Fits(u64, bool),
    /// As many bytes.
    Huge(u32),
}

/// Reads tag and number.
#[inline]
fn raw(reader: &mut Reader<'_>) -> Result<Raw, Error> {
    let first = reader.u8(WHAT)?;
    let tag = first & 0x07;
    let (number, width) = match first >> 3 & 0x03 {
        0 | 2 => (Number::Fits(u64::from(first >> 4), false), 0),
        1 => {
            let low = reader.u8(WHAT)?;
            (
                Number::Fits(u64::from(first >> 5) << 8 | u64::from(low), false),
                1,
            )
        }
        _ if first >> 5 < 7 => {
            let width = (first >> 5) + 2;
            let digits = reader.take(width.into(), WHAT)?;
            let value = digits
                .iter()
                .fold(0, |value, &digit| value << 8 | u64::from(digit));
            (Number::Fits(value, digits[0] & 0x80 != 0), width)
        }
        _ => {
            let place = reader.place();
            let size = match raw_size(reader)? {
                size @ 0..=0xffff => size as u32 + 9,
                found => {
                    let what = "the size of an integer";
                    return Err(Error {
                        place,
                        reason: Reason::BadValue { what, found },
                    });
                }
            };
            reader.take(size as usize, WHAT)?;
            (Number::Huge(size), u8::MAX)
        }
    };
    Ok(Raw { tag, number, width })
}

/// The size of a huge integer, itself a compact term: a plain number.
fn raw_size(reader: &mut Reader<'_>) -> Result<u64, Error> {
    let place = reader.place();
    let first = reader.u8(WHAT)?;
    match first & 0x1f {
        0x00 | 0x10 => Ok(u64::from(first >> 4)),
        0x08 => Ok(u64::from(first >> 5) << 8 | u64::from(reader.u8(WHAT)?)),
        _ => {
            let what = "the size of an integer";
            Err(Error {
                place,
                reason: Reason::BadValue {
                    what,
                    found: first.into(),
                },
            })
        }
    }
}

/// Reads one operand. What follows a list or an allocation list is left to the caller.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Operand, Error> {
    let place = reader.place();
    let bad = |found: u64| Error {
        place,
        reason: Reason::BadValue { what: WHAT, found },
    };
    let Raw { tag, number, width } = raw(reader)?;
    let (value, negative) = match number {
        Number::Fits(value, negative) => (value, negative),
        Number::Huge(bytes) if tag == 1 => {
            return Ok(Operand {
                value: Value::Big(bytes),
                width,
            });
        }
        Number::Huge(bytes) => return Err(bad(bytes.into())),
    };
    let small = || u32::try_from(value).map_err(|_| bad(value));
    let value = match tag {
        0 => Value::Word(value),
        1 => Value::Integer(signed(value, negative, width)),
        2 if value == 0 && width == 0 => Value::Nil,
        2 => Value::Atom(Atom(small()?)),
        3 => Value::X {
            index: small()?,
            hint: None,
        },
        4 => Value::Y {
            index: small()?,
            hint: None,
        },
        5 => Value::Label(small()?),
        6 => Value::Char(small()?),
        _ if width == 0 => return extended(reader, value),
        _ => return Err(bad(value)),
    };
    Ok(Operand { value, width })
}

/// Extends the sign of a number that took `width` bytes.
fn signed(value: u64, negative: bool, width: u8) -> i64 {
    if negative && width < 8 {
        (value | u64::MAX << (u32::from(width) * 8)).cast_signed()
    } else {
        value.cast_signed()
    }
}

/// The operands whose kind stands in the value of tag 7.
fn extended(reader: &mut Reader<'_>, kind: u64) -> Result<Operand, Error> {
    let place = reader.place();
    let bad = || Error {
        place,
        reason: Reason::BadValue {
            what: WHAT,
            found: kind,
        },
    };
    // Every kind goes on with one more compact term, a register only in the last.
    let Raw {
        tag,
        number: Number::Fits(number, _),
        width,
    } = raw(reader)?
    else {
        return Err(bad());
    };
    let number = u32::try_from(number).map_err(|_| bad())?;
    let value = match (kind, tag) {
        (1, 0) => Value::List(number),
        (2, 0) => Value::Float(number),
        (3, 0) => Value::Alloc(number),
        (4, 0) => Value::Literal(number),
        (5, 3 | 4) => {
            let Raw {
                tag: 0,
                number: Number::Fits(hint, _),
                ..
            } = raw(reader)?
            else {
                return Err(bad());
            };
            let (index, hint) = (number, Some(u32::try_from(hint).map_err(|_| bad())?));
            if tag == 3 {
                Value::X { index, hint }
            } else {
                Value::Y { index, hint }
            }
        }
        _ => return Err(bad()),
    };
    Ok(Operand { value, width })
}
