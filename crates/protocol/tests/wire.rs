//! The wire, written down. One sample of every message lies in `tests/wire/`; a change of any of them is
//! a change of the protocol and must raise its version.

#![allow(
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

use proptest::prelude::*;
use protocol::*;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

fn asset(name: &str) -> Asset {
    Asset {
        url: format!("vm/{name}"),
        bytes: 1_200_000,
        sha256: "00ff".to_owned(),
    }
}

fn hello() -> Hello {
    Hello {
        protocol: 1,
        build: "1a2b3c".to_owned(),
    }
}

fn id(number: u64) -> CallId {
    CallId::new(number)
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn perform(request: Request) -> Command {
    Command::Perform { id: id(7), request }
}

fn written() -> Change {
    Change::Written {
        path: text("src/hello.erl"),
    }
}

fn commands() -> Vec<Command> {
    vec![
        Command::Hello(hello()),
        Command::Boot(Box::new(BootPlan {
            glue: asset("AtomVM.mjs"),
            wasm: asset("AtomVM.wasm"),
            packs: vec![
                Pack {
                    name: text("core"),
                    phase: PackPhase::Boot,
                    asset: asset("core.avm"),
                },
                Pack {
                    name: text("compiler"),
                    phase: PackPhase::Background,
                    asset: asset("compiler.avm"),
                },
            ],
            natives: asset("natives.txt"),
            re: asset("re.wasm"),
            memory_bytes: 268_435_456,
        })),
        perform(Request::Eval {
            source: text("lists:seq(1, 3)."),
        }),
        perform(Request::Compile {
            source: text("-module(hello)."),
            file: Some(text("hello.erl")),
            force: false,
        }),
        perform(Request::Load {
            name: text("hello.beam"),
            force: false,
        }),
        perform(Request::Execute {
            name: text("hello.avm"),
        }),
        perform(Request::StartShell { cols: 80, rows: 24 }),
        Command::Cancel { id: id(7) },
        Command::Cast {
            process: text("echo"),
            payload: text("null"),
        },
        Command::Type {
            text: text("1 + 1.\r"),
        },
        Command::Resize { cols: 80, rows: 24 },
        Command::Interrupt,
        Command::Freeze { ms: 2_000 },
        Command::Acknowledge { bytes: 4_096 },
        Command::Change(written()),
        Command::Change(Change::FolderMade { path: text("src") }),
        Command::Change(Change::Removed { path: text("src") }),
    ]
}

fn events() -> Vec<Event> {
    vec![
        Event::Hello(hello()),
        Event::Progressed {
            part: text("wasm"),
            loaded_bytes: 65_536,
        },
        Event::VmStarted,
        Event::ConsoleStarted,
        Event::BootFailed(BootProblem::NotIsolated {
            reason: text("no service worker"),
        }),
        Event::BootFailed(BootProblem::Asset {
            part: text("wasm"),
            finding: text("a page in its place"),
        }),
        Event::BootFailed(BootProblem::Start {
            reason: text("out of memory"),
        }),
        Event::PackAdded {
            name: text("compiler"),
        },
        Event::ModuleLoaded {
            module: text("hello"),
        },
        Event::Replied {
            id: id(7),
            reply: Reply::Compiled(Compiled {
                module: Some(text("hello")),
                errors: vec![],
                warnings: vec![Finding {
                    line: 3,
                    column: 1,
                    severity: Gravity::Warning,
                    message: text("function f/0 is unused"),
                }],
                is_sticky: false,
            }),
            worker_us: 90_000,
        },
        Event::Replied {
            id: id(7),
            reply: Reply::Evaluated {
                value: text("[1,2,3]"),
                output: text("hi\n"),
            },
            worker_us: 2_100,
        },
        Event::Replied {
            id: id(7),
            reply: Reply::Loaded {
                modules: vec![text("hello")],
            },
            worker_us: 900,
        },
        Event::Replied {
            id: id(7),
            reply: Reply::Done,
            worker_us: 10,
        },
        Event::Refused {
            id: id(7),
            failure: Failure::Cancelled,
        },
        Event::Printed,
        Event::Logged {
            level: Level::Info,
            text: text("started"),
        },
        Event::Logged {
            level: Level::Warning,
            text: text("careful"),
        },
        Event::Logged {
            level: Level::Error,
            text: text("CRASH"),
        },
        Event::Signalled {
            payload: text(r#"{"event":"tick"}"#),
        },
        Event::Crashed(Crash {
            reason: text("Aborted()"),
            dump: vec![text("CRASH"), text("======")],
            exit_code: Some(1),
        }),
        Event::Halted { status: 0 },
        Event::Changed(written()),
        Event::Changed(Change::FolderMade { path: text("src") }),
        Event::Changed(Change::Removed { path: text("src") }),
    ]
}

fn failures() -> Vec<Failure> {
    let down = |cause| Failure::VmDown { cause };
    let bad = |fault| Failure::BadArgument {
        argument: text("payload"),
        fault,
    };
    vec![
        Failure::NotIsolated {
            reason: text("no service worker"),
        },
        down(Down::NotReady),
        down(Down::Restarted),
        down(Down::Crashed {
            reason: text("Aborted()"),
        }),
        down(Down::Stalled {
            phase: BootPhase::Vm,
        }),
        down(Down::Stalled {
            phase: BootPhase::Console,
        }),
        down(Down::BootFailed(BootProblem::Start {
            reason: text("out of memory"),
        })),
        down(Down::BootFailed(BootProblem::Asset {
            part: text("wasm"),
            finding: text("a page in its place"),
        })),
        down(Down::BootFailed(BootProblem::NotIsolated {
            reason: text("no service worker"),
        })),
        down(Down::Mismatch {
            page: hello(),
            worker: hello(),
        }),
        down(Down::GaveUp {
            restarts: 5,
            reason: text("The VM crashed: Aborted()"),
        }),
        down(Down::Closed),
        down(Down::Injected),
        Failure::NoProcess {
            process: text("nobody"),
        },
        Failure::Timeout { after_ms: 5_000 },
        Failure::BadBeam {
            offset: 12,
            reason: text("chunk Code is cut short"),
        },
        Failure::BadAvm {
            offset: 0,
            reason: text("no pack header"),
        },
        bad(Fault::Empty),
        bad(Fault::HoldsNul),
        bad(Fault::NotJson),
        bad(Fault::NotText),
        bad(Fault::NotBytes),
        bad(Fault::NotAModule),
        bad(Fault::NotAnEvent),
        bad(Fault::NotAnOperation),
        bad(Fault::NotAFunction),
        bad(Fault::NotAFun),
        bad(Fault::NotAHook),
        bad(Fault::NotABoolean),
        bad(Fault::OutOfRange { min: 1, max: 9 }),
        bad(Fault::Unfetchable {
            reason: text("status 404"),
        }),
        Failure::Refused {
            refusal: Refusal::TooManyOpen { limit: 65_536 },
        },
        Failure::Refused {
            refusal: Refusal::TooManyHooks { limit: 256 },
        },
        Failure::Refused {
            refusal: Refusal::NoHandler {
                intent: text("greet"),
            },
        },
        Failure::Refused {
            refusal: Refusal::ByHandler {
                reason: text("not today"),
            },
        },
        Failure::Refused {
            refusal: Refusal::Admission {
                pressure: Pressure::Waited,
                protects: text("overall-availability"),
                retry_after_ms: 100,
            },
        },
        Failure::CircuitOpen {
            protects: text("overall-availability"),
            retry_after_ms: 800,
        },
        Failure::ErlangError {
            class: text("error"),
            message: text("** exception error: undefined function nope:nope/0"),
            output: String::new(),
        },
        Failure::TooLarge {
            argument: text("payload"),
            bytes: 2_000_000,
            limit_bytes: 1_048_576,
        },
        Failure::Cancelled,
    ]
}

/// Compares each sample's text with the golden file, and reads each text back. With `UPDATE_GOLDEN` set
/// it writes the file instead.
fn check<T>(samples: &[T], name: &str, golden: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let written = samples
        .iter()
        .map(|sample| encode(sample) + "\n")
        .collect::<String>();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = format!("{}/tests/wire/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        return std::fs::write(path, written).expect("a file that can be written");
    }
    assert_eq!(written, golden, "the wire changed");
    for (sample, line) in samples.iter().zip(golden.lines()) {
        assert_eq!(&decode::<T>(line).expect("a message"), sample);
    }
}

#[test]
fn commands_on_the_wire() {
    check(&commands(), "commands", include_str!("wire/commands.jsonl"));
}

#[test]
fn events_on_the_wire() {
    check(&events(), "events", include_str!("wire/events.jsonl"));
}

#[test]
fn failures_on_the_wire() {
    check(&failures(), "failures", include_str!("wire/failures.jsonl"));
}

#[test]
fn the_wire_and_its_version_change_together() {
    let wire = [
        include_str!("wire/commands.jsonl"),
        include_str!("wire/events.jsonl"),
        include_str!("wire/failures.jsonl"),
    ];
    let fingerprint = wire
        .concat()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    assert_eq!(
        (PROTOCOL, format!("{fingerprint:016x}").as_str()),
        (6, "4d28fb60b8f7510d"),
        "raise PROTOCOL, then write the new pair here"
    );
}

#[test]
fn the_first_message_never_changes() {
    let line = include_str!("wire/commands.jsonl").lines().next();
    assert_eq!(line, Some(r#"{"hello":{"protocol":1,"build":"1a2b3c"}}"#));
    let line = include_str!("wire/events.jsonl").lines().next();
    assert_eq!(line, Some(r#"{"hello":{"protocol":1,"build":"1a2b3c"}}"#));
}

/// Fails to compile when a variant is added, so that no message goes without a sample.
#[test]
fn every_message_has_a_sample() {
    let command = |command: &Command| match command {
        Command::Hello(_) => 0,
        Command::Boot(_) => 1,
        Command::Perform { request, .. } => match request {
            // Calls have no text.
            Request::Call => -1,
            Request::Eval { .. } => 2,
            Request::Compile { .. } => 3,
            Request::Load { .. } => 4,
            Request::Execute { .. } => 5,
            Request::StartShell { .. } => 6,
        },
        Command::Cancel { .. } => 7,
        Command::Cast { .. } => 8,
        Command::Type { .. } => 9,
        Command::Resize { .. } => 10,
        Command::Interrupt => 11,
        Command::Freeze { .. } => 12,
        Command::Acknowledge { .. } => 13,
        Command::Change(_) => 14,
    };
    let event = |event: &Event| match event {
        Event::Hello(_) => 0,
        Event::Progressed { .. } => 1,
        Event::VmStarted => 2,
        Event::ConsoleStarted => 3,
        Event::BootFailed(_) => 4,
        Event::PackAdded { .. } => 5,
        Event::ModuleLoaded { .. } => 6,
        Event::Replied { .. } => 7,
        Event::Refused { .. } => 8,
        Event::Printed => 9,
        Event::Logged { .. } => 10,
        Event::Signalled { .. } => 11,
        Event::Crashed(_) => 12,
        Event::Halted { .. } => 13,
        Event::Changed(_) => 14,
    };
    let mut found: Vec<i32> = commands().iter().map(command).collect();
    found.dedup();
    assert_eq!(found, (0..15).collect::<Vec<_>>());
    let mut found: Vec<i32> = events().iter().map(event).collect();
    found.dedup();
    assert_eq!(found, (0..15).collect::<Vec<_>>());
}

#[test]
fn only_files_and_output_travel_with_bytes() {
    let carrying = commands()
        .iter()
        .filter(|command| command.carries_bytes())
        .count();
    assert_eq!(carrying, 3);
    let carrying = events()
        .iter()
        .filter(|event| event.carries_bytes())
        .count();
    assert_eq!(carrying, 3);
}

#[test]
fn codes_are_the_same_on_the_wire_and_in_errors() {
    for failure in failures() {
        let start = format!(r#"{{"code":"{}""#, failure.code());
        assert!(encode(&failure).starts_with(&start));
    }
}

#[test]
fn every_failure_has_words() {
    let mut all: Vec<String> = failures().iter().map(Words::failure).collect();
    assert!(all.iter().all(|words| words.len() > 5));
    let count = all.len();
    all.sort();
    all.dedup();
    // Isolation has the same words as a failure and as the cause of one.
    assert!(count - all.len() <= 1);
}

#[test]
fn what_is_no_message_is_refused_with_a_reason() {
    let refused = decode::<Command>(r#"{"shout":{}}"#).expect_err("no message");
    assert!(refused.to_string().contains("unknown variant `shout`"));
    assert!(decode::<Command>("").is_err());
}

proptest! {
    #[test]
    fn any_text_is_a_message_or_is_refused(text in ".{0,60}") {
        let _ = decode::<Command>(&text);
        let _ = decode::<Event>(&text);
    }

    #[test]
    fn any_payload_comes_through_unchanged(process in ".{0,9}", payload in any::<String>()) {
        let cast = Command::Cast { process, payload };
        let line = encode(&cast);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(decode::<Command>(&line), Ok(cast));
    }
}
