//! The engine: opens and ends roundtrips, keeps the books, answers with rows and reports.
//! Pure; every point in time is an argument, and each call may be the first after a sleep.

use std::fmt;

use crate::account::{Account, Counts, Phases, Sample};
use crate::admission::Gate;
use crate::alert::{Alert, Transition};
use crate::breaker::{Evidence, Pass};
use crate::budget::{Budget, Measure};
use crate::histogram::Latencies;
use crate::history::History;
use crate::objective::{Objective, Objectives};
use crate::operation::{NameError, Names, Operation, ROWS};
use crate::outcome::{Outcome, Reason, Verdict};
use crate::picture::Picture;
use crate::roundtrip::{Ending, Open, Roundtrip, Table};
use crate::row::{Breach, Compliance, Row};
use crate::time::{Micros, Span, Timeline};
use crate::watch::Watches;

/// The most roundtrips open at once; one more is refused.
pub const MAX_OPEN: usize = 16_384;

/// What went wrong around the samples: nothing of this is lost silently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Irregularities {
    /// The clock stepped back.
    pub clock_steps_back: u64,
    /// The machine slept, or the clock jumped ahead by more than a minute.
    pub sleeps: u64,
    /// Endings that came after the deadline had counted a timeout.
    pub late: u64,
    /// Tokens handed to the wrong engine.
    pub foreign: u64,
    /// Lookups of operation names that found no place left and went to `other`.
    pub overflowed_names: u64,
}

/// Service levels of all operations.
pub struct Engine {
    timeline: Timeline,
    /// Grows with each change of visibility and each sleep: a roundtrip that saw two epochs is
    /// not judged.
    pub(crate) epoch: u64,
    hidden: bool,
    pub(crate) names: Names,
    objectives: Objectives,
    pub(crate) table: Table,
    /// By [`Operation::row`].
    pub(crate) accounts: Box<[Account]>,
    /// All operations together.
    pub(crate) history: History,
    pub(crate) picture: Picture,
    pub(crate) watches: Watches,
    /// None without a policy.
    pub(crate) gate: Option<Gate>,
    late: u64,
    foreign: u64,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(Objectives::default())
    }
}

impl Engine {
    /// An engine without samples, held to `objectives`.
    pub fn new(objectives: Objectives) -> Self {
        let mut engine = Self {
            timeline: Timeline::default(),
            epoch: 0,
            hidden: false,
            names: Names::default(),
            objectives,
            table: Table::new(MAX_OPEN),
            accounts: (0..ROWS).map(|_| Account::default()).collect(),
            history: History::default(),
            picture: Picture::default(),
            watches: Watches::default(),
            gate: None,
            late: 0,
            foreign: 0,
        };
        engine.watch();
        engine
    }

    /// The operation of that name; a new name takes one of a bounded number of places, and when
    /// none is left the answer is [`Operation::Other`].
    ///
    /// # Errors
    /// What is no operation's name.
    pub fn operation(&mut self, name: &str) -> Result<Operation, NameError> {
        self.names.intern(name)
    }

    /// The operation of that name, if it has been seen. Takes no place.
    pub fn find(&self, name: &str) -> Option<Operation> {
        self.names.find(name)
    }

    /// Ends a roundtrip that brought a value.
    pub fn succeed(&mut self, token: Roundtrip, now: Micros) -> Ending {
        self.end(token, Outcome::Success, now)
    }

    /// Ends a roundtrip that brought none. Pass every reason, the user's own exception too: what
    /// each says about the service is decided by [`Outcome::verdict`].
    pub fn fail(&mut self, token: Roundtrip, reason: Reason, now: Micros) -> Ending {
        self.end(token, Outcome::Failure(reason), now)
    }

    fn end(&mut self, mut token: Roundtrip, outcome: Outcome, now: Micros) -> Ending {
        let now = self.observe(now);
        match self.table.close(&mut token) {
            Ok(open) => {
                let queue = token.queue.or(open.waited);
                self.finish(&open, outcome, now, queue, token.vm)
            }
            Err(ending) => {
                self.late += u64::from(ending == Ending::Late);
                self.foreign += u64::from(ending == Ending::Foreign);
                ending
            }
        }
    }

    fn finish(
        &mut self,
        open: &Open,
        outcome: Outcome,
        now: Micros,
        queue: Option<Span>,
        vm: Option<Span>,
    ) -> Ending {
        self.accounts[open.operation.row()].open -= 1;
        let ending = self.enter(open, outcome, now, queue, vm);
        if let Some(gate) = &mut self.gate {
            let judged = matches!(ending, Ending::Recorded(_));
            let evidence = if judged {
                Evidence::of(outcome)
            } else {
                Evidence::Nothing
            };
            gate.ended(open, evidence, now);
        }
        ending
    }

    fn enter(
        &mut self,
        open: &Open,
        outcome: Outcome,
        now: Micros,
        queue: Option<Span>,
        vm: Option<Span>,
    ) -> Ending {
        let account = &mut self.accounts[open.operation.row()];
        let judged = matches!(outcome.verdict(), Verdict::Answered | Verdict::Error);
        if judged && (self.hidden || open.epoch != self.epoch) {
            account.counts.hidden += 1;
            return Ending::LeftOut;
        }
        let latency = now.since(open.began);
        let promise = self.objectives.promise(open.operation);
        let sample = Sample {
            outcome,
            latency,
            queue,
            vm,
        };
        if let Some(bucket) = account.enter(sample, promise, now) {
            self.history.add(now, bucket);
            if bucket.errors > 0 {
                self.picture.error(now);
            } else {
                self.picture.answer(now, latency);
            }
        }
        Ending::Recorded(latency)
    }

    /// Counts a request that was turned away before a roundtrip could begin, or was malformed.
    pub fn turn_away(&mut self, operation: Operation, reason: Reason, now: Micros) {
        let now = self.observe(now);
        let open = Open {
            serial: 0,
            operation: self.names.own(operation),
            began: now,
            deadline: now,
            epoch: self.epoch,
            pass: Pass::Ordinary,
            waiting: false,
            waited: None,
        };
        self.enter(&open, Outcome::Failure(reason), now, None, None);
    }

    /// Finds what was dropped or is overdue, and moves the alerts on. Call it at least once a
    /// second: a gap of more than a minute between any two calls is taken for a sleep.
    pub fn tick(&mut self, now: Micros) {
        let now = self.observe(now);
        self.sweep(now);
        let Self {
            watches,
            accounts,
            history,
            ..
        } = self;
        watches.look(now, |objective, window| {
            measure(history, accounts, objective, now, window)
        });
    }

    /// Says whether the tab is hidden. Browsers slow hidden tabs down, so that what runs then is
    /// counted but not judged.
    pub fn set_hidden(&mut self, hidden: bool, now: Micros) {
        self.observe(now);
        if hidden != self.hidden {
            self.hidden = hidden;
            self.epoch += 1;
        }
    }

    /// Takes on another set of objectives. What was recorded keeps the verdict of its day.
    pub fn set_objectives(&mut self, objectives: Objectives) {
        self.objectives = objectives;
        self.watch();
    }

    fn watch(&mut self) {
        let Self {
            watches,
            objectives,
            names,
            ..
        } = self;
        watches.watch(objectives, |objective| {
            objective
                .operation
                .map_or("overall", |operation| names.name(operation))
        });
    }

    /// The objectives in force.
    pub fn objectives(&self) -> &Objectives {
        &self.objectives
    }

    pub(crate) fn observe(&mut self, raw: Micros) -> Micros {
        let tick = self.timeline.observe(raw);
        self.epoch += u64::from(tick.slept);
        tick.now
    }

    pub(crate) fn sweep(&mut self, now: Micros) {
        let mut ended = vec![];
        self.table
            .drain_abandoned(|open| ended.push((open, Outcome::Abandoned)));
        let timeout = Outcome::Failure(Reason::Timeout);
        self.table
            .drain_overdue(now, |open| ended.push((open, timeout)));
        for (open, outcome) in ended {
            self.finish(&open, outcome, now, open.waited, None);
        }
    }

    /// A row for each operation: the product's own always, in the order they are shown; then those
    /// the embedder named; then `other`, if it was needed.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.names
            .all()
            .map(|operation| self.row(operation))
            .filter(|row| {
                row.operation != Operation::Other || row.open > 0 || row.counts.total() > 0
            })
    }

    /// The row of one operation.
    pub fn row(&self, operation: Operation) -> Row<'_> {
        let operation = self.names.own(operation);
        let account = &self.accounts[operation.row()];
        let promise = *self.objectives.promise(operation);
        let breaker = self.breaker(operation);
        Row::new(
            operation,
            self.names.name(operation),
            account,
            promise,
            breaker,
        )
    }

    /// All latencies of an operation, for a picture of their distribution.
    pub fn latencies(&self, operation: Operation) -> Option<&Latencies> {
        self.accounts[self.names.own(operation).row()]
            .latencies
            .as_deref()
    }

    /// The last ten minutes of an operation, or of all together, for drawing.
    pub fn picture(&self, operation: Option<Operation>) -> Option<&Picture> {
        match operation {
            None => Some(&self.picture),
            Some(operation) => self.accounts[self.names.own(operation).row()]
                .picture
                .as_deref(),
        }
    }

    /// Roundtrips a second of an operation, or of all together, in hundredths: over the last five to
    /// ten seconds.
    pub fn rate_hundredths(&self, operation: Option<Operation>) -> u64 {
        const HALF: Span = Span::secs(5);
        let now = self.timeline.now();
        let history = match operation {
            None => Some(&self.history),
            Some(operation) => self.accounts[self.names.own(operation).row()]
                .history
                .as_deref(),
        };
        let tally = history.map(|history| history.sum(now, Span(2 * HALF.0)));
        let covered = HALF.0 + now.0 % HALF.0;
        let judged = tally.unwrap_or_default().judged;
        (judged * 100_000_000 + covered / 2) / covered
    }

    /// The name of an operation.
    pub fn operation_name(&self, operation: Operation) -> &str {
        self.names.name(operation)
    }

    /// The parts of an operation's roundtrips, once any were told.
    pub fn phases(&self, operation: Operation) -> Option<&Phases> {
        self.accounts[self.names.own(operation).row()]
            .phases
            .as_deref()
    }

    /// The counts of one operation.
    pub fn counts(&self, operation: Operation) -> Counts {
        self.accounts[self.names.own(operation).row()].counts
    }

    /// The counts of all operations together.
    pub fn totals(&self) -> Counts {
        let mut totals = Counts::default();
        self.accounts
            .iter()
            .for_each(|account| totals.add(&account.counts));
        totals
    }

    /// Whether the service as a whole keeps its promise: every operation its own, and all together
    /// the overall error rate.
    pub fn compliance(&self) -> Compliance {
        let totals = self.totals();
        let promise = self.objectives.overall();
        let each = self.names.all().map(|operation| {
            let counts = &self.accounts[operation.row()].counts;
            Compliance::of(counts, self.objectives.promise(operation))
        });
        let errors = promise.breaks_errors(totals.errors, totals.judged());
        let together = match totals.judged() {
            0 => Compliance::NoTraffic,
            _ if errors => Compliance::Broken(Breach {
                latency: false,
                errors,
            }),
            _ => Compliance::Kept,
        };
        each.fold(together, Compliance::and)
    }

    /// The last point in time it was told, on its own line.
    pub(crate) fn now(&self) -> Micros {
        self.timeline.now()
    }

    /// The recent past of each operation that has one, by name, and of all together.
    pub(crate) fn histories(&self) -> impl Iterator<Item = (Option<&str>, &History)> {
        let each = self.names.all().filter_map(|operation| {
            let history = self.accounts[operation.row()].history.as_deref()?;
            Some((Some(self.names.name(operation)), history))
        });
        each.chain([(None, &self.history)])
    }

    pub(crate) fn history_mut(&mut self, operation: Option<Operation>) -> &mut History {
        match operation {
            None => &mut self.history,
            Some(operation) => self.accounts[operation.row()]
                .history
                .get_or_insert_default(),
        }
    }

    /// The error budget of each objective at the last call, in the order of the objectives.
    pub fn budgets(&self) -> impl Iterator<Item = Budget<'_>> {
        let now = self.timeline.now();
        self.watches.budgets(move |objective, window| {
            measure(&self.history, &self.accounts, objective, now, window)
        })
    }

    /// The alerts of each objective at the last call.
    pub fn alerts(&self) -> impl Iterator<Item = Alert<'_>> {
        let now = self.timeline.now();
        self.watches.alerts(move |objective, window| {
            measure(&self.history, &self.accounts, objective, now, window)
        })
    }

    /// What alerts went through after the transition numbered `sequence`, oldest first. The log is
    /// bounded: a gap after `sequence` says how many are gone.
    pub fn transitions(&self, sequence: u64) -> impl Iterator<Item = &Transition> {
        self.watches.transitions(sequence)
    }

    /// How many roundtrips are open.
    pub fn active(&self) -> usize {
        self.table.len()
    }

    /// The open roundtrips with their age at the last call.
    pub fn open(&self) -> impl Iterator<Item = (&str, Span)> {
        let now = self.timeline.now();
        self.table
            .iter()
            .map(move |open| (self.names.name(open.operation), now.since(open.began)))
    }

    /// What went wrong around the samples.
    pub fn irregularities(&self) -> Irregularities {
        Irregularities {
            clock_steps_back: self.timeline.steps_back,
            sleeps: self.timeline.sleeps,
            late: self.late,
            foreign: self.foreign,
            overflowed_names: self.names.overflowed,
        }
    }
}

fn measure(
    overall: &History,
    accounts: &[Account],
    objective: &Objective,
    now: Micros,
    window: Span,
) -> Measure {
    let history = match objective.operation {
        None => Some(overall),
        Some(operation) => accounts[operation.row()].history.as_deref(),
    };
    let tally = history
        .map(|history| history.sum(now, window))
        .unwrap_or_default();
    Measure::of(tally, objective.indicator)
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("open", &self.table.len())
            .field("totals", &self.totals())
            .field("irregularities", &self.irregularities())
            .finish_non_exhaustive()
    }
}
