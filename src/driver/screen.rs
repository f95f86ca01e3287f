//! The terminal, while it is open, and the way of bytes between it and the VM.

use super::{Driver, Topic};
use crate::edge::{clock, site, terminal::Terminal};
use crate::state::Severity;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use protocol::{Command, Failure, Request, limits};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, TextDecodeOptions, TextDecoder};

/// What is printed before the terminal is open is kept up to so many bytes.
const EARLY_BYTES: u32 = 1 << 20;

/// The terminal.
#[derive(Default)]
pub struct Screen {
    terminal: RefCell<Option<Rc<Terminal>>>,
    early: RefCell<Vec<Uint8Array>>,
    /// Turns bytes into text for listeners; a character may be split between two batches.
    decoder: RefCell<Option<TextDecoder>>,
    /// Rises with every opening and closing, so that an opening that comes too late is noticed.
    turn: Cell<u32>,
}

impl Screen {
    /// Does something with the terminal, if it is open.
    pub(super) fn with(&self, act: impl FnOnce(&Terminal)) {
        // Held apart from the cell: what it does may close it.
        let terminal = self.terminal.borrow().clone();
        if let Some(terminal) = terminal {
            act(&terminal);
        }
    }

    pub(super) fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        self.terminal.take();
    }

    fn size(&self) -> Option<(u16, u16)> {
        self.terminal
            .borrow()
            .as_ref()
            .map(|terminal| terminal.size())
    }

    /// The text of output, for listeners.
    fn decode(&self, bytes: &Uint8Array) -> Option<String> {
        let mut decoder = self.decoder.borrow_mut();
        if decoder.is_none() {
            *decoder = TextDecoder::new().ok();
        }
        let options = TextDecodeOptions::new();
        options.set_stream(true);
        decoder
            .as_ref()?
            .decode_with_buffer_source_and_options(bytes, &options)
            .ok()
    }
}

impl Driver {
    pub(super) fn open_terminal(self: &Rc<Self>, host: HtmlElement) {
        self.screen.close();
        let (driver, turn) = (Rc::clone(self), self.screen.turn.get());
        spawn_local(async move {
            let bundle = driver.terminal_bundle().await;
            if driver.screen.turn.get() != turn {
                return;
            }
            let opened = bundle.and_then(|bundle| {
                let (typist, sizer) = (Rc::downgrade(&driver), Rc::downgrade(&driver));
                Terminal::open(
                    &bundle,
                    &host,
                    move |text| {
                        if let Some(driver) = typist.upgrade() {
                            driver.type_text(text);
                        }
                    },
                    move |cols, rows| {
                        if let Some(driver) = sizer.upgrade() {
                            driver.tell(Command::Resize { cols, rows });
                        }
                    },
                    site::wants_screen_reader(),
                )
            });
            match opened {
                Ok(terminal) => driver.use_terminal(terminal),
                Err(error) => {
                    let words = format!("Reload the page. ({error:?})");
                    driver.say(Severity::Error, "The terminal could not be opened", &words);
                }
            }
        });
    }

    fn use_terminal(self: &Rc<Self>, terminal: Terminal) {
        self.screen.terminal.replace(Some(Rc::new(terminal)));
        for bytes in self.screen.early.take() {
            // The VM was told long ago that these had been taken.
            self.screen
                .with(|terminal| terminal.write_bytes(&bytes, || {}));
        }
        self.start_shell();
    }

    /// Starts the shell, or tells the one that runs the terminal's size, once there is a terminal
    /// and a VM.
    pub(super) fn start_shell(self: &Rc<Self>) {
        let is_ready = self.is_ready() && self.home.is_here();
        let (Some((cols, rows)), true) = (self.screen.size(), is_ready) else {
            return;
        };
        let driver = Rc::clone(self);
        let request = Request::StartShell { cols, rows };
        self.request(
            request,
            limits::CALL_TIMEOUT_MS,
            None,
            None,
            move |outcome| match outcome {
                // The bridge is away; it says when it is back, and is asked then.
                Ok(_) | Err(Failure::NoProcess { .. } | Failure::ErlangError { .. }) => {}
                Err(failure) => {
                    let words = protocol::Words::failure(&failure);
                    driver.say(Severity::Error, "The shell did not start", &words);
                }
            },
        );
    }

    /// Passes on what was typed or pasted.
    fn type_text(self: &Rc<Self>, text: String) {
        if text.len() <= limits::TYPED_BYTES {
            return self.tell(Command::Type { text });
        }
        let words = format!(
            "At most {} bytes may be pasted at once.",
            limits::TYPED_BYTES
        );
        self.say(Severity::Warning, "The text was not pasted", &words);
    }

    /// Shows output of the VM.
    pub(super) fn print(self: &Rc<Self>, bytes: &ArrayBuffer) {
        let bytes = Uint8Array::new(bytes);
        if self.listeners.has(Topic::Output)
            && let Some(text) = self.screen.decode(&bytes)
        {
            self.listeners.tell(Topic::Output, &text.into());
        }
        self.write(&bytes);
    }

    fn write(self: &Rc<Self>, bytes: &Uint8Array) {
        let terminal = self.screen.terminal.borrow().clone();
        let Some(terminal) = terminal else {
            return self.write_early(bytes);
        };
        let (driver, length) = (Rc::downgrade(self), bytes.length());
        terminal.write_bytes(bytes, move || {
            if let Some(driver) = driver.upgrade() {
                driver.tell(Command::Acknowledge { bytes: length });
            }
        });
    }

    /// Keeps the newest of what comes before the terminal is open, and lets the VM go on.
    fn write_early(self: &Rc<Self>, bytes: &Uint8Array) {
        let mut early = self.screen.early.borrow_mut();
        early.push(bytes.clone());
        let (mut kept, mut dropped) = (early.iter().map(Uint8Array::length).sum::<u32>(), 0);
        while kept > EARLY_BYTES {
            let oldest = early.remove(0).length();
            kept -= oldest;
            dropped += u64::from(oldest);
        }
        drop(early);
        if dropped > 0 {
            self.state
                .output_dropped_bytes
                .update(|all| *all += dropped);
        }
        self.tell(Command::Acknowledge {
            bytes: bytes.length(),
        });
    }

    /// The terminal's buffer as text.
    pub(crate) fn terminal_text(&self) -> String {
        let terminal = self.screen.terminal.borrow().clone();
        terminal.map_or_else(String::new, |terminal| terminal.text())
    }

    /// Prints on the terminal without the VM.
    pub(crate) fn terminal_write(&self, text: &str) {
        self.screen.with(|terminal| terminal.write_text(text));
    }

    /// Types on the terminal as a person would.
    pub(crate) fn terminal_type(&self, text: &str) {
        self.screen.with(|terminal| terminal.type_text(text));
    }

    pub(super) fn is_ready(&self) -> bool {
        self.session.borrow().phase() == &protocol::Phase::Ready
    }

    /// Says on the screen that what stands above belongs to a VM that is gone.
    pub(super) fn draw_line(&self) {
        let line = format!(
            "\x1b[0m\r\n\x1b[2m-- a fresh VM, {} --\x1b[0m\r\n",
            clock::wall()
        );
        self.terminal_write(&line);
    }
}
