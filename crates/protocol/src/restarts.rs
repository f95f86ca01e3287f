//! When a VM that went down is started again: soon at first, later and later if it goes on, and not any
//! more beyond a bound, as an OTP supervisor would.

use std::collections::VecDeque;

/// How a VM that went down is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Most restarts within the period.
    pub max_restarts: u32,
    /// The period.
    pub period_us: u64,
    /// Wait before the first restart of a series.
    pub first_delay_us: u64,
    /// Longest wait, jitter aside.
    pub longest_delay_us: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_restarts: 5,
            period_us: 60_000_000,
            first_delay_us: 100_000,
            longest_delay_us: 10_000_000,
        }
    }
}

/// The restarts of late, and a source of jitter.
#[derive(Debug)]
pub(crate) struct Restarts {
    policy: Policy,
    recent_us: VecDeque<u64>,
    jitter: u64,
}

impl Restarts {
    pub(crate) fn new(policy: Policy, seed: u64) -> Self {
        Self {
            policy,
            recent_us: VecDeque::new(),
            // Zero would stay zero for ever.
            jitter: seed | 1,
        }
    }

    /// How long to wait before the next restart, or how many there were if that is enough.
    pub(crate) fn next(&mut self, now_us: u64) -> Result<u64, u32> {
        let horizon_us = now_us.saturating_sub(self.policy.period_us);
        while self
            .recent_us
            .front()
            .is_some_and(|&at_us| at_us < horizon_us)
        {
            self.recent_us.pop_front();
        }
        let count = u32::try_from(self.recent_us.len()).unwrap_or(u32::MAX);
        if count >= self.policy.max_restarts {
            return Err(count);
        }
        self.recent_us.push_back(now_us);
        let delay_us = self
            .policy
            .first_delay_us
            .saturating_mul(1 << count.min(30))
            .min(self.policy.longest_delay_us);
        Ok(delay_us + self.draw(delay_us / 2))
    }

    /// A person asked for a fresh start: the past does not count.
    pub(crate) fn forget(&mut self) {
        self.recent_us.clear();
    }

    /// A number below the bound (xorshift; good enough to keep tabs from starting in step).
    fn draw(&mut self, bound: u64) -> u64 {
        self.jitter ^= self.jitter << 13;
        self.jitter ^= self.jitter >> 7;
        self.jitter ^= self.jitter << 17;
        self.jitter % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        max_restarts: 4,
        period_us: 1_000,
        first_delay_us: 100,
        longest_delay_us: 300,
    };

    #[test]
    fn waits_grow_up_to_a_bound_and_jitter_adds_at_most_half() {
        let mut restarts = Restarts::new(POLICY, 7);
        for least_us in [100, 200, 300, 300] {
            let delay_us = restarts.next(0).expect("a restart");
            assert!(
                (least_us..least_us + least_us / 2).contains(&delay_us),
                "{delay_us}"
            );
        }
        assert_eq!(restarts.next(0), Err(4));
    }

    #[test]
    fn old_restarts_and_asked_ones_do_not_count() {
        let mut restarts = Restarts::new(POLICY, 0);
        for at_us in 0..4 {
            assert!(restarts.next(at_us).is_ok());
        }
        assert_eq!(restarts.next(999), Err(4));
        assert!(restarts.next(1_001).is_ok());
        restarts.forget();
        assert!((100..150).contains(&restarts.next(1_001).expect("a restart")));
    }

    #[test]
    fn the_default_policy_restarts_soon() {
        let mut restarts = Restarts::new(Policy::default(), 1);
        assert!(restarts.next(0).expect("a restart") < 200_000);
    }
}
