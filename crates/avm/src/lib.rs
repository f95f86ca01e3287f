//! Reads, checks and writes BEAM modules and AVM packs: bytes in, values or a refusal out. No I/O.
//!
//! AtomVM trusts the bytes it is given: a broken table makes it read out of bounds, an unknown opcode
//! ends the whole machine. So everything is parsed here first, and what is wrong is refused with the
//! offset and the reason.

pub mod beam;
pub mod code;
mod error;
pub mod gate;
mod limits;
pub mod pack;
mod reader;
mod term;
pub mod vm;

pub use beam::Beam;
pub use error::{Error, Place, Reason};
pub use limits::Limits;
pub use pack::{Flags, Pack, Section};
pub use vm::{Mfa, Natives, Vm};
