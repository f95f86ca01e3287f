//! Alert rules as data: two windows, a share of the budget, hold times. The burn-rate factor
//! follows from them and is never typed in.

use std::cmp::Ordering;

use thiserror::Error;

use crate::budget::Measure;
use crate::history::is_measurable;
use crate::objective::Objective;
use crate::ratio::{Ppm, Ratio};
use crate::time::Span;

/// The most rules a set may hold.
pub const MAX_RULES: usize = 8;

/// How soon somebody must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Now.
    Page,
    /// Some day soon.
    Ticket,
}

/// When the budget is being spent too fast: both windows must say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// One word, unique in its set.
    pub name: &'static str,
    /// How soon somebody must look.
    pub severity: Severity,
    /// The window that shows the spending matters.
    pub long: Span,
    /// The window that shows it still goes on.
    pub short: Span,
    /// The share of the budget that, spent within the long window, is too much.
    pub budget_share: Ppm,
    /// How long the condition must last before the alert fires.
    pub hold: Span,
    /// How long the alert goes on once the condition is over.
    pub keep: Span,
    /// With fewer events in the long window there is not enough data for any answer.
    pub min_events: u64,
    /// With fewer bad ones the condition does not hold, so that one failure pages nobody.
    pub min_bad: u64,
}

/// Why a rule is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RuleError {
    /// 0 < short < long does not hold, or a window is no whole number of buckets.
    #[error("rule `{0}`: the short window must be shorter than the long one, and both measurable")]
    Windows(&'static str),
    /// No share, no alert.
    #[error("rule `{0}`: the share of the budget must be more than nothing")]
    Share(&'static str),
    /// Two rules of one name.
    #[error("rule `{0}`: there is already one of that name")]
    Duplicate(&'static str),
    /// More than [`MAX_RULES`].
    #[error("a set holds at most {MAX_RULES} rules")]
    TooMany,
}

/// What the two windows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing happened in the long window.
    NoTraffic,
    /// Too little happened to tell.
    NotEnoughData,
    /// At most one window burns too fast.
    Below,
    /// Both do.
    Above,
}

impl Rule {
    fn validate(&self) -> Result<(), RuleError> {
        if self.short >= self.long || !is_measurable(self.short) || !is_measurable(self.long) {
            return Err(RuleError::Windows(self.name));
        }
        if self.budget_share.get() == 0 {
            return Err(RuleError::Share(self.name));
        }
        Ok(())
    }

    /// Whether the rule makes sense for an objective: its windows are shorter than the objective's,
    /// and an outage of everything burns faster than its factor.
    pub fn fits(&self, objective: &Objective) -> bool {
        let outage = Measure { total: 1, bad: 1 };
        self.long < objective.window && self.is_over(outage, objective)
    }

    /// The burn rate that is too fast for an objective: share of the budget x period / long window.
    pub fn factor(&self, objective: &Objective) -> Option<Ratio> {
        let share = u64::from(self.budget_share.get());
        let whole = self.long.0.saturating_mul(u64::from(Ppm::ONE.get()));
        Ratio::new(share.saturating_mul(objective.window.0), whole)
    }

    fn is_over(&self, measure: Measure, objective: &Objective) -> bool {
        let burn = measure.burn_rate(objective.target);
        let over = |burn: Ratio, factor: Ratio| {
            let [a, b, c, d] = [burn.part(), factor.whole(), factor.part(), burn.whole()];
            let cross = |x: u64, y: u64| u128::from(x) * u128::from(y);
            cross(a, b).cmp(&cross(c, d)) == Ordering::Greater
        };
        burn.zip(self.factor(objective))
            .is_some_and(|(burn, factor)| over(burn, factor))
    }

    /// What the windows say about an objective.
    pub fn judge(&self, objective: &Objective, long: Measure, short: Measure) -> Condition {
        if long.total == 0 {
            return Condition::NoTraffic;
        }
        if long.total < self.min_events {
            return Condition::NotEnoughData;
        }
        let over = long.bad >= self.min_bad
            && self.is_over(long, objective)
            && self.is_over(short, objective);
        if over {
            Condition::Above
        } else {
            Condition::Below
        }
    }
}

/// A validated set of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Checks a set.
    ///
    /// # Errors
    /// The first rule that can mean nothing.
    pub fn new(list: Vec<Rule>) -> Result<Self, RuleError> {
        if list.len() > MAX_RULES {
            return Err(RuleError::TooMany);
        }
        for (at, rule) in list.iter().enumerate() {
            rule.validate()?;
            if list[..at].iter().any(|earlier| earlier.name == rule.name) {
                return Err(RuleError::Duplicate(rule.name));
            }
        }
        Ok(Self(list))
    }

    /// The rules as they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    /// For objectives over weeks: the table of the SRE workbook ("Alerting on SLOs"), whose factors
    /// over 30 days come out as 14.4, 6 and 1.
    pub fn workbook() -> Self {
        let minutes = |n: u64| Span::secs(60 * n);
        let rule = |name, severity, long, short, share, hold| Rule {
            name,
            severity,
            long,
            short,
            budget_share: share,
            hold,
            keep: Span::default(),
            min_events: 1,
            min_bad: 1,
        };
        let [two, five, ten] = [20_000, 50_000, 100_000].map(share);
        Self(vec![
            rule(
                "fast",
                Severity::Page,
                minutes(60),
                minutes(5),
                two,
                minutes(2),
            ),
            rule(
                "steady",
                Severity::Page,
                minutes(360),
                minutes(30),
                five,
                minutes(15),
            ),
            rule(
                "slow",
                Severity::Ticket,
                minutes(4_320),
                minutes(360),
                ten,
                minutes(60),
            ),
        ])
    }

    /// For a page that lives an hour: short windows a twelfth of the long ones as in the workbook,
    /// shares that make the factors 4, 2 and 1 over one hour, and counts that keep a handful of
    /// samples from deciding anything.
    pub fn session() -> Self {
        let rule = |name, severity, long, parts, hold| Rule {
            name,
            severity,
            long: Span::secs(long),
            short: Span::secs(long / 12),
            budget_share: share(parts),
            hold: Span::secs(hold),
            keep: Span::secs(long / 12),
            min_events: 20,
            min_bad: 2,
        };
        Self(vec![
            rule("fast", Severity::Page, 180, 200_000, 0),
            rule("steady", Severity::Page, 720, 400_000, 15),
            rule("slow", Severity::Ticket, 1_800, 500_000, 60),
        ])
    }

    /// Those that go with the length of an objective's window: the workbook's from a week on.
    pub fn fitting(objective: &Objective) -> Self {
        let week = Span::secs(7 * 24 * 3_600);
        if objective.window >= week {
            Self::workbook()
        } else {
            Self::session()
        }
    }
}

const fn share(parts: u32) -> Ppm {
    match Ppm::new(parts) {
        Some(share) => share,
        None => Ppm::ONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::Indicator;
    use num_rational::Ratio as Exact;
    use proptest::prelude::*;

    fn objective(target: u32, window_s: u64) -> Objective {
        let target = Ppm::new(target).unwrap();
        let window = Span::secs(window_s);
        Objective {
            operation: None,
            indicator: Indicator::Availability,
            target,
            window,
        }
    }

    fn month() -> Objective {
        objective(999_000, 2_592_000)
    }

    #[test]
    fn the_workbook_s_factors_follow_from_shares_and_windows() {
        let factors = |rules: Rules, objective: Objective| -> Vec<f64> {
            rules
                .iter()
                .map(|rule| rule.factor(&objective).unwrap().as_fraction())
                .collect()
        };
        assert_eq!(factors(Rules::workbook(), month()), [14.4, 6.0, 1.0]);
        assert_eq!(
            factors(Rules::session(), objective(999_000, 3_600)),
            [4.0, 2.0, 1.0]
        );
        for rules in [Rules::workbook(), Rules::session()] {
            assert_eq!(Rules::new(rules.0.clone()).unwrap(), rules);
            let twelfth = |rule: &Rule| rule.short.0 * 12 == rule.long.0;
            assert!(rules.iter().all(twelfth));
        }
        assert_eq!(Rules::fitting(&month()), Rules::workbook());
        assert_eq!(
            Rules::fitting(&objective(999_000, 86_400)),
            Rules::session()
        );
    }

    #[test]
    fn rules_that_can_mean_nothing_are_refused() {
        let check = |change: &dyn Fn(&mut Vec<Rule>), want: &str| {
            let mut list = Rules::workbook().0;
            change(&mut list);
            assert_eq!(
                Rules::new(list).err().map(|e| e.to_string()),
                Some(want.to_owned())
            );
        };
        let windows =
            "rule `fast`: the short window must be shorter than the long one, and both measurable";
        check(&|list| list[0].short = list[0].long, windows);
        check(&|list| list[0].short = Span(0), windows);
        check(&|list| list[0].short = Span::secs(7), windows);
        check(&|list| list[0].long = Span(u64::MAX), windows);
        let share = "rule `slow`: the share of the budget must be more than nothing";
        check(&|list| list[2].budget_share = Ppm::new(0).unwrap(), share);
        check(
            &|list| list[1].name = "fast",
            "rule `fast`: there is already one of that name",
        );
        check(
            &|list| list.resize(9, list[0]),
            "a set holds at most 8 rules",
        );
    }

    #[test]
    fn a_rule_that_an_outage_could_not_trip_does_not_fit() {
        let fast = Rules::workbook().0[0];
        assert!(fast.fits(&month()));
        assert!(
            !fast.fits(&objective(999_000, 3_600)),
            "no longer than its own long window"
        );
        assert!(
            !fast.fits(&objective(900_000, 2_592_000)),
            "10 % of budget burn tenfold at most"
        );
    }

    #[test]
    fn few_samples_are_not_enough_and_one_failure_pages_nobody() {
        let fast = Rules::session().0[0];
        let judge = |total, bad| {
            let measure = Measure { total, bad };
            fast.judge(&objective(999_000, 3_600), measure, measure)
        };
        assert_eq!(judge(0, 0), Condition::NoTraffic);
        assert_eq!(judge(19, 19), Condition::NotEnoughData);
        assert_eq!(judge(20, 1), Condition::Below);
        assert_eq!(judge(20, 2), Condition::Above);
        assert_eq!(
            judge(1_000, 4),
            Condition::Below,
            "exactly the factor is not above it"
        );
        assert_eq!(judge(1_000, 5), Condition::Above);
    }

    fn counts() -> impl Strategy<Value = Measure> {
        (0..10_000_000_u64)
            .prop_flat_map(|total| (Just(total), 0..=total.min(total / 50 + 3)))
            .prop_map(|(total, bad)| Measure { total, bad })
    }

    proptest! {
        #[test]
        fn conditions_equal_exact_rational_arithmetic(
            target in 1..1_000_000_u32,
            long in counts(),
            short in counts(),
        ) {
            let objective = objective(target, 2_592_000);
            let allowed = Exact::new(i128::from(1_000_000 - target), 1_000_000);
            let burn = |m: Measure| {
                (m.total > 0).then(|| Exact::new(i128::from(m.bad), i128::from(m.total)) / allowed)
            };
            let factors = [Exact::new(144, 10), Exact::new(6, 1), Exact::new(1, 1)];
            for (rule, factor) in Rules::workbook().iter().zip(factors) {
                let above = |m| burn(m).is_some_and(|burn| burn > factor);
                let want = match long.total {
                    0 => Condition::NoTraffic,
                    _ if above(long) && above(short) => Condition::Above,
                    _ => Condition::Below,
                };
                prop_assert_eq!(rule.judge(&objective, long, short), want);
            }
        }
    }
}
