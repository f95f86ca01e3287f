//! The load generator's hands: sends what the schedule says is due, and tells it how each ended.

use super::super::{Beside, Driver};
use crate::driver::requests::{Due, Wish, reason};
use crate::edge::{clock, pacer::Pacer};
use crate::state::{Severity, levels::RunLevel};
use leptos::prelude::*;
use protocol::{Failure, Reply, Request, limits};
use slo::{Latencies, Load, LoadForm, Operation, Outcome, Run, Shot};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What a call calls, and what an evaluation evaluates.
const PROCESS: &str = "echo";
const PAYLOAD: &str = "1";
const SOURCE: &str = "1 + 1.";

/// The run that goes on, and the two before.
#[derive(Default)]
pub struct Generator {
    running: RefCell<Option<Running>>,
    last: RefCell<[Option<Run>; 2]>,
}

struct Running {
    load: Load,
    pacer: Pacer,
    /// Whether the pacer was asked and has not woken us yet.
    is_asked: Cell<bool>,
    /// A run that was stopped must not hear of the endings of the next.
    number: u64,
}

impl Driver {
    pub(super) fn start_load(self: &Rc<Self>, form: &LoadForm) {
        let signal = self.state.levels.load;
        let plan = form.read();
        signal.update(|shown| shown.faults = plan.as_ref().err().cloned().unwrap_or_default());
        let Ok(plan) = plan else { return };
        if self.levels.load.running.borrow().is_some() {
            return;
        }
        let driver = Rc::downgrade(self);
        let woken = move || {
            if let Some(driver) = driver.upgrade() {
                driver.pace(true);
            }
        };
        let opened = match &self.site.pacer {
            Some(url) => Pacer::open(url, woken),
            None => Err("the build has no pacer".into()),
        };
        let pacer = match opened {
            Ok(pacer) => pacer,
            Err(error) => {
                let words = format!("Reload the page. ({error:?})");
                return self.say(Severity::Error, "The load generator did not start", &words);
            }
        };
        let number = clock::seed();
        // The form has been read, so the plan is valid.
        if let Ok(load) = Load::new(plan, self.levels.now(), number) {
            self.levels.load.running.replace(Some(Running {
                load,
                pacer,
                is_asked: Cell::new(false),
                number,
            }));
        }
        self.pace(false);
        self.show_run();
    }

    pub(super) fn stop_load(self: &Rc<Self>) {
        if let Some(running) = &mut *self.levels.load.running.borrow_mut() {
            running.load.stop();
        }
        self.pace(false);
    }

    /// Sends what is due, and asks to be woken for the next.
    fn pace(self: &Rc<Self>, is_woken: bool) {
        loop {
            let now = self.levels.now();
            let (shot, number) = match &mut *self.levels.load.running.borrow_mut() {
                Some(running) => (running.load.due(now), running.number),
                None => return,
            };
            let Some(shot) = shot else { break };
            self.send_shot(number, shot);
        }
        self.finish_load();
        let running = self.levels.load.running.borrow();
        let Some(running) = &*running else { return };
        if is_woken {
            running.is_asked.set(false);
        }
        let (now, ends) = (self.levels.now(), running.load.ends());
        let next = running.load.next_at().unwrap_or(ends);
        // After the end the last answers are waited for, and they come by themselves.
        if (next < ends || now < ends) && !running.is_asked.replace(true) {
            running.pacer.wake_in(next.since(now).0);
        }
    }

    fn send_shot(self: &Rc<Self>, number: u64, shot: Shot) {
        let driver = Rc::downgrade(self);
        let then = move |outcome: Result<Reply, Failure>, _: &JsValue| {
            if let Some(driver) = driver.upgrade() {
                driver.shot_ended(number, &shot, outcome.err().as_ref());
            }
        };
        let (process, payload) = (PROCESS.into(), PAYLOAD.into());
        let (request, beside) = match shot.operation {
            Operation::Eval => {
                let source = SOURCE.to_owned();
                (Request::Eval { source }, Beside::Nothing)
            }
            _ => (Request::Call, Beside::Call(&process, &payload)),
        };
        let wish = Wish {
            request,
            timeout_ms: limits::CALL_TIMEOUT_MS,
            operation: Some(shot.operation),
            due: Due::At(shot.due),
            judge: None,
        };
        self.open(wish, beside, Box::new(then));
    }

    fn shot_ended(self: &Rc<Self>, number: u64, shot: &Shot, failure: Option<&Failure>) {
        let outcome = failure.map_or(Outcome::Success, |failure| {
            Outcome::Failure(reason(failure))
        });
        let now = self.levels.now();
        let is_due = match &mut *self.levels.load.running.borrow_mut() {
            Some(running) if running.number == number => {
                running.load.ended(shot, outcome, now);
                running.load.is_over(now) || running.load.next_at().is_some_and(|at| at <= now)
            }
            _ => return,
        };
        if is_due {
            // Not from within: whoever is refused at once would be sent again at once, and so on.
            let driver = Rc::clone(self);
            spawn_local(async move { driver.pace(false) });
        }
    }

    fn finish_load(self: &Rc<Self>) {
        let generator = &self.levels.load;
        let now = self.levels.now();
        let is_over = |running: &Running| running.load.is_over(now);
        if !generator.running.borrow().as_ref().is_some_and(is_over) {
            return;
        }
        if let Some(running) = generator.running.take() {
            let mut last = generator.last.borrow_mut();
            last[1] = last[0].take();
            last[0] = Some(running.load.into_run());
        }
        self.show_run();
    }

    /// Puts the run that goes on, or how the last ones went, into the signal.
    pub(super) fn show_run(&self) {
        self.count_faults();
        let generator = &self.levels.load;
        let running = generator.running.borrow();
        let running = running.as_ref().map(|running| shown(running.load.run()));
        let last = generator.last.borrow();
        let [last, before] = [0, 1].map(|at| last[at].as_ref().map(shown));
        let signal = self.state.levels.load;
        let is_news = signal.with_untracked(|level| {
            (&level.running, &level.last, &level.before) != (&running, &last, &before)
        });
        if is_news {
            signal.update(|level| {
                (level.running, level.last, level.before) = (running, last, before);
            });
        }
    }
}

fn shown(run: &Run) -> RunLevel {
    RunLevel {
        plan: run.plan.to_string(),
        sent: run.sent,
        answered: run.answered,
        errors: run.errors,
        refused: run.refused,
        felt: Latencies::summary(&run.latencies),
        plain: Latencies::summary(&run.service),
        worst_lag: run.worst_lag,
        lasted: run.lasted,
        duration: run.plan.duration,
    }
}
