//! The native functions that a VM has: their names stand in its data as `module:function/arity`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use walrus::{Module, ModuleConfig};

/// A VM with fewer natives than this is not one that we know how to read.
const FEWEST: usize = 150;

/// The names of the native functions in a VM's wasm, as `module:function/arity`.
pub fn natives(wasm: &[u8]) -> Result<BTreeSet<String>> {
    let module = Module::from_buffer_with_config(wasm, &ModuleConfig::new())
        .context("AtomVM.wasm is not a module we can read")?;
    let found: BTreeSet<String> = module
        .data
        .iter()
        .flat_map(|data| names(&data.value))
        .collect();
    if found.len() < FEWEST {
        bail!(
            "only {} native functions are named in AtomVM.wasm: not a build we know",
            found.len()
        );
    }
    Ok(found)
}

/// The NUL-terminated strings of a data segment that read as a native function's name.
fn names(data: &[u8]) -> impl Iterator<Item = String> {
    data.split(|&byte| byte == 0)
        .filter_map(|text| std::str::from_utf8(text).ok())
        .filter(|text| is_native(text))
        .map(str::to_owned)
}

fn is_native(text: &str) -> bool {
    let Some((module, rest)) = text.split_once(':') else {
        return false;
    };
    let Some((function, arity)) = rest.rsplit_once('/') else {
        return false;
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !module.is_empty()
        && module.chars().all(is_word)
        && !function.is_empty()
        && !function.contains([' ', '%', '/', ':']) | matches!(function, "/" | "/=" | "=/=" | "=:=")
        && !arity.is_empty()
        && arity.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &str) -> Vec<String> {
        names(data.as_bytes()).collect()
    }

    #[test]
    fn names_are_told_from_other_strings() {
        let data = "erlang:+/2\0http://x/2\0%s:%s/%i\0\0lists:reverse/1\0erlang:=/=/2\0a:b/\0:b/1\0fun a:b/1";
        assert_eq!(
            check(data),
            ["erlang:+/2", "lists:reverse/1", "erlang:=/=/2"]
        );
    }

    #[test]
    fn a_module_without_natives_is_refused() {
        assert!(natives(&wat::parse_str("(module)").unwrap()).is_err());
    }
}
