//! Every way in which a request can end badly: closed, with data. The codes are part of the contract
//! with embedders; words for people are made in `words.rs` alone.

use crate::Hello;
use serde::{Deserialize, Serialize};

/// Why a request failed. On the wire and in `AtomvmError`: a `code` and its `details`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "details", rename_all = "snake_case")]
pub enum Failure {
    /// The page may not use shared memory.
    NotIsolated {
        /// Why, in words.
        reason: String,
    },
    /// There is no VM that could answer.
    VmDown {
        /// What became of it.
        cause: Down,
    },
    /// Nobody is registered by that name.
    NoProcess {
        /// The name.
        process: String,
    },
    /// The deadline passed.
    Timeout {
        /// The deadline.
        after_ms: u32,
    },
    /// The bytes are no module that this VM can run.
    BadBeam {
        /// Where in the file.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// The bytes are no pack that this VM can run.
    BadAvm {
        /// Where in the file.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// An argument is not what it must be.
    BadArgument {
        /// Which.
        argument: String,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Too much is going on to take one more, or nobody would do it.
    Refused {
        /// Why it was turned away.
        refusal: Refusal,
    },
    /// So much failed that nothing is tried for a while.
    CircuitOpen {
        /// The objective that trying would endanger.
        protects: String,
        /// When to try again.
        retry_after_ms: u32,
    },
    /// Erlang code raised.
    ErlangError {
        /// `error`, `exit`, `throw` or `syntax`.
        class: String,
        /// The formatted error.
        message: String,
        /// What was printed before.
        output: String,
    },
    /// More bytes than may pass.
    TooLarge {
        /// Of what.
        argument: String,
        /// How many there are.
        bytes: u64,
        /// How many there may be.
        limit_bytes: u64,
    },
    /// Whoever asked did not want it any more.
    Cancelled,
}

impl Failure {
    /// The contract's word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotIsolated { .. } => "not_isolated",
            Self::VmDown { .. } => "vm_down",
            Self::NoProcess { .. } => "no_process",
            Self::Timeout { .. } => "timeout",
            Self::BadBeam { .. } => "bad_beam",
            Self::BadAvm { .. } => "bad_avm",
            Self::BadArgument { .. } => "bad_argument",
            Self::Refused { .. } => "refused",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::ErlangError { .. } => "erlang_error",
            Self::TooLarge { .. } => "too_large",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why there is no VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Down {
    /// It was not started yet, or the console in it does not answer yet.
    NotReady,
    /// A restart was asked for.
    Restarted,
    /// It crashed.
    Crashed {
        /// The shortest true account.
        reason: String,
    },
    /// There is one, but fault injection says there is none.
    Injected,
    /// It did not get through a phase of the boot in time.
    Stalled {
        /// The phase.
        phase: BootPhase,
    },
    /// It could not be started.
    BootFailed(BootProblem),
    /// Page and worker are of different builds.
    Mismatch {
        /// What the page is.
        page: Hello,
        /// What the worker is.
        worker: Hello,
    },
    /// It went down too often in too short a time.
    GaveUp {
        /// How often it was restarted.
        restarts: u32,
        /// The last reason.
        reason: String,
    },
    /// The page is going away.
    Closed,
}

impl From<Down> for Failure {
    fn from(cause: Down) -> Self {
        match cause {
            Down::BootFailed(BootProblem::NotIsolated { reason }) => Self::NotIsolated { reason },
            cause => Self::VmDown { cause },
        }
    }
}

/// The phases of a boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootPhase {
    /// Until the VM runs.
    Vm,
    /// Until the console in it answers.
    Console,
}

/// Why a boot cannot succeed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootProblem {
    /// The page may not use shared memory.
    NotIsolated {
        /// Why, in words.
        reason: String,
    },
    /// A file did not come, or was not what the manifest promised.
    Asset {
        /// The part.
        part: String,
        /// What was found, in words.
        finding: String,
    },
    /// The browser refused to run the VM.
    Start {
        /// The browser's own words.
        reason: String,
    },
}

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is empty.
    Empty,
    /// It holds a NUL character, which the VM takes for the end.
    HoldsNul,
    /// It cannot be written as JSON.
    NotJson,
    /// It is no text.
    NotText,
    /// It holds no bytes.
    NotBytes,
    /// It is no name of a module.
    NotAModule,
    /// It is no event that can be listened to.
    NotAnEvent,
    /// It is no operation type.
    NotAnOperation,
    /// It is no function.
    NotAFunction,
    /// It is no source of an Erlang fun of one argument.
    NotAFun,
    /// It is no hook that is registered.
    NotAHook,
    /// It is neither true nor false.
    NotABoolean,
    /// It is no number in the range.
    OutOfRange {
        /// Least.
        min: u64,
        /// Greatest.
        max: u64,
    },
    /// It could not be fetched.
    Unfetchable {
        /// Why.
        reason: String,
    },
}

/// Why a request was turned away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Requests that have not ended.
    TooManyOpen {
        /// How many there may be.
        limit: u32,
    },
    /// Hooks that are registered.
    TooManyHooks {
        /// How many there may be.
        limit: u32,
    },
    /// Nobody handles the intent.
    NoHandler {
        /// Its name.
        intent: String,
    },
    /// The intent's handler would not.
    ByHandler {
        /// Why, in its words.
        reason: String,
    },
    /// Admission turned it away.
    Admission {
        /// Why.
        pressure: Pressure,
        /// The objective that letting it in would endanger.
        protects: String,
        /// When to try again.
        retry_after_ms: u32,
    },
}

/// What admission is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressure {
    /// As many are on their way as may be, and as many wait.
    Busy,
    /// It waited for its turn as long as may be.
    Waited,
    /// As many are open as are kept track of.
    Full,
}
