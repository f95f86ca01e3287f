//! Time: a steady clock, the wall's words, one alarm, and ticks that end when they are dropped.

use gloo::timers::callback::{Interval, Timeout};
use std::cell::RefCell;
use web_sys::Performance;

thread_local! {
    /// Found once: every roundtrip asks for the time, and the way to the clock takes longer than it.
    static CLOCK: Option<Performance> =
        web_sys::window().and_then(|window| window.performance());
}

/// Microseconds since the page began; never runs backwards.
pub fn now_us() -> u64 {
    CLOCK.with(|clock| {
        clock
            .as_ref()
            .map_or(0, |clock| (clock.now() * 1_000.0) as u64)
    })
}

/// Microseconds from the Unix epoch to where [`now_us`] begins.
pub fn origin_us() -> u64 {
    CLOCK.with(|clock| {
        clock
            .as_ref()
            .map_or(0, |clock| (clock.time_origin() * 1_000.0) as u64)
    })
}

/// Local time as `HH:MM:SS`.
pub fn wall() -> String {
    words(&js_sys::Date::new_0())
}

/// The local time of so many microseconds since the Unix epoch, as `HH:MM:SS`.
pub fn wall_at(epoch_us: u64) -> String {
    words(&js_sys::Date::new(&(epoch_us as f64 / 1_000.0).into()))
}

fn words(now: &js_sys::Date) -> String {
    let (hours, minutes, seconds) = (now.get_hours(), now.get_minutes(), now.get_seconds());
    format!("{hours:02}:{minutes:02}:{seconds:02}")
}

/// A number that is hard to guess twice.
pub fn seed() -> u64 {
    js_sys::Math::random().to_bits() ^ js_sys::Date::now().to_bits()
}

/// One wake-up at a time; setting it again replaces the one before.
#[derive(Default)]
pub struct Alarm {
    pending: RefCell<Option<Timeout>>,
}

impl Alarm {
    /// Calls `ring` at a time of [`now_us`].
    pub fn set(&self, at_us: u64, ring: impl FnOnce() + 'static) {
        // Rounded up: an alarm that rings too early would only have to be set again.
        let delay_ms = at_us.saturating_sub(now_us()).div_ceil(1_000);
        // A browser counts in signed 32 bits, and wakes at once for more.
        let delay_ms = u32::try_from(delay_ms)
            .unwrap_or(u32::MAX)
            .min(i32::MAX as u32);
        self.pending.replace(Some(Timeout::new(delay_ms, ring)));
    }
}

/// Calls `tick` every so many milliseconds until the handle is dropped.
pub fn every(period_ms: u32, tick: impl FnMut() + 'static) -> Interval {
    Interval::new(period_ms, tick)
}
