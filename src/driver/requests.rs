//! Requests and how they end: let in by admission, measured by the engine, answered to whoever asked.

use super::{Beside, Driver};
use crate::edge::clock;
use gloo::timers::callback::Timeout;
use js_sys::ArrayBuffer;
use protocol::{Down, Failure, Phase, Pressure, Refusal, Reply, Request, limits};
use slo::{Admitted, Cause, Fate, Micros, Operation, Reason, Roundtrip, Span};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// The engine's own net under a deadline lies so far below it.
const NET_MS: u64 = 5_000;

/// What the session keeps for whoever asked.
pub struct Ticket {
    roundtrip: Option<Roundtrip>,
    is_evaluation: bool,
    judge: Option<Judge>,
    then: Then,
}

/// A request to be opened.
pub struct Wish {
    pub request: Request,
    pub timeout_ms: u32,
    /// Makes it count.
    pub operation: Option<Operation>,
    pub due: Due,
    pub judge: Option<Judge>,
}

/// Says of a process's answer whether it tells of a failure.
type Judge = Box<dyn FnOnce(&JsValue) -> Option<Failure>>;

/// Called once: how it ended, and what a process answered if it was a call.
type Then = Box<dyn FnOnce(Result<Reply, Failure>, &JsValue)>;

impl Ticket {
    /// Whether it runs Erlang code that an interrupt is meant to stop.
    pub fn is_evaluation(&self) -> bool {
        self.is_evaluation
    }
}

/// When a roundtrip should have begun.
#[derive(Clone, Copy)]
pub enum Due {
    Now,
    /// Then, by the engine's clock.
    At(Micros),
}

/// Requests that admission lets wait for their turn.
#[derive(Default)]
pub struct Queue {
    parked: RefCell<BTreeMap<u64, Parked>>,
    /// The worker's own time for the answer that is being heard.
    pub(super) worker_us: Cell<Option<u32>>,
}

struct Parked {
    request: Request,
    ends_us: u64,
    timeout_ms: u32,
    ticket: Ticket,
    beside: Owned,
}

/// What belongs to a request and is kept while it waits.
enum Owned {
    Nothing,
    Bytes(ArrayBuffer),
    Call(JsValue, JsValue),
}

impl Owned {
    fn of(beside: Beside<'_>) -> Self {
        match beside {
            Beside::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Beside::Call(process, payload) => Self::Call(process.clone(), payload.clone()),
            Beside::Nothing | Beside::Answer(_) => Self::Nothing,
        }
    }

    fn lend(&self) -> Beside<'_> {
        match self {
            Self::Nothing => Beside::Nothing,
            Self::Bytes(bytes) => Beside::Bytes(bytes),
            Self::Call(process, payload) => Beside::Call(process, payload),
        }
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
        let wish = Wish {
            request: Request::Call,
            timeout_ms,
            operation: Some(Operation::Call),
            due: Due::Now,
            judge: None,
        };
        let then = Box::new(move |outcome: Result<Reply, _>, answer: &JsValue| {
            then(outcome.map(|_| answer));
        });
        self.open(wish, Beside::Call(process, payload), then);
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
        let wish = Wish {
            request,
            timeout_ms,
            operation,
            due: Due::Now,
            judge: None,
        };
        self.open(wish, beside, then);
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
        let found = Rc::new(RefCell::new(None));
        let answer = Rc::clone(&found);
        let judge = move |text: &JsValue| match read(&text.as_string().unwrap_or_default()) {
            Ok(value) => {
                answer.replace(Some(value));
                None
            }
            Err(failure) => Some(failure),
        };
        let wish = Wish {
            request: Request::Call,
            timeout_ms: limits::CALL_TIMEOUT_MS,
            operation,
            due: Due::Now,
            judge: Some(Box::new(judge)),
        };
        let settled = move |outcome: Result<Reply, Failure>, _: &JsValue| match found.take() {
            Some(value) => then(Ok(value)),
            None => then(Err(outcome.err().unwrap_or(Failure::Cancelled))),
        };
        let beside = Beside::Call(&process.into(), message);
        self.open(wish, beside, Box::new(settled));
    }

    pub(super) fn open(self: &Rc<Self>, wish: Wish, beside: Beside<'_>, then: Then) {
        let Wish {
            request,
            timeout_ms,
            operation,
            due,
            judge,
        } = wish;
        let now_us = clock::now_us();
        let is_evaluation = matches!(
            request,
            Request::Eval { .. } | Request::Compile { .. } | Request::Execute { .. }
        );
        let Some(operation) = operation else {
            let ticket = Ticket {
                roundtrip: None,
                is_evaluation,
                judge,
                then,
            };
            return self.send(now_us, request, timeout_ms, ticket, beside);
        };
        let (roundtrip, waits) = match self.admit(operation, due, now_us, timeout_ms) {
            Err(failure) => return then(Err(failure), &JsValue::UNDEFINED),
            Ok(Admitted::Now(roundtrip)) => (roundtrip, false),
            Ok(Admitted::Waiting(roundtrip)) => (roundtrip, true),
        };
        let id = roundtrip.id();
        let ticket = Ticket {
            roundtrip: Some(roundtrip),
            is_evaluation,
            judge,
            then,
        };
        if waits {
            let parked = Parked {
                request,
                ends_us: now_us + u64::from(timeout_ms) * 1_000,
                timeout_ms,
                ticket,
                beside: Owned::of(beside),
            };
            self.queue.parked.borrow_mut().insert(id, parked);
            return;
        }
        match self.levels.faults.fate() {
            Fate::Spared => self.send(now_us, request, timeout_ms, ticket, beside),
            fate => self.harm(fate, request, timeout_ms, ticket, beside),
        }
    }

    fn send(
        self: &Rc<Self>,
        now_us: u64,
        request: Request,
        timeout_ms: u32,
        ticket: Ticket,
        beside: Beside<'_>,
    ) {
        self.step(beside, |session, out| {
            session.open(now_us, request, timeout_ms, ticket, out);
        });
    }

    /// Does to a request what fault injection says.
    fn harm(
        self: &Rc<Self>,
        fate: Fate,
        request: Request,
        timeout_ms: u32,
        ticket: Ticket,
        beside: Beside<'_>,
    ) {
        match fate {
            Fate::Spared => self.send(clock::now_us(), request, timeout_ms, ticket, beside),
            Fate::Failed => {
                let failure = Failure::from(Down::Injected);
                self.settle(ticket, Err(failure), Beside::Nothing);
            }
            Fate::Late(by) => {
                let (driver, beside) = (Rc::clone(self), Owned::of(beside));
                after(by.0.div_ceil(1_000), move || {
                    driver.send(clock::now_us(), request, timeout_ms, ticket, beside.lend());
                });
            }
            Fate::Dropped => {
                // It is sent and answered, but the answer goes to nobody.
                let mute = Ticket {
                    roundtrip: None,
                    is_evaluation: ticket.is_evaluation,
                    judge: None,
                    then: Box::new(|_, _| {}),
                };
                self.send(clock::now_us(), request, timeout_ms, mute, beside);
                let driver = Rc::clone(self);
                after(timeout_ms.into(), move || {
                    let timeout = Failure::Timeout {
                        after_ms: timeout_ms,
                    };
                    driver.settle(ticket, Err(timeout), Beside::Nothing);
                });
            }
        }
    }

    /// Sends those whose wait is over, and ends those who waited too long.
    pub(super) fn call_waiting(self: &Rc<Self>) {
        while !self.queue.parked.borrow().is_empty() {
            let called = self.engine.borrow_mut().next_waiting(self.levels.now());
            let Some(called) = called else { break };
            let parked = self.queue.parked.borrow_mut().remove(&called.id);
            let Some(parked) = parked else { continue };
            let now_us = clock::now_us();
            match called.verdict {
                Err(refusal) => {
                    self.settle(parked.ticket, Err(refused(&refusal)), Beside::Nothing);
                }
                Ok(()) if parked.ends_us <= now_us => {
                    let timeout = Failure::Timeout {
                        after_ms: parked.timeout_ms,
                    };
                    self.settle(parked.ticket, Err(timeout), Beside::Nothing);
                }
                Ok(()) => {
                    // The wait is part of what whoever asked allowed.
                    let left_ms = (parked.ends_us - now_us).div_ceil(1_000) as u32;
                    let beside = parked.beside.lend();
                    match self.levels.faults.fate() {
                        Fate::Spared => {
                            self.send(now_us, parked.request, left_ms, parked.ticket, beside);
                        }
                        fate => self.harm(fate, parked.request, left_ms, parked.ticket, beside),
                    }
                }
            }
        }
    }

    /// Counts a request that was turned away before it could begin.
    pub(crate) fn turn_away(&self, operation: Operation, failure: &Failure) {
        let now = self.levels.now();
        self.engine
            .borrow_mut()
            .turn_away(operation, reason(failure), now);
    }

    fn admit(
        &self,
        operation: Operation,
        due: Due,
        now_us: u64,
        timeout_ms: u32,
    ) -> Result<Admitted, Failure> {
        let limit = Span::millis(u64::from(timeout_ms) + NET_MS);
        let now = self.levels.moment(now_us);
        let due = match due {
            Due::Now => now,
            Due::At(due) => due,
        };
        let mut engine = self.engine.borrow_mut();
        let admitted = engine.admit_due(operation, due, now, limit);
        admitted.map_err(|refusal| refused(&refusal))
    }

    /// Ends a request.
    pub(super) fn settle(
        self: &Rc<Self>,
        ticket: Ticket,
        outcome: Result<Reply, Failure>,
        beside: Beside<'_>,
    ) {
        let outcome = match (outcome, ticket.judge, beside) {
            (Ok(reply), Some(judge), Beside::Answer(answer)) => {
                judge(answer).map_or(Ok(reply), Err)
            }
            (outcome, ..) => outcome,
        };
        if let Some(mut roundtrip) = ticket.roundtrip {
            if let Some(us) = self.queue.worker_us.take() {
                roundtrip.vm_took(Span(us.into()));
            }
            let now = self.levels.now();
            let mut engine = self.engine.borrow_mut();
            match &outcome {
                Ok(_) => engine.succeed(roundtrip, now),
                Err(failure) => engine.fail(roundtrip, reason(failure), now),
            };
        }
        match beside {
            Beside::Answer(answer) => (ticket.then)(outcome, answer),
            _ => (ticket.then)(outcome, &JsValue::UNDEFINED),
        }
        if !self.queue.parked.borrow().is_empty() {
            self.call_waiting();
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

/// Calls back after so many milliseconds.
fn after(ms: u64, then: impl FnOnce() + 'static) {
    let ms = u32::try_from(ms).unwrap_or(u32::MAX).min(i32::MAX as u32);
    Timeout::new(ms, then).forget();
}

/// The engine's word for a failure; both take theirs from the same contract. What ended because a person
/// asked for a fresh VM or left says nothing about the service.
pub(super) fn reason(failure: &Failure) -> Reason {
    match failure {
        Failure::VmDown {
            cause: Down::Restarted | Down::Closed,
        } => Reason::Cancelled,
        failure => Reason::from_code(failure.code()).unwrap_or(Reason::VmDown),
    }
}

/// A refusal as whoever asked gets it.
fn refused(refusal: &slo::Refusal) -> Failure {
    let protects = refusal.protects.to_string();
    let retry_after_ms = refusal.retry_after.as_millis() as u32;
    let pressure = match refusal.cause {
        Cause::CircuitOpen => {
            return Failure::CircuitOpen {
                protects,
                retry_after_ms,
            };
        }
        Cause::Busy => Pressure::Busy,
        Cause::Waited => Pressure::Waited,
        Cause::Full => Pressure::Full,
    };
    Failure::Refused {
        refusal: Refusal::Admission {
            pressure,
            protects,
            retry_after_ms,
        },
    }
}
