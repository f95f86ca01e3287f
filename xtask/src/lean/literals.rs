//! Literals kept. The VM decodes a literal anew at each use, into a fragment beside the process's heap, and collects
//! the whole heap at the next allocation because a fragment is there: a program with a large heap spends its time in
//! copying that heap for each constant it mentions. Here the first use of a literal on a thread puts a copy beside
//! all heaps, where no collector moves it, and every later use is a look into a table.
//!
//! A literal is known by where its encoded form lies: the VM keeps the code of every module that has run. The table
//! belongs to the thread, since globals do, so it needs no lock.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, LoadKind, MemArg, StoreKind, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, Module, ValType};

use super::Outcome;
use super::operands::{SPREAD, ZEROED, call_instead, memory, named, variable};

/// Decodes a literal: (where, bytes, process) → term, or 0 where it cannot.
const DECODE: &str = "external_term_from_const_literal";
/// How many words a term takes: term → words.
const WORDS: &str = "memory_estimate_usage";
/// Copies a term: (storage, where to put the storage's end, term) → the copy. The storage's first word is a header.
const COPY: &str = "memory_copy_term_tree_to_storage";

/// Entries of a thread's table: a power of two. Each is two words, where the literal lies and its term.
const ENTRIES_LOG2: i32 = 15;
const ENTRIES: i32 = 1 << ENTRIES_LOG2;
/// As many are taken at most; what comes then is decoded at each use, as before.
const FULL: i32 = ENTRIES / 4 * 3;
/// Bytes beyond a copy's own words: the header, and room for the end that `COPY` tells.
const BESIDES: i32 = 16;

const WORD: MemArg = MemArg {
    align: 4,
    offset: 0,
};
const TERM: MemArg = MemArg {
    align: 4,
    offset: 4,
};

/// Puts a table in front of the decoder.
pub fn keep(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(decode) = named(module, DECODE, &[I32, I32, I32], &[I32])? else {
        return Ok(Outcome::NotNeeded(
            "no function of the name decodes literals",
        ));
    };
    let helper = |name, params| match named(module, name, params, &[I32])? {
        Some(function) => Ok(function),
        None => bail!("literals are decoded, but there is no {name}"),
    };
    let helpers = Helpers {
        decode,
        words: helper(WORDS, &[I32])?,
        copy: helper(COPY, &[I32, I32, I32])?,
        zeroed: helper(ZEROED, &[I32, I32])?,
    };
    let count = call_instead(module, decode, |module| kept(module, &helpers))?;
    Ok(Outcome::Done(format!(
        "{count} callers of the decoder look into a table first"
    )))
}

struct Helpers {
    decode: FunctionId,
    words: FunctionId,
    copy: FunctionId,
    zeroed: FunctionId,
}

/// The decoder with a table in front of it.
fn kept(module: &mut Module, helpers: &Helpers) -> Result<FunctionId> {
    use ValType::I32;
    let memory = memory(module)?;
    let table = variable(module);
    let taken = variable(module);
    let [place, bytes, process, entry, term, storage] = [(); 6].map(|()| module.locals.add(I32));
    let decode = |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(place)
            .local_get(bytes)
            .local_get(process)
            .call(helpers.decode);
    };
    let load = LoadKind::I32 { atomic: false };
    let store = StoreKind::I32 { atomic: false };

    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32, I32], &[I32]);
    let mut code = builder.func_body();
    // The thread's first literal makes its table.
    code.global_get(table).unop(UnaryOp::I32Eqz).if_else(
        None,
        |code| {
            code.i32_const(ENTRIES)
                .i32_const(8)
                .call(helpers.zeroed)
                .global_set(table);
            code.global_get(table).unop(UnaryOp::I32Eqz).if_else(
                None,
                |code| {
                    decode(code);
                    code.return_();
                },
                |_| {},
            );
        },
        |_| {},
    );
    // From where its place leads to, entry by entry, until one is this literal's or free. Some always are.
    code.local_get(place)
        .i32_const(SPREAD)
        .binop(BinaryOp::I32Mul);
    code.i32_const(32 - ENTRIES_LOG2)
        .binop(BinaryOp::I32ShrU)
        .local_set(storage);
    code.loop_(None, |code| {
        let again = code.id();
        code.global_get(table)
            .local_get(storage)
            .i32_const(3)
            .binop(BinaryOp::I32Shl);
        code.binop(BinaryOp::I32Add)
            .local_tee(entry)
            .load(memory, load, WORD)
            .local_tee(term);
        code.local_get(place).binop(BinaryOp::I32Eq).if_else(
            None,
            |code| {
                code.local_get(entry).load(memory, load, TERM).return_();
            },
            |_| {},
        );
        code.local_get(storage).i32_const(1).binop(BinaryOp::I32Add);
        code.i32_const(ENTRIES - 1)
            .binop(BinaryOp::I32And)
            .local_set(storage);
        code.local_get(term).br_if(again);
    });
    decode(&mut code);
    code.local_tee(term).unop(UnaryOp::I32Eqz);
    code.global_get(taken)
        .i32_const(FULL)
        .binop(BinaryOp::I32GeU)
        .binop(BinaryOp::I32Or);
    code.if_else(
        None,
        |code| {
            code.local_get(term).return_();
        },
        |_| {},
    );
    // The copy, with its end told behind it, where nobody looks.
    code.local_get(term)
        .call(helpers.words)
        .i32_const(2)
        .binop(BinaryOp::I32Shl)
        .local_tee(bytes);
    code.i32_const(BESIDES)
        .binop(BinaryOp::I32Add)
        .i32_const(1)
        .call(helpers.zeroed);
    code.local_tee(storage).unop(UnaryOp::I32Eqz).if_else(
        None,
        |code| {
            code.local_get(term).return_();
        },
        |_| {},
    );
    code.local_get(entry);
    code.local_get(storage);
    code.local_get(storage)
        .local_get(bytes)
        .binop(BinaryOp::I32Add);
    code.i32_const(BESIDES - 4).binop(BinaryOp::I32Add);
    code.local_get(term)
        .call(helpers.copy)
        .local_tee(term)
        .store(memory, store, TERM);
    code.local_get(entry)
        .local_get(place)
        .store(memory, store, WORD);
    code.global_get(taken)
        .i32_const(1)
        .binop(BinaryOp::I32Add)
        .global_set(taken);
    code.local_get(term);
    Ok(builder.finish(vec![place, bytes, process], &mut module.funcs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A decoder that counts its calls, and a copy that differs from what was copied.
    const VM: &str = r#"
        (memory 64)
        (global $free (mut i32) (i32.const 8))
        (global $decoded (mut i32) (i32.const 0))
        (func $emscripten_builtin_calloc (param i32 i32) (result i32)
          (global.get $free)
          (global.set $free (i32.add (global.get $free) (i32.mul (local.get 0) (local.get 1)))))
        (func $external_term_from_const_literal (param i32 i32 i32) (result i32)
          (global.set $decoded (i32.add (global.get $decoded) (i32.const 1)))
          (if (result i32) (local.get 1) (then (i32.mul (local.get 0) (i32.const 2))) (else (i32.const 0))))
        (func $memory_estimate_usage (param i32) (result i32) (i32.const 3))
        (func $memory_copy_term_tree_to_storage (param i32 i32 i32) (result i32)
          (i32.store (local.get 1) (i32.const -1))
          (i32.store offset=12 (local.get 0) (i32.const -1))
          (i32.add (local.get 2) (i32.const 1)))
        (func (export "literal") (param i32 i32) (result i32)
          (call $external_term_from_const_literal (local.get 0) (local.get 1) (i32.const 0)))
        (func (export "decoded") (result i32) (global.get $decoded))"#;

    fn run() -> Running {
        Running::after(&format!("(module {VM})"), keep).unwrap()
    }

    #[test]
    fn a_literal_is_decoded_once_and_given_out_as_its_copy() {
        let vm = run();
        let said = "1 callers of the decoder look into a table first";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        for _ in 0..3 {
            assert_eq!(vm.call("literal", &[100, 8]), 201);
            assert_eq!(vm.call("literal", &[104, 8]), 209);
        }
        assert_eq!(vm.call("decoded", &[]), 2);
    }

    #[test]
    fn what_cannot_be_decoded_is_not_kept() {
        let vm = run();
        assert_eq!(vm.call("literal", &[100, 0]), 0);
        assert_eq!(vm.call("literal", &[100, 8]), 201);
        assert_eq!(vm.call("decoded", &[]), 2);
    }

    #[test]
    fn a_full_table_goes_on_answering_and_the_rest_is_decoded_each_time() {
        let vm = run();
        for _ in 0..2 {
            for at in 1..=FULL {
                assert_eq!(vm.call("literal", &[at * 4, 8]), at * 8 + 1);
            }
        }
        assert_eq!(vm.call("decoded", &[]), FULL);
        for _ in 0..2 {
            let at = (FULL + 1) * 4;
            assert_eq!(vm.call("literal", &[at, 8]), at * 2);
        }
        assert_eq!(vm.call("decoded", &[]), FULL + 2);
    }

    #[test]
    fn without_memory_everything_is_decoded_as_before() {
        let none = "(func $emscripten_builtin_calloc (param i32 i32) (result i32) (i32.const 0))";
        let text = VM.replace("(func $emscripten_builtin_calloc", "(func $unused");
        let vm = Running::after(&format!("(module {text} {none})"), keep).unwrap();
        assert_eq!(vm.call("literal", &[100, 8]), 200);
        assert_eq!(vm.call("literal", &[100, 8]), 200);
        assert_eq!(vm.call("decoded", &[]), 2);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let text = VM.replace(DECODE, "f");
        let vm = Running::after(&format!("(module {text})"), keep).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for name in [WORDS, COPY, ZEROED] {
            let text = VM.replace(name, "f");
            assert!(Running::after(&format!("(module {text})"), keep).is_err());
        }
        let other_type = VM.replace(
            "$memory_estimate_usage (param i32)",
            "$memory_estimate_usage (param i64)",
        );
        assert!(Running::after(&format!("(module {other_type})"), keep).is_err());
    }
}
