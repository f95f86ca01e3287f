//! Hooks, events and intents, as the contract has them.

use super::arguments::{json, name, text};
use super::error::AtomvmError;
use super::object::Builder;
use super::{Api, object, parse_json, promise, settle, thrown};
use js_sys::{Array, Object, Reflect};
use protocol::hooks::HookResult;
use protocol::{Failure, limits};
use slo::Operation;
use wasm_bindgen::prelude::*;

/// Adds the members.
pub fn build(builder: Builder<'_>) -> Result<Builder<'_>, JsValue> {
    builder
        .method("registerHook", |api, event, source, _| {
            Ok(api.register_hook(&event, &source))
        })?
        .method("unregisterHook", |api, hook, _, _| {
            Ok(api.unregister_hook(&hook))
        })?
        .method("emitEvent", |api, event, payload, _| {
            Ok(api.emit_event(&event, &payload))
        })?
        .method("processIntent", |api, intent, payload, _| {
            Ok(api.process_intent(&intent, &payload))
        })
}

impl Api {
    fn register_hook(&self, event: &JsValue, source: &JsValue) -> JsValue {
        let checked = name("event", event).and_then(|event| {
            let source = text("source", source)?;
            limits::check_hook("source", &source)?;
            Ok((event, source))
        });
        self.settled(Operation::RegisterHook, checked, |api, asked, settle| {
            let (event, source) = asked;
            api.driver.register_hook(event, source, |outcome| {
                settle(outcome.map(|hook| object::of(&[("hook", hook.into())])));
            });
        })
    }

    /// Taking a hook away is no operation that is measured.
    fn unregister_hook(&self, hook: &JsValue) -> JsValue {
        let checked = name("hook", hook);
        promise(|resolve, reject| match checked {
            Ok(hook) => self.driver.unregister_hook(hook, move |outcome| {
                settle_with(&resolve, &reject, outcome.map(|()| JsValue::UNDEFINED));
            }),
            Err(failure) => settle(&reject, &thrown(failure)),
        })
    }

    fn emit_event(&self, event: &JsValue, payload: &JsValue) -> JsValue {
        let checked = name("event", event).and_then(|event| Ok((event, json("payload", payload)?)));
        self.settled(Operation::EmitEvent, checked, |api, asked, settle| {
            let (event, payload) = asked;
            api.driver.emit_event(&event, &payload, |outcome| {
                settle(outcome.map(|results| {
                    let results: Array = results.iter().map(result).collect();
                    object::of(&[("results", results.into())])
                }));
            });
        })
    }

    fn process_intent(&self, intent: &JsValue, payload: &JsValue) -> JsValue {
        let checked =
            name("intent", intent).and_then(|intent| Ok((intent, json("payload", payload)?)));
        self.settled(Operation::ProcessIntent, checked, |api, asked, settle| {
            let (intent, payload) = asked;
            api.driver.process_intent(&intent, &payload, |outcome| {
                settle(outcome.map(|value| parsed(value.get())));
            });
        })
    }

    /// A promise for what is measured: counted as turned away if its arguments are refused.
    fn settled<T>(
        &self,
        operation: Operation,
        checked: Result<T, Failure>,
        ask: impl FnOnce(&Self, T, Box<dyn FnOnce(Result<JsValue, Failure>)>),
    ) -> JsValue {
        promise(|resolve, reject| match checked {
            Ok(asked) => {
                let settle = move |outcome| settle_with(&resolve, &reject, outcome);
                ask(self, asked, Box::new(settle));
            }
            Err(failure) => {
                self.driver.turn_away(operation, &failure);
                settle(&reject, &thrown(failure));
            }
        })
    }
}

fn settle_with(
    resolve: &js_sys::Function,
    reject: &js_sys::Function,
    outcome: Result<JsValue, Failure>,
) {
    match outcome {
        Ok(value) => settle(resolve, &value),
        Err(failure) => settle(reject, &thrown(failure)),
    }
}

/// What a hook returned; or, in its place, the error that tells why it returned nothing. No JSON value is
/// an `Error`, so the two cannot be mistaken.
fn result(result: &HookResult) -> JsValue {
    match &result.outcome {
        Ok(value) => parsed(value.get()),
        Err(failure) => {
            let error = AtomvmError::of(failure);
            let details = Reflect::get(&error, &"details".into()).unwrap_or(JsValue::UNDEFINED);
            let details = details.dyn_into().unwrap_or_else(|_| Object::new());
            // A plain object of our own takes any property.
            drop(Reflect::set(
                &details,
                &"hook".into(),
                &result.hook.as_str().into(),
            ));
            error.into()
        }
    }
}

/// What Erlang wrote as JSON.
fn parsed(json: &str) -> JsValue {
    parse_json(&json.into()).unwrap_or(JsValue::NULL)
}
