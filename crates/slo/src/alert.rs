//! One alert: the states it goes through as its rule's condition comes and goes, and the log of it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::ratio::Ratio;
use crate::rule::{Condition, Rule};
use crate::time::Micros;

/// How many transitions the log keeps.
const MAX_LOG: usize = 256;

/// Where an alert stands. Each state says since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All is well, or cannot be known.
    Inactive,
    /// The condition holds, but not long enough.
    Pending(Micros),
    /// Somebody should look.
    Firing(Micros),
    /// It fired, and is over.
    Resolved(Micros),
}

impl State {
    /// One word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Pending(_) => "pending",
            Self::Firing(_) => "firing",
            Self::Resolved(_) => "resolved",
        }
    }
}

/// What an alert goes by, between two looks at it.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) rule: Rule,
    pub(crate) name: Arc<str>,
    pub(crate) state: State,
    /// The first look at which a firing alert's condition was over: `keep` counts from there.
    over_since: Option<Micros>,
}

impl Machine {
    pub(crate) fn new(rule: Rule, name: Arc<str>) -> Self {
        Self {
            rule,
            name,
            state: State::Inactive,
            over_since: None,
        }
    }

    /// Takes a step; the state it left, if it left one.
    pub(crate) fn step(&mut self, condition: Condition, now: Micros) -> Option<State> {
        let is_over = matches!(condition, Condition::Below | Condition::NoTraffic);
        self.over_since = match self.state {
            State::Firing(_) if is_over => self.over_since.or(Some(now)),
            _ => None,
        };
        let next = self.next(condition, now);
        let changed = next.word() != self.state.word();
        changed.then(|| std::mem::replace(&mut self.state, next))
    }

    fn next(&self, condition: Condition, now: Micros) -> State {
        let held_for = |since| now.since(since) >= self.rule.hold;
        match (self.state, condition) {
            (firing @ State::Firing(_), Condition::Above) => firing,
            (State::Pending(since), Condition::Above) if held_for(since) => State::Firing(now),
            (pending @ State::Pending(_), Condition::Above) => pending,
            (_, Condition::Above) if held_for(now) => State::Firing(now),
            (_, Condition::Above) => State::Pending(now),
            // While nothing can be measured nothing is known to be over.
            (firing @ State::Firing(_), Condition::NotEnoughData) => firing,
            (firing @ State::Firing(_), _) => {
                let is_kept = |since| now.since(since) < self.rule.keep;
                if self.over_since.is_some_and(is_kept) {
                    firing
                } else {
                    State::Resolved(now)
                }
            }
            (State::Pending(_), _) => State::Inactive,
            (rest @ (State::Inactive | State::Resolved(_)), _) => rest,
        }
    }
}

/// An alert at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert<'a> {
    /// Its name: that of the objective, a dash, that of the rule.
    pub name: &'a str,
    /// The name of the objective it guards.
    pub objective: &'a str,
    /// Its rule.
    pub rule: Rule,
    /// Where it stands.
    pub state: State,
    /// What its windows say now.
    pub condition: Condition,
    /// The burn rate that is too fast.
    pub factor: Option<Ratio>,
    /// The long window's burn rate.
    pub burn_long: Option<Ratio>,
    /// The short window's burn rate.
    pub burn_short: Option<Ratio>,
}

/// One change of one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Counts up by one with each transition of an engine.
    pub sequence: u64,
    /// When.
    pub at: Micros,
    /// The alert's name.
    pub alert: Arc<str>,
    /// The state it left.
    pub from: State,
    /// The state it came to.
    pub to: State,
}

/// The latest transitions; how many are gone follows from the first one's sequence.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    entries: VecDeque<Transition>,
    written: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            entries: VecDeque::with_capacity(MAX_LOG),
            written: 0,
        }
    }
}

impl Log {
    pub(crate) fn write(&mut self, at: Micros, alert: Arc<str>, from: State, to: State) {
        if self.entries.len() == MAX_LOG {
            self.entries.pop_front();
        }
        self.written += 1;
        self.entries.push_back(Transition {
            sequence: self.written,
            at,
            alert,
            from,
            to,
        });
    }

    /// Those after the one numbered `sequence`, oldest first.
    pub(crate) fn since(&self, sequence: u64) -> impl Iterator<Item = &Transition> {
        self.entries
            .iter()
            .filter(move |entry| entry.sequence > sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rules;
    use crate::time::Span;

    /// Plays conditions, one a second (`A`bove, `b`elow, `n`o traffic, `?` not enough data), and
    /// writes the states (`i`nactive, `p`ending, `F`iring, `r`esolved).
    fn check(hold: u64, keep: u64, conditions: &str, want: &str) {
        let mut rule = *Rules::session().iter().next().unwrap();
        (rule.hold, rule.keep) = (Span::secs(hold), Span::secs(keep));
        let mut machine = Machine::new(rule, "overall-availability-fast".into());
        let step = |(at, letter)| {
            let condition = match letter {
                'A' => Condition::Above,
                'b' => Condition::Below,
                'n' => Condition::NoTraffic,
                _ => Condition::NotEnoughData,
            };
            machine.step(condition, Micros(at as u64 * 1_000_000));
            match machine.state {
                State::Inactive => 'i',
                State::Pending(_) => 'p',
                State::Firing(_) => 'F',
                State::Resolved(_) => 'r',
            }
        };
        let got: String = conditions.chars().enumerate().map(step).collect();
        assert_eq!(got, want, "hold {hold}, keep {keep}: {conditions}");
    }

    #[test]
    fn without_hold_times_an_alert_follows_its_condition() {
        check(0, 0, "bAAbbA?n", "iFFrrFFr");
    }

    #[test]
    fn a_condition_must_hold_before_the_alert_fires() {
        check(2, 0, "AAbAAAb", "ppippFr");
        check(2, 0, "A?AnAAA", "pipippF");
        check(2, 0, "AAAbAAA", "ppFrppF");
    }

    #[test]
    fn an_alert_outlasts_its_condition_by_the_keep_time() {
        check(0, 3, "AbbbbAbnnn", "FFFFrFFFFr");
        check(0, 2, "AbAbbb", "FFFFFr");
        // What cannot be measured is not over, so the time begins anew.
        check(0, 2, "Ab?bbb", "FFFFFr");
    }

    #[test]
    fn what_cannot_be_measured_is_not_over() {
        check(0, 0, "A???b", "FFFFr");
        check(0, 0, "?n?b", "iiii");
    }

    #[test]
    fn the_log_is_bounded_and_numbered() {
        let mut log = Log::default();
        for n in 0..300 {
            log.write(
                Micros(n),
                "a".into(),
                State::Inactive,
                State::Firing(Micros(n)),
            );
        }
        let sequences: Vec<_> = log.since(0).map(|entry| entry.sequence).collect();
        assert_eq!(sequences, (45..=300).collect::<Vec<_>>());
        assert_eq!(log.since(299).count(), 1);
        let words = [
            State::Inactive,
            State::Pending(Micros(0)),
            State::Resolved(Micros(0)),
        ];
        assert_eq!(
            words.map(State::word).join(" "),
            "inactive pending resolved"
        );
    }
}
