//! `cargo xtask bench`: every figure that the README states, measured on this machine in one run, as a
//! table and as `target/bench.json`.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::step::step;
use crate::{exec, host, place, site, tools, vm};

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Measure `dist/` as it is.
    #[arg(long)]
    no_build: bool,
    /// Leave out the comparison of VM programs, which takes longest.
    #[arg(long)]
    no_programs: bool,
    /// Visits and series for each figure; the median is reported.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

/// Measures and prints.
pub fn run(options: &Options) -> Result<()> {
    let chromium = host::require(&host::CHROMIUM)?;
    if !options.no_build {
        site::build(&site::Options::default())?;
    }
    let tools = tools::for_build()?;
    let recorder = recorder()?;
    let mut result: Value = step("the page in Chromium", || {
        let mut node = tools.command("node", &place::root())?;
        node.args(["e2e/bench/run.mjs", "--rounds", &options.rounds.to_string()]);
        node.arg("--recorder").arg(&recorder);
        let printed = exec::output(node.env("CHROMIUM", &chromium))?;
        serde_json::from_slice(&printed).context("the bench printed no JSON")
    })?;
    if !options.no_programs {
        let rows = step("programs on the untouched and the lean VM", || {
            vm::compare(&vm::untouched(), &vm::prepare(None)?, &[])
        })?;
        result["programs"] = rows
            .iter()
            .filter_map(|row| {
                Some((
                    row.program.clone(),
                    json!(row.speed_percent()? as f64 / 100.0),
                ))
            })
            .collect();
    }
    let path = place::at("target/bench.json");
    fs::write(&path, serde_json::to_vec_pretty(&result)?)?;
    print(&result);
    println!("\nAll of it: target/bench.json");
    Ok(())
}

/// The engine of the service levels as a module of its own, optimised as the page is.
fn recorder() -> Result<std::path::PathBuf> {
    let out = place::at("target/recorder.wasm");
    step("the recorder of the service levels", || {
        let mut cargo = exec::command("cargo", &place::root());
        let what = [
            "build",
            "--quiet",
            "--release",
            "--package",
            "atomvm-console",
            "--example",
            "recorder",
        ];
        exec::run(
            cargo
                .args(what)
                .args(["--target", "wasm32-unknown-unknown"]),
        )?;
        let built = place::at("target/wasm32-unknown-unknown/release/examples/recorder.wasm");
        let mut optimise = exec::command(place::at("node_modules/.bin/wasm-opt"), &place::root());
        optimise
            .args(["-Oz", "--all-features", "-o"])
            .arg(&out)
            .arg(built);
        exec::run(&mut optimise)
    })?;
    Ok(out)
}

/// A figure of the table: what it is, where it is in the result, how it is shown, what was promised.
struct Figure {
    what: &'static str,
    at: &'static str,
    unit: Unit,
    promise: Option<f64>,
}

#[derive(Clone, Copy)]
enum Unit {
    Milliseconds,
    Nanoseconds,
    Ratio,
    Bytes,
    Count,
}

const fn figure(what: &'static str, at: &'static str, unit: Unit, promise: Option<f64>) -> Figure {
    Figure {
        what,
        at,
        unit,
        promise,
    }
}

const MB: f64 = 1_000_000.0;

const FIGURES: [Figure; 30] = [
    figure(
        "roundtrip p50",
        "/roundtrip/call_p50_ms",
        Unit::Milliseconds,
        Some(0.2),
    ),
    figure(
        "roundtrip p99",
        "/roundtrip/call_p99_ms",
        Unit::Milliseconds,
        None,
    ),
    figure(
        "bare echo p50",
        "/roundtrip/echo_p50_ms",
        Unit::Milliseconds,
        None,
    ),
    figure(
        "roundtrip p50 / echo p50",
        "/roundtrip/p50_ratio",
        Unit::Ratio,
        Some(3.0),
    ),
    figure(
        "1,000 calls at once",
        "/roundtrip/burst_call_ms",
        Unit::Milliseconds,
        Some(40.0),
    ),
    figure("calls lost", "/roundtrip/lost", Unit::Count, Some(0.0)),
    figure(
        "first eval, warm, host with headers",
        "/boot/isolated/warm_ms/median",
        Unit::Milliseconds,
        Some(600.0),
    ),
    figure(
        "first eval, cold, host with headers",
        "/boot/isolated/cold_ms/median",
        Unit::Milliseconds,
        Some(1200.0),
    ),
    figure(
        "first eval, warm, bare host",
        "/boot/bare/warm_ms/median",
        Unit::Milliseconds,
        None,
    ),
    figure(
        "first eval, cold, bare host",
        "/boot/bare/cold_ms/median",
        Unit::Milliseconds,
        Some(2000.0),
    ),
    figure(
        "compile of 100 lines, the first time",
        "/compile/first_ms",
        Unit::Milliseconds,
        Some(1200.0),
    ),
    figure(
        "compile of 100 lines, warm",
        "/compile/warm_ms",
        Unit::Milliseconds,
        Some(300.0),
    ),
    figure(
        "roundtrip p50 while compiling",
        "/compile/call_p50_ms",
        Unit::Milliseconds,
        None,
    ),
    figure(
        "roundtrip p99 while compiling",
        "/compile/call_p99_ms",
        Unit::Milliseconds,
        Some(10.0),
    ),
    figure(
        "first prompt, brotli",
        "/wire/first_prompt_brotli_bytes",
        Unit::Bytes,
        Some(2.0 * MB),
    ),
    figure(
        "everything, brotli",
        "/wire/everything_brotli_bytes",
        Unit::Bytes,
        Some(3.5 * MB),
    ),
    figure(
        "answer to a typed expression, p50",
        "/terminal/answer_p50_ms",
        Unit::Milliseconds,
        Some(50.0),
    ),
    figure(
        "10 MB through the terminal",
        "/terminal/large/ms",
        Unit::Milliseconds,
        Some(6_000.0),
    ),
    figure(
        "longest task of the page meanwhile",
        "/terminal/large/longest_task_ms",
        Unit::Milliseconds,
        Some(100.0),
    ),
    figure(
        "a frame while a program prints",
        "/terminal/flood/frame_ms",
        Unit::Milliseconds,
        Some(1_000.0 / 30.0),
    ),
    figure(
        "interrupt of a program that prints",
        "/terminal/flood/interrupt_ms",
        Unit::Milliseconds,
        Some(500.0),
    ),
    figure(
        "page heap while a program prints",
        "/terminal/flood/heap_bytes",
        Unit::Bytes,
        Some(60.0 * MB),
    ),
    figure(
        "page heap after boot",
        "/memory/heap_after_boot_bytes",
        Unit::Bytes,
        Some(60.0 * MB),
    ),
    figure(
        "page heap after 20 restarts",
        "/memory/heap_after_restarts_bytes",
        Unit::Bytes,
        None,
    ),
    figure(
        "workers after boot",
        "/memory/workers_before",
        Unit::Count,
        None,
    ),
    figure(
        "workers after 20 restarts",
        "/memory/workers_after",
        Unit::Count,
        None,
    ),
    figure(
        "recording one roundtrip, in the page",
        "/levels/record_ns",
        Unit::Nanoseconds,
        Some(400.0),
    ),
    figure(
        "a frame, charts live, 2,000 a second",
        "/levels/frame_ms",
        Unit::Milliseconds,
        Some(20.0),
    ),
    figure(
        "p50 of that load, panel out of sight",
        "/levels/closed_p50_ms",
        Unit::Milliseconds,
        None,
    ),
    figure(
        "p50, charts live / panel out of sight",
        "/levels/p50_rise",
        Unit::Ratio,
        Some(1.2),
    ),
];

fn print(result: &Value) {
    println!("\n{:<38} {:>12} {:>12}", "figure", "measured", "promised");
    for figure in &FIGURES {
        let measured = result.pointer(figure.at).and_then(Value::as_f64);
        println!("{}", row(figure, measured));
    }
    let empty = json!({});
    let parts = result.pointer("/wire/parts_bytes").unwrap_or(&empty);
    println!("\n{:<38} {:>12} {:>12}", "part", "raw", "brotli");
    for (name, sizes) in parts.as_object().into_iter().flatten() {
        let shown = |key: &str| show(Unit::Bytes, sizes[key].as_f64().unwrap_or_default());
        println!("{name:<38} {:>12} {:>12}", shown("raw"), shown("brotli"));
    }
    if let Some(programs) = result["programs"].as_object() {
        println!("\n{:<38} {:>12}", "program", "times faster");
        for (name, ratio) in programs {
            println!(
                "{name:<38} {:>12}",
                show(Unit::Ratio, ratio.as_f64().unwrap_or_default())
            );
        }
    }
}

fn row(figure: &Figure, measured: Option<f64>) -> String {
    let shown = measured.map_or_else(
        || "not measured".to_owned(),
        |value| show(figure.unit, value),
    );
    let promised = figure.promise.map_or_else(String::new, |value| {
        format!("≤ {}", show(figure.unit, value))
    });
    let missed = figure
        .promise
        .is_some_and(|promise| measured.is_none_or(|value| value > promise));
    format!(
        "{:<38} {shown:>12} {promised:>12}{}",
        figure.what,
        if missed { "  MISSED" } else { "" }
    )
}

fn show(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Milliseconds if value < 10.0 => format!("{value:.3} ms"),
        Unit::Milliseconds => format!("{value:.0} ms"),
        Unit::Nanoseconds => format!("{value:.0} ns"),
        Unit::Ratio => format!("{value:.2} ×"),
        Unit::Bytes => format!("{:.2} MB", value / MB),
        Unit::Count => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_promise_and_a_missing_figure_are_said() {
        let [p50, ..] = FIGURES;
        assert!(row(&p50, Some(0.1)).ends_with("0.100 ms   ≤ 0.200 ms"));
        assert!(row(&p50, Some(0.3)).ends_with("MISSED"));
        assert!(row(&p50, None).contains("not measured"));
        assert!(row(&p50, None).ends_with("MISSED"));
    }
}
