//! Admission told from outside: breakers, the limit with its queue, and what they must not break.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

use proptest::prelude::*;
use slo::{
    Admitted, BreakerState, Called, Cause, Engine, Micros, Operation, Policy, PolicyError, Ppm,
    Reason, Roundtrip, Span,
};
use std::collections::{BTreeMap, VecDeque};

const MINUTE: Span = Span::secs(60);

fn guarded(policy: Policy) -> Engine {
    let mut engine = Engine::default();
    engine.set_policy(Some(policy), 42).unwrap();
    engine
}

/// `count` evaluations ending as `reason` says, one a millisecond; how many were let in.
fn play(engine: &mut Engine, from: Micros, count: u64, reason: Option<Reason>) -> u64 {
    let at = |n: u64| from.plus(Span::millis(n));
    let let_in = (0..count).filter_map(|n| Some((n, engine.begin(Operation::Eval, at(n)).ok()?)));
    let let_in: Vec<_> = let_in.collect();
    let number = let_in.len() as u64;
    for (n, token) in let_in {
        match reason {
            Some(reason) => engine.fail(token, reason, at(n)),
            None => engine.succeed(token, at(n)),
        };
    }
    number
}

#[test]
fn without_a_policy_nothing_is_turned_away() {
    let mut engine = Engine::default();
    assert_eq!(
        play(&mut engine, Micros(0), 1_000, Some(Reason::Timeout)),
        1_000
    );
    assert_eq!(play(&mut engine, Micros(0), 1_000, None), 1_000);
    assert_eq!(engine.breaker(Operation::Eval), BreakerState::Closed);
    engine.renew();
    assert_eq!(engine.next_waiting(Micros(0)), None);
}

#[test]
fn a_policy_that_makes_no_sense_changes_nothing() {
    let mut engine = guarded(Policy::default());
    let none = Policy {
        limit: 0,
        ..Policy::default()
    };
    assert_eq!(engine.set_policy(Some(none), 1), Err(PolicyError::Limit));
    assert_eq!(play(&mut engine, Micros(0), 1, None), 1);
    assert_eq!(engine.set_policy(None, 1), Ok(()));
}

#[test]
fn a_breaker_opens_on_faults_says_what_it_protects_and_recovers_by_probes() {
    let mut engine = guarded(Policy::default());
    assert_eq!(play(&mut engine, Micros(0), 20, Some(Reason::VmDown)), 20);
    let refusal = engine.begin(Operation::Eval, Micros(100_000)).unwrap_err();
    assert_eq!(
        (refusal.cause, refusal.reason()),
        (Cause::CircuitOpen, Reason::CircuitOpen)
    );
    assert_eq!(&*refusal.protects, "overall-availability");
    assert!((Span::secs(1)..=Span::millis(2_500)).contains(&refusal.retry_after));
    assert_eq!(engine.totals().refused, 1);
    assert_eq!(engine.totals().errors, 20, "a refusal is no error");
    assert_eq!(engine.row(Operation::Eval).breaker.word(), "open");

    assert!(
        engine.begin(Operation::Call, Micros(100_000)).is_ok(),
        "others go on"
    );

    let later = Micros(100_000).plus(refusal.retry_after);
    let probes: Vec<_> = (0..3)
        .map(|_| engine.begin(Operation::Eval, later).unwrap())
        .collect();
    assert!(
        engine.begin(Operation::Eval, later).is_err(),
        "three probes are enough"
    );
    assert_eq!(engine.breaker(Operation::Eval).word(), "half-open");
    for probe in probes {
        engine.succeed(probe, later);
    }
    assert_eq!(engine.breaker(Operation::Eval), BreakerState::Closed);
}

#[test]
fn what_is_no_fault_of_the_service_opens_nothing() {
    let harmless = [
        Reason::ErlangError,
        Reason::NoProcess,
        Reason::BadArgument,
        Reason::TooLarge,
        Reason::Cancelled,
    ];
    for reason in harmless {
        let mut engine = guarded(Policy::default());
        assert_eq!(play(&mut engine, Micros(0), 100, Some(reason)), 100);
        assert_eq!(
            engine.breaker(Operation::Eval),
            BreakerState::Closed,
            "{reason:?}"
        );
    }
}

#[test]
fn a_new_vm_begins_with_closed_breakers() {
    let mut engine = guarded(Policy::default());
    play(&mut engine, Micros(0), 20, Some(Reason::VmDown));
    assert_eq!(play(&mut engine, Micros(100_000), 5, None), 0);
    engine.renew();
    assert_eq!(play(&mut engine, Micros(200_000), 1_000, None), 1_000);
}

#[test]
fn a_hidden_tab_opens_no_breaker() {
    let mut engine = guarded(Policy::default());
    engine.set_hidden(true, Micros(0));
    assert_eq!(
        play(&mut engine, Micros(0), 100, Some(Reason::Timeout)),
        100
    );
    assert_eq!(engine.breaker(Operation::Eval), BreakerState::Closed);
}

fn admit(engine: &mut Engine, ms: u64) -> Result<Admitted, Cause> {
    let at = Micros::from_millis(ms as f64);
    engine
        .admit_within(Operation::Call, at, MINUTE)
        .map_err(|refusal| refusal.cause)
}

fn waiting(engine: &mut Engine, ms: u64) -> Roundtrip {
    match admit(engine, ms) {
        Ok(Admitted::Waiting(token)) => token,
        other => panic!("{other:?}"),
    }
}

fn sent(engine: &mut Engine, ms: u64) -> Roundtrip {
    match admit(engine, ms) {
        Ok(Admitted::Now(token)) => token,
        other => panic!("{other:?}"),
    }
}

fn called(engine: &mut Engine, ms: u64) -> Option<(u64, Option<Cause>)> {
    let Called { id, verdict } = engine.next_waiting(Micros(ms * 1_000))?;
    Some((id, verdict.err().map(|refusal| refusal.cause)))
}

fn narrow() -> Policy {
    Policy {
        limit: 1,
        queue: 2,
        patience: Span::secs(1),
        ..Policy::default()
    }
}

#[test]
fn those_beyond_the_limit_wait_their_turn_and_the_wait_counts() {
    let mut engine = guarded(narrow());
    let first = sent(&mut engine, 0);
    let (second, third) = (waiting(&mut engine, 1), waiting(&mut engine, 2));
    assert_eq!(admit(&mut engine, 3).unwrap_err(), Cause::Busy);
    let cannot_wait = engine.begin(Operation::Call, Micros(3_000)).unwrap_err();
    assert_eq!(cannot_wait.cause, Cause::Busy);
    assert_eq!((engine.waiting(), engine.active()), (2, 3));
    assert_eq!(called(&mut engine, 4), None);
    engine.succeed(first, Micros(5_000));
    assert_eq!(called(&mut engine, 5), Some((second.id(), None)));
    assert_eq!(called(&mut engine, 5), None, "one left, one came");
    engine.succeed(second, Micros(7_000));
    assert_eq!(engine.row(Operation::Call).last, Some(Span::millis(6)));
    assert_eq!(called(&mut engine, 8), Some((third.id(), None)));
    engine.succeed(third, Micros(9_000));
    assert!(matches!(admit(&mut engine, 10), Ok(Admitted::Now(_))));
}

#[test]
fn nobody_waits_longer_than_patience() {
    let mut engine = guarded(narrow());
    let _first = sent(&mut engine, 0);
    let second = waiting(&mut engine, 1);
    assert_eq!(called(&mut engine, 1_000), None);
    assert_eq!(
        called(&mut engine, 1_001),
        Some((second.id(), Some(Cause::Waited)))
    );
    engine.fail(second, Reason::Refused, Micros(1_001_000));
    let counts = engine.row(Operation::Call).counts;
    assert_eq!(
        (counts.refused, counts.judged(), engine.waiting()),
        (1, 0, 0)
    );
}

#[test]
fn whoever_gives_up_waiting_makes_room() {
    let mut engine = guarded(narrow());
    let first = sent(&mut engine, 0);
    let (second, third) = (waiting(&mut engine, 1), waiting(&mut engine, 2));
    engine.fail(second, Reason::Cancelled, Micros(3_000));
    let fourth = waiting(&mut engine, 4);
    drop(third);
    engine.tick(Micros(5_000));
    engine.succeed(first, Micros(6_000));
    assert_eq!(called(&mut engine, 6), Some((fourth.id(), None)));
}

#[test]
fn a_breaker_that_opened_meanwhile_turns_the_waiting_away() {
    let mut engine = guarded(Policy {
        min_samples: 2,
        trip: Ppm::ONE,
        limit: 2,
        ..narrow()
    });
    let sent = [sent(&mut engine, 0), sent(&mut engine, 0)];
    let third = waiting(&mut engine, 0);
    for token in sent {
        engine.fail(token, Reason::Timeout, Micros(0));
    }
    assert_eq!(
        called(&mut engine, 1),
        Some((third.id(), Some(Cause::CircuitOpen)))
    );
    assert_eq!(admit(&mut engine, 1).unwrap_err(), Cause::CircuitOpen);
}

#[test]
fn an_open_model_charges_a_stall_to_those_who_waited() {
    // 100 a second for 10 s; the VM answers in 1 ms but is frozen from second 4 to second 6.
    let mut engine = guarded(Policy {
        limit: 16,
        ..Policy::default()
    });
    let mut tokens: BTreeMap<u64, Roundtrip> = BTreeMap::new();
    let mut sent: VecDeque<u64> = VecDeque::new();
    for ms in 0..12_000_u64 {
        let now = Micros(ms * 1_000);
        if ms % 10 == 0 && ms < 10_000 {
            let token = match engine.admit_within(Operation::Call, now, MINUTE).unwrap() {
                Admitted::Now(token) => {
                    sent.push_back(token.id());
                    token
                }
                Admitted::Waiting(token) => token,
            };
            tokens.insert(token.id(), token);
        }
        if !(4_000..6_000).contains(&ms) {
            for id in sent.drain(..) {
                engine.succeed(tokens.remove(&id).unwrap(), now.plus(Span::millis(1)));
            }
        }
        while let Some(called) = engine.next_waiting(now.plus(Span::millis(1))) {
            assert_eq!(called.verdict, Ok(()));
            sent.push_back(called.id);
        }
    }
    let row = engine.row(Operation::Call);
    assert_eq!((row.counts.answered, tokens.len()), (1_000, 0));
    assert!(row.p50.unwrap() <= Span::millis(2), "most never noticed");
    assert!(
        row.p99.unwrap() >= Span::millis(1_800),
        "p99 shows the wait: {:?}",
        row.p99
    );
}

/// What may happen to the roundtrips of a page.
#[derive(Clone, Copy, Debug)]
enum Act {
    Admit,
    Succeed(usize),
    Fail(usize, usize),
    Drop(usize),
    Tick,
    Hide(bool),
    Renew,
}

fn acts() -> impl Strategy<Value = Vec<(Act, u64)>> {
    let act = prop_oneof![
        5 => Just(Act::Admit),
        3 => any::<usize>().prop_map(Act::Succeed),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(at, why)| Act::Fail(at, why)),
        1 => any::<usize>().prop_map(Act::Drop),
        2 => Just(Act::Tick),
        1 => any::<bool>().prop_map(Act::Hide),
        1 => Just(Act::Renew),
    ];
    // Now and then the clock stands still, jumps a minute, or steps back.
    let step = prop_oneof![4 => 0..50_000_u64, 1 => Just(61_000_000_u64), 1 => Just(u64::MAX)];
    prop::collection::vec((act, step), 0..200)
}

proptest! {
    #[test]
    fn every_roundtrip_ends_exactly_once(acts in acts()) {
        let mut engine = guarded(Policy { limit: 3, queue: 3, min_samples: 4, ..narrow() });
        let mut held: Vec<Roundtrip> = vec![];
        let mut now = Micros(1_000_000_000);
        let mut asked = 0;
        let take = |held: &mut Vec<Roundtrip>, at: usize| {
            (!held.is_empty()).then(|| held.swap_remove(at % held.len()))
        };
        for (act, step) in acts {
            now = if step == u64::MAX { Micros(now.0 - 1_000) } else { now.plus(Span(step)) };
            match act {
                Act::Admit => {
                    asked += 1;
                    match engine.admit_within(Operation::Eval, now, MINUTE) {
                        Ok(Admitted::Now(token) | Admitted::Waiting(token)) => held.push(token),
                        Err(refusal) => prop_assert_ne!(refusal.cause, Cause::Full),
                    }
                }
                Act::Succeed(at) => {
                    take(&mut held, at).map(|token| engine.succeed(token, now));
                }
                Act::Fail(at, why) => {
                    let reason = Reason::ALL[why % Reason::ALL.len()];
                    take(&mut held, at).map(|token| engine.fail(token, reason, now));
                }
                Act::Drop(at) => drop(take(&mut held, at)),
                Act::Tick => engine.tick(now),
                Act::Hide(hidden) => engine.set_hidden(hidden, now),
                Act::Renew => engine.renew(),
            }
            while engine.next_waiting(now).is_some() {}
        }
        drop(held);
        engine.tick(now);
        let ended = engine.totals().total();
        prop_assert_eq!((engine.active(), engine.waiting(), ended), (0, 0, asked));
    }
}
