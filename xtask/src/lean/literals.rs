//! Literals kept. The VM decodes a literal anew at each use, into a fragment beside the process's heap, and collects
//! the whole heap at the next allocation because a fragment is there: a program with a large heap spends its time in
//! copying that heap for each constant it mentions. Here the first use of a literal on a thread puts a copy beside
//! all heaps, and every later use is a look into a table.

use anyhow::Result;
use walrus::ir::{BinaryOp, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, Module, ValType};

use super::Outcome;
use super::kept::{self, Kept, when};

/// Decodes a literal: (where, bytes, process) → term, or 0 where it cannot.
const DECODE: &str = "external_term_from_const_literal";
/// Bytes beyond a copy's own words: the header, and room for the end that the copy's maker tells.
const BESIDES: i32 = 16;

/// Puts a table in front of the decoder.
pub fn keep(module: &mut Module) -> Result<Outcome> {
    kept::in_front(
        module,
        DECODE,
        "no function of the name decodes literals",
        keeping,
    )
}

/// The decoder with a table in front of it.
fn keeping(module: &mut Module, decode: FunctionId, kept: &Kept) -> FunctionId {
    use ValType::I32;
    let [place, bytes, process, entry, term, storage] = [(); 6].map(|()| module.locals.add(I32));
    let decode = |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(place).local_get(bytes);
        code.local_get(process).call(decode);
    };
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32, I32], &[I32]);
    let mut code = builder.func_body();
    kept.open(&mut code, |code| {
        decode(code);
        code.return_();
    });
    kept.find(&mut code, [place, entry, storage, term], |code| {
        code.return_();
    });
    decode(&mut code);
    code.local_tee(term).unop(UnaryOp::I32Eqz);
    kept.is_full(&mut code);
    when(code.binop(BinaryOp::I32Or), |code| {
        code.local_get(term).return_();
    });
    // The copy, with its end told behind it, where nobody looks.
    code.local_get(term).call(kept.words).i32_const(2);
    code.binop(BinaryOp::I32Shl).local_tee(bytes);
    code.i32_const(BESIDES).binop(BinaryOp::I32Add);
    code.i32_const(1).call(kept.zeroed).local_tee(storage);
    when(code.unop(UnaryOp::I32Eqz), |code| {
        code.local_get(term).return_();
    });
    code.local_get(storage);
    code.local_get(storage)
        .local_get(bytes)
        .binop(BinaryOp::I32Add);
    code.i32_const(BESIDES - 4).binop(BinaryOp::I32Add);
    code.local_get(term).call(kept.copy).local_set(term);
    kept.put(&mut code, [place, entry, term]);
    code.local_get(term);
    builder.finish(vec![place, bytes, process], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;
    use crate::lean::kept::FULL;

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
        for name in [
            "memory_estimate_usage",
            "memory_copy_term_tree_to_storage",
            "emscripten_builtin_calloc",
        ] {
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
