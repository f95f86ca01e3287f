//! Faults injected on purpose, to see breakers, budgets and alerts at work. Off unless switched on.

use crate::random::Random;
use crate::ratio::Ppm;
use crate::time::Span;
use thiserror::Error;

/// The longest latency that may be added.
const MAX_ADDED: Span = Span::secs(60);

/// What is to be injected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Each roundtrip is sent so much later.
    pub added: Span,
    /// The share of roundtrips that fail at once.
    pub errors: Ppm,
    /// The share of roundtrips whose reply is thrown away.
    pub dropped: Ppm,
}

/// Why faults are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FaultsError {
    /// Longer than anybody would wait.
    #[error("at most 60 s may be added")]
    Added,
    /// More than all of them.
    #[error("errors and dropped replies together are more than 100 %")]
    Shares,
}

/// What becomes of one roundtrip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing is done to it.
    Spared,
    /// It is sent so much later.
    Late(Span),
    /// It fails.
    Failed,
    /// Its reply is thrown away.
    Dropped,
}

/// Decides the fate of each roundtrip.
#[derive(Clone, Debug)]
pub struct Injector {
    faults: Faults,
    random: Random,
}

impl Injector {
    /// An injector of these faults; `seed` is anything.
    ///
    /// # Errors
    /// Faults that make no sense.
    pub fn new(faults: Faults, seed: u64) -> Result<Self, FaultsError> {
        if faults.added > MAX_ADDED {
            return Err(FaultsError::Added);
        }
        if faults.errors.get() + faults.dropped.get() > Ppm::ONE.get() {
            return Err(FaultsError::Shares);
        }
        let random = Random::new(seed);
        Ok(Self { faults, random })
    }

    /// What becomes of the next roundtrip.
    pub fn fate(&mut self) -> Fate {
        let Faults {
            added,
            errors,
            dropped,
        } = self.faults;
        let drawn = self.random.below(u64::from(Ppm::ONE.get())) as u32;
        if drawn < errors.get() {
            return Fate::Failed;
        }
        if drawn < errors.get() + dropped.get() {
            return Fate::Dropped;
        }
        match added {
            Span(0) => Fate::Spared,
            added => Fate::Late(added),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ppm(parts: u32) -> Ppm {
        Ppm::new(parts).unwrap()
    }

    fn check(added_ms: u64, errors: u32, dropped: u32, want: [u32; 4]) {
        let faults = Faults {
            added: Span::millis(added_ms),
            errors: ppm(errors),
            dropped: ppm(dropped),
        };
        let mut injector = Injector::new(faults, 7).unwrap();
        let mut got = [0_u32; 4];
        for _ in 0..10_000 {
            got[match injector.fate() {
                Fate::Spared => 0,
                Fate::Late(by) => {
                    assert_eq!(by, Span::millis(added_ms));
                    1
                }
                Fate::Failed => 2,
                Fate::Dropped => 3,
            }] += 1;
        }
        let near = |(got, want): (u32, u32)| got.abs_diff(want) <= 200;
        assert!(got.into_iter().zip(want).all(near), "{got:?}, not {want:?}");
    }

    #[test]
    fn each_fate_has_its_share() {
        check(0, 0, 0, [10_000, 0, 0, 0]);
        check(20, 0, 0, [0, 10_000, 0, 0]);
        check(0, 1_000_000, 0, [0, 0, 10_000, 0]);
        check(5, 300_000, 200_000, [0, 5_000, 3_000, 2_000]);
    }

    #[test]
    fn faults_that_make_no_sense_are_refused() {
        let refusal = |faults| {
            Injector::new(faults, 0)
                .err()
                .map(|error| error.to_string())
        };
        let added = Faults {
            added: Span(60_000_001),
            ..Faults::default()
        };
        assert_eq!(refusal(added).as_deref(), Some("at most 60 s may be added"));
        let shares = Faults {
            errors: ppm(600_000),
            dropped: ppm(400_001),
            ..Faults::default()
        };
        let words = "errors and dropped replies together are more than 100 %";
        assert_eq!(refusal(shares).as_deref(), Some(words));
    }
}
