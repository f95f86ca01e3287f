//! Tables (`ets`) that grow. The VM sorts the objects of a table into 16 chains, however many there are, and goes
//! through all of them whenever an object replaces another; and it cannot say what is in a table. Here a table has a
//! thousand chains, only what was inserted is looked at, keys of one word are compared as words, and the module
//! `walks` makes ways through a table.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use walrus::ir::{
    BinaryOp, Call, Const, Instr, LoadKind, LocalGet, MemArg, StoreKind, UnaryOp, Value,
};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, LocalId, MemoryId, Module, ValType};

use super::operands::{
    ZEROED, bodies, body, body_mut, call_instead, constant, memory, named, replace, sequences,
};
use super::{Outcome, walks};

/// Chains of a table, before and after: powers of two.
const BEFORE: i32 = 16;
pub const CHAINS: i32 = 1024;

/// A table is its type, the place of the key and then its chains. A link of a chain leads to the next and to the
/// newest object of its key; an object's entry to an older one of the same key, and to the tuple.
const TYPE: MemArg = at(0);
const KEY_PLACE: MemArg = at(4);
pub const FIRST_CHAIN: i32 = 8;
pub const NEXT: MemArg = at(0);
pub const NEWEST: MemArg = at(4);
pub const OLDER: MemArg = at(0);
pub const TUPLE: MemArg = at(4);

/// The lowest two bits of a term, and what they are in a term of one word.
pub const TAG: i32 = 3;
const ONE_WORD: i32 = 3;

/// What a comparison says: that the terms are equal, or that they are not.
const EQUAL: i32 = 1;
const GREATER: i32 = 4;

pub const LOAD: LoadKind = LoadKind::I32 { atomic: false };
pub const STORE: StoreKind = StoreKind::I32 { atomic: false };

pub const fn at(offset: u64) -> MemArg {
    MemArg { align: 4, offset }
}

/// The VM's own functions for tables.
pub struct Parts {
    new: FunctionId,
    delete: FunctionId,
    pub lookup: FunctionId,
    insert: FunctionId,
    to_single: FunctionId,
    revert: FunctionId,
    find: FunctionId,
    compare: FunctionId,
    pub hash: FunctionId,
    delete_link: FunctionId,
    delete_entry: FunctionId,
    pub allocate: FunctionId,
    zeroed: FunctionId,
    free: FunctionId,
    pub memory: MemoryId,
}

/// Gives tables more chains, and ways through them.
pub fn grow(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(lookup) = named(module, "ets_multimap_lookup", &[I32; 5], &[I32])? else {
        return Ok(Outcome::NotNeeded(
            "no function of the name looks into tables",
        ));
    };
    let function = |name: &str, takes: usize, gives: usize| {
        let found = named(module, name, &[I32; 5][..takes], &[I32; 1][..gives])?;
        found.with_context(|| format!("there are tables, but there is no {name}"))
    };
    let parts = Parts {
        new: function("ets_multimap_new", 2, 1)?,
        delete: function("ets_multimap_delete", 2, 0)?,
        lookup,
        insert: function("ets_multimap_insert", 4, 1)?,
        to_single: function("multimap_to_single", 2, 0)?,
        revert: function("insert_revert", 4, 0)?,
        find: function("node_find", 4, 1)?,
        compare: function("term_compare", 4, 1)?,
        hash: function("hash_term", 2, 1)?,
        delete_link: function("node_delete", 2, 0)?,
        delete_entry: function("entry_delete", 2, 0)?,
        allocate: function("emscripten_builtin_malloc", 1, 1)?,
        zeroed: function(ZEROED, 2, 1)?,
        free: function("emscripten_builtin_free", 1, 0)?,
        memory: memory(module)?,
    };
    let chosen = choose_among(module, &parts)?;
    lengthen(module, parts.to_single)?;
    lengthen(module, parts.revert)?;
    replace_newest_only(module, &parts)?;
    compare_words_first(module, &parts)?;
    let made = call_instead(module, parts.new, |module| Ok(new(module, &parts)))?;
    call_instead(module, parts.delete, |module| Ok(delete(module, &parts)))?;
    let looked = call_instead(module, parts.lookup, |module| {
        Ok(walks::before(module, &parts))
    })?;
    if made != 1 || chosen != 4 {
        bail!("tables are made in {made} places and a chain is chosen in {chosen}");
    }
    Ok(Outcome::Done(format!(
        "tables of {CHAINS} chains, and {looked} lookups that can go through them"
    )))
}

/// Wherever a hash chooses a chain, it chooses among all; counts the places.
fn choose_among(module: &mut Module, parts: &Parts) -> Result<usize> {
    let mut chosen = 0;
    for id in bodies(module) {
        for seq in sequences(body(module, id)?) {
            let instrs = &mut body_mut(module, id)?.block_mut(seq).instrs;
            for place in 0..instrs.len().saturating_sub(2) {
                let is_choice = matches!(&instrs[place].0, Instr::Call(call) if call.func == parts.hash)
                    && constant(&instrs[place + 1].0) == Some(BEFORE - 1)
                    && matches!(&instrs[place + 2].0, Instr::Binop(binop) if matches!(binop.op, BinaryOp::I32And));
                if is_choice {
                    set_constant(&mut instrs[place + 1].0, CHAINS - 1);
                    chosen += 1;
                }
            }
        }
    }
    Ok(chosen)
}

fn set_constant(instr: &mut Instr, value: i32) {
    *instr = Instr::Const(Const {
        value: Value::I32(value),
    });
}

/// A function that goes through all chains goes through the new ones as well.
fn lengthen(module: &mut Module, function: FunctionId) -> Result<()> {
    let mut found = 0;
    for seq in sequences(body(module, function)?) {
        let instrs = &mut body_mut(module, function)?.block_mut(seq).instrs;
        for place in 0..instrs.len().saturating_sub(1) {
            let is_end = constant(&instrs[place].0) == Some(BEFORE)
                && matches!(&instrs[place + 1].0, Instr::Binop(binop) if matches!(binop.op, BinaryOp::I32Ne));
            if is_end {
                set_constant(&mut instrs[place].0, CHAINS);
                found += 1;
            }
        }
    }
    match found {
        1 => Ok(()),
        _ => bail!("a function ends its way through the chains in {found} places"),
    }
}

/// Where one object was inserted into a table of single objects, only its own key can have another.
fn replace_newest_only(module: &mut Module, parts: &Parts) -> Result<()> {
    let (entries, count) = inserted(module, parts)?;
    let newest_only = newest_only(module, parts);
    let mut found = 0;
    for seq in sequences(body(module, parts.insert)?) {
        let block = body_mut(module, parts.insert)?.block_mut(seq);
        let is_call =
            |instr: &Instr| matches!(instr, Instr::Call(call) if call.func == parts.to_single);
        let places: Vec<usize> = (0..block.instrs.len())
            .filter(|&place| is_call(&block.instrs[place].0))
            .collect();
        found += places.len();
        let changes = places.into_iter().map(|place| {
            let instead = vec![
                Instr::LocalGet(LocalGet { local: entries }),
                Instr::LocalGet(LocalGet { local: count }),
                Instr::Call(Call { func: newest_only }),
            ];
            (place, instead)
        });
        replace(block, changes.collect::<HashMap<_, _>>());
    }
    match found {
        1 => Ok(()),
        _ => bail!("inserting calls multimap_to_single in {found} places"),
    }
}

/// The keys of a chain are compared as words where one of the two is of one word, as atoms and most integers are.
fn compare_words_first(module: &mut Module, parts: &Parts) -> Result<()> {
    use ValType::I32;
    let [key, other, how, vm] = [(); 4].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 4], &[I32]);
    let mut code = builder.func_body();
    code.local_get(key)
        .local_get(other)
        .binop(BinaryOp::I32Eq)
        .if_else(
            None,
            |code| {
                code.i32_const(EQUAL).return_();
            },
            |_| {},
        );
    for term in [key, other] {
        code.local_get(term).i32_const(TAG).binop(BinaryOp::I32And);
        code.i32_const(ONE_WORD).binop(BinaryOp::I32Eq).if_else(
            None,
            |code| {
                code.i32_const(GREATER).return_();
            },
            |_| {},
        );
    }
    code.local_get(key)
        .local_get(other)
        .local_get(how)
        .local_get(vm);
    code.call(parts.compare);
    let quick = builder.finish(vec![key, other, how, vm], &mut module.funcs);
    let mut found = 0;
    for seq in sequences(body(module, parts.find)?) {
        for (instr, _) in &mut body_mut(module, parts.find)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == parts.compare
            {
                call.func = quick;
                found += 1;
            }
        }
    }
    match found {
        1 => Ok(()),
        _ => bail!("a chain's keys are compared in {found} places"),
    }
}

/// The variables of `insert` that hold the array of new entries and their number.
fn inserted(module: &Module, parts: &Parts) -> Result<(LocalId, LocalId)> {
    let function = body(module, parts.insert)?;
    let count = function.args[2];
    for seq in sequences(function) {
        let instrs = &function.block(seq).instrs;
        for pair in instrs.windows(2) {
            if let (Instr::Call(call), Instr::LocalTee(tee)) = (&pair[0].0, &pair[1].0)
                && call.func == parts.allocate
            {
                return Ok((tee.local, count));
            }
        }
    }
    bail!("inserting does not keep its new entries as we know it")
}

/// (table, VM, entries, count): deletes what the only new entry replaces; of several, it looks for what each does.
fn newest_only(module: &mut Module, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let [table, vm, entries, count, entry, older] = [(); 6].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 4], &[]);
    let mut code = builder.func_body();
    code.local_get(count)
        .i32_const(1)
        .binop(BinaryOp::I32Ne)
        .if_else(
            None,
            |code| {
                code.local_get(table)
                    .local_get(vm)
                    .call(parts.to_single)
                    .return_();
            },
            |_| {},
        );
    code.local_get(entries)
        .load(parts.memory, LOAD, at(0))
        .local_tee(entries);
    code.load(parts.memory, LOAD, OLDER).local_set(entry);
    each(&mut code, entry, |code| {
        code.local_get(entry)
            .load(parts.memory, LOAD, OLDER)
            .local_set(older);
        code.local_get(entry).local_get(vm).call(parts.delete_entry);
        code.local_get(older).local_set(entry);
    });
    code.local_get(entries)
        .i32_const(0)
        .store(parts.memory, STORE, OLDER);
    builder.finish(vec![table, vm, entries, count], &mut module.funcs)
}

/// As long as the variable is not zero; the body has to change it.
pub fn each(
    code: &mut InstrSeqBuilder<'_>,
    local: LocalId,
    inside: impl FnOnce(&mut InstrSeqBuilder<'_>),
) {
    code.block(None, |code| {
        let end = code.id();
        code.loop_(None, |code| {
            let next = code.id();
            code.local_get(local).unop(UnaryOp::I32Eqz).br_if(end);
            inside(code);
            code.br(next);
        });
    });
}

/// (type, place of the key) → a table, or 0.
fn new(module: &mut Module, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let [kind, place, table] = [(); 3].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32], &[I32]);
    let mut code = builder.func_body();
    code.i32_const(FIRST_CHAIN + 4 * CHAINS)
        .i32_const(1)
        .call(parts.zeroed);
    code.local_tee(table).if_else(
        None,
        |code| {
            code.local_get(table)
                .local_get(kind)
                .store(parts.memory, STORE, TYPE);
            code.local_get(table)
                .local_get(place)
                .store(parts.memory, STORE, KEY_PLACE);
        },
        |_| {},
    );
    code.local_get(table);
    builder.finish(vec![kind, place], &mut module.funcs)
}

/// (table, VM): deletes all that is in the table, and the table.
fn delete(module: &mut Module, parts: &Parts) -> FunctionId {
    use ValType::I32;
    let [table, vm, chain, end, link, next] = [(); 6].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32], &[]);
    let mut code = builder.func_body();
    code.local_get(table)
        .i32_const(FIRST_CHAIN)
        .binop(BinaryOp::I32Add)
        .local_tee(chain);
    code.i32_const(4 * CHAINS)
        .binop(BinaryOp::I32Add)
        .local_set(end);
    code.loop_(None, |code| {
        let again = code.id();
        code.local_get(chain)
            .load(parts.memory, LOAD, at(0))
            .local_set(link);
        each(code, link, |code| {
            code.local_get(link)
                .load(parts.memory, LOAD, NEXT)
                .local_set(next);
            code.local_get(link).local_get(vm).call(parts.delete_link);
            code.local_get(next).local_set(link);
        });
        code.local_get(chain)
            .i32_const(4)
            .binop(BinaryOp::I32Add)
            .local_tee(chain);
        code.local_get(end).binop(BinaryOp::I32LtU).br_if(again);
    });
    code.local_get(table).call(parts.free);
    builder.finish(vec![table, vm], &mut module.funcs)
}
