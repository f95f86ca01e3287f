//! A run and faults as a person types them in: texts in fields, read all at once, with every fault at
//! its field.

use crate::decimal::{self, NotANumber};
use crate::fault::{Faults, FaultsError, Injector};
use crate::operation::Operation;
use crate::plan::{Model, Plan, PlanError};
use crate::ratio::Ppm;
use crate::time::Span;

/// Who decides when the next roundtrip is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// The clock, evenly.
    #[default]
    Fixed,
    /// The clock, by chance.
    Poisson,
    /// The answers.
    Closed,
}

/// A run being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadForm {
    /// Who decides when.
    pub arrivals: Arrivals,
    /// Arrivals a second, or users.
    pub rate: String,
    /// Seconds.
    pub ramp: String,
    /// Seconds.
    pub duration: String,
    /// Weights of the operations.
    pub mix: Vec<(Operation, String)>,
}

impl Default for LoadForm {
    fn default() -> Self {
        let mix = [(Operation::Call, "9"), (Operation::Eval, "1")];
        Self {
            arrivals: Arrivals::Fixed,
            rate: "100".to_owned(),
            ramp: "0".to_owned(),
            duration: "30".to_owned(),
            mix: mix
                .map(|(operation, weight)| (operation, weight.to_owned()))
                .into(),
        }
    }
}

/// A field of a [`LoadForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadField {
    /// The rate.
    Rate,
    /// The ramp.
    Ramp,
    /// The duration.
    Duration,
    /// The weights.
    Mix,
}

impl LoadForm {
    /// Reads it.
    ///
    /// # Errors
    /// Every fault there is, each at its field.
    pub fn read(&self) -> Result<Plan, Vec<(LoadField, String)>> {
        let mut faults = vec![];
        let mut number = |field, text: &str, places| match decimal::read(text, places) {
            Ok(number) => number,
            Err(error) => {
                faults.push((field, words(error, places)));
                0
            }
        };
        let rate = u32::try_from(number(LoadField::Rate, &self.rate, 0)).unwrap_or(u32::MAX);
        let ramp = Span::millis(number(LoadField::Ramp, &self.ramp, 3));
        let duration = Span::millis(number(LoadField::Duration, &self.duration, 3));
        let weigh = |(operation, text): &(Operation, String)| {
            let weight = number(LoadField::Mix, text, 0);
            (*operation, u32::try_from(weight).unwrap_or(u32::MAX))
        };
        let mix = self.mix.iter().map(weigh).collect();
        let model = match self.arrivals {
            Arrivals::Fixed => Model::Fixed { rate },
            Arrivals::Poisson => Model::Poisson { rate },
            Arrivals::Closed => Model::Closed { users: rate },
        };
        let plan = Plan {
            model,
            ramp,
            duration,
            mix,
        };
        if faults.is_empty() {
            faults.extend(plan.validate().err().map(place));
        }
        if faults.is_empty() {
            Ok(plan)
        } else {
            Err(faults)
        }
    }
}

fn place(error: PlanError) -> (LoadField, String) {
    let field = match error {
        PlanError::Rate | PlanError::Users => LoadField::Rate,
        PlanError::Duration => LoadField::Duration,
        PlanError::Ramp => LoadField::Ramp,
        PlanError::Mix => LoadField::Mix,
    };
    (field, error.to_string())
}

/// Faults being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultForm {
    /// Added latency in milliseconds.
    pub added: String,
    /// Per cent that fail.
    pub errors: String,
    /// Per cent whose reply is thrown away.
    pub dropped: String,
}

/// A field of a [`FaultForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultField {
    /// The latency.
    Added,
    /// The errors.
    Errors,
    /// The dropped replies.
    Dropped,
}

impl FaultForm {
    /// Reads it; an empty field injects nothing.
    ///
    /// # Errors
    /// Every fault there is, each at its field.
    pub fn read(&self, seed: u64) -> Result<Injector, Vec<(FaultField, String)>> {
        let mut wrong = vec![];
        let mut number = |field, text: &str, places| match decimal::read(text, places) {
            Ok(number) => number,
            Err(NotANumber::Empty) => 0,
            Err(error) => {
                wrong.push((field, words(error, places)));
                0
            }
        };
        let added = Span(number(FaultField::Added, &self.added, 3));
        let [errors, dropped] = [
            (FaultField::Errors, &self.errors),
            (FaultField::Dropped, &self.dropped),
        ]
        .map(|(field, text)| (field, number(field, text, 4)));
        let mut share = |(field, parts): (FaultField, u64)| {
            let share = u32::try_from(parts).ok().and_then(Ppm::new);
            if share.is_none() {
                wrong.push((field, "no more than 100 %".to_owned()));
            }
            share.unwrap_or_default()
        };
        let faults = Faults {
            added,
            errors: share(errors),
            dropped: share(dropped),
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Injector::new(faults, seed).map_err(|error| {
            let field = match error {
                FaultsError::Added => FaultField::Added,
                FaultsError::Shares => FaultField::Dropped,
            };
            vec![(field, error.to_string())]
        })
    }
}

fn words(error: NotANumber, places: usize) -> String {
    match error {
        NotANumber::Empty => "a number is missing".to_owned(),
        NotANumber::NoDigits => "this is no number: digits and a point".to_owned(),
        NotANumber::TooFine if places == 0 => "a whole number is meant".to_owned(),
        NotANumber::TooFine => format!("at most {places} decimals are kept"),
        NotANumber::TooLarge => "this is too large".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(change: impl FnOnce(&mut LoadForm)) -> String {
        let mut form = LoadForm::default();
        change(&mut form);
        match form.read() {
            Ok(plan) => format!("{:?} {} {}", plan.model, plan.ramp.0, plan.duration.0),
            Err(faults) => {
                let told = faults
                    .iter()
                    .map(|(field, words)| format!("{field:?}: {words}"));
                told.collect::<Vec<_>>().join("; ")
            }
        }
    }

    #[test]
    fn a_run_is_read_or_refused_field_by_field() {
        assert_eq!(load(|_| ()), "Fixed { rate: 100 } 0 30000000");
        let closed = load(|form| {
            form.arrivals = Arrivals::Closed;
            form.ramp = "1.5".to_owned();
        });
        assert_eq!(closed, "Closed { users: 100 } 1500000 30000000");
        let many = load(|form| {
            form.arrivals = Arrivals::Poisson;
            form.rate = "1.5".to_owned();
            form.ramp.clear();
            form.duration = "long".to_owned();
            form.mix[0].1 = "99999999999999999999".to_owned();
        });
        assert_eq!(
            many,
            "Rate: a whole number is meant; Ramp: a number is missing; Duration: this is no number: \
             digits and a point; Mix: this is too large"
        );
        let rate = load(|form| form.rate = "1000000000000".to_owned());
        assert_eq!(rate, "Rate: a rate lies between 1 and 5000 a second");
        let users = load(|form| {
            form.arrivals = Arrivals::Closed;
            form.rate = "0".to_owned();
        });
        assert_eq!(users, "Rate: there are 1 to 1000 users");
        let ramp = load(|form| form.ramp = "31".to_owned());
        assert_eq!(ramp, "Ramp: the ramp is at most as long as the run");
        let duration = load(|form| form.duration = "0.5".to_owned());
        assert_eq!(duration, "Duration: a run lasts 1 s to 10 minutes");
        let mix = load(|form| form.mix.clear());
        assert!(mix.starts_with("Mix: at least one operation"));
    }

    #[test]
    fn faults_are_read_or_refused_field_by_field() {
        let check = |added: &str, errors: &str, dropped: &str, want: &str| {
            let [added, errors, dropped] = [added, errors, dropped].map(str::to_owned);
            let form = FaultForm {
                added,
                errors,
                dropped,
            };
            let got = form.read(1).err().unwrap_or_default();
            let told = got
                .iter()
                .map(|(field, words)| format!("{field:?}: {words}"));
            assert_eq!(told.collect::<Vec<_>>().join("; "), want);
        };
        check("", "", "", "");
        check("20", "0.1", "99.9", "");
        check(
            "-1",
            "x",
            "0.00001",
            "Added: this is no number: digits and a point; Errors: this is no number: digits and a point; Dropped: at most 4 decimals are kept",
        );
        check("", "101", "", "Errors: no more than 100 %");
        check("60001", "", "", "Added: at most 60 s may be added");
        check(
            "",
            "60",
            "60",
            "Dropped: errors and dropped replies together are more than 100 %",
        );
    }
}
