//! A circuit breaker for one operation: stops work that would only fail, and lets a few probes find
//! out when it no longer would. A pure machine; jitter comes from a seed.

use crate::policy::Policy;
use crate::ratio::Ratio;
use crate::time::{Micros, Span};

/// Slots of the sliding window.
const SLOTS: usize = 10;

/// Where a breaker stands, for showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything passes.
    Closed,
    /// Nothing passes until then.
    Open {
        /// When probes may pass.
        until: Micros,
    },
    /// A few probes pass; they decide.
    HalfOpen,
}

impl BreakerState {
    /// One word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// What a roundtrip that passed may tell the breaker when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// It passed a closed breaker.
    Ordinary,
    /// It is a probe of the half-open phase with that number.
    Probe(u32),
}

/// What an ended roundtrip tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The service answered.
    Answer,
    /// It did not.
    Fault,
    /// Nothing about the service.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed,
    Open { until: Micros },
    HalfOpen { out: u32, good: u32 },
}

/// The breaker of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Breaker {
    state: State,
    /// Half-open phases so far; tells their probes apart.
    phase: u32,
    /// Trips since it was last closed; lengthens the cooldown.
    trips: u32,
    seed: u64,
    /// Samples and faults by slot of the window.
    slots: [(u32, u32); SLOTS],
    newest: u64,
}

impl Breaker {
    pub(crate) fn new(seed: u64) -> Self {
        // A generator by xor and shift never leaves zero.
        let seed = seed | 1;
        let slots = [(0, 0); SLOTS];
        Self {
            state: State::Closed,
            phase: 0,
            trips: 0,
            seed,
            slots,
            newest: 0,
        }
    }

    /// Asks to pass.
    ///
    /// # Errors
    /// How long to wait before it is worth asking again.
    pub(crate) fn ask(&mut self, policy: &Policy, now: Micros) -> Result<Pass, Span> {
        if let State::Open { until } = self.state {
            if now < until {
                return Err(until.since(now));
            }
            self.phase = self.phase.wrapping_add(1);
            self.state = State::HalfOpen { out: 0, good: 0 };
        }
        match &mut self.state {
            State::HalfOpen { out, good } if *out + *good >= policy.probes => Err(policy.cooldown),
            State::HalfOpen { out, .. } => {
                *out += 1;
                Ok(Pass::Probe(self.phase))
            }
            _ => Ok(Pass::Ordinary),
        }
    }

    /// Hears of the end of one that passed.
    pub(crate) fn hear(&mut self, policy: &Policy, pass: Pass, evidence: Evidence, now: Micros) {
        match (&mut self.state, pass, evidence) {
            (State::Closed, _, Evidence::Answer | Evidence::Fault) => {
                self.count(policy, evidence, now);
                if self.is_too_bad(policy) {
                    self.trip(policy, now);
                }
            }
            (State::HalfOpen { out, good }, Pass::Probe(phase), _) if phase == self.phase => {
                *out -= 1;
                match evidence {
                    Evidence::Nothing => {}
                    Evidence::Fault => self.trip(policy, now),
                    Evidence::Answer if *good + 1 == policy.probes => self.close(),
                    Evidence::Answer => *good += 1,
                }
            }
            // What passed before the trip is old news.
            _ => {}
        }
    }

    /// Forgets everything: the service is a new one.
    pub(crate) fn close(&mut self) {
        self.state = State::Closed;
        self.trips = 0;
        self.slots = [(0, 0); SLOTS];
    }

    fn trip(&mut self, policy: &Policy, now: Micros) {
        let doubled = policy.cooldown.0.saturating_mul(1 << self.trips.min(30));
        let cooldown = doubled.min(policy.max_cooldown.0);
        self.trips += 1;
        // Up to a quarter longer, so that the operations of a page do not all probe at once.
        let jitter = self.random() % (cooldown / 4 + 1);
        self.state = State::Open {
            until: now.plus(Span(cooldown + jitter)),
        };
        self.slots = [(0, 0); SLOTS];
    }

    fn random(&mut self) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed
    }

    fn count(&mut self, policy: &Policy, evidence: Evidence, now: Micros) {
        let slot = now.0 / (policy.window.0 / SLOTS as u64).max(1);
        let passed = slot.saturating_sub(self.newest).min(SLOTS as u64);
        for step in 1..=passed {
            self.slots[((self.newest + step) % SLOTS as u64) as usize] = (0, 0);
        }
        if passed == SLOTS as u64 {
            self.slots = [(0, 0); SLOTS];
        }
        self.newest = slot.max(self.newest);
        let (samples, faults) = &mut self.slots[(self.newest % SLOTS as u64) as usize];
        *samples += 1;
        *faults += u32::from(evidence == Evidence::Fault);
    }

    fn is_too_bad(&self, policy: &Policy) -> bool {
        let add = |(a, b): (u64, u64), (c, d): &(u32, u32)| (a + u64::from(*c), b + u64::from(*d));
        let (samples, faults) = self.slots.iter().fold((0, 0), add);
        samples >= u64::from(policy.min_samples)
            && Ratio::new(faults, samples).is_some_and(|rate| rate.cmp_ppm(policy.trip).is_ge())
    }

    pub(crate) fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { until } => BreakerState::Open { until },
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays letters, one a second: `.` asks and is answered, `x` asks and is a fault, `n` asks and
    /// says nothing, `a` asks and stays out, `1` the longest out is answered, `0` it is a fault.
    /// Tells the state after each (`C`losed, `O`pen, `H`alf-open), in lower case when refused.
    fn check(letters: &str, want: &str) {
        let policy = Policy {
            min_samples: 4,
            probes: 2,
            ..Policy::default()
        };
        let mut breaker = Breaker::new(7);
        let mut out = std::collections::VecDeque::new();
        let mut got = String::new();
        for (second, letter) in letters.chars().enumerate() {
            let now = Micros(second as u64 * 1_000_000);
            let mut refused = false;
            let evidence = match letter {
                '.' | '1' => Evidence::Answer,
                'x' | '0' => Evidence::Fault,
                _ => Evidence::Nothing,
            };
            if matches!(letter, '0' | '1') {
                breaker.hear(&policy, out.pop_front().unwrap(), evidence, now);
            } else {
                match breaker.ask(&policy, now) {
                    Ok(pass) if letter == 'a' => out.push_back(pass),
                    Ok(pass) => breaker.hear(&policy, pass, evidence, now),
                    Err(_) => refused = true,
                }
            }
            let state = match breaker.state() {
                BreakerState::Closed => 'C',
                BreakerState::Open { .. } => 'O',
                BreakerState::HalfOpen => 'H',
            };
            got.push(if refused {
                state.to_ascii_lowercase()
            } else {
                state
            });
        }
        assert_eq!(got, want, "{letters}");
    }

    #[test]
    fn it_opens_at_half_of_enough_samples_only() {
        check("xxx", "CCC");
        check("xxxx", "CCCO");
        check("..x.x.xx", "CCCCCCCO");
        check("nnnnxxx.", "CCCCCCCO");
    }

    #[test]
    fn old_faults_slide_out_of_the_window() {
        check("xxx            .", "CCCCCCCCCCCCCCCC");
    }

    #[test]
    fn it_refuses_until_the_cooldown_is_over_and_two_good_probes_close_it() {
        check("xxxx.......", "CCCOooHCCCC");
    }

    #[test]
    fn a_bad_probe_opens_it_for_longer() {
        check("xxxx  x......", "CCCOooOooooHC");
    }

    #[test]
    fn probes_are_bounded_and_one_that_says_nothing_makes_room() {
        check("xxxx  aa.1.1", "CCCOooHHhHhC");
        check("xxxx  nnn..", "CCCOooHHHHC");
    }

    #[test]
    fn what_passed_before_the_trip_is_old_news() {
        check("aaxxxx  0.1", "CCCCCOooOHH");
    }

    #[test]
    fn the_cooldown_doubles_up_to_its_bound_and_jitters_by_a_quarter() {
        let policy = Policy {
            min_samples: 1,
            ..Policy::default()
        };
        let mut breaker = Breaker::new(0);
        let mut now = Micros(0);
        for trip in 0..40_u32 {
            breaker.hear(&policy, Pass::Probe(breaker.phase), Evidence::Fault, now);
            let BreakerState::Open { until } = breaker.state() else {
                panic!("trip {trip} left it {:?}", breaker.state());
            };
            let cooldown = (2_000_000_u64 << trip.min(20)).min(60_000_000);
            let lasts = until.since(now).0;
            assert!(
                (cooldown..=cooldown + cooldown / 4).contains(&lasts),
                "{trip}: {lasts}"
            );
            now = until;
            assert!(breaker.ask(&policy, now).is_ok());
        }
        breaker.close();
        assert_eq!(breaker.state().word(), "closed");
    }
}
