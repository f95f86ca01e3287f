//! The engine told as scripts: one line an act, one line of text for what it then says.

use slo::{Cause, Ending, Engine, Micros, Operation, Reason, Roundtrip, Span};
use std::collections::BTreeMap;

/// Plays a script. `at` is milliseconds on the caller's clock:
/// `AT begin TOKEN OPERATION`, `AT ok TOKEN`, `AT fail TOKEN CODE`, `drop TOKEN`, `AT tick`,
/// `AT hide`, `AT show`, `reset`. Endings other than `recorded` are noted in the answer.
#[derive(Default)]
struct Play {
    engine: Engine,
    tokens: BTreeMap<String, Roundtrip>,
    notes: Vec<String>,
}

impl Play {
    fn act(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (at, words) = match words[0].parse::<f64>() {
            Ok(ms) => (Micros::from_millis(ms), &words[1..]),
            Err(_) => (Micros(0), &words[..]),
        };
        match *words {
            ["begin", token, name] => {
                let operation = self.engine.operation(name).ok()?;
                let begun = self
                    .engine
                    .begin_within(operation, at, Span::secs(30))
                    .ok()?;
                self.tokens.insert(token.to_owned(), begun);
            }
            ["ok", token] => {
                let token = self.tokens.remove(token)?;
                let ending = self.engine.succeed(token, at);
                self.note(ending);
            }
            ["fail", token, code] => {
                let token = self.tokens.remove(token)?;
                let ending = self.engine.fail(token, Reason::from_code(code)?, at);
                self.note(ending);
            }
            ["drop", token] => drop(self.tokens.remove(token)?),
            ["turn-away", name, code] => {
                let operation = self.engine.operation(name).ok()?;
                self.engine
                    .turn_away(operation, Reason::from_code(code)?, at);
            }
            ["tick"] => self.engine.tick(at),
            ["hide"] => self.engine.set_hidden(true, at),
            ["show"] => self.engine.set_hidden(false, at),
            ["reset"] => drop(self.engine.reset()),
            _ => return None,
        }
        Some(())
    }

    fn note(&mut self, ending: Ending) {
        if !matches!(ending, Ending::Recorded(_)) {
            self.notes.push(format!("{ending:?}"));
        }
    }

    /// The rows with traffic, and what was irregular.
    fn told(&self) -> String {
        let ms = |span: Option<Span>| span.map_or("-".into(), |s| s.as_millis().to_string());
        let mut lines = self.notes.clone();
        for row in self
            .engine
            .rows()
            .filter(|row| row.open > 0 || row.counts.total() > 0)
        {
            let counts = &row.counts;
            let mut line = format!("{} {}/{}", row.name, counts.answered, counts.judged());
            let apart = [
                ("open", u64::from(row.open)),
                ("raised", counts.raised),
                ("slow", counts.slow),
                ("abandoned", counts.abandoned),
                ("refused", counts.refused),
                ("rejected", counts.rejected),
                ("cancelled", counts.cancelled),
                ("hidden", counts.hidden),
            ];
            for (name, n) in apart.into_iter().filter(|&(_, n)| n > 0) {
                line += &format!(" {name}={n}");
            }
            line += &format!(" last={} max={}", ms(row.last), ms(row.max));
            if let Some(error) = row.last_error {
                line += &format!(" {}", error.code());
            }
            lines.push(line);
        }
        let odd = self.engine.irregularities();
        let odd = [
            ("steps back", odd.clock_steps_back),
            ("sleeps", odd.sleeps),
            ("late", odd.late),
            ("overflowed", odd.overflowed_names),
        ];
        lines.extend(
            odd.iter()
                .filter(|o| o.1 > 0)
                .map(|(name, n)| format!("{name}: {n}")),
        );
        lines.join("\n")
    }
}

fn check(script: &str, want: &str) {
    let mut play = Play::default();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        assert!(play.act(line).is_some(), "cannot play `{line}`");
    }
    let want: Vec<&str> = want
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(play.told(), want.join("\n"), "after{script}");
}

#[test]
fn answers_and_errors_are_judged_and_the_rest_is_counted_apart() {
    check(
        "1 begin a eval
         3 ok a
         4 begin b eval
         16 fail b erlang_error
         20 begin c eval
         21 fail c timeout
         22 begin d eval
         23 fail d bad_argument
         24 begin e eval
         25 fail e cancelled
         25 turn-away eval circuit_open
         26 begin f call",
        "eval 2/3 raised=1 slow=1 refused=1 rejected=1 cancelled=1 last=12 max=12 timeout
         call 0/0 open=1 last=- max=-",
    );
}

#[test]
fn a_dropped_token_is_abandoned_at_the_next_tick() {
    check("1 begin a call\n drop a", "call 0/0 open=1 last=- max=-");
    check(
        "1 begin a call\n drop a\n 2 tick",
        "call 0/1 abandoned=1 last=- max=- abandoned",
    );
}

#[test]
fn a_roundtrip_without_an_end_times_out_once() {
    check(
        "0 begin a load
         29999 tick
         30000 tick
         30001 ok a",
        "Late
         load 0/1 last=- max=- timeout
         late: 1",
    );
}

#[test]
fn what_a_hidden_tab_saw_is_left_out_visibly() {
    check(
        "0 begin a eval
         1 begin b eval
         2 ok a
         3 hide
         4 begin c eval
         5 ok c
         6 begin d eval
         7 show
         8 begin e eval
         9 ok e
         10 fail d vm_down
         11 ok b",
        "LeftOut
         LeftOut
         LeftOut
         eval 2/2 hidden=3 last=1 max=2",
    );
    check(
        "0 hide\n 1 begin a eval\n 2 fail a too_large",
        "eval 0/0 rejected=1 last=- max=-",
    );
}

#[test]
fn a_sleep_spoils_only_what_was_open() {
    check(
        "0 begin a eval
         3600000 tick
         3600001 begin b eval
         3600003 ok b",
        "eval 1/1 hidden=1 last=2 max=2
         sleeps: 1",
    );
}

#[test]
fn a_clock_that_steps_back_makes_latencies_zero_not_huge() {
    check(
        "100 begin a eval
         50 ok a
         55 begin b eval
         60 ok b",
        "eval 2/2 last=5 max=5
         steps back: 1",
    );
}

#[test]
fn a_reset_keeps_what_is_open() {
    check(
        "0 begin a eval
         1 begin b eval
         2 ok a
         reset
         3 ok b",
        "eval 1/1 last=2 max=2",
    );
}

#[test]
fn names_beyond_the_bound_share_a_row() {
    let mut play = Play::default();
    for n in 0..10_000 {
        play.act(&format!("{n} begin t flood_{n}")).unwrap();
        play.act(&format!("{n}.5 ok t")).unwrap();
    }
    let rows: Vec<_> = play.engine.rows().collect();
    assert_eq!(rows.len(), 8 + slo::MAX_CUSTOM + 1);
    assert_eq!(
        rows.iter().map(|row| row.counts.judged()).sum::<u64>(),
        10_000
    );
    assert!(
        play.told()
            .ends_with("other 9976/9976 last=0.5 max=0.5\noverflowed: 9976")
    );
}

#[test]
fn a_token_belongs_to_its_engine() {
    let (mut mine, mut yours) = (Engine::default(), Engine::default());
    let token = mine.begin(Operation::Eval, Micros(0)).unwrap();
    assert_eq!(yours.succeed(token, Micros(1)), Ending::Foreign);
    assert_eq!(yours.irregularities().foreign, 1);
    assert_eq!(yours.totals().total(), 0);
    mine.tick(Micros(2));
    assert_eq!(mine.totals().abandoned, 1);
}

#[test]
fn one_more_than_can_be_tracked_is_refused_until_dropped_ones_are_found() {
    let mut engine = Engine::default();
    let begin = |engine: &mut Engine| engine.begin(Operation::Call, Micros(0));
    let mut open: Vec<_> = (0..slo::MAX_OPEN)
        .map(|_| begin(&mut engine).unwrap())
        .collect();
    let refusal = begin(&mut engine).unwrap_err();
    assert_eq!(
        (refusal.cause, refusal.reason()),
        (Cause::Full, Reason::Refused)
    );
    let words = "more roundtrips are open than can be kept track of (protects \
                 overall-availability); try again in 100 ms";
    assert_eq!(refusal.to_string(), words);
    assert_eq!(
        (engine.active(), engine.totals().refused),
        (slo::MAX_OPEN, 1)
    );
    drop(open.pop());
    assert!(begin(&mut engine).is_ok());
}

#[test]
fn open_roundtrips_are_listed_with_their_age() {
    let mut engine = Engine::default();
    let _eval = engine.begin(Operation::Eval, Micros(10)).unwrap();
    let _call = engine.begin(Operation::Call, Micros(30)).unwrap();
    engine.tick(Micros(100));
    let open: Vec<_> = engine.open().collect();
    assert_eq!(open, [("eval", Span(90)), ("call", Span(70))]);
    assert!(format!("{engine:?}").starts_with("Engine { open: 2, "));
}
