//! Service levels: the engine's ticks, its snapshot for the panel, its report as a file.

use super::Driver;
use crate::edge::{clock, file, theme};
use crate::state::{Level, ServiceLevels, Severity};
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use slo::Micros;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// How often the panel is renewed; no roundtrip pays for it.
const RENEW_MS: u32 = 250;

/// Renews until it is dropped.
pub struct Ticks {
    _renewal: Interval,
    on_visibility: Closure<dyn Fn()>,
}

impl Drop for Ticks {
    fn drop(&mut self) {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            let listener = self.on_visibility.as_ref().unchecked_ref();
            drop(document.remove_event_listener_with_callback("visibilitychange", listener));
        }
    }
}

impl Driver {
    pub(super) fn keep_levels(self: &Rc<Self>) -> Ticks {
        let driver = Rc::downgrade(self);
        let renewal = clock::every(RENEW_MS, move || {
            if let Some(driver) = driver.upgrade() {
                driver.renew_levels();
            }
        });
        let driver = Rc::downgrade(self);
        let on_visibility = Closure::<dyn Fn()>::new(move || {
            let document = web_sys::window().and_then(|window| window.document());
            if let (Some(driver), Some(document)) = (driver.upgrade(), document) {
                let mut engine = driver.engine.borrow_mut();
                engine.set_hidden(document.hidden(), Micros(clock::now_us()));
            }
        });
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            let listener = on_visibility.as_ref().unchecked_ref();
            drop(document.add_event_listener_with_callback("visibilitychange", listener));
        }
        Ticks {
            _renewal: renewal,
            on_visibility,
        }
    }

    pub(super) fn watch_colours(self: &Rc<Self>) -> Option<theme::Watch> {
        let driver = Rc::downgrade(self);
        theme::Watch::new(move || {
            if let Some(driver) = driver.upgrade() {
                driver.screen.with(|terminal| terminal.recolour());
            }
        })
    }

    fn renew_levels(&self) {
        let mut engine = self.engine.borrow_mut();
        engine.tick(Micros(clock::now_us()));
        let report = engine.sla_report();
        let levels = ServiceLevels {
            rows: engine.rows().map(|row| Level::from(&row)).collect(),
            overall: Some(report.overall),
            active: report.active,
        };
        drop(engine);
        if self.state.levels.with_untracked(|shown| *shown != levels) {
            self.state.levels.set(levels);
        }
    }

    pub(super) fn export_report(&self) {
        let report = self.engine.borrow().sla_report();
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        if let Err(error) = file::save("service-levels.json", "application/json", &text) {
            let words = format!("The browser refused: {error:?}");
            self.say(Severity::Warning, "The report was not saved", &words);
        }
    }
}
