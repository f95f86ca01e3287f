//! A worker that wakes the page after a short while, to the fraction of a millisecond: the page's own
//! timers are coarse, and slower still in the background.

use wasm_bindgen::prelude::*;
use web_sys::{Worker, WorkerOptions, WorkerType};

/// The worker; dropping it ends it.
pub struct Pacer {
    worker: Worker,
    _woken: Closure<dyn Fn()>,
}

impl Pacer {
    /// Starts the worker of that address; `woken` is called after each [`Pacer::wake_in`].
    pub fn open(url: &str, woken: impl Fn() + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("pacer");
        let worker = Worker::new_with_options(url, &options)?;
        let woken = Closure::<dyn Fn()>::new(woken);
        worker.set_onmessage(Some(woken.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _woken: woken,
        })
    }

    /// Asks to be woken so much later.
    pub fn wake_in(&self, us: u64) {
        // Numbers can always be cloned, so posting one cannot fail.
        drop(self.worker.post_message(&(us as f64 / 1_000.0).into()));
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}
