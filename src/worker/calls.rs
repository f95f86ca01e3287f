//! Calls to registered processes and their answers. This is the way that every roundtrip takes, so the
//! functions that hear the answers are made once and bound to a call's number, and no task is started.

use super::host::Host;
use super::post::{now_us, post, post_answer, words};
use super::vm::Vm;
use js_sys::{Function, JsString};
use protocol::bridge::{self, Question};
use protocol::{CallId, Event, Failure};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Hears the answers.
pub struct Calls {
    /// `(id, began_us, answer)`
    on_answer: Function,
    /// `(id, process, reason)`
    on_refusal: Function,
    console: JsString,
}

impl Calls {
    pub(super) fn new(host: Weak<Host>) -> Self {
        let on_answer = Closure::<dyn Fn(f64, f64, JsValue)>::new(answered);
        let on_refusal =
            Closure::<dyn Fn(f64, JsString, JsValue)>::new(move |id, process, reason: JsValue| {
                if let Some(host) = host.upgrade() {
                    refused(host, CallId::new(id as u64), &process, &words(&reason));
                }
            });
        Self {
            on_answer: on_answer.into_js_value().unchecked_into(),
            on_refusal: on_refusal.into_js_value().unchecked_into(),
            console: bridge::CONSOLE.into(),
        }
    }

    /// Calls a process; what it answers is posted under the call's number.
    pub(super) fn call(&self, vm: &Vm, id: f64, process: &JsString, payload: &JsString) {
        let (nobody, id) = (JsValue::UNDEFINED, JsValue::from_f64(id));
        let on_answer = self.on_answer.bind2(&nobody, &id, &now_us().into());
        let on_refusal = self.on_refusal.bind2(&nobody, &id, process);
        vm.call(process, payload).on(&on_answer, &on_refusal);
    }

    /// Asks the console.
    pub(super) async fn ask(&self, vm: &Vm, question: &str) -> Result<String, Failure> {
        let answer = vm.call(&self.console, &question.into());
        match JsFuture::from(js_sys::Promise::from(answer)).await {
            Ok(answer) => Ok(text(&answer)),
            // The console is always registered; if it is not, the VM is going down.
            Err(reason) => Err(bridge::read_rejection(
                &words(&reason),
                bridge::CONSOLE,
                false,
            )),
        }
    }
}

fn answered(id: f64, began_us: f64, answer: JsValue) {
    post_answer(id, &answer, (now_us() - began_us) as u32);
}

/// Only the console knows which of its two meanings AtomVM's word has.
fn refused(host: Rc<Host>, id: CallId, process: &JsString, word: &str) {
    let (process, word) = (String::from(process), word.to_owned());
    spawn_local(async move {
        let question = Question::Whereis { name: &process };
        let is_registered = host.ask::<bool>(&question).await.unwrap_or(false);
        let failure = bridge::read_rejection(&word, &process, is_registered);
        post(&Event::Refused { id, failure });
    });
}

/// A promise can also be resolved with a number.
fn text(answer: &JsValue) -> String {
    answer
        .as_string()
        .or_else(|| answer.as_f64().map(|number| number.to_string()))
        .unwrap_or_default()
}
