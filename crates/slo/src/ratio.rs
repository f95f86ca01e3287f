//! Shares of a whole: targets in parts per million, measured shares as two integers divided once.

use std::fmt;

/// Parts per million, from 0 to 1,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ppm(u32);

impl Ppm {
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// Half of it.
    pub const HALF: Self = Self(500_000);

    /// `ppm` parts, unless that is more than the whole.
    pub const fn new(ppm: u32) -> Option<Self> {
        if ppm <= Self::ONE.0 {
            Some(Self(ppm))
        } else {
            None
        }
    }

    /// How many parts.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What is missing to the whole: of a target, its error budget.
    pub const fn complement(self) -> Self {
        Self(Self::ONE.0 - self.0)
    }

    /// As a fraction of one, for reports.
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ONE.0)
    }
}

impl fmt::Display for Ppm {
    /// In percent, exactly: `99.9 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:04}", self.0 / 10_000, self.0 % 10_000);
        write!(
            f,
            "{} %",
            digits.trim_end_matches('0').trim_end_matches('.')
        )
    }
}

/// `part` of `whole`, with a whole that is never zero: what was not measured has no ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    part: u64,
    whole: u64,
}

impl Ratio {
    /// `part` of `whole`; nothing when there is no whole.
    pub fn new(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// The counted part.
    pub fn part(self) -> u64 {
        self.part
    }

    /// What it is a part of.
    pub fn whole(self) -> u64 {
        self.whole
    }

    /// As a fraction of one: the single division.
    pub fn as_fraction(self) -> f64 {
        self.part as f64 / self.whole as f64
    }

    /// Compares with a share in parts per million, without rounding.
    pub fn cmp_ppm(self, share: Ppm) -> std::cmp::Ordering {
        let part = u128::from(self.part) * u128::from(Ppm::ONE.0);
        part.cmp(&(u128::from(share.0) * u128::from(self.whole)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn parts_per_million_stop_at_the_whole() {
        assert_eq!(Ppm::new(1_000_001), None);
        let target = Ppm::new(999_000).unwrap();
        assert_eq!(target.complement().get(), 1_000);
        assert_eq!(target.as_fraction(), 0.999);
    }

    #[test]
    fn percent_is_written_without_loss() {
        let check = |ppm, text: &str| assert_eq!(Ppm::new(ppm).unwrap().to_string(), text);
        check(1_000_000, "100 %");
        check(999_000, "99.9 %");
        check(999_999, "99.9999 %");
        check(1_000, "0.1 %");
        check(0, "0 %");
    }

    #[test]
    fn a_ratio_compares_without_rounding() {
        let check = |part, whole, ppm, want| {
            let ratio = Ratio::new(part, whole).unwrap();
            assert_eq!(ratio.cmp_ppm(Ppm::new(ppm).unwrap()), want);
        };
        check(1, 1_000, 1_000, Ordering::Equal);
        check(1, 1_001, 1_000, Ordering::Less);
        check(u64::MAX, u64::MAX, 1_000_000, Ordering::Equal);
        check(u64::MAX - 1, u64::MAX, 999_999, Ordering::Greater);
        assert_eq!(Ratio::new(0, 0), None);
        assert_eq!(Ratio::new(1, 4).unwrap().as_fraction(), 0.25);
    }
}
