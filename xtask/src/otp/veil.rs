//! Hides natives of the VM behind another name, so that a module of ours with their name is found instead.
//!
//! AtomVM looks for a native before it looks for a module, and some natives do less than OTP's functions: tables
//! that cannot be gone through, process flags that are refused, a `nif_error` that ends the machine. Renamed in
//! the wasm's data (`ets:insert/2` becomes `eTs:insert/2`) they stay callable for the overlays that build on
//! them. The tables of natives are perfect hashes that do not look at the second letter of a name.

use anyhow::{Result, bail};

/// What is hidden: whole modules end in a colon.
const VEILED: &[&str] = &[
    "ets:",
    "erts_debug:flat_size/1",
    "maps:from_keys/2",
    "maps:next/1",
    "atomvm:add_avm_pack_binary/2",
    "atomvm:add_avm_pack_file/2",
    "atomvm:read_priv/2",
    "base64:decode/1",
    "base64:decode/2",
    "base64:decode_to_string/1",
    "base64:decode_to_string/2",
    "binary:copy/2",
    "binary:match/2",
    "binary:match/3",
    "binary:replace/3",
    "binary:replace/4",
    "binary:split/2",
    "binary:split/3",
    "math:",
    "code:all_loaded/0",
    "erlang:binary_to_term/1",
    "erlang:binary_to_term/2",
    "code:ensure_loaded/1",
    "code:load_abs/1",
    "file:get_cwd/0",
    "code:load_binary/3",
    "erlang:!/2",
    "erlang:--/2",
    "erlang:list_to_bitstring/1",
    "erlang:display/1",
    "erlang:demonitor/1",
    "erlang:demonitor/2",
    "erlang:exit/2",
    "erlang:fun_info/2",
    "erlang:fun_to_list/1",
    "erlang:float_to_list/2",
    "erlang:float_to_binary/2",
    "erlang:is_process_alive/1",
    "erlang:memory/1",
    "erlang:monitor/2",
    "erlang:monotonic_time/1",
    "erlang:system_time/1",
    "os:system_time/1",
    "erlang:nif_error/1",
    "erlang:process_flag/2",
    "erlang:process_info/2",
    "erlang:raise/3",
    "erlang:send/2",
    "erlang:spawn_opt/2",
    "erlang:spawn_opt/4",
    "erlang:system_flag/2",
    "erlang:system_info/1",
    "lists:flatten/1",
    "lists:keyfind/3",
    "lists:keymember/3",
    "lists:member/2",
    "lists:reverse/2",
    "unicode:characters_to_binary/1",
    "unicode:characters_to_binary/2",
    "unicode:characters_to_binary/3",
    "unicode:characters_to_list/1",
    "unicode:characters_to_list/2",
];

/// The same VM with these natives under their veiled names.
pub fn veil(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut veiled = wasm.to_vec();
    for &name in VEILED {
        let mut found = 0;
        for position in positions(wasm, name) {
            veiled[position + 1].make_ascii_uppercase();
            found += 1;
        }
        if found == 0 {
            bail!("the VM has no native {name}: is it an AtomVM of the 0.7 line?");
        }
    }
    Ok(veiled)
}

/// Where a native's name stands as a text of its own: a NUL before it and behind it.
fn positions(wasm: &[u8], name: &str) -> Vec<usize> {
    let bytes = name.as_bytes();
    let candidates = wasm.windows(bytes.len() + 1).enumerate();
    let starts = candidates.filter(|(_, window)| window[0] == 0 && &window[1..] == bytes);
    starts
        .map(|(position, _)| position + 1)
        .filter(|&start| {
            let rest = &wasm[start + bytes.len()..];
            if name.ends_with(':') {
                is_function(rest)
            } else {
                rest.first() == Some(&0)
            }
        })
        .collect()
}

/// Is this `function/arity` up to a NUL?
fn is_function(rest: &[u8]) -> bool {
    let text = rest.split(|&byte| byte == 0).next().unwrap_or_default();
    let Some(slash) = text.iter().rposition(|&byte| byte == b'/') else {
        return false;
    };
    let (name, arity) = (&text[..slash], &text[slash + 1..]);
    !name.is_empty() && !arity.is_empty() && arity.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data segment in which every veiled native stands once, `added` behind them.
    fn data(added: &str) -> Vec<u8> {
        let mut text = String::from("\0");
        for &name in VEILED {
            let tail = if name.ends_with(':') { "new/2" } else { "" };
            text.push_str(&format!("{name}{tail}\0"));
        }
        text.push_str(added);
        text.into_bytes()
    }

    fn check(added: &str, expected: &str) {
        let veiled = veil(&data(added)).unwrap_or_default();
        let text = String::from_utf8_lossy(&veiled);
        assert!(text.ends_with(expected), "{text:?}");
    }

    #[test]
    fn natives_get_another_name() {
        check("ets:insert/2\0", "eTs:insert/2\0");
        check("ets:lookup_element/3\0", "eTs:lookup_element/3\0");
    }

    #[test]
    fn other_texts_stay() {
        check("ets:\0", "ets:\0");
        check("no ets:insert/2\0", "no ets:insert/2\0");
        check("erlang:nif_error/10\0", "erlang:nif_error/10\0");
        check("erlang:spawn_opt/3\0", "erlang:spawn_opt/3\0");
    }

    #[test]
    fn a_file_without_them_is_refused() {
        assert!(veil(b"\0asm").is_err());
    }
}
