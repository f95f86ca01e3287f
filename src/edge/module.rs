//! `import()`, which is syntax in JavaScript and no function that could be bound.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/js/bindings/import.js")]
extern "C" {
    #[wasm_bindgen(js_name = importModule)]
    fn import_module(url: &str) -> Promise;
}

/// Imports an ES module by its absolute address.
pub async fn import(url: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(import_module(url)).await
}
