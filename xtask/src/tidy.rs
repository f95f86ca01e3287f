//! House rules that a machine can hold: run as a test of xtask, so that they cannot be forgotten.
//! Every rule reads the tracked files only, and says which file breaks it.

#![cfg(test)]

use std::fs;
use std::process::Command;

use crate::{exec, place};

/// Longest source file.
const MAX_LINES: usize = 500;

/// What each room may not use, with the reason in the message: the arrows of ARCHITECTURE.md.
const FORBIDDEN: [(&str, &[&str], &str); 7] = [
    (
        "crates/",
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "leptos",
            "std::time::Instant",
            "SystemTime",
        ],
        "pure crates know neither browser nor clock",
    ),
    (
        "crates/avm/",
        &["use protocol", "use slo", "use boot"],
        "crates do not use each other",
    ),
    (
        "crates/slo/",
        &["use protocol", "use avm", "use boot"],
        "crates do not use each other",
    ),
    (
        "crates/protocol/",
        &["use slo", "use avm", "use boot"],
        "crates do not use each other",
    ),
    (
        "src/view/",
        &["crate::driver", "crate::api"],
        "views read signals and send intents",
    ),
    (
        "src/edge/",
        &["crate::driver", "crate::view", "crate::state"],
        "an edge knows only its facility",
    ),
    (
        "e2e/",
        &["from '../src", "from \"../src"],
        "the tests see the served page, never its source",
    ),
];

/// Files under version control, and new ones that are about to be.
fn tracked() -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(place::root());
    let listing = exec::output(&mut git).expect("a git checkout");
    let listing = String::from_utf8(listing).expect("names in Unicode");
    listing
        .lines()
        .filter(|name| place::at(name).is_file())
        .map(str::to_owned)
        .collect()
}

fn has_kind(name: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| name.ends_with(&format!(".{kind}")))
}

/// Runs one rule over the files of some kinds; the rule returns what is wrong with a file.
#[track_caller]
fn check(kinds: &[&str], rule: impl Fn(&str, &str) -> Option<String>) {
    let broken: Vec<String> = tracked()
        .iter()
        .filter(|name| has_kind(name, kinds))
        .filter_map(|name| {
            let text = fs::read_to_string(place::at(name)).ok()?;
            rule(name, &text).map(|what| format!("{name}: {what}"))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

const SOURCES: [&str; 8] = ["rs", "erl", "hrl", "js", "mjs", "ts", "css", "html"];

#[test]
fn no_source_file_is_longer_than_500_lines() {
    check(&SOURCES, |_, text| {
        let lines = text.lines().count();
        (lines > MAX_LINES).then(|| format!("{lines} lines"))
    });
}

#[test]
fn every_rust_module_says_what_it_is_for() {
    check(&["rs"], |_, text| {
        (!text.starts_with("//!")).then(|| "no //! header".to_owned())
    });
}

#[test]
fn every_script_and_erlang_module_opens_with_a_comment() {
    check(&["js", "mjs", "ts"], |_, text| {
        let opens = text.starts_with("//") || text.starts_with("/*") || text.starts_with("#!");
        (!opens).then(|| "no comment at its head".to_owned())
    });
    check(&["erl"], |_, text| {
        (!text.starts_with('%')).then(|| "no comment at its head".to_owned())
    });
}

#[test]
fn nothing_is_left_to_do_later() {
    // Written in two parts so that this file does not break its own rule.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("XX", "X"),
    ];
    check(&SOURCES, |_, text| {
        marks
            .iter()
            .find(|mark| text.contains(**mark))
            .map(|mark| format!("holds {mark}"))
    });
}

#[test]
fn no_test_is_skipped() {
    let marks = [
        concat!("#[", "ignore"),
        concat!("test.", "skip"),
        concat!("test.", "fixme"),
        concat!("test.", "only"),
    ];
    check(&["rs", "mjs", "ts"], |_, text| {
        marks
            .iter()
            .find(|mark| text.contains(**mark))
            .map(|mark| format!("holds {mark}"))
    });
}

#[test]
fn arrows_point_where_the_architecture_says() {
    check(&["rs", "mjs", "ts"], |name, text| {
        FORBIDDEN
            .iter()
            .filter(|(room, ..)| name.starts_with(room))
            .find_map(|(_, words, why)| {
                let word = words.iter().find(|word| text.contains(**word))?;
                Some(format!("uses `{word}`: {why}"))
            })
    });
}

#[test]
fn no_path_of_a_machine_and_no_download_address_is_committed() {
    let marks = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("\"resolved\": \"", "http"),
    ];
    check(
        &[
            "rs", "erl", "js", "mjs", "ts", "json", "toml", "md", "html", "css", "yml",
        ],
        |_, text| {
            marks
                .iter()
                .find(|mark| text.contains(**mark))
                .map(|mark| format!("holds {mark}"))
        },
    );
}

#[test]
fn the_architecture_names_only_paths_that_exist() {
    let text = fs::read_to_string(place::at("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let gone: Vec<_> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains('/') && !word.contains([' ', '*', '<', ':', '(']))
        .filter(|path| !path.starts_with("dist/") && !path.starts_with("target/"))
        .filter(|path| !place::at(path.trim_end_matches('/')).exists())
        .collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md names {gone:?}");
}
