//! The state of the worker, and what each command does with it.

use super::calls::Calls;
use super::home::Home;
use super::output::Output;
use super::post::{post, words};
use super::vm::Vm;
use super::{boot, intake};
use gloo::timers::callback::Timeout;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use protocol::bridge::{self, Keys, Question, Signal};
use protocol::{
    BootPlan, BootProblem, CallId, Command, Diagnostics, Down, Event, Failure, Level, Reply,
    Request,
};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// The packs of the background phase come so long after the console's first answer: they keep the VM
/// busy, and the first prompt and whoever waited for it come first.
const EXTEND_AFTER_MS: u32 = 250;

/// The pack of the examples, as the site's manifest names it.
const EXAMPLES: &str = "examples";

/// One worker hosts one VM and goes away with it.
pub struct Host {
    pub(super) calls: Calls,
    pub(super) output: Rc<Output>,
    pub(super) home: Rc<Home>,
    plan: OnceCell<Rc<BootPlan>>,
    vm: OnceCell<Rc<Vm>>,
    pub(super) intake: intake::Intake,
    pub(super) diagnostics: RefCell<Diagnostics>,
    /// Evaluations and runs that have not ended, and whether anybody waits for them.
    evaluations: RefCell<BTreeMap<CallId, bool>>,
    /// Set once the end has been reported; what follows is an echo of it.
    is_over: Cell<bool>,
}

impl Host {
    pub(super) fn new() -> Rc<Self> {
        Rc::new_cyclic(|host| Self {
            calls: Calls::new(host.clone()),
            output: Output::new(),
            home: Rc::default(),
            plan: OnceCell::new(),
            vm: OnceCell::new(),
            intake: intake::Intake::default(),
            diagnostics: RefCell::default(),
            evaluations: RefCell::default(),
            is_over: Cell::new(false),
        })
    }

    /// Does what a command says.
    pub(super) fn perform(self: &Rc<Self>, command: Command, bytes: Option<ArrayBuffer>) {
        match command {
            Command::Perform { id, request } => self.answer(id, request, bytes),
            Command::Cast { process, payload } => self.cast(&process, &payload),
            Command::Type { text } => self.keys(&Keys::Data { text: &text }),
            Command::Resize { cols, rows } => self.keys(&Keys::Resize { cols, rows }),
            Command::Freeze { ms } => super::post::stand_still(ms),
            Command::Interrupt => self.keys(&Keys::Data {
                text: bridge::CTRL_C,
            }),
            Command::Acknowledge { bytes } => {
                if self.output.acknowledge(bytes as usize) {
                    self.keys(&Keys::More);
                }
            }
            Command::Change(change) => {
                if let Some(vm) = self.vm.get() {
                    let bytes = bytes.map(|bytes| Uint8Array::new(&bytes));
                    self.home.apply(&vm.file_system(), &change, bytes.as_ref());
                }
            }
            Command::Boot(plan) => self.boot(*plan),
            Command::Cancel { id } => self.forsake(id),
            // The page has checked that both are of one build.
            Command::Hello(_) => {}
        }
    }

    /// Passes calls on to the VM: number, name and payload, one after the other.
    pub(super) fn call_all(&self, calls: &Array) {
        let Some(vm) = self.vm.get() else { return };
        for at in (0..calls.length()).step_by(3) {
            let [id, process, payload] = [at, at + 1, at + 2].map(|at| calls.get(at));
            let id = id.unchecked_into_f64();
            self.calls
                .call(vm, id, process.unchecked_ref(), payload.unchecked_ref());
        }
    }

    /// Where the engine of regular expressions is.
    pub(super) fn re_asset(&self) -> Option<protocol::Asset> {
        self.plan.get().map(|plan| plan.re.clone())
    }

    fn answer(self: &Rc<Self>, id: CallId, request: Request, bytes: Option<ArrayBuffer>) {
        if matches!(
            request,
            Request::Eval { .. } | Request::Compile { .. } | Request::Execute { .. }
        ) {
            self.evaluations.borrow_mut().insert(id, true);
        }
        let host = Rc::clone(self);
        spawn_local(async move {
            let began_us = super::post::now_us();
            let event = match host.ask_for(request, bytes).await {
                Ok(reply) => Event::Replied {
                    id,
                    reply,
                    worker_us: (super::post::now_us() - began_us) as u32,
                },
                Err(failure) => Event::Refused { id, failure },
            };
            host.evaluations.borrow_mut().remove(&id);
            post(&event);
        });
    }

    async fn ask_for(
        &self,
        request: Request,
        bytes: Option<ArrayBuffer>,
    ) -> Result<Reply, Failure> {
        let evaluated = |answer: bridge::Evaluated| Reply::Evaluated {
            value: answer.value,
            output: answer.output,
        };
        match request {
            Request::Eval { source } => {
                let question = Question::Eval { source: &source };
                self.ask(&question).await.map(evaluated)
            }
            Request::Compile {
                source,
                file,
                force,
            } => {
                let (source, file) = (source.as_str(), file.as_deref());
                let question = Question::Compile {
                    source,
                    file,
                    force,
                };
                self.ask(&question).await.map(Reply::Compiled)
            }
            Request::StartShell { cols, rows } => {
                let question = Question::StartShell { cols, rows };
                self.ask(&question).await.map(|_: bool| Reply::Done)
            }
            Request::Load { name, force } => {
                let program = self.take_in(&name, bytes).await?;
                let answer = self.ask::<bridge::Loaded>(&program.load(force)).await;
                self.tidy(&program);
                answer.map(|answer| Reply::Loaded {
                    modules: answer.modules,
                })
            }
            Request::Execute { name } => {
                let program = self.take_in(&name, bytes).await?;
                let answer = match program.execute() {
                    Ok(question) => self.ask(&question).await,
                    Err(failure) => Err(failure),
                };
                self.tidy(&program);
                answer.map(evaluated)
            }
            // Calls have no text and come another way.
            Request::Call => Err(Failure::Cancelled),
        }
    }

    /// Asks the console one question.
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        question: &Question<'_>,
    ) -> Result<T, Failure> {
        let vm = self.vm.get().ok_or_else(not_ready)?;
        bridge::read_answer(&self.calls.ask(vm, &protocol::encode(question)).await?)
    }

    /// Has the VM use a pack of the site. The examples are a person's to change.
    pub(super) async fn add_pack(
        &self,
        name: &str,
        path: &str,
        bytes: &Uint8Array,
    ) -> Result<(), Failure> {
        let released = match name {
            EXAMPLES => intake::modules(&bytes.to_vec())?,
            _ => Vec::new(),
        };
        self.write(path, bytes)?;
        let released = &released;
        self.ask(&Question::AddPack { path, released })
            .await
            .map(|_: bool| ())
    }

    async fn take_in(
        &self,
        name: &str,
        bytes: Option<ArrayBuffer>,
    ) -> Result<intake::Program, Failure> {
        let bytes = bytes.map_or_else(Vec::new, |bytes| Uint8Array::new(&bytes).to_vec());
        let plan = self.plan.get().ok_or_else(not_ready)?;
        let program = self.intake.check(&plan.natives, name, &bytes).await?;
        for (path, bytes) in program.contents() {
            self.write(path, &Uint8Array::from(bytes))?;
        }
        Ok(program)
    }

    fn write(&self, path: &str, bytes: &Uint8Array) -> Result<(), Failure> {
        let written = self
            .vm
            .get()
            .map_or(Ok(()), |vm| vm.file_system().give(path, bytes));
        written.map_err(|error| Failure::ErlangError {
            class: "error".to_owned(),
            message: format!("the VM's file system took no file: {}", words(&error)),
            output: String::new(),
        })
    }

    /// The VM keeps no hold on a module's file once it is loaded, but it does on a pack's.
    fn tidy(&self, program: &intake::Program) {
        let Some(vm) = self.vm.get() else { return };
        for file in &program.files {
            vm.file_system().remove(&file.path);
        }
    }

    /// The console stops all evaluations or none, so it is asked to once nobody waits for any of them.
    fn forsake(self: &Rc<Self>, id: CallId) {
        let mut evaluations = self.evaluations.borrow_mut();
        if let Some(is_wanted) = evaluations.get_mut(&id) {
            *is_wanted = false;
        }
        if evaluations.is_empty() || evaluations.values().any(|is_wanted| *is_wanted) {
            return;
        }
        let host = Rc::clone(self);
        spawn_local(async move {
            // Nobody waits for how many there were either.
            drop(host.ask::<u32>(&Question::Interrupt).await);
        });
    }

    fn keys(&self, keys: &Keys<'_>) {
        self.cast(bridge::TTY, &protocol::encode(keys));
    }

    fn cast(&self, process: &str, payload: &str) {
        let Some(vm) = self.vm.get() else { return };
        if let Err(error) = vm.cast(process, payload) {
            self.log(Level::Warning, &words(&error));
        }
    }

    fn boot(self: &Rc<Self>, plan: BootPlan) {
        let plan = Rc::new(plan);
        if self.plan.set(Rc::clone(&plan)).is_err() {
            return;
        }
        let host = Rc::clone(self);
        spawn_local(async move {
            if let Err(problem) = boot::boot(&host, &plan).await {
                host.fail(problem);
            }
        });
    }

    /// The VM runs.
    pub(super) fn started(&self, vm: Vm) {
        if self.vm.set(Rc::new(vm)).is_ok() {
            post(&Event::VmStarted);
        }
    }

    /// The boot cannot succeed.
    pub(super) fn fail(&self, problem: BootProblem) {
        if !self.is_over.replace(true) {
            post(&Event::BootFailed(problem));
        }
    }

    /// The VM is gone.
    pub(super) fn crash(&self, reason: &str, exit_code: Option<i32>) {
        if !self.is_over.replace(true) {
            // The files lie in this worker and outlive the VM, but not this worker.
            if let Some(vm) = self.vm.get() {
                self.home.tell(&vm.file_system());
            }
            let crash = self.diagnostics.borrow_mut().crash(reason, exit_code);
            post(&Event::Crashed(crash));
        }
    }

    pub(super) fn log(&self, level: Level, text: &str) {
        post(&Event::Logged {
            level,
            text: text.to_owned(),
        });
    }

    pub(super) fn hear(self: &Rc<Self>, signal: Signal) {
        match signal {
            Signal::Halted { status } => {
                // What it wrote last goes first.
                if let Some(vm) = self.vm.get() {
                    self.home.tell(&vm.file_system());
                }
                post(&Event::Halted { status });
            }
            Signal::ConsoleUp => {
                let host = Rc::clone(self);
                spawn_local(async move {
                    host.await_terminal().await;
                    post(&Event::ConsoleStarted);
                    Timeout::new(EXTEND_AFTER_MS, move || host.extend()).forget();
                });
            }
        }
    }

    fn extend(self: &Rc<Self>) {
        if let Some(plan) = self.plan.get() {
            spawn_local(boot::extend(Rc::clone(self), Rc::clone(plan)));
        }
    }

    /// The console answers before the processes beside it are registered. Each question is a roundtrip
    /// through the VM, and the page's deadline for the phase bounds how often it is asked.
    async fn await_terminal(&self) {
        let question = Question::Whereis { name: bridge::TTY };
        while let Ok(false) = self.ask(&question).await {}
    }
}

fn not_ready() -> Failure {
    Failure::VmDown {
        cause: Down::NotReady,
    }
}
