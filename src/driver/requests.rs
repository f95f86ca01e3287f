//! Requests and how they end: measured by the engine, answered to whoever asked.

use super::{Beside, Driver};
use crate::edge::clock;
use js_sys::ArrayBuffer;
use protocol::{Failure, Phase, Refusal, Reply, Request, limits};
use slo::{Cause, Micros, Operation, Reason, Roundtrip, Span};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// The engine's own net under a deadline lies so far below it.
const NET_MS: u64 = 5_000;

/// What the session keeps for whoever asked.
pub struct Ticket {
    roundtrip: Option<Roundtrip>,
    is_evaluation: bool,
    then: Then,
}

/// Called once: how it ended, and what a process answered if it was a call.
type Then = Box<dyn FnOnce(Result<Reply, Failure>, &JsValue)>;

impl Ticket {
    /// Whether it runs Erlang code that an interrupt is meant to stop.
    pub fn is_evaluation(&self) -> bool {
        self.is_evaluation
    }
}

/// Whoever waits for the VM to be ready.
#[derive(Default)]
pub struct Waiting {
    all: RefCell<Vec<Waiter>>,
}

type Waiter = Box<dyn FnOnce(Result<(), Failure>)>;

impl Waiting {
    pub(super) fn end(&self, outcome: Result<(), Failure>) {
        for waiter in self.all.take() {
            waiter(outcome.clone());
        }
    }
}

impl Driver {
    /// Calls a process; `then` is called once, with its answer or with why there is none.
    pub(crate) fn call(
        self: &Rc<Self>,
        process: &JsValue,
        payload: &JsValue,
        timeout_ms: u32,
        then: impl FnOnce(Result<&JsValue, Failure>) + 'static,
    ) {
        self.open(
            Request::Call,
            timeout_ms,
            Some(Operation::Call),
            Beside::Call(process, payload),
            Box::new(move |outcome, answer| then(outcome.map(|_| answer))),
        );
    }

    /// Opens a request; `then` is called once, however it ends. An operation makes it count.
    pub(crate) fn request(
        self: &Rc<Self>,
        request: Request,
        timeout_ms: u32,
        operation: Option<Operation>,
        attachment: Option<&ArrayBuffer>,
        then: impl FnOnce(Result<Reply, Failure>) + 'static,
    ) {
        let beside = attachment.map_or(Beside::Nothing, Beside::Bytes);
        let then = Box::new(move |outcome, _: &JsValue| then(outcome));
        self.open(request, timeout_ms, operation, beside, then);
    }

    fn open(
        self: &Rc<Self>,
        request: Request,
        timeout_ms: u32,
        operation: Option<Operation>,
        beside: Beside<'_>,
        then: Then,
    ) {
        let now_us = clock::now_us();
        let roundtrip = match operation.map(|operation| self.begin(operation, now_us, timeout_ms)) {
            Some(Err(failure)) => return then(Err(failure), &JsValue::UNDEFINED),
            Some(Ok(roundtrip)) => Some(roundtrip),
            None => None,
        };
        let ticket = Ticket {
            roundtrip,
            is_evaluation: matches!(
                request,
                Request::Eval { .. } | Request::Compile { .. } | Request::Execute { .. }
            ),
            then,
        };
        self.step(beside, |session, out| {
            session.open(now_us, request, timeout_ms, ticket, out);
        });
    }

    /// Counts a request that was turned away before it could begin.
    pub(crate) fn turn_away(&self, operation: Operation, failure: &Failure) {
        let now = Micros(clock::now_us());
        self.engine
            .borrow_mut()
            .turn_away(operation, reason(failure), now);
    }

    /// Calls a process of the console with a text. How it ended is read off the answer, and so is what
    /// that says about the service.
    pub(super) fn ask_process<T: 'static>(
        self: &Rc<Self>,
        process: &str,
        message: &JsValue,
        operation: Option<Operation>,
        read: fn(&str) -> Result<T, Failure>,
        then: impl FnOnce(Result<T, Failure>) + 'static,
    ) {
        let timeout_ms = limits::CALL_TIMEOUT_MS;
        let begun = operation.map(|operation| self.begin(operation, clock::now_us(), timeout_ms));
        let roundtrip = match begun.transpose() {
            Ok(roundtrip) => roundtrip,
            Err(failure) => return then(Err(failure)),
        };
        let driver = Rc::clone(self);
        let settled = move |outcome: Result<Reply, Failure>, answer: &JsValue| {
            let outcome = outcome.and_then(|_| read(&answer.as_string().unwrap_or_default()));
            if let Some(roundtrip) = roundtrip {
                driver.end(roundtrip, &outcome);
            }
            then(outcome);
        };
        let beside = Beside::Call(&process.into(), message);
        self.open(Request::Call, timeout_ms, None, beside, Box::new(settled));
    }

    fn end<T>(&self, roundtrip: Roundtrip, outcome: &Result<T, Failure>) {
        let now = Micros(clock::now_us());
        let mut engine = self.engine.borrow_mut();
        match outcome {
            Ok(_) => engine.succeed(roundtrip, now),
            Err(failure) => engine.fail(roundtrip, reason(failure), now),
        };
    }

    fn begin(
        &self,
        operation: Operation,
        now_us: u64,
        timeout_ms: u32,
    ) -> Result<Roundtrip, Failure> {
        let limit = Span::millis(u64::from(timeout_ms) + NET_MS);
        let mut engine = self.engine.borrow_mut();
        let begun = engine.begin_within(operation, Micros(now_us), limit);
        begun.map_err(|refusal| match refusal.cause {
            Cause::CircuitOpen => Failure::CircuitOpen {
                retry_after_ms: refusal.retry_after.as_millis() as u32,
            },
            Cause::Busy | Cause::Waited | Cause::Full => Failure::Refused {
                refusal: Refusal::TooManyOpen {
                    limit: slo::MAX_OPEN as u32,
                },
            },
        })
    }

    /// Ends a request.
    pub(super) fn settle(
        &self,
        ticket: Ticket,
        outcome: Result<Reply, Failure>,
        beside: Beside<'_>,
    ) {
        if let Some(roundtrip) = ticket.roundtrip {
            self.end(roundtrip, &outcome);
        }
        match beside {
            Beside::Answer(answer) => (ticket.then)(outcome, answer),
            _ => (ticket.then)(outcome, &JsValue::UNDEFINED),
        }
    }

    /// Calls back when the VM is ready or has failed; at once if it is or has.
    pub(crate) fn when_ready(&self, then: impl FnOnce(Result<(), Failure>) + 'static) {
        let outcome = match self.session.borrow().phase() {
            Phase::Ready => Some(Ok(())),
            Phase::Failed { cause } => Some(Err(Failure::from(cause.clone()))),
            _ => None,
        };
        match outcome {
            Some(outcome) => then(outcome),
            None => self.waiting.all.borrow_mut().push(Box::new(then)),
        }
    }
}

/// The engine's word for a failure; both take theirs from the same contract.
fn reason(failure: &Failure) -> Reason {
    Reason::from_code(failure.code()).unwrap_or(Reason::VmDown)
}
