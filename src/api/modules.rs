//! The part of the interface that is about modules: compiling them, listing them, having them again.

use super::arguments::{flag, source, timeout, word};
use super::{Api, object, promise, settle, thrown, value};
use js_sys::Array;
use leptos::prelude::*;
use protocol::{Compiled, Failure, Request, limits};
use slo::Operation;
use wasm_bindgen::prelude::*;

impl Api {
    /// `compile(source, {file, force, timeoutMs}?)`
    pub(super) fn compile(&self, text: &JsValue, options: &JsValue) -> JsValue {
        let request = source("source", text).and_then(|source| {
            let request = Request::Compile {
                source,
                file: word("file", options)?,
                force: flag("force", options)?,
            };
            Ok((request, timeout(options, limits::COMPILE_TIMEOUT_MS)?))
        });
        let api = self.clone();
        promise(move |resolve, reject| match request {
            Ok((request, timeout_ms)) => {
                let shown = api.clone();
                let then = move |outcome: Result<Compiled, Failure>| match outcome {
                    Ok(compiled) => settle(&resolve, &shown.compiled(&compiled)),
                    Err(failure) => settle(&reject, &thrown(failure)),
                };
                api.driver.compile(request, timeout_ms, then);
            }
            Err(failure) => {
                api.driver.turn_away(Operation::Compile, &failure);
                settle(&reject, &thrown(failure));
            }
        })
    }

    fn compiled(&self, compiled: &Compiled) -> JsValue {
        let module = match &compiled.module {
            Some(name) => JsValue::from_str(name),
            None => JsValue::NULL,
        };
        let bytes = match &compiled.module {
            Some(name) if compiled.errors.is_empty() => self.driver.module_bytes(name),
            _ => None,
        };
        let mut fields = vec![
            ("module", module),
            ("errors", value(&compiled.errors)),
            ("warnings", value(&compiled.warnings)),
        ];
        if let Some(bytes) = bytes {
            fields.push(("bytes", bytes.into()));
        }
        object::of(&fields)
    }

    /// `modules()`
    pub(super) fn modules(&self) -> JsValue {
        self.driver.state.modules.with_untracked(|modules| {
            let loaded = modules.rows.iter().filter(|row| row.loads > 0);
            let rows: Array = loaded
                .map(|row| {
                    object::of(&[
                        ("module", row.name.as_str().into()),
                        ("bytes", (row.bytes as f64).into()),
                        ("loads", row.loads.into()),
                    ])
                })
                .collect();
            object::of(&[
                ("modules", rows.into()),
                ("loads", modules.loads.into()),
                ("bytes", (modules.bytes as f64).into()),
            ])
        })
    }

    /// `restart({modules}?)`
    pub(super) fn restart(&self, options: &JsValue) -> JsValue {
        match flag("modules", options) {
            Ok(true) => {
                let driver = std::rc::Rc::clone(&self.driver);
                promise(move |resolve, reject| {
                    driver.restart_with_modules(move |outcome| match outcome {
                        Ok(()) => settle(&resolve, &JsValue::UNDEFINED),
                        Err(failure) => settle(&reject, &thrown(failure)),
                    });
                })
            }
            Ok(false) => self.ready(|api| api.driver.restart()),
            Err(failure) => promise(|_, reject| settle(&reject, &thrown(failure))),
        }
    }
}
