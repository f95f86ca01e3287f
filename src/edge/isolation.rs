//! Browser side of cross-origin isolation: gathers the facts, performs the steps that
//! [`boot::isolation`] decides on. Decides nothing itself.

use boot::isolation::{Facts, Guard, Refusal, Registration, Step, decide, flagged, unflagged};
use js_sys::{Function, Object, Promise, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    RegistrationOptions, Response, ServiceWorker, ServiceWorkerContainer,
    ServiceWorkerRegistration, ServiceWorkerState, ServiceWorkerUpdateViaCache, Storage, Window,
};

const SCRIPT: &str = "sw.js";
const SPENT: &str = "atomvm-console:isolation-reload";
/// Installing does nothing but take over; a worker that is not there by then is stuck.
const ACTIVATION_MS: i32 = 15_000;

/// How the page came to be isolated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsolatedBy {
    /// The host sends the headers.
    Host,
    /// Our service worker adds them.
    Worker,
}

/// Makes the page cross-origin isolated, or says why it cannot be.
///
/// Never returns when it reloads the page: what comes after belongs to the next load.
pub async fn ensure_isolated() -> Result<IsolatedBy, Refusal> {
    // Only a page can be isolated; a worker has what its page has.
    let window = web_sys::window().ok_or(Refusal::StillNotIsolated)?;
    let site = Site::of(&window)?;
    let mut progress = Progress {
        registration: None,
        is_fresh: false,
    };
    loop {
        let facts = site.facts(&progress).await;
        let step = decide(facts);
        match (step, &site.workers) {
            (Step::Proceed, _) => {
                site.settle();
                let by_worker = facts.is_controlled;
                return Ok(if by_worker {
                    IsolatedBy::Worker
                } else {
                    IsolatedBy::Host
                });
            }
            (Step::Refuse(reason), _) => return Err(reason),
            (Step::Register, Some(workers)) => {
                progress.registration = Some(site.register(workers).await);
                progress.is_fresh = true;
            }
            (Step::WaitForActive, Some(workers)) => {
                progress.registration = Some(site.wait_for_active(workers).await);
                progress.is_fresh = true;
            }
            (Step::Reload(_), _) => {
                site.reload().map_err(|_| Refusal::StillNotIsolated)?;
                return std::future::pending().await;
            }
            (Step::Register | Step::WaitForActive, None) => return Err(Refusal::NoServiceWorker),
        }
    }
}

/// What this load has brought about so far.
struct Progress {
    /// How the last step ended; nothing before the first.
    registration: Option<Registration>,
    /// The worker became active while this page was looking.
    is_fresh: bool,
}

/// The page's surroundings that do not change while it is open.
struct Site {
    window: Window,
    workers: Option<ServiceWorkerContainer>,
    storage: Option<Storage>,
    /// Address of the worker's script.
    script: String,
    /// Address of the folder the site is in: the worker's scope.
    scope: String,
}

impl Site {
    fn of(window: &Window) -> Result<Self, Refusal> {
        let base = window.document().and_then(|d| d.base_uri().ok().flatten());
        let base = base.ok_or(Refusal::StillNotIsolated)?;
        let resolve =
            |relative: &str| web_sys::Url::new_with_base(relative, &base).map(|url| url.href());
        // The base is an absolute address, so both resolve.
        let script = resolve(SCRIPT).map_err(|_| Refusal::WorkerMissing)?;
        let scope = resolve("./").map_err(|_| Refusal::WorkerMissing)?;
        // Some browsers throw here instead of having no such property.
        let workers = Reflect::get(&window.navigator(), &"serviceWorker".into()).ok();
        let workers = workers.and_then(|value| value.dyn_into().ok());
        let storage = window.session_storage().ok().flatten().filter(keeps_values);
        Ok(Site {
            window: window.clone(),
            workers,
            storage,
            script,
            scope,
        })
    }

    async fn facts(&self, progress: &Progress) -> Facts {
        let global = js_sys::global();
        let flag = |name: &str| Reflect::get(&global, &name.into()).is_ok_and(|v| v.is_truthy());
        let top = Reflect::get(&global, &"top".into()).unwrap_or(JsValue::NULL);
        let controller = self
            .workers
            .as_ref()
            .and_then(ServiceWorkerContainer::controller);
        let isolated = flag("crossOriginIsolated");
        let found = match (progress.registration, &self.workers) {
            (Some(known), _) => known,
            // Nobody asks when the host has done it all.
            (None, Some(workers)) if !isolated => self.registration(workers).await,
            (None, _) => Registration::Absent,
        };
        Facts {
            isolated,
            has_wasm_threads: has_wasm_threads(),
            has_shared_memory: flag("SharedArrayBuffer"),
            is_secure: self.window.is_secure_context(),
            is_embedded: !Object::is(&top, &self.window),
            has_service_worker: self.workers.is_some(),
            has_storage: self.storage.is_some(),
            is_controlled: controller.is_some_and(|worker| self.is_ours(&worker)),
            registration: match found {
                Registration::Active if progress.is_fresh => Registration::Fresh,
                other => other,
            },
            guard: Guard {
                is_flagged: unflagged(&self.query()).is_some(),
                is_tab_spent: self.is_tab_spent(),
                is_reload: self.is_reload(),
            },
        }
    }

    fn is_ours(&self, worker: &ServiceWorker) -> bool {
        worker.script_url() == self.script
    }

    fn query(&self) -> String {
        self.window.location().search().unwrap_or_default()
    }

    /// Sites of one origin share the storage: GitHub Pages serves many from one host.
    fn tab_key(&self) -> String {
        format!("{SPENT}:{}", self.scope)
    }

    fn is_tab_spent(&self) -> bool {
        let value = self
            .storage
            .as_ref()
            .map(|storage| storage.get_item(&self.tab_key()));
        matches!(value, Some(Ok(Some(_))))
    }

    fn is_reload(&self) -> bool {
        let entries = self
            .window
            .performance()
            .map(|p| p.get_entries_by_type("navigation"));
        let kind = entries.and_then(|list| Reflect::get(&list.get(0), &"type".into()).ok());
        kind.is_some_and(|kind| kind == "reload")
    }

    /// This page's address with another query.
    fn address(&self, query: &str) -> Result<String, JsValue> {
        let url = web_sys::Url::new(&self.window.location().href()?)?;
        url.set_search(query);
        Ok(url.href())
    }

    /// Loads the page again, flagged. Unlike the reload button, this never goes past the worker.
    fn reload(&self) -> Result<(), JsValue> {
        let address = self.address(&flagged(&self.query()))?;
        if let Some(storage) = &self.storage {
            // The flag alone forbids a loop; the tab's mark only spares later visits the attempt.
            let _ = storage.set_item(&self.tab_key(), "spent");
        }
        self.window.location().replace(&address)
    }

    /// Takes the traces of the reload away, so that a later hard reload is mended as well. Where
    /// that fails the page works all the same.
    fn settle(&self) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&self.tab_key());
        }
        if let Some(query) = unflagged(&self.query()) {
            let _ = self.address(query).and_then(|address| {
                let history = self.window.history()?;
                history.replace_state_with_url(&history.state()?, "", Some(&address))
            });
        }
    }

    /// The registration of this very scope, not of a folder above it.
    async fn find(&self, workers: &ServiceWorkerContainer) -> Option<ServiceWorkerRegistration> {
        let found = JsFuture::from(workers.get_registration_with_document_url(&self.scope)).await;
        let registration: ServiceWorkerRegistration = found.ok()?.dyn_into().ok()?;
        (registration.scope() == self.scope).then_some(registration)
    }

    async fn registration(&self, workers: &ServiceWorkerContainer) -> Registration {
        let Some(registration) = self.find(workers).await else {
            return Registration::Absent;
        };
        match registration.active() {
            Some(worker) if self.is_ours(&worker) => Registration::Active,
            // Another script at our place: registering ours replaces it.
            Some(_) => Registration::Absent,
            None if coming(&registration).is_some() => Registration::Pending,
            None => Registration::Absent,
        }
    }

    async fn register(&self, workers: &ServiceWorkerContainer) -> Registration {
        let options = RegistrationOptions::new();
        options.set_scope(&self.scope);
        options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
        let registered = workers.register_with_options(&self.script, &options);
        match JsFuture::from(registered).await {
            Ok(_) => Registration::Pending,
            Err(_) => self.why_refused().await,
        }
    }

    /// Browsers word their refusals differently; whether the script is there tells them apart.
    async fn why_refused(&self) -> Registration {
        let answer = JsFuture::from(self.window.fetch_with_str(&self.script)).await;
        let Ok(Ok(response)) = answer.map(JsCast::dyn_into::<Response>) else {
            return Registration::Failed;
        };
        let content_type = response.headers().get("content-type").ok().flatten();
        if response.ok() && content_type.is_some_and(|t| t.contains("javascript")) {
            Registration::Blocked
        } else {
            Registration::ScriptMissing
        }
    }

    async fn wait_for_active(&self, workers: &ServiceWorkerContainer) -> Registration {
        let Some(registration) = self.find(workers).await else {
            return Registration::Failed;
        };
        if let Some(worker) = coming(&registration) {
            self.settled(&worker).await;
        }
        match registration.active() {
            Some(worker) if self.is_ours(&worker) => Registration::Active,
            _ => Registration::Failed,
        }
    }

    /// Until a worker is active or will never be, or the time for it is over.
    async fn settled(&self, worker: &ServiceWorker) {
        let mut listener = None;
        let promise = Promise::new(&mut |resolve: Function, _reject: Function| {
            let done = resolve.clone();
            let watched = worker.clone();
            let changed = Closure::<dyn Fn()>::new(move || {
                if is_settled(&watched) {
                    // Resolving a promise does not throw.
                    let _ = done.call0(&JsValue::UNDEFINED);
                }
            });
            worker.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
            listener = Some(changed);
            let timer = self
                .window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ACTIVATION_MS);
            if timer.is_err() || is_settled(worker) {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        });
        let _ = JsFuture::from(promise).await;
        worker.set_onstatechange(None);
        drop(listener);
    }
}

/// The worker on its way to being active.
fn coming(registration: &ServiceWorkerRegistration) -> Option<ServiceWorker> {
    registration.installing().or_else(|| registration.waiting())
}

/// A navigation waits for a worker that is activating, so that is far enough.
fn is_settled(worker: &ServiceWorker) -> bool {
    matches!(
        worker.state(),
        ServiceWorkerState::Activating
            | ServiceWorkerState::Activated
            | ServiceWorkerState::Redundant
    )
}

/// Private windows of some browsers have a storage that takes nothing.
fn keeps_values(storage: &Storage) -> bool {
    let probe = "atomvm-console:probe";
    let is_kept = storage.set_item(probe, "1").is_ok()
        && matches!(storage.get_item(probe), Ok(Some(value)) if value == "1");
    is_kept && storage.remove_item(probe).is_ok()
}

/// Asks the engine about a module with one page of shared memory and one atomic load.
fn has_wasm_threads() -> bool {
    const MODULE: [u8; 37] = [
        0, b'a', b's', b'm', 1, 0, 0, 0, // version 1
        1, 4, 1, 0x60, 0, 0, // types: a function without parameters or results
        3, 2, 1, 0, // functions: one of that type
        5, 4, 1, 3, 1, 1, // memories: shared, one page at least and at most
        10, 11, 1, 9, 0, // code: one body of nine bytes without locals
        0x41, 0, 0xFE, 0x10, 2, 0, 0x1A, 0x0B, // i32.atomic.load at 0, dropped
    ];
    WebAssembly::validate(&Uint8Array::from(&MODULE[..])).unwrap_or(false)
}
