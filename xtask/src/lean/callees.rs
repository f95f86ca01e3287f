//! Calls through pointers kept out of large functions. V8 guesses the callee of such a call in optimised
//! code and throws the whole function away when the guess was wrong, which for the interpreter means
//! seconds of slow running. Each call goes through a function of its own instead, one for every type,
//! too long to be inlined again: what is thrown away then is small.

use std::collections::HashMap;

use anyhow::Result;
use walrus::ir::{Call, Instr};
use walrus::{FunctionBuilder, FunctionId, LocalId, Module, TableId, TypeId, ValType};

use super::Outcome;
use super::operands::{bodies, body, body_mut, sequences};

/// V8 inlines functions of up to 500 bytes; each filler is three bytes long.
const FILLERS: usize = 200;

/// Sends every call through a pointer through the function for its type.
pub fn separate(module: &mut Module) -> Result<Outcome> {
    let mut callers: HashMap<(TypeId, TableId), FunctionId> = HashMap::new();
    let mut count = 0;
    for id in bodies(module) {
        for seq in sequences(body(module, id)?) {
            for at in 0..body(module, id)?.block(seq).instrs.len() {
                let Instr::CallIndirect(call) = body(module, id)?.block(seq).instrs[at].0.clone()
                else {
                    continue;
                };
                let func = *callers
                    .entry((call.ty, call.table))
                    .or_insert_with(|| caller(module, call.ty, call.table));
                body_mut(module, id)?.block_mut(seq).instrs[at].0 = Instr::Call(Call { func });
                count += 1;
            }
        }
    }
    Ok(match count {
        0 => Outcome::NotNeeded("nothing is called through a pointer"),
        _ => Outcome::Done(format!(
            "{count} calls go through {} functions",
            callers.len()
        )),
    })
}

/// A function that calls through the pointer which is its last parameter.
fn caller(module: &mut Module, ty: TypeId, table: TableId) -> FunctionId {
    let (params, results) = module.types.params_results(ty);
    let (mut params, results) = (params.to_vec(), results.to_vec());
    params.push(ValType::I32);
    let locals: Vec<LocalId> = params.iter().map(|&ty| module.locals.add(ty)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut code = builder.func_body();
    for &local in &locals {
        code.local_get(local);
    }
    code.call_indirect(ty, table).return_();
    for _ in 0..FILLERS {
        code.i32_const(0).drop();
    }
    if !results.is_empty() {
        code.unreachable();
    }
    builder.finish(locals, &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    fn check(body: &str) -> (Outcome, usize) {
        let text = format!(
            "(module (table 4 4 funcref) (type $one (func (param i32) (result i32)))
               (type $none (func)) (func (param i32) (result i32) {body}))"
        );
        let mut module = parse(&wat::parse_str(text).unwrap(), Names::Dropped).unwrap();
        let outcome = separate(&mut module).unwrap();
        let wasm = module.emit_wasm();
        parse(&wasm, Names::Dropped).unwrap();
        (outcome, wasm.len())
    }

    #[test]
    fn calls_of_one_type_share_a_function_too_long_to_inline() {
        let twice = "(call_indirect (type $one) (call_indirect (type $one) (local.get 0) (i32.const 1)) (i32.const 2))";
        let (outcome, bytes) = check(twice);
        assert_eq!(
            outcome,
            Outcome::Done("2 calls go through 1 functions".into())
        );
        assert!((600..1200).contains(&bytes), "{bytes}");
        let (outcome, _) = check(&format!(
            "(call_indirect (type $none) (i32.const 1)) {twice}"
        ));
        assert_eq!(
            outcome,
            Outcome::Done("3 calls go through 2 functions".into())
        );
    }

    #[test]
    fn a_module_without_such_calls_needs_nothing() {
        let (outcome, _) = check("(local.get 0)");
        assert_eq!(
            outcome,
            Outcome::NotNeeded("nothing is called through a pointer")
        );
    }
}
