//! The process pane: asks the observer in the VM, and only while a person can see the pane.

use super::Driver;
use crate::edge::{clock, sight};
use crate::intent::{Face, Observe};
use crate::state::Severity;
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use protocol::observe::{Details, Look, OBSERVER, ProcessList, Tree, Unseen, read_look};
use protocol::{Failure, encode};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::HtmlElement;

/// How often the observer is asked.
const LOOK_MS: u32 = 1_000;
/// The observer rests so many times as long as its last answer took: with many processes an answer takes
/// long, and the VM is there for other things.
const REST: u64 = 4;

/// What the driver remembers of the pane.
#[derive(Default)]
pub struct Observer {
    pane: RefCell<Option<Pane>>,
    face: Cell<Face>,
    /// Questions do not pile up behind a VM that is busy.
    is_asking: Cell<bool>,
    asked_at_us: Cell<u64>,
    /// No tick asks before this time.
    rests_until_us: Cell<u64>,
}

impl Observer {
    /// The questions of this look are answered.
    fn rest(&self) {
        let now_us = clock::now_us();
        let took_us = now_us.saturating_sub(self.asked_at_us.get());
        self.rests_until_us.set(now_us + REST * took_us);
        self.is_asking.set(false);
    }
}

struct Pane {
    element: HtmlElement,
    _ticks: Interval,
}

impl Driver {
    pub(super) fn observe(self: &Rc<Self>, wish: Observe) {
        match wish {
            Observe::Mounted(element) => self.watch_processes(element),
            Observe::Unmounted => drop(self.observer.pane.take()),
            Observe::Look => self.look(),
            Observe::Show(face) => {
                self.observer.face.set(face);
                self.look();
            }
            Observe::Choose(pid) => {
                self.state.processes.details.set(None);
                self.state.processes.chosen.set(pid);
                self.look();
            }
            Observe::Kill(pid) => self.kill_process(pid),
        }
    }

    fn watch_processes(self: &Rc<Self>, element: HtmlElement) {
        let driver = Rc::downgrade(self);
        let ticks = clock::every(LOOK_MS, move || {
            if let Some(driver) = driver.upgrade()
                && clock::now_us() >= driver.observer.rests_until_us.get()
            {
                driver.look();
            }
        });
        let pane = Pane {
            element,
            _ticks: ticks,
        };
        self.observer.pane.replace(Some(pane));
    }

    /// Nothing that was seen is true of a fresh VM.
    pub(super) fn forget_processes(&self) {
        let shown = self.state.processes;
        shown.list.set(ProcessList::default());
        shown.tree.set(None);
        shown.chosen.set(None);
        shown.details.set(None);
        self.observer.is_asking.set(false);
    }

    fn look(self: &Rc<Self>) {
        let is_seen = |pane: &Pane| sight::is_in_sight(&pane.element);
        let is_wanted = self.observer.pane.borrow().as_ref().is_some_and(is_seen);
        if !is_wanted || !self.is_ready() || self.observer.is_asking.replace(true) {
            return;
        }
        self.observer.asked_at_us.set(clock::now_us());
        let shown = self.state.processes;
        match self.observer.face.get() {
            Face::Table => self.ask_observer::<ProcessList>(&Look::List, move |driver, list| {
                if let Ok(list) = list {
                    driver.publish(shown.list, list);
                }
                driver.look_closer();
            }),
            Face::Tree => self.ask_observer::<Tree>(&Look::Tree, move |driver, tree| {
                if let Ok(tree) = tree {
                    driver.publish(shown.tree, Some(tree));
                }
                driver.look_closer();
            }),
        }
    }

    /// Asks for what belongs to the chosen process, if there is one.
    fn look_closer(self: &Rc<Self>) {
        let shown = self.state.processes;
        let Some(pid) = shown.chosen.get_untracked() else {
            return self.observer.rest();
        };
        let look = Look::Details { pid: &pid };
        let meant = pid.clone();
        self.ask_observer::<Details>(&look, move |driver, details| {
            driver.observer.rest();
            let is_still_meant = shown
                .chosen
                .with_untracked(|chosen| chosen.as_ref() == Some(&meant));
            match details {
                Ok(details) if is_still_meant => driver.publish(shown.details, Some(details)),
                Err(Unseen::Gone) if is_still_meant => driver.publish(shown.details, None),
                _ => {}
            }
        });
    }

    fn kill_process(self: &Rc<Self>, pid: String) {
        let look = Look::Kill { pid: &pid };
        let title = format!("{pid} was not killed");
        self.ask_observer::<bool>(&look, move |driver, outcome| {
            match outcome {
                // What was to be gone is gone.
                Ok(_) | Err(Unseen::Gone) => {}
                Err(Unseen::Kept(reason) | Unseen::Strange(reason)) => {
                    driver.say(Severity::Warning, &title, &reason);
                }
            }
            driver.look();
        });
    }

    fn ask_observer<T: DeserializeOwned + 'static>(
        self: &Rc<Self>,
        look: &Look<'_>,
        then: impl FnOnce(&Rc<Self>, Result<T, Unseen>) + 'static,
    ) {
        let driver = Rc::clone(self);
        let message = encode(look).into();
        let read = |text: &str| Ok(text.to_owned());
        self.ask_process(
            OBSERVER,
            &message,
            None,
            read,
            move |answer: Result<String, Failure>| {
                driver.publish(driver.state.processes.is_silent, answer.is_err());
                let answer = answer
                    .map_err(Unseen::from)
                    .and_then(|text| read_look(&text));
                then(&driver, answer);
            },
        );
    }

    /// Sets a signal if there is news: a table that stands still costs nothing.
    fn publish<T: PartialEq + Send + Sync + 'static>(&self, signal: RwSignal<T>, value: T) {
        if signal.with_untracked(|shown| *shown != value) {
            signal.set(value);
        }
    }
}
