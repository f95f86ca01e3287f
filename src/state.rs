//! What the page shows: plain values, and the signals that hold them. The driver writes, the views read.
//! Nothing here computes, fetches or knows the time.

mod editor;
pub mod levels;
mod processes;

use leptos::prelude::*;
use protocol::log::Log;

use crate::intent::Theme;
pub use editor::{Done, Editor, Link, Outcome, Tab};
pub use levels::{Level, LevelSignals, ServiceLevels};
pub use processes::Processes;

/// How far the VM is; the words are part of the contract (`data-testid="vm-state"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum VmState {
    /// Waiting for cross-origin isolation.
    #[default]
    Isolating,
    /// Fetching and checking the VM and its packs.
    Loading,
    /// The VM runs; the console in it does not answer yet.
    Booting,
    /// The console answers.
    Ready,
    /// The VM went down or was asked to; a new one is on its way.
    Restarting,
    /// No VM, and none is on its way.
    Failed,
}

impl VmState {
    /// The contract's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Isolating => "isolating",
            Self::Loading => "loading",
            Self::Booting => "booting",
            Self::Ready => "ready",
            Self::Restarting => "restarting",
            Self::Failed => "failed",
        }
    }
}

/// Whether the page may use shared memory.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Isolation {
    /// Not known yet.
    #[default]
    Pending,
    /// It may.
    Isolated,
    /// It may not: why, and what to do, in words.
    Refused(String),
}

/// Bytes of one part that the boot fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part's name for people, such as `VM` or `core pack`.
    pub name: String,
    /// Bytes that have arrived.
    pub loaded_bytes: u64,
    /// Bytes there will be, from the site's manifest.
    pub total_bytes: u64,
}

/// Real bytes of the boot.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BootProgress {
    /// Every part that the first prompt needs.
    pub parts: Vec<Part>,
}

/// How grave a banner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something went well or is worth knowing.
    Info,
    /// Something was refused; the session goes on.
    Warning,
    /// Something broke.
    Error,
}

/// A message that stays until it is dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// For dismissing.
    pub id: u64,
    /// How grave.
    pub severity: Severity,
    /// What happened, in one line.
    pub title: String,
    /// What it means and what to do; may hold several lines, such as a crash dump.
    pub detail: String,
}

/// One program in the list of examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its module.
    pub module: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a line or two.
    pub about: String,
    /// The expression that runs it in the shell.
    pub run: String,
}

/// A module of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedModule {
    /// Its name.
    pub name: String,
    /// Bytes of its newest version.
    pub bytes: u64,
    /// How often it was loaded into the VM that runs now.
    pub loads: u32,
}

/// The modules of a person, and what they cost the VM that runs now: it frees no version of any.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LoadedModules {
    /// Every module that this or an earlier VM of the page had.
    pub rows: Vec<LoadedModule>,
    /// Loads.
    pub loads: u32,
    /// Bytes of all versions that were loaded.
    pub bytes: u64,
}

/// Every signal of the page. Copyable handles, owned by the app's root.
#[derive(Clone, Copy)]
pub struct State {
    /// Whether the page is isolated.
    pub isolation: RwSignal<Isolation>,
    /// How far the VM is.
    pub vm: RwSignal<VmState>,
    /// Bytes of the boot.
    pub progress: RwSignal<BootProgress>,
    /// What waits to be dismissed, oldest first.
    pub banners: RwSignal<Vec<Banner>>,
    /// The list of examples.
    pub examples: RwSignal<Vec<Example>>,
    /// Whether the VM has the modules of the examples.
    pub examples_are_loaded: RwSignal<bool>,
    /// A person's modules.
    pub modules: RwSignal<LoadedModules>,
    /// The editor.
    pub editor: Editor,
    /// Service levels.
    pub levels: LevelSignals,
    /// The log.
    pub log: RwSignal<Log>,
    /// The VM's processes.
    pub processes: Processes,
    /// Output bytes that were dropped, since little is kept before the terminal is open.
    pub output_dropped_bytes: RwSignal<u64>,
    /// A person's files and folders, in the order of their paths.
    pub files: RwSignal<Vec<protocol::files::Listed>>,
    /// How often the VM was started since the page was opened.
    pub starts: RwSignal<u32>,
    /// Build id of the site.
    pub build: RwSignal<String>,
    /// Version of the VM as it tells it; empty until it does.
    pub vm_version: RwSignal<String>,
    /// The colours in use.
    pub theme: RwSignal<Theme>,
}

impl State {
    /// Fresh signals, in the reactive owner of the caller.
    pub fn new() -> Self {
        Self {
            isolation: RwSignal::default(),
            vm: RwSignal::default(),
            progress: RwSignal::default(),
            banners: RwSignal::default(),
            examples: RwSignal::default(),
            examples_are_loaded: RwSignal::default(),
            modules: RwSignal::default(),
            editor: Editor::default(),
            levels: LevelSignals::new(),
            log: RwSignal::default(),
            processes: Processes::default(),
            output_dropped_bytes: RwSignal::default(),
            files: RwSignal::default(),
            starts: RwSignal::default(),
            build: RwSignal::default(),
            vm_version: RwSignal::default(),
            theme: RwSignal::default(),
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}
