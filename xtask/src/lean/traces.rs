//! Stack traces kept short. For each exception the VM goes through the whole stack of the process, also where nobody
//! asks for the trace: a recursion that catches something at each of ten thousand levels takes minutes. OTP keeps the
//! eight newest calls; here twenty are gone through. And the VM tells of a function that catches something once more for
//! each `catch` and `try` that it is in.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, Instr, Load, LoadKind, MemArg};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, is_copy_of, memory, named, sequences};

/// Goes through the stack: (process, module, offset, …) → what is known of it.
const TRACE: &str = "stacktrace_create_raw_mfa";
/// Where the stack ends: process → the word behind its oldest.
const BASE: &str = "context_stack_base";
/// Whether a word of the stack says where an exception is handled: word → whether.
const IS_HANDLER: &str = "term_is_catch_label";
/// Where a process keeps the place of its newest word.
const NEWEST: MemArg = MemArg {
    align: 4,
    offset: 20,
};
const WORD: MemArg = MemArg {
    align: 4,
    offset: 0,
};
/// The lowest two bits of a word of the stack, and what they are where it says whereto a call returns.
const TAG: i32 = 3;
const RETURN: i32 = 0;
/// Calls that are gone through.
const CALLS: i32 = 20;

/// Makes the function that goes through the stack end early, and see no handlers.
pub fn shorten(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(trace) = named(module, TRACE, &[I32; 6], &[I32])? else {
        return Ok(Outcome::NotNeeded(
            "no function of the name makes stack traces",
        ));
    };
    let Some(base) = called(module, trace, BASE)? else {
        bail!("{TRACE} does not ask {BASE} where the stack ends");
    };
    if !reads_newest(module, base)? {
        bail!("{BASE} does not look where we know the newest word's place to be");
    }
    let near = near(module, base)?;
    let walks = replace(module, trace, base, near)?;
    let Some(is_handler) = called(module, trace, IS_HANDLER)? else {
        bail!("{TRACE} does not ask for handlers");
    };
    let never = never(module);
    replace(module, trace, is_handler, never)?;
    Ok(Outcome::Done(format!(
        "{walks} walks end after {CALLS} calls, and see no handlers"
    )))
}

/// Has `caller` call one function for another; how often it does.
fn replace(
    module: &mut Module,
    caller: FunctionId,
    function: FunctionId,
    instead: FunctionId,
) -> Result<usize> {
    let mut count = 0;
    for seq in sequences(body(module, caller)?) {
        for (instr, _) in &mut body_mut(module, caller)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == function
            {
                call.func = instead;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// A function of a word that says no.
fn never(module: &mut Module) -> FunctionId {
    let word = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    builder.func_body().i32_const(0);
    builder.finish(vec![word], &mut module.funcs)
}

/// The function of a name, or its copy, that `trace` calls.
fn called(module: &Module, trace: FunctionId, name: &str) -> Result<Option<FunctionId>> {
    let function = body(module, trace)?;
    let mut calls = sequences(function).into_iter().flat_map(|seq| {
        let instrs = function.block(seq).instrs.iter();
        instrs.filter_map(|(instr, _)| match instr {
            Instr::Call(call) => Some(call.func),
            _ => None,
        })
    });
    let is_named = |id: &FunctionId| is_copy_of(module.funcs.get(*id).name.as_deref(), name);
    Ok(calls.find(is_named))
}

/// Whether the function looks at the place of the newest word.
fn reads_newest(module: &Module, base: FunctionId) -> Result<bool> {
    let function = body(module, base)?;
    let takes_process = function.args.len() == 1;
    let reads = |instr: &Instr| matches!(instr, Instr::Load(Load { arg, .. }) if arg.offset == NEWEST.offset);
    let mut sequences = sequences(function).into_iter();
    let found = sequences.any(|seq| {
        let mut instrs = function.block(seq).instrs.iter();
        instrs.any(|(instr, _)| reads(instr))
    });
    Ok(takes_process && found)
}

/// The end of the stack, or a place nearer to its newest word.
fn near(module: &mut Module, base: FunctionId) -> Result<FunctionId> {
    use ValType::I32;
    let memory = memory(module)?;
    let load = LoadKind::I32 { atomic: false };
    let [process, end, at, calls] = [(); 4].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(process).call(base).local_set(end);
    code.local_get(process)
        .load(memory, load, NEWEST)
        .local_set(at);
    code.block(None, |code| {
        let done = code.id();
        code.loop_(None, |code| {
            let next = code.id();
            code.local_get(at)
                .local_get(end)
                .binop(BinaryOp::I32GeU)
                .br_if(done);
            code.local_get(at).load(memory, load, WORD);
            code.i32_const(TAG).binop(BinaryOp::I32And);
            code.i32_const(RETURN).binop(BinaryOp::I32Eq);
            code.local_get(calls)
                .binop(BinaryOp::I32Add)
                .local_set(calls);
            code.local_get(at)
                .i32_const(4)
                .binop(BinaryOp::I32Add)
                .local_set(at);
            code.local_get(calls)
                .i32_const(CALLS)
                .binop(BinaryOp::I32LtU)
                .br_if(next);
        });
    });
    code.local_get(at);
    Ok(builder.finish(vec![process], &mut module.funcs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A process at 0 whose stack begins at 1000, where every third word is a return; going through the stack gives
    /// how many words that took, and a thousand more for a handler.
    const VM: &str = r#"
        (memory 1)
        (func $context_stack_base_7 (param $process i32) (result i32) (local $newest i32)
          (local.set $newest (i32.load offset=20 (local.get $process)))
          (i32.load offset=24 (local.get $process)))
        (func $term_is_catch_label_8 (param i32) (result i32) (i32.const 1))
        (func $stacktrace_create_raw_mfa (param i32 i32 i32 i32 i32 i32) (result i32)
          (i32.add
            (i32.mul (call $term_is_catch_label_8 (i32.const 11)) (i32.const 1000))
            (i32.shr_u
              (i32.sub (call $context_stack_base_7 (local.get 0)) (i32.load offset=20 (local.get 0)))
              (i32.const 2))))
        (func (export "words") (param i32) (result i32)
          (local $at i32)
          (loop $next
            (i32.store offset=1000 (i32.shl (local.get $at) (i32.const 2))
              (select (i32.const 64) (i32.const 15) (i32.eq (i32.rem_u (local.get $at) (i32.const 3)) (i32.const 2))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $at) (local.get 0))))
          (i32.store offset=20 (i32.const 0) (i32.const 1000))
          (i32.store offset=24 (i32.const 0) (i32.add (i32.const 1000) (i32.shl (local.get 0) (i32.const 2))))
          (call $stacktrace_create_raw_mfa (i32.const 0) (i32.const 0) (i32.const 0)
            (i32.const 0) (i32.const 0) (i32.const 0)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), shorten)
    }

    #[test]
    fn a_short_stack_is_gone_through_whole_a_long_one_in_part_and_handlers_are_not_seen() {
        let vm = run(VM).unwrap();
        let said = "1 walks end after 20 calls, and see no handlers";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        for words in [0, 1, 3, CALLS * 3 - 1, CALLS * 3] {
            assert_eq!(vm.call("words", &[words]), words);
        }
        for words in [CALLS * 3 + 1, 10_000] {
            assert_eq!(vm.call("words", &[words]), CALLS * 3);
        }
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(TRACE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(BASE, "f")).is_err());
        assert!(run(&VM.replace(IS_HANDLER, "f")).is_err());
        assert!(run(&VM.replace("offset=20", "offset=28")).is_err());
    }
}
