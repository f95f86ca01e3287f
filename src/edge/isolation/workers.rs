//! The browser's service workers as isolation sees them: whether ours is there, registering it, and
//! waiting for it.

use boot::isolation::Registration;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    RegistrationOptions, Response, ServiceWorker, ServiceWorkerContainer,
    ServiceWorkerRegistration, ServiceWorkerState, ServiceWorkerUpdateViaCache, Window,
};

/// Installing does nothing but take over; a worker that is not there by then is stuck.
const ACTIVATION_MS: i32 = 15_000;

/// Our worker, seen from one load of the page.
pub struct Workers {
    window: Window,
    container: ServiceWorkerContainer,
    /// Address of the worker's script.
    script: String,
    /// Address of the folder the site is in.
    scope: String,
    /// The registration of this very scope. It is kept, since the browser finds the registration of
    /// a folder above when it is asked while ours is still being installed.
    found: Option<ServiceWorkerRegistration>,
    /// This load has registered the worker.
    is_asked: bool,
    /// How registering or waiting ended.
    end: Option<Registration>,
}

impl Workers {
    /// The workers of this window, if it has any.
    pub fn of(window: &Window, script: &str, scope: &str) -> Option<Self> {
        // Some browsers throw here instead of having no such property.
        let container = Reflect::get(&window.navigator(), &"serviceWorker".into()).ok()?;
        Some(Workers {
            window: window.clone(),
            container: container.dyn_into().ok()?,
            script: script.to_owned(),
            scope: scope.to_owned(),
            found: None,
            is_asked: false,
            end: None,
        })
    }

    /// Whether ours answered for this page.
    pub fn is_controlled(&self) -> bool {
        self.container
            .controller()
            .is_some_and(|worker| self.is_ours(&worker))
    }

    /// Looks for what earlier visits left.
    pub async fn look(&mut self) {
        let asked = self
            .container
            .get_registration_with_document_url(&self.scope);
        let found = JsFuture::from(asked).await.ok();
        let found: Option<ServiceWorkerRegistration> = found.and_then(|v| v.dyn_into().ok());
        self.found = found.filter(|registration| registration.scope() == self.scope);
    }

    /// How far ours has come.
    pub fn state(&self) -> Registration {
        if let Some(end) = self.end {
            return end;
        }
        let active = self
            .found
            .as_ref()
            .and_then(ServiceWorkerRegistration::active);
        if active.is_some_and(|worker| self.is_ours(&worker)) {
            return if self.is_asked {
                Registration::Fresh
            } else {
                Registration::Active
            };
        }
        // Another script may be active at our place: registering ours replaces it.
        match (self.coming(), self.is_asked) {
            (Some(_), _) => Registration::Pending,
            (None, true) => Registration::Failed,
            (None, false) => Registration::Absent,
        }
    }

    /// Registers ours.
    pub async fn register(&mut self) {
        self.is_asked = true;
        let options = RegistrationOptions::new();
        options.set_scope(&self.scope);
        options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
        let registered = self.container.register_with_options(&self.script, &options);
        match JsFuture::from(registered).await.map(JsCast::dyn_into) {
            Ok(Ok(registration)) => self.found = Some(registration),
            Ok(Err(_)) => self.end = Some(Registration::Failed),
            Err(_) => self.end = Some(self.why_refused().await),
        }
    }

    /// Waits until ours is active or will never be.
    pub async fn wait(&mut self) {
        let Some(worker) = self.coming() else { return };
        self.settled(&worker).await;
        // The worker itself is asked: its registration may learn of the change a moment later.
        self.end = Some(if is_active(&worker) {
            Registration::Fresh
        } else {
            Registration::Failed
        });
    }

    fn is_ours(&self, worker: &ServiceWorker) -> bool {
        worker.script_url() == self.script
    }

    /// Ours, on its way to being active.
    fn coming(&self) -> Option<ServiceWorker> {
        let registration = self.found.as_ref()?;
        let coming = registration.installing().or_else(|| registration.waiting());
        coming.filter(|worker| self.is_ours(worker))
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

/// A navigation waits for a worker that is activating, so that is far enough.
fn is_active(worker: &ServiceWorker) -> bool {
    matches!(
        worker.state(),
        ServiceWorkerState::Activating | ServiceWorkerState::Activated
    )
}

fn is_settled(worker: &ServiceWorker) -> bool {
    is_active(worker) || worker.state() == ServiceWorkerState::Redundant
}
