//! Who may begin: a breaker for each operation, a limit on what is on its way, and a bounded queue
//! before it. Without a policy everybody may, up to what is kept track of.

use std::collections::VecDeque;
use std::sync::Arc;

use thiserror::Error;

use crate::breaker::{Breaker, BreakerState, Evidence, Pass};
use crate::engine::{Engine, MAX_OPEN};
use crate::operation::{Operation, ROWS};
use crate::outcome::{Outcome, Reason};
use crate::policy::{Policy, PolicyError};
use crate::roundtrip::{Open, Roundtrip, Table};
use crate::time::{Micros, Span};

/// After this a roundtrip is over even if nobody says so. The session has deadlines of its own;
/// this is the net under them.
const DEADLINE: Span = Span::secs(120);

/// When to ask again after a refusal that depends on others' answers.
const SOON: Span = Span::millis(100);

/// Why a roundtrip may not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The operation's breaker is open.
    CircuitOpen,
    /// As many are on their way as may be, and as many wait.
    Busy,
    /// It waited as long as may be.
    Waited,
    /// As many are open as are kept track of.
    Full,
}

/// A roundtrip turned away: why, for which objective, and when to ask again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} (protects {protects}); try again in {} ms", .cause.words(), .retry_after.as_millis())]
pub struct Refusal {
    /// Why.
    pub cause: Cause,
    /// The name of the objective that beginning would endanger.
    pub protects: Arc<str>,
    /// How long to wait before it is worth asking again.
    pub retry_after: Span,
}

impl Cause {
    const fn words(self) -> &'static str {
        match self {
            Self::CircuitOpen => "the circuit is open, since too many such roundtrips failed",
            Self::Busy => "too many roundtrips are on their way and waiting",
            Self::Waited => "no other roundtrip made room in time",
            Self::Full => "more roundtrips are open than can be kept track of",
        }
    }
}

impl Refusal {
    /// The reason outside code sees.
    pub const fn reason(&self) -> Reason {
        match self.cause {
            Cause::CircuitOpen => Reason::CircuitOpen,
            Cause::Busy | Cause::Waited | Cause::Full => Reason::Refused,
        }
    }
}

/// A roundtrip that was let in.
#[must_use = "a roundtrip that is dropped counts as abandoned, which is an error"]
#[derive(Debug)]
pub enum Admitted {
    /// Send it now.
    Now(Roundtrip),
    /// Keep it until [`Engine::next_waiting`] names it. Its time is running.
    Waiting(Roundtrip),
}

/// A waiting roundtrip whose wait is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its [`Roundtrip::id`].
    pub id: u64,
    /// Whether to send it, or to end it with the refusal's reason.
    pub verdict: Result<(), Refusal>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    slot: u32,
    serial: u64,
    until: Micros,
}

/// What keeps admission.
#[derive(Debug)]
pub(crate) struct Gate {
    policy: Policy,
    /// By [`Operation::row`].
    breakers: Box<[Breaker]>,
    on_their_way: u32,
    queue: VecDeque<Waiting>,
}

impl Gate {
    fn new(policy: Policy, seed: u64, on_their_way: u32) -> Self {
        let breakers = (1..=ROWS as u64).map(|row| Breaker::new(seed.wrapping_mul(2 * row + 1)));
        let queue = VecDeque::with_capacity(policy.queue as usize);
        Self {
            policy,
            breakers: breakers.collect(),
            on_their_way,
            queue,
        }
    }

    fn has_room(&self) -> bool {
        self.on_their_way < self.policy.limit
    }

    /// Lets one in, to go or to wait.
    fn admit(
        &mut self,
        row: usize,
        may_wait: bool,
        table: &Table,
        now: Micros,
    ) -> Result<(Pass, bool), (Cause, Span)> {
        let waits = !self.has_room() || !self.queue.is_empty();
        if waits {
            if self.queue.len() >= self.policy.queue as usize {
                self.queue
                    .retain(|waiting| table.get(waiting.slot, waiting.serial).is_some());
            }
            if !may_wait || self.queue.len() >= self.policy.queue as usize {
                return Err((Cause::Busy, SOON));
            }
        }
        let pass = self.breakers[row].ask(&self.policy, now);
        pass.map(|pass| (pass, waits))
            .map_err(|wait| (Cause::CircuitOpen, wait))
    }

    fn entered(&mut self, token: &Roundtrip, waits: bool, now: Micros) {
        if waits {
            let (slot, serial) = token.place();
            self.queue.push_back(Waiting {
                slot,
                serial,
                until: now.plus(self.policy.patience),
            });
        } else {
            self.on_their_way += 1;
        }
    }

    pub(crate) fn ended(&mut self, open: &Open, evidence: Evidence, now: Micros) {
        if !open.waiting {
            self.on_their_way = self.on_their_way.saturating_sub(1);
        }
        self.breakers[open.operation.row()].hear(&self.policy, open.pass, evidence, now);
    }
}

impl Evidence {
    /// What an outcome tells a breaker. That nobody of a name was there is no sign of trouble, nor
    /// of its absence.
    pub(crate) const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success | Outcome::Failure(Reason::ErlangError) => Self::Answer,
            Outcome::Abandoned
            | Outcome::Failure(Reason::NotIsolated | Reason::VmDown | Reason::Timeout) => {
                Self::Fault
            }
            Outcome::Failure(_) | Outcome::Refused => Self::Nothing,
        }
    }
}

impl Engine {
    /// Turns work away by a policy, or no more. Breakers begin closed; `seed` is anything, and
    /// decides the jitter of their cooldowns.
    ///
    /// # Errors
    /// A policy whose numbers make no sense.
    pub fn set_policy(&mut self, policy: Option<Policy>, seed: u64) -> Result<(), PolicyError> {
        policy.as_ref().map_or(Ok(()), Policy::validate)?;
        let on_their_way = self.table.iter().filter(|open| !open.waiting).count() as u32;
        self.gate = policy.map(|policy| Gate::new(policy, seed, on_their_way));
        Ok(())
    }

    /// Closes every breaker: call it when the VM was replaced, since what they know is about the
    /// one before.
    pub fn renew(&mut self) {
        if let Some(gate) = &mut self.gate {
            gate.breakers.iter_mut().for_each(Breaker::close);
        }
    }

    /// Where the breaker of an operation stands.
    pub fn breaker(&self, operation: Operation) -> BreakerState {
        let row = self.names.own(operation).row();
        self.gate
            .as_ref()
            .map_or(BreakerState::Closed, |gate| gate.breakers[row].state())
    }

    /// Begins a roundtrip that cannot wait.
    ///
    /// # Errors
    /// A refusal, which is counted for the operation.
    pub fn begin(&mut self, operation: Operation, now: Micros) -> Result<Roundtrip, Refusal> {
        self.begin_within(operation, now, DEADLINE)
    }

    /// Begins a roundtrip that cannot wait and is over after `limit` at the latest. The limit is a
    /// net: make it longer than the caller's own deadline, or the two will race.
    ///
    /// # Errors
    /// A refusal, which is counted for the operation.
    pub fn begin_within(
        &mut self,
        operation: Operation,
        now: Micros,
        limit: Span,
    ) -> Result<Roundtrip, Refusal> {
        self.let_in(operation, now, now, limit, false)
            .map(|(token, _)| token)
    }

    /// Begins a roundtrip that waits its turn if it must; [`Engine::next_waiting`] says when. The
    /// wait is part of its latency. It is over after `limit`, as above.
    ///
    /// # Errors
    /// A refusal, which is counted for the operation.
    pub fn admit_within(
        &mut self,
        operation: Operation,
        now: Micros,
        limit: Span,
    ) -> Result<Admitted, Refusal> {
        self.admit_due(operation, now, now, limit)
    }

    /// Begins a roundtrip that should have begun at `due`, as [`Engine::admit_within`] does: its
    /// latency counts from there, and what it is late by is part of its wait.
    ///
    /// # Errors
    /// A refusal, which is counted for the operation.
    pub fn admit_due(
        &mut self,
        operation: Operation,
        due: Micros,
        now: Micros,
        limit: Span,
    ) -> Result<Admitted, Refusal> {
        let (token, waits) = self.let_in(operation, due, now, limit, true)?;
        Ok(if waits {
            Admitted::Waiting(token)
        } else {
            Admitted::Now(token)
        })
    }

    fn let_in(
        &mut self,
        operation: Operation,
        due: Micros,
        now: Micros,
        limit: Span,
        may_wait: bool,
    ) -> Result<(Roundtrip, bool), Refusal> {
        let late = now.since(due);
        let now = self.observe(now);
        let operation = self.names.own(operation);
        if self.table.is_full() {
            self.sweep(now);
        }
        let full = if self.table.is_full() {
            Err((Cause::Full, SOON))
        } else {
            Ok(())
        };
        let free = (Pass::Ordinary, false);
        let verdict = full.and_then(|()| match &mut self.gate {
            Some(gate) => gate.admit(operation.row(), may_wait, &self.table, now),
            None => Ok(free),
        });
        let account = &mut self.accounts[operation.row()];
        let (pass, waiting) = verdict.map_err(|(cause, retry_after)| {
            account.counts.refused += 1;
            Refusal {
                cause,
                protects: self.watches.availability(operation),
                retry_after,
            }
        })?;
        account.open += 1;
        let token = self.table.open(Open {
            serial: 0,
            operation,
            began: Micros(now.0.saturating_sub(late.0)),
            deadline: now.plus(limit),
            epoch: self.epoch,
            pass,
            waiting,
            waited: (late.0 > 0).then_some(late),
        });
        if let Some(gate) = &mut self.gate {
            gate.entered(&token, waiting, now);
        }
        Ok((token, waiting))
    }

    /// The next waiting roundtrip whose wait is over, if there is one. Ask until there is none,
    /// after each end and each tick.
    pub fn next_waiting(&mut self, now: Micros) -> Option<Called> {
        let now = self.observe(now);
        let gate = self.gate.as_mut()?;
        loop {
            let &Waiting {
                slot,
                serial,
                until,
            } = gate.queue.front()?;
            let has_room = gate.has_room();
            let Some(open) = self.table.get_mut(slot, serial) else {
                gate.queue.pop_front();
                continue;
            };
            if now < until && !has_room {
                return None;
            }
            gate.queue.pop_front();
            let operation = open.operation;
            let refused = match gate.breakers[operation.row()].state() {
                BreakerState::Open { until } if open.pass == Pass::Ordinary => {
                    Some((Cause::CircuitOpen, until.since(now)))
                }
                _ if has_room => None,
                _ => Some((Cause::Waited, SOON)),
            };
            let verdict = match refused {
                Some((cause, retry_after)) => {
                    let protects = self.watches.availability(operation);
                    Err(Refusal {
                        cause,
                        protects,
                        retry_after,
                    })
                }
                None => {
                    open.waiting = false;
                    open.waited = Some(now.since(open.began));
                    gate.on_their_way += 1;
                    Ok(())
                }
            };
            return Some(Called {
                id: serial,
                verdict,
            });
        }
    }

    /// How many roundtrips wait for their turn.
    pub fn waiting(&self) -> usize {
        self.table.iter().filter(|open| open.waiting).count()
    }
}

const _: () = assert!(
    MAX_OPEN <= u32::MAX as usize,
    "slots are numbered in 32 bits"
);
