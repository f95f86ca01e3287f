//! Whether a person can see something: the tab is in front and the element is shown.

use web_sys::HtmlElement;

/// Whether an element is in sight. What lies under another pane of a narrow page is hidden by its style.
pub fn is_in_sight(element: &HtmlElement) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let is_in_front = window.document().is_some_and(|document| !document.hidden());
    is_in_front && element.offset_width() > 0 && {
        let style = window.get_computed_style(element).ok().flatten();
        let visibility = style.and_then(|style| style.get_property_value("visibility").ok());
        visibility.as_deref() == Some("visible")
    }
}
