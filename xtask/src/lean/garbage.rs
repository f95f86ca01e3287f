//! Garbage collected in time. The VM keeps larger binaries beside the heaps and frees them when the heap that names
//! them is collected, but collects a heap only when that is full: a process with a list of 50,000 elements that
//! appends to a binary as often held gigabytes of old versions, and the machine ended. So each thread counts the bytes
//! of binaries that it makes, and after so many it collects the heap of the process that needs room next, which is the
//! one that makes them.

use anyhow::{Result, bail};
use walrus::ir::BinaryOp;
use walrus::{FunctionBuilder, FunctionId, GlobalId, Module, ValType};

use super::Outcome;
use super::operands::{call_instead, named, variable};

/// Makes a binary beside the heap: bytes → where.
const CREATE: &str = "refc_binary_create_refc";
/// Makes room on a heap: (process, words, roots, where they are, how) → whether there is.
const ENSURE: &str = "memory_ensure_free_with_roots";
/// Make room; the heap may be collected for it, though it need not.
const MAY_COLLECT: i32 = 1;
/// Collect the heap.
const COLLECT: i32 = 2;
/// Of the 256 MiB that the page reserves, for each thread.
const BYTES: i32 = 16 * 1024 * 1024;

/// Counts what is made, and collects.
pub fn collect(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(create) = named(module, CREATE, &[I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name makes binaries"));
    };
    let Some(ensure) = named(module, ENSURE, &[I32; 5], &[I32])? else {
        bail!("binaries are made, but there is no {ENSURE}");
    };
    let made = variable(module);
    let creators = call_instead(module, create, |module| Ok(counted(module, create, made)))?;
    let askers = call_instead(module, ensure, |module| {
        Ok(collecting(module, ensure, made))
    })?;
    Ok(Outcome::Done(format!(
        "{creators} makers of binaries are counted, {askers} callers collect after {BYTES} bytes"
    )))
}

/// Making a binary, counted.
fn counted(module: &mut Module, create: FunctionId, made: GlobalId) -> FunctionId {
    let bytes = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    let mut code = builder.func_body();
    code.global_get(made).local_get(bytes);
    code.binop(BinaryOp::I32Add).global_set(made);
    code.local_get(bytes).call(create);
    builder.finish(vec![bytes], &mut module.funcs)
}

/// Making room, by collecting when enough was made.
fn collecting(module: &mut Module, ensure: FunctionId, made: GlobalId) -> FunctionId {
    use ValType::I32;
    let [process, words, roots, places, how] = [(); 5].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32; 5], &[I32]);
    let mut code = builder.func_body();
    code.local_get(how).i32_const(MAY_COLLECT);
    code.binop(BinaryOp::I32Eq);
    code.global_get(made).i32_const(BYTES);
    code.binop(BinaryOp::I32GtU);
    code.binop(BinaryOp::I32And).if_else(
        None,
        |code| {
            code.i32_const(0).global_set(made);
            code.i32_const(COLLECT).local_set(how);
        },
        |_| {},
    );
    for local in [process, words, roots, places, how] {
        code.local_get(local);
    }
    code.call(ensure);
    builder.finish(vec![process, words, roots, places, how], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// Making room says how it was asked for, making a binary how large it is.
    const VM: &str = r#"
        (func $refc_binary_create_refc (param i32) (result i32) (local.get 0))
        (func $memory_ensure_free_with_roots (param i32 i32 i32 i32 i32) (result i32)
          (i32.add (local.get 4) (i32.mul (i32.const 10) (i32.add (local.get 0)
            (i32.add (local.get 1) (i32.add (local.get 2) (local.get 3)))))))
        (func (export "create") (param i32) (result i32) (call $refc_binary_create_refc (local.get 0)))
        (func (export "ensure") (param i32) (result i32)
          (call $memory_ensure_free_with_roots
            (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (local.get 0)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), collect)
    }

    #[test]
    fn a_heap_is_collected_once_for_each_so_many_bytes() {
        let vm = run(VM).unwrap();
        for _ in 0..3 {
            for part in 0..4 {
                assert_eq!(vm.call("ensure", &[1]), 101, "after {part} parts");
                assert_eq!(vm.call("create", &[BYTES / 4 + 1]), BYTES / 4 + 1);
            }
            assert_eq!(vm.call("ensure", &[1]), 102);
        }
    }

    #[test]
    fn who_must_not_collect_does_not() {
        let vm = run(VM).unwrap();
        vm.call("create", &[BYTES + 1]);
        for how in [0, 2, 3] {
            assert_eq!(vm.call("ensure", &[how]), 100 + how);
        }
        assert_eq!(vm.call("ensure", &[1]), 102);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(CREATE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert!(run(&VM.replace(ENSURE, "f")).is_err());
    }
}
