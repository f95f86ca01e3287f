//! Budgets, alerts and the saved past, told as traffic: a rate, an error share and a duration.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use serde_json::json;
use slo::{
    Budget, Condition, Engine, Exhaustion, Indicator, Micros, Objective, Objectives, Operation,
    Ppm, Reason, Saved, Span, State,
};

const START: Micros = Micros(1_700_000_000_000_000);

/// Traffic on one operation: one roundtrip of 1 ms every `every_ms`, each `nth` of them failing.
fn traffic(engine: &mut Engine, from: Micros, lasts: Span, every_ms: u64, nth: u64) -> Micros {
    let steps = lasts.0 / 1_000 / every_ms;
    for n in 1..=steps {
        let at = Micros(from.0 + n * every_ms * 1_000);
        let token = engine.begin(Operation::Eval, at).unwrap();
        let end = at.plus(Span::millis(1));
        match nth > 0 && n % nth == 0 {
            true => engine.fail(token, Reason::Timeout, end),
            false => engine.succeed(token, end),
        };
        engine.tick(end);
    }
    from.plus(lasts)
}

fn idle(engine: &mut Engine, from: Micros, lasts: Span) -> Micros {
    for second in 1..=lasts.0 / 1_000_000 {
        engine.tick(from.plus(Span::secs(second)));
    }
    from.plus(lasts)
}

fn overall(engine: &Engine) -> Budget<'_> {
    engine.budgets().next().unwrap()
}

/// Every alert on overall availability as `rule:state`.
fn states(engine: &Engine) -> String {
    let availability = engine
        .alerts()
        .filter(|a| a.objective == "overall-availability");
    let said = availability.map(|a| format!("{}:{}", a.rule.name, a.state.word()));
    said.collect::<Vec<_>>().join(" ")
}

/// The log as `alert from>to` with seconds since the start.
fn log(engine: &Engine, alert: &str) -> Vec<String> {
    let told = engine.transitions(0).filter(|entry| *entry.alert == *alert);
    told.map(|entry| {
        let at = entry.at.since(START).0 / 1_000_000;
        format!("{at}s {}>{}", entry.from.word(), entry.to.word())
    })
    .collect()
}

#[test]
fn no_traffic_is_no_budget_and_no_alert() {
    let mut engine = Engine::default();
    idle(&mut engine, START, Span::secs(30));
    let names: Vec<_> = engine
        .budgets()
        .map(|budget| budget.name.to_owned())
        .collect();
    let default = "overall-availability overall-latency load-latency execute_beam-latency \
                   compile-latency";
    assert_eq!(names.join(" "), default);
    for budget in engine.budgets() {
        assert_eq!(
            (budget.left_ppm(), budget.exhaustion()),
            (None, Exhaustion::NoTraffic)
        );
    }
    let quiet = |alert: &slo::Alert<'_>| alert.condition == Condition::NoTraffic;
    assert!(
        engine
            .alerts()
            .all(|alert| quiet(&alert) && alert.burn_long.is_none())
    );
    assert_eq!(engine.transitions(0).count(), 0);
}

#[test]
fn good_traffic_spends_nothing() {
    let mut engine = Engine::default();
    traffic(&mut engine, START, Span::secs(120), 100, 0);
    let budget = overall(&engine);
    assert_eq!(budget.measure.total, 1_200);
    assert_eq!(
        (budget.left_ppm(), budget.exhaustion()),
        (Some(1_000_000), Exhaustion::Never)
    );
    assert_eq!(
        states(&engine),
        "fast:inactive steady:inactive slow:inactive"
    );
}

#[test]
fn a_rate_is_that_of_the_last_seconds() {
    let mut engine = Engine::default();
    assert_eq!(engine.rate_hundredths(None), 0);
    let now = traffic(&mut engine, START, Span::secs(62), 100, 0);
    // From 55 s on, where a bucket begins, to 62.001 s: 71 ended in 7.001 s.
    assert_eq!(engine.rate_hundredths(None), 1_014);
    assert_eq!(engine.rate_hundredths(Some(Operation::Eval)), 1_014);
    assert_eq!(engine.rate_hundredths(Some(Operation::Call)), 0);
    idle(&mut engine, now, Span::secs(20));
    assert_eq!(engine.rate_hundredths(None), 0);
}

#[test]
fn one_failure_pages_nobody_whatever_the_traffic() {
    for every_ms in [20, 500, 5_000] {
        let mut engine = Engine::default();
        let failing = 60_000 / every_ms;
        let now = traffic(&mut engine, START, Span::secs(60), every_ms, failing);
        traffic(&mut engine, now, Span::secs(600), every_ms, 0);
        assert_eq!(engine.totals().errors, 1);
        assert_eq!(
            engine.transitions(0).count(),
            0,
            "one in every {every_ms} ms"
        );
    }
}

#[test]
fn an_outage_fires_with_holds_and_resolves_with_keeps() {
    let mut engine = Engine::default();
    let now = traffic(&mut engine, START, Span::secs(60), 100, 0);
    let now = traffic(&mut engine, now, Span::secs(30), 100, 2);
    assert_eq!(states(&engine), "fast:firing steady:firing slow:pending");
    let spent = overall(&engine).spent().unwrap();
    assert_eq!(spent.as_fraction(), 150.0 / 900.0 / 0.001);
    assert_eq!(overall(&engine).exhaustion(), Exhaustion::Gone);
    traffic(&mut engine, now, Span::secs(400), 100, 0);
    // The short window must be clean again, and then the alert keeps for as long once more.
    let fast = log(&engine, "overall-availability-fast");
    assert_eq!(fast, ["61s inactive>firing", "120s firing>resolved"]);
    let steady = log(&engine, "overall-availability-steady");
    assert_eq!(
        steady,
        [
            "61s inactive>pending",
            "76s pending>firing",
            "205s firing>resolved"
        ]
    );
    assert_eq!(
        states(&engine),
        "fast:resolved steady:resolved slow:resolved"
    );
}

#[test]
fn a_silence_after_an_outage_resolves_when_nothing_is_left_to_measure() {
    let mut engine = Engine::default();
    let now = traffic(&mut engine, START, Span::secs(60), 100, 2);
    idle(&mut engine, now, Span::secs(3_700));
    let alerts: Vec<_> = engine
        .alerts()
        .filter(|a| a.objective == "overall-availability")
        .collect();
    assert!(
        alerts
            .iter()
            .all(|alert| matches!(alert.state, State::Resolved(_)))
    );
    assert!(
        alerts
            .iter()
            .all(|alert| alert.condition == Condition::NoTraffic)
    );
}

/// Overall availability over 30 days, and the latency objective a set needs.
fn month() -> Objectives {
    let objective = |indicator, parts| Objective {
        operation: None,
        indicator,
        target: Ppm::new(parts).unwrap(),
        window: Span::secs(2_592_000),
    };
    let latency = Indicator::Latency {
        threshold: Span::millis(10),
    };
    let list = vec![
        objective(Indicator::Availability, 999_000),
        objective(latency, 990_000),
    ];
    Objectives::new(list).unwrap()
}

#[test]
fn a_month_is_watched_with_the_workbook_s_windows() {
    let mut engine = Engine::new(month());
    let now = traffic(&mut engine, START, Span::secs(3_600), 1_000, 0);
    // 2 % errors is a burn rate of 20: above 14.4, above 6, above 1 once the windows are full of it.
    traffic(&mut engine, now, Span::secs(7_200), 1_000, 50);
    assert_eq!(states(&engine), "fast:firing steady:firing slow:firing");
    let fast = engine.alerts().next().unwrap();
    assert_eq!(
        (fast.name, fast.factor.unwrap().as_fraction()),
        ("overall-availability-fast", 14.4)
    );
    assert!(fast.burn_long.unwrap().as_fraction() > 14.4);
    assert!(fast.burn_short.unwrap().as_fraction() > 14.4);
}

#[test]
fn an_alert_survives_new_objectives_that_still_have_it() {
    let mut engine = Engine::default();
    traffic(&mut engine, START, Span::secs(60), 100, 2);
    let before = states(&engine);
    let mut list: Vec<_> = engine.objectives().iter().copied().collect();
    list.truncate(2);
    engine.set_objectives(Objectives::new(list).unwrap());
    assert_eq!(states(&engine), before);
    engine.set_objectives(month());
    assert_eq!(
        states(&engine),
        "fast:inactive steady:inactive slow:inactive"
    );
}

#[test]
fn a_reset_gives_the_budget_back() {
    let mut engine = Engine::default();
    traffic(&mut engine, START, Span::secs(60), 100, 2);
    engine.reset();
    assert_eq!(overall(&engine).left_ppm(), None);
}

fn saved(engine: &Engine) -> serde_json::Value {
    serde_json::to_value(engine.save()).unwrap()
}

#[test]
fn the_past_survives_a_reload() {
    let mut engine = Engine::default();
    let custom = engine.operation("mine").unwrap();
    let now = traffic(&mut engine, START, Span::secs(1_200), 100, 100).plus(Span::secs(1));
    let token = engine.begin(custom, now).unwrap();
    engine.succeed(token, now.plus(Span::millis(20)));
    let text = saved(&engine).to_string();

    let mut fresh = Engine::default();
    let back: Saved = serde_json::from_str(&text).unwrap();
    assert_eq!(fresh.restore(&back, now.plus(Span::millis(20))), Ok(0));
    assert!(fresh.save() == engine.save());
    let budgets = |engine: &Engine| {
        engine
            .budgets()
            .map(|b| (b.measure, b.recent))
            .collect::<Vec<_>>()
    };
    assert_eq!(budgets(&fresh), budgets(&engine));

    // Two hours later the finest two grains' windows are past, the month's is not.
    let mut late = Engine::new(month());
    let dropped = late.restore(&back, now.plus(Span::secs(7_200))).unwrap();
    assert!(dropped > 0);
    assert_eq!(overall(&late).measure.bad, 120);
    assert_eq!(
        late.alerts().next().unwrap().condition,
        Condition::NoTraffic
    );
}

#[test]
fn a_past_from_the_future_ends_now() {
    let mut engine = Engine::default();
    traffic(&mut engine, START, Span::secs(60), 100, 2);
    let mut fresh = Engine::default();
    assert_eq!(fresh.restore(&engine.save(), Micros(90_000_000)), Ok(0));
    assert_eq!(overall(&fresh).measure.bad, 300);
}

#[test]
fn a_past_that_contradicts_itself_is_refused_whole() {
    let mut engine = Engine::default();
    traffic(&mut engine, START, Span::secs(60), 100, 2);
    let good = saved(&engine);
    let check = |pointer: &str, value: serde_json::Value, want: &str| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let mut fresh = Engine::default();
        let refusal = match serde_json::from_value::<Saved>(bad) {
            Ok(saved) => fresh.restore(&saved, START).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(refusal, want);
        assert_eq!(
            fresh.save(),
            Engine::default().save(),
            "nothing of it is taken"
        );
    };
    let newer = "saved by a newer release (version 2, this one reads 1): update the page";
    check("/version", json!(2), newer);
    check("/version", json!(0), "no saved past: versions begin at 1");
    check(
        "/atUs",
        json!(1),
        "no saved past: a bucket is younger than the whole",
    );
    check(
        "/pasts/0/operation",
        json!(""),
        "no saved past: an operation needs a name",
    );
    let past = &good["pasts"][0];
    let many = json!(vec![past; 40]);
    check(
        "/pasts",
        many,
        "no saved past: more operations than there can be",
    );
    let widths = "no saved past: its buckets have other widths";
    check("/pasts/0/grains", json!([]), widths);
    check("/pasts/0/grains/0/widthUs", json!(0), widths);
    let bucket = "no saved past: a bucket has more bad samples than samples";
    let number = &good["pasts"][0]["grains"][0]["buckets"][0][0];
    check(
        "/pasts/0/grains/0/buckets/0",
        json!([number, 3, 2, 2]),
        bucket,
    );
    check(
        "/pasts/0/grains/0/buckets/0/1",
        json!(-1),
        "invalid value: integer `-1`, expected u32",
    );
}
