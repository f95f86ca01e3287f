//! Decides how a page becomes cross-origin isolated, which the VM's threads need: one step for each
//! state of the page. Never reloads twice without an isolated page in between.
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
    /// The browser lets the site keep data.
    pub has_storage: bool,
    /// Our worker answered for this page.
    pub is_controlled: bool,
    /// How far our worker has come.
    pub registration: Registration,
    /// Whether the reload was spent.
    pub guard: Guard,
}

/// What tells a page that the reload before it was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The page's address carries the [`FLAG`]: this load is the reload.
    pub is_flagged: bool,
    /// The tab's storage says that a reload was spent. It may speak of the past: isolation puts a
    /// page in another process, and a process that gets the tab back may keep what it knew before.
    pub is_tab_spent: bool,
    /// A person asked for this load by the reload button, which we never use.
    pub is_reload: bool,
}

impl Guard {
    /// Whether this page may not reload any more.
    pub fn is_spent(self) -> bool {
        self.is_flagged || (self.is_tab_spent && !self.is_reload)
    }
}

/// What the reload adds to the address, and the isolated page takes off again. Unlike storage, it
/// cannot be blocked, lost or out of date.
pub const FLAG: &str = "isolation=retried";

/// A query with the flag at its end. Queries are empty or begin with `?`.
pub fn flagged(query: &str) -> String {
    let joint = if query.is_empty() { '?' } else { '&' };
    format!("{query}{joint}{FLAG}")
}

/// The query without the flag, if it has one.
pub fn unflagged(query: &str) -> Option<&str> {
    query.strip_suffix(FLAG)?.strip_suffix(['?', '&'])
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
    /// The page is isolated: go on, and take the reload's traces away.
    Proceed,
    /// Register the worker, then look again.
    Register,
    /// Wait until the worker is active or has failed, then look again.
    WaitForActive,
    /// Load the page again at its flagged address.
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
    /// The browser would not register the worker because the site may keep no data.
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
        Registration::Blocked if facts.has_storage => Step::Refuse(Refusal::WorkerBlocked),
        Registration::Blocked => Step::Refuse(Refusal::StorageBlocked),
        Registration::ScriptMissing => Step::Refuse(Refusal::WorkerMissing),
        Registration::Failed => Step::Refuse(Refusal::WorkerFailed),
        Registration::Active | Registration::Fresh if facts.guard.is_spent() => {
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
    } else {
        None
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
