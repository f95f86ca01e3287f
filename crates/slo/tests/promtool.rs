//! The alerts beside Prometheus': the same series and rules are given to `promtool test rules`, which
//! must find every alert in the same state at every look. Needs `promtool`, of Debian's package
//! `prometheus`; `PROMTOOL` names another one.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use slo::{Engine, Indicator, Micros, Objective, Objectives, Operation, Ppm, Reason, Rules, Span};

/// On a multiple of every bucket's width, so that windows begin where Prometheus' do.
const BASE_S: u64 = 1_699_999_200;

/// One rule, looked at as often as its windows' buckets end, so that both see whole windows.
struct Case {
    rule: usize,
    window_s: u64,
    step_s: u64,
    steps: usize,
}

/// The workbook's three over 30 days, the session's three over an hour.
const CASES: [Case; 6] = [
    Case {
        rule: 0,
        window_s: 2_592_000,
        step_s: 60,
        steps: 240,
    },
    Case {
        rule: 1,
        window_s: 2_592_000,
        step_s: 60,
        steps: 900,
    },
    Case {
        rule: 2,
        window_s: 2_592_000,
        step_s: 1_800,
        steps: 400,
    },
    Case {
        rule: 0,
        window_s: 3_600,
        step_s: 5,
        steps: 240,
    },
    Case {
        rule: 1,
        window_s: 3_600,
        step_s: 5,
        steps: 500,
    },
    Case {
        rule: 2,
        window_s: 3_600,
        step_s: 5,
        steps: 900,
    },
];

/// Chance from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Roundtrips and errors in each step: phases of silence, of trickle, of good traffic and of outages
/// that are grave or hardly too much.
fn timeline(dice: &mut Dice, steps: usize) -> Vec<(u64, u64)> {
    let mut line = vec![];
    while line.len() < steps {
        let (traffic, errors_in_10000) = match dice.below(6) {
            0 => (0, 0),
            1 => (1, dice.below(5_000)),
            2 => (10, 5_000),
            3 => (10, dice.below(400)),
            _ => (10, 0),
        };
        for _ in 0..=dice.below(steps as u64 / 6) {
            let total = dice.below(traffic + 1);
            let bad = (0..total)
                .filter(|_| dice.below(10_000) < errors_in_10000)
                .count();
            line.push((total, bad as u64));
        }
    }
    line.truncate(steps);
    line
}

fn objectives(window_s: u64) -> Objectives {
    let objective = |indicator| Objective {
        operation: None,
        indicator,
        target: Ppm::new(999_000).unwrap(),
        window: Span::secs(window_s),
    };
    let latency = Indicator::Latency {
        threshold: Span::secs(60),
    };
    Objectives::new(vec![objective(Indicator::Availability), objective(latency)]).unwrap()
}

/// The state of the rule's alert after each step.
fn ours(case: &Case, timeline: &[(u64, u64)]) -> Vec<&'static str> {
    let mut engine = Engine::new(objectives(case.window_s));
    let second = |s: u64| Micros((BASE_S + s) * 1_000_000);
    let states = timeline.iter().zip(1_u64..).map(|(&(total, bad), step)| {
        // Roundtrips in the middle of a step, the look at its very end.
        let (middle, end) = (step * case.step_s - case.step_s / 2, step * case.step_s - 1);
        for n in 0..total {
            let token = engine.begin(Operation::Call, second(middle)).unwrap();
            match n < bad {
                true => engine.fail(token, Reason::Timeout, second(middle)),
                false => engine.succeed(token, second(middle)),
            };
        }
        engine.tick(second(end));
        engine.alerts().nth(case.rule).unwrap().state.word()
    });
    states.collect()
}

/// The greatest common divisor.
fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The rule in Prometheus' language. Counts and factors are whole numbers, so that its floats are exact.
fn rule(case: &Case) -> String {
    let objective = *objectives(case.window_s).iter().next().unwrap();
    let rules = Rules::fitting(&objective);
    let rule = rules.iter().nth(case.rule).unwrap();
    let seconds = |span: Span| span.0 / 1_000_000;
    // bad / total / budget > share x period / long, without a division.
    let budget = u64::from(objective.target.complement().get());
    let left = 1_000_000_000_000 * seconds(rule.long);
    let right = budget * u64::from(rule.budget_share.get()) * case.window_s;
    let (left, right) = (left / gcd(left, right), right / gcd(left, right));
    let sum = |series: &str, span: Span| {
        // One second less, so that a sample at the window's start is out whichever way its ends count.
        format!("sum_over_time({series}[{}s])", seconds(span) - 1)
    };
    let over = |span| {
        format!(
            "{left} * {} > {right} * {}",
            sum("bad", span),
            sum("total", span)
        )
    };
    let total = sum("total", rule.long);
    let enough = format!(
        "{total} >= {} and {} >= {}",
        rule.min_events,
        sum("bad", rule.long),
        rule.min_bad
    );
    let above = format!(
        "({}) and ({}) and ({enough})",
        over(rule.long),
        over(rule.short)
    );
    // While nothing can be measured, what fires goes on.
    let unknown = format!("({total} > 0 < {})", rule.min_events);
    let frozen = format!("{unknown} and on() ALERTS{{alertname=\"it\",alertstate=\"firing\"}}");
    let mut yaml = format!(
        "groups:\n- name: g\n  interval: {}s\n  rules:\n",
        case.step_s
    );
    let _ = write!(yaml, "  - alert: it\n    expr: '({above}) or ({frozen})'\n");
    let _ = write!(
        yaml,
        "    for: {}s\n    keep_firing_for: {}s\n",
        seconds(rule.hold),
        seconds(rule.keep)
    );
    yaml
}

fn samples(numbers: impl Iterator<Item = u64>) -> String {
    // The first sample of a series is at time zero, before anything happened.
    let texts = numbers.map(|number| number.to_string());
    std::iter::once("0".to_owned())
        .chain(texts)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A test for promtool that holds when Prometheus sees what we see.
fn expectation(case: &Case, timeline: &[(u64, u64)], states: &[&str]) -> String {
    let step = case.step_s;
    let mut yaml = format!("rule_files: [rules.yml]\nevaluation_interval: {step}s\ntests:\n");
    let _ = write!(yaml, "- interval: {step}s\n  input_series:\n");
    for (name, values) in [
        ("total", samples(timeline.iter().map(|(total, _)| *total))),
        ("bad", samples(timeline.iter().map(|(_, bad)| *bad))),
    ] {
        let _ = write!(yaml, "  - series: '{name}'\n    values: '{values}'\n");
    }
    yaml += "  promql_expr_test:\n";
    for (state, at) in states.iter().zip(1_u64..) {
        let _ = write!(
            yaml,
            "  - expr: 'ALERTS'\n    eval_time: {}s\n    exp_samples:",
            at * step
        );
        let is_there = matches!(*state, "pending" | "firing");
        let labels = format!("ALERTS{{alertname=\"it\",alertstate=\"{state}\"}}");
        yaml += &match is_there {
            true => format!("\n    - labels: '{labels}'\n      value: 1\n"),
            false => " []\n".to_owned(),
        };
    }
    yaml
}

fn promtool(folder: &Path) -> Result<(), String> {
    let program = std::env::var("PROMTOOL").unwrap_or_else(|_| "promtool".to_owned());
    let mut command = Command::new(&program);
    command
        .current_dir(folder)
        .args(["test", "rules", "test.yml"]);
    let output = command.output().map_err(|error| {
        format!("{program}: {error}. It is part of Debian's package `prometheus`.")
    })?;
    let words = [output.stdout, output.stderr].concat();
    let words = String::from_utf8_lossy(&words);
    output
        .status
        .success()
        .then_some(())
        .ok_or_else(|| words.chars().take(2_000).collect())
}

fn compare(number: usize, seed: u64) -> Vec<&'static str> {
    let case = &CASES[number];
    let timeline = timeline(&mut Dice(seed), case.steps);
    let states = ours(case, &timeline);
    let folder = std::env::temp_dir().join(format!(
        "slo-promtool-{}-{number}-{seed}",
        std::process::id()
    ));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("rules.yml"), rule(case)).unwrap();
    fs::write(
        folder.join("test.yml"),
        expectation(case, &timeline, &states),
    )
    .unwrap();
    let verdict = promtool(&folder);
    let kept = folder.display();
    assert_eq!(verdict, Ok(()), "case {number}, seed {seed}, in {kept}");
    fs::remove_dir_all(&folder).unwrap();
    states
}

/// Plays a case with several timelines; all states must have been seen, or it would prove little.
fn check(number: usize) {
    let mut seen: Vec<&str> = (1..=4).flat_map(|seed| compare(number, seed)).collect();
    seen.sort_unstable();
    seen.dedup();
    let holds = number != 3;
    let want: &[&str] = match holds {
        true => &["firing", "inactive", "pending", "resolved"],
        false => &["firing", "inactive", "resolved"],
    };
    assert_eq!(seen, want, "case {number}");
}

#[test]
fn the_month_s_fast_alert_is_prometheus() {
    check(0);
}

#[test]
fn the_month_s_steady_alert_is_prometheus() {
    check(1);
}

#[test]
fn the_month_s_slow_alert_is_prometheus() {
    check(2);
}

#[test]
fn the_session_s_fast_alert_is_prometheus() {
    check(3);
}

#[test]
fn the_session_s_steady_alert_is_prometheus() {
    check(4);
}

#[test]
fn the_session_s_slow_alert_is_prometheus() {
    check(5);
}

#[test]
fn a_wrong_expectation_is_found_out() {
    let case = &CASES[3];
    let timeline = timeline(&mut Dice(1), case.steps);
    let mut states = ours(case, &timeline);
    let firing = states.iter().position(|state| *state == "firing").unwrap();
    states[firing] = "inactive";
    let folder = std::env::temp_dir().join(format!("slo-promtool-{}-wrong", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("rules.yml"), rule(case)).unwrap();
    fs::write(
        folder.join("test.yml"),
        expectation(case, &timeline, &states),
    )
    .unwrap();
    let verdict = promtool(&folder);
    fs::remove_dir_all(&folder).unwrap();
    assert!(verdict.unwrap_err().contains("FAILED"));
}
