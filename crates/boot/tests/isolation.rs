//! Every state of a page, one after the other: the decision table, and the law that no tab is
//! reloaded twice without an isolated page in between.

use boot::isolation::{Facts, Refusal, Registration, ReloadReason, Step, decide, spent_after};

/// A current browser, first visit, a host that sends no headers.
const PLAIN_HOST: Facts = Facts {
    isolated: false,
    has_wasm_threads: true,
    has_shared_memory: false,
    is_secure: true,
    is_embedded: false,
    has_service_worker: true,
    has_storage: true,
    is_controlled: false,
    registration: Registration::Absent,
    reload_spent: false,
};

const ISOLATED: Facts = Facts {
    isolated: true,
    has_shared_memory: true,
    ..PLAIN_HOST
};

const REGISTRATIONS: [Registration; 7] = [
    Registration::Absent,
    Registration::Pending,
    Registration::Active,
    Registration::Fresh,
    Registration::Blocked,
    Registration::ScriptMissing,
    Registration::Failed,
];

#[track_caller]
fn check(facts: Facts, expected: Step) {
    assert_eq!(decide(facts), expected, "{facts:?}");
}

#[test]
fn headers_from_the_host_leave_the_worker_alone() {
    check(ISOLATED, Step::Proceed);
    for registration in REGISTRATIONS {
        check(
            Facts {
                registration,
                ..ISOLATED
            },
            Step::Proceed,
        );
        check(
            Facts {
                registration,
                reload_spent: true,
                ..ISOLATED
            },
            Step::Proceed,
        );
        check(
            Facts {
                registration,
                has_service_worker: false,
                ..ISOLATED
            },
            Step::Proceed,
        );
        check(
            Facts {
                registration,
                has_storage: false,
                ..ISOLATED
            },
            Step::Proceed,
        );
    }
}

#[test]
fn a_first_visit_registers_waits_and_reloads_once() {
    check(PLAIN_HOST, Step::Register);
    check(
        Facts {
            registration: Registration::Pending,
            ..PLAIN_HOST
        },
        Step::WaitForActive,
    );
    let fresh = Facts {
        registration: Registration::Fresh,
        ..PLAIN_HOST
    };
    check(fresh, Step::Reload(ReloadReason::FirstVisit));
    check(
        Facts {
            reload_spent: true,
            ..fresh
        },
        Step::Refuse(Refusal::StillBypassed),
    );
}

#[test]
fn a_hard_reload_is_mended_by_one_soft_reload() {
    let bypassed = Facts {
        registration: Registration::Active,
        ..PLAIN_HOST
    };
    check(bypassed, Step::Reload(ReloadReason::Bypassed));
    check(
        Facts {
            reload_spent: true,
            ..bypassed
        },
        Step::Refuse(Refusal::StillBypassed),
    );
}

#[test]
fn a_page_that_its_worker_left_unisolated_is_reloaded_once() {
    let stale = Facts {
        registration: Registration::Active,
        is_controlled: true,
        ..PLAIN_HOST
    };
    check(stale, Step::Reload(ReloadReason::StaleWorker));
    check(
        Facts {
            reload_spent: true,
            ..stale
        },
        Step::Refuse(Refusal::StillNotIsolated),
    );
}

#[test]
fn where_it_cannot_work_the_reason_is_named() {
    let refused = |facts, reason| check(facts, Step::Refuse(reason));
    refused(
        Facts {
            has_wasm_threads: false,
            ..PLAIN_HOST
        },
        Refusal::OldBrowser,
    );
    refused(
        Facts {
            has_wasm_threads: false,
            ..ISOLATED
        },
        Refusal::OldBrowser,
    );
    refused(
        Facts {
            has_shared_memory: false,
            ..ISOLATED
        },
        Refusal::OldBrowser,
    );
    let insecure = Facts {
        is_secure: false,
        has_service_worker: false,
        ..PLAIN_HOST
    };
    refused(insecure, Refusal::InsecureOrigin);
    refused(
        Facts {
            is_embedded: true,
            ..PLAIN_HOST
        },
        Refusal::Embedded,
    );
    refused(
        Facts {
            has_service_worker: false,
            ..PLAIN_HOST
        },
        Refusal::NoServiceWorker,
    );
    refused(
        Facts {
            has_storage: false,
            ..PLAIN_HOST
        },
        Refusal::StorageBlocked,
    );
    let with = |registration| Facts {
        registration,
        ..PLAIN_HOST
    };
    refused(with(Registration::Blocked), Refusal::WorkerBlocked);
    refused(with(Registration::ScriptMissing), Refusal::WorkerMissing);
    refused(with(Registration::Failed), Refusal::WorkerFailed);
}

/// All states there are: nine booleans and seven registrations.
fn every_state() -> impl Iterator<Item = Facts> {
    (0..1u32 << 9).flat_map(|bits| {
        let is = move |place: u32| bits >> place & 1 == 1;
        REGISTRATIONS.into_iter().map(move |registration| Facts {
            isolated: is(0),
            has_wasm_threads: is(1),
            has_shared_memory: is(2),
            is_secure: is(3),
            is_embedded: is(4),
            has_service_worker: is(5),
            has_storage: is(6),
            is_controlled: is(7),
            reload_spent: is(8),
            registration,
        })
    })
}

/// The law by induction over all states: a reload needs an unspent guard and spends it, and nothing
/// but an isolated page gives it back. So between two reloads of a tab stands an isolated page.
#[test]
fn no_tab_reloads_twice_without_an_isolated_page_between() {
    let mut reloads = 0;
    for facts in every_state() {
        let step = decide(facts);
        let spent = spent_after(facts.reload_spent, step);
        match step {
            Step::Reload(_) => {
                reloads += 1;
                assert!(!facts.reload_spent && !facts.isolated && spent, "{facts:?}");
            }
            Step::Proceed => assert!(facts.isolated && !spent, "{facts:?}"),
            _ => assert_eq!(spent, facts.reload_spent, "{facts:?}"),
        }
    }
    assert!(reloads > 0);
}

/// A reload can only be counted where the tab can remember it, and only helps where a worker is.
#[test]
fn reloads_and_registrations_only_where_they_can_help() {
    for facts in every_state() {
        let can_help = facts.has_service_worker
            && facts.has_storage
            && facts.is_secure
            && facts.has_wasm_threads
            && !facts.is_embedded;
        match decide(facts) {
            Step::Reload(_) | Step::Register | Step::WaitForActive => {
                assert!(can_help && !facts.isolated, "{facts:?}");
            }
            Step::Proceed => assert!(facts.has_shared_memory && facts.has_wasm_threads),
            Step::Refuse(_) => {}
        }
    }
}

/// The longest way to an end within one load, whatever registering and waiting bring about.
fn longest(facts: Facts) -> usize {
    let after = |outcomes: &[Registration]| {
        let steps = outcomes.iter().map(|&registration| {
            longest(Facts {
                registration,
                ..facts
            })
        });
        1 + steps.max().unwrap_or(0)
    };
    match decide(facts) {
        Step::Register => after(&REGISTRATIONS[1..]),
        Step::WaitForActive => after(&[
            Registration::Active,
            Registration::Fresh,
            Registration::Failed,
        ]),
        Step::Proceed | Step::Reload(_) | Step::Refuse(_) => 1,
    }
}

#[test]
fn one_load_takes_at_most_three_steps() {
    assert_eq!(every_state().map(longest).max(), Some(3));
}

#[test]
fn every_refusal_has_words_of_its_own_that_say_what_to_do() {
    let mut words = std::collections::BTreeSet::new();
    for reason in Refusal::ALL {
        let text = reason.to_string();
        assert!(
            text.ends_with('.') && text.matches(". ").count() >= 1,
            "{text}"
        );
        assert!(!text.contains("  "), "{text}");
        assert!(
            words.insert(text) && words.insert(reason.word().to_owned()),
            "{reason:?}"
        );
    }
}
