//! What the service promises, as data: validated once, then believed everywhere.

use std::fmt;

use thiserror::Error;

use crate::history::is_measurable;
use crate::operation::{Operation, ROWS};
use crate::ratio::{Ppm, Ratio};
use crate::time::Span;

/// The most objectives a set may hold.
pub const MAX_OBJECTIVES: usize = 64;

/// The shortest window, and the step of the others, since other tools count in minutes.
const MIN_WINDOW: Span = Span::secs(60);

/// What an objective looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Indicator {
    /// The share of roundtrips that were answered.
    Availability,
    /// The share of answers that took at most `threshold`.
    Latency {
        /// The longest latency that is still good.
        threshold: Span,
    },
}

impl Indicator {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Latency { .. } => "latency",
        }
    }
}

/// A share of good roundtrips to be reached over a rolling window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    /// The operation it holds for; all of them together when there is none.
    pub operation: Option<Operation>,
    /// What is good.
    pub indicator: Indicator,
    /// The share that must be good.
    pub target: Ppm,
    /// The window it is judged over.
    pub window: Span,
}

/// Why a set of objectives is not accepted. Each names the objective by its place in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ObjectiveError {
    /// 0 % promises nothing; 100 % leaves no budget, and every burn rate would be infinite.
    #[error("objective {at}: a target lies between 0 % and 100 %, both excluded")]
    Target {
        /// Place in the set.
        at: usize,
    },
    /// Outside what the histogram tells apart.
    #[error("objective {at}: a latency threshold lies between 1 µs and 60 s")]
    Threshold {
        /// Place in the set.
        at: usize,
    },
    /// Outside what is kept.
    #[error(
        "objective {at}: a window lasts 1 minute to 30 days, in whole minutes up to 6 hours, in \
         steps of 30 minutes beyond"
    )]
    Window {
        /// Place in the set.
        at: usize,
    },
    /// Two for the same operation and indicator.
    #[error("objective {at}: there is already one for this operation and indicator")]
    Duplicate {
        /// Place in the set.
        at: usize,
    },
    /// Both overall objectives are what every operation without its own falls back to.
    #[error("a set needs an availability and a latency objective for all operations together")]
    NoDefault,
    /// More than [`MAX_OBJECTIVES`].
    #[error("a set holds at most {MAX_OBJECTIVES} objectives")]
    TooMany,
}

impl Objective {
    pub(crate) fn validate(&self, at: usize) -> Result<(), ObjectiveError> {
        if self.target == Ppm::ONE || self.target.get() == 0 {
            return Err(ObjectiveError::Target { at });
        }
        if let Indicator::Latency { threshold } = self.indicator
            && !(1..=Span::secs(60).0).contains(&threshold.0)
        {
            return Err(ObjectiveError::Threshold { at });
        }
        let is_whole = self.window.0.is_multiple_of(MIN_WINDOW.0);
        if self.window < MIN_WINDOW || !is_whole || !is_measurable(self.window) {
            return Err(ObjectiveError::Window { at });
        }
        Ok(())
    }

    fn is_twin(&self, other: &Self) -> bool {
        self.operation == other.operation && self.indicator.kind() == other.indicator.kind()
    }
}

/// What one operation is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// An answer that takes longer is slow.
    pub latency: Span,
    /// The share of answers that must not be slow.
    pub latency_target: Ppm,
    /// The error rate must stay under this.
    pub error_budget: Ppm,
}

impl Promise {
    /// Under 10 ms for 99 % of answers, and under 0.1 % errors.
    pub const DEFAULT: Self = Self {
        latency: Span::millis(10),
        latency_target: ppm(990_000),
        error_budget: ppm(1_000),
    };

    /// Whether an answer took too long.
    pub fn is_slow(&self, latency: Span) -> bool {
        latency > self.latency
    }

    /// Whether `slow` of `answered` break the latency promise. One slow answer alone never does
    /// while most were in time: under 100 answers, 99 % would make the slowest speak for all, and
    /// the first call into a cold VM is always the slowest.
    pub fn breaks_latency(&self, slow: u64, answered: u64) -> bool {
        let over = Ratio::new(slow, answered)
            .is_some_and(|share| share.cmp_ppm(self.latency_target.complement()).is_gt());
        over && (slow > 1 || answered < 3)
    }

    /// Whether `errors` of `judged` break the promise of fewer errors than the budget.
    pub fn breaks_errors(&self, errors: u64, judged: u64) -> bool {
        let spent = |share: Ratio| share.cmp_ppm(self.error_budget).is_ge();
        errors > 0 && Ratio::new(errors, judged).is_some_and(spent)
    }
}

/// A validated set of objectives.
#[derive(Clone, Debug)]
pub struct Objectives {
    list: Vec<Objective>,
    /// For each row the promise that follows from the set, so that recording looks nothing up.
    promises: [Promise; ROWS],
    overall: Promise,
}

impl Objectives {
    /// Checks a set.
    ///
    /// # Errors
    /// The first objective that promises something impossible, or what the set as a whole lacks.
    pub fn new(list: Vec<Objective>) -> Result<Self, ObjectiveError> {
        if list.len() > MAX_OBJECTIVES {
            return Err(ObjectiveError::TooMany);
        }
        for (at, objective) in list.iter().enumerate() {
            objective.validate(at)?;
            if list[..at].iter().any(|earlier| earlier.is_twin(objective)) {
                return Err(ObjectiveError::Duplicate { at });
            }
        }
        let overall: Vec<_> = list.iter().filter(|o| o.operation.is_none()).collect();
        if overall.len() != 2 {
            return Err(ObjectiveError::NoDefault);
        }
        let overall = overall.into_iter().fold(Promise::DEFAULT, apply);
        let mut promises = [overall; ROWS];
        for objective in &list {
            if let Some(operation) = objective.operation {
                let promise = &mut promises[operation.row()];
                *promise = apply(*promise, objective);
            }
        }
        Ok(Self {
            list,
            promises,
            overall,
        })
    }

    /// The objectives as they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Objective> {
        self.list.iter()
    }

    /// What operations without an objective of their own are held to.
    pub fn overall(&self) -> &Promise {
        &self.overall
    }

    /// What `operation` is held to.
    pub fn promise(&self, operation: Operation) -> &Promise {
        &self.promises[operation.row()]
    }
}

fn apply(promise: Promise, objective: &Objective) -> Promise {
    match objective.indicator {
        Indicator::Availability => Promise {
            error_budget: objective.target.complement(),
            ..promise
        },
        Indicator::Latency { threshold } => Promise {
            latency: threshold,
            latency_target: objective.target,
            ..promise
        },
    }
}

impl Default for Objectives {
    /// The product's own promise. Three operations do more than cross the border and are held to
    /// what a person feels instead: about a second keeps a train of thought for compiling a module
    /// (AtomVM interprets OTP's whole compiler, hence a little more) and for running a program to
    /// its end; loading checks and copies up to megabytes, which should still look immediate.
    #[expect(
        clippy::expect_used,
        reason = "constant data, accepted by a test of this file"
    )]
    fn default() -> Self {
        let hour = Span::secs(3_600);
        let latency = |operation, ms| Objective {
            operation,
            indicator: Indicator::Latency {
                threshold: Span::millis(ms),
            },
            target: Promise::DEFAULT.latency_target,
            window: hour,
        };
        let availability = Objective {
            operation: None,
            indicator: Indicator::Availability,
            target: Promise::DEFAULT.error_budget.complement(),
            window: hour,
        };
        Self::new(vec![
            availability,
            latency(None, 10),
            latency(Some(Operation::Load), 250),
            latency(Some(Operation::ExecuteBeam), 1_000),
            latency(Some(Operation::Compile), 1_200),
        ])
        .expect("constant objectives")
    }
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

const fn ppm(parts: u32) -> Ppm {
    match Ppm::new(parts) {
        Some(ppm) => ppm,
        None => Ppm::ONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(change: impl FnOnce(&mut Vec<Objective>)) -> Result<Objectives, ObjectiveError> {
        let mut list: Vec<_> = Objectives::default().iter().copied().collect();
        change(&mut list);
        Objectives::new(list)
    }

    fn check(change: impl FnOnce(&mut Vec<Objective>), want: &str) {
        assert_eq!(
            set(change).err().map(|e| e.to_string()).unwrap_or_default(),
            want
        );
    }

    #[test]
    fn impossible_objectives_are_refused_by_place() {
        check(|_| (), "");
        let target = "objective 1: a target lies between 0 % and 100 %, both excluded";
        check(|list| list[1].target = ppm(0), target);
        check(|list| list[1].target = Ppm::ONE, target);
        let threshold = "objective 2: a latency threshold lies between 1 µs and 60 s";
        let to = |us| Indicator::Latency {
            threshold: Span(us),
        };
        check(|list| list[2].indicator = to(0), threshold);
        check(|list| list[2].indicator = to(60_000_001), threshold);
        let window = "objective 0: a window lasts 1 minute to 30 days, in whole minutes up to \
                      6 hours, in steps of 30 minutes beyond";
        check(|list| list[0].window = Span::secs(66), window);
        check(|list| list[0].window = Span::secs(59), window);
        check(|list| list[0].window = Span(u64::MAX), window);
        let twin = "objective 5: there is already one for this operation and indicator";
        check(|list| list.push(list[4]), twin);
        let none =
            "a set needs an availability and a latency objective for all operations together";
        check(|list| list.truncate(1), none);
        check(
            |list| list.resize(65, list[0]),
            "a set holds at most 64 objectives",
        );
    }

    #[test]
    fn operations_without_their_own_fall_back_to_the_overall_promise() {
        let objectives = set(|list| list[0].target = ppm(995_000)).unwrap();
        let eval = objectives.promise(Operation::Eval);
        assert_eq!(
            (eval.latency, eval.error_budget),
            (Span::millis(10), ppm(5_000))
        );
        let compile = objectives.promise(Operation::Compile);
        assert_eq!(
            (compile.latency, compile.error_budget),
            (Span::millis(1_200), ppm(5_000))
        );
        assert_eq!(objectives.overall().error_budget, ppm(5_000));
        let kinds: Vec<_> = objectives.iter().map(|o| o.indicator.to_string()).collect();
        assert_eq!(
            kinds.join(" "),
            "availability latency latency latency latency"
        );
    }

    #[test]
    fn errors_stay_under_the_budget_or_break_it() {
        let check = |errors, judged, want| {
            assert_eq!(
                Promise::DEFAULT.breaks_errors(errors, judged),
                want,
                "{errors}/{judged}"
            );
        };
        check(0, 0, false);
        check(0, 1, false);
        check(1, 1, true);
        check(1, 1_000, true);
        check(1, 1_001, false);
    }

    #[test]
    fn one_slow_answer_speaks_for_nobody_else() {
        let check = |slow, answered, want| {
            assert_eq!(
                Promise::DEFAULT.breaks_latency(slow, answered),
                want,
                "{slow}/{answered}"
            );
        };
        check(0, 0, false);
        check(1, 1, true);
        check(1, 2, true);
        check(1, 3, false);
        check(2, 20, true);
        check(2, 199, true);
        check(2, 200, false);
        assert!(!Promise::DEFAULT.is_slow(Span::millis(10)));
        assert!(Promise::DEFAULT.is_slow(Span(10_001)));
    }
}
