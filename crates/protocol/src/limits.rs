//! What may pass the border, checked before a request gets a number.

use crate::{Failure, Fault};

/// Most bytes of one payload or of one source text.
pub const PAYLOAD_BYTES: usize = 1 << 20;
/// Most bytes of one registered or module name: an atom has at most 255 characters.
pub const NAME_BYTES: usize = 255;
/// Most bytes of the source of one hook.
pub const HOOK_BYTES: usize = 64 << 10;
/// Most bytes of one file from outside.
pub const FILE_BYTES: usize = 16 << 20;
/// Most bytes typed or pasted in one go: the line editor in the VM works off a text of this size in seconds.
pub const TYPED_BYTES: usize = 64 << 10;
/// Shortest and longest deadline that a caller may set.
pub const TIMEOUT_MS: std::ops::RangeInclusive<u32> = 1..=3_600_000;
/// Deadline of a call unless the caller sets one.
pub const CALL_TIMEOUT_MS: u32 = 5_000;
/// Deadline of an evaluation or of a run unless the caller sets one.
pub const EVAL_TIMEOUT_MS: u32 = 30_000;
/// Deadline of a compilation unless the caller sets one. The first one waits for the compiler's pack.
pub const COMPILE_TIMEOUT_MS: u32 = 30_000;
/// Longest time that fault injection makes the VM stand still.
pub const FREEZE_MS: u32 = 30_000;
/// Most requests that may be open at once; as many as the service levels keep track of.
pub const OPEN_REQUESTS: u32 = 16_384;
/// Least and most memory that the VM may reserve.
pub const MEMORY_BYTES: std::ops::RangeInclusive<u64> = (64 << 20)..=(1 << 30);
/// Memory that the VM reserves unless set otherwise.
pub const DEFAULT_MEMORY_BYTES: u64 = 256 << 20;

fn size(argument: &str, bytes: usize, limit: usize) -> Result<(), Failure> {
    if bytes > limit {
        return Err(Failure::TooLarge {
            argument: argument.to_owned(),
            bytes: bytes as u64,
            limit_bytes: limit as u64,
        });
    }
    Ok(())
}

fn fault(argument: &str, fault: Fault) -> Failure {
    Failure::BadArgument {
        argument: argument.to_owned(),
        fault,
    }
}

/// A registered name: not empty, no NUL, no longer than an atom.
pub fn check_name(argument: &str, name: &str) -> Result<(), Failure> {
    size(argument, name.len(), NAME_BYTES)?;
    if name.is_empty() {
        return Err(fault(argument, Fault::Empty));
    }
    if name.as_bytes().contains(&0) {
        return Err(fault(argument, Fault::HoldsNul));
    }
    Ok(())
}

/// A module's name that may stand in an address: `a-z A-Z 0-9 _ @`, a letter first.
pub fn check_module(argument: &str, name: &str) -> Result<(), Failure> {
    check_name(argument, name)?;
    let mut letters = name.bytes();
    let is_good = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@');
    if !is_good {
        return Err(fault(argument, Fault::NotAModule));
    }
    Ok(())
}

/// Source text: bounded, no NUL.
pub fn check_source(argument: &str, source: &str) -> Result<(), Failure> {
    size(argument, source.len(), PAYLOAD_BYTES)?;
    if source.as_bytes().contains(&0) {
        return Err(fault(argument, Fault::HoldsNul));
    }
    Ok(())
}

/// Source of a hook: as any source, but smaller, since the page keeps it.
pub fn check_hook(argument: &str, source: &str) -> Result<(), Failure> {
    size(argument, source.len(), HOOK_BYTES)?;
    check_source(argument, source)
}

/// JSON text: bounded, and no NUL in it, neither plain nor escaped. That it is JSON is up to the caller,
/// who wrote it with `JSON.stringify`.
pub fn check_payload(argument: &str, json: &str) -> Result<(), Failure> {
    size(argument, json.len(), PAYLOAD_BYTES)?;
    if holds_nul(json.as_bytes()) {
        return Err(fault(argument, Fault::HoldsNul));
    }
    Ok(())
}

/// The size of a file from outside, in bytes.
pub fn check_file(argument: &str, bytes: usize) -> Result<(), Failure> {
    size(argument, bytes, FILE_BYTES)?;
    if bytes == 0 {
        return Err(fault(argument, Fault::Empty));
    }
    Ok(())
}

/// A deadline in milliseconds as a caller may set it.
pub fn check_timeout(argument: &str, timeout_ms: f64) -> Result<u32, Failure> {
    let (min, max) = (*TIMEOUT_MS.start(), *TIMEOUT_MS.end());
    if timeout_ms >= f64::from(min) && timeout_ms <= f64::from(max) {
        return Ok(timeout_ms as u32);
    }
    Err(fault(
        argument,
        Fault::OutOfRange {
            min: min.into(),
            max: max.into(),
        },
    ))
}

/// Memory for the VM, in whole pages of WebAssembly.
pub fn check_memory(argument: &str, bytes: u64) -> Result<u64, Failure> {
    if MEMORY_BYTES.contains(&bytes) {
        return Ok(bytes & !0xffff);
    }
    Err(fault(
        argument,
        Fault::OutOfRange {
            min: *MEMORY_BYTES.start(),
            max: *MEMORY_BYTES.end(),
        },
    ))
}

/// Whether JSON text stands for a NUL character anywhere: as itself or as `\u0000`.
fn holds_nul(json: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = json[at..]
        .iter()
        .position(|&byte| byte == b'\\' || byte == 0)
    {
        at += found;
        if json[at] == 0 || json[at..].starts_with(br"\u0000") {
            return true;
        }
        // The byte after a backslash belongs to it, a second backslash too.
        at = (at + 2).min(json.len());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(result: Result<(), Failure>, code: &str) {
        let found = result.map_or_else(|failure| failure.code(), |()| "ok");
        assert_eq!(found, code);
    }

    #[test]
    fn names() {
        check(check_name("process", "console"), "ok");
        check(check_name("process", ""), "bad_argument");
        check(check_name("process", "a\0b"), "bad_argument");
        check(check_name("process", &"a".repeat(255)), "ok");
        check(check_name("process", &"a".repeat(256)), "too_large");
    }

    #[test]
    fn module_names_cannot_leave_their_folder() {
        check(check_module("module", "hello_world2"), "ok");
        check(check_module("module", "../secret"), "bad_argument");
        check(check_module("module", "a/b"), "bad_argument");
        check(check_module("module", "2a"), "bad_argument");
        check(check_module("module", "a.b"), "bad_argument");
        check(check_module("module", ""), "bad_argument");
    }

    #[test]
    fn payloads() {
        check(check_payload("payload", r#"{"a":[1,2,"\\n"]}"#), "ok");
        check(check_payload("payload", r#""a\u0000b""#), "bad_argument");
        check(check_payload("payload", r#""a\\u0000b""#), "ok");
        check(check_payload("payload", r#""a\\\u0000b""#), "bad_argument");
        check(check_payload("payload", "\"a\0b\""), "bad_argument");
        check(check_payload("payload", "\"\\"), "ok");
        check(check_payload("payload", &"1".repeat(PAYLOAD_BYTES)), "ok");
        check(
            check_payload("payload", &"1".repeat(PAYLOAD_BYTES + 1)),
            "too_large",
        );
    }

    #[test]
    fn sources_and_files() {
        check(check_source("source", "1 + 1."), "ok");
        check(check_source("source", "\0"), "bad_argument");
        check(
            check_source("source", &" ".repeat(PAYLOAD_BYTES + 1)),
            "too_large",
        );
        check(check_hook("source", "fun(X) -> X end"), "ok");
        check(check_hook("source", "a\0"), "bad_argument");
        check(
            check_hook("source", &" ".repeat(HOOK_BYTES + 1)),
            "too_large",
        );
        check(check_file("bytes", 1), "ok");
        check(check_file("bytes", 0), "bad_argument");
        check(check_file("bytes", FILE_BYTES + 1), "too_large");
    }

    #[test]
    fn timeouts_and_memory() {
        check(check_timeout("timeoutMs", 1.0).map(drop), "ok");
        check(check_timeout("timeoutMs", 0.0).map(drop), "bad_argument");
        check(
            check_timeout("timeoutMs", f64::NAN).map(drop),
            "bad_argument",
        );
        check(
            check_timeout("timeoutMs", f64::INFINITY).map(drop),
            "bad_argument",
        );
        assert_eq!(check_memory("memory", (64 << 20) + 5), Ok(64 << 20));
        check(check_memory("memory", 1).map(drop), "bad_argument");
    }
}
