//! `AtomvmError`: what every promise of the interface rejects with.

use super::value;
use protocol::{Failure, Words};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/bindings/atomvm_error.js")]
extern "C" {
    /// An `Error` with a code of the contract and what belongs to it.
    #[wasm_bindgen(extends = js_sys::Error)]
    pub type AtomvmError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str, details: &JsValue) -> AtomvmError;
}

impl AtomvmError {
    /// The error that tells of a failure.
    pub fn of(failure: &Failure) -> Self {
        let details = js_sys::Reflect::get(&value(failure), &"details".into());
        let details = details.unwrap_or(JsValue::UNDEFINED);
        Self::new(failure.code(), &Words::failure(failure), &details)
    }
}
