//! The page's pictograms: strokes on a grid of 16, in the colour of the text around them.
//! Always decoration; whoever shows one alone gives the control a label.

use leptos::prelude::*;

/// What there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    /// A terminal's prompt.
    Prompt,
    /// A dial.
    Gauge,
    /// Run.
    Play,
    /// Lines of text.
    Lines,
    /// A magnifying glass.
    Search,
    /// To the one before.
    Up,
    /// To the one after.
    Down,
    /// Towards the left.
    Left,
    /// Towards the right.
    Right,
    /// Wipe clean.
    Clear,
    /// Halt.
    Stop,
    /// Once more.
    Restart,
    /// Take away.
    Close,
    /// Save to a file.
    Save,
    /// A file to come in.
    File,
    /// Day.
    Sun,
    /// Night.
    Moon,
    /// As the system has it.
    Half,
    /// A check mark.
    Check,
    /// A warning sign.
    Alert,
    /// Nothing to tell.
    #[default]
    Dash,
    /// A word to the reader.
    Info,
    /// Two sheets.
    Copy,
    /// Things that run side by side.
    Processes,
    /// A pen.
    Edit,
    /// One more.
    Plus,
    /// To somebody else.
    Share,
    /// Away with it for good.
    Trash,
    /// Stand still.
    Pause,
    /// Back to what was.
    Undo,
}

impl Shape {
    fn path(self) -> &'static str {
        match self {
            Self::Edit => "M3 13l.7-3.2L10.9 2.6l2.5 2.5L6.2 12.3zM9.2 4.3l2.5 2.5",
            Self::Plus => "M8 3.2v9.6M3.2 8h9.6",
            Self::Share => {
                "M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.4 8.9a2.6 2.6 0 0 0 3.7 3.7l.9-.9"
            }
            Self::Trash => "M3 4.5h10M6.3 4.5V3h3.4v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5",
            Self::Prompt => "M2.5 4 6.5 8l-4 4M8 12.5h5.5",
            Self::Gauge => "M2 12a6.5 6.5 0 1 1 12 0M8 10l3-4.5",
            Self::Play => "M4.5 2.8v10.4L13 8z",
            Self::Lines => "M2.5 4h11M2.5 8h11M2.5 12h7",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4 14 14",
            Self::Up => "M3.5 10 8 5.5l4.5 4.5",
            Self::Down => "M3.5 6 8 10.5 12.5 6",
            Self::Left => "M10 3.5 5.5 8l4.5 4.5",
            Self::Right => "M6 3.5 10.5 8 6 12.5",
            Self::Clear => "M2.5 4h11M2.5 8h4.5M2.5 12h4.5M10 8.5l4 4M14 8.5l-4 4",
            Self::Stop => "M4 4h8v8H4z",
            Self::Restart => "M13.3 8.6A5.4 5.4 0 1 1 11.9 4L13.5 5.6M13.6 2.4v3.3h-3.3",
            Self::Close => "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
            Self::Save => "M8 2.5v7.2M4.8 6.8 8 10l3.2-3.2M2.8 13.2h10.4",
            Self::File => "M8 10V2.8M4.8 5.7 8 2.5l3.2 3.2M2.8 10v3.2h10.4V10",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1"
            }
            Self::Moon => "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
            Self::Half => {
                "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 2.2v11.6M8 5h4.8M8 8h5.8M8 11h4.8"
            }
            Self::Check => "M3 8.5 6.4 12 13 4.5",
            Self::Alert => "M8 2.2 14.6 13.4H1.4zM8 6.4v3.4M8 11.3v.4",
            Self::Dash => "M4.5 8h7",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Processes => "M2.5 3h4.5v4H2.5zM9 3h4.5v4H9zM2.5 9h4.5v4H2.5zM9 9h4.5v4H9z",
            Self::Pause => "M5 3.5v9M11 3.5v9",
            Self::Undo => "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3.5 2.8 6.5l3 3",
            Self::Info => "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 7.4v3.4M8 5v.4",
        }
    }
}

/// One pictogram.
#[component]
pub fn Icon(shape: Shape) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=shape.path() />
        </svg>
    }
    .into_any()
}
