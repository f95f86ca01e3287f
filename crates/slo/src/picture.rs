//! The last ten minutes as a picture: one column for each two seconds, its rows latencies on a
//! logarithmic scale. Made for a chart and a heat map; reports go by the histograms.

use crate::ratio::Ppm;
use crate::time::{Micros, Span};

/// How long a column lasts.
pub const COLUMN: Span = Span::secs(2);

/// How many columns are kept.
pub const COLUMNS: usize = 300;

/// How many rows a column has: eight to each doubling of the latency, up to 60 s and a little more.
pub const ROWS: usize = 192;

/// One column: answers by row, and what has no latency.
#[derive(Clone, Debug)]
struct Column {
    /// Counted from the origin of time.
    number: u64,
    /// 16,000 answers a second of nearly one latency fill a cell; it then stays full.
    cells: [u16; ROWS],
    answers: u32,
    errors: u32,
    max: Span,
}

impl Column {
    const EMPTY: Self = Self {
        number: 0,
        cells: [0; ROWS],
        answers: 0,
        errors: 0,
        max: Span(0),
    };
}

/// One column to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Strip<'a> {
    /// Its number, counted from the origin of time in steps of [`COLUMN`].
    pub number: u64,
    /// Answers.
    pub answers: u32,
    /// Roundtrips without an answer.
    pub errors: u32,
    /// Quantiles of the answers: half, nine tenths, 99 of 100. Right within a row: 13 %.
    pub quantiles: Option<[Span; 3]>,
    /// The longest answer, exactly.
    pub max: Option<Span>,
    /// Answers in each row.
    pub cells: &'a [u16; ROWS],
}

/// The ring of columns. 120 kB, whatever happens.
#[derive(Clone, Debug)]
pub struct Picture {
    columns: Box<[Column]>,
    at: usize,
    /// When the newest column ends, so that most samples need no division.
    ends: u64,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            columns: vec![Column::EMPTY; COLUMNS].into(),
            at: 0,
            ends: COLUMN.0,
        }
    }
}

/// The row of a latency: up to 8 µs each its own, then eight to each doubling.
fn row(latency: Span) -> usize {
    let us = latency.0;
    if us < 8 {
        return us as usize;
    }
    let octave = 60 - us.leading_zeros() as usize;
    (octave * 8 + (us >> octave) as usize).min(ROWS - 1)
}

/// The longest latency of a row.
pub fn row_end(row: usize) -> Span {
    if row < 8 {
        return Span(row as u64);
    }
    let octave = row / 8 - 1;
    Span((((row % 8 + 9) as u64) << octave) - 1)
}

impl Picture {
    /// Takes in an answer. `now` never steps back.
    pub(crate) fn answer(&mut self, now: Micros, latency: Span) {
        let column = self.column(now);
        let cell = &mut column.cells[row(latency)];
        *cell = cell.saturating_add(1);
        column.answers = column.answers.saturating_add(1);
        column.max = column.max.max(latency);
    }

    /// Takes in a roundtrip without an answer.
    pub(crate) fn error(&mut self, now: Micros) {
        let column = self.column(now);
        column.errors = column.errors.saturating_add(1);
    }

    fn column(&mut self, now: Micros) -> &mut Column {
        if now.0 >= self.ends {
            let number = now.0 / COLUMN.0;
            self.at = (number % COLUMNS as u64) as usize;
            self.ends = (number + 1).saturating_mul(COLUMN.0);
            self.columns[self.at] = Column {
                number,
                ..Column::EMPTY
            };
        }
        &mut self.columns[self.at]
    }

    /// The occupied columns from the one numbered `from` on that are not too old, oldest first.
    pub fn strips(&self, from: u64, now: Micros) -> impl Iterator<Item = Strip<'_>> {
        let newest = now.0 / COLUMN.0;
        let from = from.max((newest + 1).saturating_sub(COLUMNS as u64));
        (from..=newest).filter_map(|number| {
            let column = &self.columns[(number % COLUMNS as u64) as usize];
            let occupied = column.number == number && column.answers + column.errors > 0;
            occupied.then(|| column.strip())
        })
    }

    /// Takes in what another picture of the same time shows.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            if theirs.number > mine.number {
                *mine = theirs.clone();
            } else if theirs.number == mine.number {
                for (cell, other) in mine.cells.iter_mut().zip(theirs.cells) {
                    *cell = cell.saturating_add(other);
                }
                mine.answers = mine.answers.saturating_add(theirs.answers);
                mine.errors = mine.errors.saturating_add(theirs.errors);
                mine.max = mine.max.max(theirs.max);
            }
        }
        if other.ends > self.ends {
            (self.at, self.ends) = (other.at, other.ends);
        }
    }
}

impl Column {
    fn strip(&self) -> Strip<'_> {
        let any = self.answers > 0;
        Strip {
            number: self.number,
            answers: self.answers,
            errors: self.errors,
            quantiles: any.then(|| self.quantiles()),
            max: any.then_some(self.max),
            cells: &self.cells,
        }
    }

    fn quantiles(&self) -> [Span; 3] {
        const SHARES: [u64; 3] = [500_000, 900_000, 990_000];
        let count: u64 = self.cells.iter().map(|&cell| u64::from(cell)).sum();
        let whole = u64::from(Ppm::ONE.get());
        let ranks = SHARES.map(|share| (count * share).div_ceil(whole).max(1));
        let mut found = [self.max; 3];
        let (mut next, mut reached) = (0, 0);
        for (row, &cell) in self.cells.iter().enumerate() {
            reached += u64::from(cell);
            while next < ranks.len() && ranks[next] <= reached {
                found[next] = row_end(row).min(self.max);
                next += 1;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: u64) -> Micros {
        Micros(second * 1_000_000)
    }

    #[test]
    fn rows_follow_each_other_without_gap_or_overlap() {
        let mut us = 0;
        for number in 0..ROWS - 1 {
            assert_eq!(row(Span(us)), number);
            assert_eq!(row(row_end(number)), number);
            us = row_end(number).0 + 1;
        }
        assert!(row_end(ROWS - 2).0 > 60_000_000);
        assert_eq!(row(Span(u64::MAX)), ROWS - 1);
    }

    #[test]
    fn columns_come_oldest_first_and_end_after_ten_minutes() {
        let mut picture = Picture::default();
        picture.answer(at(0), Span(50));
        picture.error(at(7));
        picture.answer(at(8), Span(3));
        let numbers =
            |from, now| -> Vec<u64> { picture.strips(from, at(now)).map(|s| s.number).collect() };
        assert_eq!(numbers(0, 8), [0, 3, 4]);
        assert_eq!(numbers(4, 8), [4]);
        assert_eq!(numbers(0, 605), [3, 4]);
        assert_eq!(numbers(0, 100_000), [0; 0]);
        let error = picture.strips(3, at(8)).next().unwrap();
        assert_eq!((error.answers, error.errors, error.max), (0, 1, None));
        assert!(error.quantiles.is_none());
    }

    proptest! {
        #[test]
        fn a_column_s_quantiles_are_right_within_a_row(
            samples in prop::collection::vec(0..50_000_000_u64, 1..300),
        ) {
            let mut picture = Picture::default();
            samples.iter().for_each(|&us| picture.answer(at(5), Span(us)));
            let strip = picture.strips(0, at(5)).next().unwrap();
            let mut sorted = samples.clone();
            sorted.sort_unstable();
            let max = sorted.last().copied().map(Span);
            prop_assert_eq!(strip.max, max);
            for (share, got) in [50, 90, 99].into_iter().zip(strip.quantiles.unwrap()) {
                let truth = sorted[(sorted.len() * share).div_ceil(100) - 1];
                prop_assert_eq!(row(got), row(Span(truth)));
                prop_assert!(got.0 >= truth);
            }
        }

        #[test]
        fn merging_shows_both(events in prop::collection::vec((0..40_u64, 0..90_000_u64, any::<bool>()), 0..80)) {
            let (mut one, mut two, mut both) = (Picture::default(), Picture::default(), Picture::default());
            let mut now = 0;
            for (pause, us, first) in events {
                now += pause;
                both.answer(at(now), Span(us));
                if first { one.answer(at(now), Span(us)) } else { two.answer(at(now), Span(us)) }
            }
            one.merge(&two);
            let drawn = |picture: &Picture| -> Vec<_> {
                picture.strips(0, at(now)).map(|s| (s.number, s.answers, *s.cells, s.max)).collect()
            };
            prop_assert_eq!(drawn(&one), drawn(&both));
        }
    }
}
