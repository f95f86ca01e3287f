//! The gate in front of the VM: a device to which Erlang writes a module before it loads it, and reads back
//! whether it may. The same check as that of files from outside, for what was compiled or made in the VM.

use super::host::Host;
use super::post::post_bytes;
use js_sys::{Int8Array, JsString, Reflect, Uint8Array};
use protocol::{BootPlan, BootProblem, Event};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Where the answer waits on the open file: each process that asks has one of its own.
const VERDICT: &str = "verdict";
/// The gate is not open yet: ask again.
const WAIT: &str = "wait";
/// The module may be loaded.
const OK: &str = "ok";

impl Host {
    /// Opens the gate: from now on what comes is checked and not asked to wait.
    pub(super) async fn open_gate(&self, plan: &BootPlan) -> Result<(), BootProblem> {
        self.intake.prepare(&plan.natives).await
    }

    /// The gate's `write`: a module's name, a NUL and its bytes, in one piece.
    pub(super) fn on_gate_asked(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        Closure::<dyn Fn(JsValue, Int8Array, u32, u32) -> u32>::new(
            move |stream: JsValue, heap: Int8Array, offset: u32, length: u32| {
                let question = view(&heap, offset, length).to_vec();
                let verdict = host.judge(&question);
                // A file that is open is a plain object of the glue and takes any property.
                drop(Reflect::set(&stream, &VERDICT.into(), &verdict.into()));
                length
            },
        )
        .into_js_value()
    }

    /// The gate's `read`: `ok`, `wait` or why the module may not be loaded.
    pub(super) fn on_gate_answered(self: &Rc<Self>) -> JsValue {
        Closure::<dyn Fn(JsValue, Int8Array, u32, u32) -> u32>::new(
            move |stream: JsValue, heap: Int8Array, offset: u32, length: u32| {
                let verdict = Reflect::get(&stream, &VERDICT.into()).ok();
                let verdict = verdict.and_then(|verdict| verdict.dyn_into::<JsString>().ok());
                let verdict = verdict.map_or_else(String::new, String::from);
                let length = verdict.len().min(length as usize);
                view(&heap, offset, length as u32).copy_from(&verdict.as_bytes()[..length]);
                length as u32
            },
        )
        .into_js_value()
    }

    /// Judges a module and, if it may pass, tells the page what came in.
    fn judge(&self, question: &[u8]) -> String {
        let mut parts = question.splitn(2, |&byte| byte == 0);
        let (Some(name), Some(bytes)) = (parts.next(), parts.next()) else {
            return "there is no module in the question".to_owned();
        };
        let name = String::from_utf8_lossy(name);
        match self.intake.admit(&name, bytes) {
            None => WAIT.to_owned(),
            Some(Ok(())) => {
                let module = name.into_owned();
                post_bytes(&Event::ModuleLoaded { module }, bytes);
                OK.to_owned()
            }
            Some(Err(reason)) => reason,
        }
    }
}

/// A piece of the VM's memory.
fn view(heap: &Int8Array, offset: u32, length: u32) -> Uint8Array {
    let start = heap.byte_offset() + offset;
    Uint8Array::new_with_byte_offset_and_length(&heap.buffer(), start, length)
}
