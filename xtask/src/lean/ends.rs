//! The end of a process told to everybody before anybody runs. The VM tells whoever is linked to it or monitors it one
//! after the other, and each may run at once: it finds a name still given to the process by a keeper of names that was
//! not told yet. Here all are told first, and woken then: who began to watch last comes first, since that is a keeper
//! of what the process got while it ran.

use anyhow::{Result, bail};
use walrus::ir::{Instr, LoadKind, MemArg, StoreKind, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, GlobalId, MemoryId, Module, ValType};

use super::Outcome;
use super::operands::{ZEROED, body, body_mut, call_instead, memory, named, sequences, variable};

/// Tells everybody: process → what is left to be told.
const TELL: &str = "context_monitors_handle_terminate";
/// Puts a message into the mailbox of a process and wakes it: (process, message).
const POST: &str = "mailbox_post_message";
/// Wakes a process that has got a message.
const WAKE: &str = "scheduler_signal_message";
/// The C library's own.
const FREE: &str = "emscripten_builtin_free";

/// What is kept of a process that is to be woken: which, and what was kept before.
const PROCESS: MemArg = MemArg {
    align: 4,
    offset: 0,
};
const NEXT: MemArg = MemArg {
    align: 4,
    offset: 4,
};
const LOAD: LoadKind = LoadKind::I32 { atomic: false };
const STORE: StoreKind = StoreKind::I32 { atomic: false };

/// The thread's own: whether it tells of an end, and whom it told last.
struct Told {
    memory: MemoryId,
    is_telling: GlobalId,
    newest: GlobalId,
}

/// Wakes nobody before all are told.
pub fn wake_later(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(tell) = named(module, TELL, &[I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name tells of ends"));
    };
    let part = |name: &str, params: &[ValType], results: &[ValType]| match named(
        module, name, params, results,
    )? {
        Some(function) => Ok(function),
        None => bail!("there is a {TELL}, but no {name}"),
    };
    let post = part(POST, &[I32, I32], &[])?;
    let wake = part(WAKE, &[I32], &[])?;
    let zeroed = part(ZEROED, &[I32, I32], &[I32])?;
    let free = part(FREE, &[I32], &[])?;
    let told = Told {
        memory: memory(module)?,
        is_telling: variable(module),
        newest: variable(module),
    };
    let later = later(module, &told, wake, zeroed);
    let mut count = 0;
    for seq in sequences(body(module, post)?) {
        for (instr, _) in &mut body_mut(module, post)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == wake
            {
                call.func = later;
                count += 1;
            }
        }
    }
    if count != 1 {
        bail!("{POST} calls {WAKE} {count} times");
    }
    let tellers = call_instead(module, tell, |module| {
        Ok(telling(module, &told, tell, wake, free))
    })?;
    Ok(Outcome::Done(format!(
        "{tellers} callers tell all of an end before they wake one"
    )))
}

/// Waking a process, or keeping it for later. Where there is no memory for that it is woken now.
fn later(module: &mut Module, told: &Told, wake: FunctionId, zeroed: FunctionId) -> FunctionId {
    let [process, kept] = [(); 2].map(|()| module.locals.add(ValType::I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
    let mut code = builder.func_body();
    code.block(None, |code| {
        let now = code.id();
        code.global_get(told.is_telling).unop(UnaryOp::I32Eqz);
        code.br_if(now);
        code.i32_const(1).i32_const(8).call(zeroed).local_tee(kept);
        code.unop(UnaryOp::I32Eqz).br_if(now);
        code.local_get(kept).local_get(process);
        code.store(told.memory, STORE, PROCESS);
        code.local_get(kept).global_get(told.newest);
        code.store(told.memory, STORE, NEXT);
        code.local_get(kept).global_set(told.newest).return_();
    });
    code.local_get(process).call(wake);
    builder.finish(vec![process], &mut module.funcs)
}

/// Telling everybody, then waking them.
fn telling(
    module: &mut Module,
    told: &Told,
    tell: FunctionId,
    wake: FunctionId,
    free: FunctionId,
) -> FunctionId {
    let [process, left, kept] = [(); 3].map(|()| module.locals.add(ValType::I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    let mut code = builder.func_body();
    code.i32_const(1).global_set(told.is_telling);
    code.local_get(process).call(tell).local_set(left);
    code.i32_const(0).global_set(told.is_telling);
    code.block(None, |code| {
        let done = code.id();
        code.loop_(None, |code| {
            let again = code.id();
            code.global_get(told.newest).local_tee(kept);
            code.unop(UnaryOp::I32Eqz).br_if(done);
            code.local_get(kept).load(told.memory, LOAD, NEXT);
            code.global_set(told.newest);
            code.local_get(kept).load(told.memory, LOAD, PROCESS);
            code.call(wake).local_get(kept).call(free).br(again);
        });
    });
    code.local_get(left);
    builder.finish(vec![process], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// The end of a process tells three others, and notes in a number what happens: 1, 2, 3 where one is told,
    /// 4, 5, 6 where one is woken.
    const VM: &str = r#"
        (memory 1)
        (global $free (mut i32) (i32.const 1024))
        (global $room (mut i32) (i32.const 1))
        (global $did (mut i32) (i32.const 0))
        (func $note (param i32)
          (global.set $did (i32.add (i32.mul (global.get $did) (i32.const 10)) (local.get 0))))
        (func $emscripten_builtin_calloc (param i32 i32) (result i32)
          (global.set $free (i32.add (global.get $free) (local.get 1)))
          (i32.mul (global.get $room) (global.get $free)))
        (func $emscripten_builtin_free (param i32))
        (func $scheduler_signal_message (param i32) (call $note (i32.add (local.get 0) (i32.const 3))))
        (func $mailbox_post_message (param i32 i32)
          (call $note (local.get 0))
          (call $scheduler_signal_message (local.get 0)))
        (func $context_monitors_handle_terminate (param i32) (result i32)
          (call $mailbox_post_message (i32.const 2) (i32.const 0))
          (call $mailbox_post_message (i32.const 1) (i32.const 0))
          (call $mailbox_post_message (i32.const 3) (i32.const 0))
          (i32.add (local.get 0) (i32.const 1)))
        (func (export "end") (param $room i32) (result i32)
          (global.set $did (i32.const 0))
          (global.set $room (local.get $room))
          (drop (i32.div_u (i32.const 1)
            (i32.eq (call $context_monitors_handle_terminate (i32.const 7)) (i32.const 8))))
          (global.get $did))
        (func (export "post") (result i32)
          (global.set $did (i32.const 0))
          (call $mailbox_post_message (i32.const 1) (i32.const 0))
          (global.get $did))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), wake_later)
    }

    #[test]
    fn all_are_told_of_an_end_before_one_is_woken() {
        let vm = run(VM).unwrap();
        for _ in 0..2 {
            assert_eq!(vm.call("end", &[1]), 213_645);
        }
    }

    #[test]
    fn a_message_wakes_at_once_and_so_does_an_end_where_there_is_no_memory() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("post", &[]), 14);
        assert_eq!(vm.call("end", &[0]), 251_436);
        assert_eq!(vm.call("post", &[]), 14);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(TELL, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for name in [POST, WAKE, ZEROED, FREE] {
            assert!(run(&VM.replace(name, "g")).is_err());
        }
    }
}
