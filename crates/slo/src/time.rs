//! Points and lengths of time in whole microseconds, and the line that keeps a bad clock monotonic.
//! Knows no clock: every point in time is handed in.

/// A point in time: microseconds since an origin of the caller's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

impl Micros {
    /// From a browser's clock, which counts milliseconds as a float. What is no time at all
    /// (negative, not a number) becomes the origin.
    pub fn from_millis(ms: f64) -> Self {
        // A float cast saturates and sends NaN to 0, which is the answer wanted here.
        Self((ms * 1_000.0).round() as u64)
    }

    /// The length since `earlier`; zero when `earlier` lies ahead.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The point `span` later, or the last one there is.
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Span {
    /// `ms` milliseconds.
    pub const fn millis(ms: u64) -> Self {
        Self(ms.saturating_mul(1_000))
    }

    /// `s` seconds.
    pub const fn secs(s: u64) -> Self {
        Self::millis(s.saturating_mul(1_000))
    }

    /// From a duration measured elsewhere in float milliseconds; nonsense becomes zero.
    pub fn from_millis(ms: f64) -> Self {
        Self((ms * 1_000.0).round() as u64)
    }

    /// In milliseconds, as reports give it.
    pub fn as_millis(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

/// A gap between two observations after which the machine is taken to have slept.
const ASLEEP: Span = Span::secs(60);

/// Lays the caller's clock out as a line that never runs backwards. A step back passes no time and
/// is then forgotten, so that later lengths are right again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    last_raw: Option<Micros>,
    /// Sum of all steps back: what turns the caller's time into ours.
    offset: u64,
    pub(crate) steps_back: u64,
    pub(crate) sleeps: u64,
}

/// One look at the clock.
pub(crate) struct Tick {
    pub(crate) now: Micros,
    /// The clock jumped so far ahead that whatever was running cannot be judged.
    pub(crate) slept: bool,
}

impl Timeline {
    pub(crate) fn observe(&mut self, raw: Micros) -> Tick {
        let last = self.last_raw.replace(raw).unwrap_or(raw);
        if raw < last {
            self.steps_back += 1;
            self.offset = self.offset.saturating_add(last.since(raw).0);
        }
        let slept = raw.since(last) > ASLEEP;
        self.sleeps += u64::from(slept);
        Tick {
            now: raw.plus(Span(self.offset)),
            slept,
        }
    }

    /// The last observation, on the line.
    pub(crate) fn now(&self) -> Micros {
        self.last_raw.unwrap_or_default().plus(Span(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &[u64], line: &[u64], steps_back: u64, sleeps: u64) {
        let mut timeline = Timeline::default();
        let got: Vec<u64> = raw
            .iter()
            .map(|&at| timeline.observe(Micros(at)).now.0)
            .collect();
        assert_eq!(got, line);
        assert_eq!((timeline.steps_back, timeline.sleeps), (steps_back, sleeps));
        assert_eq!(timeline.now().0, line.last().copied().unwrap_or(0));
    }

    #[test]
    fn a_step_back_passes_no_time_and_later_lengths_stay_right() {
        check(&[], &[], 0, 0);
        check(&[100, 150, 150], &[100, 150, 150], 0, 0);
        check(
            &[100, 40, 55, 60, 10, 11],
            &[100, 100, 115, 120, 120, 121],
            2,
            0,
        );
    }

    #[test]
    fn a_gap_of_more_than_a_minute_is_a_sleep_but_a_late_first_look_is_not() {
        check(
            &[5_000_000_000, 5_060_000_000],
            &[5_000_000_000, 5_060_000_000],
            0,
            0,
        );
        check(&[0, 60_000_001], &[0, 60_000_001], 0, 1);
        check(
            &[u64::MAX, 0, u64::MAX],
            &[u64::MAX, u64::MAX, u64::MAX],
            1,
            1,
        );
    }

    #[test]
    fn browser_milliseconds_become_whole_microseconds() {
        let cases = [
            (1.0, 1_000),
            (0.0004, 0),
            (1.2345, 1_235),
            (-3.0, 0),
            (f64::NAN, 0),
        ];
        for (ms, us) in cases {
            assert_eq!(Micros::from_millis(ms), Micros(us));
            assert_eq!(Span::from_millis(ms), Span(us));
        }
        assert_eq!(Micros::from_millis(f64::INFINITY), Micros(u64::MAX));
        assert_eq!(Span::secs(2).as_millis(), 2_000.0);
    }
}
