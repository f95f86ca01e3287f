//! A reset that is taken back leaves no trace: as if there had been none.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use proptest::prelude::*;
use slo::{Engine, Micros, Operation, Reason, Span};

fn play(engine: &mut Engine, events: &[(u64, u64, bool)], from: &mut u64) {
    for &(pause, us, fails) in events {
        *from += pause;
        let operation = Operation::BUILT_IN[(us % 3) as usize];
        let token = engine.begin(operation, Micros(*from)).unwrap();
        *from += us;
        match fails {
            true => engine.fail(token, Reason::Timeout, Micros(*from)),
            false => engine.succeed(token, Micros(*from)),
        };
        engine.tick(Micros(*from));
    }
}

/// Everything the engine tells, but for the past of its alerts, which a reset does not undo.
fn told(engine: &Engine) -> String {
    let rows: Vec<_> = engine.rows().collect();
    let pictures: Vec<_> = engine
        .picture(None)
        .into_iter()
        .flat_map(|picture| picture.strips(0, Micros(u64::MAX >> 20)))
        .map(|strip| (strip.number, strip.answers, strip.max))
        .collect();
    let budgets: Vec<_> = engine.budgets().map(|b| (b.measure, b.recent)).collect();
    format!("{rows:?} {pictures:?} {budgets:?} {:?}", engine.totals())
}

#[test]
fn a_reset_forgets_and_keeps_what_is_open() {
    let mut engine = Engine::default();
    let mut now = 1_000_000;
    play(&mut engine, &[(0, 5, false), (5, 6, true)], &mut now);
    let open = engine.begin(Operation::Call, Micros(now)).unwrap();
    let forgotten = engine.reset();
    assert_eq!((engine.totals().total(), engine.active()), (0, 1));
    engine.succeed(open, Micros(now + 50));
    engine.remember(forgotten);
    assert_eq!((engine.totals().judged(), engine.active()), (3, 0));
    assert_eq!(engine.row(Operation::Call).open, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_reset_taken_back_leaves_no_trace(
        before in prop::collection::vec((0..30_000_000_u64, 1..2_000_000_u64, any::<bool>()), 0..40),
        after in prop::collection::vec((0..30_000_000_u64, 1..2_000_000_u64, any::<bool>()), 0..40),
    ) {
        let (mut reset, mut plain) = (Engine::default(), Engine::default());
        let (mut a, mut b) = (1_000_000_000, 1_000_000_000);
        play(&mut reset, &before, &mut a);
        play(&mut plain, &before, &mut b);
        let forgotten = reset.reset();
        play(&mut reset, &after, &mut a);
        play(&mut plain, &after, &mut b);
        reset.remember(forgotten);
        prop_assert_eq!(told(&reset), told(&plain));
    }

    #[test]
    fn a_late_start_counts_from_the_intended_time(late in 0..5_000_000_u64, took in 0..5_000_000_u64) {
        let mut engine = Engine::default();
        let now = 1_000_000_000;
        let begun = engine.admit_due(Operation::Call, Micros(now - late), Micros(now), Span::secs(60));
        let slo::Admitted::Now(token) = begun.unwrap() else { panic!("there is no limit") };
        prop_assert_eq!(engine.open().next().unwrap().1, Span(late));
        prop_assert_eq!(engine.succeed(token, Micros(now + took)), slo::Ending::Recorded(Span(late + took)));
    }
}
