//! Decides how a page becomes cross-origin isolated, which the VM's threads need: one step for each
//! state of the page. Never reloads a tab twice without an isolated page in between.
//! Knows nothing of how facts are gathered or steps are performed.

use std::fmt;

/// What is known of the page when a step is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `crossOriginIsolated` of the page.
    pub isolated: bool,
    /// The engine accepts a module with shared memory and atomics.
    pub has_wasm_threads: bool,
    /// `SharedArrayBuffer` is there. Engines hide it from pages that are not isolated.
    pub has_shared_memory: bool,
    /// The origin is HTTPS or this machine.
    pub is_secure: bool,
    /// The page is shown inside another page.
    pub is_embedded: bool,
    /// `navigator.serviceWorker` is there.
    pub has_service_worker: bool,
    /// `sessionStorage` takes a value and gives it back.
    pub has_storage: bool,
    /// Our worker answered for this page.
    pub is_controlled: bool,
    /// How far our worker has come.
    pub registration: Registration,
    /// A reload of this tab was spent and no isolated page has been seen since.
    pub reload_spent: bool,
}

/// How far the service worker has come, as seen from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// There is none for this scope.
    Absent,
    /// It is being installed or activated.
    Pending,
    /// It answers the next navigation; it was there before the page asked.
    Active,
    /// It answers the next navigation; the page has just brought it about.
    Fresh,
    /// The browser would not register it although the script is served.
    Blocked,
    /// The script is not where it should be, or is not a script.
    ScriptMissing,
    /// It was registered and then ended in an error, or never became active.
    Failed,
}

/// What the page does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The page is isolated: go on, and re-arm the guard.
    Proceed,
    /// Register the worker, then look again.
    Register,
    /// Wait until the worker is active or has failed, then look again.
    WaitForActive,
    /// Spend this tab's reload.
    Reload(ReloadReason),
    /// Isolation cannot be had here.
    Refuse(Refusal),
}

/// Why a reload will help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReloadReason {
    /// The worker was registered just now, after the page had been served without it.
    FirstVisit,
    /// The worker was there, but this load went past it: a hard reload does that.
    Bypassed,
    /// The worker answered, but without what isolation needs: an older one, replaced by now.
    StaleWorker,
}

/// Why isolation cannot be had. Its [`Display`](fmt::Display) says so to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The engine has no WebAssembly threads.
    OldBrowser,
    /// Plain HTTP from another machine.
    InsecureOrigin,
    /// Shown inside a page that is not isolated itself.
    Embedded,
    /// The browser, or this kind of window, has no service workers.
    NoServiceWorker,
    /// Storage is blocked, so a reload could not be counted.
    StorageBlocked,
    /// The browser would not register the worker.
    WorkerBlocked,
    /// `sw.js` is not served from the site's root.
    WorkerMissing,
    /// The worker did not become active.
    WorkerFailed,
    /// The tab was reloaded, and the load went past the worker again.
    StillBypassed,
    /// The tab was reloaded, the worker answered, and the page is still not isolated.
    StillNotIsolated,
}

/// One step for one state of the page.
pub fn decide(facts: Facts) -> Step {
    match refusal(facts) {
        Some(reason) => return Step::Refuse(reason),
        None if facts.isolated => return Step::Proceed,
        None => {}
    }
    match facts.registration {
        Registration::Absent => Step::Register,
        Registration::Pending => Step::WaitForActive,
        Registration::Blocked => Step::Refuse(Refusal::WorkerBlocked),
        Registration::ScriptMissing => Step::Refuse(Refusal::WorkerMissing),
        Registration::Failed => Step::Refuse(Refusal::WorkerFailed),
        Registration::Active | Registration::Fresh if facts.reload_spent => {
            Step::Refuse(if facts.is_controlled {
                Refusal::StillNotIsolated
            } else {
                Refusal::StillBypassed
            })
        }
        Registration::Fresh => Step::Reload(ReloadReason::FirstVisit),
        Registration::Active if facts.is_controlled => Step::Reload(ReloadReason::StaleWorker),
        Registration::Active => Step::Reload(ReloadReason::Bypassed),
    }
}

/// What no worker and no reload can mend, the most telling reason first.
fn refusal(facts: Facts) -> Option<Refusal> {
    if !facts.has_wasm_threads || (facts.isolated && !facts.has_shared_memory) {
        return Some(Refusal::OldBrowser);
    }
    if facts.isolated {
        return None;
    }
    if !facts.is_secure {
        // Before the worker: browsers take `navigator.serviceWorker` away on insecure origins.
        Some(Refusal::InsecureOrigin)
    } else if facts.is_embedded {
        // The page around it decides; an isolated one would not have shown us without our headers.
        Some(Refusal::Embedded)
    } else if !facts.has_service_worker {
        Some(Refusal::NoServiceWorker)
    } else if !facts.has_storage {
        Some(Refusal::StorageBlocked)
    } else {
        None
    }
}

/// Whether the tab's reload counts as spent after a step: a reload spends it, an isolated page gives
/// it back, so that a later hard reload can be mended too. It is written before the step is performed.
pub fn spent_after(spent: bool, step: Step) -> bool {
    match step {
        Step::Reload(_) => true,
        Step::Proceed => false,
        Step::Register | Step::WaitForActive | Step::Refuse(_) => spent,
    }
}

impl Refusal {
    /// Every reason, for tests and documentation.
    pub const ALL: [Refusal; 10] = [
        Refusal::OldBrowser,
        Refusal::InsecureOrigin,
        Refusal::Embedded,
        Refusal::NoServiceWorker,
        Refusal::StorageBlocked,
        Refusal::WorkerBlocked,
        Refusal::WorkerMissing,
        Refusal::WorkerFailed,
        Refusal::StillBypassed,
        Refusal::StillNotIsolated,
    ];

    /// A short, stable word for the reason, fit for a status line and for logs.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::OldBrowser => "old browser",
            Refusal::InsecureOrigin => "insecure origin",
            Refusal::Embedded => "embedded",
            Refusal::NoServiceWorker => "no service worker",
            Refusal::StorageBlocked => "storage blocked",
            Refusal::WorkerBlocked => "service worker blocked",
            Refusal::WorkerMissing => "sw.js missing",
            Refusal::WorkerFailed => "service worker failed",
            Refusal::StillBypassed => "service worker bypassed",
            Refusal::StillNotIsolated => "not isolated",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::OldBrowser => {
                "This browser cannot run WebAssembly threads, which AtomVM needs. \
                 Use a current Chrome, Edge, Firefox or Safari."
            }
            Refusal::InsecureOrigin => {
                "The page came over plain HTTP, where browsers give no threads. \
                 Open it over https://, or at localhost on the machine that serves it."
            }
            Refusal::Embedded => {
                "The page is shown inside another page that is not cross-origin isolated. \
                 Open it in a tab of its own, or isolate the outer page and embed it with \
                 allow=\"cross-origin-isolated\"."
            }
            Refusal::NoServiceWorker => {
                "The host sends no isolation headers, and this browser has no service workers to \
                 add them; some private windows have none. Use a normal window, or a host that \
                 sends the headers."
            }
            Refusal::StorageBlocked => {
                "The host sends no isolation headers, and the browser blocks this site's storage, \
                 which the service worker that adds them needs. Allow site data, or leave the \
                 private window."
            }
            Refusal::WorkerBlocked => {
                "The host sends no isolation headers, and the browser refused the service worker \
                 that adds them; private windows and strict privacy settings do that. Use a \
                 normal window, or a host that sends the headers."
            }
            Refusal::WorkerMissing => {
                "The host sends no isolation headers, and sw.js, which adds them, is not served \
                 as a script beside the page. Copy the whole of dist/ to the host."
            }
            Refusal::WorkerFailed => {
                "The service worker that adds the isolation headers did not start. Close the \
                 site's other tabs and load the page again."
            }
            Refusal::StillBypassed => {
                "The page was loaded past its service worker, and one reload did not mend it. \
                 If developer tools bypass service workers, switch that off; then load the page \
                 again with a normal reload."
            }
            Refusal::StillNotIsolated => {
                "The page is not cross-origin isolated although its service worker answered. \
                 The reload was spent; it is not tried again. An extension or a proxy may remove \
                 headers: try without, or another browser."
            }
        })
    }
}
