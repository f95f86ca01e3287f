//! What the page tells the worker: imperative, closed.

use crate::files::Change;
use crate::session::CallId;
use serde::{Deserialize, Serialize};

/// The first message of either side. Its shape never changes, so that two strangers can at least
/// tell each other who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`crate::PROTOCOL`] of the speaker.
    pub protocol: u32,
    /// Build id of the speaker.
    pub build: String,
}

/// One order to the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// The page answers the worker's own hello.
    Hello(Hello),
    /// Fetch, check and start the VM.
    Boot(Box<BootPlan>),
    /// Do one thing and say how it ended, once.
    Perform {
        /// The page's number for it.
        id: CallId,
        /// What to do.
        request: Request,
    },
    /// Nobody waits for this one any more: stop it where that can be done.
    Cancel {
        /// The number it was given.
        id: CallId,
    },
    /// Deliver a message to a registered process; no answer.
    Cast {
        /// Its registered name.
        process: String,
        /// JSON text.
        payload: String,
    },
    /// Deliver what a person typed.
    Type {
        /// As the terminal sends it, control sequences included.
        text: String,
    },
    /// The terminal has a new size.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// Stop what runs in the shell.
    Interrupt,
    /// Stand still for so long: a fault injected on purpose.
    Freeze {
        /// How long, at most [`crate::limits::FREEZE_MS`].
        ms: u32,
    },
    /// Count so many bytes of output as shown: as many more may come.
    Acknowledge {
        /// Bytes that the terminal has parsed.
        bytes: u32,
    },
    /// A person's file is to be as said; the content is in the attachment.
    Change(Change),
}

impl Command {
    /// Whether the message travels with an attachment of bytes beside its text.
    pub fn carries_bytes(&self) -> bool {
        match self {
            Self::Perform { request, .. } => {
                matches!(request, Request::Load { .. } | Request::Execute { .. })
            }
            Self::Change(change) => change.carries_bytes(),
            _ => false,
        }
    }
}

/// What can be asked of the VM with an answer to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A call to a registered process. Neither side reads its name, payload and answer, so they pass as
    /// the values they are, without a text: `[id, process, payload]`, and `[id, answer, worker_us]` back.
    #[serde(skip)]
    Call,
    /// Evaluate expressions in a session of their own.
    Eval {
        /// Erlang expressions.
        source: String,
    },
    /// Compile one module and load it.
    Compile {
        /// Its source.
        source: String,
        /// The name of its file, which the module must then bear.
        file: Option<String>,
        /// Whether it may replace a module of the console.
        force: bool,
    },
    /// Check a module or pack (the attachment) and load it.
    Load {
        /// What the file is called, for words to people.
        name: String,
        /// Whether it may replace a module of the console.
        force: bool,
    },
    /// Check a module or pack (the attachment), load it and run its `start/0`.
    Execute {
        /// What the file is called, for words to people.
        name: String,
    },
    /// Start the shell in the terminal.
    StartShell {
        /// Columns of the terminal.
        cols: u16,
        /// Rows of the terminal.
        rows: u16,
    },
}

/// Everything the worker needs to know to start a VM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootPlan {
    /// The VM's JavaScript glue.
    pub glue: Asset,
    /// The VM.
    pub wasm: Asset,
    /// Packs; those of the boot phase in the order in which the VM opens them.
    pub packs: Vec<Pack>,
    /// The list of natives the VM has, for the gate on files from outside.
    pub natives: Asset,
    /// The engine of regular expressions, fetched when one is first used.
    pub re: Asset,
    /// Memory the VM reserves.
    pub memory_bytes: u64,
}

/// One file of the site, as the manifest promises it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Address relative to the site's root.
    pub url: String,
    /// Its size before compression.
    pub bytes: u64,
    /// Its digest, in hex.
    pub sha256: String,
}

/// A pack and when it is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its short name, such as `core`.
    pub name: String,
    /// When it is needed.
    pub phase: PackPhase,
    /// The file.
    pub asset: Asset,
}

/// When a pack is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackPhase {
    /// Before the first prompt.
    Boot,
    /// After it, in the background.
    Background,
}
