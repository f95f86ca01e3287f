//! The terminal widget as `js/terminal.js` offers it.

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    type Widget;

    #[wasm_bindgen(method, getter)]
    fn cols(this: &Widget) -> u16;
    #[wasm_bindgen(method, getter)]
    fn rows(this: &Widget) -> u16;
    #[wasm_bindgen(method)]
    fn write(this: &Widget, output: &JsValue, done: &JsValue);
    #[wasm_bindgen(method)]
    fn text(this: &Widget) -> String;
    #[wasm_bindgen(method, js_name = type)]
    fn type_text(this: &Widget, text: &str);
    #[wasm_bindgen(method)]
    fn focus(this: &Widget);
    #[wasm_bindgen(method)]
    fn clear(this: &Widget);
    #[wasm_bindgen(method)]
    fn find(this: &Widget, text: &str, backwards: bool);
    #[wasm_bindgen(method, js_name = resizeFont)]
    fn resize_font(this: &Widget, pixels: i32);
    #[wasm_bindgen(method)]
    fn recolour(this: &Widget);
    #[wasm_bindgen(method)]
    fn dispose(this: &Widget);
}

/// An open terminal; dropping it gives everything back.
pub struct Terminal {
    widget: Widget,
    _keys: Closure<dyn Fn(String)>,
    _resized: Closure<dyn Fn(u16, u16)>,
}

impl Terminal {
    /// Opens the widget that a bundle exports in an element.
    pub fn open(
        bundle: &JsValue,
        host: &HtmlElement,
        keys: impl Fn(String) + 'static,
        resized: impl Fn(u16, u16) + 'static,
        screen_reader: bool,
    ) -> Result<Self, JsValue> {
        let open: Function = Reflect::get(bundle, &"open".into())?.dyn_into()?;
        let keys = Closure::<dyn Fn(String)>::new(keys);
        let resized = Closure::<dyn Fn(u16, u16)>::new(resized);
        let widget = open.call4(
            &JsValue::UNDEFINED,
            host,
            keys.as_ref(),
            resized.as_ref(),
            &screen_reader.into(),
        )?;
        Ok(Self {
            widget: widget.unchecked_into(),
            _keys: keys,
            _resized: resized,
        })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.widget.cols(), self.widget.rows())
    }

    /// Shows bytes; `done` is called once they have been parsed.
    pub fn write_bytes(&self, bytes: &Uint8Array, done: impl FnOnce() + 'static) {
        self.widget.write(bytes, &Closure::once_into_js(done));
    }

    /// Shows a text.
    pub fn write_text(&self, text: &str) {
        self.widget.write(&text.into(), &JsValue::UNDEFINED);
    }

    /// The buffer with its scrollback.
    pub fn text(&self) -> String {
        self.widget.text()
    }

    /// Types as a person would.
    pub fn type_text(&self, text: &str) {
        self.widget.type_text(text);
    }

    /// Puts the keyboard focus into it.
    pub fn focus(&self) {
        self.widget.focus();
    }

    /// Empties screen and scrollback.
    pub fn clear(&self) {
        self.widget.clear();
    }

    /// Finds a text; an empty one ends the search.
    pub fn find(&self, text: &str, backwards: bool) {
        self.widget.find(text, backwards);
    }

    /// Makes its letters larger or smaller.
    pub fn resize_font(&self, pixels: i32) {
        self.widget.resize_font(pixels);
    }

    /// Puts the page's present colours on.
    pub fn recolour(&self) {
        self.widget.recolour();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.widget.dispose();
    }
}
