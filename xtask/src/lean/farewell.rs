//! What a process says when it ends. For each that is linked to it or watches it the VM makes room on the heap of the
//! process, by a copy of that heap, and the machine ends where there is no memory for one: which is so just when the
//! process ended because there was none. A piece beside the heap is room enough for a message.

use anyhow::{Result, bail};
use walrus::ir::Instr;
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, is_copy_of, named, sequences};

/// Tells of a process that ends: process → whom it told.
const TELL: &str = "context_monitors_handle_terminate";
/// Makes room: (process, words) → 0 where there is.
const ROOM: &str = "memory_ensure_free";
/// The same: (process, words, roots, where they are, how).
const ENSURE: &str = "memory_ensure_free_with_roots";
/// Copy nothing, but add a piece.
const ADD: i32 = 3;

/// Lets the last words of a process stand beside its heap.
pub fn speak(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(tell) = named(module, TELL, &[I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name tells of ends"));
    };
    let Some(ensure) = named(module, ENSURE, &[I32; 5], &[I32])? else {
        bail!("there is a {TELL}, but no {ENSURE}");
    };
    let askers = askers(module, tell)?;
    if askers.is_empty() {
        bail!("{TELL} does not ask for room as we know it");
    }
    let instead = adding(module, ensure);
    let mut count = 0;
    for seq in sequences(body(module, tell)?) {
        for (instr, _) in &mut body_mut(module, tell)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && askers.contains(&call.func)
            {
                call.func = instead;
                count += 1;
            }
        }
    }
    Ok(Outcome::Done(format!(
        "{count} messages of a process that ends need no copy of its heap"
    )))
}

/// The copies of [`ROOM`] that the function calls.
fn askers(module: &Module, tell: FunctionId) -> Result<Vec<FunctionId>> {
    let function = body(module, tell)?;
    let mut found = Vec::new();
    for seq in sequences(function) {
        for (instr, _) in &function.block(seq).instrs {
            if let Instr::Call(call) = instr
                && is_copy_of(module.funcs.get(call.func).name.as_deref(), ROOM)
            {
                let ty = module.funcs.get(call.func).ty();
                if module.types.params_results(ty) != (&[ValType::I32; 2], &[ValType::I32]) {
                    bail!("{ROOM} is not of the type that we know");
                }
                found.push(call.func);
            }
        }
    }
    Ok(found)
}

/// (process, words) → whether a piece was added.
fn adding(module: &mut Module, ensure: FunctionId) -> FunctionId {
    use ValType::I32;
    let [process, words] = [(); 2].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 2], &[I32]);
    let mut code = builder.func_body();
    code.local_get(process).local_get(words);
    code.i32_const(0).i32_const(0).i32_const(ADD).call(ensure);
    builder.finish(vec![process, words], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// Room tells how it is made.
    const VM: &str = r#"
        (func $memory_ensure_free_with_roots (param i32 i32 i32 i32 i32) (result i32)
          (i32.add (local.get 4) (i32.mul (i32.const 10) (i32.add (local.get 0) (local.get 1)))))
        (func $memory_ensure_free_867 (param i32 i32) (result i32)
          (call $memory_ensure_free_with_roots
            (local.get 0) (local.get 1) (i32.const 0) (i32.const 0) (i32.const 0)))
        (func $context_monitors_handle_terminate (export "tell") (param i32) (result i32)
          (call $memory_ensure_free_867 (local.get 0) (i32.const 9)))
        (func (export "other") (param i32) (result i32)
          (call $memory_ensure_free_867 (local.get 0) (i32.const 9)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), speak)
    }

    #[test]
    fn a_process_that_ends_adds_a_piece_and_others_copy() {
        let vm = run(VM).unwrap();
        let said = "1 messages of a process that ends need no copy of its heap";
        assert_eq!(vm.outcome, Outcome::Done(said.into()));
        assert_eq!(vm.call("tell", &[1]), 100 + ADD);
        assert_eq!(vm.call("other", &[1]), 100);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(TELL, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(ENSURE, "g")).is_err());
        assert!(run(&VM.replace("memory_ensure_free_867", "h")).is_err());
    }
}
