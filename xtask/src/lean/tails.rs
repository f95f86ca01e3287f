//! What ends a list of bytes or characters: the VM takes a number there for one more element, OTP refuses it. The one
//! function that goes through such lists is shown something else in its place, which it refuses.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, is_copy_of, named, sequences};

/// Goes through a list of bytes or characters: (list, …) → what it found.
const FOLD: &str = "interop_chardata_fold";
/// list → its tail.
const TAIL: &str = "term_get_list_tail";
/// The lowest four bits of a small integer are ones.
const SMALL: i32 = 15;
/// An atom: no byte and no list.
const ATOM: i32 = 11;

/// Has a number at the end of a list refused.
pub fn refuse(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(fold) = named(module, FOLD, &[I32; 4], &[I32])? else {
        return Ok(Outcome::NotNeeded(
            "no function of the name goes through lists",
        ));
    };
    let Some(tail) = asked(module, fold)? else {
        bail!("{FOLD} does not ask once for a tail");
    };
    let instead = refusing(module, tail);
    for seq in sequences(body(module, fold)?) {
        for (instr, _) in &mut body_mut(module, fold)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == tail
            {
                call.func = instead;
            }
        }
    }
    Ok(Outcome::Done("a number ends no list of bytes".to_owned()))
}

/// The function that is asked for a tail, in one place.
fn asked(module: &Module, fold: FunctionId) -> Result<Option<FunctionId>> {
    let function = body(module, fold)?;
    let mut found = Vec::new();
    for seq in sequences(function) {
        for (instr, _) in &function.block(seq).instrs {
            if let Instr::Call(call) = instr
                && is_copy_of(module.funcs.get(call.func).name.as_deref(), TAIL)
            {
                found.push(call.func);
            }
        }
    }
    Ok(match found[..] {
        [tail] => Some(tail),
        _ => None,
    })
}

/// list → its tail, or an atom where that is a small integer.
fn refusing(module: &mut Module, tail: FunctionId) -> FunctionId {
    use ValType::I32;
    let [list, found] = [(); 2].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I32]);
    let mut code = builder.func_body();
    code.i32_const(ATOM);
    code.local_get(list).call(tail).local_tee(found);
    code.local_get(found)
        .i32_const(SMALL)
        .binop(BinaryOp::I32And);
    code.i32_const(SMALL).binop(BinaryOp::I32Eq);
    code.select(Some(I32));
    builder.finish(vec![list], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A list is its tail.
    const VM: &str = r#"
        (func $term_get_list_tail_1085 (param i32) (result i32) (local.get 0))
        (func $interop_chardata_fold (export "fold") (param i32 i32 i32 i32) (result i32)
          (call $term_get_list_tail_1085 (local.get 0)))
        (func (export "other") (param i32) (result i32) (call $term_get_list_tail_1085 (local.get 0)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), refuse)
    }

    #[test]
    fn a_small_integer_is_no_tail_and_all_else_is() {
        let vm = run(VM).unwrap();
        let fold = |term| vm.call("fold", &[term, 0, 0, 0]);
        assert_eq!(fold(7 << 4 | SMALL), ATOM);
        for term in [59, 16 << 4 | ATOM, 4096 | 1, 4096 | 2] {
            assert_eq!(fold(term), term);
        }
    }

    #[test]
    fn others_that_ask_for_a_tail_get_it() {
        let term = 7 << 4 | SMALL;
        assert_eq!(run(VM).unwrap().call("other", &[term]), term);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(FOLD, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(TAIL, "g")).is_err());
        let twice = "(drop (call $term_get_list_tail_1085 (local.get 1)))\n (call $term_get_list_tail_1085 (local.get 0)))\n (func (export";
        let twice = VM.replacen(
            "(call $term_get_list_tail_1085 (local.get 0)))\n        (func (export",
            twice,
            1,
        );
        assert!(run(&twice).is_err());
    }
}
