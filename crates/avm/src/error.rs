//! Why bytes were refused: a place, and a closed set of reasons with their data.

use std::fmt;

/// Where in the input something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A byte of the file as given.
    File(usize),
    /// A byte of the literals after they were inflated; the file holds them only compressed.
    Literals(usize),
}

impl Place {
    /// The offset, in whichever bytes it counts.
    pub fn offset(self) -> usize {
        match self {
            Self::File(offset) | Self::Literals(offset) => offset,
        }
    }

    /// The same place seen from a file in which this one begins at `start`.
    pub(crate) fn moved(self, start: usize) -> Self {
        match self {
            Self::File(offset) => Self::File(offset + start),
            Self::Literals(offset) => Self::Literals(offset),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(offset) => write!(f, "byte {offset}"),
            Self::Literals(offset) => write!(f, "byte {offset} of the inflated literals"),
        }
    }
}

/// A refusal: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {place}: {reason}")]
pub struct Error {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

impl Error {
    /// A refusal at a byte of the file.
    pub(crate) fn at(offset: usize, reason: Reason) -> Self {
        Self {
            place: Place::File(offset),
            reason,
        }
    }

    /// The offset at which the input went wrong.
    pub fn offset(&self) -> usize {
        self.place.offset()
    }

    /// The same refusal, as seen from a pack in which the module begins at `start`.
    pub(crate) fn moved(self, start: usize) -> Self {
        Self {
            place: self.place.moved(start),
            reason: self.reason,
        }
    }
}

/// Why bytes were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file does not begin as a module does.
    #[error("this is no BEAM file: it does not begin with FOR1 and BEAM")]
    NotBeam,
    /// The file does not begin as a pack does.
    #[error("this is no AVM pack: it does not begin with #!/usr/bin/env AtomVM")]
    NotPack,
    /// A gzip file; `erlc +compressed` makes such modules.
    #[error("this BEAM file is gzip-compressed as a whole; compile it without +compressed")]
    Compressed,
    /// The input ends too early.
    #[error("{what} needs {needed} bytes, but only {left} are left")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// How many bytes it needs.
        needed: usize,
        /// How many there are.
        left: usize,
    },
    /// There is more of something than [`crate::Limits`] allows.
    #[error("{what}: {found} is over the limit of {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// What the file declares.
        found: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Bytes left over at the end of something.
    #[error("{left} bytes are left over after {what}")]
    LeftOver {
        /// What should have ended.
        what: &'static str,
        /// How many bytes follow it.
        left: usize,
    },
    /// A chunk that every module needs is not there.
    #[error("the chunk {0} is missing")]
    MissingChunk(ChunkName),
    /// A chunk that may be there once is there twice.
    #[error("the chunk {0} is there twice")]
    RepeatedChunk(ChunkName),
    /// A field holds a value that cannot be.
    #[error("{what} is {found}, which cannot be")]
    BadValue {
        /// The field.
        what: &'static str,
        /// Its value.
        found: u64,
    },
    /// An index points outside its table.
    #[error("{what} {found} is outside the table of {count}")]
    OutOfRange {
        /// What is pointed at.
        what: &'static str,
        /// The index.
        found: u64,
        /// How many there are.
        count: usize,
    },
    /// Text that is not UTF-8.
    #[error("{what} is not UTF-8")]
    NotUtf8 {
        /// The text.
        what: &'static str,
    },
    /// The compressed literals do not inflate.
    #[error("the literals do not inflate")]
    BadInflate,
    /// The literals inflate to another size than declared.
    #[error("the literals inflate to {found} bytes, but {declared} are declared")]
    InflatedSize {
        /// What the chunk declares.
        declared: usize,
        /// What came out.
        found: usize,
    },
    /// A literal has a tag that the external term format does not know.
    #[error("a literal has the unknown tag {0}")]
    UnknownTerm(u8),
    /// A literal is nested too deep.
    #[error("a literal is nested deeper than {limit} levels")]
    TooDeep {
        /// What is allowed.
        limit: usize,
    },
    /// An opcode that OTP does not know.
    #[error("the opcode {0} is unknown")]
    UnknownOpcode(u8),
    /// An operand of another form than its instruction takes.
    #[error("{opcode} expects {expected} here")]
    WrongOperand {
        /// The instruction.
        opcode: &'static str,
        /// What it expects.
        expected: &'static str,
    },
    /// An instruction with another number of arguments than what it calls takes.
    #[error("{opcode} has {found} arguments for something that takes {declared}")]
    WrongArity {
        /// The instruction.
        opcode: &'static str,
        /// How many the function or closure takes.
        declared: u32,
        /// How many the instruction has.
        found: u64,
    },
    /// A label that no instruction defines.
    #[error("the label {label} is not defined")]
    NoLabel {
        /// The label.
        label: u32,
    },
    /// A label that two instructions define.
    #[error("the label {label} is defined twice")]
    RepeatedLabel {
        /// The label.
        label: u64,
    },
    /// Code without the instruction that ends it.
    #[error("the code has no end")]
    NoCodeEnd,
    /// A pack without its closing section.
    #[error("the pack has no closing section")]
    NoEnd,
    /// The name of a section does not end inside the section.
    #[error("the name of a section does not end inside it")]
    NameNotEnded,
    /// A file in a pack that claims to be larger than its section.
    #[error("the file {name} is larger than its section")]
    FileSize {
        /// The section's name.
        name: String,
    },
    /// A section that would make the machine stop looking for further ones.
    #[error("the section {name} has no flags; the machine would not look past it")]
    NoFlags {
        /// The section's name.
        name: String,
    },
}

/// The four letters that name a chunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkName(pub [u8; 4]);

impl fmt::Display for ChunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for ChunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
