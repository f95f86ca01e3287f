//! Messages of one task travel together: posting costs more than all the rest of a small message, so
//! what is said until the task ends goes in one piece. A message is one text, since nothing else is posted
//! and read as quickly: lines, or calls and answers of three fields each, which neither side reads.

use js_sys::{Array, JsString};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &JsValue);

    /// A text that may stay where it is.
    #[wasm_bindgen(extends = JsString)]
    type Text;

    #[wasm_bindgen(method, js_name = concat)]
    fn with(this: &Text, a: &JsValue, b: &JsValue, c: &JsValue, d: &JsValue, e: &JsValue) -> Text;
}

/// Stands between fields: neither names nor JSON nor what the VM answers can hold it.
const BETWEEN: &str = "\0";

/// Fields of calls or answers, three for each, if that is what the message holds. Lines are JSON, and no
/// line is a number.
pub fn fields(message: &JsString) -> Option<Array> {
    let first = message.char_code_at(0);
    (f64::from(b'0')..=f64::from(b'9'))
        .contains(&first)
        .then(|| message.split(BETWEEN))
}

/// What is on its way.
pub struct Outbox {
    waiting: Rc<Waiting>,
    /// Made once; queued whenever the first message of a task comes.
    flush: Closure<dyn Fn()>,
}

struct Waiting {
    lines: RefCell<String>,
    fields: RefCell<Text>,
    between: JsValue,
    is_due: Cell<bool>,
    post: Box<dyn Fn(&JsValue)>,
}

impl Waiting {
    fn flush(&self) {
        self.is_due.set(false);
        self.flush_lines();
        self.flush_fields();
    }

    fn flush_lines(&self) {
        let lines = self.lines.take();
        if !lines.is_empty() {
            (self.post)(&lines.into());
        }
    }

    fn flush_fields(&self) {
        if self.fields.borrow().length() > 0 {
            let fields = self.fields.replace(empty());
            (self.post)(&fields);
        }
    }
}

fn empty() -> Text {
    JsValue::from_str("").unchecked_into()
}

impl Outbox {
    /// An outbox that posts so.
    pub fn new(post: impl Fn(&JsValue) + 'static) -> Self {
        let waiting = Rc::new(Waiting {
            lines: RefCell::default(),
            fields: RefCell::new(empty()),
            between: BETWEEN.into(),
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
        self.waiting.flush_fields();
        let mut lines = self.waiting.lines.borrow_mut();
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(line);
        drop(lines);
        self.be_due();
    }

    /// Adds a call or an answer, which is three fields; the first is a number.
    pub fn push_fields(&self, first: f64, second: &JsValue, third: &JsValue) {
        self.waiting.flush_lines();
        let (first, between) = (first.into(), &self.waiting.between);
        let mut fields = self.waiting.fields.borrow_mut();
        if fields.length() > 0 {
            *fields = fields.concat(between).unchecked_into();
        }
        *fields = fields.with(&first, between, second, between, third);
        drop(fields);
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
