//! Objectives as a document and as a draft: what goes out comes back, and nothing else gets in.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use proptest::prelude::*;
use slo::{Draft, Engine, Indicator, Objective, Objectives, Operation, Ppm, Span};

fn list(objectives: &Objectives) -> Vec<Objective> {
    objectives.iter().copied().collect()
}

#[test]
fn the_default_objectives_as_a_document() {
    let document = Engine::default().openslo();
    let compile = "\
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: compile-latency
spec:
  service: atomvm-console
  indicator:
    metadata:
      name: compile-latency
    spec:
      thresholdMetric:
        metricSource:
          type: atomvm-console
          spec:
            operation: compile
            measure: latency_ms
  timeWindow:
    - duration: 1h
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: compile-latency
      op: lte
      value: 1200
      target: 0.99
";
    assert!(document.ends_with(compile), "{document}");
    let availability = "\
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: atomvm-console
            spec:
              measure: answered
        total:
          metricSource:
            type: atomvm-console
            spec:
              measure: judged
";
    assert!(document.contains(availability), "{document}");
}

fn objectives() -> impl Strategy<Value = Vec<Objective>> {
    let window = prop_oneof![
        (1..=360_u64).prop_map(|minutes| Span::secs(60 * minutes)),
        (13..=1_440_u64).prop_map(|half_hours| Span::secs(1_800 * half_hours)),
    ];
    let one = (
        1..1_000_000_u32,
        window,
        prop::option::of(1..=60_000_000_u64),
    );
    prop::collection::vec(one, 18).prop_map(|drawn| {
        let operations = Operation::BUILT_IN.map(Some).into_iter().chain([None]);
        let pairs = operations.flat_map(|operation| [(operation, false), (operation, true)]);
        let objective =
            |((operation, is_latency), (target, window, us)): (_, (u32, Span, Option<u64>))| {
                let threshold = Span(us.unwrap_or(10_000));
                // All together always have both; an operation has one or the other or both.
                (us.is_some() || Option::<Operation>::is_none(&operation)).then(|| Objective {
                    operation,
                    indicator: if is_latency {
                        Indicator::Latency { threshold }
                    } else {
                        Indicator::Availability
                    },
                    target: Ppm::new(target).unwrap(),
                    window,
                })
            };
        pairs.zip(drawn).filter_map(objective).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_exported_is_imported_exactly(wanted in objectives()) {
        let set = Objectives::new(wanted.clone()).unwrap();
        let document = Engine::new(set.clone()).openslo();
        let mut engine = Engine::default();
        let import = engine.read_openslo(&document).unwrap();
        prop_assert_eq!(list(&import.objectives), wanted.clone());
        prop_assert_eq!(import.ignored, Vec::<String>::new());
        let drafts = engine.drafts_of(&set);
        prop_assert_eq!(list(&engine.read_drafts(&drafts).unwrap()), wanted);
    }

    #[test]
    fn a_document_with_a_byte_changed_is_read_or_refused(at in 0..2_000_usize, byte in 0..128_u8) {
        let mut document = Engine::default().openslo().into_bytes();
        let at = at % document.len();
        document[at] = byte;
        let text = String::from_utf8(document).unwrap();
        let _ = Engine::default().read_openslo(&text);
    }
}

#[test]
fn a_custom_operation_and_what_other_tools_write_beside_it() {
    let document = Engine::default()
        .openslo()
        .replace("operation: compile", "operation: \"render_frame\"")
        .replace("  service:", "  alertPolicies: []\n  service:");
    let document = format!("{document}---\napiVersion: openslo/v1\nkind: AlertPolicy\n");
    let mut engine = Engine::default();
    let import = engine.read_openslo(&document).unwrap();
    let named = import.objectives.iter().last().unwrap().operation.unwrap();
    assert_eq!(engine.operation_name(named), "render_frame");
    assert_eq!(import.ignored.len(), 6);
    assert_eq!(import.ignored[5], "document 7 of kind AlertPolicy");
}

#[test]
fn json_is_read_too() {
    let target = r#"{"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "a"}, "spec": {
        "indicator": {"spec": {"ratioMetric": {"good": {"metricSource": {"type": "atomvm-console"}},
            "total": {"metricSource": {"type": "atomvm-console"}}}}},
        "timeWindow": [{"duration": "4w", "isRolling": true}], "budgetingMethod": "Occurrences",
        "objectives": [{"target": 0.9995}]}}"#;
    let error = Engine::default().read_openslo(target).unwrap_err();
    let lacks = "a set needs an availability and a latency objective for all operations together";
    assert_eq!(error.to_string(), lacks);
}

fn refused(change: impl Fn(&str) -> String) -> String {
    let mut engine = Engine::default();
    let before = list(engine.objectives());
    let words = match engine.read_openslo(&change(&engine.openslo())) {
        Ok(import) => format!("read as {:?}", import.objectives),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        list(engine.objectives()),
        before,
        "an import puts nothing in force"
    );
    words
}

#[test]
fn a_document_that_cannot_be_believed_is_refused_whole() {
    let check = |from: &'static str, to: &'static str, want: &str| {
        assert_eq!(refused(|good| good.replacen(from, to, 1)), want);
    };
    check(
        "openslo/v1",
        "openslo/v2alpha",
        "document 1 is written in openslo/v2alpha, which is newer than openslo/v1: update the page",
    );
    let foreign = "document 1 is no OpenSLO: its apiVersion is not openslo/v1";
    check("openslo/v1", "v1", foreign);
    check("openslo/v1", "openslo/v1alpha", foreign);
    check(
        "kind: Service",
        "kind: [Service]",
        "document 1, kind: a text is missing",
    );
    check(
        "duration: 1h",
        "duration: -1h",
        "document 2, spec.timeWindow: a duration is a number and one of m, h, d, w, such as 1h",
    );
    check(
        "isRolling: true",
        "isRolling: false",
        "document 2, spec.timeWindow: only rolling windows are kept",
    );
    check(
        "Occurrences",
        "Timeslices",
        "document 2, spec.budgetingMethod: only Occurrences are counted here",
    );
    let fraction =
        "document 2, spec.objectives: target must be a fraction such as 0.999, to six places";
    check("target: 0.999", "target: 1.5", fraction);
    check("target: 0.999", "target: .nan", fraction);
    check("target: 0.999", "target: 1e-3", fraction);
    check(
        "target: 0.999",
        "target: 1",
        "objective 0: a target lies between 0 % and 100 %, both excluded",
    );
    check(
        "op: lte",
        "op: gte",
        "document 3, spec.objectives: op must be lte",
    );
    check(
        "value: 10",
        "value: fast",
        "document 3, spec.objectives: value must be milliseconds such as 10, to three places",
    );
    check(
        "type: atomvm-console",
        "type: Prometheus",
        "document 2, spec.indicator.spec: the metricSource's type must be atomvm-console, the only source there is",
    );
    check(
        "measure: judged",
        "operation: eval",
        "document 2, spec.indicator.spec: good and total must be of one operation",
    );
}

#[test]
fn strange_texts_get_a_word() {
    let check = |text: &str, want: &str| assert_eq!(refused(|_| text.to_owned()), want);
    check(
        "",
        "there is no objective in it: no document is of kind SLO",
    );
    check(
        "<!doctype html>",
        "document 1 is no OpenSLO: its apiVersion is not openslo/v1",
    );
    check(
        "a: &a [x]\nb: *a",
        "this is no YAML that can be read: line 1: an anchor is not read",
    );
    let long = "x".repeat(300_000);
    check(
        &long,
        "this is no YAML that can be read: it has 300000 bytes, at most 262144 are read",
    );
    let name = refused(|good| good.replace("operation: load", "operation: \"lo\\nad\""));
    assert!(
        name.starts_with("document 4: an operation's name is a small letter"),
        "{name}"
    );
}

fn faults(change: impl Fn(&mut Vec<Draft>)) -> Vec<String> {
    let mut engine = Engine::default();
    let mut drafts = engine.drafts();
    change(&mut drafts);
    let faults = engine.read_drafts(&drafts).err().unwrap_or_default();
    let told = faults.iter().map(|fault| match fault.at {
        Some((at, field)) => format!("{at} {field:?}: {}", fault.words),
        None => fault.words.clone(),
    });
    told.collect()
}

#[test]
fn every_fault_of_a_draft_is_at_its_field() {
    assert_eq!(faults(|_| ()), [""; 0]);
    let many = faults(|drafts| {
        drafts[0].target = "99,9".to_owned();
        drafts[0].window = "soon".to_owned();
        drafts[1].threshold = "".to_owned();
        drafts[2].target = "250".to_owned();
        drafts[3].operation = "Load It".to_owned();
        drafts[4].window = "7 min".to_owned();
    });
    assert_eq!(
        many,
        [
            "0 Target: This is no number of per cent: digits and a point.",
            "0 Window: A window is a number and min, h or d, such as 1 h.",
            "1 Threshold: A number of milliseconds is missing.",
            "2 Target: A target is less than 100 %.",
            "3 Operation: An operation's name is a small letter, then small letters, digits or `_`: see byte 0.",
        ]
    );
    let impossible = faults(|drafts| {
        drafts[0].target = "100".to_owned();
        drafts[1].threshold = "61000".to_owned();
        drafts[2].window = "31 d".to_owned();
    });
    assert_eq!(
        impossible,
        [
            "0 Target: A target lies between 0 % and 100 %, both excluded.",
            "1 Threshold: A latency threshold lies between 1 µs and 60 s.",
            "2 Window: A window lasts 1 minute to 30 days, in whole minutes up to 6 hours, in steps of 30 minutes beyond.",
        ]
    );
    let twice = faults(|drafts| drafts.push(drafts[4].clone()));
    assert_eq!(
        twice,
        ["5 Operation: There is already one for this operation and indicator."]
    );
    let none = faults(|drafts| drafts.truncate(1));
    let lacks = "A set needs an availability and a latency objective for all operations together.";
    assert_eq!(none, [lacks]);
}
