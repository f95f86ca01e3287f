//! What a run of the load generator is to do, as data: validated once, then believed.

use std::fmt;

use thiserror::Error;

use crate::decimal;
use crate::operation::Operation;
use crate::time::Span;

/// The most arrivals a second.
pub const MAX_RATE: u32 = 5_000;

/// The most users of a closed run.
pub const MAX_USERS: u32 = 1_000;

const MAX_DURATION: Span = Span::secs(600);

/// Who decides when the next roundtrip is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The clock, evenly: so many a second, whatever becomes of them.
    Fixed {
        /// Arrivals a second once the ramp is over.
        rate: u32,
    },
    /// The clock, as independent people would: so many a second on average.
    Poisson {
        /// Arrivals a second once the ramp is over.
        rate: u32,
    },
    /// The answers: so many users, each of whom waits for one before the next. A stall hides itself.
    Closed {
        /// How many.
        users: u32,
    },
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who decides when.
    pub model: Model,
    /// The rate, or the number of users, grows evenly for so long.
    pub ramp: Span,
    /// How long roundtrips are sent, ramp included.
    pub duration: Span,
    /// What is sent, each with its weight.
    pub mix: Vec<(Operation, u32)>,
}

/// Why a plan is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// Nothing, or more than a page could send.
    #[error("a rate lies between 1 and {MAX_RATE} a second")]
    Rate,
    /// Nobody, or too many.
    #[error("there are 1 to {MAX_USERS} users")]
    Users,
    /// Nothing, or for ever.
    #[error("a run lasts 1 s to 10 minutes")]
    Duration,
    /// Longer than the run.
    #[error("the ramp is at most as long as the run")]
    Ramp,
    /// Nothing to send.
    #[error("at least one operation needs a weight, and no weight is more than 1000")]
    Mix,
}

impl Plan {
    /// Checks a plan.
    ///
    /// # Errors
    /// The first number that makes no sense.
    pub fn validate(&self) -> Result<(), PlanError> {
        let check = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
        match self.model {
            Model::Fixed { rate } | Model::Poisson { rate } => {
                check((1..=MAX_RATE).contains(&rate), PlanError::Rate)?;
            }
            Model::Closed { users } => check((1..=MAX_USERS).contains(&users), PlanError::Users)?,
        }
        let lasts = (Span::secs(1)..=MAX_DURATION).contains(&self.duration);
        check(lasts, PlanError::Duration)?;
        check(self.ramp <= self.duration, PlanError::Ramp)?;
        let weights = || self.mix.iter().map(|(_, weight)| *weight);
        let fits = weights().any(|weight| weight > 0) && weights().all(|weight| weight <= 1_000);
        check(fits && self.mix.len() <= 64, PlanError::Mix)
    }

    /// When, in microseconds from the start, so many arrivals are due. The rate grows evenly over
    /// the ramp, so the arrivals of the ramp grow with the square of the time.
    pub(crate) fn due_us(&self, arrivals: f64) -> u64 {
        let (Model::Fixed { rate } | Model::Poisson { rate }) = self.model else {
            return 0;
        };
        let (rate, ramp) = (f64::from(rate) / 1e6, self.ramp.0 as f64);
        let in_ramp = rate * ramp / 2.0;
        let due = if arrivals < in_ramp {
            (2.0 * arrivals * ramp / rate).sqrt()
        } else {
            ramp + (arrivals - in_ramp) / rate
        };
        due as u64
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            Model::Fixed { rate } => write!(f, "{rate} a second, evenly")?,
            Model::Poisson { rate } => write!(f, "{rate} a second, by chance")?,
            Model::Closed { users: 1 } => write!(f, "1 user in a closed loop")?,
            Model::Closed { users } => write!(f, "{users} users in a closed loop")?,
        }
        write!(f, " for {} s", decimal::write(self.duration.0, 6))?;
        match self.ramp {
            Span(0) => Ok(()),
            ramp => write!(f, ", ramp {} s", decimal::write(ramp.0, 6)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rate: u32, ramp_s: u64) -> Plan {
        Plan {
            model: Model::Fixed { rate },
            ramp: Span::secs(ramp_s),
            duration: Span::secs(20),
            mix: vec![(Operation::Call, 1)],
        }
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        let check = |change: &dyn Fn(&mut Plan), want: &str| {
            let mut plan = plan(100, 5);
            change(&mut plan);
            let got = plan.validate().err().map(|error| error.to_string());
            assert_eq!(got.unwrap_or_default(), want);
        };
        check(&|_| (), "");
        let rate = "a rate lies between 1 and 5000 a second";
        check(&|plan| plan.model = Model::Fixed { rate: 0 }, rate);
        check(&|plan| plan.model = Model::Poisson { rate: 5_001 }, rate);
        let users = "there are 1 to 1000 users";
        check(&|plan| plan.model = Model::Closed { users: 0 }, users);
        check(
            &|plan| plan.duration = Span(0),
            "a run lasts 1 s to 10 minutes",
        );
        let ramp = "the ramp is at most as long as the run";
        check(&|plan| plan.ramp = Span::secs(21), ramp);
        let mix = "at least one operation needs a weight, and no weight is more than 1000";
        check(&|plan| plan.mix.clear(), mix);
        check(&|plan| plan.mix[0].1 = 0, mix);
        check(&|plan| plan.mix[0].1 = 1_001, mix);
    }

    #[test]
    fn a_plan_in_words() {
        assert_eq!(plan(100, 0).to_string(), "100 a second, evenly for 20 s");
        let users = Plan {
            model: Model::Closed { users: 2 },
            ..plan(1, 5)
        };
        assert_eq!(
            users.to_string(),
            "2 users in a closed loop for 20 s, ramp 5 s"
        );
    }

    #[test]
    fn a_ramp_grows_evenly_into_the_rate() {
        let check = |plan: &Plan, arrivals, seconds: f64| {
            let us = plan.due_us(arrivals);
            assert!(us.abs_diff((seconds * 1e6) as u64) <= 1, "{arrivals}: {us}");
        };
        check(&plan(100, 0), 0.0, 0.0);
        check(&plan(100, 0), 50.0, 0.5);
        // Half the rate on average over ten seconds: 500 arrivals, a quarter of them in the first half.
        check(&plan(100, 10), 125.0, 5.0);
        check(&plan(100, 10), 500.0, 10.0);
        check(&plan(100, 10), 600.0, 11.0);
    }
}
