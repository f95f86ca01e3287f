//! Browser side of cross-origin isolation: gathers the facts, performs the steps that
//! [`boot::isolation`] decides on. Decides nothing itself.

mod workers;

use boot::isolation::{Facts, Guard, Refusal, Registration, Step, decide, flagged, unflagged};
use js_sys::{Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::prelude::*;
use web_sys::{Storage, Window};
use workers::Workers;

const SCRIPT: &str = "sw.js";
const SPENT: &str = "atomvm-console:isolation-reload";

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
    let mut site = Site::of(&window)?;
    if let Some(workers) = site
        .workers
        .as_mut()
        .filter(|_| !flag("crossOriginIsolated"))
    {
        workers.look().await;
    }
    loop {
        let facts = site.facts();
        match (decide(facts), &mut site.workers) {
            (Step::Proceed, _) if !facts.is_controlled => return Ok(IsolatedBy::Host),
            (Step::Proceed, _) => {
                site.settle();
                return Ok(IsolatedBy::Worker);
            }
            (Step::Refuse(reason), _) => return Err(reason),
            (Step::Register, Some(workers)) => workers.register().await,
            (Step::WaitForActive, Some(workers)) => workers.wait().await,
            (Step::Reload(_), _) => {
                site.reload().map_err(|_| Refusal::StillNotIsolated)?;
                return std::future::pending().await;
            }
            (Step::Register | Step::WaitForActive, None) => return Err(Refusal::NoServiceWorker),
        }
    }
}

/// The page's surroundings.
struct Site {
    window: Window,
    workers: Option<Workers>,
    storage: Option<Storage>,
    /// Address of the folder the site is in.
    folder: String,
}

impl Site {
    fn of(window: &Window) -> Result<Self, Refusal> {
        let base = window.document().and_then(|d| d.base_uri().ok().flatten());
        let base = base.ok_or(Refusal::StillNotIsolated)?;
        let resolve =
            |relative: &str| web_sys::Url::new_with_base(relative, &base).map(|url| url.href());
        // The base is an absolute address, so both resolve.
        let script = resolve(SCRIPT).map_err(|_| Refusal::WorkerMissing)?;
        let folder = resolve("./").map_err(|_| Refusal::WorkerMissing)?;
        Ok(Site {
            window: window.clone(),
            workers: Workers::of(window, &script, &folder),
            storage: window.session_storage().ok().flatten(),
            folder,
        })
    }

    fn facts(&self) -> Facts {
        let top = Reflect::get(&js_sys::global(), &"top".into()).unwrap_or(JsValue::NULL);
        let workers = self.workers.as_ref();
        let isolated = flag("crossOriginIsolated");
        Facts {
            isolated,
            has_wasm_threads: has_wasm_threads(),
            has_shared_memory: flag("SharedArrayBuffer"),
            is_secure: self.window.is_secure_context(),
            is_embedded: !Object::is(&top, &self.window),
            has_service_worker: workers.is_some(),
            // Touching the storage costs the first paint milliseconds: only where it matters.
            has_storage: !isolated && self.storage.as_ref().is_some_and(keeps_values),
            is_controlled: workers.is_some_and(Workers::is_controlled),
            registration: workers.map_or(Registration::Absent, Workers::state),
            guard: Guard {
                is_flagged: unflagged(&self.query()).is_some(),
                is_tab_spent: !isolated && self.is_tab_spent(),
                is_reload: self.is_reload(),
            },
        }
    }

    fn query(&self) -> String {
        self.window.location().search().unwrap_or_default()
    }

    /// Sites of one origin share the storage: GitHub Pages serves many from one host.
    fn tab_key(&self) -> String {
        format!("{SPENT}:{}", self.folder)
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
}

/// Whether a global is there and true.
fn flag(name: &str) -> bool {
    Reflect::get(&js_sys::global(), &name.into()).is_ok_and(|value| value.is_truthy())
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
