//! Hooks, events and intents: asks the process in the VM that keeps them, and brings the page's hooks back
//! to a VM that does not know them.

use super::Driver;
use js_sys::JsString;
use protocol::hooks::{
    HOOK_WITHIN_MS, HOOKS, HookRequest, HookResult, INTENT_WITHIN_MS, KeptHook, REGISTER_WITHIN_MS,
    read_done, read_intent, read_registered, read_results,
};
use protocol::{Failure, encode};
use serde_json::value::RawValue;
use slo::Operation;
use std::cell::RefCell;
use std::rc::Rc;

/// The hooks that the page registered and did not unregister, in their order.
#[derive(Default)]
pub struct Hooks {
    kept: RefCell<Vec<KeptHook>>,
}

impl Driver {
    /// Registers a hook; gives its name.
    pub(crate) fn register_hook(
        self: &Rc<Self>,
        event: String,
        source: String,
        then: impl FnOnce(Result<String, Failure>) + 'static,
    ) {
        let request = HookRequest::Register {
            event: &event,
            within_ms: REGISTER_WITHIN_MS,
        };
        let message = message(&request, &encode(&source).into());
        let driver = Rc::clone(self);
        let operation = Some(Operation::RegisterHook);
        self.ask_process(
            HOOKS,
            &message,
            operation,
            read_registered,
            move |outcome| {
                if let Ok(hook) = &outcome {
                    let hook = hook.clone();
                    let kept = KeptHook {
                        hook,
                        event,
                        source,
                    };
                    driver.hooks.kept.borrow_mut().push(kept);
                }
                then(outcome);
            },
        );
    }

    /// Takes a hook away.
    pub(crate) fn unregister_hook(
        self: &Rc<Self>,
        hook: String,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        let message = message(&HookRequest::Unregister { hook: &hook }, &"".into());
        let driver = Rc::clone(self);
        self.ask_process(HOOKS, &message, None, read_done, move |outcome| {
            if outcome.is_ok() {
                let mut kept = driver.hooks.kept.borrow_mut();
                kept.retain(|other| other.hook != hook);
            }
            then(outcome);
        });
    }

    /// Runs the hooks of an event on a JSON text.
    pub(crate) fn emit_event(
        self: &Rc<Self>,
        event: &str,
        payload: &JsString,
        then: impl FnOnce(Result<Vec<HookResult>, Failure>) + 'static,
    ) {
        let within_ms = HOOK_WITHIN_MS;
        let message = message(&HookRequest::Emit { event, within_ms }, payload);
        let operation = Some(Operation::EmitEvent);
        self.ask_process(HOOKS, &message, operation, read_results, then);
    }

    /// Has an intent handled; gives the JSON text that the handler returned.
    pub(crate) fn process_intent(
        self: &Rc<Self>,
        intent: &str,
        payload: &JsString,
        then: impl FnOnce(Result<Box<RawValue>, Failure>) + 'static,
    ) {
        let within_ms = INTENT_WITHIN_MS;
        let message = message(&HookRequest::Intent { intent, within_ms }, payload);
        let operation = Some(Operation::ProcessIntent);
        self.ask_process(HOOKS, &message, operation, read_intent, then);
    }

    /// Brings the page's hooks to a fresh VM, before anything else is asked of it.
    pub(super) fn restore_hooks(self: &Rc<Self>) {
        let message = {
            let hooks = self.hooks.kept.borrow();
            if hooks.is_empty() {
                return;
            }
            message(&HookRequest::Restore { hooks: &hooks }, &"".into())
        };
        // A VM that goes down again before it answers gets them with its next start.
        self.ask_process(HOOKS, &message, None, read_done, drop);
    }
}

/// The line that says what is wanted, and what is large.
fn message(request: &HookRequest<'_>, body: &JsString) -> JsString {
    JsString::from(request.line()).concat(body)
}
