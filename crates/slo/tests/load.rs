//! The load generator's schedule, played against a service that answers after a while or stalls.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use proptest::prelude::*;
use slo::{Load, Micros, Model, Operation, Outcome, Plan, Ppm, Reason, Run, Shot, Span};

const START: Micros = Micros(1_700_000_000_000_000);

fn plan(model: Model, duration_s: u64) -> Plan {
    Plan {
        model,
        ramp: Span(0),
        duration: Span::secs(duration_s),
        mix: vec![(Operation::Call, 3), (Operation::Eval, 1)],
    }
}

/// Plays a run against a service that answers each after a millisecond, but nothing between the two
/// milliseconds of `frozen`; what came in then is answered when it thaws.
fn play(plan: Plan, frozen: std::ops::Range<u64>) -> (Run, Vec<Shot>) {
    let mut load = Load::new(plan, START, 7).unwrap();
    let (mut out, mut sent) = (Vec::<Shot>::new(), vec![]);
    for ms in 0.. {
        let now = START.plus(Span::millis(ms));
        if !frozen.contains(&ms) {
            for shot in out.drain(..).filter(|shot| shot.sent < now) {
                load.ended(&shot, Outcome::Success, now);
            }
        }
        while let Some(shot) = load.due(now) {
            out.push(shot);
            sent.push(shot);
        }
        if load.is_over(now) {
            return (load.into_run(), sent);
        }
    }
    unreachable!("a run ends")
}

fn p99(run: &Run) -> u64 {
    run.latencies
        .quantile(Ppm::new(990_000).unwrap())
        .unwrap()
        .0
}

#[test]
fn a_fixed_rate_is_sent_evenly_and_everything_ends() {
    let (run, sent) = play(plan(Model::Fixed { rate: 100 }, 10), 0..0);
    assert_eq!((run.sent, run.answered, run.ended()), (1_000, 1_000, 1_000));
    let even = sent
        .windows(2)
        .all(|pair| pair[1].due.since(pair[0].due) == Span::millis(10));
    assert!(even);
    assert!(p99(&run) <= 1_001, "{}", p99(&run));
    assert_eq!(run.lasted, Span::secs(10));
    let evals = sent
        .iter()
        .filter(|shot| shot.operation == Operation::Eval)
        .count();
    assert!(
        (200..300).contains(&evals),
        "{evals} of 1000 with a weight of 1 in 4"
    );
}

#[test]
fn independent_arrivals_have_the_rate_and_are_not_even() {
    let (run, sent) = play(plan(Model::Poisson { rate: 200 }, 60), 0..0);
    assert!((11_600..12_400).contains(&run.sent), "{}", run.sent);
    let gaps: Vec<f64> = sent
        .windows(2)
        .map(|p| p[1].due.since(p[0].due).0 as f64)
        .collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    // An exponential distribution deviates by its mean.
    assert!((0.9..1.1).contains(&(variance.sqrt() / mean)));
}

#[test]
fn an_open_run_charges_a_stall_to_those_who_waited_and_a_closed_one_hides_it() {
    let (open, _) = play(plan(Model::Fixed { rate: 100 }, 10), 4_000..6_000);
    assert_eq!(open.sent, 1_000);
    // 200 of 1,000 wait up to two seconds, so the hundredth worst waited more than 1.8 s.
    assert!(p99(&open) > 1_800_000, "{}", p99(&open));
    let (closed, _) = play(plan(Model::Closed { users: 1 }, 10), 4_000..6_000);
    assert!(closed.sent > 3_000);
    assert!(p99(&closed) <= 2_001, "{}", p99(&closed));
    assert!(closed.latencies.max().unwrap() >= Span::secs(2));
}

#[test]
fn a_page_that_stalls_is_charged_too_and_the_plain_service_time_is_beside_it() {
    let mut load = Load::new(plan(Model::Fixed { rate: 100 }, 1), START, 7).unwrap();
    // The page looks only after half a second.
    let now = START.plus(Span::millis(500));
    let shots: Vec<Shot> = std::iter::from_fn(|| load.due(now)).collect();
    assert_eq!(shots.len(), 51);
    for shot in &shots {
        load.ended(shot, Outcome::Success, now.plus(Span(100)));
    }
    let run = load.run();
    assert_eq!(run.latencies.max(), Some(Span(500_100)));
    assert_eq!(run.service.max(), Some(Span(100)));
    assert_eq!(run.worst_lag, Span::millis(500));
}

#[test]
fn a_ramp_brings_users_one_by_one_and_rates_little_by_little() {
    let ramped = |model| Plan {
        ramp: Span::secs(10),
        ..plan(model, 10)
    };
    let (run, _) = play(ramped(Model::Fixed { rate: 100 }), 0..0);
    assert_eq!(run.sent, 500);
    let mut load = Load::new(ramped(Model::Closed { users: 10 }), START, 7).unwrap();
    let mut at = |second| std::iter::from_fn(|| load.due(START.plus(Span::secs(second)))).count();
    assert_eq!([at(0), at(1), at(5), at(9)], [1, 1, 4, 4]);
}

#[test]
fn every_ending_is_counted_once_and_a_stopped_run_waits_for_the_rest() {
    let mut load = Load::new(plan(Model::Fixed { rate: 1_000 }, 10), START, 7).unwrap();
    let now = START.plus(Span::millis(4));
    let shots: Vec<Shot> = std::iter::from_fn(|| load.due(now)).collect();
    load.stop();
    assert_eq!((shots.len(), load.next_at()), (5, None));
    let outcomes = [
        Outcome::Success,
        Outcome::Failure(Reason::Timeout),
        Outcome::Failure(Reason::CircuitOpen),
        Outcome::Failure(Reason::Cancelled),
        Outcome::Failure(Reason::ErlangError),
    ];
    for (shot, outcome) in shots.iter().zip(outcomes) {
        assert!(!load.is_over(now));
        load.ended(shot, outcome, now);
    }
    assert!(load.is_over(now));
    let run = load.into_run();
    assert_eq!(
        (run.answered, run.errors, run.refused, run.other),
        (2, 1, 1, 1)
    );
}

proptest! {
    #[test]
    fn an_open_run_sends_what_its_plan_says_however_seldom_it_is_asked(
        rate in 1..2_000_u32,
        ramp in 0..5_u64,
        steps in prop::collection::vec(1..3_000_u64, 1..60),
    ) {
        let plan = Plan { ramp: Span::secs(ramp), ..plan(Model::Fixed { rate }, 5) };
        let mut load = Load::new(plan, START, 1).unwrap();
        let (mut now, mut count, mut last) = (START, 0, START);
        for step in steps.into_iter().chain([5_000]) {
            now = now.plus(Span::millis(step));
            while let Some(shot) = load.due(now) {
                prop_assert!(shot.due >= last && shot.due <= now);
                last = shot.due;
                count += 1;
            }
        }
        // Half of the ramp's arrivals, and the one at the very beginning.
        let want = f64::from(rate) * (5.0 - ramp as f64 / 2.0);
        prop_assert!((f64::from(count) - want).abs() <= 1.5, "{count} for {want}");
    }
}
