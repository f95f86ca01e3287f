//! What a part of a binary is a part of, told by the native that tells how large a term is: of a part that does not
//! stand for itself it gives the bytes of the whole, less than zero. `binary:referenced_byte_size/1` is made of that,
//! and `erts_debug:flat_size/1` of the size of a term around.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, named, sequences};

/// The native: (process, count, arguments) → term.
const NATIVE: &str = "nif_erts_debug_flat_size";
/// What it calls: term → words.
const SIZE: &str = "memory_estimate_usage";
/// term → whether it is a part of a binary elsewhere.
const IS_PART: &str = "term_is_sub_binary";
/// part → the binary that it is of.
const WHOLE: &str = "term_get_sub_binary_ref";
/// binary → bytes.
const BYTES: &str = "term_binary_size";

/// Lets the native tell.
pub fn tell(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(native) = named(module, NATIVE, &[I32, I32, I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no native of the name tells sizes"));
    };
    let part = |name: &str| match named(module, name, &[I32], &[I32])? {
        Some(function) => Ok(function),
        None => bail!("there is a {NATIVE}, but no {name}"),
    };
    let size = part(SIZE)?;
    let told = (part(IS_PART)?, part(WHOLE)?, part(BYTES)?);
    let instead = telling(module, size, told);
    let mut count = 0;
    for seq in sequences(body(module, native)?) {
        for (instr, _) in &mut body_mut(module, native)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == size
            {
                call.func = instead;
                count += 1;
            }
        }
    }
    match count {
        1 => Ok(Outcome::Done(
            "a part of a binary tells how large the whole is".to_owned(),
        )),
        _ => bail!("{NATIVE} calls {SIZE} {count} times"),
    }
}

/// term → words, or of a part the bytes of the whole, less than zero.
fn telling(
    module: &mut Module,
    size: FunctionId,
    (is_part, whole, bytes): (FunctionId, FunctionId, FunctionId),
) -> FunctionId {
    let term = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    let mut code = builder.func_body();
    code.local_get(term).call(is_part).if_else(
        None,
        |code| {
            code.i32_const(0);
            code.local_get(term).call(whole).call(bytes);
            code.binop(BinaryOp::I32Sub).return_();
        },
        |_| {},
    );
    code.local_get(term).call(size);
    builder.finish(vec![term], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// Odd terms are parts, of the binary behind them, which has ten bytes more than its number.
    const VM: &str = r#"
        (func $memory_estimate_usage (param i32) (result i32) (i32.add (local.get 0) (i32.const 100)))
        (func $term_is_sub_binary (param i32) (result i32) (i32.and (local.get 0) (i32.const 1)))
        (func $term_get_sub_binary_ref (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func $term_binary_size (param i32) (result i32) (i32.add (local.get 0) (i32.const 10)))
        (func $nif_erts_debug_flat_size (export "native") (param i32 i32 i32) (result i32)
          (call $memory_estimate_usage (local.get 2)))
        (func (export "other") (param i32) (result i32) (call $memory_estimate_usage (local.get 0)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), tell)
    }

    #[test]
    fn a_part_tells_of_the_whole_and_all_else_its_size() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("native", &[0, 1, 5]), -16);
        assert_eq!(vm.call("native", &[0, 1, 4]), 104);
    }

    #[test]
    fn others_that_ask_for_a_size_get_one() {
        assert_eq!(run(VM).unwrap().call("other", &[5]), 105);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(NATIVE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for name in [SIZE, IS_PART, WHOLE, BYTES] {
            assert!(run(&VM.replace(name, "g")).is_err());
        }
    }
}
