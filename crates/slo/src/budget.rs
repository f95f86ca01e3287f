//! Error budgets and burn rates: exact arithmetic on counts, divided once by whoever shows them.

use crate::history::Tally;
use crate::objective::{Indicator, Objective};
use crate::ratio::{Ppm, Ratio};
use crate::time::Span;

/// Good and bad in a window, as one indicator sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// What was judged.
    pub total: u64,
    /// What was bad of it.
    pub bad: u64,
}

impl Measure {
    pub(crate) fn of(tally: Tally, indicator: Indicator) -> Self {
        match indicator {
            Indicator::Availability => Self {
                total: tally.judged,
                bad: tally.errors,
            },
            Indicator::Latency { .. } => Self {
                total: tally.judged - tally.errors.min(tally.judged),
                bad: tally.slow,
            },
        }
    }

    /// How many times faster than allowed the budget of `target` is being spent: 1 spends it
    /// exactly over the objective's window. Nothing without traffic.
    pub fn burn_rate(self, target: Ppm) -> Option<Ratio> {
        let budget = u64::from(target.complement().get());
        let bad = self.bad.saturating_mul(u64::from(Ppm::ONE.get()));
        Ratio::new(bad, self.total.saturating_mul(budget))
    }
}

/// When the budget will be gone if roundtrips go on as lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhaustion {
    /// Nothing was asked lately: there is no rate to go by.
    NoTraffic,
    /// Nothing was bad lately.
    Never,
    /// After this time.
    In(Span),
    /// It is gone.
    Gone,
}

/// The error budget of one objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget<'a> {
    /// The objective's name: `overall-availability`, `eval-latency`.
    pub name: &'a str,
    /// The objective.
    pub objective: Objective,
    /// What its whole window holds.
    pub measure: Measure,
    /// What the last twelfth of the window holds: the rate [`Budget::exhaustion`] goes by.
    pub recent: Measure,
}

impl Budget<'_> {
    /// How much of the budget is spent; more than the whole when it is overspent.
    pub fn spent(&self) -> Option<Ratio> {
        self.measure.burn_rate(self.objective.target)
    }

    /// How much is left, in parts per million rounded down; negative when overspent.
    pub fn left_ppm(&self) -> Option<i64> {
        let spent = self.spent()?;
        let (part, whole) = (i128::from(spent.part()), i128::from(spent.whole()));
        let left = ((whole - part) * i128::from(Ppm::ONE.get())).div_euclid(whole);
        Some(i64::try_from(left).unwrap_or(i64::MIN))
    }

    /// When it will be gone.
    pub fn exhaustion(&self) -> Exhaustion {
        let gone = |spent: Ratio| spent.part() > 0 && spent.part() >= spent.whole();
        if self.spent().is_some_and(gone) {
            return Exhaustion::Gone;
        }
        match (self.spent(), self.recent) {
            (None, _) | (_, Measure { total: 0, .. }) => Exhaustion::NoTraffic,
            (_, Measure { bad: 0, .. }) => Exhaustion::Never,
            (Some(spent), recent) => Exhaustion::In(self.lasts(spent, recent)),
        }
    }

    /// What is left, divided by the recent burn rate, in windows: rounded down.
    fn lasts(&self, spent: Ratio, recent: Measure) -> Span {
        let left = u128::from(spent.whole() - spent.part());
        // With b the budget: left / (b total) * window / (bad / (b recent)); b cancels out.
        // Saturates beyond any traffic a page could see.
        let numerator = u128::from(self.objective.window.0)
            .saturating_mul(left)
            .saturating_mul(u128::from(recent.total));
        let million = u128::from(Ppm::ONE.get());
        let denominator =
            u128::from(self.measure.total).saturating_mul(million * u128::from(recent.bad));
        Span(u64::try_from(numerator / denominator).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::Ratio as Exact;
    use proptest::prelude::*;

    fn budget(target: u32, window: u64, whole: (u64, u64), recent: (u64, u64)) -> Budget<'static> {
        let measure = |(total, bad)| Measure { total, bad };
        let objective = Objective {
            operation: None,
            indicator: Indicator::Availability,
            target: Ppm::new(target).unwrap(),
            window: Span(window),
        };
        let (measure, recent) = (measure(whole), measure(recent));
        Budget {
            name: "overall-availability",
            objective,
            measure,
            recent,
        }
    }

    #[test]
    fn a_budget_is_spent_left_and_gone() {
        let check = |whole, recent, left, exhaustion| {
            let budget = budget(999_000, 3_600_000_000, whole, recent);
            assert_eq!(
                (budget.left_ppm(), budget.exhaustion()),
                (left, exhaustion),
                "{whole:?}"
            );
        };
        check((0, 0), (0, 0), None, Exhaustion::NoTraffic);
        check((10_000, 0), (0, 0), Some(1_000_000), Exhaustion::NoTraffic);
        check((10_000, 0), (100, 0), Some(1_000_000), Exhaustion::Never);
        check((10_000, 5), (100, 0), Some(500_000), Exhaustion::Never);
        // Half is left, and one in a hundred spends it ten times as fast as an hour allows.
        check(
            (10_000, 5),
            (100, 1),
            Some(500_000),
            Exhaustion::In(Span::secs(180)),
        );
        check((10_000, 10), (100, 0), Some(0), Exhaustion::Gone);
        check((10_000, 30), (100, 1), Some(-2_000_000), Exhaustion::Gone);
        check((1, 1), (1, 1), Some(-999_000_000), Exhaustion::Gone);
    }

    #[test]
    fn a_latency_budget_looks_at_answers_only() {
        let tally = Tally {
            judged: 100,
            errors: 10,
            slow: 9,
        };
        let latency = Measure::of(tally, Indicator::Latency { threshold: Span(1) });
        assert_eq!(latency, Measure { total: 90, bad: 9 });
        let availability = Measure::of(tally, Indicator::Availability);
        assert_eq!(
            availability,
            Measure {
                total: 100,
                bad: 10
            }
        );
    }

    #[test]
    fn the_workbook_s_outage_burns_a_thousandfold() {
        let outage = Measure { total: 10, bad: 10 }.burn_rate(Ppm::new(999_000).unwrap());
        assert_eq!(outage.unwrap().as_fraction(), 1_000.0);
    }

    fn counts() -> impl Strategy<Value = (u64, u64)> {
        (0..5_000_000_000_u64).prop_flat_map(|total| (Just(total), 0..=total))
    }

    proptest! {
        #[test]
        fn budgets_equal_exact_rational_arithmetic(
            target in 1..1_000_000_u32,
            window in 60..2_592_000_u64,
            whole in counts(),
            recent in counts(),
        ) {
            let subject = budget(target, window * 1_000_000, whole, recent);
            let allowed = Exact::new(i128::from(1_000_000 - target), 1_000_000);
            let rate = |(total, bad): (u64, u64)| {
                (total > 0).then(|| Exact::new(i128::from(bad), i128::from(total)) / allowed)
            };
            let spent = rate(whole);
            let exactly = |r: Ratio| Exact::new(i128::from(r.part()), i128::from(r.whole()));
            prop_assert_eq!(subject.spent().map(exactly), spent);
            let left = spent.map(|spent| ((Exact::ONE - spent) * 1_000_000).floor().to_integer());
            prop_assert_eq!(subject.left_ppm().map(i128::from), left);
            if let Exhaustion::In(span) = subject.exhaustion() {
                let (spent, burn) = (spent.unwrap(), rate(recent).unwrap());
                let windows = (Exact::ONE - spent) / burn;
                let lasts = windows * i128::from(window) * 1_000_000;
                let bounded = lasts.floor().to_integer().min(i128::from(u64::MAX));
                prop_assert_eq!(i128::from(span.0), bounded);
            }
        }

        #[test]
        fn a_bad_sample_never_raises_the_budget((total, bad) in counts(), target in 1..1_000_000_u32) {
            let left = |total, bad| budget(target, 60_000_000, (total, bad), (0, 0)).left_ppm();
            prop_assert!(left(total + 1, bad + 1) <= left(total, bad).or(Some(1_000_000)));
            prop_assert!(left(total, bad) <= left(total + 1, bad) || total == 0);
        }
    }
}
