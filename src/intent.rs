//! What a person can ask of the page, in one closed enum. Views send intents; the driver performs them.

use protocol::log::LogWish;
use web_sys::HtmlElement;

mod levels;

pub use levels::{LevelsIntent, ReportForm, Sight};

/// Which colours the page wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system asks.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

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
    /// Press a key in the terminal that an on-screen keyboard lacks.
    PressKey(Key),
    /// Use these colours from now on, in the page and in the terminal.
    ChooseTheme(Theme),
    /// Type an example's expression and run it.
    RunExample(String),
    /// Files from a person's machine: name and content.
    LoadFiles(Vec<web_sys::File>),
    /// Stop what runs in the shell.
    Interrupt,
    /// A fresh VM.
    Restart,
    /// Something with the editor.
    Edit(Edit),
    /// A fresh VM with the modules that this one has.
    RestartWithModules,
    /// The modules that an earlier VM had.
    LoadModulesAgain,
    /// Something with the process pane.
    Observe(Observe),
    /// Forget the lines of the log.
    ClearLog,
    /// Save the wanted lines of the log as a file.
    SaveLog(LogWish),
    /// Copy the wanted lines of the log.
    CopyLog(LogWish),
    /// Something about the service levels.
    Levels(LevelsIntent),
    /// Take a banner away.
    Dismiss(u64),
}

/// One wish about the process pane.
#[derive(Clone, Debug)]
pub enum Observe {
    /// The pane is in the page; whether it is in sight is another matter.
    Mounted(HtmlElement),
    /// It is going away.
    Unmounted,
    /// Ask now, and not only with the next tick.
    Look,
    /// Show this of the processes.
    Show(Face),
    /// Tell all about this process, or about none.
    Choose(Option<String>),
    /// End this process.
    Kill(String),
}

/// How the processes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Face {
    /// All of them, in a table.
    #[default]
    Table,
    /// Who supervises whom.
    Tree,
}

/// One wish about the editor. Files are named by their paths.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The element for the widget is in the page: open the widget in it.
    Mounted(HtmlElement),
    /// The widget's element is going away: give the widget back.
    Unmounted,
    /// Bring the editor into sight, with something in it.
    Want,
    /// Put the keyboard focus into it.
    Focus,
    /// Bring a file into sight.
    Open(String),
    /// Close a file; it stays where it is.
    Close(String),
    /// Make a file of that name and open it.
    New(String),
    /// Give a file another name.
    Rename {
        /// The one it has.
        from: String,
        /// The one it gets.
        to: String,
    },
    /// Remove a file for good.
    Delete(String),
    /// Save a file to the person's machine.
    Save(String),
    /// Open the source of an example, by its module.
    Example(String),
    /// Compile the file in sight and load it, over a module of the console too if forced.
    Compile {
        /// Whether it is.
        force: bool,
    },
    /// Compile the file in sight if that was not done, then type this expression into the shell.
    Run(String),
    /// Put the cursor of the file in sight there.
    GoTo {
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
    /// Look for a text.
    Find,
    /// Make a link to the file in sight, or to all that are open.
    Share {
        /// Whether to all.
        all: bool,
    },
    /// Copy the link.
    CopyLink,
    /// Put the link away.
    DropLink,
}

/// A key that an on-screen keyboard lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Escape.
    Escape,
    /// Tab, which completes.
    Tab,
    /// Towards the start of the line.
    Left,
    /// Towards the end of the line.
    Right,
    /// The line before in the history.
    Up,
    /// The line after in the history.
    Down,
}

impl Key {
    /// What a terminal sends when the key is pressed.
    pub fn text(self) -> &'static str {
        match self {
            Self::Escape => "\x1b",
            Self::Tab => "\t",
            Self::Left => "\x1b[D",
            Self::Right => "\x1b[C",
            Self::Up => "\x1b[A",
            Self::Down => "\x1b[B",
        }
    }
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
