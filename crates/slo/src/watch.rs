//! Every objective with its budget and its alerts, looked at once a second.

use std::sync::Arc;

use crate::alert::{Alert, Log, Machine, Transition};
use crate::budget::{Budget, Measure};
use crate::history::rounded_up;
use crate::objective::{Indicator, Objective, Objectives};
use crate::operation::Operation;
use crate::rule::{Rule, Rules};
use crate::time::{Micros, Span};

/// How often conditions are looked at: a fifth of the finest bucket.
const PERIOD: Span = Span::secs(1);

/// An objective that is watched.
#[derive(Clone, Debug)]
struct Watch {
    name: Arc<str>,
    objective: Objective,
    alerts: Vec<Machine>,
}

/// All objectives of an engine, and what became of their alerts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watches {
    list: Vec<Watch>,
    log: Log,
    due: Micros,
}

impl Watches {
    /// Watches another set of objectives. An alert that is in both goes on as it was.
    pub(crate) fn watch<'a>(
        &mut self,
        objectives: &Objectives,
        name: impl Fn(&Objective) -> &'a str,
    ) {
        let old: Vec<Machine> = self.list.drain(..).flat_map(|watch| watch.alerts).collect();
        let machine = |objective: &str, rule: &Rule| {
            let name = format!("{objective}-{}", rule.name);
            let known = old
                .iter()
                .find(|old| *old.name == *name && old.rule == *rule);
            known
                .cloned()
                .unwrap_or_else(|| Machine::new(*rule, name.into()))
        };
        self.list.extend(objectives.iter().map(|&objective| {
            let name = format!("{}-{}", name(&objective), objective.indicator);
            let rules = Rules::fitting(&objective);
            let fitting = rules.iter().filter(|rule| rule.fits(&objective));
            let alerts = fitting.map(|rule| machine(&name, rule)).collect();
            Watch {
                name: name.into(),
                objective,
                alerts,
            }
        }));
    }

    /// The name of the availability objective that an operation falls under.
    pub(crate) fn availability(&self, operation: Operation) -> Arc<str> {
        let of = |operation: Option<Operation>| {
            let is_it = |watch: &&Watch| {
                let indicator = watch.objective.indicator;
                watch.objective.operation == operation && indicator == Indicator::Availability
            };
            self.list
                .iter()
                .find(is_it)
                .map(|watch| Arc::clone(&watch.name))
        };
        of(Some(operation)).or_else(|| of(None)).unwrap_or_default()
    }

    /// Moves every alert on, if it is time. `measure` says what happened in a window.
    pub(crate) fn look(&mut self, now: Micros, measure: impl Fn(&Objective, Span) -> Measure) {
        if now < self.due {
            return;
        }
        self.due = now.plus(PERIOD);
        for Watch {
            objective, alerts, ..
        } in &mut self.list
        {
            for alert in alerts {
                let [long, short] =
                    [alert.rule.long, alert.rule.short].map(|window| measure(objective, window));
                let condition = alert.rule.judge(objective, long, short);
                if let Some(from) = alert.step(condition, now) {
                    self.log
                        .write(now, Arc::clone(&alert.name), from, alert.state);
                }
            }
        }
    }

    pub(crate) fn budgets(
        &self,
        measure: impl Fn(&Objective, Span) -> Measure,
    ) -> impl Iterator<Item = Budget<'_>> {
        self.list.iter().map(
            move |Watch {
                      name, objective, ..
                  }| {
                let twelfth = rounded_up(Span(objective.window.0 / 12));
                Budget {
                    name,
                    objective: *objective,
                    measure: measure(objective, objective.window),
                    recent: measure(objective, twelfth),
                }
            },
        )
    }

    pub(crate) fn alerts(
        &self,
        measure: impl Fn(&Objective, Span) -> Measure + Copy,
    ) -> impl Iterator<Item = Alert<'_>> {
        self.list.iter().flat_map(
            move |Watch {
                      name,
                      objective,
                      alerts,
                  }| {
                alerts.iter().map(move |machine| {
                    let rule = machine.rule;
                    let (long, short) = (
                        measure(objective, rule.long),
                        measure(objective, rule.short),
                    );
                    Alert {
                        name: &machine.name,
                        objective: name,
                        rule,
                        state: machine.state,
                        condition: rule.judge(objective, long, short),
                        factor: rule.factor(objective),
                        burn_long: long.burn_rate(objective.target),
                        burn_short: short.burn_rate(objective.target),
                    }
                })
            },
        )
    }

    pub(crate) fn transitions(&self, sequence: u64) -> impl Iterator<Item = &Transition> {
        self.log.since(sequence)
    }
}
