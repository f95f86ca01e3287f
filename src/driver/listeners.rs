//! What embedders listen to. A handler that throws harms nobody but itself.

use js_sys::Function;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

/// What can be listened to; the words are part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The VM's state, as a word.
    State,
    /// Output of the terminal, as text.
    Output,
    /// A service level in danger.
    Alert,
    /// A line of the log.
    Log,
    /// The end of a VM.
    Crash,
}

impl Topic {
    /// The topic of a word.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "state" => Self::State,
            "output" => Self::Output,
            "alert" => Self::Alert,
            "log" => Self::Log,
            "crash" => Self::Crash,
            _ => return None,
        })
    }
}

/// Who listens.
#[derive(Default)]
pub struct Listeners {
    next: Cell<u64>,
    all: RefCell<Vec<(u64, Topic, Function)>>,
}

impl Listeners {
    /// Adds one; the number takes it away again.
    pub fn add(&self, topic: Topic, handler: Function) -> u64 {
        let number = self.next.get();
        self.next.set(number + 1);
        self.all.borrow_mut().push((number, topic, handler));
        number
    }

    /// Takes one away.
    pub fn remove(&self, number: u64) {
        self.all.borrow_mut().retain(|(other, ..)| *other != number);
    }

    /// Whether anybody listens.
    pub fn has(&self, topic: Topic) -> bool {
        self.all
            .borrow()
            .iter()
            .any(|(_, other, _)| *other == topic)
    }

    /// Tells everybody who listens; a handler may add and remove listeners.
    pub fn tell(&self, topic: Topic, what: &JsValue) {
        let meant: Vec<Function> = {
            let all = self.all.borrow();
            let meant = all.iter().filter(|(_, other, _)| *other == topic);
            meant.map(|(.., handler)| handler.clone()).collect()
        };
        for handler in meant {
            if let Err(error) = handler.call1(&JsValue::UNDEFINED, what) {
                web_sys::console::error_1(&error);
            }
        }
    }
}
