//! The session's laws: every request ends exactly once, numbers are never used twice, and nothing stays
//! open when a VM is gone.

mod desk;

use desk::*;
use proptest::prelude::*;
use protocol::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Step {
    Open(u32),
    Reply(usize),
    Refuse(usize),
    Cancel(usize),
    Wake(u64),
    Say(u8),
    StaleCrash,
    Lose,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1u32..20).prop_map(Step::Open),
        3 => any::<usize>().prop_map(Step::Reply),
        1 => any::<usize>().prop_map(Step::Refuse),
        1 => any::<usize>().prop_map(Step::Cancel),
        3 => (0u64..8_000).prop_map(Step::Wake),
        6 => (0u8..4).prop_map(Step::Say),
        1 => Just(Step::StaleCrash),
        1 => Just(Step::Lose),
        1 => Just(Step::Restart),
    ]
}

/// What an owner sees: which tickets are out, which have come back, which workers live.
#[derive(Default)]
struct Owner {
    ended: BTreeMap<u32, &'static str>,
    workers: i32,
    sent: BTreeSet<CallId>,
}

impl Owner {
    fn perform(&mut self, out: &mut Vec<Effect<u32>>) {
        for effect in out.drain(..) {
            match effect {
                Effect::Settle { ticket, outcome } => {
                    let how = outcome.map_or_else(|failure| failure.code(), |_| "ok");
                    assert_eq!(self.ended.insert(ticket, how), None, "{ticket} ended twice");
                }
                Effect::Spawn { .. } => self.workers += 1,
                Effect::Kill => self.workers -= 1,
                Effect::Send(Command::Perform { id, .. }) => {
                    assert!(self.sent.insert(id), "a number was used twice");
                }
                Effect::Send(_) | Effect::WakeAt { .. } | Effect::Moved => {}
            }
            assert!((0..=1).contains(&self.workers), "{} workers", self.workers);
        }
    }
}

proptest! {
    #[test]
    fn every_request_ends_exactly_once(steps in prop::collection::vec(step(), 0..120)) {
        let mut desk = Desk::ready();
        let mut owner = Owner { workers: 1, ..Owner::default() };
        let (mut now_us, mut tickets) = (0u64, 0u32);
        let mut ids = vec![CallId::new(u64::MAX)];
        for step in steps {
            match step {
                Step::Open(timeout_ms) => {
                    ids.extend(desk.open(now_us, timeout_ms, tickets));
                    tickets += 1;
                }
                Step::Reply(n) => {
                    let id = ids[n % ids.len()];
                    desk.hear(now_us, Event::Replied { id, reply: Reply::Done, worker_us: 0 });
                }
                Step::Refuse(n) => {
                    let id = ids[n % ids.len()];
                    desk.hear(now_us, Event::Refused { id, failure: Failure::Cancelled });
                }
                Step::Cancel(n) => desk.session.cancel(ids[n % ids.len()], &mut desk.out),
                Step::Wake(later_us) => {
                    now_us += later_us;
                    desk.session.wake(now_us, &mut desk.out);
                }
                Step::Say(n) => {
                    let event = match n {
                        0 => hello(),
                        1 => Event::VmStarted,
                        2 => Event::ConsoleStarted,
                        _ => crash(),
                    };
                    desk.hear(now_us, event);
                }
                Step::StaleCrash => {
                    let generation = desk.session.generation() - 1;
                    desk.session.hear(now_us, generation, crash(), &mut desk.out);
                }
                Step::Lose => {
                    let generation = desk.session.generation();
                    desk.session.lose(now_us, generation, String::new(), &mut desk.out);
                }
                Step::Restart => desk.session.restart(now_us, &mut desk.out),
            }
            owner.perform(&mut desk.out);
            let has_worker = matches!(
                desk.session.phase(),
                Phase::Loading { .. } | Phase::Booting { .. } | Phase::Ready
            );
            prop_assert_eq!(owner.workers, i32::from(has_worker));
            prop_assert_eq!(desk.session.open_count() + owner.ended.len(), tickets as usize);
            if desk.session.phase() != &Phase::Ready {
                prop_assert_eq!(desk.session.open_count(), 0);
            }
        }
        now_us += 1_000_000;
        desk.session.wake(now_us, &mut desk.out);
        owner.perform(&mut desk.out);
        prop_assert_eq!(owner.ended.len(), tickets as usize);
        prop_assert_eq!(desk.session.open_count(), 0);
    }
}
