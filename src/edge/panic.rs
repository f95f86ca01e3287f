//! The element that the app lives in, and what is shown there when the app itself breaks.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The element that the app is mounted into.
pub fn host() -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id("app")?.dyn_into().ok()
}

/// From now on a panic is shown on the page, beside the browser's own console.
pub fn show_on_page() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // A panic must not panic: where there is no page there is nobody to show it to.
        let _ = show(&info.to_string());
    }));
}

fn show(words: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let shown = document.create_element("pre").ok()?;
    shown.set_class_name("panic");
    shown.set_attribute("role", "alert").ok()?;
    shown.set_attribute("data-testid", "error-banner").ok()?;
    shown.set_text_content(Some(&format!(
        "The page broke, and what it shows may be wrong. Reload it.\n\n{words}"
    )));
    document.body()?.append_child(&shown).ok()?;
    Some(())
}
