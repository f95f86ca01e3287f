//! Deadlines of open requests, nearest first. Most requests end long before theirs, so an entry is left
//! where it is when its request ends, and swept out when the idle entries outnumber the others.

use super::CallId;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(u64, CallId)>>,
    /// Entries whose request has ended.
    idle: usize,
}

impl Deadlines {
    /// Idle entries that are not worth a sweep.
    const SPARE: usize = 256;

    pub(super) fn add(&mut self, at_us: u64, id: CallId) {
        self.heap.push(Reverse((at_us, id)));
    }

    pub(super) fn nearest_us(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((at_us, _))| *at_us)
    }

    pub(super) fn take_due(&mut self, now_us: u64) -> Option<CallId> {
        if self.nearest_us()? > now_us {
            return None;
        }
        self.heap.pop().map(|Reverse((_, id))| id)
    }

    /// One request ended before its deadline.
    pub(super) fn forget_one(&mut self) {
        self.idle += 1;
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
        self.idle = 0;
    }

    /// Sweeps if it pays.
    pub(super) fn shrink(&mut self, is_open: impl Fn(CallId) -> bool) {
        if self.idle > Self::SPARE && self.idle * 2 > self.heap.len() {
            self.heap.retain(|Reverse((_, id))| is_open(*id));
            self.idle = 0;
        }
    }
}
