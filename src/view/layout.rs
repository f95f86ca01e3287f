//! Which pane is in sight. A wide page shows the terminal and, beside it, one of the side's panes;
//! a narrow one shows one pane at a time. Knows nothing of what the panes hold.

use leptos::prelude::*;

/// One pane of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The terminal.
    Terminal,
    /// The editor, above the terminal where there is room.
    Editor,
    /// The service levels.
    Levels,
    /// Examples and files.
    Programs,
    /// The VM's processes.
    Processes,
    /// What the page, the VM and Erlang report.
    Log,
}

impl Pane {
    /// The word style sheets know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Editor => "editor",
            Self::Levels => "levels",
            Self::Programs => "programs",
            Self::Processes => "processes",
            Self::Log => "log",
        }
    }

    /// Whether it is one of those beside the terminal.
    fn is_of_the_side(self) -> bool {
        matches!(self, Self::Levels | Self::Processes | Self::Programs)
    }
}

/// The choice, as signals; a copyable handle.
#[derive(Clone, Copy)]
pub struct Layout {
    pane: RwSignal<Pane>,
    beside: RwSignal<Pane>,
    is_wide: RwSignal<bool>,
    is_editing: RwSignal<bool>,
}

impl Layout {
    /// The terminal, and the service levels beside it.
    pub fn new() -> Self {
        Self {
            pane: RwSignal::new(Pane::Terminal),
            beside: RwSignal::new(Pane::Levels),
            is_wide: RwSignal::new(false),
            is_editing: RwSignal::new(false),
        }
    }

    /// Brings a pane into sight.
    pub fn show(self, pane: Pane) {
        self.pane.set(pane);
        if pane == Pane::Editor {
            self.is_editing.set(true);
        }
        if pane.is_of_the_side() {
            self.beside.set(pane);
        } else {
            self.is_wide.set(false);
        }
    }

    /// Gives the side the whole width, or takes it back.
    pub fn widen(self, is_wide: bool) {
        self.is_wide.set(is_wide);
    }

    /// Gives the editor's room back to the terminal.
    pub fn put_editor_away(self) {
        self.is_editing.set(false);
        self.show(Pane::Terminal);
    }

    /// Whether the editor stands above the terminal.
    pub fn is_editing(self) -> bool {
        self.is_editing.get()
    }

    /// The pane that was asked for last: the only one in sight on a narrow page.
    pub fn pane(self) -> Pane {
        self.pane.get()
    }

    /// The pane beside the terminal.
    pub fn beside(self) -> Pane {
        self.beside.get()
    }

    /// Whether that pane is beside the terminal, or in its place where only one pane has room.
    pub fn is_beside(self, pane: Pane) -> bool {
        self.beside.get() == pane
    }

    /// Whether the side has the whole width.
    pub fn is_wide(self) -> bool {
        self.is_wide.get()
    }
}
