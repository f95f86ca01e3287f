//! Regular expressions: the device through which `re` reaches its engine. The engine is fetched at the first use.

use super::boot;
use super::host::Host;
use js_sys::{Function, Promise, WebAssembly};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen(module = "/js/bindings/re.js")]
extern "C" {
    #[wasm_bindgen(js_name = reDevice)]
    fn re_device(load: &Function) -> JsValue;
}

/// The device's operations for Emscripten.
pub fn device(host: &Rc<Host>) -> JsValue {
    let host = Rc::clone(host);
    let load = Closure::<dyn Fn() -> Promise>::new(move || {
        let asset = host.re_asset().unwrap_or_default();
        future_to_promise(async move {
            let bytes = boot::fetch("re", &asset)
                .await
                .map_err(|problem| JsValue::from_str(&protocol::Words::problem(&problem)))?;
            JsFuture::from(WebAssembly::compile(&bytes)).await
        })
    });
    re_device(load.into_js_value().unchecked_ref())
}
