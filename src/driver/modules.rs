//! A person's modules: counted as they come into the VM, kept so that a fresh VM can have them again, and
//! compiled from source.

use super::Driver;
use crate::state::{LoadedModule, LoadedModules, Severity};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use protocol::{Failure, Reply, Request, Words, limits};
use slo::Operation;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The modules.
#[derive(Default)]
pub struct Modules {
    kept: RefCell<Vec<Kept>>,
}

/// The newest version of a module.
struct Kept {
    name: String,
    bytes: Uint8Array,
    /// Loads in the VM that runs now; none if it does not have the module.
    loads: u32,
}

impl Driver {
    /// A module came into the VM.
    pub(super) fn take_module(&self, name: String, bytes: &ArrayBuffer) {
        let bytes = Uint8Array::new(bytes);
        let size = u64::from(bytes.length());
        let mut kept = self.modules.kept.borrow_mut();
        match kept.iter_mut().find(|module| module.name == name) {
            Some(module) => {
                module.bytes = bytes;
                module.loads += 1;
            }
            None => kept.push(Kept {
                name,
                bytes,
                loads: 1,
            }),
        }
        let rows = rows(&kept);
        self.state.modules.update(|modules| {
            modules.rows = rows;
            modules.loads += 1;
            modules.bytes += size;
        });
    }

    /// A fresh VM has no module of a person yet.
    pub(super) fn lose_modules(&self) {
        self.forget_loaded();
        let mut kept = self.modules.kept.borrow_mut();
        for module in kept.iter_mut() {
            module.loads = 0;
        }
        let rows = rows(&kept);
        self.state.modules.set(LoadedModules {
            rows,
            ..LoadedModules::default()
        });
    }

    /// The bytes of a module's newest version.
    pub(crate) fn module_bytes(&self, name: &str) -> Option<Uint8Array> {
        let kept = self.modules.kept.borrow();
        let module = kept.iter().find(|module| module.name == name)?;
        Some(module.bytes.slice(0, module.bytes.length()))
    }

    /// A fresh VM with all modules that the person had in this one. `then` is called once, when they are
    /// there or one was not taken.
    pub(crate) fn restart_with_modules(
        self: &Rc<Self>,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        self.restart();
        let driver = Rc::clone(self);
        self.when_ready(move |outcome| match outcome {
            Ok(()) => driver.load_modules_again(then),
            Err(failure) => then(Err(failure)),
        });
    }

    /// Loads the modules that an earlier VM had and this one does not.
    pub(crate) fn load_modules_again(
        self: &Rc<Self>,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        let missing: Vec<(String, ArrayBuffer)> = {
            let kept = self.modules.kept.borrow();
            let missing = kept.iter().filter(|module| module.loads == 0);
            missing
                .map(|module| {
                    let copy = module.bytes.slice(0, module.bytes.length());
                    (format!("{}.beam", module.name), copy.buffer())
                })
                .collect()
        };
        if missing.is_empty() {
            return then(Ok(()));
        }
        let left = Rc::new(Cell::new(missing.len()));
        let first: Rc<RefCell<Option<Failure>>> = Rc::default();
        let then = Rc::new(Cell::new(Some(then)));
        for (name, bytes) in missing {
            let (left, first, then) = (Rc::clone(&left), Rc::clone(&first), Rc::clone(&then));
            // What was let in once by force is let in again.
            let request = Request::Load { name, force: true };
            let counted = Some(Operation::Load);
            self.request(
                request,
                limits::CALL_TIMEOUT_MS,
                counted,
                Some(&bytes),
                move |outcome| {
                    if let Err(failure) = outcome {
                        first.borrow_mut().get_or_insert(failure);
                    }
                    left.set(left.get() - 1);
                    if left.get() == 0
                        && let Some(then) = then.take()
                    {
                        then(first.take().map_or(Ok(()), Err));
                    }
                },
            );
        }
    }

    /// Says how it went that modules were loaded again.
    pub(super) fn tell_modules(
        self: &Rc<Self>,
    ) -> impl FnOnce(Result<(), Failure>) + 'static + use<> {
        let driver = Rc::clone(self);
        move |outcome| {
            if let Err(failure) = outcome {
                let title = "Not all of your modules are back";
                driver.say(Severity::Warning, title, &Words::failure(&failure));
            }
        }
    }

    /// Compiles one module and loads it; a module that does not compile is an answer like another.
    pub(crate) fn compile(
        self: &Rc<Self>,
        request: Request,
        timeout_ms: u32,
        then: impl FnOnce(Result<protocol::Compiled, Failure>) + 'static,
    ) {
        let counted = Some(Operation::Compile);
        self.request(
            request,
            timeout_ms,
            counted,
            None,
            move |outcome| match outcome {
                Ok(Reply::Compiled(compiled)) => then(Ok(compiled)),
                // A compilation has no other reply.
                Ok(_) => then(Err(Failure::Cancelled)),
                Err(failure) => then(Err(failure)),
            },
        );
    }
}

fn rows(kept: &[Kept]) -> Vec<LoadedModule> {
    let row = |module: &Kept| LoadedModule {
        name: module.name.clone(),
        bytes: module.bytes.length().into(),
        loads: module.loads,
    };
    kept.iter().map(row).collect()
}
