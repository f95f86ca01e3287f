//! Recording must not allocate once an operation has had its first sample, and memory is bounded
//! whatever names are thrown at the engine.
#![allow(
    unsafe_code,
    reason = "a counting allocator is the only witness there is"
)]

use slo::{Engine, Micros, Operation, Reason, Refusal, Span};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get().wrapping_add(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.set(BYTES.get().wrapping_sub(layout.size()));
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations made by `rounds` roundtrips of each built-in operation, some failing, all with parts.
fn allocations(engine: &mut Engine, rounds: u64) -> Result<u64, Refusal> {
    let before = ALLOCATIONS.get();
    for n in 0..rounds {
        for (at, operation) in Operation::BUILT_IN.into_iter().enumerate() {
            let now = Micros(n * 10_000 + at as u64);
            let mut token = engine.begin(operation, now)?;
            token.queued(Span(3));
            token.vm_took(Span(n));
            match n % 10 {
                9 => engine.fail(token, Reason::Timeout, now.plus(Span(n % 70_000_000))),
                _ => engine.succeed(token, now.plus(Span(n * 7_919 % 9_000))),
            };
        }
        engine.tick(Micros(n * 10_000 + 9_999));
    }
    Ok(ALLOCATIONS.get() - before)
}

#[test]
fn recording_allocates_nothing_in_steady_state() {
    let mut engine = Engine::default();
    assert!(
        allocations(&mut engine, 10).unwrap() > 0,
        "the witness sees the first samples"
    );
    assert_eq!(allocations(&mut engine, 100_000), Ok(0));
    assert_eq!(engine.totals().judged(), 8 * 100_010);
}

#[test]
fn ten_million_samples_take_no_more_memory_than_the_first() {
    let mut engine = Engine::default();
    allocations(&mut engine, 1_250).unwrap();
    let before = BYTES.get();
    assert_eq!(allocations(&mut engine, 1_248_750), Ok(0));
    assert_eq!(BYTES.get(), before);
    assert_eq!(engine.totals().judged(), 10_000_000);
}

#[test]
fn ten_thousand_names_take_no_more_memory_than_there_are_places() {
    let before = BYTES.get();
    let mut engine = Engine::default();
    let taken = |engine: &mut Engine, names: std::ops::Range<u64>| {
        for n in names {
            let operation = engine.operation(&format!("flood_{n}")).unwrap();
            let mut token = engine.begin(operation, Micros(n * 1_000)).unwrap();
            token.vm_took(Span(n));
            engine.succeed(token, Micros(n * 1_000 + n));
        }
        BYTES.get() - before
    };
    allocations(&mut engine, 10).unwrap();
    let places = taken(&mut engine, 0..slo::MAX_CUSTOM as u64 + 1);
    assert_eq!(taken(&mut engine, 100..10_000), places);
    assert!(places < 10 << 20, "{places} bytes");
}
