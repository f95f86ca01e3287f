//! The order of atoms kept. The VM compares two atoms by their text, for which it looks both up in its table of atoms
//! and locks that table each time; it does so even where it only has to know whether they are the same. The order of
//! two atoms never changes, so each thread keeps the answers it got last, in a table of its own that needs no lock.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, LoadKind, MemArg, StoreKind, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{SPREAD, ZEROED, call_instead, memory, named, variable};

/// Compares two atoms: (table, atom, atom) → less than zero, zero, or more.
const COMPARE: &str = "atom_table_cmp_using_atom_index";

/// Entries of a thread's table: a power of two. Each is the two atoms, the answer and an empty word.
const ENTRIES_LOG2: i32 = 12;
const ENTRY_LOG2: i32 = 4;

/// A word of an entry. One that was never written says rightly that the first atom equals itself.
const fn word(at: u64) -> MemArg {
    MemArg {
        align: 4,
        offset: 4 * at,
    }
}

/// Puts a table in front of the comparison.
pub fn keep(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(compare) = named(module, COMPARE, &[I32, I32, I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name compares atoms"));
    };
    let Some(zeroed) = named(module, ZEROED, &[I32, I32], &[I32])? else {
        bail!("atoms are compared, but there is no {ZEROED}");
    };
    let count = call_instead(module, compare, |module| kept(module, compare, zeroed))?;
    Ok(Outcome::Done(format!(
        "{count} callers of the comparison look into a table first"
    )))
}

/// The comparison with a table in front of it.
fn kept(module: &mut Module, compare: FunctionId, zeroed: FunctionId) -> Result<FunctionId> {
    use ValType::I32;
    let memory = memory(module)?;
    let table = variable(module);
    let [atoms, one, other, entry, said] = [(); 5].map(|()| module.locals.add(I32));
    let load = LoadKind::I32 { atomic: false };
    let store = StoreKind::I32 { atomic: false };

    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32, I32], &[I32]);
    let mut code = builder.func_body();
    code.global_get(table).unop(UnaryOp::I32Eqz).if_else(
        None,
        |code| {
            code.i32_const(1 << ENTRIES_LOG2).i32_const(1 << ENTRY_LOG2);
            code.call(zeroed).global_set(table);
            code.global_get(table).unop(UnaryOp::I32Eqz).if_else(
                None,
                |code| {
                    code.local_get(atoms).local_get(one).local_get(other);
                    code.call(compare).return_();
                },
                |_| {},
            );
        },
        |_| {},
    );
    code.local_get(one)
        .i32_const(SPREAD)
        .binop(BinaryOp::I32Mul);
    code.local_get(other).binop(BinaryOp::I32Add);
    code.i32_const(SPREAD).binop(BinaryOp::I32Mul);
    code.i32_const(32 - ENTRIES_LOG2).binop(BinaryOp::I32ShrU);
    code.i32_const(ENTRY_LOG2).binop(BinaryOp::I32Shl);
    code.global_get(table)
        .binop(BinaryOp::I32Add)
        .local_tee(entry);
    code.load(memory, load, word(0))
        .local_get(one)
        .binop(BinaryOp::I32Eq);
    code.local_get(entry)
        .load(memory, load, word(1))
        .local_get(other)
        .binop(BinaryOp::I32Eq);
    code.binop(BinaryOp::I32And).if_else(
        None,
        |code| {
            code.local_get(entry).load(memory, load, word(2)).return_();
        },
        |_| {},
    );
    code.local_get(atoms)
        .local_get(one)
        .local_get(other)
        .call(compare)
        .local_set(said);
    for (at, local) in [one, other, said].into_iter().enumerate() {
        code.local_get(entry)
            .local_get(local)
            .store(memory, store, word(at as u64));
    }
    code.local_get(said);
    Ok(builder.finish(vec![atoms, one, other], &mut module.funcs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A comparison that counts its calls.
    const VM: &str = r#"
        (memory 8)
        (global $compared (mut i32) (i32.const 0))
        (func $emscripten_builtin_calloc (param i32 i32) (result i32) (i32.const 64))
        (func $atom_table_cmp_using_atom_index (param i32 i32 i32) (result i32)
          (global.set $compared (i32.add (global.get $compared) (i32.const 1)))
          (i32.sub (local.get 1) (local.get 2)))
        (func (export "compare") (param i32 i32) (result i32)
          (call $atom_table_cmp_using_atom_index (i32.const 7) (local.get 0) (local.get 1)))
        (func (export "compared") (result i32) (global.get $compared))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), keep)
    }

    #[test]
    fn two_atoms_are_compared_once() {
        let vm = run(VM).unwrap();
        for _ in 0..3 {
            assert_eq!(vm.call("compare", &[5, 3]), 2);
            assert_eq!(vm.call("compare", &[3, 5]), -2);
            assert_eq!(vm.call("compare", &[0, 0]), 0);
        }
        assert_eq!(vm.call("compared", &[]), 2);
    }

    #[test]
    fn pairs_that_share_an_entry_replace_each_other() {
        let vm = run(VM).unwrap();
        for _ in 0..2 {
            for one in 0..100 {
                for other in 0..100 {
                    assert_eq!(vm.call("compare", &[one, other]), one - other);
                }
            }
        }
        assert!((10_000..20_000).contains(&vm.call("compared", &[])));
    }

    #[test]
    fn without_memory_each_pair_is_compared() {
        let vm = run(&VM.replace("(i32.const 64)", "(i32.const 0)")).unwrap();
        assert_eq!(vm.call("compare", &[5, 3]), 2);
        assert_eq!(vm.call("compare", &[5, 3]), 2);
        assert_eq!(vm.call("compared", &[]), 2);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(COMPARE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(ZEROED, "f")).is_err());
    }
}
