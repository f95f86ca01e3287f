//! The page's half of the border as a pure machine: it owns every open request and its deadline, the
//! phases of the boot, and what happens when a VM goes down. It never sees a worker or a clock.
//!
//! A request is opened with a ticket, and the ticket comes back in exactly one [`Effect::Settle`]:
//! reply, failure, deadline, cancel or the end of the VM. The type system helps, since tickets need not
//! be copyable and the machine holds the only one.

mod deadlines;

use crate::restarts::{Policy, Restarts};
use crate::{
    BootPhase, BootPlan, Command, Down, Event, Failure, Hello, PROTOCOL, Refusal, Reply, Request,
    limits,
};
use deadlines::Deadlines;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of a request; never used twice in the life of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(u64);

impl CallId {
    /// A number that was read off a message.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number as such.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What a session must be told once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Build id of the page; the worker's must be the same.
    pub build: String,
    /// What to start.
    pub plan: BootPlan,
    /// Longest silence while the VM is fetched and started.
    pub vm_deadline_us: u64,
    /// Longest time from the VM's start to the console's first answer.
    pub console_deadline_us: u64,
    /// When to start a VM again that went down.
    pub policy: Policy,
    /// Where the jitter of restarts begins.
    pub seed: u64,
}

/// What is to be done, in the order given.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect<T> {
    /// Start a worker; events that carry another generation are none of this VM.
    Spawn {
        /// Its generation.
        generation: u32,
    },
    /// End the worker.
    Kill,
    /// Post a message to the worker.
    Send(Command),
    /// A request has ended.
    Settle {
        /// What it was opened with.
        ticket: T,
        /// How it ended.
        outcome: Result<Reply, Failure>,
    },
    /// Call [`Session::wake`] at that time; it replaces the time given before.
    WakeAt {
        /// The time.
        at_us: u64,
    },
    /// The session is in another phase; see [`Session::phase`].
    Moved,
}

/// How far the VM is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not started.
    Off,
    /// The worker fetches and starts the VM.
    Loading {
        /// When that is given up; pushed on by every sign of progress.
        deadline_us: u64,
    },
    /// The VM runs; its console does not answer yet.
    Booting {
        /// When that is given up.
        deadline_us: u64,
    },
    /// Requests may be opened.
    Ready,
    /// The VM went down; the next one starts soon.
    Waiting {
        /// When.
        until_us: u64,
        /// Why it went down.
        cause: Down,
    },
    /// No VM, and none to come unless a person asks.
    Failed {
        /// Why.
        cause: Down,
    },
}

#[derive(Debug)]
struct Open<T> {
    ticket: T,
    timeout_ms: u32,
}

/// The machine. `T` is what the owner of a request wants back when it ends.
#[derive(Debug)]
pub struct Session<T> {
    settings: Settings,
    phase: Phase,
    generation: u32,
    next_id: u64,
    /// Every request that has begun and not ended; in the order of their numbers.
    open: BTreeMap<CallId, Open<T>>,
    deadlines: Deadlines,
    restarts: Restarts,
    /// The wake-up that was asked for last, if it is still to come.
    armed_us: Option<u64>,
}

impl<T> Session<T> {
    /// A session that has not started.
    pub fn new(settings: Settings) -> Self {
        let restarts = Restarts::new(settings.policy, settings.seed);
        Self {
            settings,
            phase: Phase::Off,
            generation: 0,
            next_id: 0,
            open: BTreeMap::new(),
            deadlines: Deadlines::default(),
            restarts,
            armed_us: None,
        }
    }

    /// How far the VM is.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// How often a worker was started.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// How many requests are open.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Starts the first VM.
    pub fn start(&mut self, now_us: u64, out: &mut Vec<Effect<T>>) {
        if self.phase == Phase::Off {
            self.spawn(now_us, out);
            self.arm(out);
        }
    }

    /// A fresh VM because a person or a program asked for one; what is open ends.
    pub fn restart(&mut self, now_us: u64, out: &mut Vec<Effect<T>>) {
        self.restarts.forget();
        self.end_worker(&Down::Restarted, out);
        self.spawn(now_us, out);
        self.arm(out);
    }

    /// The page goes away, or the VM cannot run here at all.
    pub fn fail(&mut self, cause: Down, out: &mut Vec<Effect<T>>) {
        self.end_worker(&cause, out);
        self.enter(Phase::Failed { cause }, out);
    }

    /// Opens a request. It gets a number unless it ends at once.
    pub fn open(
        &mut self,
        now_us: u64,
        request: Request,
        timeout_ms: u32,
        ticket: T,
        out: &mut Vec<Effect<T>>,
    ) -> Option<CallId> {
        if let Some(failure) = self.refusal() {
            out.push(Effect::Settle {
                ticket,
                outcome: Err(failure),
            });
            return None;
        }
        let id = CallId(self.next_id);
        self.next_id += 1;
        self.open.insert(id, Open { ticket, timeout_ms });
        self.deadlines
            .add(now_us.saturating_add(u64::from(timeout_ms) * 1_000), id);
        out.push(Effect::Send(Command::Perform { id, request }));
        self.arm(out);
        Some(id)
    }

    /// Sends what has no answer. Says whether there was a VM to send it to.
    pub fn tell(&mut self, command: Command, out: &mut Vec<Effect<T>>) -> bool {
        let is_up = matches!(self.phase, Phase::Booting { .. } | Phase::Ready);
        if is_up {
            out.push(Effect::Send(command));
        }
        is_up
    }

    /// Ends a request that nobody wants any more.
    pub fn cancel(&mut self, id: CallId, out: &mut Vec<Effect<T>>) {
        if self.settle(id, Err(Failure::Cancelled), out) {
            out.push(Effect::Send(Command::Cancel { id }));
        }
    }

    /// Ends every request whose ticket answers to a description.
    pub fn cancel_where(&mut self, is_meant: impl Fn(&T) -> bool, out: &mut Vec<Effect<T>>) {
        let meant = self.open.iter().filter(|(_, open)| is_meant(&open.ticket));
        let ids: Vec<CallId> = meant.map(|(id, _)| *id).collect();
        for id in ids {
            self.cancel(id, out);
        }
    }

    /// Takes what the worker said. Gives back what is not the session's business.
    pub fn hear(
        &mut self,
        now_us: u64,
        generation: u32,
        event: Event,
        out: &mut Vec<Effect<T>>,
    ) -> Option<Event> {
        if generation != self.generation || !self.has_worker() {
            return None;
        }
        match event {
            Event::Replied { id, reply, .. } => {
                self.settle(id, Ok(reply), out);
                return None;
            }
            Event::Refused { id, failure } => {
                self.settle(id, Err(failure), out);
                return None;
            }
            Event::Hello(worker) => self.greet(now_us, worker, out),
            Event::Progressed { .. } => {
                if let Phase::Loading { deadline_us } = &mut self.phase {
                    *deadline_us = now_us.saturating_add(self.settings.vm_deadline_us);
                }
                return Some(event);
            }
            Event::VmStarted => {
                if matches!(self.phase, Phase::Loading { .. }) {
                    let deadline_us = now_us.saturating_add(self.settings.console_deadline_us);
                    self.enter(Phase::Booting { deadline_us }, out);
                }
            }
            Event::ConsoleStarted => {
                if matches!(self.phase, Phase::Loading { .. } | Phase::Booting { .. }) {
                    self.enter(Phase::Ready, out);
                }
            }
            Event::BootFailed(problem) => self.fail(Down::BootFailed(problem), out),
            Event::Crashed(ref crash) => {
                let reason = crash.reason.clone();
                self.went_down(now_us, Down::Crashed { reason }, out);
                self.arm(out);
                return Some(event);
            }
            Event::PackAdded { .. }
            | Event::ModuleLoaded { .. }
            | Event::Printed
            | Event::Logged { .. }
            | Event::Signalled { .. }
            | Event::Halted { .. }
            | Event::Changed(_) => return Some(event),
        }
        self.arm(out);
        None
    }

    /// The worker ended without a word, or said something that is no message.
    pub fn lose(&mut self, now_us: u64, generation: u32, reason: String, out: &mut Vec<Effect<T>>) {
        if generation == self.generation && self.has_worker() {
            self.went_down(now_us, Down::Crashed { reason }, out);
            self.arm(out);
        }
    }

    /// The time has come that was asked for, or any other time.
    pub fn wake(&mut self, now_us: u64, out: &mut Vec<Effect<T>>) {
        if self.armed_us.is_some_and(|armed_us| armed_us <= now_us) {
            self.armed_us = None;
        }
        while let Some(id) = self.deadlines.take_due(now_us) {
            let Some(open) = self.open.remove(&id) else {
                continue;
            };
            out.push(Effect::Settle {
                ticket: open.ticket,
                outcome: Err(Failure::Timeout {
                    after_ms: open.timeout_ms,
                }),
            });
            out.push(Effect::Send(Command::Cancel { id }));
        }
        match self.phase {
            Phase::Loading { deadline_us } if deadline_us <= now_us => {
                self.stall(now_us, BootPhase::Vm, out);
            }
            Phase::Booting { deadline_us } if deadline_us <= now_us => {
                self.stall(now_us, BootPhase::Console, out);
            }
            Phase::Waiting { until_us, .. } if until_us <= now_us => self.spawn(now_us, out),
            _ => {}
        }
        self.arm(out);
    }

    fn refusal(&self) -> Option<Failure> {
        let cause = match &self.phase {
            Phase::Ready if self.open.len() < limits::OPEN_REQUESTS as usize => return None,
            Phase::Ready => {
                return Some(Failure::Refused {
                    refusal: Refusal::TooManyOpen {
                        limit: limits::OPEN_REQUESTS,
                    },
                });
            }
            Phase::Off | Phase::Loading { .. } | Phase::Booting { .. } => Down::NotReady,
            Phase::Waiting { cause, .. } | Phase::Failed { cause } => cause.clone(),
        };
        Some(cause.into())
    }

    fn has_worker(&self) -> bool {
        matches!(
            self.phase,
            Phase::Loading { .. } | Phase::Booting { .. } | Phase::Ready
        )
    }

    fn greet(&mut self, now_us: u64, worker: Hello, out: &mut Vec<Effect<T>>) {
        let page = Hello {
            protocol: PROTOCOL,
            build: self.settings.build.clone(),
        };
        if worker != page {
            return self.fail(Down::Mismatch { page, worker }, out);
        }
        if let Phase::Loading { deadline_us } = &mut self.phase {
            *deadline_us = now_us.saturating_add(self.settings.vm_deadline_us);
            out.push(Effect::Send(Command::Hello(page)));
            out.push(Effect::Send(Command::Boot(Box::new(
                self.settings.plan.clone(),
            ))));
        }
    }

    fn settle(
        &mut self,
        id: CallId,
        outcome: Result<Reply, Failure>,
        out: &mut Vec<Effect<T>>,
    ) -> bool {
        let Some(Open { ticket, .. }) = self.open.remove(&id) else {
            return false;
        };
        self.deadlines.forget_one();
        out.push(Effect::Settle { ticket, outcome });
        true
    }

    fn spawn(&mut self, now_us: u64, out: &mut Vec<Effect<T>>) {
        self.generation += 1;
        out.push(Effect::Spawn {
            generation: self.generation,
        });
        let deadline_us = now_us.saturating_add(self.settings.vm_deadline_us);
        self.enter(Phase::Loading { deadline_us }, out);
    }

    fn stall(&mut self, now_us: u64, phase: BootPhase, out: &mut Vec<Effect<T>>) {
        self.went_down(now_us, Down::Stalled { phase }, out);
    }

    /// The VM went down by itself: the policy decides whether there will be another.
    fn went_down(&mut self, now_us: u64, cause: Down, out: &mut Vec<Effect<T>>) {
        self.end_worker(&cause, out);
        let next = match self.restarts.next(now_us) {
            Ok(delay_us) => Phase::Waiting {
                until_us: now_us.saturating_add(delay_us),
                cause,
            },
            Err(restarts) => Phase::Failed {
                cause: Down::GaveUp {
                    restarts,
                    reason: crate::Words::down(&cause),
                },
            },
        };
        self.enter(next, out);
    }

    fn end_worker(&mut self, cause: &Down, out: &mut Vec<Effect<T>>) {
        if self.has_worker() {
            out.push(Effect::Kill);
        }
        self.deadlines.clear();
        for (_, Open { ticket, .. }) in std::mem::take(&mut self.open) {
            out.push(Effect::Settle {
                ticket,
                outcome: Err(cause.clone().into()),
            });
        }
    }

    fn enter(&mut self, phase: Phase, out: &mut Vec<Effect<T>>) {
        self.phase = phase;
        out.push(Effect::Moved);
    }

    /// Asks for a wake-up if the nearest deadline comes before the one that was asked for. A wake-up
    /// that comes too early does no harm, so none is ever taken back.
    fn arm(&mut self, out: &mut Vec<Effect<T>>) {
        let phase_us = match self.phase {
            Phase::Loading { deadline_us } | Phase::Booting { deadline_us } => Some(deadline_us),
            Phase::Waiting { until_us, .. } => Some(until_us),
            Phase::Off | Phase::Ready | Phase::Failed { .. } => None,
        };
        self.deadlines.shrink(|id| self.open.contains_key(&id));
        let nearest_us = phase_us
            .into_iter()
            .chain(self.deadlines.nearest_us())
            .min();
        if let Some(at_us) = nearest_us
            && self.armed_us.is_none_or(|armed_us| at_us < armed_us)
        {
            self.armed_us = Some(at_us);
            out.push(Effect::WakeAt { at_us });
        }
    }
}
