//! What comes out of the VM: bytes for the terminal, in batches and at the pace the page takes them, and
//! the events that Erlang writes to its device.

use super::post::{now_us, post, post_bytes};
use gloo::timers::callback::Timeout;
use js_sys::{Int8Array, Uint8Array};
use protocol::bridge::Signal;
use protocol::{Event, Outlet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What is written goes to the page so soon, with what is written meanwhile.
const SOON_MS: u32 = 4;
/// While a program prints without end a batch goes once a frame: more of them would only keep the page busy.
const FRAME_MS: u32 = 16;
/// Batches are without end when the last was sent so shortly before.
const STREAM_US: f64 = 40_000.0;

/// The terminal device.
#[derive(Default)]
pub struct Output {
    outlet: RefCell<Outlet>,
    /// Whether a batch is to be sent soon.
    is_due: Cell<bool>,
    /// When the last one was sent, by this worker's clock.
    sent_us: Cell<f64>,
}

impl Output {
    /// A device that sends what is written to it.
    pub fn new() -> Rc<Self> {
        Rc::default()
    }

    /// The device's `write` for Emscripten; takes no more than there is room for.
    pub fn writer(self: &Rc<Self>) -> JsValue {
        let this = Rc::clone(self);
        device(move |bytes| {
            let taken = this.outlet.borrow_mut().write(&bytes);
            if taken > 0 {
                this.send_soon();
            }
            taken as u32
        })
    }

    /// The page has shown so many bytes. Says whether the terminal's process is to be asked for more.
    pub fn acknowledge(&self, bytes: usize) -> bool {
        self.outlet.borrow_mut().acknowledge(bytes)
    }

    fn send_soon(self: &Rc<Self>) {
        if self.is_due.replace(true) {
            return;
        }
        let is_stream = now_us() - self.sent_us.get() < STREAM_US;
        let delay_ms = if is_stream { FRAME_MS } else { SOON_MS };
        let this = Rc::clone(self);
        Timeout::new(delay_ms, move || {
            this.is_due.set(false);
            this.sent_us.set(now_us());
            let batch = this.outlet.borrow_mut().take();
            if let Some(batch) = batch {
                post_bytes(&Event::Printed, &batch);
            }
        })
        .forget();
    }
}

/// The `write` of the event device. `on_signal` hears what the page has a word for.
pub fn signals(on_signal: impl Fn(Signal) + 'static) -> JsValue {
    device(move |bytes| {
        let length = bytes.len() as u32;
        let payload = String::from_utf8_lossy(&bytes).into_owned();
        match Signal::read(&payload) {
            Some(signal) => on_signal(signal),
            None => post(&Event::Signalled { payload }),
        }
        length
    })
}

/// A `write` as Emscripten calls it: `(stream, heap, offset, length)`, answered with what was taken.
/// The heap is the VM's shared memory, so the bytes are copied before anything else sees them.
fn device(write: impl Fn(Vec<u8>) -> u32 + 'static) -> JsValue {
    Closure::<dyn Fn(JsValue, Int8Array, u32, u32) -> u32>::new(
        move |_stream: JsValue, heap: Int8Array, offset: u32, length: u32| {
            let start = heap.byte_offset() + offset;
            let view = Uint8Array::new_with_byte_offset_and_length(&heap.buffer(), start, length);
            write(view.to_vec())
        },
    )
    .into_js_value()
}
