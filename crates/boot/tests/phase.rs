//! A boot told as a line of inputs, read as the words and numbers the page would show.

#![allow(clippy::unwrap_used)] // Helpers of tests; the lint knows only `#[test]` functions.

use boot::phase::{Boot, Input};

/// Applies a script such as `isolated a=3 b=9 console` and shows the state after each word.
#[track_caller]
fn check(script: &str, expected: &str) {
    let mut boot = Boot::new([("a", 10), ("b", 30)]);
    let shown: Vec<String> = script
        .split_whitespace()
        .map(|word| {
            let before = (boot.phase(), boot.progress());
            let changed = boot.apply(input(word));
            assert_eq!(
                changed,
                before != (boot.phase(), boot.progress()),
                "{word} in {script}"
            );
            format!("{} {}", boot.phase().word(), boot.progress().permille())
        })
        .collect();
    assert_eq!(shown.join(", "), expected, "{script}");
}

fn input(word: &str) -> Input {
    match word {
        "isolated" => Input::Isolated,
        "console" => Input::ConsoleUp,
        "restarting" => Input::Restarting,
        "failed" => Input::Failed,
        received => {
            let (url, bytes) = received.split_once('=').unwrap();
            Input::Received {
                url: url.to_owned(),
                bytes: bytes.parse().unwrap(),
            }
        }
    }
}

#[test]
fn a_boot_counts_real_bytes_and_ends_ready() {
    check(
        "isolated a=5 b=15 a=10 b=30 console",
        "loading 0, loading 125, loading 500, loading 625, booting 1000, ready 1000",
    );
}

#[test]
fn a_cached_boot_may_answer_before_its_bytes_are_told() {
    check("isolated console b=30", "loading 0, ready 0, ready 750");
}

#[test]
fn progress_never_goes_back_nor_past_the_end() {
    check(
        "isolated a=8 a=2 a=99 c=5",
        "loading 0, loading 200, loading 200, loading 250, loading 250",
    );
}

#[test]
fn bytes_may_come_while_the_page_is_being_isolated() {
    check(
        "a=10 b=30 isolated",
        "isolating 250, isolating 1000, booting 1000",
    );
}

#[test]
fn a_restart_ends_ready_again() {
    check(
        "isolated a=10 b=30 console restarting console",
        "loading 0, loading 250, booting 1000, ready 1000, restarting 1000, ready 1000",
    );
}

#[test]
fn a_failure_stays_until_somebody_restarts() {
    check(
        "isolated failed console a=1 isolated restarting console",
        "loading 0, failed 0, failed 0, failed 25, failed 25, restarting 25, ready 25",
    );
}

#[test]
fn nothing_restarts_on_a_page_that_is_not_isolated() {
    check(
        "restarting console failed",
        "isolating 0, isolating 0, failed 0",
    );
}

#[test]
fn a_boot_without_assets_is_complete() {
    let mut boot = Boot::new([]);
    assert_eq!(boot.progress().permille(), 1000);
    assert!(boot.apply(Input::Isolated));
    assert_eq!(boot.phase().word(), "booting");
}
