//! Keys of maps found sooner. The VM compares a key with each key of the map in turn, as terms: two atoms by their
//! text. A key that is one word, such as an atom, equals another only if the words are the same, so a scan of words
//! finds it. Any other is looked for by halves, since a map's keys are sorted; what is not found that way is looked
//! for as before, since a map that was decoded keeps the order that it was encoded in.

use anyhow::{Context, Result};
use walrus::ir::{BinaryOp, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{bodies, body, call_instead, sequences};

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

/// Whether a function has that name, or one that was made of it to tell copies apart, such as `name_12`.
fn is_copy_of(found: Option<&str>, name: &str) -> bool {
    let rest = found.and_then(|found| found.strip_prefix(name));
    rest.is_some_and(|rest| {
        let number = rest.strip_prefix('_').unwrap_or(rest);
        number.bytes().all(|byte| byte.is_ascii_digit())
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
