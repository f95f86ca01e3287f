//! The operations that are measured: eight of the product, a bounded number of the embedder's own.
//! Names come from outside, so they are checked and interned; memory never grows with their number.

use thiserror::Error;

/// How many names of their own embedders may bring; the rest share the row `other`.
pub const MAX_CUSTOM: usize = 24;

/// The longest name accepted, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Rows there can ever be.
pub(crate) const ROWS: usize = Operation::BUILT_IN.len() + MAX_CUSTOM + 1;

/// What a roundtrip is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Runs the hooks of an event.
    EmitEvent,
    /// Registers an Erlang fun on an event.
    RegisterHook,
    /// Has one intent handled.
    ProcessIntent,
    /// Loads a module and runs its `start/0`.
    ExecuteBeam,
    /// Evaluates Erlang expressions.
    Eval,
    /// Compiles and loads one module.
    Compile,
    /// Loads a `.beam` or `.avm`.
    Load,
    /// Calls a registered process.
    Call,
    /// An operation the embedder named.
    Custom(Custom),
    /// All operations named after the last free place was taken.
    Other,
}

/// A name interned by one engine; only [`crate::Engine::operation`] makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Custom(u8);

impl Operation {
    /// The product's own operations, in the order they are shown.
    pub const BUILT_IN: [Self; 8] = [
        Self::Eval,
        Self::Call,
        Self::EmitEvent,
        Self::RegisterHook,
        Self::ProcessIntent,
        Self::Load,
        Self::ExecuteBeam,
        Self::Compile,
    ];

    /// The name outside code uses, for everything but a custom operation.
    pub const fn built_in_name(self) -> Option<&'static str> {
        Some(match self {
            Self::EmitEvent => "emit_event",
            Self::RegisterHook => "register_hook",
            Self::ProcessIntent => "process_intent",
            Self::ExecuteBeam => "execute_beam",
            Self::Eval => "eval",
            Self::Compile => "compile",
            Self::Load => "load",
            Self::Call => "call",
            Self::Other => "other",
            Self::Custom(_) => return None,
        })
    }

    /// Where its numbers are kept; always less than [`ROWS`].
    pub(crate) fn row(self) -> usize {
        match self {
            Self::Eval => 0,
            Self::Call => 1,
            Self::EmitEvent => 2,
            Self::RegisterHook => 3,
            Self::ProcessIntent => 4,
            Self::Load => 5,
            Self::ExecuteBeam => 6,
            Self::Compile => 7,
            Self::Custom(Custom(index)) => Self::BUILT_IN.len() + usize::from(index),
            Self::Other => ROWS - 1,
        }
    }
}

/// Why a name is no operation's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing at all.
    #[error("an operation needs a name")]
    Empty,
    /// Longer than [`MAX_NAME_BYTES`].
    #[error("an operation's name has at most {MAX_NAME_BYTES} bytes, this one has {0}")]
    TooLong(usize),
    /// A character that would not survive in a metric's label.
    #[error(
        "an operation's name is a small letter, then small letters, digits or `_`: see byte {0}"
    )]
    BadByte(usize),
}

/// The custom names of one engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    custom: Vec<Box<str>>,
    /// Lookups that found no place left and went to `other`.
    pub(crate) overflowed: u64,
}

impl Names {
    /// The operation of that name; a new name takes a place while there is one.
    pub(crate) fn intern(&mut self, name: &str) -> Result<Operation, NameError> {
        validate(name)?;
        if let Some(known) = self.find(name) {
            return Ok(known);
        }
        if self.custom.len() == MAX_CUSTOM {
            self.overflowed += 1;
            return Ok(Operation::Other);
        }
        self.custom.push(name.into());
        Ok(Operation::Custom(Custom((self.custom.len() - 1) as u8)))
    }

    /// The operation of that name, if it has been seen.
    pub(crate) fn find(&self, name: &str) -> Option<Operation> {
        let built_in = Operation::BUILT_IN.into_iter().chain([Operation::Other]);
        built_in
            .into_iter()
            .find(|operation| operation.built_in_name() == Some(name))
            .or_else(|| {
                let index = self.custom.iter().position(|known| **known == *name)?;
                Some(Operation::Custom(Custom(index as u8)))
            })
    }

    /// The name of an operation. One interned by another engine is not known here: `other`.
    pub(crate) fn name(&self, operation: Operation) -> &str {
        match operation {
            Operation::Custom(Custom(index)) => self
                .custom
                .get(usize::from(index))
                .map_or("other", |name| name),
            built_in => built_in.built_in_name().unwrap_or("other"),
        }
    }

    /// The operation itself, or `other` when another engine interned it.
    pub(crate) fn own(&self, operation: Operation) -> Operation {
        match operation {
            Operation::Custom(Custom(index)) if usize::from(index) >= self.custom.len() => {
                Operation::Other
            }
            known => known,
        }
    }

    /// Every operation with a row: built-ins first, then custom ones in the order they came.
    pub(crate) fn all(&self) -> impl Iterator<Item = Operation> + use<> {
        let custom = (0..self.custom.len()).map(|index| Operation::Custom(Custom(index as u8)));
        Operation::BUILT_IN
            .into_iter()
            .chain(custom)
            .chain([Operation::Other])
    }
}

/// Whether a name could be an operation's.
pub(crate) fn validate(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    // Before any byte is looked at: a name of a megabyte costs nothing.
    if name.len() > MAX_NAME_BYTES {
        return Err(NameError::TooLong(name.len()));
    }
    let fits = |(at, byte): (usize, u8)| match byte {
        b'a'..=b'z' => true,
        b'0'..=b'9' | b'_' => at > 0,
        _ => false,
    };
    match name.bytes().enumerate().find(|&pair| !fits(pair)) {
        Some((at, _)) => Err(NameError::BadByte(at)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, want: Result<&str, &str>) {
        let mut names = Names::default();
        let got = names
            .intern(name)
            .map(|operation| names.name(operation).to_owned());
        assert_eq!(
            got.map_err(|e| e.to_string()),
            want.map(str::to_owned).map_err(str::to_owned)
        );
    }

    #[test]
    fn names_are_checked_before_anything_else() {
        check("eval", Ok("eval"));
        check("render_frame2", Ok("render_frame2"));
        check("", Err("an operation needs a name"));
        let alphabet = |at| {
            format!(
                "an operation's name is a small letter, then small letters, digits or `_`: see byte {at}"
            )
        };
        check("Eval", Err(&alphabet(0)));
        check("2fast", Err(&alphabet(0)));
        check("a\nb", Err(&alphabet(1)));
        check("naïve", Err(&alphabet(2)));
        check(
            &"x".repeat(1 << 20),
            Err("an operation's name has at most 64 bytes, this one has 1048576"),
        );
    }

    #[test]
    fn every_operation_has_a_row_of_its_own() {
        let mut names = Names::default();
        for n in 0..MAX_CUSTOM {
            names.intern(&format!("mine{n}")).unwrap();
        }
        let mut rows: Vec<usize> = names.all().map(Operation::row).collect();
        assert_eq!(rows, (0..ROWS).collect::<Vec<_>>());
        rows.dedup();
        assert_eq!(rows.len(), ROWS);
        for operation in names.all() {
            assert_eq!(names.find(names.name(operation)), Some(operation));
        }
    }

    #[test]
    fn names_beyond_the_last_place_share_one_row() {
        let mut names = Names::default();
        for n in 0..10_000 {
            let operation = names.intern(&format!("flood{n}")).unwrap();
            assert_eq!(operation == Operation::Other, n >= MAX_CUSTOM);
        }
        assert_eq!(names.overflowed, 10_000 - MAX_CUSTOM as u64);
        assert_eq!(names.all().count(), ROWS);
    }

    #[test]
    fn a_name_interned_elsewhere_is_other_here() {
        let theirs = Names::default().intern("theirs").unwrap();
        let names = Names::default();
        assert_eq!(names.own(theirs), Operation::Other);
        assert_eq!(names.name(theirs), "other");
        assert_eq!(names.own(Operation::Load), Operation::Load);
    }
}
