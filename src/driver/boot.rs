//! From the served page to a session: the manifest, the settings, isolation, the first start.

use super::{Beside, Driver};
use crate::edge::{assets, clock, isolation, module, site};
use crate::state::{Example, Isolation, Severity};
use boot::assets::Manifest;
use leptos::prelude::*;
use protocol::{
    Asset, BootPlan, BootProblem, Down, Pack, PackPhase, Policy, Reply, Request, Settings, Words,
    limits,
};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Longest silence while files are fetched, and longest time until the console answers.
const VM_DEADLINE_US: u64 = 30_000_000;
const CONSOLE_DEADLINE_US: u64 = 20_000_000;

/// What the page was served with.
pub struct Site {
    pub build: String,
    /// What to start, or why that is not known.
    pub plan: Result<BootPlan, String>,
    /// The address of the terminal's bundle.
    terminal: Option<String>,
    /// The address of the editor's bundle.
    editor: Option<String>,
    /// That of the charts.
    pub(super) charts: Option<String>,
    /// That of the load generator's clock.
    pub(super) pacer: Option<String>,
    /// Why the memory setting is not used.
    memory_problem: Option<String>,
}

impl Site {
    /// Reads it off the page.
    pub fn read() -> Self {
        let (memory_bytes, memory_problem) = match memory_bytes(site::memory_mb().as_deref()) {
            Ok(bytes) => (bytes, None),
            Err(words) => (limits::DEFAULT_MEMORY_BYTES, Some(words)),
        };
        let manifest = match site::data_block("assets") {
            Some(text) => Manifest::parse(&text).map_err(|error| error.to_string()),
            None => Err("the page came without its list of files".to_owned()),
        };
        let known = manifest.as_ref().ok();
        let bundle = |name: &str| {
            let asset = known.and_then(|manifest| manifest.js.get(name))?;
            Some(site::absolute(asset.url.as_str()))
        };
        Self {
            build: known.map_or_else(|| crate::BUILD.to_owned(), |known| known.build.clone()),
            terminal: bundle("terminal"),
            editor: bundle("editor"),
            charts: bundle("charts"),
            pacer: bundle("pacer"),
            plan: manifest.map(|manifest| plan(&manifest, memory_bytes)),
            memory_problem,
        }
    }

    /// What the session must be told.
    pub fn settings(&self) -> Settings {
        Settings {
            build: crate::BUILD.to_owned(),
            plan: self.plan.clone().unwrap_or_default(),
            vm_deadline_us: VM_DEADLINE_US,
            console_deadline_us: CONSOLE_DEADLINE_US,
            policy: Policy::default(),
            seed: clock::seed(),
        }
    }
}

fn plan(manifest: &Manifest, memory_bytes: u64) -> BootPlan {
    BootPlan {
        glue: asset(&manifest.vm.glue),
        wasm: asset(&manifest.vm.wasm),
        packs: manifest.packs.iter().map(pack).collect(),
        natives: manifest.natives.as_ref().map(asset).unwrap_or_default(),
        re: manifest.re.as_ref().map(asset).unwrap_or_default(),
        memory_bytes,
    }
}

fn asset(asset: &boot::assets::Asset) -> Asset {
    Asset {
        url: asset.url.to_string(),
        bytes: asset.bytes,
        sha256: asset.sha256.to_string(),
    }
}

fn pack(pack: &boot::assets::Pack) -> Pack {
    Pack {
        name: pack.name.clone(),
        phase: match pack.phase {
            boot::assets::PackPhase::Boot => PackPhase::Boot,
            boot::assets::PackPhase::Background => PackPhase::Background,
        },
        asset: asset(&pack.asset),
    }
}

/// The setting as bytes; a bad one is said and not used.
fn memory_bytes(setting: Option<&str>) -> Result<u64, String> {
    let Some(text) = setting else {
        return Ok(limits::DEFAULT_MEMORY_BYTES);
    };
    let bytes = text.parse::<u64>().unwrap_or(0).saturating_mul(1 << 20);
    limits::check_memory("memory", bytes).map_err(|failure| Words::failure(&failure))
}

impl Driver {
    pub(super) fn boot(self: &Rc<Self>) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            match isolation::ensure_isolated().await {
                Ok(_) => {
                    driver.state.isolation.set(Isolation::Isolated);
                    driver.start_session();
                }
                Err(refusal) => {
                    let reason = refusal.to_string();
                    driver
                        .state
                        .isolation
                        .set(Isolation::Refused(reason.clone()));
                    driver.give_up(BootProblem::NotIsolated { reason });
                }
            }
        });
        self.list_examples();
    }

    fn start_session(self: &Rc<Self>) {
        if let Err(finding) = &self.site.plan {
            let finding = finding.clone();
            let part = "the build".to_owned();
            return self.give_up(BootProblem::Asset { part, finding });
        }
        if let Some(words) = &self.site.memory_problem {
            self.say(Severity::Warning, "The memory setting is not used", words);
        }
        self.step(Beside::Nothing, |session, out| {
            session.start(clock::now_us(), out);
        });
    }

    fn give_up(self: &Rc<Self>, problem: BootProblem) {
        self.step(Beside::Nothing, |session, out| {
            session.fail(Down::BootFailed(problem), out)
        });
    }

    fn list_examples(&self) {
        let listed = site::data_block("examples");
        let listed = listed.and_then(|text| serde_json::from_str::<Vec<Listed>>(&text).ok());
        if let Some(listed) = listed {
            let examples = listed.into_iter().map(Example::from).collect();
            self.state.examples.set(examples);
        }
    }

    /// Asks the VM for its version, once; late, since nothing waits for it.
    pub(super) fn ask_version(self: &Rc<Self>) {
        if !self.state.vm_version.with_untracked(String::is_empty) {
            return;
        }
        let version = self.state.vm_version;
        let request = Request::Eval {
            source: "erlang:system_info(atomvm_version).".to_owned(),
        };
        self.request(
            request,
            limits::CALL_TIMEOUT_MS,
            None,
            None,
            move |outcome| {
                if let Ok(Reply::Evaluated { value, .. }) = outcome {
                    // A binary, as the shell prints it.
                    let bare = value.trim_start_matches("<<\"").trim_end_matches("\">>");
                    version.set(bare.to_owned());
                }
            },
        );
    }

    /// Imports the terminal's bundle.
    pub(super) async fn terminal_bundle(&self) -> Result<JsValue, JsValue> {
        match &self.site.terminal {
            Some(url) => module::import(url).await,
            None => Err("the build has no terminal".into()),
        }
    }

    /// Imports the editor's bundle.
    pub(super) async fn editor_bundle(&self) -> Result<JsValue, JsValue> {
        match &self.site.editor {
            Some(url) => module::import(url).await,
            None => Err("the build has no editor".into()),
        }
    }

    /// Loads and runs the program that the address names, once in the life of a page.
    pub(super) fn run_program(self: &Rc<Self>) {
        let Some(name) = site::parameter("module") else {
            return;
        };
        if self.has_run_program.replace(true) {
            return;
        }
        let title = format!("The module {name} was not started");
        if let Err(failure) = limits::check_module("module", &name) {
            return self.say(Severity::Error, &title, &Words::failure(&failure));
        }
        let driver = Rc::clone(self);
        spawn_local(async move {
            let url = format!("avm/{name}.avm");
            let bytes = match assets::fetch_unlisted(&url, |_| {}).await {
                Ok(bytes) => bytes,
                Err(problem) => {
                    return driver.say(Severity::Error, &title, &problem.asked_for());
                }
            };
            let runner = Rc::clone(&driver);
            driver.request(
                Request::Load {
                    name: url,
                    force: false,
                },
                limits::CALL_TIMEOUT_MS,
                Some(slo::Operation::Load),
                Some(&bytes),
                move |outcome| match outcome {
                    Ok(_) => runner.run(&format!("{name}:start().")),
                    Err(failure) => {
                        runner.say(Severity::Error, &title, &Words::failure(&failure));
                    }
                },
            );
        });
    }
}

/// An example as the build lists it.
#[derive(serde::Deserialize)]
struct Listed {
    module: String,
    title: String,
    about: String,
    run: String,
}

impl From<Listed> for Example {
    fn from(listed: Listed) -> Self {
        Self {
            module: listed.module,
            title: listed.title,
            about: listed.about,
            run: listed.run,
        }
    }
}
