//! The VM's worker as the page holds it: a way to post, two ways to hear, and its end.

use js_sys::{Array, ArrayBuffer, JsString, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// What a worker says.
pub enum Heard {
    /// A message: its text, and its attachment if it has one.
    Message(JsString, Option<ArrayBuffer>),
    /// It broke, or could not be started.
    Error(String),
}

/// A worker; dropping it ends it, and with it the threads it started.
pub struct Port {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(Event)>,
}

impl Port {
    /// Takes the worker that was started together with the app, or starts one from a module.
    pub fn open(url: &str, hear: impl Fn(Heard) + Clone + 'static) -> Result<Self, JsValue> {
        let (worker, heard) = match early() {
            Some(early) => early,
            None => (start(url)?, Array::new()),
        };
        let on_message = {
            let hear = hear.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
                hear(read(&message.data()));
            })
        };
        let on_error = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            // It is heard here, so the page itself has no uncaught error.
            event.prevent_default();
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            hear(Heard::Error(message.unwrap_or_else(|| {
                "its script could not be loaded".to_owned()
            })));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        // After the caller has got its port, in the order in which it was said.
        let handlers = worker.clone();
        spawn_local(async move {
            for event in heard {
                let event: Event = event.unchecked_into();
                let handler = match event.type_().as_str() {
                    "message" => handlers.onmessage(),
                    _ => handlers.onerror(),
                };
                if let Some(handler) = handler {
                    // The handlers are ours and throw nothing.
                    drop(handler.call1(&handlers, &event));
                }
            }
        });
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Posts a text.
    pub fn post(&self, message: &JsValue) {
        // Text can always be cloned, so posting them cannot fail.
        drop(self.worker.post_message(message));
    }

    /// Posts a text with its attachment, which is moved and not copied.
    pub fn post_bytes(&self, text: &str, bytes: &ArrayBuffer) {
        let message = Array::of2(&text.into(), bytes);
        // A buffer that was given away before can be neither moved nor copied; the worker then says
        // that the bytes are missing.
        if self
            .worker
            .post_message_with_transfer(&message, &Array::of1(bytes))
            .is_err()
        {
            self.post(&text.into());
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

fn start(url: &str) -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_name("vm");
    Worker::new_with_options(url, &options)
}

/// The worker that `start.js` left for the first to ask, and the events it has had so far.
fn early() -> Option<(Worker, Array)> {
    let (global, name) = (js_sys::global(), JsValue::from_str("earlyVmWorker"));
    let early = Reflect::get(&global, &name)
        .ok()
        .filter(JsValue::is_object)?;
    drop(Reflect::delete_property(&global, &name));
    let field = |name: &str| Reflect::get(&early, &name.into()).ok();
    let (worker, heard) = (field("worker")?, field("heard")?);
    Some((worker.dyn_into().ok()?, heard.dyn_into().ok()?))
}

fn read(data: &JsValue) -> Heard {
    let (text, bytes) = match data.dyn_ref::<Array>() {
        Some(pair) => (pair.get(0), pair.get(1).dyn_into().ok()),
        None => (data.clone(), None),
    };
    match text.dyn_into() {
        Ok(text) => Heard::Message(text, bytes),
        Err(_) => Heard::Error("it posted what is no text".to_owned()),
    }
}
