//! What the page and the VM worker say to each other, and the session machine that owns every call.
//! Knows neither clock nor browser: times come in as numbers, what is to be done goes out as effects.
//!
//! Start reading at [`Command`] and [`Event`], then [`Session`].

pub mod bridge;
mod codec;
mod command;
mod diagnostics;
mod event;
mod failure;
pub mod files;
pub mod hooks;
pub mod limits;
pub mod log;
mod modules;
pub mod observe;
mod outlet;
pub mod pacing;
mod restarts;
mod session;
mod words;

pub use codec::{Undecodable, decode, encode};
pub use command::{Asset, BootPlan, Command, Hello, Pack, PackPhase, Request};
pub use diagnostics::{Diagnostics, Line};
pub use event::{Crash, Event, Level, Reply};
pub use failure::{BootPhase, BootProblem, Down, Failure, Fault, Pressure, Refusal};
pub use files::{Change, FileError, Shelf};
pub use modules::{Compiled, Finding, Gravity};
pub use outlet::Outlet;
pub use restarts::Policy;
pub use session::{CallId, Effect, Phase, Session, Settings};
pub use words::Words;

/// Version of the wire. Raise it with every change of a message; both sides compare it first.
pub const PROTOCOL: u32 = 6;
