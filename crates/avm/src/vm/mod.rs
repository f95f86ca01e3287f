//! What a virtual machine can do: its native functions and the opcodes it runs.

mod natives;
mod wasm;

pub use natives::{Mfa, MfaError, Native, Natives, NativesError};
pub use wasm::{WasmError, natives_in};

use std::collections::BTreeSet;

use crate::beam::Beam;
use crate::code::Opcode;

/// The opcodes that OTP knows and AtomVM 0.7 does not run. It reads them from a table at load time,
/// and ends where the table has a gap.
#[rustfmt::skip]
const NOT_IN_ATOMVM: [u8; 46] = [
    15, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 54, 68, 70, 71, 76, 79, 80, 81, 82, 83, 84,
    85, 86, 87, 88, 93, 94, 95, 109, 110, 116, 122, 123, 126, 127, 128, 130, 149, 150, 151, 179,
    183, 184,
];

/// A virtual machine, and the modules it has already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vm {
    natives: Natives,
    opcodes: BTreeSet<Opcode>,
    supplied: BTreeSet<Mfa>,
}

impl Vm {
    /// An AtomVM of the 0.7 line with these native functions.
    pub fn atomvm(natives: Natives) -> Self {
        let runs = |opcode: &Opcode| !NOT_IN_ATOMVM.contains(&opcode.number());
        Self {
            natives,
            opcodes: Opcode::all().filter(runs).collect(),
            supplied: BTreeSet::new(),
        }
    }

    /// Tells that the machine will have this module when those to be checked come.
    pub fn supply(&mut self, module: &Beam<'_>) {
        self.supplied.extend(module.exported());
    }

    /// Its native functions.
    pub fn natives(&self) -> &Natives {
        &self.natives
    }

    /// Whether it runs this opcode.
    pub fn runs(&self, opcode: Opcode) -> bool {
        self.opcodes.contains(&opcode)
    }

    /// Whether a module that it has exports this function.
    pub fn has(&self, function: &Mfa) -> bool {
        self.supplied.contains(function)
    }
}
