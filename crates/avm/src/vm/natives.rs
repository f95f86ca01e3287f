//! Native functions by name, and the text form of their list.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The name of a function: module, function and arity, shown as `lists:map/2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mfa {
    /// The module.
    pub module: String,
    /// The function in it.
    pub function: String,
    /// How many arguments it takes.
    pub arity: u32,
}

impl Mfa {
    /// The function of this name.
    pub fn new(module: impl Into<String>, function: impl Into<String>, arity: u32) -> Self {
        Self {
            module: module.into(),
            function: function.into(),
            arity,
        }
    }
}

impl fmt::Display for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.module, self.function, self.arity)
    }
}

/// A text that names no function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not of the form module:function/arity")]
pub struct MfaError(pub String);

impl FromStr for Mfa {
    type Err = MfaError;

    /// The function may be an operator, as in `erlang://2`: only the outermost marks divide.
    fn from_str(text: &str) -> Result<Self, MfaError> {
        let parts = text.split_once(':').and_then(|(module, rest)| {
            let (function, arity) = rest.rsplit_once('/')?;
            let named = !module.is_empty() && !function.is_empty();
            Some((
                module,
                function,
                arity.parse().ok().filter(|&arity| named && arity < 256)?,
            ))
        });
        let (module, function, arity) = parts.ok_or_else(|| MfaError(text.to_owned()))?;
        Ok(Self::new(module, function, arity))
    }
}

/// How a native function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Native {
    /// Directly by the instructions `bif0` to `bif3`, or as any function.
    Bif,
    /// Directly by the instructions `gc_bif1` to `gc_bif3`, or as any function.
    GcBif,
    /// As any function.
    Nif,
}

impl Native {
    /// Its name in the text form.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bif => "bif",
            Self::GcBif => "gc_bif",
            Self::Nif => "nif",
        }
    }
}

/// The native functions of a machine. As text: a line for each, kind and name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Natives {
    by_name: BTreeMap<Mfa, Native>,
}

impl Natives {
    /// How this function is called, if it is native.
    pub fn get(&self, function: &Mfa) -> Option<Native> {
        self.by_name.get(function).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Mfa, Native)> {
        self.by_name
            .iter()
            .map(|(function, native)| (function, *native))
    }
}

impl FromIterator<(Mfa, Native)> for Natives {
    fn from_iter<T: IntoIterator<Item = (Mfa, Native)>>(functions: T) -> Self {
        Self {
            by_name: functions.into_iter().collect(),
        }
    }
}

impl fmt::Display for Natives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|(function, native)| writeln!(f, "{} {function}", native.name()))
    }
}

/// A list of natives that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not `bif`, `gc_bif` or `nif` and a function: {text}")]
pub struct NativesError {
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

impl FromStr for Natives {
    type Err = NativesError;

    /// Empty lines and those that begin with `#` are passed over.
    fn from_str(text: &str) -> Result<Self, NativesError> {
        let lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()));
        let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        said.map(|(line, text)| {
            let parts = text.split_once(' ').and_then(|(kind, name)| {
                let native = [Native::Bif, Native::GcBif, Native::Nif];
                let native = native.into_iter().find(|native| native.name() == kind)?;
                Some((name.parse::<Mfa>().ok()?, native))
            });
            parts.ok_or_else(|| NativesError {
                line,
                text: text.to_owned(),
            })
        })
        .collect()
    }
}
