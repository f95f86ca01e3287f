//! Service levels: what the engine is told besides roundtrips, and what of it the page is shown.

mod charts;
mod edit;
mod faults;
mod keep;
mod load;
mod shown;

use super::{Driver, Topic};
use crate::edge::{clock, file, theme, visibility};
use crate::intent::{LevelsIntent, ReportForm, Sight};
use crate::state::Severity;
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use slo::{Engine, Forgotten, Micros, Policy, State};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How often the panel is renewed; no roundtrip pays for it.
const RENEW_MS: u32 = 250;

/// What the service levels need besides the engine.
pub struct Levels {
    /// Turns the page's clock into the engine's, whose windows outlive the page.
    origin_us: u64,
    sight: Cell<Sight>,
    /// The last change of an alert that was told.
    told: Cell<u64>,
    /// What the last reset gave away.
    forgotten: RefCell<Option<Forgotten>>,
    charts: charts::Gallery,
    load: load::Generator,
    pub(super) faults: faults::Switch,
    keeper: keep::Keeper,
}

impl Levels {
    pub(super) fn new() -> Self {
        Self {
            origin_us: clock::origin_us(),
            sight: Cell::default(),
            told: Cell::default(),
            forgotten: RefCell::default(),
            charts: charts::Gallery::default(),
            load: load::Generator::default(),
            faults: faults::Switch::default(),
            keeper: keep::Keeper::default(),
        }
    }

    /// A time of the page's clock as the engine has it.
    pub(super) fn moment(&self, now_us: u64) -> Micros {
        Micros(self.origin_us.saturating_add(now_us))
    }

    /// Now, as the engine has it.
    pub(super) fn now(&self) -> Micros {
        self.moment(clock::now_us())
    }
}

/// An engine that turns work away by the usual policy.
pub fn engine() -> Engine {
    let mut engine = Engine::default();
    // The usual policy is valid: a test of its own says so.
    let _ = engine.set_policy(Some(Policy::default()), clock::seed());
    engine
}

/// Renews until it is dropped.
pub struct Ticks {
    _renewal: Interval,
    _saving: Interval,
    _visibility: visibility::Watch,
}

impl Driver {
    pub(super) fn keep_levels(self: &Rc<Self>) -> Ticks {
        self.load_kept();
        let driver = Rc::downgrade(self);
        let renewal = clock::every(RENEW_MS, move || {
            if let Some(driver) = driver.upgrade() {
                driver.renew_levels();
            }
        });
        let driver = Rc::downgrade(self);
        let saving = clock::every(keep::PERIOD_MS, move || {
            if let Some(driver) = driver.upgrade() {
                driver.keep_past();
            }
        });
        let driver = Rc::downgrade(self);
        let hidden = move |is_hidden: bool| {
            if let Some(driver) = driver.upgrade() {
                let now = driver.levels.now();
                driver.engine.borrow_mut().set_hidden(is_hidden, now);
                // A hidden page may never be heard of again.
                driver.keep_past();
            }
        };
        hidden(visibility::is_hidden());
        Ticks {
            _renewal: renewal,
            _saving: saving,
            _visibility: visibility::Watch::new(hidden),
        }
    }

    pub(super) fn watch_colours(self: &Rc<Self>) -> Option<theme::Watch> {
        let driver = Rc::downgrade(self);
        theme::Watch::new(move || {
            if let Some(driver) = driver.upgrade() {
                driver.screen.with(|terminal| terminal.recolour());
                driver.levels.charts.recolour();
            }
        })
    }

    /// Performs what a person asked for.
    pub(super) fn perform_levels(self: &Rc<Self>, intent: LevelsIntent) {
        let signals = self.state.levels;
        match intent {
            LevelsIntent::Show(sight) => {
                self.levels.sight.set(sight);
                self.show_levels();
            }
            LevelsIntent::Pause(is_paused) => {
                signals.is_paused.set(is_paused);
                self.show_levels();
            }
            LevelsIntent::Reset => {
                let forgotten = self.engine.borrow_mut().reset();
                self.levels.forgotten.replace(Some(forgotten));
                self.history_changed(true);
            }
            LevelsIntent::Undo => {
                if let Some(forgotten) = self.levels.forgotten.take() {
                    self.engine.borrow_mut().remember(forgotten);
                    self.history_changed(false);
                }
            }
            LevelsIntent::Export(form) => self.export_report(form),
            LevelsIntent::ChartsMounted(host) => self.open_charts(host),
            LevelsIntent::ChartsUnmounted => self.levels.charts.close(),
            LevelsIntent::ChooseRange(seconds) => self.levels.charts.choose_range(seconds),
            LevelsIntent::ChooseOperation(name) => self.choose_operation(name),
            LevelsIntent::SaveObjectives(drafts) => self.save_objectives(&drafts),
            LevelsIntent::DefaultObjectives => self.edit_default_objectives(),
            LevelsIntent::ImportObjectives(file) => self.import_objectives(file),
            LevelsIntent::ExportObjectives => self.export_objectives(),
            LevelsIntent::StartLoad(form) => self.start_load(&form),
            LevelsIntent::StopLoad => self.stop_load(),
            LevelsIntent::InjectFaults(form) => self.inject_faults(form),
            LevelsIntent::FreezeVm(ms) => self.freeze_vm(ms),
            LevelsIntent::KillVm => self.kill_vm(),
        }
    }

    fn history_changed(self: &Rc<Self>, can_undo: bool) {
        self.state.levels.can_undo.set(can_undo);
        self.levels.charts.start_over();
        self.show_levels();
        self.keep_past();
    }

    fn renew_levels(self: &Rc<Self>) {
        self.engine.borrow_mut().tick(self.levels.now());
        self.call_waiting();
        self.tell_alerts();
        self.show_levels();
    }

    /// Puts what is in sight into the signals.
    fn show_levels(self: &Rc<Self>) {
        let signals = self.state.levels;
        if signals.is_paused.get_untracked() {
            return;
        }
        let engine = self.engine.borrow();
        let levels = match self.levels.sight.get() {
            Sight::Hidden => shown::verdict(&engine, signals.now),
            Sight::Glance | Sight::Wide => shown::levels(&engine),
        };
        drop(engine);
        if signals.now.with_untracked(|shown| *shown != levels) {
            signals.now.set(levels);
        }
        self.show_run();
        if self.levels.sight.get() == Sight::Wide {
            self.wake_charts();
        }
    }

    /// Tells the log and whoever listens what alerts went through.
    fn tell_alerts(self: &Rc<Self>) {
        let engine = self.engine.borrow();
        let fresh: Vec<_> = engine
            .transitions(self.levels.told.get())
            .cloned()
            .collect();
        let Some(last) = fresh.last() else { return };
        self.levels.told.set(last.sequence);
        let told: Vec<_> = fresh
            .iter()
            .map(|change| (change, shown::told(&engine, change)))
            .collect();
        // A listener may ask the engine.
        drop(engine);
        for (change, told) in told {
            let severity = match change.to {
                State::Firing(_) => Severity::Warning,
                _ => Severity::Info,
            };
            let words = format!("alert {} is {}", change.alert, change.to.word());
            self.log(severity, &words);
            self.listeners.tell(Topic::Alert, &told);
        }
    }

    fn export_report(&self, form: ReportForm) {
        let engine = self.engine.borrow();
        let (name, kind, text) = match form {
            ReportForm::Json => (
                "service-levels.json",
                "application/json",
                serde_json::to_string_pretty(&engine.slo_report()).unwrap_or_default(),
            ),
            ReportForm::Csv => ("service-levels.csv", "text/csv", engine.csv()),
            ReportForm::OpenMetrics => (
                "service-levels.txt",
                "application/openmetrics-text",
                engine.open_metrics(),
            ),
        };
        drop(engine);
        self.offer(name, kind, &text);
    }

    /// Offers a text to be saved as a file.
    fn offer(&self, name: &str, kind: &str, text: &str) {
        if let Err(error) = file::save(name, kind, text) {
            let words = format!("The browser refused: {error:?}");
            self.say(Severity::Warning, &format!("{name} was not saved"), &words);
        }
    }
}
