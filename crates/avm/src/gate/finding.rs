//! What the gate tells: where, what, and what the machine does about it.

use std::fmt;

use crate::code::Opcode;
use crate::vm::Mfa;

/// Something that the machine cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The module it is in.
    pub module: String,
    /// The function it is in, as `name/arity`; none before the first.
    pub function: Option<String>,
    /// Where it lies in the file.
    pub offset: usize,
    /// What it is.
    pub problem: Problem,
}

/// What the machine does about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It ends when the module is loaded.
    AbortsOnLoad,
    /// It ends when the function gets there.
    AbortsWhenRun,
    /// It raises an exception that OTP would not raise.
    Raises,
}

/// What the machine cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Run this opcode. The loader looks each up in a table, and ends the machine where it has none.
    Opcode(Opcode),
    /// Decode an operand. The loader ends the machine at a form or a width it does not expect.
    Operand {
        /// The instruction.
        opcode: Opcode,
        /// What the machine expects.
        expected: &'static str,
        /// Whether it finds out only when it gets there.
        late: bool,
    },
    /// Call a function directly that is not native, or not of the kind that the instruction calls:
    /// `bif` and `gc_bif` instructions call through whatever stands at the import, unchecked.
    NotDirect {
        /// The instruction.
        opcode: Opcode,
        /// The function.
        function: Mfa,
    },
    /// Call a native function as an ordinary one that takes more than the two arguments the machine
    /// passes that way to what it calls directly.
    DirectOnly(Mfa),
    /// Run a body that OTP leaves to native code: `erlang:nif_error/1` ends the machine.
    Stub,
    /// Find a function that is called: it raises `undef`.
    Undefined(Mfa),
    /// Read a literal: it raises `out_of_memory`.
    Literal {
        /// Its index.
        index: u32,
        /// What is in it.
        holds: &'static str,
    },
}

impl Problem {
    /// What the machine does about it.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Opcode(_) | Self::Operand { late: false, .. } => Effect::AbortsOnLoad,
            Self::Operand { late: true, .. }
            | Self::NotDirect { .. }
            | Self::DirectOnly(_)
            | Self::Stub => Effect::AbortsWhenRun,
            Self::Undefined(_) | Self::Literal { .. } => Effect::Raises,
        }
    }
}

impl Finding {
    /// Whether it may end the whole machine.
    pub fn aborts(&self) -> bool {
        self.problem.effect() != Effect::Raises
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.function {
            Some(function) => write!(f, "{}:{function}: {}", self.module, self.problem),
            None => write!(f, "{}: {}", self.module, self.problem),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opcode(opcode) => write!(f, "the machine does not run {opcode}"),
            Self::Operand {
                opcode, expected, ..
            } => {
                write!(f, "the machine expects {expected} in {opcode}")
            }
            Self::NotDirect { opcode, function } => {
                write!(
                    f,
                    "{opcode} calls {function} directly, which is not native in that way"
                )
            }
            Self::DirectOnly(function) => {
                write!(
                    f,
                    "the machine cannot call its {function} like an ordinary function"
                )
            }
            Self::Stub => f.write_str("this function is left to native code, which is not there"),
            Self::Undefined(function) => write!(f, "{function} is not there"),
            Self::Literal { index, holds } => {
                write!(
                    f,
                    "the machine cannot read the literal {index}, which holds {holds}"
                )
            }
        }
    }
}
