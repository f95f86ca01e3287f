//! The one place that owns the machines: it performs their effects on the browser, and publishes
//! snapshots to the signals. It decides nothing that a machine could decide.

mod boot;
mod editor;
mod files;
mod home;
mod hooks;
mod levels;
mod listeners;
mod modules;
mod notices;
mod observer;
mod port;
mod requests;
mod screen;

pub use listeners::Topic;

use crate::edge::{clock, theme};
use crate::intent::Intent;
use crate::state::{Severity, State, VmState};
use boot::Site;
use home::Home;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use listeners::Listeners;
use notices::Notices;
use port::Link;
use protocol::{Command, Down, Effect, Phase, Session, Words};
use requests::Ticket;
use screen::Screen;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Everything that lives as long as the page.
pub struct Driver {
    pub(crate) state: State,
    session: RefCell<Session<Ticket>>,
    /// Effects on their way from the session; kept to save the allocation.
    effects: RefCell<Vec<Effect<Ticket>>>,
    pub(crate) engine: RefCell<slo::Engine>,
    levels: levels::Levels,
    queue: requests::Queue,
    link: Link,
    screen: Screen,
    home: Home,
    modules: modules::Modules,
    documents: editor::Documents,
    notices: Notices,
    pub(crate) listeners: Listeners,
    waiting: requests::Waiting,
    hooks: hooks::Hooks,
    observer: observer::Observer,
    alarm: clock::Alarm,
    site: Site,
    /// Set once the program that the address names has been started.
    has_run_program: Cell<bool>,
    /// Handles of listeners and ticks, which end with the driver.
    kept: OnceCell<Kept>,
}

/// What belongs to a step and is not for the machines to read.
#[derive(Clone, Copy)]
enum Beside<'a> {
    Nothing,
    /// A file.
    Bytes(&'a ArrayBuffer),
    /// A call's process and payload.
    Call(&'a JsValue, &'a JsValue),
    /// A call's answer.
    Answer(&'a JsValue),
}

struct Kept {
    _levels: levels::Ticks,
    _colours: Option<theme::Watch>,
    _leaving: port::Leaving,
    _documents: editor::Watching,
}

impl Driver {
    /// A driver for the page it is in; nothing is started yet.
    pub fn new(state: State) -> Rc<Self> {
        let site = Site::read();
        state.build.set(site.build.clone());
        state.theme.set(theme::chosen());
        Rc::new(Self {
            state,
            session: RefCell::new(Session::new(site.settings())),
            effects: RefCell::default(),
            engine: RefCell::new(levels::engine()),
            levels: levels::Levels::new(),
            queue: requests::Queue::default(),
            link: Link::default(),
            screen: Screen::default(),
            home: Home::default(),
            modules: modules::Modules::default(),
            documents: editor::Documents::default(),
            notices: Notices::default(),
            listeners: Listeners::default(),
            waiting: requests::Waiting::default(),
            hooks: hooks::Hooks::default(),
            observer: observer::Observer::default(),
            alarm: clock::Alarm::default(),
            site,
            has_run_program: Cell::new(false),
            kept: OnceCell::new(),
        })
    }

    /// Isolates the page, then starts the VM.
    pub fn start(self: &Rc<Self>) {
        let kept = Kept {
            _levels: self.keep_levels(),
            _colours: self.watch_colours(),
            _leaving: self.watch_leaving(),
            _documents: self.watch_documents(),
        };
        // A driver is started once.
        drop(self.kept.set(kept));
        self.open_home();
        self.boot();
    }

    /// Performs what a person asked for.
    pub fn perform(self: &Rc<Self>, intent: Intent) {
        match intent {
            Intent::TerminalMounted(host) => self.open_terminal(host),
            Intent::TerminalUnmounted => self.screen.close(),
            Intent::FocusTerminal => self.screen.with(|terminal| terminal.focus()),
            Intent::ClearTerminal => self.screen.with(|terminal| terminal.clear()),
            Intent::FindInTerminal { text, backwards } => {
                self.screen.with(|terminal| terminal.find(&text, backwards));
            }
            Intent::ResizeFont(pixels) => {
                self.screen.with(|terminal| terminal.resize_font(pixels));
            }
            Intent::PressKey(key) => self.tell(Command::Type {
                text: key.text().to_owned(),
            }),
            Intent::ChooseTheme(chosen) => {
                theme::choose(chosen);
                self.state.theme.set(chosen);
                self.screen.with(|terminal| terminal.recolour());
            }
            Intent::RunExample(expression) => self.run(&expression),
            Intent::LoadFiles(files) => self.load_files(files),
            Intent::Interrupt => self.interrupt(),
            Intent::Restart => self.restart(),
            Intent::Edit(wish) => self.edit(wish),
            Intent::RestartWithModules => self.restart_with_modules(self.tell_modules()),
            Intent::LoadModulesAgain => self.load_modules_again(self.tell_modules()),
            Intent::Observe(wish) => self.observe(wish),
            Intent::ClearLog => self.clear_log(),
            Intent::SaveLog(wish) => self.save_log(&wish),
            Intent::CopyLog(wish) => self.copy_log(&wish),
            Intent::Levels(intent) => self.perform_levels(intent),
            Intent::Dismiss(id) => self.notices.dismiss(self.state, id),
        }
    }

    /// A fresh VM; what is open ends.
    pub fn restart(self: &Rc<Self>) {
        self.step(Beside::Nothing, |session, out| {
            session.restart(clock::now_us(), out)
        });
    }

    /// Stops what runs, in the shell and in evaluations; the VM goes on.
    pub fn interrupt(self: &Rc<Self>) {
        self.tell(Command::Interrupt);
        self.step(Beside::Nothing, |session, out| {
            session.cancel_where(Ticket::is_evaluation, out);
        });
    }

    /// Sends what has no answer.
    pub(crate) fn tell(self: &Rc<Self>, command: Command) {
        self.step(Beside::Nothing, |session, out| session.tell(command, out));
    }

    /// Types an expression into the shell and runs it.
    fn run(self: &Rc<Self>, expression: &str) {
        self.tell(Command::Type {
            text: format!("{expression}\r"),
        });
        self.screen.with(|terminal| terminal.focus());
    }

    /// Lets the session take a step and performs what comes of it. What passes beside the machines goes
    /// with the one command or settlement of the step that it belongs to.
    fn step<R>(
        self: &Rc<Self>,
        beside: Beside<'_>,
        step: impl FnOnce(&mut Session<Ticket>, &mut Vec<Effect<Ticket>>) -> R,
    ) -> R {
        // A step within a step, from what a settled request does next, starts with a vector of its own.
        let mut effects = self.effects.take();
        let result = step(&mut self.session.borrow_mut(), &mut effects);
        for effect in effects.drain(..) {
            self.perform_effect(effect, beside);
        }
        self.effects.replace(effects);
        result
    }

    fn perform_effect(self: &Rc<Self>, effect: Effect<Ticket>, beside: Beside<'_>) {
        match effect {
            Effect::Send(command) => self.link.send(&command, beside),
            Effect::Settle { ticket, outcome } => self.settle(ticket, outcome, beside),
            Effect::WakeAt { at_us } => {
                let driver = Rc::clone(self);
                self.alarm.set(at_us, move || {
                    driver.step(Beside::Nothing, |session, out| {
                        session.wake(clock::now_us(), out)
                    });
                });
            }
            Effect::Spawn { generation } => self.spawn(generation),
            Effect::Kill => self.link.close(),
            Effect::Moved => self.moved(),
        }
    }

    /// How far the VM is, in the contract's words.
    pub(crate) fn vm_state(&self) -> VmState {
        let session = self.session.borrow();
        match session.phase() {
            Phase::Off => VmState::Isolating,
            Phase::Failed { .. } => VmState::Failed,
            Phase::Ready => VmState::Ready,
            Phase::Waiting { .. } => VmState::Restarting,
            _ if session.generation() > 1 => VmState::Restarting,
            Phase::Loading { .. } => VmState::Loading,
            Phase::Booting { .. } => VmState::Booting,
        }
    }

    /// Tells the page and whoever listens that the session is in another phase.
    fn moved(self: &Rc<Self>) {
        let state = self.vm_state();
        let was = self.state.vm.try_get_untracked();
        if was != Some(state) {
            self.state.vm.set(state);
            self.listeners.tell(Topic::State, &state.word().into());
        }
        let (failed, is_up) = match self.session.borrow().phase() {
            Phase::Failed { cause } => (Some(cause.clone()), false),
            Phase::Booting { .. } => (None, true),
            _ => (None, false),
        };
        if is_up {
            self.furnish();
        }
        match (state, failed) {
            (VmState::Ready, _) => {
                self.restore_hooks();
                // What the breakers know is about the VM before.
                self.engine.borrow_mut().renew();
                self.waiting.end(Ok(()));
                self.start_shell();
                self.run_program();
            }
            (_, Some(cause)) => {
                let is_leaving = cause == Down::Closed;
                let words = Words::down(&cause);
                self.waiting.end(Err(cause.into()));
                if !is_leaving {
                    self.say(Severity::Error, "The VM is down", &words);
                }
            }
            _ => {}
        }
    }
}
