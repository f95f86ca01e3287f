//! What the page shows of the VM's processes.

use leptos::prelude::*;
use protocol::observe::{Details, ProcessList, Tree};

/// The signals of the process pane. Copyable handles, owned by the app's root.
#[derive(Clone, Copy, Default)]
pub struct Processes {
    /// The processes that were looked at last; none while the pane is out of sight for the first time.
    pub list: RwSignal<ProcessList>,
    /// Who supervises whom; nothing until it has been asked for.
    pub tree: RwSignal<Option<Tree>>,
    /// The process that a person looks at.
    pub chosen: RwSignal<Option<String>>,
    /// What there is to know of it; nothing when it is gone.
    pub details: RwSignal<Option<Details>>,
    /// Whether the last question was answered.
    pub is_silent: RwSignal<bool>,
}
