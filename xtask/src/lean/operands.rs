//! What the steps need of function bodies. Above all, which instruction made each operand of another:
//! a walk over the operand stack of one sequence.
//! Code that cannot be reached has no operands worth knowing; the walk starts anew after it.

use std::collections::HashMap;
use std::mem;

use anyhow::{Result, bail};
use walrus::ir::{Instr, InstrSeq, InstrSeqId, InstrSeqType, Value};
use walrus::{
    ConstExpr, Function, FunctionId, GlobalId, LocalFunction, MemoryId, Module, TypeId, ValType,
};

/// Positions in a sequence of the instructions that made an instruction's operands, deepest first.
pub type Makers = Vec<Option<usize>>;

/// Every sequence of a function, outer ones before inner ones.
pub fn sequences(function: &LocalFunction) -> Vec<InstrSeqId> {
    let mut found = vec![function.entry_block()];
    let mut next = 0;
    while let Some(&seq) = found.get(next) {
        next += 1;
        for (instr, _) in &function.block(seq).instrs {
            found.extend(inner(instr));
        }
    }
    found
}

/// The sequences directly inside an instruction.
pub fn inner(instr: &Instr) -> Vec<InstrSeqId> {
    match instr {
        Instr::Block(block) => vec![block.seq],
        Instr::Loop(block) => vec![block.seq],
        Instr::IfElse(branches) => vec![branches.consequent, branches.alternative],
        _ => Vec::new(),
    }
}

/// The ids of the functions that have a body.
pub fn bodies(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter_local().map(|(id, _)| id).collect()
}

/// The body of a function known to have one.
pub fn body(module: &Module, id: FunctionId) -> Result<&LocalFunction> {
    match &module.funcs.get(id).kind {
        walrus::FunctionKind::Local(function) => Ok(function),
        _ => bail!("a function without a body"),
    }
}

/// The body of a function known to have one, to be changed.
pub fn body_mut(module: &mut Module, id: FunctionId) -> Result<&mut LocalFunction> {
    match &mut module.funcs.get_mut(id).kind {
        walrus::FunctionKind::Local(function) => Ok(function),
        _ => bail!("a function without a body"),
    }
}

/// The function of that name in the module's name section, if its type is as said; none where there is no such name.
pub fn named(
    module: &Module,
    name: &str,
    params: &[ValType],
    results: &[ValType],
) -> Result<Option<FunctionId>> {
    let is_named = |function: &&Function| function.name.as_deref() == Some(name);
    let mut found = module.funcs.iter().filter(is_named);
    let Some(function) = found.next() else {
        return Ok(None);
    };
    if found.next().is_some() {
        bail!("more than one function is called {name}");
    }
    if module.types.params_results(function.ty()) != (params, results) {
        bail!("{name} is not of the type that we know");
    }
    Ok(Some(function.id()))
}

/// Whether a function has that name, or one that was made of it to tell copies apart, such as `name_12`.
pub fn is_copy_of(found: Option<&str>, name: &str) -> bool {
    let rest = found.and_then(|found| found.strip_prefix(name));
    rest.is_some_and(|rest| {
        let number = rest.strip_prefix('_').unwrap_or(rest);
        number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Makes all that call a function call the one that `make` makes of it, and counts the calls.
pub fn call_instead(
    module: &mut Module,
    function: FunctionId,
    make: impl FnOnce(&mut Module) -> Result<FunctionId>,
) -> Result<usize> {
    let callers = bodies(module);
    let instead = make(module)?;
    let mut count = 0;
    for id in callers {
        for seq in sequences(body(module, id)?) {
            for (instr, _) in &mut body_mut(module, id)?.block_mut(seq).instrs {
                if let Instr::Call(call) = instr
                    && call.func == function
                {
                    call.func = instead;
                    count += 1;
                }
            }
        }
    }
    Ok(count)
}

/// The C library's zeroed memory: (count, bytes) → where, or 0.
pub const ZEROED: &str = "emscripten_builtin_calloc";
/// 2^32 over the golden ratio: what is multiplied with it lands far from its neighbours.
pub const SPREAD: i32 = -1_640_531_527;

/// The memory of the module.
pub fn memory(module: &Module) -> Result<MemoryId> {
    match module.memories.iter().next() {
        Some(memory) => Ok(memory.id()),
        None => bail!("there is no memory"),
    }
}

/// A new variable of each thread's own, which is zero at first.
pub fn variable(module: &mut Module) -> GlobalId {
    let zero = ConstExpr::Value(Value::I32(0));
    module.globals.add_local(ValType::I32, true, false, zero)
}

/// Replaces instructions of a sequence by their positions, each by any number of others.
pub fn replace(seq: &mut InstrSeq, mut changes: HashMap<usize, Vec<Instr>>) {
    for (at, (instr, place)) in mem::take(&mut seq.instrs).into_iter().enumerate() {
        match changes.remove(&at) {
            Some(instrs) => seq
                .instrs
                .extend(instrs.into_iter().map(|instr| (instr, place))),
            None => seq.instrs.push((instr, place)),
        }
    }
}

/// For every instruction of a sequence, who made its operands; `heights` says how many lie below them.
pub struct Walk {
    pub makers: Vec<Makers>,
    /// How many operands of this sequence are on the stack before each instruction; none after a branch.
    pub heights: Vec<Option<usize>>,
}

/// Walks over one sequence.
pub fn walk(module: &Module, function: &LocalFunction, seq: InstrSeqId) -> Result<Walk> {
    let mut walk = Walk {
        makers: Vec::new(),
        heights: Vec::new(),
    };
    let mut stack: Vec<Option<usize>> = vec![None; takes(module, function.block(seq).ty)];
    let mut reached = true;
    for (at, (instr, _)) in function.block(seq).instrs.iter().enumerate() {
        walk.heights.push(reached.then_some(stack.len()));
        let (pops, pushes, ends) = effect(module, function, instr)?;
        let kept = stack.len().saturating_sub(pops);
        if reached && stack.len() < pops {
            bail!("{instr:?} takes more operands than there are");
        }
        let mut operands = vec![None; pops - (stack.len() - kept)];
        operands.extend(stack.drain(kept..));
        walk.makers.push(operands);
        stack.extend(std::iter::repeat_n(Some(at), pushes));
        if ends {
            reached = false;
            stack.clear();
        }
    }
    Ok(walk)
}

/// How many operands an instruction takes and leaves, and whether what follows it cannot be reached.
fn effect(
    module: &Module,
    function: &LocalFunction,
    instr: &Instr,
) -> Result<(usize, usize, bool)> {
    let arity = |ty: TypeId| {
        let ty = module.types.get(ty);
        (ty.params().len(), ty.results().len())
    };
    let block = |seq: InstrSeqId| {
        let ty = function.block(seq).ty;
        (takes(module, ty), leaves(module, ty))
    };
    let (pops, pushes) = match instr {
        Instr::Block(inner) => block(inner.seq),
        Instr::Loop(inner) => block(inner.seq),
        Instr::IfElse(inner) => {
            let (pops, pushes) = block(inner.consequent);
            (pops + 1, pushes)
        }
        Instr::Call(call) => arity(module.funcs.get(call.func).ty()),
        Instr::CallIndirect(call) => {
            let (pops, pushes) = arity(call.ty);
            (pops + 1, pushes)
        }
        Instr::LocalGet(_) | Instr::GlobalGet(_) | Instr::Const(_) | Instr::MemorySize(_) => (0, 1),
        Instr::LocalSet(_) | Instr::GlobalSet(_) | Instr::Drop(_) => (1, 0),
        Instr::LocalTee(_) | Instr::Unop(_) | Instr::Load(_) | Instr::MemoryGrow(_) => (1, 1),
        Instr::Binop(_) | Instr::AtomicRmw(_) | Instr::AtomicNotify(_) => (2, 1),
        Instr::Select(_) | Instr::Cmpxchg(_) | Instr::AtomicWait(_) => (3, 1),
        Instr::Store(_) => (2, 0),
        Instr::MemoryInit(_) | Instr::MemoryCopy(_) | Instr::MemoryFill(_) => (3, 0),
        Instr::DataDrop(_) | Instr::AtomicFence(_) => (0, 0),
        // A conditional branch leaves the operands of its target where they are.
        Instr::BrIf(_) => (1, 0),
        Instr::Br(_) | Instr::Return(_) | Instr::Unreachable(_) => return Ok((0, 0, true)),
        Instr::BrTable(_) => return Ok((1, 0, true)),
        other => bail!("{other:?} is not an instruction that we know"),
    };
    Ok((pops, pushes, false))
}

fn takes(module: &Module, ty: InstrSeqType) -> usize {
    match ty {
        InstrSeqType::Simple(_) => 0,
        InstrSeqType::MultiValue(ty) => module.types.get(ty).params().len(),
    }
}

fn leaves(module: &Module, ty: InstrSeqType) -> usize {
    match ty {
        InstrSeqType::Simple(result) => usize::from(result.is_some()),
        InstrSeqType::MultiValue(ty) => module.types.get(ty).results().len(),
    }
}

/// The 32-bit constant that an instruction puts on the stack.
pub fn constant(instr: &Instr) -> Option<i32> {
    match instr {
        Instr::Const(constant) => match constant.value {
            Value::I32(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    fn check(body: &str) -> Vec<Makers> {
        let text = format!("(module (func $f (param i32) (result i32) (local i32) {body}))");
        let module = parse(&wat::parse_str(text).unwrap(), Names::Kept).unwrap();
        let function = body_of(&module);
        walk(&module, function, function.entry_block())
            .unwrap()
            .makers
    }

    fn body_of(module: &Module) -> &LocalFunction {
        body(module, bodies(module)[0]).unwrap()
    }

    #[test]
    fn operands_are_found_through_the_stack() {
        let makers = check("local.get 0  i32.const 4  local.get 0  local.tee 1  i32.add  i32.mul");
        assert_eq!(makers[4], [Some(1), Some(3)]);
        assert_eq!(makers[5], [Some(0), Some(4)]);
    }

    #[test]
    fn a_block_makes_its_result() {
        let makers = check("i32.const 1  (block (result i32) i32.const 2)  i32.add");
        assert_eq!(makers[2], [Some(0), Some(1)]);
    }

    #[test]
    fn unreachable_code_has_unknown_operands() {
        let makers = check("i32.const 1  br 0  i32.add");
        assert_eq!(
            makers.last().map(Vec::len),
            makers
                .last()
                .map(|m| m.iter().filter(|o| o.is_none()).count())
        );
    }
}
