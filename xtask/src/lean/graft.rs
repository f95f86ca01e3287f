//! Functions of our own in the place of the VM's: those that `native/vm` exports under the name of one of the VM's. They
//! call the VM's functions as imports of `vm`; under the name of one that they replace that is the VM's original.
//! A replaced function keeps its place, so that calls through pointers reach the new one too. What is exported as
//! `new:…` is added under that name, for the steps that follow.
//! What is grafted must need no memory but the VM's: it brings no data, and no stack for arrays.

use std::collections::HashMap;
use std::mem;

use anyhow::{Context, Result, bail, ensure};
use walrus::ir::{CallIndirect, Instr, InstrSeqId, InstrSeqType, VisitorMut, dfs_pre_order_mut};
use walrus::{
    ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId, ImportKind, LocalFunction,
    LocalId, MemoryId, Module, TypeId,
};

use super::Outcome;
use super::operands::{bodies, body, body_mut, is_copy_of, memory, sequences};

/// The module that the imports of what is grafted name.
const VM: &str = "vm";
/// What the names of functions begin with that replace none.
const NEW: &str = "new:";

/// Puts the functions that `grafted` exports in the place of the VM's of the same names.
pub fn graft(module: &mut Module, grafted: &Module) -> Result<Outcome> {
    ensure!(
        grafted.data.iter().next().is_none() && grafted.elements.iter().next().is_none(),
        "what is grafted has data or pointers to functions: there is no memory for them"
    );
    let (new, exports): (Vec<_>, Vec<_>) = exports(grafted)
        .into_iter()
        .partition(|(name, _)| name.starts_with(NEW));
    let copies: Vec<Vec<FunctionId>> = exports
        .iter()
        .map(|(name, _)| copies(module, name))
        .collect();
    if copies.iter().all(Vec::is_empty) {
        return Ok(Outcome::NotNeeded("no function has one of the names"));
    }
    let mut originals = HashMap::new();
    for ((name, id), copies) in exports.iter().zip(&copies) {
        ensure!(!copies.is_empty(), "the VM has no function {name}");
        for &copy in copies {
            same_type(module, copy, grafted, *id)?;
            let original = make_way(module, copy)?;
            originals.entry(name.clone()).or_insert(original);
        }
    }
    let functions = functions(module, grafted, &originals)?;
    let memory = memory(module)?;
    for (id, function) in grafted.funcs.iter_local() {
        let name = grafted.funcs.get(id).name.clone().unwrap_or_default();
        Copying::of(grafted, &functions, memory)
            .copy(module, function, functions[&id])
            .with_context(|| format!("{name} of what is grafted"))?;
    }
    for (name, id) in new {
        module.funcs.get_mut(functions[&id]).name = Some(name);
    }
    let mut count = 0;
    for ((_, id), copies) in exports.iter().zip(&copies) {
        for &copy in copies {
            let function = body_mut(module, copy)?;
            let args = function.args.clone();
            let mut code = function.builder_mut().func_body();
            for arg in args {
                code.local_get(arg);
            }
            code.call(functions[id]);
            count += 1;
        }
    }
    Ok(Outcome::Done(format!("{count} functions replaced")))
}

/// The functions that the module exports.
fn exports(module: &Module) -> Vec<(String, FunctionId)> {
    let functions = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some((export.name.clone(), id)),
            _ => None,
        });
    functions.collect()
}

/// The VM's function of that name, and its copies.
fn copies(module: &Module, name: &str) -> Vec<FunctionId> {
    let named = |id: &FunctionId| is_copy_of(module.funcs.get(*id).name.as_deref(), name);
    bodies(module).into_iter().filter(named).collect()
}

fn same_type(vm: &Module, one: FunctionId, grafted: &Module, other: FunctionId) -> Result<()> {
    let there = vm.types.params_results(vm.funcs.get(one).ty());
    let here = grafted.types.params_results(grafted.funcs.get(other).ty());
    let name = vm.funcs.get(one).name.as_deref().unwrap_or_default();
    ensure!(
        there == here,
        "{name} is {there:?} in the VM, and {here:?} in what is grafted"
    );
    Ok(())
}

/// Moves the body of a function to another, and says to which; its own is empty then.
fn make_way(module: &mut Module, function: FunctionId) -> Result<FunctionId> {
    let empty = empty(module, module.funcs.get(function).ty());
    let ty = module.funcs.get(function).ty();
    let kind = |module: &mut Module, id: FunctionId, kind: FunctionKind| {
        mem::replace(&mut module.funcs.get_mut(id).kind, kind)
    };
    let original = kind(module, function, FunctionKind::Uninitialized(ty));
    let new = kind(module, empty, original);
    kind(module, function, new);
    Ok(empty)
}

/// A function without a body.
fn empty(module: &mut Module, ty: TypeId) -> FunctionId {
    let (params, results) = module.types.params_results(ty);
    let (params, results) = (params.to_vec(), results.to_vec());
    let args = params.iter().map(|&ty| module.locals.add(ty)).collect();
    FunctionBuilder::new(&mut module.types, &params, &results).finish(args, &mut module.funcs)
}

/// For each function of what is grafted the one that it becomes, still empty, or the VM's that it means.
fn functions(
    module: &mut Module,
    grafted: &Module,
    originals: &HashMap<String, FunctionId>,
) -> Result<HashMap<FunctionId, FunctionId>> {
    let mut functions = HashMap::new();
    for import in grafted.imports.iter() {
        let ImportKind::Function(id) = import.kind else {
            continue;
        };
        let name = &import.name;
        ensure!(import.module == VM, "{} is not the VM", import.module);
        let meant = match originals.get(name) {
            Some(&original) => original,
            None => *copies(module, name)
                .first()
                .with_context(|| format!("the VM has no function {name} to be called"))?,
        };
        same_type(module, meant, grafted, id)?;
        functions.insert(id, meant);
    }
    for (id, _) in grafted.funcs.iter_local() {
        let (params, results) = grafted.types.params_results(grafted.funcs.get(id).ty());
        let ty = module.types.add(params, results);
        functions.insert(id, empty(module, ty));
    }
    Ok(functions)
}

/// Copies a body from one module into another.
struct Copying<'a> {
    grafted: &'a Module,
    functions: &'a HashMap<FunctionId, FunctionId>,
    memory: MemoryId,
    locals: HashMap<LocalId, LocalId>,
    blocks: HashMap<InstrSeqId, InstrSeqId>,
    /// What there is none of in the VM.
    missing: Option<&'static str>,
}

impl<'a> Copying<'a> {
    fn of(
        grafted: &'a Module,
        functions: &'a HashMap<FunctionId, FunctionId>,
        memory: MemoryId,
    ) -> Copying<'a> {
        Copying {
            grafted,
            functions,
            memory,
            locals: HashMap::new(),
            blocks: HashMap::new(),
            missing: None,
        }
    }

    fn copy(&mut self, module: &mut Module, from: &LocalFunction, to: FunctionId) -> Result<()> {
        let args = body(module, to)?.args.clone();
        self.locals.extend(from.args.iter().copied().zip(args));
        let found = sequences(from);
        for &seq in &found {
            let ty = from.block(seq).ty;
            let builder = body_mut(module, to)?.builder_mut();
            let same = match ty {
                _ if seq == from.entry_block() => builder.func_body_id(),
                InstrSeqType::Simple(_) => builder.dangling_instr_seq(ty).id(),
                InstrSeqType::MultiValue(_) => bail!("has a block of several values"),
            };
            self.blocks.insert(seq, same);
        }
        for seq in found {
            let mut instrs = from.block(seq).instrs.clone();
            for (instr, _) in &mut instrs {
                self.add_local(module, instr);
                self.branch(instr);
            }
            body_mut(module, to)?.block_mut(self.blocks[&seq]).instrs = instrs;
        }
        let to = body_mut(module, to)?;
        let entry = to.entry_block();
        dfs_pre_order_mut(self, to, entry);
        match self.missing {
            Some(missing) => bail!("needs {missing}"),
            None => Ok(()),
        }
    }

    /// Branches to the copy of a block: a walk does not visit where a branch goes.
    fn branch(&self, instr: &mut Instr) {
        match instr {
            Instr::Br(branch) => branch.block = self.blocks[&branch.block],
            Instr::BrIf(branch) => branch.block = self.blocks[&branch.block],
            Instr::BrTable(branches) => {
                for block in branches.blocks.iter_mut().chain([&mut branches.default]) {
                    *block = self.blocks[block];
                }
            }
            _ => {}
        }
    }

    fn add_local(&mut self, module: &mut Module, instr: &Instr) {
        let local = match instr {
            Instr::LocalGet(get) => get.local,
            Instr::LocalSet(set) => set.local,
            Instr::LocalTee(tee) => tee.local,
            _ => return,
        };
        let ty = self.grafted.locals.get(local).ty();
        let add = || module.locals.add(ty);
        self.locals.entry(local).or_insert_with(add);
    }
}

// A walk visits each id more than once: one that is the VM's already is no key of these tables.
impl VisitorMut for Copying<'_> {
    fn visit_local_id_mut(&mut self, local: &mut LocalId) {
        *local = self.locals.get(local).copied().unwrap_or(*local);
    }

    fn visit_instr_seq_id_mut(&mut self, seq: &mut InstrSeqId) {
        *seq = self.blocks.get(seq).copied().unwrap_or(*seq);
    }

    fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
        *function = self.functions.get(function).copied().unwrap_or(*function);
    }

    fn visit_memory_id_mut(&mut self, memory: &mut MemoryId) {
        *memory = self.memory;
    }

    fn visit_global_id_mut(&mut self, _: &mut GlobalId) {
        self.missing = Some("a stack of its own: an array, or a reference to a local variable");
    }

    fn visit_call_indirect_mut(&mut self, _: &mut CallIndirect) {
        self.missing = Some("calls through pointers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;
    use crate::lean::{Names, parse};

    const TWICE: &str = r#"
        (memory 1)
        (table 1 funcref) (elem (i32.const 0) $twice)
        (type $unary (func (param i32) (result i32)))
        (func $twice (type $unary) (i32.mul (local.get 0) (i32.const 2)))
        (func $twice_17 (type $unary) (i32.mul (local.get 0) (i32.const 2)))
        (func $less (type $unary) (i32.sub (local.get 0) (i32.load (i32.const 8))))
        (func (export "called") (type $unary) (call $twice (local.get 0)))
        (func (export "copy") (type $unary) (call $twice_17 (local.get 0)))
        (func (export "pointed") (type $unary)
          (i32.store (i32.const 8) (i32.const 3))
          (call_indirect (type $unary) (local.get 0) (i32.const 0)))"#;

    /// Three times what the original says of each number down to zero, and the VM's `less` of it.
    const INSTEAD: &str = r#"
        (import "vm" "twice" (func $original (param i32) (result i32)))
        (import "vm" "less" (func $less (param i32) (result i32)))
        (import "env" "memory" (memory 1))
        (func $thrice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
        (func (export "twice") (param i32) (result i32) (local $sum i32)
          (block $end
            (loop $next
              (br_if $end (i32.eqz (local.get 0)))
              (local.set $sum (i32.add (local.get $sum) (call $thrice (call $original (local.get 0)))))
              (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
              (br $next)))
          (call $less (i32.add (local.get $sum) (i32.load (i32.const 8)))))"#;

    fn run(vm: &str, instead: &str) -> Result<Running> {
        let instead = wat::parse_str(format!("(module {instead})"))?;
        let grafted = parse(&instead, Names::Kept)?;
        Running::after(&format!("(module {vm})"), |module| graft(module, &grafted))
    }

    #[test]
    fn a_function_is_replaced_for_all_that_call_it_and_its_original_can_be_called() {
        let vm = run(TWICE, INSTEAD).unwrap();
        assert_eq!(vm.outcome, Outcome::Done("2 functions replaced".into()));
        for (name, expected) in [("called", 36), ("copy", 36), ("pointed", 36)] {
            assert_eq!(vm.call(name, &[3]), expected, "{name}");
        }
    }

    #[test]
    fn a_vm_without_names_needs_nothing() {
        let nameless = TWICE.replace("$twice", "$f").replace("$less", "$g");
        let vm = run(&nameless, INSTEAD).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        assert_eq!(vm.call("called", &[3]), 6);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused = |vm: &str, instead: &str, why: &str| {
            let error = run(vm, instead).map(|vm| vm.outcome).unwrap_err();
            let said = format!("{error:#}");
            assert!(said.contains(why), "{said}");
        };
        let lost = TWICE.replace("$less", "$g");
        refused(&lost, INSTEAD, "no function less");
        let other = INSTEAD.replace(
            "(export \"twice\")",
            "(export \"twice\") (export \"thrice\")",
        );
        refused(TWICE, &other, "no function thrice");
        let wide = INSTEAD.replace(
            "\"less\" (func $less (param i32)",
            "\"less\" (func $less (param i64)",
        );
        let wide = wide
            .replace("(call $less", "(call $less (i64.extend_i32_u")
            .replace(
                "(i32.load (i32.const 8)))))",
                "(i32.load (i32.const 8))))))",
            );
        refused(TWICE, &wide, "less is");
        let data = format!("{INSTEAD} (data (i32.const 0) \"a\")");
        refused(TWICE, &data, "there is no memory");
        let stack = format!("{INSTEAD} (global $sp (mut i32) (i32.const 9))")
            .replace("(i32.const 3)))", "(global.get $sp)))");
        refused(TWICE, &stack, "needs a stack");
    }
}
