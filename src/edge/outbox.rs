//! Messages of one task travel together: posting costs more than all the rest of a small message, so
//! what is said until the task ends goes in one piece, a line each.

use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &JsValue);
}

/// Lines on their way.
pub struct Outbox {
    waiting: Rc<Waiting>,
    /// Made once; queued whenever the first line of a task comes.
    flush: Closure<dyn Fn()>,
}

struct Waiting {
    lines: RefCell<String>,
    post: Box<dyn Fn(&str)>,
}

impl Waiting {
    fn flush(&self) {
        let lines = self.lines.take();
        if !lines.is_empty() {
            (self.post)(&lines);
        }
    }
}

impl Outbox {
    /// An outbox that posts so.
    pub fn new(post: impl Fn(&str) + 'static) -> Self {
        let waiting = Rc::new(Waiting {
            lines: RefCell::default(),
            post: Box::new(post),
        });
        let flush = {
            let waiting = Rc::clone(&waiting);
            Closure::new(move || waiting.flush())
        };
        Self { waiting, flush }
    }

    /// Adds a line.
    pub fn push(&self, line: &str) {
        let mut lines = self.waiting.lines.borrow_mut();
        if lines.is_empty() {
            queue_microtask(self.flush.as_ref());
        } else {
            lines.push('\n');
        }
        lines.push_str(line);
    }

    /// Posts at once what waits, so that what is posted past the outbox comes after it.
    pub fn flush(&self) {
        self.waiting.flush();
    }
}
