//! A wait of no time is none. Where a `receive` names its time in a variable, the VM sets a timer and lets others run
//! also when that is 0, and whoever was just asked may answer meanwhile. OTP looks into the mailbox and goes on.

use anyhow::{Context, Result, bail};
use walrus::ir::{
    BinaryOp, Br, BrIf, Call, ExtendedLoad, Instr, InstrSeqId, LoadKind, MemArg, UnaryOp,
};
use walrus::{FunctionBuilder, FunctionId, LocalFunction, Module, ValType};

use super::Outcome;
use super::operands::{bodies, body, body_mut, memory, named, sequences};

/// Sets the timer: (process, milliseconds).
const TIMER: &str = "scheduler_set_timeout";
/// Where a process keeps the message that its `receive` looks at next, and whether that has patterns at all.
const NEXT: MemArg = MemArg {
    align: 4,
    offset: 196,
};
const HAS_PATTERNS: MemArg = MemArg {
    align: 1,
    offset: 204,
};

/// Goes on at once where the time is 0.
pub fn skip(module: &mut Module) -> Result<Outcome> {
    use ValType::{I32, I64};
    let Some(timer) = named(module, TIMER, &[I32, I64], &[])? else {
        return Ok(Outcome::NotNeeded("no function of the name sets timers"));
    };
    let mut places = Vec::new();
    for id in bodies(module) {
        let function = body(module, id)?;
        for seq in sequences(function) {
            let calls =
                |(instr, _): &(Instr, _)| matches!(instr, Instr::Call(call) if call.func == timer);
            let found = function.block(seq).instrs.iter().position(calls);
            places.extend(found.map(|at| (id, seq, at)));
        }
    }
    let &[(waiter, seq, at)] = places.as_slice() else {
        bail!("{TIMER} is called in {} places", places.len());
    };
    let on = on(body(module, waiter)?, seq, at)
        .with_context(|| format!("the caller of {TIMER} is not as we know it"))?;
    let func = timed(module, timer)?;
    let instrs = &mut body_mut(module, waiter)?.block_mut(seq).instrs;
    instrs[at].0 = Instr::Call(Call { func });
    instrs.insert(at + 1, (Instr::BrIf(BrIf { block: on }), instrs[at].1));
    Ok(Outcome::Done("a wait of 0 ms is none".into()))
}

/// Whereto the interpreter goes on after a wait that is over: behind the timer it leaves a block, at whose end it goes
/// there if the process waits no longer.
fn on(function: &LocalFunction, seq: InstrSeqId, at: usize) -> Option<InstrSeqId> {
    let (Instr::Br(Br { block }), _) = function.block(seq).instrs.get(at + 1)? else {
        return None;
    };
    match function.block(*block).instrs.last()? {
        (Instr::BrIf(BrIf { block }), _) => Some(*block),
        _ => None,
    }
}

/// (process, milliseconds) → whether the wait is over; else the timer is set, or a message is there.
fn timed(module: &mut Module, timer: FunctionId) -> Result<FunctionId> {
    use ValType::{I32, I64};
    let memory = memory(module)?;
    let process = module.locals.add(I32);
    let time = module.locals.add(I64);
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I64], &[I32]);
    let mut code = builder.func_body();
    code.local_get(time).unop(UnaryOp::I64Eqz).if_else(
        I32,
        |code| {
            code.local_get(process);
            let kind = LoadKind::I32_8 {
                kind: ExtendedLoad::ZeroExtend,
            };
            code.load(memory, kind, HAS_PATTERNS).i32_const(0);
            code.binop(BinaryOp::I32Ne).local_get(process);
            code.load(memory, LoadKind::I32 { atomic: false }, NEXT);
            code.i32_const(0).binop(BinaryOp::I32Ne);
            code.binop(BinaryOp::I32And).unop(UnaryOp::I32Eqz);
        },
        |code| {
            code.local_get(process).local_get(time).call(timer);
            code.i32_const(0);
        },
    );
    Ok(builder.finish(vec![process, time], &mut module.funcs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// A wait of so many ms of a process with patterns and a message or not; what is exported gives 1 if it goes on at
    /// once, 2 if it looks at a message, 100 and the time if it waits.
    const VM: &str = r#"
        (memory 1)
        (global $set (mut i32) (i32.const 0))
        (func $scheduler_set_timeout (param i32 i64)
          (global.set $set (i32.add (i32.const 100) (i32.wrap_i64 (local.get 1)))))
        (func (export "wait") (param $patterns i32) (param $message i32) (param $ms i32) (result i32)
          (global.set $set (i32.const 0))
          (i32.store8 offset=204 (i32.const 8) (local.get $patterns))
          (i32.store offset=196 (i32.const 8) (local.get $message))
          (block $on
            (loop $next
              (block $timed
                (if (i32.const 1)
                  (then
                    (br_if $timed (i32.eq (local.get $ms) (i32.const -1)))
                    (call $scheduler_set_timeout (i32.const 8) (i64.extend_i32_u (local.get $ms)))
                    (br $timed)))
                (br_if $on (i32.const 0)))
              (if (i32.and (local.get $patterns) (i32.ne (local.get $message) (i32.const 0)))
                (then (return (i32.const 2))))
              (return (global.get $set))))
          (i32.const 1))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), skip)
    }

    #[test]
    fn no_time_is_no_wait_unless_there_is_a_message_to_look_at() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("wait", &[1, 0, 0]), 1);
        assert_eq!(vm.call("wait", &[1, 64, 0]), 2);
        assert_eq!(vm.call("wait", &[0, 64, 0]), 1);
    }

    #[test]
    fn some_time_and_all_time_are_waits() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("wait", &[1, 0, 5]), 105);
        assert_eq!(vm.call("wait", &[0, 64, 5]), 105);
        assert_eq!(vm.call("wait", &[1, 0, -1]), 0);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(TIMER, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for (known, strange) in [("(br $timed)", ""), ("(br_if $on (i32.const 0))", "")] {
            assert!(run(&VM.replace(known, strange)).is_err());
        }
    }
}
