//! `window.atomvm`, the embedding interface, as the contract has it: reads arguments, hands requests to
//! the driver, turns answers into values and failures into `AtomvmError`.

mod arguments;
mod error;
mod health;
mod hooks;
mod modules;
mod object;

use crate::driver::{Driver, Topic};
use arguments::{bytes, event, function, json, name, source, text, timeout};
use error::AtomvmError;
use js_sys::{Function, JSON, Object, Promise};
use object::Builder;
use protocol::{Command, Failure, Fault, Reply, Request, limits};
use slo::Operation;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Puts `atomvm` on the window.
pub fn install(driver: &Rc<Driver>) -> Result<(), JsValue> {
    let api = Api {
        driver: Rc::clone(driver),
    };
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    object::define(&window, "atomvm", &api.build()?.into())
}

/// What the closures of the interface share.
#[derive(Clone)]
struct Api {
    driver: Rc<Driver>,
}

impl Api {
    fn build(&self) -> Result<Object, JsValue> {
        let terminal = self.build_terminal()?;
        hooks::build(Builder::new(self))?
            .getter("version", |api| health::version(&api.driver).into())?
            .getter("state", |api| api.driver.vm_state().word().into())?
            .getter("terminal", move |_| terminal.clone().into())?
            .method("ready", |api, _, _, _| Ok(api.ready(|_| {})))?
            .method("restart", |api, options, _, _| Ok(api.restart(&options)))?
            .method("interrupt", |api, _, _, _| {
                api.driver.interrupt();
                Ok(JsValue::UNDEFINED)
            })?
            .method(
                "eval",
                |api, text, options, _| Ok(api.eval(&text, &options)),
            )?
            .method("call", |api, process, payload, options| {
                Ok(api.call(&process, &payload, &options))
            })?
            .method("cast", |api, process, payload, _| {
                api.cast(&process, &payload)
            })?
            .method("compile", |api, text, options, _| {
                Ok(api.compile(&text, &options))
            })?
            .method("modules", |api, _, _, _| Ok(api.modules()))?
            .method("load", |api, file, label, options| {
                Ok(api.load(&file, &label, &options))
            })?
            .method("executeBeam", |api, file, options, _| {
                Ok(api.execute(&file, &options))
            })?
            .method("slaStats", |api, operation, _, _| api.sla_stats(&operation))?
            .method("slaReport", |api, _, _, _| {
                Ok(value(&api.driver.engine.borrow().sla_report()))
            })?
            .method("sloReport", |api, _, _, _| {
                Ok(value(&api.driver.engine.borrow().slo_report()))
            })?
            .method("health", |api, _, _, _| {
                Ok(value(&health::health(&api.driver)))
            })?
            .method("on", |api, topic, handler, _| api.on(&topic, &handler))?
            .finish()
    }

    fn build_terminal(&self) -> Result<Object, JsValue> {
        Builder::new(self)
            .method("text", |api, _, _, _| Ok(api.driver.terminal_text().into()))?
            .method("write", |api, output, _, _| {
                api.driver
                    .terminal_write(&text("text", &output).map_err(thrown)?);
                Ok(JsValue::UNDEFINED)
            })?
            .method("type", |api, input, _, _| {
                api.driver
                    .terminal_type(&text("text", &input).map_err(thrown)?);
                Ok(JsValue::UNDEFINED)
            })?
            .finish()
    }

    /// Does something, then waits until the console answers.
    fn ready(&self, first: impl FnOnce(&Self)) -> JsValue {
        first(self);
        promise(|resolve, reject| {
            self.driver.when_ready(move |outcome| match outcome {
                Ok(()) => settle(&resolve, &JsValue::UNDEFINED),
                Err(failure) => settle(&reject, &thrown(failure)),
            });
        })
    }

    fn eval(&self, text: &JsValue, options: &JsValue) -> JsValue {
        let request = source("source", text).and_then(|source| {
            let timeout_ms = timeout(options, limits::EVAL_TIMEOUT_MS)?;
            Ok((Request::Eval { source }, timeout_ms))
        });
        self.open(Operation::Eval, request, None)
    }

    fn call(&self, process: &JsValue, payload: &JsValue, options: &JsValue) -> JsValue {
        let checked = name("process", process).and_then(|_| {
            let payload = json("payload", payload)?;
            Ok((payload, timeout(options, limits::CALL_TIMEOUT_MS)?))
        });
        promise(|resolve, reject| match checked {
            Ok((payload, timeout_ms)) => {
                let then = move |outcome: Result<&JsValue, Failure>| match outcome {
                    Ok(answer) => settle(&resolve, &parsed(answer)),
                    Err(failure) => settle(&reject, &thrown(failure)),
                };
                self.driver.call(process, &payload, timeout_ms, then);
            }
            Err(failure) => {
                self.driver.turn_away(Operation::Call, &failure);
                settle(&reject, &thrown(failure));
            }
        })
    }

    fn cast(&self, process: &JsValue, payload: &JsValue) -> Result<JsValue, JsValue> {
        let process = name("process", process).map_err(thrown)?;
        let payload = String::from(json("payload", payload).map_err(thrown)?);
        self.driver.tell(Command::Cast { process, payload });
        Ok(JsValue::UNDEFINED)
    }

    fn load(&self, file: &JsValue, label: &JsValue, options: &JsValue) -> JsValue {
        let bytes = bytes("bytes", file);
        let request = bytes.as_ref().map_err(Clone::clone).and_then(|_| {
            let name = label.as_string().unwrap_or_default();
            let force = arguments::flag("force", options)?;
            Ok((Request::Load { name, force }, limits::CALL_TIMEOUT_MS))
        });
        self.open(Operation::Load, request, bytes.ok())
    }

    /// Bytes, or the address of a file of the site.
    fn execute(&self, file: &JsValue, options: &JsValue) -> JsValue {
        let timeout_ms = timeout(options, limits::EVAL_TIMEOUT_MS);
        let (api, file) = (self.clone(), file.clone());
        promise(move |resolve, reject| {
            spawn_local(async move {
                let bytes = match file.as_string() {
                    Some(url) => arguments::fetch(&url).await,
                    None => bytes("bytes", &file),
                };
                let request = timeout_ms.and_then(|timeout_ms| {
                    bytes.as_ref().map_err(Clone::clone)?;
                    let name = file.as_string().unwrap_or_default();
                    Ok((Request::Execute { name }, timeout_ms))
                });
                api.send(Operation::ExecuteBeam, request, bytes.ok(), resolve, reject);
            });
        })
    }

    /// Opens a measured request, unless its arguments were refused.
    fn open(
        &self,
        operation: Operation,
        request: Result<(Request, u32), Failure>,
        attachment: Option<js_sys::ArrayBuffer>,
    ) -> JsValue {
        promise(|resolve, reject| self.send(operation, request, attachment, resolve, reject))
    }

    fn send(
        &self,
        operation: Operation,
        request: Result<(Request, u32), Failure>,
        attachment: Option<js_sys::ArrayBuffer>,
        resolve: Function,
        reject: Function,
    ) {
        let (request, timeout_ms) = match request {
            Ok(request) => request,
            Err(failure) => {
                self.driver.turn_away(operation, &failure);
                return settle(&reject, &thrown(failure));
            }
        };
        let then = move |outcome: Result<Reply, Failure>| match outcome {
            Ok(reply) => settle(&resolve, &answer(reply)),
            Err(failure) => settle(&reject, &thrown(failure)),
        };
        let operation = Some(operation);
        self.driver
            .request(request, timeout_ms, operation, attachment.as_ref(), then);
    }

    fn sla_stats(&self, operation: &JsValue) -> Result<JsValue, JsValue> {
        let name = text("operation", operation).map_err(thrown)?;
        match self.driver.engine.borrow().sla_stats(&name) {
            Some(stats) => Ok(value(&stats)),
            None => Err(thrown(Failure::BadArgument {
                argument: "operation".to_owned(),
                fault: Fault::NotAnOperation,
            })),
        }
    }

    /// Listens; the function that comes back ends that.
    fn on(&self, topic: &JsValue, handler: &JsValue) -> Result<JsValue, JsValue> {
        let topic: Topic = event("event", topic).map_err(thrown)?;
        let handler = function("handler", handler).map_err(thrown)?;
        let driver = Rc::clone(&self.driver);
        let number = driver.listeners.add(topic, handler);
        let stop = Closure::<dyn Fn()>::new(move || driver.listeners.remove(number));
        Ok(stop.into_js_value())
    }
}

/// A promise whose two ends are handed out at once.
fn promise(open: impl FnOnce(Function, Function)) -> JsValue {
    let mut open = Some(open);
    let promise = Promise::new(&mut |resolve, reject| {
        if let Some(open) = open.take() {
            open(resolve.unchecked_into(), reject.unchecked_into());
        }
    });
    promise.into()
}

fn settle(end: &Function, value: &JsValue) {
    // The ends of a promise never throw.
    drop(end.call1(&JsValue::UNDEFINED, value));
}

fn thrown(failure: Failure) -> JsValue {
    AtomvmError::of(&failure).into()
}

/// The value that a process answered. What is no JSON is given as it is, since programs for AtomVM's web
/// port may answer as they like.
fn parsed(answer: &JsValue) -> JsValue {
    parse_json(answer).unwrap_or_else(|_| answer.clone())
}

#[wasm_bindgen]
extern "C" {
    /// `JSON.parse` of a text that stays where it is.
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
}

/// The value that an embedder gets.
fn answer(reply: Reply) -> JsValue {
    match reply {
        Reply::Evaluated { value, output } => {
            object::of(&[("value", value.into()), ("output", output.into())])
        }
        Reply::Loaded { modules } => {
            let modules: js_sys::Array =
                modules.iter().map(|name| JsValue::from_str(name)).collect();
            object::of(&[("modules", modules.into())])
        }
        // What compiling came to is told with the module's bytes, see `modules.rs`.
        Reply::Done | Reply::Answered | Reply::Compiled(_) => JsValue::UNDEFINED,
    }
}

/// Plain data as a JavaScript value.
fn value(data: &impl serde::Serialize) -> JsValue {
    let text = serde_json::to_string(data).unwrap_or_default();
    JSON::parse(&text).unwrap_or(JsValue::NULL)
}
