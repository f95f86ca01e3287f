//! What the page shows of the editor.

use leptos::prelude::*;
use protocol::Finding;
use std::collections::BTreeMap;

/// The signals of the editor. Copyable handles, owned by the app's root.
#[derive(Clone, Copy, Default)]
pub struct Editor {
    /// Open files, in the order in which they were opened.
    pub tabs: RwSignal<Vec<Tab>>,
    /// The one in sight.
    pub current: RwSignal<Option<String>>,
    /// What compiling came to, by path.
    pub outcomes: RwSignal<BTreeMap<String, Outcome>>,
    /// The expression that runs the one in sight; empty if a person must say.
    pub run: RwSignal<String>,
    /// Rises whenever the editor is wanted in sight.
    pub calls: RwSignal<u32>,
    /// Set once the editor has been wanted; its widget is not fetched before.
    pub is_wanted: RwSignal<bool>,
    /// A link that was asked for.
    pub link: RwSignal<Option<Link>>,
    /// Whether the files in sight came with the page's address and were not touched since.
    pub came_by_link: RwSignal<bool>,
    /// Why a name was not taken.
    pub refusal: RwSignal<Option<String>>,
}

/// One open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its path.
    pub path: String,
    /// Whether it is in sight only: it becomes a file with its first change.
    pub is_draft: bool,
}

/// What compiling a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on.
    Busy,
    /// The compiler answered.
    Done(Done),
    /// It could not be tried: why, in words.
    Failed(String),
}

/// The compiler's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The module, if there is one.
    pub module: Option<String>,
    /// Errors, then warnings.
    pub findings: Vec<Finding>,
    /// Bytes that came into the VM; none if the module was not loaded.
    pub bytes: Option<u64>,
    /// How long it took.
    pub took_ms: u32,
    /// Whether it was refused only because it is a module of the console.
    pub may_force: bool,
}

/// A link to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The whole address; or why there is none.
    pub address: Result<String, String>,
    /// How many files are in it.
    pub files: usize,
}
