//! Messages of one task travel together: posting costs more than all the rest of a small message, so
//! what is said until the task ends goes in one piece. Texts go as lines, calls and answers as values.

use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &JsValue);
}

/// What is on its way.
pub struct Outbox {
    waiting: Rc<Waiting>,
    /// Made once; queued whenever the first message of a task comes.
    flush: Closure<dyn Fn()>,
}

struct Waiting {
    lines: RefCell<String>,
    values: RefCell<Array>,
    is_due: Cell<bool>,
    post: Box<dyn Fn(&JsValue)>,
}

impl Waiting {
    fn flush(&self) {
        self.is_due.set(false);
        self.flush_lines();
        self.flush_values();
    }

    fn flush_lines(&self) {
        let lines = self.lines.take();
        if !lines.is_empty() {
            (self.post)(&lines.into());
        }
    }

    fn flush_values(&self) {
        if self.values.borrow().length() > 0 {
            let values = self.values.replace(Array::new());
            (self.post)(&values);
        }
    }
}

impl Outbox {
    /// An outbox that posts so.
    pub fn new(post: impl Fn(&JsValue) + 'static) -> Self {
        let waiting = Rc::new(Waiting {
            lines: RefCell::default(),
            values: RefCell::new(Array::new()),
            is_due: Cell::new(false),
            post: Box::new(post),
        });
        let flush = {
            let waiting = Rc::clone(&waiting);
            Closure::new(move || waiting.flush())
        };
        Self { waiting, flush }
    }

    /// Adds a text.
    pub fn push(&self, line: &str) {
        // One kind waits at a time, so that the order is kept.
        self.waiting.flush_values();
        let mut lines = self.waiting.lines.borrow_mut();
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(line);
        drop(lines);
        self.be_due();
    }

    /// Adds a call or an answer, which is three values.
    pub fn push_values(&self, first: &JsValue, second: &JsValue, third: &JsValue) {
        self.waiting.flush_lines();
        let values = self.waiting.values.borrow();
        for value in [first, second, third] {
            values.push(value);
        }
        drop(values);
        self.be_due();
    }

    /// Posts at once what waits, so that what is posted past the outbox comes after it.
    pub fn flush(&self) {
        self.waiting.flush();
    }

    fn be_due(&self) {
        if !self.waiting.is_due.replace(true) {
            queue_microtask(self.flush.as_ref());
        }
    }
}
