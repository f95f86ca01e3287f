//! From a document to a running program: compiled in the VM, its findings marked, its expression typed.

use super::super::Driver;
use crate::edge::{assets, clock};
use crate::intent::Edit;
use crate::state::{Done, Outcome, Severity};
use leptos::prelude::*;
use protocol::{Compiled, Failure, Request, Words, encode, limits};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

impl Driver {
    /// Compiles the document in sight and loads it; `then` hears whether it was loaded.
    pub(super) fn compile_current(self: &Rc<Self>, force: bool, then: impl FnOnce(bool) + 'static) {
        self.with_editor(|editor| editor.flush());
        let Some(path) = self.state.editor.current.get_untracked() else {
            return then(false);
        };
        let Some(text) = self.document_text(&path) else {
            return then(false);
        };
        if self.is_draft(&path) {
            // What a person compiles is worth keeping.
            self.keep_change(&path, &text);
        }
        if let Err(failure) = limits::check_source(&path, &text) {
            self.conclude(&path, Outcome::Failed(Words::failure(&failure)));
            return then(false);
        }
        let file = path.rsplit('/').next().map(str::to_owned);
        let request = Request::Compile {
            source: text.clone(),
            file,
            force,
        };
        self.conclude(&path, Outcome::Busy);
        let (driver, began_us) = (Rc::clone(self), clock::now_us());
        self.compile(request, limits::COMPILE_TIMEOUT_MS, move |outcome| {
            let took_ms = ((clock::now_us() - began_us) / 1_000) as u32;
            let is_loaded = matches!(&outcome, Ok(compiled) if compiled.errors.is_empty());
            if is_loaded {
                driver
                    .documents
                    .loaded
                    .borrow_mut()
                    .insert(path.clone(), text);
            }
            let outcome = driver.judge(outcome, took_ms);
            driver.conclude(&path, outcome);
            then(is_loaded);
        });
    }

    fn judge(&self, outcome: Result<Compiled, Failure>, took_ms: u32) -> Outcome {
        match outcome {
            Ok(compiled) => {
                let module = compiled.module;
                let loaded = module.as_ref().filter(|_| compiled.errors.is_empty());
                let bytes = loaded.and_then(|module| self.module_bytes(module));
                let mut findings = compiled.errors;
                findings.extend(compiled.warnings);
                Outcome::Done(Done {
                    module,
                    findings,
                    bytes: bytes.map(|bytes| bytes.length().into()),
                    took_ms,
                    may_force: compiled.is_sticky,
                })
            }
            Err(failure) => Outcome::Failed(Words::failure(&failure)),
        }
    }

    fn conclude(&self, path: &str, outcome: Outcome) {
        self.state.editor.outcomes.update(|outcomes| {
            outcomes.insert(path.to_owned(), outcome);
        });
        self.mark_findings(path);
    }

    /// Marks in the text what the compiler found, if it has answered.
    pub(super) fn mark_findings(&self, path: &str) {
        let outcomes = self.state.editor.outcomes;
        let findings = outcomes.with_untracked(|outcomes| match outcomes.get(path) {
            Some(Outcome::Done(done)) => Some(encode(&done.findings)),
            Some(Outcome::Failed(_)) => Some("[]".to_owned()),
            _ => None,
        });
        if let Some(findings) = findings {
            self.with_editor(|editor| editor.diagnose(path, &findings));
        }
    }

    /// Types an expression into the shell, once the document in sight is in the VM as it stands.
    pub(super) fn run_current(self: &Rc<Self>, expression: String) {
        let expression = on_one_line(&expression);
        if expression.is_empty() {
            return;
        }
        self.with_editor(|editor| editor.flush());
        let current = self.state.editor.current.get_untracked();
        let is_source = current.as_ref().is_some_and(|path| path.ends_with(".erl"));
        let is_loaded = current.is_some_and(|path| {
            let loaded = self.documents.loaded.borrow();
            loaded.get(&path) == self.document_text(&path).as_ref()
        });
        if is_loaded || !is_source {
            return self.run(&expression);
        }
        let driver = Rc::clone(self);
        self.compile_current(false, move |is_loaded| {
            if is_loaded {
                driver.run(&expression);
            }
        });
    }

    /// A VM that has just come up has nothing that an earlier one had.
    pub(in crate::driver) fn forget_loaded(&self) {
        self.documents.loaded.borrow_mut().clear();
    }

    /// Opens an example: the person's own copy, if there is one.
    pub(super) fn open_example(self: &Rc<Self>, module: String) {
        let path = format!("{module}.erl");
        if self.read_file(&path).is_ok() || self.is_draft(&path) {
            return self.edit(Edit::Open(path));
        }
        let driver = Rc::clone(self);
        spawn_local(async move {
            let url = format!("examples/{path}");
            match assets::fetch_unlisted(&url, |_| {}).await {
                Ok(bytes) => {
                    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    driver.open_draft(path, text);
                }
                Err(problem) => {
                    let title = "The example was not opened";
                    driver.say(Severity::Warning, title, &problem.to_string());
                }
            }
        });
    }
}

/// A shell takes an expression at the end of its line.
fn on_one_line(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    let line = words.join(" ");
    match line.is_empty() || line.ends_with('.') {
        true => line,
        false => format!("{line}."),
    }
}
