//! Events on their way to the page.

use crate::edge::outbox::Outbox;
use js_sys::{Array, Atomics, Int32Array, Object, SharedArrayBuffer, Uint8Array};
use protocol::{Event, encode};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, Performance};

thread_local! {
    static SCOPE: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    /// Found once: every roundtrip asks for the time, and the way to the clock takes longer than it.
    static CLOCK: Option<Performance> = scope().performance();
    // Text and numbers can always be cloned, so posting them cannot fail.
    static OUTBOX: Outbox = Outbox::new(|message| drop(scope().post_message(message)));
}

/// This worker's own scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    SCOPE.with(Clone::clone)
}

/// Posts an event.
pub fn post(event: &Event) {
    OUTBOX.with(|outbox| outbox.push(&encode(event)));
}

/// Posts what a process answered to the call with this number.
pub fn post_answer(id: f64, answer: &JsValue, worker_us: u32) {
    OUTBOX.with(|outbox| outbox.push_fields(id, answer, &worker_us.into()));
}

/// Posts an event with its attachment, which is moved and not copied.
pub fn post_bytes(event: &Event, bytes: &[u8]) {
    OUTBOX.with(Outbox::flush);
    let buffer = Uint8Array::from(bytes).buffer();
    let message = Array::of2(&JsValue::from_str(&encode(event)), &buffer);
    let transfer = Array::of1(&buffer);
    SCOPE.with(|scope| drop(scope.post_message_with_transfer(&message, &transfer)));
}

/// Microseconds of this worker's own clock; only lengths of time may leave it.
pub fn now_us() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, |clock| clock.now() * 1_000.0))
}

/// Lets this worker stand still, with everything that waits for it.
pub fn stand_still(ms: u32) {
    let ms = ms.min(protocol::limits::FREEZE_MS);
    let shared = Object::from(SharedArrayBuffer::new(4));
    let cell = Int32Array::new(&shared);
    // Nobody wakes it, so it waits for the whole time.
    drop(Atomics::wait_with_timeout(&cell, 0, 0, f64::from(ms)));
}

/// What a JavaScript exception or rejection says.
pub fn words(error: &JsValue) -> String {
    if let Some(error) = error.dyn_ref::<js_sys::Error>() {
        return String::from(error.message());
    }
    error.as_string().unwrap_or_else(|| format!("{error:?}"))
}
