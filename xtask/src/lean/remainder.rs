//! `rem` of large integers. The VM joins the sizes of its two operands, bit by bit, and takes what comes out as three
//! for a small integer and one of 64 bits; so it does with a larger integer that has three words. Here such a one
//! counts as four.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, is_copy_of, named, sequences};

/// (process, label, live, dividend, divisor) → remainder, where one of the two is no small integer.
const HELPER: &str = "rem_boxed_helper";
/// term → its words.
const SIZE: &str = "term_boxed_size";

/// Words of an integer of 64 bits, and what those of a larger one count for.
const WORDS: i32 = 2;
const LARGER: i32 = 4;

/// Lets the helper go by such sizes.
pub fn mend(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(helper) = named(module, HELPER, &[I32; 5], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name divides"));
    };
    let mut calls = Vec::new();
    for seq in sequences(body(module, helper)?) {
        for (at, (instr, _)) in body(module, helper)?.block(seq).instrs.iter().enumerate() {
            if let Instr::Call(call) = instr
                && is_copy_of(module.funcs.get(call.func).name.as_deref(), SIZE)
            {
                calls.push((seq, at, call.func));
            }
        }
    }
    let &[(_, _, size), (_, _, other)] = calls.as_slice() else {
        bail!("{HELPER} asks for {} sizes", calls.len());
    };
    if size != other || module.types.params_results(module.funcs.get(size).ty()) != (&[I32], &[I32])
    {
        bail!("{HELPER} asks for sizes in a way that we do not know");
    }
    let told_apart = told_apart(module, size);
    for (seq, at, _) in calls {
        if let Instr::Call(call) = &mut body_mut(module, helper)?.block_mut(seq).instrs[at].0 {
            call.func = told_apart;
        }
    }
    Ok(Outcome::Done("integers of three words are large".into()))
}

/// term → its words, more than three where they are more than an integer of 64 bits has.
fn told_apart(module: &mut Module, size: FunctionId) -> FunctionId {
    use ValType::I32;
    let [term, words] = [(); 2].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(term).call(size).local_tee(words);
    code.i32_const(LARGER);
    code.local_get(words)
        .i32_const(WORDS)
        .binop(BinaryOp::I32LeU)
        .select(Some(I32));
    builder.finish(vec![term], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// The helper gives the size that it goes by; an operand is its size, and 0 is a small integer.
    const VM: &str = r#"
        (func $term_boxed_size_12 (param i32) (result i32) (local.get 0))
        (func $rem_boxed_helper (param i32 i32 i32 i32 i32) (result i32) (local i32)
          (if (local.get 3) (then (local.set 5 (call $term_boxed_size_12 (local.get 3)))))
          (if (local.get 4)
            (then (local.set 5 (i32.or (call $term_boxed_size_12 (local.get 4)) (local.get 5)))))
          (local.get 5))
        (func (export "size") (param i32 i32) (result i32)
          (call $rem_boxed_helper (i32.const 0) (i32.const 0) (i32.const 0) (local.get 0) (local.get 1)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), mend)
    }

    #[test]
    fn an_integer_of_three_words_is_a_large_one() {
        let vm = run(VM).unwrap();
        for (one, other) in [(0, 1), (1, 2), (2, 0), (2, 2)] {
            assert!(vm.call("size", &[one, other]) <= 3);
            assert!(vm.call("size", &[other, one]) <= 3);
        }
        for (one, other) in [(3, 0), (3, 1), (3, 2), (3, 3), (8, 0), (8, 3)] {
            assert!(vm.call("size", &[one, other]) > 3);
            assert!(vm.call("size", &[other, one]) > 3);
        }
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let nameless = run(&VM.replace(HELPER, "f")).unwrap();
        assert!(matches!(nameless.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(SIZE, "f")).is_err());
    }
}
