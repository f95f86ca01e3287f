//! Which locals of a function are live at the head of a loop: read later without being written first.

use std::collections::HashMap;

use walrus::ir::{Instr, InstrSeqId};
use walrus::{LocalFunction, LocalId};

/// The locals that are live where `head`, the body of a loop, begins; in the order of their ids.
pub fn live_at(function: &LocalFunction, head: InstrSeqId) -> Vec<LocalId> {
    let mut pass = Pass::default();
    // A branch back to a loop needs what is live at its head, which the pass before has found so far.
    loop {
        pass.grown = false;
        pass.labels.insert(function.entry_block(), Set::default());
        pass.before(function, function.entry_block(), Set::default());
        if !pass.grown {
            break;
        }
    }
    let live = pass.heads.remove(&head).unwrap_or_default();
    let mut locals: Vec<_> = pass
        .numbers
        .into_iter()
        .filter(|(_, number)| live.has(*number))
        .map(|(id, _)| id)
        .collect();
    locals.sort_unstable();
    locals
}

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn has(&self, number: usize) -> bool {
        self.0
            .get(number / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn add(&mut self, number: usize) {
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn remove(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    fn join(&mut self, other: &Set) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }
}

#[derive(Default)]
struct Pass {
    numbers: HashMap<LocalId, usize>,
    /// What is live where a branch to a block or branch of an `if` goes: behind it.
    labels: HashMap<InstrSeqId, Set>,
    /// What is live at the head of each loop, as far as is known.
    heads: HashMap<InstrSeqId, Set>,
    grown: bool,
}

impl Pass {
    fn number(&mut self, local: LocalId) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(local).or_insert(next)
    }

    fn target(&self, label: InstrSeqId) -> Set {
        self.heads
            .get(&label)
            .or_else(|| self.labels.get(&label))
            .cloned()
            .unwrap_or_default()
    }

    /// What is live before a sequence, given what is live behind it.
    fn before(&mut self, function: &LocalFunction, seq: InstrSeqId, behind: Set) -> Set {
        let mut live = behind;
        for (instr, _) in function.block(seq).instrs.iter().rev() {
            match instr {
                Instr::LocalGet(get) => {
                    let number = self.number(get.local);
                    live.add(number);
                }
                Instr::LocalSet(set) => {
                    let number = self.number(set.local);
                    live.remove(number);
                }
                Instr::LocalTee(tee) => {
                    let number = self.number(tee.local);
                    live.remove(number);
                }
                Instr::Block(block) => {
                    self.labels.insert(block.seq, live.clone());
                    live = self.before(function, block.seq, live);
                }
                Instr::Loop(block) => {
                    self.heads.entry(block.seq).or_default();
                    live = self.before(function, block.seq, live);
                    let head = self.heads.entry(block.seq).or_default();
                    let known = head.clone();
                    head.join(&live);
                    self.grown |= *head != known;
                }
                Instr::IfElse(branches) => {
                    let mut either = Set::default();
                    for branch in [branches.consequent, branches.alternative] {
                        self.labels.insert(branch, live.clone());
                        either.join(&self.before(function, branch, live.clone()));
                    }
                    live = either;
                }
                Instr::Br(branch) => live = self.target(branch.block),
                Instr::BrIf(branch) => live.join(&self.target(branch.block)),
                Instr::BrTable(table) => {
                    live = self.target(table.default);
                    for &label in &table.blocks {
                        live.join(&self.target(label));
                    }
                }
                Instr::Return(_) | Instr::Unreachable(_) => live = Set::default(),
                _ => {}
            }
        }
        live
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::operands::{bodies, body, sequences};
    use crate::lean::{Names, parse};

    /// The positions of the locals live at the head of the first loop of a function with four of them.
    fn check(code: &str) -> Vec<usize> {
        let text = format!("(module (func (param i32 i32 i32 i32) {code}))");
        let module = parse(&wat::parse_str(text).unwrap(), Names::Kept).unwrap();
        let function = body(&module, bodies(&module)[0]).unwrap();
        let head = sequences(function).into_iter().find_map(|seq| {
            function
                .block(seq)
                .instrs
                .iter()
                .find_map(|(instr, _)| match instr {
                    Instr::Loop(block) => Some(block.seq),
                    _ => None,
                })
        });
        let live = live_at(function, head.unwrap());
        live.iter()
            .filter_map(|id| function.args.iter().position(|arg| arg == id))
            .collect()
    }

    #[test]
    fn what_is_read_is_live_and_what_is_written_first_is_not() {
        assert_eq!(
            check("(loop (local.set 1 (local.get 0)) (drop (local.get 1)) (br 0))"),
            [0]
        );
    }

    #[test]
    fn what_is_read_after_the_way_round_is_live() {
        let code = "(loop (if (local.get 0) (then (drop (local.get 2)))) (local.set 0 (i32.const 1)) (br 0))";
        assert_eq!(check(code), [0, 2]);
    }

    #[test]
    fn what_is_read_behind_the_loop_is_live() {
        let code = "(block (loop (br_if 1 (local.get 0)) (br 0))) (drop (local.get 3))";
        assert_eq!(check(code), [0, 3]);
    }

    #[test]
    fn an_inner_loop_is_followed_to_its_end() {
        let code = "(loop (loop (drop (local.get 2)) (local.set 2 (local.get 1)) (br_if 0 (local.get 0))) (br 0))";
        assert_eq!(check(code), [0, 1, 2]);
    }
}
