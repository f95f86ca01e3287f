//! One roundtrip after the other, begun and ended, for the bench in the page: a module without imports
//! that runs the same code in the same engine as the page does.
#![allow(
    unsafe_code,
    reason = "an exported name is what makes it callable from outside"
)]

use slo::{Engine, Micros, Operation, Span};
use std::cell::RefCell;

thread_local! {
    /// Between two calls it stays as warm as the page's own.
    static ENGINE: RefCell<(Engine, u64)> = RefCell::default();
}

/// Records so many roundtrips with the VM's share; tells how many the engine holds.
#[unsafe(no_mangle)]
pub extern "C" fn record(count: u32) -> u32 {
    ENGINE.with_borrow_mut(|(engine, now)| {
        for number in 0..u64::from(count) {
            *now += 500;
            let Ok(mut token) = engine.begin(Operation::Call, Micros(*now)) else {
                return 0;
            };
            token.vm_took(Span(40));
            engine.succeed(token, Micros(*now + 50 + number * 7_919 % 400));
        }
        engine.totals().judged() as u32
    })
}
