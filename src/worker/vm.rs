//! AtomVM as JavaScript offers it: the running module and its entry points. Names only; nothing here
//! decides.

use super::file_system::FileSystem;
use js_sys::{Function, JsString, Promise, Uint8Array, WebAssembly};
use protocol::limits;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The running VM.
    pub type Module;

    #[wasm_bindgen(method, getter, js_name = FS)]
    pub fn file_system(this: &Module) -> FileSystem;
    #[wasm_bindgen(method)]
    fn call(this: &Module, process: &JsString, message: &JsString) -> Answer;
    #[wasm_bindgen(method, catch)]
    fn cast(this: &Module, process: &str, message: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter, js_name = _call)]
    fn raw_call(this: &Module) -> Function;
    #[wasm_bindgen(method, setter, js_name = _call)]
    fn set_raw_call(this: &Module, entry: &JsValue);
    #[wasm_bindgen(method, getter, js_name = _cast)]
    fn raw_cast(this: &Module) -> Function;
    #[wasm_bindgen(method, setter, js_name = _cast)]
    fn set_raw_cast(this: &Module, entry: &JsValue);
    #[wasm_bindgen(method, js_name = _malloc)]
    fn malloc(this: &Module, bytes: u32) -> u32;

    /// A promise whose two ends may be functions that live as long as the worker.
    #[wasm_bindgen(extends = Promise)]
    pub type Answer;

    #[wasm_bindgen(method, js_name = then)]
    pub fn on(this: &Answer, answered: &JsValue, refused: &JsValue) -> Answer;
}

/// The running VM, and a way to hand it messages of any permitted size.
pub struct Vm {
    module: Module,
    memory: WebAssembly::Memory,
    /// The entry points as the glue made them.
    call: Function,
    cast: Function,
    /// Room in the VM's memory for one long message, made when it is first needed.
    room: Cell<u32>,
}

/// The glue puts messages on a stack of 64 kB; longer ones must not go there.
const STACK_BYTES: usize = 16 << 10;
/// A question to the console wraps its source in JSON, which may double it, and adds a frame.
const ROOM_BYTES: usize = 2 * limits::PAYLOAD_BYTES + 4_096;

impl Vm {
    /// Wraps a running module that was given this memory.
    pub fn new(module: Module, memory: WebAssembly::Memory) -> Self {
        Self {
            call: module.raw_call(),
            cast: module.raw_cast(),
            module,
            memory,
            room: Cell::new(0),
        }
    }

    /// Its file system.
    pub fn file_system(&self) -> FileSystem {
        self.module.file_system()
    }

    /// Calls a registered process.
    pub fn call(&self, process: &JsString, message: &JsString) -> Answer {
        // A unit of UTF-16 takes at most three bytes of UTF-8.
        if message.length() < STACK_BYTES as u32 / 3 {
            return self.module.call(process, message);
        }
        let at = self.lay_out(&String::from(message));
        self.module.set_raw_call(&divert(&self.call, at));
        let answer = self.module.call(process, &JsString::from(""));
        self.module.set_raw_call(&self.call);
        answer
    }

    /// Sends to a registered process.
    pub fn cast(&self, process: &str, message: &str) -> Result<(), JsValue> {
        if message.len() < STACK_BYTES {
            return self.module.cast(process, message);
        }
        self.module
            .set_raw_cast(&divert(&self.cast, self.lay_out(message)));
        let sent = self.module.cast(process, "");
        self.module.set_raw_cast(&self.cast);
        sent
    }

    /// Writes a message into the room; says where it lies. The VM copies it before the entry point
    /// returns, so one room is enough.
    fn lay_out(&self, message: &str) -> u32 {
        if self.room.get() == 0 {
            self.room.set(self.module.malloc(ROOM_BYTES as u32));
        }
        let (at, bytes) = (self.room.get(), message.as_bytes());
        let end = at + bytes.len().min(ROOM_BYTES - 1) as u32;
        let heap = Uint8Array::new(&self.memory.buffer());
        heap.subarray(at, end)
            .copy_from(&bytes[..(end - at) as usize]);
        heap.set_index(end, 0);
        at
    }
}

/// An entry point, for one call, that takes the message at that address and not the one it is given.
fn divert(entry: &Function, at: u32) -> JsValue {
    let entry = entry.clone();
    Closure::once_into_js(move |process: u32, _message: u32| {
        entry
            .call2(&JsValue::NULL, &process.into(), &at.into())
            .unwrap_or(JsValue::UNDEFINED)
    })
}
