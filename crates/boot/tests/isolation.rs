//! Every state of a page, one after the other: the decision table, and the law that no page is
//! reloaded twice without an isolated page in between.

use boot::isolation::{
    Facts, Guard, Refusal, Registration, ReloadReason, Step, decide, flagged, unflagged,
};

const UNSPENT: Guard = Guard {
    is_flagged: false,
    is_tab_spent: false,
    is_reload: false,
};
const SPENT: Guard = Guard {
    is_flagged: true,
    is_tab_spent: true,
    is_reload: false,
};

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
    guard: UNSPENT,
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
                guard: SPENT,
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
            guard: SPENT,
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
            guard: SPENT,
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
            guard: SPENT,
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
    let with = |registration| Facts {
        registration,
        ..PLAIN_HOST
    };
    refused(with(Registration::Blocked), Refusal::WorkerBlocked);
    let without_storage = Facts {
        has_storage: false,
        ..with(Registration::Blocked)
    };
    refused(without_storage, Refusal::StorageBlocked);
    refused(with(Registration::ScriptMissing), Refusal::WorkerMissing);
    refused(with(Registration::Failed), Refusal::WorkerFailed);
}

/// All states there are: eleven booleans and seven registrations.
fn every_state() -> impl Iterator<Item = Facts> {
    (0..1u32 << 11).flat_map(|bits| {
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
            registration,
            guard: Guard {
                is_flagged: is(8),
                is_tab_spent: is(9),
                is_reload: is(10),
            },
        })
    })
}

/// The law by induction over all states: a reload leads to a flagged address, a flagged page does not
/// reload, and only an isolated page loses its flag. So between two reloads stands an isolated page,
/// or a person who went to the page anew; and the tab gives that person a reload only for a reload.
#[test]
fn no_page_reloads_twice_without_an_isolated_page_between() {
    let mut reloads = 0;
    for facts in every_state() {
        if let Step::Reload(_) = decide(facts) {
            reloads += 1;
            assert!(!facts.isolated && !facts.guard.is_flagged, "{facts:?}");
            assert!(
                !facts.guard.is_tab_spent || facts.guard.is_reload,
                "{facts:?}"
            );
        }
        let next = Facts {
            guard: Guard {
                is_flagged: true,
                ..facts.guard
            },
            ..facts
        };
        assert!(!matches!(decide(next), Step::Reload(_)), "{next:?}");
    }
    assert!(reloads > 0);
}

#[test]
fn a_new_visit_in_a_tab_that_has_spent_its_reload_has_none() {
    let fresh = Facts {
        registration: Registration::Fresh,
        ..PLAIN_HOST
    };
    let guard = Guard {
        is_tab_spent: true,
        ..UNSPENT
    };
    check(
        Facts { guard, ..fresh },
        Step::Refuse(Refusal::StillBypassed),
    );
}

#[test]
fn a_hard_reload_is_mended_even_where_the_tab_speaks_of_the_past() {
    let bypassed = Facts {
        registration: Registration::Active,
        ..PLAIN_HOST
    };
    let guard = Guard {
        is_tab_spent: true,
        is_reload: true,
        ..UNSPENT
    };
    check(
        Facts { guard, ..bypassed },
        Step::Reload(ReloadReason::Bypassed),
    );
}

#[test]
fn the_flag_comes_off_and_leaves_the_address_as_it_was() {
    for query in ["", "?module=hello", "?a=1&b=%20", "?"] {
        let with_flag = flagged(query);
        assert!(with_flag.starts_with('?'), "{with_flag}");
        assert_eq!(unflagged(&with_flag), Some(query));
        assert_eq!(unflagged(query), None);
    }
    assert_eq!(flagged("?module=hello"), "?module=hello&isolation=retried");
    assert_eq!(unflagged("?other-isolation=retried"), None);
}

/// Nothing is registered and nothing reloaded where it cannot help.
#[test]
fn reloads_and_registrations_only_where_they_can_help() {
    for facts in every_state() {
        let can_help = facts.has_service_worker
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
        assert!(words.insert(text), "{reason:?}");
    }
}
