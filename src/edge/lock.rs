//! A lock among all tabs of the site: one of them holds it until it goes away, the next in line gets it.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Locks;

    #[wasm_bindgen(method, catch)]
    fn request(this: &Locks, name: &str, held: &JsValue) -> Result<Promise, JsValue>;
}

/// Calls `held` once the lock is ours, which it stays for the life of the page. Whether the browser has
/// locks at all.
pub fn hold(name: &str, held: impl FnOnce() + 'static) -> bool {
    let Some(locks) = locks() else { return false };
    let held = Closure::once_into_js(move |_lock: JsValue| {
        held();
        // A promise that never ends: so the lock is given back only with the page.
        Promise::new(&mut |_resolve: Function, _reject: Function| {})
    });
    match locks.request(name, &held) {
        Ok(granted) => {
            // It never resolves; a browser that refuses only leaves the lock to others.
            let refused = Closure::<dyn FnMut(JsValue)>::new(|_reason| {});
            drop(granted.catch(&refused));
            refused.forget();
            true
        }
        Err(_) => false,
    }
}

fn locks() -> Option<Locks> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
