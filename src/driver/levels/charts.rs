//! The charts: opened when they are first shown, drawn in the browser's frames while there is news.

use super::super::Driver;
use crate::edge::charts::{Charts, NUMBERS};
use crate::edge::frames::Frames;
use crate::edge::{clock, module};
use crate::intent::Sight;
use crate::state::levels::Column;
use leptos::prelude::*;
use slo::{COLUMN, COLUMNS, Engine, Micros, Operation, ROWS, Span, Strip, row_end};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// Frames without news after which drawing stops; the next renewal begins it again.
const QUIET_FRAMES: u32 = 20;
/// Columns that are listed as a table.
const LISTED: usize = 10;

/// The charts while they are open.
#[derive(Default)]
pub struct Gallery {
    open: RefCell<Option<Rc<Open>>>,
    operation: RefCell<Option<String>>,
    range: Cell<u32>,
    /// Rises with every opening and closing, so that an opening that comes too late is noticed.
    turn: Cell<u32>,
}

struct Open {
    charts: Charts,
    frames: Frames,
    /// The newest column that was handed over.
    newest: Cell<u64>,
    /// Roundtrips in what was drawn last; nothing makes the next frame draw.
    drawn: Cell<Option<u64>>,
    /// The same of what was last put in words.
    told: Cell<Option<u64>>,
    quiet: Cell<u32>,
}

impl Gallery {
    pub(super) fn close(&self) {
        self.turn.set(self.turn.get() + 1);
        self.open.take();
    }

    /// Draws everything anew: what was handed over may be wrong by now.
    pub(super) fn start_over(&self) {
        if let Some(open) = &*self.open.borrow() {
            open.charts.clear();
            open.newest.set(0);
            open.drawn.set(None);
            open.told.set(None);
            open.frames.start();
        }
    }

    pub(super) fn recolour(&self) {
        if let Some(open) = &*self.open.borrow() {
            open.charts.recolour();
        }
    }

    pub(super) fn choose_range(&self, seconds: u32) {
        self.range.set(seconds);
        if let Some(open) = &*self.open.borrow() {
            open.charts.range(seconds);
        }
    }

    fn operation(&self, engine: &Engine) -> Option<Operation> {
        engine.find(self.operation.borrow().as_deref()?)
    }
}

impl Driver {
    pub(super) fn choose_operation(self: &Rc<Self>, name: Option<String>) {
        self.levels.charts.operation.replace(name);
        self.levels.charts.start_over();
    }

    pub(super) fn open_charts(self: &Rc<Self>, host: HtmlElement) {
        let gallery = &self.levels.charts;
        gallery.close();
        let (driver, turn) = (Rc::clone(self), gallery.turn.get());
        spawn_local(async move {
            let bundle = match &driver.site.charts {
                Some(url) => module::import(url).await,
                None => Err("the build has no charts".into()),
            };
            if driver.levels.charts.turn.get() != turn {
                return;
            }
            let ends: Vec<f64> = (0..ROWS).map(|row| row_end(row).as_millis()).collect();
            let layout = [seconds(COLUMN.0), COLUMNS as f64, ROWS as f64];
            let opened = bundle.and_then(|bundle| Charts::open(&bundle, &host, layout, &ends));
            match opened {
                Ok(charts) => driver.use_charts(charts),
                Err(error) => {
                    let words =
                        format!("The charts could not be opened. Reload the page. ({error:?})");
                    driver.state.levels.charts_problem.set(words);
                }
            }
        });
    }

    fn use_charts(self: &Rc<Self>, charts: Charts) {
        let driver = Rc::downgrade(self);
        let frame = move || driver.upgrade().is_some_and(|driver| driver.draw_charts());
        let gallery = &self.levels.charts;
        if gallery.range.get() > 0 {
            charts.range(gallery.range.get());
        }
        let open = Open {
            charts,
            frames: Frames::new(frame),
            newest: Cell::default(),
            drawn: Cell::default(),
            told: Cell::default(),
            quiet: Cell::default(),
        };
        open.frames.start();
        gallery.open.replace(Some(Rc::new(open)));
        self.tell_charts();
    }

    /// Begins to draw again if there is news, and puts it in words.
    pub(super) fn wake_charts(&self) {
        let open = self.levels.charts.open.borrow().clone();
        let Some(open) = open else { return };
        let engine = self.engine.borrow();
        let judged = judged(&engine, self.levels.charts.operation(&engine));
        drop(engine);
        if open.drawn.get() != Some(judged) {
            open.frames.start();
        }
        if open.told.get() != Some(judged) {
            self.tell_charts();
        }
    }

    /// Draws one frame; whether another is wanted.
    fn draw_charts(&self) -> bool {
        let open = self.levels.charts.open.borrow().clone();
        let is_paused = self.state.levels.is_paused.get_untracked();
        let is_shown = self.levels.sight.get() == Sight::Wide;
        let Some(open) = open.filter(|_| is_shown && !is_paused) else {
            return false;
        };
        let engine = self.engine.borrow();
        let operation = self.levels.charts.operation(&engine);
        let judged = judged(&engine, operation);
        if open.drawn.get() == Some(judged) {
            open.quiet.set(open.quiet.get() + 1);
            return open.quiet.get() < QUIET_FRAMES;
        }
        open.quiet.set(0);
        open.drawn.set(Some(judged));
        let now = self.levels.now();
        let (mut numbers, mut cells) = (vec![], vec![]);
        let unknown = self.levels.charts.operation.borrow().is_some() && operation.is_none();
        let picture = engine.picture(operation).filter(|_| !unknown);
        if let Some(picture) = picture {
            for strip in picture.strips(open.newest.get(), now) {
                numbers.extend(drawn(&strip));
                cells.extend_from_slice(strip.cells);
                open.newest.set(strip.number);
            }
        }
        let objectives = engine.objectives();
        let promise = operation.map_or(objectives.overall(), |operation| {
            objectives.promise(operation)
        });
        let limit = promise.latency.as_millis();
        drop(engine);
        if !numbers.is_empty() {
            open.charts.push(&numbers, &cells);
        }
        open.charts.draw(seconds(now.0), limit);
        true
    }

    /// The charts for those who do not see them.
    fn tell_charts(&self) {
        let open = self.levels.charts.open.borrow().clone();
        let Some(open) = open else { return };
        let engine = self.engine.borrow();
        let operation = self.levels.charts.operation(&engine);
        open.told.set(Some(judged(&engine, operation)));
        let strips: Vec<Column> = engine
            .picture(operation)
            .into_iter()
            .flat_map(|picture| picture.strips(0, self.levels.now()))
            .map(|strip| column(&strip))
            .collect();
        drop(engine);
        let signals = self.state.levels;
        signals.charts.set(words(&strips));
        let first = strips.len().saturating_sub(LISTED);
        signals
            .columns
            .set(strips[first..].iter().rev().cloned().collect());
    }
}

fn judged(engine: &Engine, operation: Option<Operation>) -> u64 {
    match operation {
        None => engine.totals().judged(),
        Some(operation) => engine.counts(operation).judged(),
    }
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

fn drawn(strip: &Strip<'_>) -> [f64; NUMBERS] {
    let millis = |span: Option<Span>| span.map_or(f64::NAN, Span::as_millis);
    let quantile = |at: usize| millis(strip.quantiles.map(|found| found[at]));
    [
        seconds(strip.number * COLUMN.0),
        strip.answers.into(),
        strip.errors.into(),
        quantile(0),
        quantile(1),
        quantile(2),
        millis(strip.max),
    ]
}

fn column(strip: &Strip<'_>) -> Column {
    let at = Micros(strip.number * COLUMN.0);
    Column {
        at,
        wall: clock::wall_at(at.0),
        answers: strip.answers,
        errors: strip.errors,
        quantiles: strip.quantiles,
        max: strip.max,
    }
}

/// A summary in a sentence or two.
fn words(columns: &[Column]) -> String {
    let answers: u64 = columns.iter().map(|column| u64::from(column.answers)).sum();
    let errors: u64 = columns.iter().map(|column| u64::from(column.errors)).sum();
    let longest = columns
        .iter()
        .filter_map(|column| Some((column.max?, column)))
        .max_by_key(|(max, _)| *max);
    let Some((max, worst)) = longest else {
        return match errors {
            0 => "Nothing was answered in the last ten minutes.".to_owned(),
            errors => {
                format!("In the last ten minutes {errors} roundtrips failed and none was answered.")
            }
        };
    };
    let mut medians: Vec<Span> = columns
        .iter()
        .filter_map(|column| Some(column.quantiles?[0]))
        .collect();
    medians.sort_unstable();
    let [low, high] =
        [medians.first(), medians.last()].map(|span| span.map_or(0.0, |span| span.as_millis()));
    format!(
        "In the last ten minutes: {answers} answers, {errors} without an answer. The median lay \
         between {low} and {high} ms; the longest answer took {} ms, at {}.",
        max.as_millis(),
        worst.wall,
    )
}
