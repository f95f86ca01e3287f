//! How fast modules are parsed, packed and gated, in bytes of the packed form a second.

#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a bench may end here; criterion makes public items"
)]

use std::hint::black_box;

use avm::{Beam, Limits, Natives, Pack, Section, Vm, gate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const MODULES: [&[u8]; 3] = [
    include_bytes!("../tests/data/shapes.beam"),
    include_bytes!("../tests/data/stubs.beam"),
    include_bytes!("../tests/data/nifs.beam"),
];

/// How many times the modules go into the pack, to come near a megabyte.
const COPIES: usize = 300;

fn throughput(criterion: &mut Criterion) {
    let limits = Limits::default();
    let parse = |bytes| Beam::parse(bytes, &limits).expect("a sound module");
    let modules: Vec<Beam<'_>> = MODULES.map(parse).into();
    let sections = modules
        .iter()
        .map(Section::module)
        .cycle()
        .take(MODULES.len() * COPIES);
    let pack = Pack {
        sections: sections.collect(),
    };
    let bytes = pack.write();
    let packed = pack.modules(&limits).expect("sound modules");
    let vm = Vm::atomvm(Natives::default());

    let mut group = criterion.benchmark_group("avm");
    group
        .throughput(Throughput::Bytes(bytes.len() as u64))
        .sample_size(20);
    group.bench_function("parse a pack and its modules", |bencher| {
        bencher.iter(|| Pack::parse(black_box(&bytes), &limits));
    });
    group.bench_function("pack modules", |bencher| {
        bencher.iter(|| {
            let sections = packed
                .iter()
                .map(|module| Section::module(black_box(module)));
            Pack {
                sections: sections.collect(),
            }
            .write()
        });
    });
    group.bench_function("gate modules", |bencher| {
        bencher.iter(|| gate::check(black_box(&packed), &vm));
    });
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
