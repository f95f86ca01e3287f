//! The browser's frames: calls back before the page is painted, for as long as it is asked to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A loop over frames that stops by itself; dropping it stops it, too.
pub struct Frames {
    inner: Rc<Inner>,
}

struct Inner {
    pending: Cell<Option<i32>>,
    each: Box<dyn Fn() -> bool>,
    call: RefCell<Option<Closure<dyn Fn()>>>,
}

impl Frames {
    /// `each` is called in every frame while it says that it wants another.
    pub fn new(each: impl Fn() -> bool + 'static) -> Self {
        let inner = Rc::new(Inner {
            pending: Cell::new(None),
            each: Box::new(each),
            call: RefCell::default(),
        });
        let weak = Rc::downgrade(&inner);
        let call = Closure::<dyn Fn()>::new(move || {
            if let Some(inner) = weak.upgrade() {
                inner.pending.set(None);
                if (inner.each)() {
                    inner.ask();
                }
            }
        });
        inner.call.replace(Some(call));
        Self { inner }
    }

    /// Starts the loop, unless it goes on already.
    pub fn start(&self) {
        self.inner.ask();
    }
}

impl Inner {
    fn ask(&self) {
        if self.pending.get().is_some() {
            return;
        }
        if let (Some(window), Some(call)) = (web_sys::window(), &*self.call.borrow()) {
            let asked = window.request_animation_frame(call.as_ref().unchecked_ref());
            self.pending.set(asked.ok());
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let (Some(window), Some(pending)) = (web_sys::window(), self.inner.pending.take()) {
            drop(window.cancel_animation_frame(pending));
        }
    }
}
