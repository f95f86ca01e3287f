//! The load generator's schedule: says what is to be sent when, and keeps the result of the run.
//!
//! In an open run every roundtrip has the time it was meant to be sent at, and its latency counts from
//! there: if the page or the VM stalls, each roundtrip that should have been sent meanwhile is charged
//! with its wait. Sends nothing and knows no clock.

use crate::histogram::{Latencies, Precision};
use crate::operation::Operation;
use crate::outcome::{Outcome, Verdict};
use crate::plan::{Model, Plan, PlanError};
use crate::random::Random;
use crate::time::{Micros, Span};

/// One roundtrip to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// When it was meant to be sent.
    pub due: Micros,
    /// When it was handed out.
    pub sent: Micros,
    /// What it is for.
    pub operation: Operation,
}

/// What became of a run so far.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it was to do.
    pub plan: Plan,
    /// Roundtrips handed out.
    pub sent: u64,
    /// Of them answered.
    pub answered: u64,
    /// Without an answer.
    pub errors: u64,
    /// Turned away by admission.
    pub refused: u64,
    /// Taken back, or malformed.
    pub other: u64,
    /// Latencies of the answers from the intended time on: what a visitor would feel.
    pub latencies: Latencies,
    /// The same answers from the actual sending on: what a stalled generator would report.
    pub service: Latencies,
    /// The longest time a roundtrip was handed out late.
    pub worst_lag: Span,
    /// How long it has gone on.
    pub lasted: Span,
}

impl Run {
    fn new(plan: Plan) -> Self {
        let fine = || Latencies::new(Precision::Fine);
        Self {
            plan,
            sent: 0,
            answered: 0,
            errors: 0,
            refused: 0,
            other: 0,
            latencies: fine(),
            service: fine(),
            worst_lag: Span(0),
            lasted: Span(0),
        }
    }

    /// How many have ended.
    pub fn ended(&self) -> u64 {
        self.answered + self.errors + self.refused + self.other
    }
}

/// A run going on.
#[derive(Clone, Debug)]
pub struct Load {
    run: Run,
    began: Micros,
    random: Random,
    /// Arrivals until the next one: whole for a fixed rate, by chance otherwise.
    arrivals: f64,
    /// Users that are not waiting for an answer, and those the ramp has brought so far.
    idle: u32,
    brought: u32,
    weights: u64,
    /// Users who were refused wait until then, or they would do nothing but be refused.
    rests_until: Micros,
    stopped: bool,
}

/// How long users wait who were refused.
const REST: Span = Span::millis(100);

impl Load {
    /// A run that begins now; `seed` is anything, and decides the mix and the arrivals by chance.
    ///
    /// # Errors
    /// A plan whose numbers make no sense.
    pub fn new(plan: Plan, now: Micros, seed: u64) -> Result<Self, PlanError> {
        plan.validate()?;
        let weights = plan.mix.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut random = Random::new(seed);
        let arrivals = match plan.model {
            Model::Poisson { .. } => random.exponential(),
            Model::Fixed { .. } | Model::Closed { .. } => 0.0,
        };
        Ok(Self {
            run: Run::new(plan),
            began: now,
            random,
            arrivals,
            idle: 0,
            brought: 0,
            weights,
            rests_until: now,
            stopped: false,
        })
    }

    /// The next roundtrip that is due; ask until there is none.
    pub fn due(&mut self, now: Micros) -> Option<Shot> {
        self.run.lasted = now.since(self.began).min(self.run.plan.duration);
        let due = self.next_at()?;
        if due > now {
            return None;
        }
        // Users act when they are free, which is now.
        let due = match self.run.plan.model {
            Model::Fixed { .. } => {
                self.arrivals += 1.0;
                due
            }
            Model::Poisson { .. } => {
                self.arrivals += self.random.exponential();
                due
            }
            Model::Closed { users } => {
                while self.brought < users && self.user_comes(self.brought, users) <= now {
                    self.brought += 1;
                    self.idle += 1;
                }
                self.idle -= 1;
                now
            }
        };
        self.run.sent += 1;
        self.run.worst_lag = self.run.worst_lag.max(now.since(due));
        let operation = self.draw();
        Some(Shot {
            due,
            sent: now,
            operation,
        })
    }

    fn user_comes(&self, user: u32, users: u32) -> Micros {
        let part = u128::from(self.run.plan.ramp.0) * u128::from(user) / u128::from(users.max(1));
        self.began.plus(Span(part as u64))
    }

    fn draw(&mut self) -> Operation {
        let mut drawn = self.random.below(self.weights);
        for &(operation, weight) in &self.run.plan.mix {
            match drawn.checked_sub(u64::from(weight)) {
                Some(rest) => drawn = rest,
                None => return operation,
            }
        }
        Operation::Other
    }

    /// When the next one is due; nothing while all users wait, and after the end.
    pub fn next_at(&self) -> Option<Micros> {
        let at = match self.run.plan.model {
            Model::Fixed { .. } | Model::Poisson { .. } => {
                let due = self.run.plan.due_us(self.arrivals);
                self.began.plus(Span(due))
            }
            Model::Closed { .. } if self.idle > 0 => {
                self.began.plus(self.run.lasted).max(self.rests_until)
            }
            Model::Closed { users } if self.brought < users => self.user_comes(self.brought, users),
            Model::Closed { .. } => return None,
        };
        (at < self.ends() && !self.stopped).then_some(at)
    }

    /// Takes in how one ended.
    pub fn ended(&mut self, shot: &Shot, outcome: Outcome, now: Micros) {
        self.run.lasted = now.since(self.began).min(self.run.plan.duration);
        let run = &mut self.run;
        match outcome.verdict() {
            Verdict::Answered => {
                run.answered += 1;
                run.latencies.record(now.since(shot.due));
                run.service.record(now.since(shot.sent));
            }
            Verdict::Error => run.errors += 1,
            Verdict::Refused => {
                run.refused += 1;
                self.rests_until = now.plus(REST);
            }
            Verdict::Rejected | Verdict::Cancelled => run.other += 1,
        }
        if matches!(run.plan.model, Model::Closed { .. }) {
            self.idle += 1;
        }
    }

    /// When nothing more is sent.
    pub fn ends(&self) -> Micros {
        self.began.plus(self.run.plan.duration)
    }

    /// Sends no more.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether nothing more will be sent and everything has ended.
    pub fn is_over(&self, now: Micros) -> bool {
        let ends = self.ends();
        let all_sent = self.stopped || now >= ends;
        all_sent && self.next_due_is_past(ends) && self.run.ended() >= self.run.sent
    }

    /// What should have been sent by the end still is, however late.
    fn next_due_is_past(&self, ends: Micros) -> bool {
        matches!(self.run.plan.model, Model::Closed { .. })
            || self.next_at().is_none_or(|at| at >= ends)
    }

    /// The result so far.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The result.
    pub fn into_run(self) -> Run {
        self.run
    }
}
