//! What happened lately: rolling windows over rings of buckets, in three grains.
//!
//! Buckets lie on fixed multiples of their width. A window of n buckets is the one that now falls
//! into, as far as it has come, and the n - 1 before it: it is never longer than it says, and
//! shorter by less than one bucket.

use crate::time::{Micros, Span};

/// Width and number of the buckets of each grain, finest first: an hour, six hours, thirty days.
const GRAINS: [(Span, usize); 3] = [
    (Span::secs(5), 720),
    (Span::secs(60), 360),
    (Span::secs(1_800), 1_440),
];

/// What happened in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Roundtrips judged.
    pub judged: u64,
    /// Of them without an answer.
    pub errors: u64,
    /// Of the answers, those slower than promised.
    pub slow: u64,
}

/// A bucket. 2,000 roundtrips a second for half an hour come to a thousandth of what fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) judged: u32,
    pub(crate) errors: u32,
    pub(crate) slow: u32,
}

impl Bucket {
    pub(crate) const ANSWER: Self = Self {
        judged: 1,
        errors: 0,
        slow: 0,
    };
    pub(crate) const SLOW: Self = Self {
        judged: 1,
        errors: 0,
        slow: 1,
    };
    pub(crate) const ERROR: Self = Self {
        judged: 1,
        errors: 1,
        slow: 0,
    };

    pub(crate) fn add(&mut self, other: Self) {
        self.judged = self.judged.saturating_add(other.judged);
        self.errors = self.errors.saturating_add(other.errors);
        self.slow = self.slow.saturating_add(other.slow);
    }
}

/// One grain: the newest buckets in a ring.
#[derive(Clone, Debug)]
struct Ring {
    width: u64,
    buckets: Box<[Bucket]>,
    /// The number of the newest bucket, counted from the origin of time, and where it lies.
    newest: u64,
    at: usize,
    /// When the newest bucket ends, so that most samples need no division.
    ends: u64,
}

impl Ring {
    fn new((width, length): (Span, usize)) -> Self {
        let buckets = vec![Bucket::default(); length].into();
        Self {
            width: width.0,
            buckets,
            newest: 0,
            at: 0,
            ends: width.0,
        }
    }

    fn add(&mut self, now: Micros, sample: Bucket) {
        if now.0 >= self.ends {
            self.advance(now.0 / self.width);
        }
        self.buckets[self.at].add(sample);
    }

    fn advance(&mut self, number: u64) {
        let length = self.buckets.len();
        let passed = number - self.newest;
        if passed >= length as u64 {
            self.buckets.fill(Bucket::default());
        } else {
            for step in 1..=passed as usize {
                self.buckets[(self.at + step) % length] = Bucket::default();
            }
        }
        self.at = (number % length as u64) as usize;
        self.newest = number;
        self.ends = (number + 1).saturating_mul(self.width);
    }

    /// The last `count` buckets up to `now` that were ever written to.
    fn last(&self, now: Micros, count: usize) -> impl Iterator<Item = (u64, Bucket)> {
        let current = (now.0 / self.width).max(self.newest);
        let silent = usize::try_from(current - self.newest).unwrap_or(usize::MAX);
        let length = self.buckets.len();
        let count = count.min(length).saturating_sub(silent);
        (0..count.min((self.newest + 1) as usize)).map(move |back| {
            let at = (self.at + length - back) % length;
            (self.newest - back as u64, self.buckets[at])
        })
    }

    /// Adds to an old bucket; whether it is still within reach.
    fn restore(&mut self, now: Micros, number: u64, old: Bucket) -> bool {
        self.add(now, Bucket::default());
        let length = self.buckets.len();
        match self.newest.checked_sub(number) {
            Some(back) if back < length as u64 => {
                self.buckets[(self.at + length - back as usize) % length].add(old);
                true
            }
            _ => false,
        }
    }
}

/// Whether a window of that length can be measured: a whole number of buckets of the finest grain
/// that reaches as far.
pub(crate) fn is_measurable(window: Span) -> bool {
    grain(window).is_some()
}

/// The shortest measurable window that is at least as long, or the longest there is.
pub(crate) fn rounded_up(window: Span) -> Span {
    let up = |&(width, length): &(Span, usize)| {
        let rounded = window.0.max(1).div_ceil(width.0).saturating_mul(width.0);
        (rounded <= width.0 * length as u64).then_some(Span(rounded))
    };
    let longest = GRAINS
        .last()
        .map_or(0, |&(width, length)| width.0 * length as u64);
    GRAINS.iter().find_map(up).unwrap_or(Span(longest))
}

fn grain(window: Span) -> Option<(usize, usize)> {
    let reaches = |&(width, length): &(Span, usize)| window.0 <= width.0 * length as u64;
    let grain = GRAINS.iter().position(reaches)?;
    let width = GRAINS[grain].0.0;
    (window.0 > 0 && window.0.is_multiple_of(width)).then(|| (grain, (window.0 / width) as usize))
}

/// The recent past of one operation, or of all. 30 kB, whatever happens.
#[derive(Clone, Debug)]
pub(crate) struct History {
    rings: [Ring; 3],
}

impl Default for History {
    fn default() -> Self {
        Self {
            rings: GRAINS.map(Ring::new),
        }
    }
}

impl History {
    /// Takes in a sample. `now` never steps back.
    pub(crate) fn add(&mut self, now: Micros, sample: Bucket) {
        self.rings.iter_mut().for_each(|ring| ring.add(now, sample));
    }

    /// What happened in the last `window`, which must be measurable; otherwise nothing did.
    pub(crate) fn sum(&self, now: Micros, window: Span) -> Tally {
        let Some((grain, count)) = grain(window) else {
            return Tally::default();
        };
        self.rings[grain]
            .last(now, count)
            .fold(Tally::default(), |sum, (_, bucket)| Tally {
                judged: sum.judged + u64::from(bucket.judged),
                errors: sum.errors + u64::from(bucket.errors),
                slow: sum.slow + u64::from(bucket.slow),
            })
    }

    /// The occupied buckets of a grain by number, newest first.
    pub(crate) fn occupied(
        &self,
        grain: usize,
        now: Micros,
    ) -> impl Iterator<Item = (u64, Bucket)> + '_ {
        let ring = self.rings.get(grain);
        ring.into_iter()
            .flat_map(move |ring| ring.last(now, ring.buckets.len()))
            .filter(|(_, bucket)| bucket.judged > 0)
    }

    /// Takes in what another history of the same time holds.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.rings.iter_mut().zip(&other.rings) {
            let newest = Micros(mine.newest.max(theirs.newest).saturating_mul(mine.width));
            for (number, bucket) in theirs.last(newest, theirs.buckets.len()) {
                mine.restore(newest, number, bucket);
            }
        }
    }

    /// Adds an old bucket; whether it is still within reach.
    pub(crate) fn restore(&mut self, grain: usize, now: Micros, number: u64, old: Bucket) -> bool {
        self.rings
            .get_mut(grain)
            .is_some_and(|ring| ring.restore(now, number, old))
    }
}

/// How many grains there are, and the width of each in microseconds.
pub(crate) fn widths() -> [u64; GRAINS.len()] {
    GRAINS.map(|(width, _)| width.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WINDOWS: [u64; 8] = [5, 15, 300, 3_600, 3_660, 21_600, 259_200, 2_592_000];

    #[test]
    fn windows_are_whole_buckets_within_reach() {
        let check = |us, want| assert_eq!(is_measurable(Span(us)), want, "{us}");
        WINDOWS.iter().for_each(|&s| check(s * 1_000_000, true));
        check(0, false);
        check(4_999_999, false);
        check(3_605_000_000, false);
        check(21_660_000_000, false);
        check(2_592_000_000_001, false);
        check(u64::MAX, false);
        assert_eq!(History::default().sum(Micros(9), Span(1)), Tally::default());
    }

    #[test]
    fn any_length_is_rounded_up_to_a_window() {
        let check = |us, want: Span| assert_eq!(rounded_up(Span(us)), want, "{us}");
        check(0, Span::secs(5));
        check(5_000_001, Span::secs(10));
        check(3_600_000_001, Span::secs(3_660));
        check(21_600_000_001, Span::secs(23_400));
        check(u64::MAX, Span::secs(2_592_000));
    }

    #[test]
    fn silence_empties_a_window_without_a_sample() {
        let mut history = History::default();
        history.add(Micros(1_000_000), Bucket::ERROR);
        let errors = |at: u64| history.sum(Micros(at * 1_000_000), Span::secs(15)).errors;
        assert_eq!(
            (
                errors(1),
                errors(14),
                errors(15),
                errors(u64::MAX / 1_000_000)
            ),
            (1, 1, 0, 0)
        );
    }

    #[test]
    fn old_buckets_come_back_if_they_are_within_reach() {
        let mut history = History::default();
        let now = Micros(7_200_000_000);
        let newest = now.0 / 5_000_000;
        assert!(history.restore(0, now, newest, Bucket::SLOW));
        assert!(history.restore(0, now, newest - 719, Bucket::ERROR));
        assert!(!history.restore(0, now, newest - 720, Bucket::ERROR));
        assert!(!history.restore(0, now, newest + 1, Bucket::ERROR));
        assert!(!history.restore(3, now, 0, Bucket::ERROR));
        let hour = history.sum(now, Span::secs(3_600));
        assert_eq!(
            hour,
            Tally {
                judged: 2,
                errors: 1,
                slow: 1
            }
        );
        assert_eq!(history.occupied(0, now).count(), 2);
    }

    #[derive(Clone, Debug)]
    struct Event {
        pause_ms: u64,
        kind: usize,
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let pause = prop_oneof![0..2_000_u64, 0..600_000_u64, 0..90_000_000_u64];
        let event = (pause, 0..3_usize).prop_map(|(pause_ms, kind)| Event { pause_ms, kind });
        prop::collection::vec(event, 0..200)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_window_of_two_merged_is_the_window_of_both(events in events(), silence in 0..7_200_000_u64) {
            let mut parts = [History::default(), History::default()];
            let mut both = History::default();
            let mut now = 1_000_000_000_u64;
            for (at, event) in events.into_iter().enumerate() {
                now += event.pause_ms * 1_000;
                let sample = [Bucket::ANSWER, Bucket::SLOW, Bucket::ERROR][event.kind];
                parts[usize::from(at % 3 == 0)].add(Micros(now), sample);
                both.add(Micros(now), sample);
            }
            let [mut one, two] = parts;
            one.merge(&two);
            now += silence * 1_000;
            for window in WINDOWS.map(Span::secs) {
                prop_assert_eq!(one.sum(Micros(now), window), both.sum(Micros(now), window));
            }
        }

        #[test]
        fn a_window_holds_exactly_the_samples_of_its_buckets(
            events in events(),
            silence in 0..7_200_000_u64,
        ) {
            let mut history = History::default();
            let mut seen = vec![];
            let mut now = 1_000_000_000_u64;
            for event in events {
                now += event.pause_ms * 1_000;
                let sample = [Bucket::ANSWER, Bucket::SLOW, Bucket::ERROR][event.kind];
                history.add(Micros(now), sample);
                seen.push((now, sample));
            }
            now += silence * 1_000;
            for window in WINDOWS.map(Span::secs) {
                let (grain, count) = grain(window).unwrap();
                let width = widths()[grain];
                let inside = |at: u64| at / width + count as u64 > now / width;
                let mut want = Tally::default();
                for &(_, sample) in seen.iter().filter(|(at, _)| inside(*at)) {
                    want.judged += u64::from(sample.judged);
                    want.errors += u64::from(sample.errors);
                    want.slow += u64::from(sample.slow);
                }
                prop_assert_eq!(history.sum(Micros(now), window), want);
            }
        }
    }
}
