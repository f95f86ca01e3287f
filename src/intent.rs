//! What a person can ask of the page, in one closed enum. Views send intents; the driver performs them.

use web_sys::HtmlElement;

/// One wish.
#[derive(Clone, Debug)]
pub enum Intent {
    /// The element for the terminal is in the page: open a terminal in it.
    TerminalMounted(HtmlElement),
    /// The terminal's element is going away: give the terminal back.
    TerminalUnmounted,
    /// Put the keyboard focus into the terminal.
    FocusTerminal,
    /// Clear the terminal's screen and scrollback.
    ClearTerminal,
    /// Find text in the terminal; backwards when asked; an empty text ends the search.
    FindInTerminal {
        /// What to find.
        text: String,
        /// Towards older output.
        backwards: bool,
    },
    /// Change the terminal's font size by so many pixels.
    ResizeFont(i32),
    /// The colours changed; the terminal must follow.
    ThemeChanged,
    /// Type an example's expression and run it.
    RunExample(String),
    /// Files from a person's machine: name and content.
    LoadFiles(Vec<web_sys::File>),
    /// Stop what runs in the shell.
    Interrupt,
    /// A fresh VM.
    Restart,
    /// Forget all samples of the service levels.
    ResetLevels,
    /// Save the service-level report as a file.
    ExportReport,
    /// Take a banner away.
    Dismiss(u64),
}

/// How views send; cheap to clone.
#[derive(Clone)]
pub struct Send(std::rc::Rc<dyn Fn(Intent)>);

impl Send {
    /// Wraps what performs intents.
    pub fn new(perform: impl Fn(Intent) + 'static) -> Self {
        Self(std::rc::Rc::new(perform))
    }

    /// Sends one.
    pub fn send(&self, intent: Intent) {
        (self.0)(intent);
    }
}
