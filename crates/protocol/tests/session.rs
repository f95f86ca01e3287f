//! The session, step by step: what each input asks for.

mod desk;

use desk::*;
use protocol::*;

#[test]
fn a_boot_has_two_phases() {
    let mut desk = Desk::new();
    desk.session.start(0, &mut desk.out);
    desk.check("spawn 1, moved, wake 10000");
    desk.hear(10, hello());
    desk.check("send hello, send boot");
    assert_eq!(
        desk.session.phase(),
        &Phase::Loading {
            deadline_us: 10_010
        }
    );
    desk.hear(20, Event::VmStarted);
    desk.check("moved, wake 5020");
    desk.hear(30, Event::ConsoleStarted);
    desk.check("moved");
    assert_eq!(desk.session.phase(), &Phase::Ready);
    desk.session.start(40, &mut desk.out);
    desk.check("");
}

#[test]
fn progress_pushes_the_first_deadline_on() {
    let mut desk = Desk::new();
    desk.session.start(0, &mut desk.out);
    desk.hear(0, hello());
    let progress = Event::Progressed {
        part: "wasm".to_owned(),
        loaded_bytes: 1,
    };
    assert_eq!(desk.hear(9_000, progress.clone()), Some(progress));
    desk.out.clear();
    desk.session.wake(10_000, &mut desk.out);
    desk.check("wake 19000");
    desk.session.wake(19_000, &mut desk.out);
    let phase = desk.session.phase().clone();
    assert!(matches!(
        phase,
        Phase::Waiting {
            cause: Down::Stalled {
                phase: BootPhase::Vm
            },
            ..
        }
    ));
}

#[test]
fn a_console_that_never_answers_is_given_up() {
    let mut desk = Desk::new();
    desk.session.start(0, &mut desk.out);
    desk.hear(0, hello());
    desk.hear(0, Event::VmStarted);
    desk.session.wake(5_000, &mut desk.out);
    assert!(matches!(
        desk.session.phase(),
        Phase::Waiting {
            cause: Down::Stalled {
                phase: BootPhase::Console
            },
            ..
        }
    ));
}

#[test]
fn a_worker_of_another_build_is_refused() {
    let mut desk = Desk::new();
    desk.session.start(0, &mut desk.out);
    desk.out.clear();
    desk.hear(
        0,
        Event::Hello(Hello {
            protocol: PROTOCOL,
            build: "b2".to_owned(),
        }),
    );
    desk.check("kill, moved");
    assert!(matches!(
        desk.session.phase(),
        Phase::Failed {
            cause: Down::Mismatch { .. }
        }
    ));
}

#[test]
fn a_file_that_cannot_be_used_is_not_fetched_again() {
    let mut desk = Desk::new();
    desk.session.start(0, &mut desk.out);
    desk.out.clear();
    desk.hear(
        0,
        Event::BootFailed(BootProblem::Asset {
            part: "wasm".to_owned(),
            finding: "a page in its place".to_owned(),
        }),
    );
    desk.check("kill, moved");
    assert_eq!(desk.open(1, 1, 7), None);
    desk.check("7 vm_down");
}

#[test]
fn a_call_ends_by_its_reply() {
    let mut desk = Desk::ready();
    let id = desk.open(0, 5_000, 1).expect("a number");
    desk.check("send perform, wake 5000000");
    let reply = Event::Replied {
        id,
        reply: Reply::Answered,
        worker_us: 9,
    };
    assert_eq!(desk.hear(10, reply.clone()), None);
    desk.check("1 ok");
    desk.hear(20, reply);
    desk.check("");
}

#[test]
fn a_call_ends_by_its_deadline_and_the_late_reply_is_nothing() {
    let mut desk = Desk::ready();
    let id = desk.open(0, 5, 1).expect("a number");
    desk.out.clear();
    desk.session.wake(4_999, &mut desk.out);
    desk.check("");
    desk.session.wake(5_000, &mut desk.out);
    desk.check("1 timeout, send cancel");
    desk.hear(
        5_001,
        Event::Refused {
            id,
            failure: Failure::Cancelled,
        },
    );
    desk.check("");
}

#[test]
fn a_call_can_be_cancelled_once() {
    let mut desk = Desk::ready();
    let id = desk.open(0, 5, 1).expect("a number");
    desk.out.clear();
    desk.session.cancel(id, &mut desk.out);
    desk.check("1 cancelled, send cancel");
    desk.session.cancel(id, &mut desk.out);
    desk.check("");
}

#[test]
fn some_calls_can_be_cancelled_by_their_tickets() {
    let mut desk = Desk::ready();
    for ticket in 1..4 {
        desk.open(0, 5, ticket);
    }
    desk.out.clear();
    desk.session
        .cancel_where(|ticket| *ticket != 2, &mut desk.out);
    desk.check("1 cancelled, send cancel, 3 cancelled, send cancel");
}

#[test]
fn a_page_that_cannot_be_isolated_says_so_in_every_refusal() {
    let mut desk = Desk::new();
    let reason = "no service worker".to_owned();
    let cause = Down::BootFailed(BootProblem::NotIsolated { reason });
    desk.session.fail(cause, &mut desk.out);
    desk.out.clear();
    desk.open(0, 5, 1);
    desk.check("1 not_isolated");
}

#[test]
fn a_crash_ends_what_is_open_and_a_new_vm_comes() {
    let mut desk = Desk::ready();
    desk.open(0, 5_000, 1);
    desk.open(0, 5_000, 2);
    desk.out.clear();
    assert!(desk.hear(0, crash()).is_some());
    let words: Vec<String> = desk.out.drain(..).map(|effect| word(&effect)).collect();
    assert_eq!(words[..4], ["kill", "1 vm_down", "2 vm_down", "moved"]);
    assert_eq!(desk.session.open_count(), 0);
    desk.open(0, 5, 3);
    desk.check("3 vm_down");
    let Phase::Waiting { until_us, .. } = *desk.session.phase() else {
        panic!("it should wait");
    };
    desk.session.wake(until_us, &mut desk.out);
    desk.check(&format!("spawn 2, moved, wake {}", until_us + 10_000));
}

#[test]
fn a_vm_that_goes_down_too_often_stays_down_until_asked() {
    let mut desk = Desk::ready();
    for _ in 0..2 {
        desk.hear(0, crash());
        desk.session.wake(2_000, &mut desk.out);
    }
    let generation = desk.session.generation();
    desk.session.lose(
        2_000,
        generation,
        "the worker ended".to_owned(),
        &mut desk.out,
    );
    assert!(matches!(
        desk.session.phase(),
        Phase::Failed {
            cause: Down::GaveUp { restarts: 2, .. }
        }
    ));
    desk.out.clear();
    desk.session.restart(3_000, &mut desk.out);
    desk.check("spawn 4, moved");
}

#[test]
fn an_asked_restart_ends_what_is_open_and_old_events_are_nothing() {
    let mut desk = Desk::ready();
    let old = desk.session.generation();
    desk.open(0, 5_000, 1);
    desk.out.clear();
    desk.session.restart(1, &mut desk.out);
    desk.check("kill, 1 vm_down, spawn 2, moved, wake 10001");
    let heard = desk.session.hear(2, old, crash(), &mut desk.out);
    desk.session.lose(2, old, String::new(), &mut desk.out);
    assert_eq!(heard, None);
    desk.check("");
}

#[test]
fn what_has_no_answer_is_sent_only_to_a_vm_that_is_ready() {
    let mut desk = Desk::new();
    let typed = || Command::Type {
        text: "a".to_owned(),
    };
    assert!(!desk.session.tell(typed(), &mut desk.out));
    let mut desk = Desk::ready();
    assert!(desk.session.tell(typed(), &mut desk.out));
    desk.check("send");
}

#[test]
fn more_open_requests_than_the_limit_are_refused() {
    let mut desk = Desk::ready();
    for ticket in 0..limits::OPEN_REQUESTS {
        desk.open(0, 5_000, ticket);
    }
    desk.out.clear();
    assert_eq!(desk.open(0, 5_000, 99), None);
    desk.check("99 refused");
}

#[test]
fn the_page_going_away_ends_everything() {
    let mut desk = Desk::ready();
    desk.open(0, 5_000, 1);
    desk.out.clear();
    desk.session.fail(Down::Closed, &mut desk.out);
    desk.check("kill, 1 vm_down, moved");
}

#[test]
fn ended_requests_leave_no_deadlines_behind() {
    let mut desk = Desk::ready();
    for n in 0..100_000 {
        let id = desk.open(n, 30_000, 1).expect("a number");
        desk.hear(
            n,
            Event::Replied {
                id,
                reply: Reply::Done,
                worker_us: 0,
            },
        );
        desk.out.clear();
    }
    desk.session.wake(40_000_000, &mut desk.out);
    desk.check("");
}
