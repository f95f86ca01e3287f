//! The charts of the service levels as `js/charts.js` offers them.

use js_sys::{Float64Array, Function, Reflect, Uint16Array};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    type Widget;

    #[wasm_bindgen(method)]
    fn push(this: &Widget, columns: &Float64Array, cells: &Uint16Array);
    #[wasm_bindgen(method)]
    fn draw(this: &Widget, now: f64, limit: f64);
    #[wasm_bindgen(method)]
    fn clear(this: &Widget);
    #[wasm_bindgen(method)]
    fn range(this: &Widget, seconds: f64);
    #[wasm_bindgen(method)]
    fn recolour(this: &Widget);
    #[wasm_bindgen(method)]
    fn dispose(this: &Widget);
}

/// Numbers in one column of [`Charts::push`]: when it began in seconds since the epoch, answers,
/// errors, p50, p90, p99 and longest in milliseconds (not a number where there is none).
pub const NUMBERS: usize = 7;

/// Open charts; dropping them gives everything back.
pub struct Charts {
    widget: Widget,
}

impl Charts {
    /// Opens the charts that a bundle exports in an element. `layout` is (seconds in a column,
    /// columns, rows), `ends` the longest latency of each row in milliseconds.
    pub fn open(
        bundle: &JsValue,
        host: &HtmlElement,
        layout: [f64; 3],
        ends: &[f64],
    ) -> Result<Self, JsValue> {
        let open: Function = Reflect::get(bundle, &"open".into())?.dyn_into()?;
        let layout = Float64Array::from(layout.as_slice());
        let widget = open.call3(
            &JsValue::UNDEFINED,
            host,
            &layout,
            &Float64Array::from(ends),
        )?;
        Ok(Self {
            widget: widget.unchecked_into(),
        })
    }

    /// Hands columns over, [`NUMBERS`] numbers and all cells of each; known ones are replaced.
    pub fn push(&self, columns: &[f64], cells: &[u16]) {
        self.widget
            .push(&Float64Array::from(columns), &Uint16Array::from(cells));
    }

    /// Draws what ends at a time in seconds since the epoch, with the limit in milliseconds.
    pub fn draw(&self, now: f64, limit: f64) {
        self.widget.draw(now, limit);
    }

    /// Forgets all columns.
    pub fn clear(&self) {
        self.widget.clear();
    }

    /// Shows so many of the last seconds, and gives a selection up.
    pub fn range(&self, seconds: u32) {
        self.widget.range(f64::from(seconds));
    }

    /// Puts the page's present colours on.
    pub fn recolour(&self) {
        self.widget.recolour();
    }
}

impl Drop for Charts {
    fn drop(&mut self) {
        self.widget.dispose();
    }
}
