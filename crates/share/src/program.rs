//! The link: `code=` and the program, as JSON, deflated, in base64url. The shape of the JSON is part of the links
//! that are out there: `{"files": [{"name", "text"}]}`, the file to look at first.

use crate::base64;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a link may hold, when it is made and when it is opened.
pub mod limits {
    /// Most characters of a fragment. Browsers take more; what people send it with often does not.
    pub const FRAGMENT_BYTES: usize = 64 << 10;
    /// Most bytes of a program before it is compressed.
    pub const PROGRAM_BYTES: usize = 512 << 10;
    /// Most files.
    pub const FILES: usize = 32;
    /// Most bytes of one name.
    pub const NAME_BYTES: usize = 128;
}

/// What the fragment begins with.
const KEY: &str = "code=";
/// As small as it gets; a program is small.
const LEVEL: u8 = 9;

/// A shared program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its files; at least one.
    pub files: Vec<Source>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name: no folder in it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Why a link was not made or not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It is longer than one may be.
    TooLong {
        /// Its characters.
        bytes: usize,
    },
    /// The program in it is larger than one may be.
    TooLarge,
    /// Some of it is missing, or something was changed on its way.
    Damaged,
    /// There is no program in it, or one that was made for another page.
    NoProgram {
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => write!(
                f,
                "The link would have {bytes} characters; at most {} are sure to arrive. Share fewer or smaller files.",
                limits::FRAGMENT_BYTES
            ),
            Self::TooLarge => write!(
                f,
                "A shared program may have {} bytes in {} files.",
                limits::PROGRAM_BYTES,
                limits::FILES
            ),
            Self::Damaged => write!(
                f,
                "The link was cut short or changed on its way. Ask for it again."
            ),
            Self::NoProgram { reason } => write!(f, "There is no program in the link: {reason}."),
        }
    }
}

impl std::error::Error for LinkError {}

/// The fragment that holds a program, without its `#`.
pub fn encode(program: &Program) -> Result<String, LinkError> {
    check(program)?;
    let json = serde_json::to_vec(program).map_err(|error| LinkError::NoProgram {
        reason: error.to_string(),
    })?;
    if json.len() > limits::PROGRAM_BYTES {
        return Err(LinkError::TooLarge);
    }
    let fragment = format!("{KEY}{}", base64::encode(&compress_to_vec(&json, LEVEL)));
    match fragment.len() {
        bytes if bytes > limits::FRAGMENT_BYTES => Err(LinkError::TooLong { bytes }),
        _ => Ok(fragment),
    }
}

/// The program that a fragment holds, with or without its `#`; nothing if it is another kind of fragment.
pub fn decode(fragment: &str) -> Option<Result<Program, LinkError>> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let text = fragment.strip_prefix(KEY)?;
    Some(read(text))
}

fn read(text: &str) -> Result<Program, LinkError> {
    let bytes = KEY.len() + text.len();
    if bytes > limits::FRAGMENT_BYTES {
        return Err(LinkError::TooLong { bytes });
    }
    let packed = base64::decode(text).ok_or(LinkError::Damaged)?;
    let json =
        decompress_to_vec_with_limit(&packed, limits::PROGRAM_BYTES).map_err(
            |error| match error.status {
                TINFLStatus::HasMoreOutput => LinkError::TooLarge,
                _ => LinkError::Damaged,
            },
        )?;
    let program = serde_json::from_slice(&json).map_err(|error| LinkError::NoProgram {
        reason: error.to_string(),
    })?;
    check(&program)?;
    Ok(program)
}

fn check(program: &Program) -> Result<(), LinkError> {
    let no_program = |reason: &str| {
        Err(LinkError::NoProgram {
            reason: reason.to_owned(),
        })
    };
    if program.files.is_empty() {
        return no_program("it has no file");
    }
    if program.files.len() > limits::FILES {
        return Err(LinkError::TooLarge);
    }
    for (at, file) in program.files.iter().enumerate() {
        if !is_name(&file.name) {
            return no_program("a file in it has no usable name");
        }
        if file.text.contains('\0') {
            return no_program("a file in it is no text");
        }
        if program.files[..at]
            .iter()
            .any(|other| other.name == file.name)
        {
            return no_program("two files in it have one name");
        }
    }
    Ok(())
}

/// A name that leads nowhere but to a file of its own, and shows what it is.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '@' | '.');
    !name.is_empty()
        && name.len() <= limits::NAME_BYTES
        && !name.starts_with('.')
        && name.chars().all(is_plain)
}
