//! AVM packs: sections of modules and files that the machine maps and searches by name.
//!
//! A header, then sections: size of the whole section, flags, a reserved word, a name that ends with
//! NUL, data; name and data padded to four bytes. A section of size 0 named `end` closes the pack.

use std::fmt;

use crate::beam::Beam;
use crate::error::{Error, Place, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

/// What every pack begins with.
pub const HEADER: &[u8; 24] = b"#!/usr/bin/env AtomVM\n\0\0";

/// The bytes of a section before its name.
const HEAD: usize = 12;

/// What a section is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flags(pub u32);

impl Flags {
    /// A module that exports `start/0`.
    pub const START: Self = Self(1);
    /// A module.
    pub const CODE: Self = Self(2);
    /// A file that is no module. (Without any flag the machine would stop searching there.)
    pub const FILE: Self = Self(4);

    /// Whether all of these flags are set.
    pub fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and those.
    pub fn and(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#x})", self.0)
    }
}

/// One section of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is found by: `lists.beam`, or `app/priv/name`.
    pub name: String,
    /// What it is.
    pub flags: Flags,
    /// Its data, padding to four bytes included if it was parsed from a pack.
    pub data: Vec<u8>,
}

impl Section {
    /// A section for a module, in its packed form.
    pub fn module(beam: &Beam<'_>) -> Self {
        let start = if beam.is_start() {
            Flags::START
        } else {
            Flags(0)
        };
        Self {
            name: format!("{}.beam", beam.name()),
            flags: Flags::CODE.and(start),
            data: beam.to_packed(),
        }
    }

    /// A section for a file, which goes in after its size.
    pub fn file(name: impl Into<String>, contents: &[u8]) -> Self {
        // Far below four gigabytes: `Pack::parse` would refuse such a pack anyway.
        let size = u32::try_from(contents.len()).unwrap_or(u32::MAX);
        let data = [&size.to_be_bytes(), contents].concat();
        Self {
            name: name.into(),
            flags: Flags::FILE,
            data,
        }
    }

    /// Whether the machine may take it for a module: by its flags, or by its name.
    pub fn is_module(&self) -> bool {
        let named = self.name.ends_with(".beam") && !self.name.contains('/');
        named || self.flags.has(Flags::CODE) || self.flags.has(Flags::START)
    }

    /// The contents of a section that holds a file, if its size fits.
    pub fn contents(&self) -> Option<&[u8]> {
        let (size, rest) = self.data.split_first_chunk::<4>()?;
        rest.get(..u32::from_be_bytes(*size) as usize)
    }
}

/// A module that cannot start a program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pack has no module {0} that exports start/0")]
pub struct NoStart(pub String);

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pack {
    /// Its sections, in the order they are searched.
    pub sections: Vec<Section>,
}

impl Pack {
    /// Parses a pack, or refuses it with the offset and the reason. Its modules are checked as well.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.file_bytes {
            let (found, limit) = (bytes.len(), limits.file_bytes);
            let what = "the size of the file";
            return Err(Error::at(0, Reason::TooMany { what, found, limit }));
        }
        let rest = bytes
            .strip_prefix(HEADER)
            .ok_or(Error::at(0, Reason::NotPack))?;
        let mut reader = Reader::new(rest, Place::File(HEADER.len()));
        let mut sections: Vec<Section> = Vec::new();
        loop {
            let place = reader.place();
            if reader.left() == 0 {
                return Err(Error {
                    place,
                    reason: Reason::NoEnd,
                });
            }
            let Some((section, data_offset)) = section(&mut reader)? else {
                break;
            };
            if section.is_module() {
                Beam::parse(&section.data, limits).map_err(|error| error.moved(data_offset))?;
            } else if section.contents().is_none() {
                // The machine would hand out what lies behind the section.
                return Err(Error::at(
                    data_offset,
                    Reason::FileSize { name: section.name },
                ));
            }
            sections.push(section);
            if sections.len() > limits.sections {
                let (found, limit) = (sections.len(), limits.sections);
                let reason = Reason::TooMany {
                    what: "sections",
                    found,
                    limit,
                };
                return Err(Error { place, reason });
            }
        }
        reader.end("the pack")?;
        Ok(Self { sections })
    }

    /// Writes the pack.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for section in &self.sections {
            push(&mut bytes, section);
        }
        // The closing section: no size, no flags, reserved, its name.
        bytes.extend_from_slice(&[0; HEAD]);
        bytes.extend_from_slice(b"end\0");
        bytes
    }

    /// The modules of the pack.
    pub fn modules<'a>(&'a self, limits: &Limits) -> Result<Vec<Beam<'a>>, Error> {
        let modules = self.sections.iter().filter(|section| section.is_module());
        modules
            .map(|section| Beam::parse(&section.data, limits))
            .collect()
    }

    /// The pack with every module in its packed form, whoever wrote it.
    pub fn to_packed(&self, limits: &Limits) -> Result<Self, Error> {
        let packed = |section: &Section| {
            let mut section = section.clone();
            if section.is_module() {
                section.data = Beam::parse(&section.data, limits)?.to_packed();
            }
            Ok(section)
        };
        Ok(Self {
            sections: self.sections.iter().map(packed).collect::<Result<_, _>>()?,
        })
    }

    /// Puts this module first, and lets only it keep the start flag.
    pub fn start_with(&mut self, module: &str) -> Result<(), NoStart> {
        let name = format!("{module}.beam");
        let is_start = |section: &Section| section.name == name && section.flags.has(Flags::START);
        let position = self.sections.iter().position(is_start);
        let position = position.ok_or_else(|| NoStart(module.to_owned()))?;
        self.sections[..=position].rotate_right(1);
        for section in &mut self.sections[1..] {
            section.flags = Flags(section.flags.0 & !Flags::START.0);
        }
        Ok(())
    }

    /// The section with this name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// Reads a section and tells where its data begin; nothing for the closing one.
fn section(reader: &mut Reader<'_>) -> Result<Option<(Section, usize)>, Error> {
    let place = reader.place();
    let bad = |what, found: usize| Error {
        place,
        reason: Reason::BadValue {
            what,
            found: found as u64,
        },
    };
    let mut head = reader.clone();
    let size = head.size("the size of a section")?;
    if size == 0 {
        reader.take(HEAD, "the closing section")?;
        let name = reader.take(4, "the closing section")?;
        return match name {
            b"end\0" | b"END\0" => Ok(None),
            _ => Err(bad("the size of a section", 0)),
        };
    }
    if size % 4 != 0 || size < HEAD + 4 {
        return Err(bad("the size of a section", size));
    }
    let start = place.offset();
    let mut inner = Reader::new(reader.take(size, "a section")?, place);
    inner.take(4, "the size of a section")?;
    let flags = Flags(inner.u32("the flags of a section")?);
    inner.take(4, "the reserved word of a section")?;
    let rest = inner.take(inner.left(), "a section")?;
    let name_place = Place::File(start + HEAD);
    let ended = rest.iter().position(|&byte| byte == 0);
    let Some(length) = ended.filter(|&length| length > 0) else {
        return Err(Error {
            place: name_place,
            reason: Reason::NameNotEnded,
        });
    };
    let name = std::str::from_utf8(&rest[..length])
        .map_err(|_| Error {
            place: name_place,
            reason: Reason::NotUtf8 {
                what: "the name of a section",
            },
        })?
        .to_owned();
    if flags == Flags(0) {
        return Err(Error {
            place,
            reason: Reason::NoFlags { name },
        });
    }
    // Size and head are multiples of four, so the padded name fits whenever the name does.
    let padded = (length + 1).next_multiple_of(4);
    let data = rest[padded..].to_vec();
    Ok(Some((Section { name, flags, data }, start + HEAD + padded)))
}

/// Appends a section.
fn push(bytes: &mut Vec<u8>, section: &Section) {
    let name = (section.name.len() + 1).next_multiple_of(4);
    let data = section.data.len().next_multiple_of(4);
    let size = u32::try_from(HEAD + name + data).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&size.to_be_bytes());
    bytes.extend_from_slice(&section.flags.0.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(section.name.as_bytes());
    bytes.resize(bytes.len() + name - section.name.len(), 0);
    bytes.extend_from_slice(&section.data);
    bytes.resize(bytes.len() + data - section.data.len(), 0);
}
