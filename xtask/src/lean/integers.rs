//! Large integers kept. An integer of more than 28 bits that the code mentions is decoded anew at each use, into a
//! fragment beside the process's heap, and the next allocation collects the whole heap because a fragment is there, as
//! with literals: arithmetic on 58 bits, such as that of `rand`, grew slower with all that the process kept.

use anyhow::Result;
use walrus::ir::{BinaryOp, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, Module, ValType};

use super::Outcome;
use super::kept::{self, Kept, LOAD, STORE, WORD, when};

/// Decodes an integer: (process, bytes, where it is kept where the integer lies) → term, or 0. Moves the place on
/// behind the integer.
const DECODE: &str = "large_integer_to_term";
/// Bytes beyond a copy's own words: where the integer ends, the header, and room for the copy's end.
const BESIDES: i32 = 20;
/// From the start of what is kept to its copy, and the lowest bits of a term that points to one.
const COPY_AT: i32 = 8;
const BOXED: i32 = 2;
const TAG: i32 = 3;

/// Puts a table in front of the decoder.
pub fn keep(module: &mut Module) -> Result<Outcome> {
    kept::in_front(
        module,
        DECODE,
        "no function of the name decodes integers",
        keeping,
    )
}

/// The decoder with a table in front of it.
fn keeping(module: &mut Module, decode: FunctionId, kept: &Kept) -> FunctionId {
    use ValType::I32;
    let [process, bytes, cursor, place, entry, term, block] =
        [(); 7].map(|()| module.locals.add(I32));
    let decode = |code: &mut InstrSeqBuilder<'_>| {
        code.local_get(process).local_get(bytes);
        code.local_get(cursor).call(decode);
    };
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32, I32], &[I32]);
    let mut code = builder.func_body();
    kept.open(&mut code, |code| {
        decode(code);
        code.return_();
    });
    code.local_get(cursor)
        .load(kept.memory, LOAD, WORD)
        .local_set(place);
    kept.find(&mut code, [place, entry, block, term], |code| {
        code.local_set(term).local_get(cursor);
        code.local_get(term)
            .i32_const(COPY_AT + BOXED)
            .binop(BinaryOp::I32Sub);
        code.load(kept.memory, LOAD, WORD)
            .store(kept.memory, STORE, WORD);
        code.local_get(term).return_();
    });
    decode(&mut code);
    // One that fits into a word after all, or none, needs no copy.
    code.local_tee(term).i32_const(TAG).binop(BinaryOp::I32And);
    code.i32_const(BOXED).binop(BinaryOp::I32Ne);
    kept.is_full(&mut code);
    when(code.binop(BinaryOp::I32Or), |code| {
        code.local_get(term).return_();
    });
    code.local_get(term).call(kept.words).i32_const(2);
    code.binop(BinaryOp::I32Shl).local_tee(bytes);
    code.i32_const(BESIDES).binop(BinaryOp::I32Add);
    code.i32_const(1).call(kept.zeroed).local_tee(block);
    when(code.unop(UnaryOp::I32Eqz), |code| {
        code.local_get(term).return_();
    });
    code.local_get(block);
    code.local_get(cursor)
        .load(kept.memory, LOAD, WORD)
        .store(kept.memory, STORE, WORD);
    code.local_get(block).i32_const(4).binop(BinaryOp::I32Add);
    code.local_get(block)
        .local_get(bytes)
        .binop(BinaryOp::I32Add);
    code.i32_const(BESIDES - 4).binop(BinaryOp::I32Add);
    code.local_get(term).call(kept.copy).local_tee(term);
    code.local_get(block)
        .i32_const(COPY_AT + BOXED)
        .binop(BinaryOp::I32Add);
    when(code.binop(BinaryOp::I32Eq), |code| {
        kept.put(code, [place, entry, term]);
    });
    code.local_get(term);
    builder.finish(vec![process, bytes, cursor], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A decoder that counts its calls: an integer is where it lies, an odd one fits into a word, and it is as long as
    /// it is told to be. Boxed ones go to 64 and their copies to the storage's second word.
    const VM: &str = r#"
        (memory 64)
        (global $free (mut i32) (i32.const 80))
        (global $decoded (mut i32) (i32.const 0))
        (func $emscripten_builtin_calloc (param i32 i32) (result i32)
          (global.get $free)
          (global.set $free (i32.add (global.get $free) (i32.mul (local.get 0) (local.get 1)))))
        (func $large_integer_to_term (param i32 i32 i32) (result i32) (local $place i32)
          (global.set $decoded (i32.add (global.get $decoded) (i32.const 1)))
          (local.set $place (i32.load (local.get 2)))
          (i32.store (local.get 2) (i32.add (local.get $place) (local.get 1)))
          (i32.store (i32.const 64) (local.get $place))
          (select (i32.const 15) (i32.const 66) (i32.and (local.get $place) (i32.const 1))))
        (func $memory_estimate_usage (param i32) (result i32) (i32.const 1))
        (func $memory_copy_term_tree_to_storage (param i32 i32 i32) (result i32)
          (i32.store (local.get 0) (i32.const 59))
          (i32.store offset=4 (local.get 0) (i32.load (i32.sub (local.get 2) (i32.const 2))))
          (i32.store (local.get 1) (i32.const -1))
          (i32.add (local.get 0) (i32.const 6)))
        (func $at (param i32 i32) (result i32)
          (i32.store (i32.const 40) (local.get 0))
          (call $large_integer_to_term (i32.const 0) (local.get 1) (i32.const 40)))
        (func (export "integer") (param i32 i32) (result i32) (local $term i32)
          (local.set $term (call $at (local.get 0) (local.get 1)))
          (if (result i32) (i32.and (local.get $term) (i32.const 1))
            (then (local.get $term))
            (else (i32.load (i32.sub (local.get $term) (i32.const 2))))))
        (func (export "moved_to") (result i32) (i32.load (i32.const 40)))
        (func (export "decoded") (result i32) (global.get $decoded))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), keep)
    }

    #[test]
    fn an_integer_is_decoded_once_and_the_place_moves_on_each_time() {
        let vm = run(VM).unwrap();
        let said = "1 callers of the decoder look into a table first";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        for _ in 0..3 {
            for (place, bytes) in [(1000, 5), (2000, 8), (3000, 17)] {
                assert_eq!(vm.call("integer", &[place, bytes]), place);
                assert_eq!(vm.call("moved_to", &[]), place + bytes);
            }
        }
        assert_eq!(vm.call("decoded", &[]), 3);
    }

    #[test]
    fn one_that_fits_into_a_word_is_not_kept() {
        let vm = run(VM).unwrap();
        for _ in 0..2 {
            assert_eq!(vm.call("integer", &[1001, 4]), 15);
            assert_eq!(vm.call("moved_to", &[]), 1005);
        }
        assert_eq!(vm.call("decoded", &[]), 2);
    }

    #[test]
    fn without_memory_each_is_decoded() {
        let none = "(func $emscripten_builtin_calloc (param i32 i32) (result i32) (i32.const 0))";
        let text = VM.replace("(func $emscripten_builtin_calloc", "(func $unused");
        let vm = run(&format!("{text} {none}")).unwrap();
        for _ in 0..2 {
            assert_eq!(vm.call("integer", &[1000, 5]), 1000);
            assert_eq!(vm.call("moved_to", &[]), 1005);
        }
        assert_eq!(vm.call("decoded", &[]), 2);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(DECODE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace("memory_estimate_usage", "f")).is_err());
    }
}
