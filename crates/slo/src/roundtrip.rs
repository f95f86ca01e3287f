//! The token of one open roundtrip, and the table of all that are open.
//!
//! A token cannot be copied and is consumed by its end, so nothing ends twice. Dropping it leaves a
//! mark that the engine finds at its next tick.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::breaker::Pass;
use crate::operation::Operation;
use crate::time::{Micros, Span};

/// One open roundtrip. End it with [`crate::Engine::succeed`] or [`crate::Engine::fail`].
#[must_use = "a roundtrip that is dropped counts as abandoned, which is an error"]
#[derive(Debug)]
pub struct Roundtrip {
    slot: u32,
    /// Unique in its engine; tells this roundtrip from a later one in the same slot.
    serial: u64,
    settled: bool,
    marks: Arc<Marks>,
    pub(crate) queue: Option<Span>,
    pub(crate) vm: Option<Span>,
}

impl Roundtrip {
    /// Its number, unique in its engine.
    pub fn id(&self) -> u64 {
        self.serial
    }

    /// Where it stands in its table.
    pub(crate) fn place(&self) -> (u32, u64) {
        (self.slot, self.serial)
    }

    /// Notes how long it waited on the page before it was sent.
    pub fn queued(&mut self, waited: Span) {
        self.queue = Some(waited);
    }

    /// Notes how long the worker says the VM took, by the worker's own clock.
    pub fn vm_took(&mut self, took: Span) {
        self.vm = Some(took);
    }
}

impl Drop for Roundtrip {
    fn drop(&mut self) {
        if !self.settled {
            self.marks.abandon(self.slot, self.serial);
        }
    }
}

/// What became of a token handed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Judged; this is its latency.
    Recorded(Span),
    /// Counted, but not judged: the tab was hidden or the machine slept meanwhile.
    LeftOut,
    /// Too late: its deadline had passed, and it was counted as a timeout then.
    Late,
    /// The token of another engine, where it now counts as abandoned.
    Foreign,
}

/// Where dropped tokens leave their serial. Shared with every token, hence atomic.
#[derive(Debug)]
struct Marks {
    any: AtomicBool,
    by_slot: Box<[AtomicU64]>,
}

impl Marks {
    fn abandon(&self, slot: u32, serial: u64) {
        if let Some(mark) = self.by_slot.get(slot as usize) {
            // The largest wins: an expired token dropped late must not hide a newer one's mark.
            mark.fetch_max(serial, Ordering::Relaxed);
            self.any.store(true, Ordering::Release);
        }
    }
}

/// What is known of an open roundtrip.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) serial: u64,
    pub(crate) operation: Operation,
    pub(crate) began: Micros,
    pub(crate) deadline: Micros,
    /// The engine's epoch at the start; another one at the end means it cannot be judged.
    pub(crate) epoch: u64,
    /// What its breaker hears of at the end.
    pub(crate) pass: Pass,
    /// It was not sent yet.
    pub(crate) waiting: bool,
    /// How long it waited before it was sent, if it had to.
    pub(crate) waited: Option<Span>,
}

/// The open roundtrips, in a bounded number of slots.
#[derive(Debug)]
pub(crate) struct Table {
    slots: Vec<Option<Open>>,
    free: Vec<u32>,
    marks: Arc<Marks>,
    last_serial: u64,
    /// No open roundtrip has an earlier deadline.
    earliest: Micros,
}

impl Table {
    pub(crate) fn new(slots: usize) -> Self {
        let by_slot = (0..slots).map(|_| AtomicU64::new(0)).collect();
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            marks: Arc::new(Marks {
                any: AtomicBool::new(false),
                by_slot,
            }),
            last_serial: 0,
            earliest: Micros(u64::MAX),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.free.is_empty() && self.slots.len() == self.marks.by_slot.len()
    }

    /// Opens a roundtrip and gives it its serial. The table must not be full.
    pub(crate) fn open(&mut self, open: Open) -> Roundtrip {
        self.last_serial += 1;
        let serial = self.last_serial;
        self.earliest = self.earliest.min(open.deadline);
        let open = Some(Open { serial, ..open });
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = open;
                slot
            }
            None => {
                self.slots.push(open);
                (self.slots.len() - 1) as u32
            }
        };
        let marks = Arc::clone(&self.marks);
        Roundtrip {
            slot,
            serial,
            settled: false,
            marks,
            queue: None,
            vm: None,
        }
    }

    pub(crate) fn get(&self, slot: u32, serial: u64) -> Option<&Open> {
        self.slots
            .get(slot as usize)?
            .as_ref()
            .filter(|open| open.serial == serial)
    }

    pub(crate) fn get_mut(&mut self, slot: u32, serial: u64) -> Option<&mut Open> {
        self.slots
            .get_mut(slot as usize)?
            .as_mut()
            .filter(|open| open.serial == serial)
    }

    /// Takes a roundtrip off the table for its token.
    pub(crate) fn close(&mut self, token: &mut Roundtrip) -> Result<Open, Ending> {
        if !Arc::ptr_eq(&self.marks, &token.marks) {
            return Err(Ending::Foreign);
        }
        token.settled = true;
        self.take(token.slot, token.serial).ok_or(Ending::Late)
    }

    fn take(&mut self, slot: u32, serial: u64) -> Option<Open> {
        let open = self
            .slots
            .get_mut(slot as usize)?
            .take_if(|open| open.serial == serial)?;
        self.free.push(slot);
        Some(open)
    }

    /// Takes off the roundtrips whose tokens were dropped.
    pub(crate) fn drain_abandoned(&mut self, mut each: impl FnMut(Open)) {
        if !self.marks.any.swap(false, Ordering::Acquire) {
            return;
        }
        for slot in 0..self.slots.len() {
            let serial = self.marks.by_slot[slot].swap(0, Ordering::Relaxed);
            // A mark without its roundtrip is that of a token that outlived its deadline.
            if let Some(open) = self.take(slot as u32, serial) {
                each(open);
            }
        }
    }

    /// Takes off the roundtrips whose deadline has passed.
    pub(crate) fn drain_overdue(&mut self, now: Micros, mut each: impl FnMut(Open)) {
        if now < self.earliest {
            return;
        }
        self.earliest = Micros(u64::MAX);
        for slot in 0..self.slots.len() {
            match self.slots[slot] {
                Some(open) if open.deadline <= now => {
                    self.take(slot as u32, open.serial);
                    each(open);
                }
                Some(open) => self.earliest = self.earliest.min(open.deadline),
                None => {}
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.slots.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(table: &mut Table, deadline: u64) -> Roundtrip {
        table.open(Open {
            serial: 0,
            operation: Operation::Eval,
            began: Micros(0),
            deadline: Micros(deadline),
            epoch: 0,
            pass: Pass::Ordinary,
            waiting: false,
            waited: None,
        })
    }

    #[test]
    fn a_full_table_is_full_until_one_is_closed() {
        let mut table = Table::new(2);
        let mut first = open(&mut table, 9);
        let second = open(&mut table, 9);
        assert!(table.is_full());
        assert!(table.close(&mut first).is_ok());
        assert_eq!(table.close(&mut first).unwrap_err(), Ending::Late);
        let third = open(&mut table, 9);
        assert_eq!((table.len(), third.id(), second.id()), (2, 3, 2));
        let (slot, serial) = third.place();
        assert!(table.get(slot, serial).is_some() && table.get_mut(slot, 1).is_none());
    }

    fn abandoned(table: &mut Table) -> Vec<u64> {
        let mut found = vec![];
        table.drain_abandoned(|open| found.push(open.serial));
        found
    }

    fn overdue(table: &mut Table, now: u64) -> Vec<u64> {
        let mut found = vec![];
        table.drain_overdue(Micros(now), |open| found.push(open.serial));
        found
    }

    #[test]
    fn an_expired_token_dropped_late_hides_nobody() {
        let mut table = Table::new(1);
        let old = open(&mut table, 5);
        assert_eq!(overdue(&mut table, 5), [old.id()]);
        let new = open(&mut table, 50);
        let serial = new.id();
        drop(new);
        drop(old);
        assert_eq!(abandoned(&mut table), [serial]);
        assert_eq!(abandoned(&mut table), []);
    }

    #[test]
    fn an_expired_token_dropped_alone_is_nobody() {
        let mut table = Table::new(1);
        let old = open(&mut table, 5);
        assert_eq!(overdue(&mut table, 5), [old.id()]);
        let new = open(&mut table, 50);
        drop(old);
        assert_eq!(abandoned(&mut table), []);
        assert_eq!(
            table.iter().map(|open| open.serial).collect::<Vec<_>>(),
            [new.id()]
        );
    }

    #[test]
    fn deadlines_are_found_in_any_order() {
        let mut table = Table::new(8);
        let tokens = [30, 10, 20].map(|at| open(&mut table, at));
        assert_eq!(overdue(&mut table, 9), []);
        assert_eq!(overdue(&mut table, 20), [2, 3]);
        assert_eq!(overdue(&mut table, 29), []);
        assert_eq!(overdue(&mut table, 30), [1]);
        assert_eq!((table.len(), tokens.len()), (0, 3));
    }
}
