//! Faults injected on purpose: off, unless a person has switched them on, and shown while they are.

use super::super::Driver;
use crate::edge::clock;
use crate::state::{Severity, levels::FaultLevel};
use leptos::prelude::*;
use protocol::{Command, limits};
use slo::{Fate, FaultForm, Injector};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The switch, and what is injected while it is on.
#[derive(Default)]
pub struct Switch {
    /// Asked by every roundtrip, hence apart.
    is_on: Cell<bool>,
    injector: RefCell<Option<Injector>>,
    injected: Cell<u64>,
}

impl Switch {
    /// What becomes of the next roundtrip.
    pub(in crate::driver) fn fate(&self) -> Fate {
        if !self.is_on.get() {
            return Fate::Spared;
        }
        let fate = self.injector.borrow_mut().as_mut().map(Injector::fate);
        let fate = fate.unwrap_or(Fate::Spared);
        self.injected
            .set(self.injected.get() + u64::from(fate != Fate::Spared));
        fate
    }
}

impl Driver {
    pub(super) fn inject_faults(self: &Rc<Self>, form: Option<FaultForm>) {
        let (injector, faults) = match form.map(|form| form.read(clock::seed())) {
            Some(Err(faults)) => return self.show_faults(faults),
            Some(Ok(injector)) => (Some(injector), vec![]),
            None => (None, vec![]),
        };
        let switch = &self.levels.faults;
        if switch.is_on.replace(injector.is_some()) != injector.is_some() {
            switch.injected.set(0);
            let words = match injector {
                Some(_) => "fault injection is on",
                None => "fault injection is off",
            };
            self.log(Severity::Warning, words);
        }
        switch.injector.replace(injector);
        self.show_faults(faults);
    }

    /// Puts the switch into its signal, if it moved.
    pub(super) fn show_faults(&self, faults: Vec<(slo::FaultField, String)>) {
        let shown = FaultLevel {
            is_on: self.levels.faults.is_on.get(),
            injected: self.levels.faults.injected.get(),
            faults,
        };
        let signal = self.state.levels.faults;
        if signal.with_untracked(|before| *before != shown) {
            signal.set(shown);
        }
    }

    /// Renews the count of what was harmed.
    pub(super) fn count_faults(&self) {
        let faults = self.state.levels.faults;
        self.show_faults(faults.with_untracked(|level| level.faults.clone()));
    }

    /// Lets the VM's worker stand still: a real wait, during which it hands nothing on.
    pub(super) fn freeze_vm(self: &Rc<Self>, ms: u32) {
        let ms = ms.min(limits::FREEZE_MS);
        self.log(
            Severity::Warning,
            &format!("fault injection: the VM is frozen for {ms} ms"),
        );
        self.tell(Command::Freeze { ms });
    }

    /// Ends the VM as a crash would.
    pub(super) fn kill_vm(self: &Rc<Self>) {
        let generation = self.session.borrow().generation();
        self.lose(generation, "it was killed by fault injection".to_owned());
    }
}
