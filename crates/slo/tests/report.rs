//! The reports as outside code sees them: JSON text, compared whole.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use serde_json::{Value, json};
use slo::{Compliance, Engine, Indicator, Micros, Objectives, Operation, Reason, Span};

/// Ends roundtrips of `operation` with the given latencies in milliseconds; 0 is a timeout.
fn play(engine: &mut Engine, operation: Operation, latencies: &[u64]) {
    for &ms in latencies {
        let token = engine.begin(operation, Micros(1_000_000)).unwrap();
        engine.tick(Micros(1_000_000 + ms * 500));
        let end = Micros(1_000_000 + ms * 1_000);
        match ms {
            0 => engine.fail(token, Reason::Timeout, end),
            _ => engine.succeed(token, end),
        };
        // Back to where it was: a step the engine survives, and the next latency is right again.
        engine.tick(Micros(1_000_000));
    }
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn nothing() -> Value {
    json!({
        "count": 0, "averageLatency": null, "errorRate": null, "errorCount": 0,
        "lastLatency": null, "lastError": null, "slaCompliant": null,
        "p50": null, "p95": null, "p99": null, "max": null,
    })
}

#[test]
fn an_operation_without_traffic_has_no_numbers() {
    assert_eq!(json(Engine::default().sla_stats("eval")), nothing());
    assert_eq!(Engine::default().sla_stats("never_heard_of"), None);
}

#[test]
fn stats_of_one_operation() {
    let mut engine = Engine::default();
    play(&mut engine, Operation::Eval, &[1, 1, 1, 5, 0]);
    let want = json!({
        "count": 5, "averageLatency": 2.0, "errorRate": 0.2, "errorCount": 1,
        "lastLatency": 5.0, "lastError": "timeout", "slaCompliant": false,
        "p50": 1.0, "p95": 5.0, "p99": 5.0, "max": 5.0,
    });
    assert_eq!(json(engine.sla_stats("eval")), want);
}

#[test]
fn a_report_without_traffic_claims_nothing() {
    let report = json(Engine::default().sla_report());
    let operations = report["operations"].as_object().unwrap();
    assert_eq!(operations.len(), 8);
    assert!(operations.values().all(|stats| *stats == nothing()));
    assert_eq!(
        report["thresholds"],
        json!({"maxLatency": 10.0, "maxErrorRate": 0.001})
    );
    assert_eq!(
        report["overall"],
        json!({
            "totalRoundtrips": 0, "totalErrors": 0,
            "overallErrorRate": null, "overallCompliant": null,
        })
    );
    assert_eq!(
        (&report["violations"], &report["active"]),
        (&json!([]), &json!(0))
    );
}

#[test]
fn violations_say_why() {
    let mut engine = Engine::default();
    play(&mut engine, Operation::Call, &[1, 1, 1, 0]);
    play(&mut engine, Operation::Eval, &[1, 20, 30, 0]);
    play(&mut engine, Operation::Compile, &[900, 1_100, 1_200]);
    let open = engine.begin(Operation::Load, Micros(1_000_000));
    let report = json(engine.sla_report());
    let violations: Vec<_> = report["violations"].as_array().unwrap().iter().collect();
    let said: Vec<_> = violations
        .iter()
        .map(|v| (&v["operationType"], &v["reason"]))
        .collect();
    let slow = "2 of 3 answers took longer than 10 ms, at most 1 % may";
    let failed = "1 of 4 roundtrips failed, less than 0.1 % may";
    assert_eq!(
        said,
        [
            (&json!("eval"), &json!(format!("{slow}; {failed}"))),
            (&json!("call"), &json!(failed)),
        ]
    );
    assert_eq!(violations[0]["stats"], report["operations"]["eval"]);
    assert_eq!(report["operations"]["compile"]["slaCompliant"], json!(true));
    let overall = json!({
        "totalRoundtrips": 11, "totalErrors": 2,
        "overallErrorRate": 2.0 / 11.0, "overallCompliant": false,
    });
    assert_eq!(report["overall"], overall);
    assert_eq!(report["active"], json!(1));
    drop(open);
}

#[test]
fn the_whole_complies_when_every_part_does_and_all_together_do() {
    let check = |acts: &[(Operation, &[u64])], want: &str| {
        let mut engine = Engine::default();
        acts.iter()
            .for_each(|(operation, latencies)| play(&mut engine, *operation, latencies));
        let said = match engine.compliance() {
            Compliance::NoTraffic => "no traffic".to_owned(),
            Compliance::Kept => "kept".to_owned(),
            Compliance::Broken(b) => format!("broken: latency {}, errors {}", b.latency, b.errors),
        };
        assert_eq!(said, want);
    };
    check(&[], "no traffic");
    check(&[(Operation::Eval, &[1])], "kept");
    check(
        &[(Operation::Eval, &[1]), (Operation::Load, &[240])],
        "kept",
    );
    check(
        &[(Operation::Eval, &[11])],
        "broken: latency true, errors false",
    );
    check(
        &[(Operation::Eval, &[11]), (Operation::Call, &[0])],
        "broken: latency true, errors true",
    );
    check(
        &[(Operation::Call, &[0]), (Operation::Eval, &[1])],
        "broken: latency false, errors true",
    );
}

#[test]
fn new_objectives_judge_what_comes_after_them() {
    let mut engine = Engine::default();
    play(&mut engine, Operation::Eval, &[8, 8, 8]);
    let mut list: Vec<_> = engine.objectives().iter().copied().collect();
    list[1].indicator = Indicator::Latency {
        threshold: Span::millis(5),
    };
    engine.set_objectives(Objectives::new(list).unwrap());
    assert_eq!(engine.row(Operation::Eval).counts.slow, 0);
    play(&mut engine, Operation::Eval, &[8, 8]);
    let row = engine.row(Operation::Eval);
    let reason = "2 of 5 answers took longer than 5 ms, at most 1 % may";
    assert_eq!(row.reason().as_deref(), Some(reason));
    assert_eq!(
        json(engine.sla_report())["thresholds"]["maxLatency"],
        json!(5.0)
    );
}

/// Some of everything, at known times.
fn busy() -> Engine {
    let mut engine = Engine::default();
    play(&mut engine, Operation::Eval, &[1, 2, 3, 70_000, 0]);
    let mut token = engine.begin(Operation::Call, Micros(1_000_000)).unwrap();
    token.queued(Span(100));
    token.vm_took(Span(250));
    engine.succeed(token, Micros(1_001_000));
    engine
}

#[test]
fn the_slo_report_tells_everything() {
    let mut engine = busy();
    engine
        .set_policy(
            Some(slo::Policy {
                min_samples: 2,
                ..slo::Policy::default()
            }),
            9,
        )
        .unwrap();
    play(&mut engine, Operation::Load, &[0, 0]);
    let report = json(engine.slo_report());

    let overall = &report["objectives"][0];
    assert_eq!(overall["name"], json!("overall-availability"));
    assert_eq!((&overall["total"], &overall["bad"]), (&json!(8), &json!(3)));
    assert_eq!(
        (&overall["threshold"], &overall["targetPpm"]),
        (&json!(null), &json!(999_000))
    );
    assert_eq!(
        (&overall["budgetSpent"], &overall["budgetLeft"]),
        (&json!(375.0), &json!(-374.0))
    );
    assert_eq!(
        (&overall["exhaustion"], &overall["exhaustedIn"]),
        (&json!("gone"), &json!(null))
    );
    assert_eq!(report["objectives"][4]["exhaustion"], json!("no-traffic"));
    let window =
        json!({"objective": "overall-availability", "window": 3_600_000.0, "total": 8, "bad": 3});
    assert_eq!(report["windows"][0], window);
    let budget = json!({"spent": 375.0, "left": -374.0, "exhaustion": "gone", "exhaustedIn": null});
    assert_eq!(report["budgets"]["overall-availability"], budget);
    let burn = json!({
        "objective": "overall-availability", "alert": "overall-availability-fast",
        "window": 180_000.0, "burnRate": 375.0, "factor": 4.0,
    });
    assert_eq!(report["burnRates"][0], burn);
    assert_eq!(report["breaker"]["load"], json!("open"));
    assert_eq!(report["histograms"]["eval"]["count"], json!(4));
    assert_eq!(report["transitions"], json!([]));

    let alert = &report["alerts"][0];
    assert_eq!(alert["name"], json!("overall-availability-fast"));
    assert_eq!(
        (&alert["severity"], &alert["state"]),
        (&json!("page"), &json!("inactive"))
    );
    assert_eq!(
        (&alert["condition"], &alert["factor"]),
        (&json!("not-enough-data"), &json!(4.0))
    );
    assert_eq!(
        (&alert["longWindow"], &alert["longBurnRate"]),
        (&json!(180_000.0), &json!(375.0))
    );

    let operation = |name: &str| {
        let all = report["operations"].as_array().unwrap();
        all.iter()
            .find(|operation| operation["name"] == *name)
            .unwrap()
            .clone()
    };
    let eval = operation("eval");
    assert_eq!(
        (&eval["answered"], &eval["errors"], &eval["slow"]),
        (&json!(4), &json!(1), &json!(1))
    );
    let latency = &eval["latency"];
    assert_eq!(latency["steps"], json!([[1.0, 1], [2.0, 1], [3.001, 1]]));
    assert_eq!(
        (&latency["outliers"], &latency["max"]),
        (&json!(1), &json!(70_000.0))
    );
    let call = operation("call");
    assert_eq!(call["transport"]["max"], json!(0.65));
    assert_eq!(
        (&call["queue"]["max"], &call["vm"]["max"]),
        (&json!(0.1), &json!(0.25))
    );
    let load = operation("load");
    assert_eq!(
        (&load["breaker"], &load["latency"]),
        (&json!("open"), &json!(null))
    );
    assert!(load["breakerOpensAt"].as_f64().unwrap() > report["at"].as_f64().unwrap());
    assert_eq!(operation("compile")["queue"], json!(null));
    assert!(report["irregularities"]["clockStepsBack"].as_u64().unwrap() > 0);
}

#[test]
fn a_budget_that_will_be_gone_says_when() {
    let mut engine = Engine::default();
    play(&mut engine, Operation::Eval, &[1; 2_000]);
    play(&mut engine, Operation::Eval, &[0]);
    engine.tick(Micros(1_000_000));
    let overall = json(engine.slo_report())["objectives"][0].clone();
    assert_eq!(overall["exhaustion"], json!("in"));
    // Half of an hour's budget is left, at half the rate that spends it in an hour.
    assert!(overall["exhaustedIn"].as_f64().unwrap() > 3_600_000.0);
}

#[test]
fn csv_has_a_line_for_each_operation() {
    let csv = busy().csv();
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines.len(), 9);
    let columns = lines[0].split(',').count();
    assert!(lines.iter().all(|line| line.split(',').count() == columns));
    let eval = "eval,4,0,1,1,0,0,0,0,0,0,0.2,17501.5,2,70000,70000,70000,70000,70000,false";
    assert_eq!(lines[1], eval);
    assert_eq!(lines[8], "compile,0,0,0,0,0,0,0,0,0,0,,,,,,,,,");
}

#[test]
fn open_metrics_has_every_number_once() {
    let page = busy().open_metrics();
    let has = |line: &str| assert_eq!(page.lines().filter(|l| *l == line).count(), 1, "{line}");
    has("atomvm_roundtrips_total{operation=\"eval\",outcome=\"answered\"} 4");
    has("atomvm_roundtrips_total{operation=\"eval\",outcome=\"error\"} 1");
    has("atomvm_slow_answers_total{operation=\"eval\"} 1");
    has("atomvm_open_roundtrips{operation=\"load\"} 0");
    has("atomvm_roundtrip_seconds_bucket{operation=\"eval\",le=\"0.001\"} 1");
    has("atomvm_roundtrip_seconds_bucket{operation=\"eval\",le=\"60.0\"} 3");
    has("atomvm_roundtrip_seconds_bucket{operation=\"eval\",le=\"+Inf\"} 4");
    has("atomvm_roundtrip_seconds_sum{operation=\"eval\"} 70.006");
    has("atomvm_error_budget_left_ratio{objective=\"overall-latency\"} -19");
    assert!(page.ends_with("# EOF\n"));
    assert!(
        !Engine::default()
            .open_metrics()
            .contains("budget_left_ratio{")
    );
}
