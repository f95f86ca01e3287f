//! The worker that is alive now, and what it says.

use super::{Beside, Driver, Topic};
use crate::edge::clock;
use crate::edge::outbox::{self, Outbox};
use crate::edge::port::{Heard, Port};
use crate::edge::site;
use crate::state::{BootProgress, Part, Severity};
use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use protocol::log::{self, Source};
use protocol::{
    BootPlan, CallId, Command, Crash, Down, Event, Level, PackPhase, Reply, Words, decode, encode,
};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The worker's script lies at the site's root, so that addresses mean the same to it and to the page.
const SCRIPT: &str = "vm_worker_loader.js";

/// The pack of the examples; it comes after the first prompt.
const EXAMPLES: &str = "examples";

/// The worker, while there is one.
pub struct Link {
    port: Rc<RefCell<Option<Port>>>,
    outbox: Outbox,
}

impl Default for Link {
    fn default() -> Self {
        let port: Rc<RefCell<Option<Port>>> = Rc::default();
        let way = Rc::clone(&port);
        let outbox = Outbox::new(move |message| {
            if let Some(port) = &*way.borrow() {
                port.post(message);
            }
        });
        Self { port, outbox }
    }
}

impl Link {
    pub(super) fn send(&self, command: &Command, beside: Beside<'_>) {
        match (command, beside) {
            (Command::Perform { id, .. }, Beside::Call(process, payload)) => {
                self.outbox
                    .push_fields(id.number() as f64, process, payload);
            }
            (command, Beside::Bytes(bytes)) if command.carries_bytes() => {
                self.outbox.flush();
                if let Some(port) = &*self.port.borrow() {
                    port.post_bytes(&encode(command), bytes);
                }
            }
            (command, _) => self.outbox.push(&encode(command)),
        }
    }

    pub(super) fn close(&self) {
        // What was said to this worker is not meant for the next.
        self.outbox.flush();
        self.port.take();
    }
}

/// Ends the worker when the page goes away; some browsers keep it alive otherwise.
pub struct Leaving {
    on_hide: Closure<dyn Fn(web_sys::PageTransitionEvent)>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let listener = self.on_hide.as_ref().unchecked_ref();
            drop(window.remove_event_listener_with_callback("pagehide", listener));
        }
    }
}

impl Driver {
    pub(super) fn watch_leaving(self: &Rc<Self>) -> Leaving {
        let driver = Rc::downgrade(self);
        let on_hide = Closure::<dyn Fn(_)>::new(move |event: web_sys::PageTransitionEvent| {
            if let Some(driver) = driver.upgrade() {
                driver.keep_past();
            }
            // A page that may come back keeps its VM.
            if let (Some(driver), false) = (driver.upgrade(), event.persisted()) {
                driver.step(Beside::Nothing, |session, out| {
                    session.fail(Down::Closed, out)
                });
            }
        });
        if let Some(window) = web_sys::window() {
            let listener = on_hide.as_ref().unchecked_ref();
            drop(window.add_event_listener_with_callback("pagehide", listener));
        }
        Leaving { on_hide }
    }

    /// Starts a worker.
    pub(super) fn spawn(self: &Rc<Self>, generation: u32) {
        self.state.starts.set(generation);
        self.state.examples_are_loaded.set(false);
        if let Ok(plan) = &self.site.plan {
            self.state.progress.set(progress(plan));
        }
        if generation > 1 {
            self.forget_processes();
            self.draw_line();
            self.lose_modules();
        }
        let driver = Rc::downgrade(self);
        let hear = move |heard| {
            if let Some(driver) = driver.upgrade() {
                driver.hear(generation, heard);
            }
        };
        match Port::open(&site::absolute(SCRIPT), hear) {
            Ok(port) => {
                self.link.port.replace(Some(port));
            }
            Err(error) => {
                let driver = Rc::clone(self);
                let reason = format!("the worker could not be started: {error:?}");
                // The session is in the middle of a step and learns of it in the next.
                wasm_bindgen_futures::spawn_local(async move { driver.lose(generation, reason) });
            }
        }
    }

    fn hear(self: &Rc<Self>, generation: u32, heard: Heard) {
        let (text, bytes) = match heard {
            Heard::Message(text, bytes) => (text, bytes),
            Heard::Error(reason) => return self.lose(generation, reason),
        };
        if let Some(answers) = outbox::fields(&text) {
            return self.hear_answers(generation, &answers);
        }
        for line in String::from(text).lines() {
            let event = match decode::<Event>(line) {
                Ok(event) => event,
                Err(undecodable) => return self.lose(generation, undecodable.to_string()),
            };
            if let Event::Replied { worker_us, .. } = &event {
                self.queue.worker_us.set(Some(*worker_us));
            }
            let rest = self.step(Beside::Nothing, |session, out| {
                session.hear(clock::now_us(), generation, event, out)
            });
            self.queue.worker_us.set(None);
            if let Some(event) = rest {
                self.show(event, bytes.clone());
            }
        }
    }

    /// Answers to calls: number, answer and the worker's own time, one after the other.
    fn hear_answers(self: &Rc<Self>, generation: u32, answers: &Array) {
        let number = |at| answers.get(at).unchecked_into_f64();
        for at in (0..answers.length()).step_by(3) {
            let event = Event::Replied {
                id: CallId::new(number(at) as u64),
                reply: Reply::Answered,
                worker_us: number(at + 2) as u32,
            };
            self.queue.worker_us.set(Some(number(at + 2) as u32));
            self.step(Beside::Answer(&answers.get(at + 1)), |session, out| {
                session.hear(clock::now_us(), generation, event, out)
            });
            self.queue.worker_us.set(None);
        }
    }

    pub(super) fn lose(self: &Rc<Self>, generation: u32, reason: String) {
        self.step(Beside::Nothing, |session, out| {
            session.lose(clock::now_us(), generation, reason, out);
        });
    }

    /// What the session has no use for is for people.
    fn show(self: &Rc<Self>, event: Event, bytes: Option<ArrayBuffer>) {
        match event {
            Event::Printed => self.print(&bytes.unwrap_or_else(|| ArrayBuffer::new(0))),
            Event::Halted { status } => {
                self.log(
                    Severity::Info,
                    &format!("the VM was halted with status {status}"),
                );
                self.restart();
            }
            Event::Changed(change) => self.hear_change(&change, bytes),
            Event::Progressed { part, loaded_bytes } => {
                self.state
                    .progress
                    .update(|progress| arrive(progress, &part, loaded_bytes));
            }
            Event::Logged { level, text } => self.log_line(severity(level), Source::Vm, &text),
            Event::Signalled { payload } => self.hear_device(&payload),
            Event::ModuleLoaded { module } => {
                if let Some(bytes) = bytes {
                    self.take_module(module, &bytes);
                }
            }
            Event::PackAdded { name } => {
                self.log(Severity::Info, &format!("pack {name} is in use"));
                if name == EXAMPLES {
                    self.state.examples_are_loaded.set(true);
                }
                self.ask_version();
            }
            Event::Crashed(crash) => self.tell_crash(&crash),
            // The session keeps the others to itself.
            _ => {}
        }
    }

    fn tell_crash(self: &Rc<Self>, crash: &Crash) {
        let words = Words::down(&Down::Crashed {
            reason: crash.reason.clone(),
        });
        let dump = crash.dump.join("\n");
        self.log(Severity::Error, &format!("{words}\n{dump}"));
        self.say(
            Severity::Error,
            "The VM crashed",
            &format!("{words}\n\n{dump}"),
        );
        if let Ok(details) = js_sys::JSON::parse(&encode(crash)) {
            self.listeners.tell(Topic::Crash, &details);
        }
    }
}

fn severity(level: Level) -> log::Severity {
    match level {
        Level::Info => log::Severity::Info,
        Level::Warning => log::Severity::Warning,
        Level::Error => log::Severity::Error,
    }
}

/// The parts that the first prompt needs, nothing of them here yet.
fn progress(plan: &BootPlan) -> BootProgress {
    let vm = [("glue", &plan.glue), ("wasm", &plan.wasm)];
    let packs = plan
        .packs
        .iter()
        .filter(|pack| pack.phase == PackPhase::Boot);
    let all = vm
        .into_iter()
        .chain(packs.map(|pack| (pack.name.as_str(), &pack.asset)));
    let parts = all.map(|(part, asset)| Part {
        name: people_say(part),
        loaded_bytes: 0,
        total_bytes: asset.bytes,
    });
    BootProgress {
        parts: parts.collect(),
    }
}

fn arrive(progress: &mut BootProgress, part: &str, loaded_bytes: u64) {
    let name = people_say(part);
    if let Some(part) = progress.parts.iter_mut().find(|part| part.name == name) {
        part.loaded_bytes = loaded_bytes.min(part.total_bytes);
    }
}

fn people_say(part: &str) -> String {
    match part {
        "glue" => "VM loader".to_owned(),
        "wasm" => "AtomVM".to_owned(),
        pack => format!("{pack} pack"),
    }
}
