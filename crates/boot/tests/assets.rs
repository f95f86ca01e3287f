//! Manifests and answers as hosts really send them, and what the page would say of each.

#![allow(clippy::unwrap_used)] // Helpers of tests; the lint knows only `#[test]` functions.

use boot::assets::{
    Asset, AssetProblem, Digest, Expected, HEAD_BYTES, Kind, Manifest, Received, Url, diagnose,
};
use proptest::prelude::*;
use sha2::Digest as _;

fn digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(sha2::Sha256::digest(bytes).into())
}

fn manifest(replace: &str, by: &str) -> String {
    let file = |url: &str| {
        let sha256 = digest(url.as_bytes());
        format!(r#""url":"{url}","bytes":12,"sha256":"{sha256}""#)
    };
    format!(
        r#"{{"build":"0.1.0+abc","vm":{{"glue":{{{}}},"wasm":{{{}}}}},"packs":[
        {{"name":"core","phase":"boot",{}}},{{"name":"compiler","phase":"background",{}}}],
        "natives":{{{}}},"js":{{"terminal":{{{}}}}}}}"#,
        file("vm/AtomVM-01234567.mjs"),
        file("vm/AtomVM-01234567.wasm"),
        file("packs/core-01234567.avm"),
        file("packs/compiler-01234567.avm"),
        file("natives-01234567.json"),
        file("js/terminal-01234567.js"),
    )
    .replacen(replace, by, 1)
}

/// An answer as the edge reports it.
fn received<'a>(status: u16, content_type: &'a str, body: &'a [u8]) -> Received<'a> {
    let head = &body[..body.len().min(HEAD_BYTES)];
    Received {
        status,
        content_type,
        head,
        bytes: body.len() as u64,
        sha256: digest(body),
    }
}

#[track_caller]
fn check_refused(replace: &str, by: &str, expected: &str) {
    let text = manifest(replace, by);
    let error = Manifest::parse(&text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_manifest_names_what_the_first_prompt_needs() {
    let manifest = Manifest::parse(&manifest("", "")).unwrap();
    let urls: Vec<&str> = manifest
        .boot_assets()
        .map(|asset| asset.url.as_str())
        .collect();
    assert_eq!(
        urls,
        [
            "vm/AtomVM-01234567.mjs",
            "vm/AtomVM-01234567.wasm",
            "packs/core-01234567.avm"
        ]
    );
    let later: Vec<&str> = manifest
        .background_packs()
        .map(|pack| pack.name.as_str())
        .collect();
    assert_eq!(later, ["compiler"]);
    assert_eq!(manifest.vm.wasm.bytes, 12);
    assert_eq!(
        manifest.js["terminal"].sha256,
        digest(b"js/terminal-01234567.js")
    );
}

#[test]
fn a_manifest_that_could_lead_astray_is_refused() {
    check_refused(
        "vm/AtomVM",
        "../vm/AtomVM",
        "no plain address inside the site",
    );
    check_refused(
        "vm/AtomVM",
        "https://example.org/AtomVM",
        "no plain address",
    );
    check_refused("vm/AtomVM", "//example.org/AtomVM", "no plain address");
    check_refused("vm/AtomVM", "/vm/AtomVM", "no plain address");
    check_refused("\"bytes\":12", "\"bytes\":0", "1 to 67108864 are allowed");
    check_refused(
        "\"bytes\":12",
        "\"bytes\":67108865",
        "1 to 67108864 are allowed",
    );
    check_refused("\"bytes\":12", "\"bytes\":-1", "cannot be read");
    check_refused("\"bytes\":12", "\"size\":12", "cannot be read");
    check_refused("\"sha256\":\"", "\"sha256\":\"A", "no SHA-256");
    check_refused("\"boot\"", "\"later\"", "cannot be read");
    check_refused("\"boot\"", "\"background\"", "no pack is marked");
    check_refused("\"compiler\"", "\"core\"", "two packs are called");
    check_refused("\"core\"", "\"\"", "no plain name");
    check_refused("0.1.0+abc", "a build", "no plain name");
    check_refused("\"terminal\"", "\"a/b\"", "no plain name");
    check_refused("\"natives\"", "\"extra\"", "cannot be read");
    check_refused("{", "", "cannot be read");
    check_refused("{", &" ".repeat(300_000), "262144 are allowed");
    let pack = r#"{"name":"core","phase":"boot","url":"a","bytes":1,"sha256":""#;
    let many = format!("{pack}{}\"}},", digest(b"")).repeat(64);
    check_refused("[\n", &format!("[{many}"), "more than 64");
}

#[test]
fn a_digest_reads_hex_and_gives_integrity() {
    // The empty string's SHA-256, in both spellings as other tools print them.
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let empty = Digest::from_hex(hex).unwrap();
    assert_eq!(
        empty.integrity(),
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
    assert_eq!(format!("{empty} {empty:?}"), format!("{hex} Digest({hex})"));
    assert_eq!(empty, digest(b""));
    for wrong in [
        "",
        "e3",
        &hex[1..],
        &hex.to_uppercase(),
        &format!("{hex}0"),
        &hex.replace('e', "g"),
    ] {
        Digest::from_hex(wrong).unwrap_err();
    }
}

const GOOD_WASM: &[u8] = b"\0asm\x01\0\0\0rest";

/// What a person reads when `vm/AtomVM.wasm` was asked for and this came; nothing when it is right.
#[track_caller]
fn check(status: u16, content_type: &str, body: &[u8], expected: &str) {
    let asset = Asset {
        url: Url::new("vm/AtomVM.wasm").unwrap(),
        bytes: GOOD_WASM.len() as u64,
        sha256: digest(GOOD_WASM),
    };
    match diagnose(
        &Expected::from(&asset),
        received(status, content_type, body),
    ) {
        Ok(()) => assert_eq!(expected, ""),
        Err(problem) => {
            assert_eq!(problem.url(), "vm/AtomVM.wasm");
            let text = problem.to_string();
            assert!(!expected.is_empty() && text.contains(expected), "{text}");
            assert!(text.ends_with('.') && !text.contains("  "), "{text}");
        }
    }
}

#[test]
fn the_bytes_of_the_build_pass_whatever_they_are_called() {
    check(200, "application/wasm", GOOD_WASM, "");
    check(200, "text/html", GOOD_WASM, "");
    check(200, "", GOOD_WASM, "");
}

#[test]
fn a_page_in_the_place_of_a_file_is_named() {
    let says = "HTML page in the place of vm/AtomVM.wasm";
    check(
        200,
        "text/html; charset=utf-8",
        b"<!DOCTYPE html><title>App</title>",
        says,
    );
    check(200, "Text/HTML", b"Not here", says);
    check(
        200,
        "application/wasm",
        b"\xEF\xBB\xBF\n <!doctype HTML>",
        says,
    );
    check(200, "application/wasm", b"<html lang=en>", says);
    check(200, "", b"<!-- moved -->", says);
}

#[test]
fn other_answers_are_told_apart() {
    check(
        404,
        "text/html",
        b"<!doctype html>",
        "The server has no vm/AtomVM.wasm (404)",
    );
    check(410, "", b"", "(410)");
    check(503, "text/plain", b"busy", "The server answered 503");
    check(200, "", b"", "an empty answer");
    check(
        200,
        "",
        b"\x1f\x8b\x08\0",
        "gzip data that was not unpacked",
    );
    check(
        200,
        "",
        b"#!/usr/bin/env AtomVM\n\0\0",
        "the server sent an AtomVM pack",
    );
    check(
        200,
        "",
        b"version https://git-lfs",
        "bytes 76 65 72 73 69 6f 6e 20",
    );
    check(
        200,
        "application/wasm",
        &GOOD_WASM[..9],
        "incomplete: 9 of 12 bytes",
    );
    check(
        200,
        "application/wasm",
        b"\0asm\x01\0\0\0rest and more",
        "longer than the 12 bytes",
    );
    check(
        200,
        "application/wasm",
        b"\0asm\x01\0\0\0rust",
        "not the file of this build (SHA-256 ",
    );
}

#[test]
fn an_answer_that_broke_off_is_told() {
    let problem = boot::assets::AssetProblem::Unreachable {
        url: "packs/core.avm".to_owned(),
        cause: "network error".to_owned(),
    };
    assert_eq!(problem.url(), "packs/core.avm");
    assert!(
        problem
            .to_string()
            .starts_with("packs/core.avm could not be fetched (network error).")
    );
}

#[test]
fn a_file_of_somebody_else_is_checked_by_its_kind_alone() {
    let arrives = |url: &str, body: &[u8]| {
        let kind = Kind::of_url(url);
        let expected = Expected {
            url: url.to_owned(),
            kind,
            bytes: None,
            sha256: None,
        };
        diagnose(&expected, received(200, "", body)).map_err(|problem| problem.to_string())
    };
    arrives("avm/hello.avm", b"#!/usr/bin/env AtomVM\n\0\0").unwrap();
    arrives("hello.beam", b"FOR1\0\0\0\x04BEAM").unwrap();
    arrives("a.json", b"{}").unwrap();
    let refused = arrives("avm/hello.avm", b"FOR1").unwrap_err();
    assert!(
        refused.contains("should be an AtomVM pack, but the server sent a BEAM module"),
        "{refused}"
    );
    let refused = arrives("hello.beam", b"\0asm").unwrap_err();
    assert!(
        refused.contains("should be a BEAM module, but the server sent a WebAssembly"),
        "{refused}"
    );
    let refused = arrives("terminal.js", b"<!doctype html>").unwrap_err();
    assert!(
        refused.contains("HTML page in the place of terminal.js"),
        "{refused}"
    );
}

proptest! {
    /// Any text is a manifest or is refused, and so is any damage to a good one.
    #[test]
    fn any_text_parses_or_is_refused(text in ".{0,200}", at in 0usize..900, byte in 0u8..128) {
        let _ = Manifest::parse(&text);
        let mut good = manifest("", "").into_bytes();
        let at = at % good.len();
        good[at] = byte;
        let _ = Manifest::parse(&String::from_utf8(good).unwrap());
    }

    /// What passes as an address stays inside the site, wherever the site is.
    #[test]
    fn an_address_that_passes_stays_inside(text in "[a./:%?#\\\\ -]{0,12}") {
        if let Ok(url) = Url::new(&text) {
            prop_assert!(!url.as_str().starts_with('/') && !url.as_str().contains([':', '%', '?', '#', '\\', ' ']));
            prop_assert!(url.as_str().split('/').all(|part| part != ".." && part != "." && !part.is_empty()));
        }
    }

    /// With a digest, nothing but the very bytes passes.
    #[test]
    fn only_the_bytes_of_the_build_pass(status in 200u16..205, kind in ".{0,12}", body in prop::collection::vec(any::<u8>(), 0..40)) {
        let asset = Asset { url: Url::new("a.wasm").unwrap(), bytes: 12, sha256: digest(GOOD_WASM) };
        let passes = diagnose(&Expected::from(&asset), received(status, &kind, &body)).is_ok();
        prop_assert_eq!(passes, status == 200 && body == GOOD_WASM);
    }

    /// Hex and back is the same digest.
    #[test]
    fn digests_round_trip(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(Digest::from_hex(&digest.to_string()), Ok(digest));
        prop_assert_eq!(digest.integrity().len(), 51);
    }
}

#[test]
fn a_file_that_a_person_named_is_looked_for_in_the_address() {
    let url = "avm/nowhere.avm".to_owned();
    let missing = AssetProblem::Missing { url, status: 404 };
    assert_eq!(
        missing.asked_for(),
        "This site has no avm/nowhere.avm (404). Check the name in the address of the page."
    );
    let url = "avm/nowhere.avm".to_owned();
    let page = AssetProblem::Html { url };
    assert_eq!(page.asked_for(), page.to_string());
}
