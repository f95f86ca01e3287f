//! What admission goes by, as data: validated once, then believed.

use thiserror::Error;

use crate::ratio::Ppm;
use crate::time::Span;

/// When to turn work away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The sliding window a breaker judges by.
    pub window: Span,
    /// With fewer samples in it a breaker stays closed.
    pub min_samples: u32,
    /// The share of faults at which it opens.
    pub trip: Ppm,
    /// How long it stays open the first time; each trip in a row doubles that.
    pub cooldown: Span,
    /// The longest it stays open.
    pub max_cooldown: Span,
    /// How many probes in a row must be answered to close it again.
    pub probes: u32,
    /// How many roundtrips may be on their way at once.
    pub limit: u32,
    /// How many more may wait for one of them to end.
    pub queue: u32,
    /// How long they wait before they are refused.
    pub patience: Span,
}

impl Default for Policy {
    /// Half of twenty samples in ten seconds is no longer chance. A thousand at once is what the
    /// console promises to carry, and 2,000 a second against a VM frozen for two seconds must be
    /// able to wait.
    fn default() -> Self {
        Self {
            window: Span::secs(10),
            min_samples: 20,
            trip: Ppm::HALF,
            cooldown: Span::secs(2),
            max_cooldown: Span::secs(60),
            probes: 3,
            limit: 1_024,
            queue: 4_096,
            patience: Span::secs(5),
        }
    }
}

/// Why a policy is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Outside 1 s to 5 min.
    #[error("a breaker's window lies between 1 s and 5 minutes")]
    Window,
    /// It would open without a fault, or on the first sample.
    #[error("a breaker needs at least 2 samples and a share of faults above nothing to open")]
    Trip,
    /// Zero, or longer than the longest.
    #[error(
        "a breaker's cooldown is at least 100 ms, at most its longest, and that at most an hour"
    )]
    Cooldown,
    /// Zero would never close, many are no probes.
    #[error("a breaker closes after 1 to 100 probes")]
    Probes,
    /// Nothing would pass, or more than is kept track of.
    #[error("the limit is at least 1, and limit and queue together at most 16384")]
    Limit,
}

impl Policy {
    /// Checks a policy.
    ///
    /// # Errors
    /// The first number that makes no sense.
    pub fn validate(&self) -> Result<(), PolicyError> {
        let check = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
        let window = Span::secs(1)..=Span::secs(300);
        check(window.contains(&self.window), PolicyError::Window)?;
        check(
            self.min_samples >= 2 && self.trip.get() > 0,
            PolicyError::Trip,
        )?;
        let cooldown = Span::millis(100)..=self.max_cooldown;
        let bounded = self.max_cooldown <= Span::secs(3_600);
        check(
            cooldown.contains(&self.cooldown) && bounded,
            PolicyError::Cooldown,
        )?;
        check((1..=100).contains(&self.probes), PolicyError::Probes)?;
        let together = u64::from(self.limit) + u64::from(self.queue);
        let fits = self.limit > 0 && together <= crate::MAX_OPEN as u64;
        check(fits, PolicyError::Limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        let check = |change: &dyn Fn(&mut Policy), want: &str| {
            let mut policy = Policy::default();
            change(&mut policy);
            let got = policy.validate().map_err(|error| error.to_string());
            assert_eq!(got.err().unwrap_or_default(), want);
        };
        check(&|_| (), "");
        let window = "a breaker's window lies between 1 s and 5 minutes";
        check(&|policy| policy.window = Span(0), window);
        let trip = "a breaker needs at least 2 samples and a share of faults above nothing to open";
        check(&|policy| policy.min_samples = 1, trip);
        check(&|policy| policy.trip = Ppm::ONE.complement(), trip);
        let cooldown = "a breaker's cooldown is at least 100 ms, at most its longest, and that at most an hour";
        check(&|policy| policy.cooldown = Span(0), cooldown);
        check(&|policy| policy.cooldown = Span::secs(61), cooldown);
        check(&|policy| policy.max_cooldown = Span(u64::MAX), cooldown);
        check(
            &|policy| policy.probes = 0,
            "a breaker closes after 1 to 100 probes",
        );
        let limit = "the limit is at least 1, and limit and queue together at most 16384";
        check(&|policy| policy.limit = 0, limit);
        check(&|policy| policy.queue = 16_000, limit);
    }
}
