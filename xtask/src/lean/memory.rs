//! The memory import's limits: the npm build accepts 16 MiB and nothing else, we let the page choose.

use anyhow::{Result, bail};
use walrus::Module;

use super::Outcome;

/// Bounds of the memory that the page may give, in pages of 64 KiB: 64 MiB and 1 GiB.
pub const PAGES: (u64, u64) = (1024, 16384);

/// Lets the shared memory that the VM imports be anything from 64 MiB to 1 GiB.
pub fn widen(module: &mut Module) -> Result<Outcome> {
    let mut memories = module.memories.iter_mut();
    let (Some(memory), None) = (memories.next(), memories.next()) else {
        bail!("there is not exactly one memory");
    };
    if memory.import.is_none() || !memory.shared || memory.memory64 {
        bail!("the memory is not a shared 32-bit import");
    }
    if memory.initial > PAGES.0 {
        bail!(
            "the VM wants at least {} pages at start, more than we offer",
            memory.initial
        );
    }
    let before = (memory.initial, memory.maximum);
    if before.0 == PAGES.0 && before.1 >= Some(PAGES.1) {
        return Ok(Outcome::NotNeeded("the limits are wide enough"));
    }
    (memory.initial, memory.maximum) = (PAGES.0, Some(PAGES.1));
    Ok(Outcome::Done(format!("{before:?} pages became {PAGES:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    fn check(memory: &str) -> Result<(Outcome, String)> {
        let wasm = wat::parse_str(format!("(module {memory})"))?;
        let mut module = parse(&wasm, Names::Kept)?;
        let outcome = widen(&mut module)?;
        let limits = module
            .memories
            .iter()
            .map(|m| format!("{} {:?}", m.initial, m.maximum));
        Ok((outcome, limits.collect()))
    }

    #[test]
    fn the_fixed_memory_of_the_npm_build_is_widened() {
        let (outcome, limits) =
            check(r#"(import "env" "memory" (memory 256 256 shared))"#).unwrap();
        assert_eq!(
            outcome,
            Outcome::Done("(256, Some(256)) pages became (1024, 16384)".into())
        );
        assert_eq!(limits, "1024 Some(16384)");
    }

    #[test]
    fn wide_limits_are_left_alone() {
        let (outcome, _) = check(r#"(import "env" "memory" (memory 1024 16384 shared))"#).unwrap();
        assert_eq!(outcome, Outcome::NotNeeded("the limits are wide enough"));
    }

    #[test]
    fn another_kind_of_memory_is_refused() {
        for memory in [
            "(memory 256 256 shared)",
            r#"(import "env" "memory" (memory 256 256))"#,
            r#"(import "env" "memory" (memory 2048 4096 shared))"#,
            "",
        ] {
            assert!(check(memory).is_err(), "{memory}");
        }
    }
}
