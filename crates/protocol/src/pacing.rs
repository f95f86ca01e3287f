//! When the page is told what changed in the folder: soon, since the worker may be ended at any time, but
//! not for each piece of a file that is written in many, and not of a file that is only being begun.

/// A change is told so soon, with those that come meanwhile.
const SOON_US: u64 = 5_000;
/// Unless the page was told of others so shortly before, or there is nothing in the file yet.
const GATHER_US: u64 = 150_000;

/// What a change leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Something worth keeping by itself.
    Whole,
    /// A file that was made or cut and will most likely be written to next: kept as it is, it would stand
    /// in the place of what it held before.
    Begun,
}

/// Decides when to tell. Times are microseconds of one clock.
#[derive(Debug, Default)]
pub struct Pacing {
    told_us: Option<u64>,
    due_us: Option<u64>,
}

impl Pacing {
    /// A change happened: when the page is to be told, if that is sooner than was planned.
    pub fn changed(&mut self, now_us: u64, left: Left) -> Option<u64> {
        let is_quiet = self
            .told_us
            .is_none_or(|told_us| now_us.saturating_sub(told_us) > GATHER_US);
        let delay_us = match left {
            Left::Whole if is_quiet => SOON_US,
            Left::Whole | Left::Begun => GATHER_US,
        };
        let wanted_us = now_us.saturating_add(delay_us);
        if self.due_us.is_some_and(|due_us| due_us <= wanted_us) {
            return None;
        }
        self.due_us = Some(wanted_us);
        Some(wanted_us)
    }

    /// The page was told everything.
    pub fn told(&mut self, now_us: u64) {
        self.told_us = Some(now_us);
        self.due_us = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_begun_and_written_is_told_once_and_whole() {
        let mut pacing = Pacing::default();
        assert_eq!(pacing.changed(0, Left::Begun), Some(150_000));
        // Written 100 ms later, on a busy machine.
        assert_eq!(pacing.changed(100_000, Left::Whole), Some(105_000));
        pacing.told(105_000);
    }

    #[test]
    fn one_that_stays_empty_is_told_too() {
        let mut pacing = Pacing::default();
        assert_eq!(pacing.changed(7, Left::Begun), Some(150_007));
        assert_eq!(pacing.changed(8, Left::Begun), None);
    }

    #[test]
    fn many_pieces_are_told_a_few_times() {
        let mut pacing = Pacing::default();
        let mut due_us = None;
        let mut told = 0;
        for now_us in (0..1_000_000).step_by(1_000) {
            if due_us.is_some_and(|due| due <= now_us) {
                pacing.told(now_us);
                due_us = None;
                told += 1;
            }
            due_us = pacing.changed(now_us, Left::Whole).or(due_us);
        }
        assert_eq!(told, 7);
    }

    #[test]
    fn a_change_after_quiet_is_told_soon() {
        let mut pacing = Pacing::default();
        pacing.told(0);
        assert_eq!(pacing.changed(150_001, Left::Whole), Some(155_001));
    }
}
