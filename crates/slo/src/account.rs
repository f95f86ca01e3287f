//! The books of one operation: how its roundtrips ended and how long the answers took.

use crate::histogram::{Latencies, Precision};
use crate::history::{Bucket, History};
use crate::objective::Promise;
use crate::outcome::{Outcome, Reason, Verdict};
use crate::picture::Picture;
use crate::ratio::Ratio;
use crate::time::{Micros, Span};

/// How the roundtrips of one operation ended, each counted in exactly one of the fields that are
/// not said to be part of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answered: with a value or with the user's own exception.
    pub answered: u64,
    /// Of the answered: the user's program raised.
    pub raised: u64,
    /// Of the answered: slower than promised.
    pub slow: u64,
    /// Without an answer.
    pub errors: u64,
    /// Of the errors: the token was dropped.
    pub abandoned: u64,
    /// Turned away by admission.
    pub refused: u64,
    /// Malformed requests.
    pub rejected: u64,
    /// Taken back by whoever asked.
    pub cancelled: u64,
    /// Left out, since the tab was hidden or the machine slept while they ran.
    pub hidden: u64,
}

impl Counts {
    /// What the service is judged by: answered and errors.
    pub fn judged(&self) -> u64 {
        self.answered + self.errors
    }

    /// Everything that ever ended.
    pub fn total(&self) -> u64 {
        self.judged() + self.refused + self.rejected + self.cancelled + self.hidden
    }

    /// The share of errors; nothing without traffic.
    pub fn error_rate(&self) -> Option<Ratio> {
        Ratio::new(self.errors, self.judged())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.raised += other.raised;
        self.slow += other.slow;
        self.errors += other.errors;
        self.abandoned += other.abandoned;
        self.refused += other.refused;
        self.rejected += other.rejected;
        self.cancelled += other.cancelled;
        self.hidden += other.hidden;
    }
}

/// How one roundtrip ended, with its parts as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) outcome: Outcome,
    pub(crate) latency: Span,
    pub(crate) queue: Option<Span>,
    pub(crate) vm: Option<Span>,
}

/// The parts of the answered roundtrips of an operation, as far as they were told.
#[derive(Clone, Debug)]
pub struct Phases {
    /// Waiting on the page.
    pub queue: Latencies,
    /// Neither waiting nor in the VM: what the border costs.
    pub transport: Latencies,
    /// In the VM, by the worker's clock.
    pub vm: Latencies,
}

/// The books of one operation. Its parts are made when first needed and then stay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) counts: Counts,
    pub(crate) open: u32,
    pub(crate) last_error: Option<Outcome>,
    pub(crate) latencies: Option<Box<Latencies>>,
    pub(crate) phases: Option<Box<Phases>>,
    pub(crate) history: Option<Box<History>>,
    pub(crate) picture: Option<Box<Picture>>,
}

impl Account {
    /// Enters how a roundtrip ended. `promise` decides what is slow. Returns what the windows are to
    /// hold of it, if it was judged.
    pub(crate) fn enter(
        &mut self,
        sample: Sample,
        promise: &Promise,
        now: Micros,
    ) -> Option<Bucket> {
        let unjudged = match sample.outcome.verdict() {
            Verdict::Answered => {
                let bucket = self.answer(sample, promise);
                let picture = self.picture.get_or_insert_default();
                picture.answer(now, sample.latency);
                return Some(self.judge(now, bucket));
            }
            Verdict::Error => {
                self.counts.errors += 1;
                self.counts.abandoned += u64::from(sample.outcome == Outcome::Abandoned);
                self.last_error = Some(sample.outcome);
                self.picture.get_or_insert_default().error(now);
                return Some(self.judge(now, Bucket::ERROR));
            }
            Verdict::Refused => &mut self.counts.refused,
            Verdict::Rejected => &mut self.counts.rejected,
            Verdict::Cancelled => &mut self.counts.cancelled,
        };
        *unjudged += 1;
        None
    }

    /// Takes in what another account of the same operation holds; open roundtrips are no part of it.
    pub(crate) fn merge(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.last_error = other.last_error.or(self.last_error);
        merge_into(&mut self.latencies, other.latencies, |a, b| a.merge(b));
        merge_into(&mut self.phases, other.phases, |a, b| {
            a.queue.merge(&b.queue);
            a.transport.merge(&b.transport);
            a.vm.merge(&b.vm);
        });
        merge_into(&mut self.history, other.history, |a, b| a.merge(b));
        merge_into(&mut self.picture, other.picture, |a, b| a.merge(b));
    }

    fn judge(&mut self, now: Micros, bucket: Bucket) -> Bucket {
        self.history.get_or_insert_default().add(now, bucket);
        bucket
    }

    fn answer(&mut self, sample: Sample, promise: &Promise) -> Bucket {
        let raised = sample.outcome == Outcome::Failure(Reason::ErlangError);
        let slow = promise.is_slow(sample.latency);
        self.counts.answered += 1;
        self.counts.raised += u64::from(raised);
        self.counts.slow += u64::from(slow);
        let fine = || Box::new(Latencies::new(Precision::Fine));
        self.latencies
            .get_or_insert_with(fine)
            .record(sample.latency);
        if sample.queue.is_some() || sample.vm.is_some() {
            self.split(sample);
        }
        if slow { Bucket::SLOW } else { Bucket::ANSWER }
    }

    fn split(&mut self, sample: Sample) {
        let phases = self.phases.get_or_insert_with(|| {
            let coarse = || Latencies::new(Precision::Coarse);
            Box::new(Phases {
                queue: coarse(),
                transport: coarse(),
                vm: coarse(),
            })
        });
        if let Some(queue) = sample.queue {
            phases.queue.record(queue);
        }
        if let Some(vm) = sample.vm {
            phases.vm.record(vm);
            // Lengths may be subtracted across clocks, points in time may not.
            let elsewhere = sample.queue.unwrap_or_default().0.saturating_add(vm.0);
            phases
                .transport
                .record(Span(sample.latency.0.saturating_sub(elsewhere)));
        }
    }
}

fn merge_into<T>(mine: &mut Option<T>, theirs: Option<T>, merge: impl FnOnce(&mut T, &T)) {
    match (mine.as_mut(), theirs) {
        (Some(mine), Some(theirs)) => merge(mine, &theirs),
        (None, theirs) => *mine = theirs,
        (Some(_), None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(latency: u64, queue: Option<u64>, vm: Option<u64>) -> Sample {
        let (queue, vm) = (queue.map(Span), vm.map(Span));
        Sample {
            outcome: Outcome::Success,
            latency: Span(latency),
            queue,
            vm,
        }
    }

    #[test]
    fn transport_is_what_queue_and_vm_leave_of_the_total() {
        let mut account = Account::default();
        let mut last = |s| {
            account.enter(s, &Promise::DEFAULT, Micros(0));
            let of = |l: &Latencies| l.last().map(|span| span.0);
            account
                .phases
                .as_ref()
                .map(|p| (of(&p.queue), of(&p.transport), of(&p.vm)))
        };
        assert_eq!(last(sample(100, None, None)), None);
        assert_eq!(
            last(sample(100, Some(7), None)),
            Some((Some(7), None, None))
        );
        assert_eq!(
            last(sample(100, Some(20), Some(50))),
            Some((Some(20), Some(30), Some(50)))
        );
        assert_eq!(
            last(sample(100, None, Some(150))),
            Some((Some(20), Some(0), Some(150)))
        );
    }

    #[test]
    fn each_ending_is_counted_once() {
        let mut account = Account::default();
        let failures = Reason::ALL.map(Outcome::Failure);
        let endings = [Outcome::Success, Outcome::Abandoned, Outcome::Refused];
        let all: Vec<_> = endings.into_iter().chain(failures).collect();
        for &outcome in &all {
            let ended = Sample {
                outcome,
                ..sample(20_000, None, None)
            };
            let judged = account.enter(ended, &Promise::DEFAULT, Micros(0)).is_some();
            assert_eq!(
                judged,
                matches!(outcome.verdict(), Verdict::Answered | Verdict::Error)
            );
        }
        let counts = account.counts;
        assert_eq!(counts.total(), all.len() as u64);
        assert_eq!((counts.answered, counts.raised, counts.slow), (2, 1, 2));
        assert_eq!((counts.errors, counts.abandoned), (5, 1));
        assert_eq!(
            (counts.refused, counts.rejected, counts.cancelled),
            (3, 4, 1)
        );
        let mut twice = counts;
        twice.add(&counts);
        assert_eq!(twice.total(), 2 * counts.total());
        assert_eq!(twice.error_rate().unwrap().part(), 10);
    }
}
