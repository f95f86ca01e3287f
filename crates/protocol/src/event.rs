//! What the worker tells the page: past tense, closed.

use crate::{BootProblem, Compiled, Failure, Hello, files::Change, session::CallId};
use serde::{Deserialize, Serialize};

/// One thing that happened in the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The worker listens. Nothing may be posted to it before this.
    Hello(Hello),
    /// More of a part has arrived.
    Progressed {
        /// The part: `glue`, `wasm`, `natives` or a pack's name.
        part: String,
        /// Bytes that have arrived.
        loaded_bytes: u64,
    },
    /// The VM runs. First of the two boot phases.
    VmStarted,
    /// The console in the VM answers. Second of the two boot phases.
    ConsoleStarted,
    /// The boot cannot succeed by being tried again at once.
    BootFailed(BootProblem),
    /// A pack of the background phase is in use.
    PackAdded {
        /// Its name.
        name: String,
    },
    /// A module of a person, in the attachment, has passed the gate into the VM.
    ModuleLoaded {
        /// Its name.
        module: String,
    },
    /// A request was answered.
    Replied {
        /// The page's number for it.
        id: CallId,
        /// The answer.
        reply: Reply,
        /// How long the worker and the VM took, by the worker's own clock.
        worker_us: u32,
    },
    /// A request failed.
    Refused {
        /// The page's number for it.
        id: CallId,
        /// Why.
        failure: Failure,
    },
    /// Output for the terminal, in the attachment.
    Printed,
    /// A line of the VM's own diagnostics, or one of the worker.
    Logged {
        /// How grave.
        level: Level,
        /// The text; a report of several lines comes in one piece.
        text: String,
    },
    /// A program said something on the event device that the page has no word for.
    Signalled {
        /// Its JSON text.
        payload: String,
    },
    /// The VM is gone.
    Crashed(Crash),
    /// A program halted the VM, or stopped it in order: whoever sees it starts a fresh one.
    Halted {
        /// The status it gave.
        status: i32,
    },
    /// A program changed a person's file; the content is in the attachment.
    Changed(Change),
}

impl Event {
    /// Whether the message travels with an attachment of bytes beside its text.
    pub fn carries_bytes(&self) -> bool {
        match self {
            Self::ModuleLoaded { .. } | Self::Printed => true,
            Self::Changed(change) => change.carries_bytes(),
            _ => false,
        }
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// A process answered a call; the answer passes beside, see [`crate::Request::Call`].
    #[serde(skip)]
    Answered,
    /// What an evaluation or a run came to.
    Evaluated {
        /// The value as the shell prints it.
        value: String,
        /// What was printed meanwhile.
        output: String,
    },
    /// What compiling came to.
    Compiled(Compiled),
    /// What a load brought in.
    Loaded {
        /// Names of the modules.
        modules: Vec<String>,
    },
    /// It is done; there is nothing to tell.
    Done,
}

/// How a VM ended, in one piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crash {
    /// The shortest true account.
    pub reason: String,
    /// The VM's own dump or last words, oldest line first.
    pub dump: Vec<String>,
    /// Its exit code, if it ended by itself.
    pub exit_code: Option<i32>,
}

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Something was refused or lost.
    Warning,
    /// Something broke.
    Error,
}
