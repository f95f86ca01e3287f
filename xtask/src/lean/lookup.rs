//! Keys of maps found sooner. The VM compares a key with each key of the map in turn, as terms: two atoms by their
//! text. A key that is one word, such as an atom, equals another only if the words are the same, so a scan of words
//! finds it. Any other is looked for by halves, since a map's keys are sorted; what is not found that way is looked
//! for as before, since a map that was decoded keeps the order that it was encoded in.

use anyhow::{Context, Result};
use walrus::ir::{BinaryOp, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{bodies, body, call_instead, is_copy_of, sequences};

/// Finds a key: (map, key, VM) → position, -1 where it is not, -2 where memory ran out. Each of the VM's files that
/// needs it has a copy.
const FIND: &str = "term_find_map_pos";
/// What the comparison says: the first is equal to the second, or less.
const EQUAL: i32 = 1;
const GREATER: i32 = 4;
/// Compare as `=:=` does.
const EXACT: i32 = 1;
/// The lowest two bits of a term, and what they are in a term of one word.
const TAG: i32 = 3;
const ONE_WORD: i32 = 3;

/// Puts the two quicker ways in front of each copy of the search.
pub fn shorten(module: &mut Module) -> Result<Outcome> {
    let is_search = |&id: &FunctionId| is_copy_of(module.funcs.get(id).name.as_deref(), FIND);
    let searches: Vec<FunctionId> = bodies(module).into_iter().filter(is_search).collect();
    let mut count = 0;
    for search in searches {
        let parts = Parts::of(module, search)?;
        count += call_instead(module, search, |module| {
            Ok(shortened(module, search, &parts))
        })?;
    }
    Ok(match count {
        0 => Outcome::NotNeeded("no function of the name finds keys"),
        _ => Outcome::Done(format!("{count} searches of a map compare less")),
    })
}

/// What a search is made of.
struct Parts {
    /// map → its keys, a tuple.
    keys: FunctionId,
    /// tuple → how many elements.
    arity: FunctionId,
    /// (tuple, position) → element.
    element: FunctionId,
    /// (term, term, how, VM) → what it says.
    compare: FunctionId,
}

impl Parts {
    fn of(module: &Module, search: FunctionId) -> Result<Parts> {
        let function = body(module, search)?;
        let mut called = Vec::new();
        for seq in sequences(function) {
            let calls = function.block(seq).instrs.iter();
            called.extend(calls.filter_map(|(instr, _)| match instr {
                Instr::Call(call) => Some(call.func),
                _ => None,
            }));
        }
        let part = |name: &str, params: usize| {
            let fits = |id: &&FunctionId| {
                let function = module.funcs.get(**id);
                let (takes, gives) = module.types.params_results(function.ty());
                is_copy_of(function.name.as_deref(), name)
                    && takes == vec![ValType::I32; params]
                    && gives == [ValType::I32]
            };
            let found = called.iter().find(fits).copied();
            found.with_context(|| format!("{FIND} does not call {name} as we know it"))
        };
        Ok(Parts {
            keys: part("term_get_map_keys", 1)?,
            arity: part("term_get_tuple_arity", 1)?,
            element: part("term_get_tuple_element", 2)?,
            compare: part("term_compare", 4)?,
        })
    }
}

/// A search that tries the quicker ways first.
fn shortened(module: &mut Module, search: FunctionId, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let [map, key, vm, keys, low, high, middle, said] = [(); 8].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32, I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(map).call(parts.keys).local_tee(keys);
    code.call(parts.arity).local_set(high);
    code.local_get(key).i32_const(TAG).binop(BinaryOp::I32And);
    code.i32_const(ONE_WORD).binop(BinaryOp::I32Eq);
    code.if_else(
        None,
        |code| {
            code.loop_(None, |code| {
                let next = code.id();
                code.local_get(low).local_get(high).binop(BinaryOp::I32Eq);
                code.if_else(
                    None,
                    |code| {
                        code.i32_const(-1).return_();
                    },
                    |_| {},
                );
                code.local_get(keys).local_get(low).call(parts.element);
                code.local_get(key).binop(BinaryOp::I32Eq);
                code.if_else(
                    None,
                    |code| {
                        code.local_get(low).return_();
                    },
                    |_| {},
                );
                code.local_get(low).i32_const(1).binop(BinaryOp::I32Add);
                code.local_set(low).br(next);
            });
        },
        |_| {},
    );
    code.block(None, |code| {
        let not_found = code.id();
        code.loop_(None, |code| {
            let next = code.id();
            code.local_get(low)
                .local_get(high)
                .binop(BinaryOp::I32Eq)
                .br_if(not_found);
            code.local_get(low).local_get(high).binop(BinaryOp::I32Add);
            code.i32_const(1).binop(BinaryOp::I32ShrU).local_set(middle);
            code.local_get(key);
            code.local_get(keys).local_get(middle).call(parts.element);
            code.i32_const(EXACT).local_get(vm).call(parts.compare);
            code.local_tee(said).i32_const(EQUAL).binop(BinaryOp::I32Eq);
            code.if_else(
                None,
                |code| {
                    code.local_get(middle).return_();
                },
                |_| {},
            );
            code.local_get(said)
                .i32_const(GREATER)
                .binop(BinaryOp::I32Eq);
            code.if_else(
                None,
                |code| {
                    code.local_get(middle)
                        .i32_const(1)
                        .binop(BinaryOp::I32Add)
                        .local_set(low);
                },
                |code| {
                    code.local_get(middle).local_set(high);
                },
            );
            code.br(next);
        });
    });
    code.local_get(map)
        .local_get(key)
        .local_get(vm)
        .call(search);
    builder.finish(vec![map, key, vm], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// Maps whose keys are words at 256: a word's lowest bits are a tag, the others its value, which is compared
    /// and the comparisons counted. The map is the number of its keys.
    const VM: &str = r#"
        (memory 1)
        (global $compared (mut i32) (i32.const 0))
        (func $term_get_map_keys_7 (param i32) (result i32) (local.get 0))
        (func $term_get_tuple_arity (param i32) (result i32) (local.get 0))
        (func $term_get_tuple_element_12 (param i32 i32) (result i32)
          (i32.load offset=256 (i32.shl (local.get 1) (i32.const 2))))
        (func $term_compare (param i32 i32 i32 i32) (result i32)
          (global.set $compared (i32.add (global.get $compared) (i32.const 1)))
          (select
            (select (i32.const 4) (i32.const 2) (i32.gt_u (local.get 0) (local.get 1)))
            (i32.const 1)
            (i32.ne (local.get 0) (local.get 1))))
        (func $term_find_map_pos_3 (param $map i32) (param $key i32) (param $vm i32) (result i32)
          (local $at i32) (local $keys i32)
          (local.set $keys (call $term_get_map_keys_7 (local.get $map)))
          (loop $next
            (if (i32.eq (local.get $at) (call $term_get_tuple_arity (local.get $keys)))
              (then (return (i32.const -1))))
            (if (i32.eq (i32.const 1)
                  (call $term_compare (local.get $key)
                    (call $term_get_tuple_element_12 (local.get $keys) (local.get $at))
                    (i32.const 1) (local.get $vm)))
              (then (return (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next))
          (unreachable))
        (func (export "put") (param i32 i32) (result i32)
          (i32.store offset=256 (i32.shl (local.get 0) (i32.const 2)) (local.get 1)) (i32.const 0))
        (func (export "find") (param i32 i32) (result i32)
          (call $term_find_map_pos_3 (local.get 0) (local.get 1) (i32.const 0)))
        (func (export "compared") (result i32) (global.get $compared) (global.set $compared (i32.const 0)))"#;

    fn map(keys: &[i32]) -> impl Fn(i32) -> (i32, i32) + use<> {
        let vm = Running::after(&format!("(module {VM})"), shorten).unwrap();
        let said = "1 searches of a map compare less";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        for (at, &key) in (0..).zip(keys) {
            vm.call("put", &[at, key]);
        }
        let size = i32::try_from(keys.len()).unwrap();
        move |key| (vm.call("find", &[size, key]), vm.call("compared", &[]))
    }

    const fn one_word(n: i32) -> i32 {
        n << 2 | ONE_WORD
    }

    const fn boxed(n: i32) -> i32 {
        n << 2 | 2
    }

    #[test]
    fn a_key_of_one_word_is_found_without_a_comparison() {
        let find = map(&[one_word(9), one_word(4), boxed(4)]);
        assert_eq!(find(one_word(9)), (0, 0));
        assert_eq!(find(one_word(4)), (1, 0));
        assert_eq!(find(one_word(5)), (-1, 0));
    }

    #[test]
    fn another_key_is_found_by_halves() {
        let keys: Vec<i32> = (0..1000).map(|n| boxed(n * 2)).collect();
        let find = map(&keys);
        for at in 0..1000 {
            let (found, compared) = find(boxed(at * 2));
            assert_eq!(found, at);
            assert!(compared <= 10, "{compared}");
        }
        assert_eq!(find(boxed(777)).0, -1);
        assert_eq!(map(&[])(boxed(1)), (-1, 0));
    }

    #[test]
    fn a_map_whose_keys_are_out_of_order_is_searched_whole() {
        let keys = [boxed(9), boxed(1), boxed(5), boxed(3)];
        let find = map(&keys);
        for (at, key) in (0..).zip(keys) {
            assert_eq!(find(key).0, at);
        }
        assert_eq!(find(boxed(4)).0, -1);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let run = |text: &str| Running::after(&format!("(module {text})"), shorten);
        let vm = run(&VM.replace("$term_find_map_pos", "$f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for part in ["map_keys", "tuple_arity", "tuple_element"] {
            assert!(run(&VM.replace(part, "f")).is_err());
        }
        assert!(run(&VM.replace("$term_compare", "$compare")).is_err());
    }
}
