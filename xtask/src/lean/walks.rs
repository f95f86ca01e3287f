//! Ways through a table. The VM's lookup answers every key with the objects of that key; here a key that begins with
//! the empty tuple asks for more, see [`Walk`]. The overlay of `ets` keeps these from whoever has such keys.

use walrus::ir::{BinaryOp, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, MemoryId, Module, ValType};

use super::tables::{
    CHAINS, FIRST_CHAIN, LOAD, NEWEST, NEXT, OLDER, Parts, STORE, TAG, TUPLE, at, each,
};

/// The lowest two bits of a pointer; how much the first word of a tuple grows with each element, from 0; how many bits
/// lie below the value of a small integer; the empty list.
const BOXED: i32 = 2;
const ELEMENT: i32 = 64;
const SMALL_BITS: i32 = 4;
const NIL: i32 = 59;

/// What a lookup says: that it is done, or that there is no memory.
const DONE: i32 = 0;
const NO_MEMORY: i32 = 7;

/// What a key that holds the empty tuple asks for, by its elements.
#[derive(Clone, Copy)]
enum Walk {
    /// `{}`: every object.
    All,
    /// `{{}}`: as many empty lists as there are objects.
    Count,
    /// `{{}, Key}`: the objects of the key's chain, an empty list, the objects of the next chain that has some.
    Beside,
    /// `{{}, _, _}`: an empty list, the objects of the first chain that has some.
    First,
    /// `{{}, Number, _, _}`: the objects of the chain of that number.
    Chain,
}

impl Walk {
    const EACH: [Walk; 5] = [
        Walk::All,
        Walk::Count,
        Walk::Beside,
        Walk::First,
        Walk::Chain,
    ];

    /// The first word of such a key.
    fn header(self) -> i32 {
        ELEMENT * self as i32
    }
}

/// term → the first word of what it points to; -1, which is none, where it is no pointer.
fn header(module: &mut Module, memory: MemoryId) -> FunctionId {
    use ValType::I32;
    let term = module.locals.add(I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(term).i32_const(TAG).binop(BinaryOp::I32And);
    code.i32_const(BOXED).binop(BinaryOp::I32Eq).if_else(
        I32,
        |code| {
            code.local_get(term)
                .i32_const(BOXED)
                .binop(BinaryOp::I32Sub);
            code.load(memory, LOAD, at(0));
        },
        |code| {
            code.i32_const(-1);
        },
    );
    builder.finish(vec![term], &mut module.funcs)
}

/// (table, chain, end, leave at the first object's chain?, what instead of the object or 0, array or 0, found before)
/// → how many were found: goes through chains and writes what is there into the array.
fn gather(module: &mut Module, memory: MemoryId) -> FunctionId {
    use ValType::I32;
    let [table, chain, end, is_short, instead, array, found] =
        [(); 7].map(|()| module.locals.add(I32));
    let [before, link, entry] = [(); 3].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 7], &[I32]);
    let mut code = builder.func_body();
    code.local_get(found).local_set(before);
    code.block(None, |code| {
        let done = code.id();
        code.loop_(None, |code| {
            let again = code.id();
            code.local_get(chain)
                .local_get(end)
                .binop(BinaryOp::I32GeU)
                .br_if(done);
            code.local_get(found)
                .local_get(before)
                .binop(BinaryOp::I32Ne);
            code.local_get(is_short).binop(BinaryOp::I32And).br_if(done);
            code.local_get(table)
                .local_get(chain)
                .i32_const(2)
                .binop(BinaryOp::I32Shl);
            code.binop(BinaryOp::I32Add)
                .load(memory, LOAD, at(FIRST_CHAIN as u64))
                .local_set(link);
            each(code, link, |code| {
                code.local_get(link)
                    .load(memory, LOAD, NEWEST)
                    .local_set(entry);
                each(code, entry, |code| {
                    code.local_get(array).if_else(
                        None,
                        |code| {
                            code.local_get(array)
                                .local_get(found)
                                .i32_const(2)
                                .binop(BinaryOp::I32Shl);
                            code.binop(BinaryOp::I32Add);
                            code.local_get(instead)
                                .local_get(entry)
                                .load(memory, LOAD, TUPLE);
                            code.local_get(instead).select(Some(I32));
                            code.store(memory, STORE, at(0));
                        },
                        |_| {},
                    );
                    code.local_get(found)
                        .i32_const(1)
                        .binop(BinaryOp::I32Add)
                        .local_set(found);
                    code.local_get(entry)
                        .load(memory, LOAD, OLDER)
                        .local_set(entry);
                });
                code.local_get(link)
                    .load(memory, LOAD, NEXT)
                    .local_set(link);
            });
            code.local_get(chain)
                .i32_const(1)
                .binop(BinaryOp::I32Add)
                .local_set(chain);
            code.br(again);
        });
    });
    code.local_get(found);
    builder.finish(
        vec![table, chain, end, is_short, instead, array, found],
        &mut module.funcs,
    )
}

/// (table, key, its first word, array or 0, VM) → how many the walk that the key asks for found.
fn walk(module: &mut Module, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let gather = gather(module, parts.memory);
    let memory = parts.memory;
    let [table, key, header, array, vm] = [(); 5].map(|()| module.locals.add(I32));
    let [chain, found] = [(); 2].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 5], &[I32]);
    let mut code = builder.func_body();
    let element = move |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(key)
            .load(memory, LOAD, at(2 * 4 - BOXED as u64));
    };
    // The list between the objects of two chains.
    let separate = move |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(array).if_else(
            None,
            |code| {
                code.local_get(array)
                    .local_get(found)
                    .i32_const(2)
                    .binop(BinaryOp::I32Shl);
                code.binop(BinaryOp::I32Add)
                    .i32_const(NIL)
                    .store(memory, STORE, at(0));
            },
            |_| {},
        );
        code.local_get(found)
            .i32_const(1)
            .binop(BinaryOp::I32Add)
            .local_set(found);
    };
    // One chain, or from one on until one has objects.
    let one = move |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(table).local_get(chain);
        code.local_get(chain).i32_const(1).binop(BinaryOp::I32Add);
        code.i32_const(0)
            .i32_const(0)
            .local_get(array)
            .local_get(found)
            .call(gather);
    };
    let some = move |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(table)
            .local_get(chain)
            .i32_const(CHAINS)
            .i32_const(1)
            .i32_const(0);
        code.local_get(array).local_get(found).call(gather);
    };
    let whole = move |code: &mut InstrSeqBuilder<'_>, instead: i32| {
        code.local_get(table)
            .i32_const(0)
            .i32_const(CHAINS)
            .i32_const(0)
            .i32_const(instead);
        code.local_get(array).i32_const(0).call(gather);
    };
    for kind in Walk::EACH {
        code.local_get(header)
            .i32_const(kind.header())
            .binop(BinaryOp::I32Eq)
            .if_else(
                None,
                |code| {
                    match kind {
                        Walk::All => whole(code, 0),
                        Walk::Count => whole(code, NIL),
                        Walk::Beside => {
                            element(code);
                            code.local_get(vm).call(parts.hash);
                            code.i32_const(CHAINS - 1)
                                .binop(BinaryOp::I32And)
                                .local_set(chain);
                            one(code);
                            code.local_set(found);
                            separate(code);
                            code.local_get(chain)
                                .i32_const(1)
                                .binop(BinaryOp::I32Add)
                                .local_set(chain);
                            some(code);
                        }
                        Walk::First => {
                            separate(code);
                            some(code);
                        }
                        Walk::Chain => {
                            element(code);
                            code.i32_const(SMALL_BITS).binop(BinaryOp::I32ShrU);
                            code.i32_const(CHAINS - 1)
                                .binop(BinaryOp::I32And)
                                .local_set(chain);
                            one(code);
                        }
                    }
                    code.return_();
                },
                |_| {},
            );
    }
    code.i32_const(0);
    builder.finish(vec![table, key, header, array, vm], &mut module.funcs)
}

/// The lookup (table, key, where to put the array of tuples, where to put their number, VM) → what it says, with the
/// walks in front of it. Each walk counts first, and goes the same way again to write what is there.
pub fn before(module: &mut Module, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let memory = parts.memory;
    let header = header(module, memory);
    let walk = walk(module, parts);
    let [table, key, tuples, count, vm] = [(); 5].map(|()| module.locals.add(I32));
    let [word, found, array] = [(); 3].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 5], &[I32]);
    let mut code = builder.func_body();
    code.block(None, |code| {
        let plain = code.id();
        // Whoever wants no tuples asks only whether the key is there.
        code.local_get(tuples).unop(UnaryOp::I32Eqz).br_if(plain);
        code.local_get(key).call(header).local_tee(word);
        code.i32_const(Walk::Chain.header())
            .binop(BinaryOp::I32GtU)
            .br_if(plain);
        code.local_get(word)
            .i32_const(ELEMENT - 1)
            .binop(BinaryOp::I32And)
            .br_if(plain);
        code.local_get(word).if_else(
            None,
            |code| {
                code.local_get(key)
                    .load(memory, LOAD, at(4 - BOXED as u64))
                    .call(header);
                code.br_if(plain);
            },
            |_| {},
        );
        code.local_get(table)
            .local_get(key)
            .local_get(word)
            .i32_const(0)
            .local_get(vm);
        code.call(walk).local_set(found);
        code.local_get(count)
            .local_get(found)
            .store(memory, STORE, at(0));
        code.local_get(found).if_else(
            None,
            |code| {
                code.local_get(found)
                    .i32_const(2)
                    .binop(BinaryOp::I32Shl)
                    .call(parts.allocate);
                code.local_tee(array).unop(UnaryOp::I32Eqz).if_else(
                    None,
                    |code| {
                        code.i32_const(NO_MEMORY).return_();
                    },
                    |_| {},
                );
                code.local_get(table)
                    .local_get(key)
                    .local_get(word)
                    .local_get(array)
                    .local_get(vm);
                code.call(walk).drop();
            },
            |_| {},
        );
        code.local_get(tuples)
            .local_get(array)
            .store(memory, STORE, at(0));
        code.i32_const(DONE).return_();
    });
    for local in [table, key, tuples, count, vm] {
        code.local_get(local);
    }
    code.call(parts.lookup);
    builder.finish(vec![table, key, tuples, count, vm], &mut module.funcs)
}
