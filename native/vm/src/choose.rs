//! Which objects of a table can match patterns at all, told without a VM: whoever asks looks at the rest again.
//!
//! A pattern is a term of the shape that is wanted, in which the empty tuple stands for whatever there is. Numbers are
//! the same if they are as large.

/// The lowest two bits of a term say what it is.
const TAG: u32 = 3;
const LIST: u32 = 1;
const BOXED: u32 = 2;
/// What the first word of a boxed value says of its kind; above that is how many words follow.
const KIND: u32 = 63;
const KIND_BITS: u32 = 6;
const TUPLE: u32 = 0;
/// The first word of the empty tuple.
const ANYTHING: u32 = 0;
/// Deeper in a pattern nothing is looked at: the way there goes over the machine's stack.
const DEEPEST: u32 = 100;

/// Where terms are.
pub trait Terms {
    /// The word at an address.
    fn word(&self, address: u32) -> u32;
    /// Whether two terms are the same value, or that cannot be told.
    fn are_equal(&self, one: u32, other: u32) -> bool;
}

/// Whether the term may match one of the patterns, which are the elements of a list.
#[inline(always)]
pub fn may_match_any(terms: &impl Terms, patterns: u32, term: u32) -> bool {
    let mut rest = patterns;
    while rest & TAG == LIST {
        if may_match(terms, head(terms, rest), term, DEEPEST) {
            return true;
        }
        rest = tail(terms, rest);
    }
    false
}

fn may_match(terms: &impl Terms, pattern: u32, term: u32, deeper: u32) -> bool {
    let (mut pattern, mut term) = (pattern, term);
    loop {
        if pattern == term {
            return true;
        }
        match pattern & TAG {
            LIST => {
                if term & TAG != LIST {
                    return false;
                }
                if deeper == 0 {
                    return true;
                }
                if !may_match(terms, head(terms, pattern), head(terms, term), deeper - 1) {
                    return false;
                }
                (pattern, term) = (tail(terms, pattern), tail(terms, term));
            }
            BOXED => {
                let header = terms.word(pattern - BOXED);
                if header == ANYTHING {
                    return true;
                }
                if header & KIND != TUPLE {
                    return terms.are_equal(pattern, term);
                }
                if term & TAG != BOXED || terms.word(term - BOXED) != header {
                    return false;
                }
                return deeper == 0
                    || elements_may_match(terms, pattern, term, header >> KIND_BITS, deeper - 1);
            }
            // A term of one word: a float may be as large.
            _ => return term & TAG == BOXED && terms.are_equal(pattern, term),
        }
    }
}

#[inline(always)]
fn elements_may_match(
    terms: &impl Terms,
    pattern: u32,
    term: u32,
    count: u32,
    deeper: u32,
) -> bool {
    let mut at = 0;
    while at < count {
        at += 1;
        let element = |tuple: u32| terms.word(tuple - BOXED + 4 * at);
        if !may_match(terms, element(pattern), element(term), deeper) {
            return false;
        }
    }
    true
}

/// A cell of a list has its tail first.
fn tail(terms: &impl Terms, list: u32) -> u32 {
    terms.word(list - LIST)
}

fn head(terms: &impl Terms, list: u32) -> u32 {
    terms.word(list - LIST + 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A term as people think of it. `Anything` is the empty tuple; a box holds what only the VM can compare.
    #[derive(Clone, Debug, PartialEq)]
    enum Value {
        Anything,
        Word(u32),
        Box(u32),
        Tuple(Vec<Value>),
        List(Vec<Value>, std::boxed::Box<Value>),
    }

    const EMPTY: u32 = 59;
    const FLOAT: u32 = 0x18;

    /// Terms one after the other.
    #[derive(Default)]
    struct Heap(Vec<u32>);

    impl Heap {
        fn add(&mut self, words: Vec<u32>) -> u32 {
            let at = 4 * self.0.len() as u32;
            self.0.extend(words);
            at
        }

        fn build(&mut self, value: &Value) -> u32 {
            match value {
                Value::Anything => self.add(vec![0]) | BOXED,
                Value::Word(number) => number << 4 | 0xF,
                Value::Box(number) => self.add(vec![1 << KIND_BITS | FLOAT, *number]) | BOXED,
                Value::Tuple(elements) => {
                    let mut words = vec![(elements.len() as u32) << KIND_BITS];
                    let elements: Vec<u32> = elements.iter().map(|e| self.build(e)).collect();
                    words.extend(elements);
                    self.add(words) | BOXED
                }
                Value::List(heads, last) => {
                    let last = self.build(last);
                    heads.iter().rev().fold(last, |tail, head| {
                        let head = self.build(head);
                        self.add(vec![tail, head]) | LIST
                    })
                }
            }
        }

        fn number(&self, term: u32) -> Option<u32> {
            match term & TAG {
                3 => Some(term >> 4),
                BOXED if self.word(term - BOXED) & KIND == FLOAT => {
                    Some(self.word(term - BOXED + 4))
                }
                _ => None,
            }
        }
    }

    impl Terms for Heap {
        fn word(&self, address: u32) -> u32 {
            self.0[address as usize / 4]
        }

        fn are_equal(&self, one: u32, other: u32) -> bool {
            self.number(one).is_some() && self.number(one) == self.number(other)
        }
    }

    /// What matching means, of values.
    fn matches(pattern: &Value, value: &Value) -> bool {
        use Value::{Anything, Box, List, Tuple, Word};
        let all =
            |one: &[Value], other: &[Value]| one.iter().zip(other).all(|(p, v)| matches(p, v));
        match (pattern, value) {
            (Anything, _) => true,
            (Word(one) | Box(one), Word(other) | Box(other)) => one == other,
            (Tuple(one), Tuple(other)) => one.len() == other.len() && all(one, other),
            (List(one, last), List(other, end)) => {
                let both = one.len().min(other.len());
                let rest = |list: &[Value], last: &Value| match list {
                    [] => last.clone(),
                    more => List(more.to_vec(), std::boxed::Box::new(last.clone())),
                };
                all(one, other)
                    && (both == 0 && one.len() == other.len() && matches(last, end)
                        || both > 0
                            && matches(&rest(&one[both..], last), &rest(&other[both..], end)))
            }
            _ => false,
        }
    }

    fn value(holes: bool) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            (0..3_u32).prop_map(Value::Word),
            (0..3_u32).prop_map(Value::Box),
            Just(Value::Word(u32::from(holes))),
        ]
        .prop_map(move |leaf| {
            if holes && leaf == Value::Word(1) {
                Value::Anything
            } else {
                leaf
            }
        });
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..3).prop_map(Value::Tuple),
                (prop::collection::vec(inner.clone(), 1..3), inner)
                    .prop_filter("one list is one value", |(_, last)| !matches!(
                        last,
                        Value::List(..)
                    ))
                    .prop_map(|(heads, last)| Value::List(heads, std::boxed::Box::new(last))),
            ]
        })
    }

    fn check(patterns: &[Value], object: &Value) -> bool {
        let mut heap = Heap::default();
        let patterns: Vec<u32> = patterns.iter().map(|pattern| heap.build(pattern)).collect();
        let list = patterns
            .into_iter()
            .fold(EMPTY, |tail, head| heap.add(vec![tail, head]) | LIST);
        let object = heap.build(object);
        may_match_any(&heap, list, object)
    }

    proptest! {
        #[test]
        fn what_matches_one_of_the_patterns_is_chosen(
            patterns in prop::collection::vec(value(true), 0..3), object in value(false)
        ) {
            let expected = patterns.iter().any(|pattern| matches(pattern, &object));
            prop_assert_eq!(check(&patterns, &object), expected);
        }

        #[test]
        fn every_value_matches_itself_and_anything(object in value(false)) {
            prop_assert!(check(std::slice::from_ref(&object), &object));
            prop_assert!(check(&[Value::Anything], &object));
        }
    }

    #[test]
    fn what_is_too_deep_is_not_looked_at() {
        let nested = |inmost| {
            (0..2 * DEEPEST).fold(Value::Word(inmost), |value, _| Value::Tuple(vec![value]))
        };
        assert!(check(&[nested(0)], &nested(1)));
        assert!(!check(&[nested(0)], &Value::Word(0)));
    }
}
