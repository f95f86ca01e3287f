//! The clipboard.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Puts a text there. Fails where the browser does not permit it.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let copied = window.navigator().clipboard().write_text(text);
    JsFuture::from(copied).await.map(drop)
}
