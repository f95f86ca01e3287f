//! Latencies of one kind in an HDR histogram: 1 µs to 60 s, and whatever lies beyond counted apart.
//! The memory of one is fixed from its first sample on.

use hdrhistogram::Histogram;

use crate::ratio::Ppm;
use crate::time::Span;

/// The largest latency the histogram itself tells apart.
const TOP: Span = Span::secs(60);

/// The quantiles everybody asks for.
const USUAL: [Ppm; 5] = {
    const fn ppm(parts: u32) -> Ppm {
        match Ppm::new(parts) {
            Some(ppm) => ppm,
            None => Ppm::ONE,
        }
    }
    [
        ppm(500_000),
        ppm(900_000),
        ppm(950_000),
        ppm(990_000),
        ppm(999_000),
    ]
};

/// How many significant digits are kept of each latency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Three: within 0.1 %, in 70 kB.
    Fine,
    /// Two: within 1 %, in 11 kB. For the parts of a roundtrip.
    Coarse,
}

/// Latencies of one kind.
#[derive(Clone, Debug)]
pub struct Latencies {
    /// Counters saturate at `u32::MAX` for each distinct value: 24 days of 2,000 equal samples a second.
    histogram: Histogram<u32>,
    /// Samples beyond [`TOP`].
    outliers: u64,
    sum_us: u128,
    max: Option<Span>,
    last: Option<Span>,
}

impl Latencies {
    /// No samples yet.
    #[expect(
        clippy::expect_used,
        reason = "the bounds are constants: 1 < 2 * 1 <= TOP, digits <= 5"
    )]
    pub fn new(precision: Precision) -> Self {
        let digits = match precision {
            Precision::Fine => 3,
            Precision::Coarse => 2,
        };
        let histogram = Histogram::new_with_bounds(1, TOP.0, digits).expect("constant bounds");
        Self {
            histogram,
            outliers: 0,
            sum_us: 0,
            max: None,
            last: None,
        }
    }

    /// Takes in one latency. Never allocates.
    pub fn record(&mut self, latency: Span) {
        if latency > TOP {
            self.outliers += 1;
        } else {
            self.histogram.saturating_record(latency.0);
        }
        self.sum_us += u128::from(latency.0);
        self.max = self.max.max(Some(latency));
        self.last = Some(latency);
    }

    /// Takes in all of `other`; the last latency is then the other's, if it has one.
    pub fn merge(&mut self, other: &Self) {
        // Cannot fail: a histogram that reaches as high takes in any of ours, however coarse.
        let _ = self.histogram.add(&other.histogram);
        self.outliers += other.outliers;
        self.sum_us += other.sum_us;
        self.max = self.max.max(other.max);
        self.last = other.last.or(self.last);
    }

    /// How many samples there are.
    pub fn count(&self) -> u64 {
        self.histogram.len() + self.outliers
    }

    /// How many of them were longer than the histogram reaches (60 s).
    pub fn outliers(&self) -> u64 {
        self.outliers
    }

    /// The longest, exactly.
    pub fn max(&self) -> Option<Span> {
        self.max
    }

    /// The most recent.
    pub fn last(&self) -> Option<Span> {
        self.last
    }

    /// How many samples took at most `bound`, which is rounded up within the precision.
    pub fn count_up_to(&self, bound: Span) -> u64 {
        // Outliers lie somewhere beyond the top: only an endless bound surely holds them.
        let beyond = if bound == Span(u64::MAX) {
            self.outliers
        } else {
            0
        };
        self.histogram.count_between(0, bound.0.min(TOP.0)) + beyond
    }

    /// All samples added up, in microseconds.
    pub fn sum_us(&self) -> u128 {
        self.sum_us
    }

    /// The arithmetic mean in microseconds, from exact sums.
    pub fn mean_us(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum_us as f64 / count as f64)
    }

    /// The smallest latency that at least `share` of the samples do not exceed, rounded up within
    /// the precision; nothing without samples.
    pub fn quantile(&self, share: Ppm) -> Option<Span> {
        self.quantiles([share]).map(|[latency]| latency)
    }

    /// Half, 90 %, 95 %, 99 % and 99.9 %.
    pub(crate) fn usual_quantiles(&self) -> Option<[Span; 5]> {
        self.quantiles(USUAL)
    }

    /// Half, 90 %, 99 %, and with a thousand samples 99.9 %; and the longest.
    pub fn summary(&self) -> [Option<Span>; 5] {
        let [p50, p90, _, p99, p999] = match self.usual_quantiles() {
            Some(found) => found.map(Some),
            None => [None; 5],
        };
        [
            p50,
            p90,
            p99,
            p999.filter(|_| self.count() >= 1_000),
            self.max,
        ]
    }

    /// Several quantiles in one pass; `shares` ascend.
    fn quantiles<const N: usize>(&self, shares: [Ppm; N]) -> Option<[Span; N]> {
        let (count, max) = (self.count(), self.max?);
        let rank = |share: Ppm| {
            let rank = (u128::from(count) * u128::from(share.get())).div_ceil(1_000_000);
            (rank as u64).max(1)
        };
        // Ranks beyond what the histogram holds are outliers, of which only the largest is known.
        let mut found = [max; N];
        let mut next = 0;
        let mut reached = 0_u64;
        for step in self.histogram.iter_recorded() {
            reached += step.count_since_last_iteration();
            let value = Span(step.value_iterated_to()).min(max);
            while next < N && rank(shares[next]) <= reached {
                found[next] = value;
                next += 1;
            }
            if next == N {
                break;
            }
        }
        Some(found)
    }

    /// How many samples lie in each occupied step of the histogram, as (upper end, samples), for a
    /// picture of the distribution. Outliers are not in it.
    pub fn steps(&self) -> impl Iterator<Item = (Span, u64)> + '_ {
        self.histogram.iter_recorded().map(|step| {
            (
                Span(step.value_iterated_to()),
                step.count_since_last_iteration(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(precision: Precision, samples: &[u64]) -> Latencies {
        let mut latencies = Latencies::new(precision);
        samples.iter().for_each(|&us| latencies.record(Span(us)));
        latencies
    }

    /// The same by sorting.
    fn exact(samples: &[u64], share: Ppm) -> Option<u64> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable();
        let rank = (sorted.len() as u128 * u128::from(share.get()))
            .div_ceil(1_000_000)
            .max(1);
        sorted.get(rank as usize - 1).copied()
    }

    #[test]
    fn no_samples_have_no_quantiles() {
        let none = Latencies::new(Precision::Fine);
        assert_eq!(
            (none.count(), none.max(), none.last(), none.mean_us()),
            (0, None, None, None)
        );
        assert_eq!(none.quantile(Ppm::ONE), None);
        assert_eq!(none.steps().count(), 0);
    }

    #[test]
    fn a_thousandth_needs_a_thousand() {
        let us: Vec<u64> = (1..=1_000).collect();
        let summary = |samples| {
            of(Precision::Fine, samples)
                .summary()
                .map(|s| s.map(|s| s.0))
        };
        assert_eq!(
            summary(&us),
            [Some(500), Some(900), Some(990), Some(999), Some(1_000)]
        );
        assert_eq!(summary(&us[..999])[3], None);
        assert_eq!(summary(&[]), [None; 5]);
    }

    #[test]
    fn outliers_are_counted_and_the_largest_is_kept() {
        let samples = of(Precision::Fine, &[5, 60_000_000, 60_000_001, 3_600_000_000]);
        assert_eq!((samples.count(), samples.outliers()), (4, 2));
        assert_eq!(samples.quantile(Ppm::ONE), Some(Span(3_600_000_000)));
        assert_eq!(samples.quantile(Ppm::new(0).unwrap()), Some(Span(5)));
        assert_eq!(samples.last(), Some(Span(3_600_000_000)));
        assert_eq!(
            (samples.count_up_to(Span(4)), samples.count_up_to(Span(5))),
            (0, 1)
        );
        assert_eq!(
            (
                samples.count_up_to(TOP),
                samples.count_up_to(Span(u64::MAX))
            ),
            (2, 4)
        );
        let most = of(Precision::Fine, &[u64::MAX, u64::MAX]);
        assert_eq!(most.mean_us(), Some(u64::MAX as f64));
    }

    fn samples() -> impl Strategy<Value = Vec<u64>> {
        let latency = prop_oneof![0..3_000_u64, 0..100_000_u64, 0..70_000_000_u64];
        prop::collection::vec(latency, 1..400)
    }

    proptest! {
        #[test]
        fn quantiles_keep_the_stated_precision(samples in samples(), share in 0..=1_000_000_u32) {
            let share = Ppm::new(share).unwrap();
            let truth = exact(&samples, share).unwrap();
            for (precision, parts) in [(Precision::Fine, 1_000), (Precision::Coarse, 100)] {
                let histogram = of(precision, &samples);
                let got = histogram.quantile(share).unwrap().0;
                prop_assert!(got >= truth, "{got} is less than {truth}");
                let outlier = truth > TOP.0;
                prop_assert!(outlier || (got - truth) * parts <= truth, "{got} for {truth}");
                prop_assert_eq!(histogram.max(), samples.iter().max().map(|&us| Span(us)));
                let mean = samples.iter().sum::<u64>() as f64 / samples.len() as f64;
                prop_assert_eq!(histogram.mean_us(), Some(mean));
            }
        }

        #[test]
        fn merging_equals_recording_both(a in samples(), b in samples()) {
            let mut merged = of(Precision::Fine, &a);
            merged.merge(&of(Precision::Fine, &b));
            let both = of(Precision::Fine, &[a, b].concat());
            prop_assert_eq!(merged.steps().collect::<Vec<_>>(), both.steps().collect::<Vec<_>>());
            prop_assert_eq!(merged.mean_us(), both.mean_us());
            prop_assert_eq!(merged.max(), both.max());
            prop_assert_eq!(merged.last(), both.last());
            prop_assert_eq!(merged.outliers(), both.outliers());
        }
    }
}
