//! Links: what was shared is what is opened, and whatever else stands in an address is refused with a reason.

#![allow(
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use share::{LinkError, Program, Source, decode, encode, limits};

fn program(files: &[(&str, &str)]) -> Program {
    let source = |&(name, text): &(&str, &str)| Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    Program {
        files: files.iter().map(source).collect(),
    }
}

/// A link of any payload, as an attacker would make it.
fn link(payload: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = payload
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
        .collect();
    let letters = bits.chunks(6).map(|group| {
        let value = group.iter().fold(0, |value, bit| value << 1 | bit) << (6 - group.len());
        char::from(ALPHABET[usize::from(value)])
    });
    format!("#code={}", letters.collect::<String>())
}

#[track_caller]
fn refused(fragment: &str) -> LinkError {
    decode(fragment).expect("a link").expect_err("refused")
}

#[track_caller]
fn refused_json(json: &str) -> String {
    refused(&link(&compress_to_vec(json.as_bytes(), 6))).to_string()
}

#[test]
fn what_was_shared_is_opened() {
    let shared = program(&[("ring.erl", "-module(ring).\n"), ("ring.hrl", "%% λ\n")]);
    let fragment = encode(&shared).expect("small enough");
    assert!(fragment.starts_with("code="));
    assert_eq!(decode(&fragment), Some(Ok(shared.clone())));
    assert_eq!(decode(&format!("#{fragment}")), Some(Ok(shared)));
}

#[test]
fn other_fragments_are_no_business_of_ours() {
    for fragment in ["", "#", "#top", "#codes=1", "code"] {
        assert_eq!(decode(fragment), None, "{fragment}");
    }
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = compress_to_vec(&vec![b' '; 40 << 20], 9);
    assert!(bomb.len() < limits::FRAGMENT_BYTES * 3 / 4);
    assert_eq!(refused(&link(&bomb)), LinkError::TooLarge);
}

#[test]
fn what_is_too_long_is_not_even_read() {
    let long = format!("#code={}", "A".repeat(limits::FRAGMENT_BYTES));
    let bytes = long.len() - 1;
    assert_eq!(refused(&long), LinkError::TooLong { bytes });
}

#[test]
fn a_cut_or_changed_link_says_so() {
    let fragment = encode(&program(&[("a.erl", &"-module(a).\n".repeat(9))])).expect("small");
    let cut = &fragment[..fragment.len() - 8];
    assert_eq!(refused(cut), LinkError::Damaged);
    assert_eq!(refused("#code=%20"), LinkError::Damaged);
    assert_eq!(refused("#code="), LinkError::Damaged);
}

#[test]
fn names_lead_nowhere() {
    for name in [
        "", "../a.erl", "/a.erl", "a/b.erl", ".history", "a\\u0000", "a b", "a.erl\\n",
    ] {
        let words = refused_json(&format!(r#"{{"files":[{{"name":"{name}","text":""}}]}}"#));
        assert!(words.contains("no usable name"), "{name}: {words}");
    }
}

#[test]
fn other_shapes_are_refused_with_a_reason() {
    for (json, reason) in [
        ("[]", "no program"),
        ("{}", "missing field `files`"),
        (r#"{"files":[]}"#, "it has no file"),
        (r#"{"files":[],"run":"x"}"#, "unknown field `run`"),
        (r#"{"files":[{"name":"a","text":7}]}"#, "invalid type"),
        (r#"{"files":[{"name":"a","text":"\u0000"}]}"#, "no text"),
        (
            r#"{"files":[{"name":"a","text":""},{"name":"a","text":""}]}"#,
            "two files",
        ),
        ("\u{1}", "no program"),
    ] {
        let words = refused_json(json);
        assert!(words.contains(reason), "{json}: {words}");
    }
}

#[test]
fn what_would_not_arrive_is_not_made() {
    let mut seed = 1u64;
    let noise: String = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'!' + (seed >> 33) as u8 % 90)
    })
    .take(120_000)
    .collect();
    let long = encode(&program(&[("a.erl", &noise)])).expect_err("too long");
    assert!(matches!(long, LinkError::TooLong { .. }), "{long}");
    let large = " ".repeat(limits::PROGRAM_BYTES);
    assert_eq!(
        encode(&program(&[("a.erl", &large)])),
        Err(LinkError::TooLarge)
    );
    let many = vec![("a.erl", ""); limits::FILES + 1];
    assert_eq!(encode(&program(&many)), Err(LinkError::TooLarge));
}

proptest! {
    #[test]
    fn any_program_comes_back(files in prop::collection::btree_map("[a-z][a-z0-9_]{0,9}\\.erl", "[^\\x00]{0,80}", 1..5)) {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let shared = program(&files);
        let fragment = encode(&shared).expect("small enough");
        prop_assert_eq!(decode(&fragment), Some(Ok(shared)));
    }

    #[test]
    fn any_fragment_is_read_or_refused(text in ".{0,120}", payload in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = decode(&text);
        let _ = decode(&format!("#code={text}"));
        let _ = decode(&link(&payload));
        let _ = decode(&link(&compress_to_vec(&payload, 1)));
    }
}
