//! What the VM's glue and the worker's own scope call back: the host's ears.

use super::host::Host;
use super::output;
use super::post::words;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl Host {
    pub(super) fn on_output(self: &Rc<Self>) -> JsValue {
        self.output.writer()
    }

    pub(super) fn on_signal(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        output::signals(move |signal| host.hear(signal))
    }

    pub(super) fn on_print(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        Closure::<dyn Fn(String)>::new(move |line: String| {
            let line = host.diagnostics.borrow_mut().out(&line);
            host.log(line.level, &line.text);
        })
        .into_js_value()
    }

    pub(super) fn on_print_error(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        Closure::<dyn Fn(String)>::new(move |line: String| {
            let line = host.diagnostics.borrow_mut().err(&line);
            if let Some(line) = line {
                host.log(line.level, &line.text);
            }
        })
        .into_js_value()
    }

    pub(super) fn on_abort(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        Closure::<dyn Fn(JsValue)>::new(move |what: JsValue| {
            host.crash(&format!("it aborted: {}", words(&what)), None);
        })
        .into_js_value()
    }

    pub(super) fn on_exit(self: &Rc<Self>) -> JsValue {
        let host = Rc::clone(self);
        Closure::<dyn Fn(i32)>::new(move |code: i32| {
            host.crash(&format!("it ended with exit code {code}"), Some(code));
        })
        .into_js_value()
    }

    /// An error that nothing caught: a trap in one of the VM's threads, or a panic of this worker.
    pub(super) fn watch_errors(self: &Rc<Self>) {
        let host = Rc::clone(self);
        let on_error = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            event.prevent_default();
            let message = match event.dyn_ref::<web_sys::PromiseRejectionEvent>() {
                Some(rejection) => words(&rejection.reason()),
                None => event
                    .dyn_ref::<web_sys::ErrorEvent>()
                    .map_or_else(String::new, message),
            };
            host.crash(&message, None);
        })
        .into_js_value();
        let scope = super::post::scope();
        for kind in ["error", "unhandledrejection"] {
            // Listening to a known event with a function cannot fail.
            drop(scope.add_event_listener_with_callback(kind, on_error.unchecked_ref()));
        }
    }
}

/// What an error event says. The VM's glue throws on the event that it got from a thread; the words are
/// in that one.
fn message(event: &web_sys::ErrorEvent) -> String {
    match event.error().dyn_ref::<web_sys::ErrorEvent>() {
        Some(cause) => cause.message(),
        None => event.message(),
    }
}
