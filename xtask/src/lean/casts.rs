//! Function-pointer-cast emulation undone. The npm build calls through pointers with one wide type,
//! `(i64 × N) → i64`, and every function in the table stands behind a thunk that narrows it again.
//! Here each call gets the type that its operands had before they were widened.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, Instr, InstrSeqId, UnaryOp, Value};
use walrus::{ElementItems, ElementKind, FunctionId, Module, TableId, TypeId, ValType};

use super::Outcome;
use super::operands::{Walk, bodies, body, body_mut, replace, sequences, walk};
use super::pointers::{Pointers, Signature};

/// Wide types have at least this many parameters; no hand-written function has.
const WIDE: usize = 10;

/// Gives every call through a pointer its own type back.
pub fn undo(module: &mut Module) -> Result<Outcome> {
    let slots = slots(module)?;
    let wide_slots = slots.iter().filter(|slot| is_wide(module, slot.ty)).count();
    let Some(first) = slots.iter().find(|slot| is_wide(module, slot.ty)) else {
        return Ok(Outcome::NotNeeded(
            "no function in the table is behind a thunk",
        ));
    };
    let (wide, table) = (first.ty, first.table);
    if wide_slots != slots.len()
        || slots
            .iter()
            .any(|slot| slot.ty != wide || slot.table != table)
    {
        bail!(
            "{wide_slots} of {} functions in the table have the wide type",
            slots.len()
        );
    }
    let mut thunks = HashMap::new();
    for slot in &slots {
        let inner = thunk(module, slot.function)
            .with_context(|| format!("function {} in the table", slot.function.index()))?;
        thunks.insert(slot.at, inner);
    }
    let mut pointers = Pointers::new(module, table, wide, thunks);
    let mut count = 0;
    for id in bodies(module) {
        for seq in sequences(body(module, id)?) {
            count += narrow(module, id, seq, &mut pointers)?;
        }
    }
    let (types, direct, mixed) = pointers.counts();
    Ok(Outcome::Done(format!(
        "{count} calls narrowed to {types} types, {direct} of {} functions called as they are, {mixed} only behind thunks",
        slots.len()
    )))
}

/// One filled place of a table.
struct Slot {
    table: TableId,
    at: u32,
    function: FunctionId,
    ty: TypeId,
}

fn slots(module: &Module) -> Result<Vec<Slot>> {
    let mut slots = Vec::new();
    for segment in module.elements.iter() {
        let (ElementKind::Active { table, offset }, ElementItems::Functions(functions)) =
            (&segment.kind, &segment.items)
        else {
            bail!("a table is filled in a way that we do not know");
        };
        let walrus::ConstExpr::Value(Value::I32(start)) = offset else {
            bail!("a table is filled from a place that is not a constant");
        };
        for (at, &function) in (u32::try_from(*start)?..).zip(functions) {
            slots.push(Slot {
                table: *table,
                at,
                function,
                ty: module.funcs.get(function).ty(),
            });
        }
    }
    Ok(slots)
}

fn is_wide(module: &Module, ty: TypeId) -> bool {
    let ty = module.types.get(ty);
    let all_long = ty
        .params()
        .iter()
        .chain(ty.results())
        .all(|&ty| ty == ValType::I64);
    ty.params().len() >= WIDE && ty.results().len() == 1 && all_long
}

/// Reads a thunk and returns the function behind it.
fn thunk(module: &Module, id: FunctionId) -> Result<FunctionId> {
    let function = body(module, id).context("is imported, not a thunk")?;
    let code: Vec<&Instr> = function
        .block(function.entry_block())
        .instrs
        .iter()
        .map(|(instr, _)| instr)
        .collect();
    let call = code
        .iter()
        .position(|instr| matches!(instr, Instr::Call(_)));
    let (Some(at), Some(&Instr::Call(call))) = (call, call.and_then(|at| code.get(at))) else {
        bail!("calls nothing");
    };
    let ty = module.types.get(module.funcs.get(call.func).ty());
    let mut expected = Vec::new();
    for (&local, &param) in function.args.iter().zip(ty.params()) {
        expected.push(format!(
            "{:?}",
            Instr::LocalGet(walrus::ir::LocalGet { local })
        ));
        expected.extend(narrowing(param)?.iter().map(|&op| unary(op)));
    }
    let widened = match ty.results() {
        [] => vec![format!(
            "{:?}",
            Instr::Const(walrus::ir::Const {
                value: Value::I64(0)
            })
        )],
        [result] => widening(*result)?.iter().map(|&op| unary(op)).collect(),
        _ => bail!("calls a function with several results"),
    };
    let spelled = |code: &[&Instr]| {
        code.iter()
            .map(|instr| format!("{instr:?}"))
            .collect::<Vec<_>>()
    };
    if ty.params().len() > function.args.len()
        || spelled(&code[..at]) != expected
        || spelled(&code[at + 1..]) != widened
    {
        bail!("does more than to convert its parameters, call one function and convert the result");
    }
    Ok(call.func)
}

/// What makes a wide parameter a value of a type.
pub fn narrowing(ty: ValType) -> Result<&'static [UnaryOp]> {
    Ok(match ty {
        ValType::I32 => &[UnaryOp::I32WrapI64],
        ValType::I64 => &[],
        ValType::F32 => &[UnaryOp::I32WrapI64, UnaryOp::F32ReinterpretI32],
        ValType::F64 => &[UnaryOp::F64ReinterpretI64],
        other => bail!("a value of type {other} is not widened"),
    })
}

/// What makes a value of a type a wide parameter.
pub fn widening(ty: ValType) -> Result<&'static [UnaryOp]> {
    Ok(match ty {
        ValType::I32 => &[UnaryOp::I64ExtendUI32],
        ValType::I64 => &[],
        ValType::F32 => &[UnaryOp::I32ReinterpretF32, UnaryOp::I64ExtendUI32],
        ValType::F64 => &[UnaryOp::I64ReinterpretF64],
        other => bail!("a value of type {other} is not widened"),
    })
}

fn unary(op: UnaryOp) -> String {
    format!("{:?}", Instr::Unop(walrus::ir::Unop { op }))
}

/// Narrows the calls in one sequence and counts them.
fn narrow(
    module: &mut Module,
    id: FunctionId,
    seq: InstrSeqId,
    pointers: &mut Pointers,
) -> Result<usize> {
    let function = body(module, id)?;
    let Walk { makers, .. } = walk(module, function, seq)?;
    let code: Vec<Instr> = function
        .block(seq)
        .instrs
        .iter()
        .map(|(instr, _)| instr.clone())
        .collect();
    let mut changes = HashMap::new();
    let mut count = 0;
    for (at, instr) in code.iter().enumerate() {
        let Instr::CallIndirect(call) = instr else {
            continue;
        };
        if call.ty != pointers.wide() {
            bail!(
                "function {} calls through a pointer of another type",
                id.index()
            );
        }
        let (_, operands) = makers[at]
            .split_last()
            .context("a call without a pointer")?;
        let operands: Option<Vec<usize>> = operands.iter().copied().collect();
        let operands =
            operands.context("an operand of a wide call comes from outside its block")?;
        let mut params: Vec<ValType> = Vec::new();
        // What fills the call up to its wide type comes last, and is zero.
        let is_filler = |&&maker: &&usize| is_zero(&code[maker]);
        let fillers = operands.iter().rev().take_while(is_filler).count();
        let (given, fillers) = operands.split_at(operands.len() - fillers);
        changes.extend(fillers.iter().map(|&filler| (filler, Vec::new())));
        for &maker in given {
            let param = before_widening(&code[maker]);
            if param.is_some() {
                changes.insert(maker, Vec::new());
            }
            params.push(param.unwrap_or(ValType::I64));
        }
        let (result, used) = after_narrowing(code.get(at + 1));
        if used {
            changes.insert(at + 1, Vec::new());
        }
        let func = pointers.caller(module, Signature { params, result })?;
        changes.insert(at, vec![Instr::Call(Call { func })]);
        count += 1;
    }
    replace(body_mut(module, id)?.block_mut(seq), changes);
    Ok(count)
}

fn is_zero(instr: &Instr) -> bool {
    matches!(instr, Instr::Const(constant) if matches!(constant.value, Value::I64(0)))
}

/// The type of a value before an instruction widened it.
fn before_widening(instr: &Instr) -> Option<ValType> {
    match instr {
        Instr::Unop(unop) => match unop.op {
            UnaryOp::I64ExtendUI32 => Some(ValType::I32),
            UnaryOp::I64ReinterpretF64 => Some(ValType::F64),
            _ => None,
        },
        _ => None,
    }
}

/// What a call's result is wanted as, and whether the instruction after the call only says so.
fn after_narrowing(next: Option<&Instr>) -> (Option<ValType>, bool) {
    match next {
        Some(Instr::Drop(_)) => (None, true),
        Some(Instr::Unop(unop)) => match unop.op {
            UnaryOp::I32WrapI64 => (Some(ValType::I32), true),
            UnaryOp::F64ReinterpretI64 => (Some(ValType::F64), true),
            _ => (Some(ValType::I64), false),
        },
        _ => (Some(ValType::I64), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    const WIDE_TYPE: &str = "(param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)";

    /// A module with three functions behind thunks and a caller, as Binaryen's emulation writes them.
    fn module(caller: &str) -> String {
        format!(
            "(module
               (type $wide (func {WIDE_TYPE}))
               (table 4 4 funcref)
               (elem (i32.const 1) $add_thunk $half_thunk $note_thunk)
               (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
               (func $half (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
               (func $note (param i32))
               (func $add_thunk {WIDE_TYPE}
                 (i64.extend_i32_u (call $add (i32.wrap_i64 (local.get 0)) (i32.wrap_i64 (local.get 1)))))
               (func $half_thunk {WIDE_TYPE}
                 (i64.reinterpret_f64 (call $half (f64.reinterpret_i64 (local.get 0)))))
               (func $note_thunk {WIDE_TYPE}
                 (call $note (i32.wrap_i64 (local.get 0))) (i64.const 0))
               {caller})"
        )
    }

    /// A wide call with these operands, filled up with zeros.
    fn call(operands: &[&str], pointer: &str) -> String {
        let fillers = "(i64.const 0) ".repeat(10 - operands.len());
        format!(
            "(call_indirect (type $wide) {} {fillers} {pointer})",
            operands.join(" ")
        )
    }

    /// What the step says, and the types that remain in calls through pointers other than the wide one.
    fn check(text: &str) -> Result<(String, Vec<String>)> {
        let mut module = parse(&wat::parse_str(text)?, Names::Kept)?;
        let said = match undo(&mut module)? {
            Outcome::Done(said) => said,
            Outcome::NotNeeded(why) => why.to_owned(),
        };
        let mut types = Vec::new();
        for id in bodies(&module) {
            let function = body(&module, id)?;
            for (instr, _) in &function.block(function.entry_block()).instrs {
                let Instr::CallIndirect(call) = instr else {
                    continue;
                };
                if !is_wide(&module, call.ty) {
                    let ty = module.types.get(call.ty);
                    types.push(format!("{:?} -> {:?}", ty.params(), ty.results()));
                }
            }
        }
        types.sort();
        // What was written must be a module again.
        parse(&module.emit_wasm(), Names::Kept)?;
        Ok((said, types))
    }

    fn int(local: u32) -> String {
        format!("(i64.extend_i32_u (local.get {local}))")
    }

    #[test]
    fn a_call_gets_the_type_of_its_operands_back() {
        let add = call(&[&int(0), &int(0)], "(local.get 0)");
        let half = call(&["(i64.reinterpret_f64 (local.get 1))"], "(local.get 0)");
        let caller = format!(
            "(func (param i32 f64) (result f64)
               (drop (i32.wrap_i64 {add})) (f64.reinterpret_i64 {half}))"
        );
        let (said, types) = check(&module(&caller)).unwrap();
        assert_eq!(types, ["[F64] -> [F64]", "[I32, I32] -> [I32]"]);
        assert!(
            said.starts_with("2 calls narrowed to 2 types, 2 of 3 functions"),
            "{said}"
        );
    }

    #[test]
    fn a_dropped_result_means_a_function_without_one_where_there_is_one() {
        let note = format!(
            "(func (param i32) (drop {}))",
            call(&[&int(0)], "(local.get 0)")
        );
        assert_eq!(check(&module(&note)).unwrap().1, ["[I32] -> []"]);
        let add = format!(
            "(func (param i32) (drop {}))",
            call(&[&int(0), &int(0)], "(local.get 0)")
        );
        assert_eq!(check(&module(&add)).unwrap().1, ["[I32, I32] -> [I32]"]);
    }

    #[test]
    fn a_call_of_a_type_that_no_function_has_goes_through_the_thunks() {
        let three = call(&[&int(0), &int(0), &int(0)], "(local.get 0)");
        let caller = format!("(func (param i32) (result i32) (i32.wrap_i64 {three}))");
        let (said, types) = check(&module(&caller)).unwrap();
        assert!(types.is_empty());
        assert!(said.ends_with("3 only behind thunks"), "{said}");
    }

    #[test]
    fn a_build_without_thunks_needs_nothing() {
        let plain = "(module (table 2 2 funcref) (elem (i32.const 1) $f) (func $f (param i32)))";
        assert_eq!(
            check(plain).unwrap().0,
            "no function in the table is behind a thunk"
        );
    }

    #[test]
    fn another_shape_is_refused() {
        let calls_twice = "(drop (call $half (f64.const 1))) (i64.reinterpret_f64 (call $half";
        for (why, text) in [
            (
                "another conversion",
                module("").replace("extend_i32_u", "extend_i32_s"),
            ),
            (
                "another order",
                module("").replace(
                    "(i32.wrap_i64 (local.get 1))",
                    "(i32.wrap_i64 (local.get 0))",
                ),
            ),
            (
                "two calls",
                module("").replace("(i64.reinterpret_f64 (call $half", calls_twice),
            ),
            (
                "a function without thunk",
                module("").replace("$note_thunk)", "$note)"),
            ),
            (
                "a narrow call beside",
                module("(func (call_indirect (param i32) (i32.const 1) (i32.const 3)))"),
            ),
        ] {
            assert!(check(&text).is_err(), "{why}");
        }
    }
}
