//! The editor widget as `js/editor.js` offers it.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    type Widget;

    #[wasm_bindgen(method)]
    fn show(this: &Widget, path: &str, text: &str);
    #[wasm_bindgen(method)]
    fn clear(this: &Widget);
    #[wasm_bindgen(method)]
    fn text(this: &Widget, path: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn replace(this: &Widget, path: &str, text: &str);
    #[wasm_bindgen(method)]
    fn diagnose(this: &Widget, path: &str, findings: &JsValue);
    #[wasm_bindgen(method, js_name = goTo)]
    fn go_to(this: &Widget, line: u32, column: u32);
    #[wasm_bindgen(method)]
    fn rename(this: &Widget, from: &str, to: &str);
    #[wasm_bindgen(method)]
    fn forget(this: &Widget, path: &str);
    #[wasm_bindgen(method)]
    fn flush(this: &Widget);
    #[wasm_bindgen(method)]
    fn find(this: &Widget);
    #[wasm_bindgen(method)]
    fn focus(this: &Widget);
    #[wasm_bindgen(method)]
    fn dispose(this: &Widget);
}

/// An open editor; dropping it gives everything back.
pub struct Editor {
    widget: Widget,
    _changed: Closure<dyn Fn(String, String)>,
    _wished: Closure<dyn Fn(String)>,
}

impl Editor {
    /// Opens the widget that a bundle exports in an element. `changed` hears of a file's path and its new
    /// text a moment after the last key, `wished` of keys that ask for `compile` or `save`.
    pub fn open(
        bundle: &JsValue,
        host: &HtmlElement,
        changed: impl Fn(String, String) + 'static,
        wished: impl Fn(String) + 'static,
    ) -> Result<Self, JsValue> {
        let open: Function = Reflect::get(bundle, &"open".into())?.dyn_into()?;
        let changed = Closure::<dyn Fn(String, String)>::new(changed);
        let wished = Closure::<dyn Fn(String)>::new(wished);
        let widget = open.call3(&JsValue::UNDEFINED, host, changed.as_ref(), wished.as_ref())?;
        Ok(Self {
            widget: widget.unchecked_into(),
            _changed: changed,
            _wished: wished,
        })
    }

    /// Brings a file into sight; its text counts only the first time.
    pub fn show(&self, path: &str, text: &str) {
        self.widget.show(path, text);
    }

    /// Shows nothing.
    pub fn clear(&self) {
        self.widget.clear();
    }

    /// What a file holds now, if it has been shown.
    pub fn text(&self, path: &str) -> Option<String> {
        self.widget.text(path)
    }

    /// Puts another text into a file that has been shown.
    pub fn replace(&self, path: &str, text: &str) {
        self.widget.replace(path, text);
    }

    /// Marks findings: JSON, a list of `{line, column, severity, message}`.
    pub fn diagnose(&self, path: &str, findings: &str) {
        if let Ok(findings) = js_sys::JSON::parse(findings) {
            self.widget.diagnose(path, &findings);
        }
    }

    /// Puts the cursor of the file in sight there, and the focus into the editor.
    pub fn go_to(&self, line: u32, column: u32) {
        self.widget.go_to(line, column);
    }

    /// A file has another path.
    pub fn rename(&self, from: &str, to: &str) {
        self.widget.rename(from, to);
    }

    /// A file is closed.
    pub fn forget(&self, path: &str) {
        self.widget.forget(path);
    }

    /// Tells at once of what was typed a moment ago.
    pub fn flush(&self) {
        self.widget.flush();
    }

    /// Opens its search.
    pub fn find(&self) {
        self.widget.find();
    }

    /// Puts the keyboard focus into it.
    pub fn focus(&self) {
        self.widget.focus();
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.widget.dispose();
    }
}
