//! The cost of measuring: one roundtrip begun and ended, and one look at all rows.
#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use slo::{Engine, Micros, Operation, Roundtrip, Span};
use std::hint::black_box;

fn roundtrip(c: &mut Criterion) {
    let mut engine = Engine::default();
    let mut now = 0;
    let mut latency = 1_u64;
    let mut one = |vm: Option<Span>| {
        now += 500;
        latency = (latency * 48_271) % 0x7fff_ffff;
        let Ok(mut token) = engine.begin(Operation::Eval, Micros(now)) else {
            return;
        };
        vm.into_iter().for_each(|took| token.vm_took(took));
        black_box(engine.succeed(token, Micros(now + latency % 20_000)));
        now += 20_000;
    };
    c.bench_function("begin and succeed", |b| b.iter(|| one(None)));
    c.bench_function("begin and succeed, with the VM's share", |b| {
        b.iter(|| one(Some(Span(40))))
    });
}

fn rows(c: &mut Criterion) {
    let mut engine = Engine::default();
    for n in 0..100_000_u64 {
        let operation = Operation::BUILT_IN[(n % 8) as usize];
        let token: Option<Roundtrip> = engine.begin(operation, Micros(n * 1_000)).ok();
        token.map(|token| engine.succeed(token, Micros(n * 1_000 + n * 7_919 % 30_000)));
    }
    c.bench_function("rows of eight operations, 100,000 samples", |b| {
        b.iter(|| black_box(engine.rows().filter_map(|row| row.p99).max()));
    });
}

criterion_group!(benches, roundtrip, rows);
criterion_main!(benches);
