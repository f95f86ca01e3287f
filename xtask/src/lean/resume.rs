//! The interpreter's loop made to return. Engines compile a better version of a hot function in the
//! background but enter it only at a call, and the interpreter is entered once and never left. Here the
//! way back to its outermost loop leaves the function and enters it anew, so that every time slice of a
//! process runs the best code there is.

use std::mem;

use anyhow::{Context, Result, bail};
use walrus::ir::{Block, Br, BrIf, Const, Instr, InstrSeqId, InstrSeqType, Return, Value};
use walrus::ir::{GlobalGet, GlobalSet, LocalGet, LocalSet, Loop};
use walrus::{
    ConstExpr, FunctionBuilder, FunctionId, FunctionKind, GlobalId, LocalFunction, LocalId, Module,
    ValType,
};

use super::Outcome;
use super::liveness::live_at;
use super::operands::{bodies, body, body_mut, inner, walk};

/// The interpreter has at least this many instructions, and no other function comes near.
const LARGE: usize = 20_000;
/// So many locals may travel from one entry to the next.
const MOST_LIVE: usize = 8;

/// Splits the interpreter into a loop and what it does each time.
pub fn split(module: &mut Module) -> Result<Outcome> {
    split_above(module, LARGE)
}

fn split_above(module: &mut Module, large: usize) -> Result<Outcome> {
    let Some(interpreter) = interpreter(module, large)? else {
        return Ok(Outcome::NotNeeded(
            "no function is large enough to be the interpreter",
        ));
    };
    let way = way_to_loop(module, interpreter)?;
    let live = live_at(body(module, interpreter)?, way.head);
    if live.len() > MOST_LIVE {
        bail!(
            "{} locals are live at the head of its loop, more than {MOST_LIVE}",
            live.len()
        );
    }
    let again = global(module, ValType::I32)?;
    let mut saved = Vec::new();
    for &local in &live {
        let ty = module.locals.get(local).ty();
        saved.push((local, global(module, ty)?));
    }
    leave_at_head(module, interpreter, &way, again, &saved)?;
    enter_again(module, interpreter, again)?;
    Ok(Outcome::Done(format!(
        "{} locals travel between time slices",
        live.len()
    )))
}

/// The one function that is far larger than all others.
fn interpreter(module: &Module, large: usize) -> Result<Option<FunctionId>> {
    let mut sizes = Vec::new();
    for id in bodies(module) {
        let function = body(module, id)?;
        sizes.push((size(function, function.entry_block()), id));
    }
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    match sizes.as_slice() {
        [(size, id), rest @ ..] if *size >= large => {
            if rest.first().is_some_and(|(next, _)| next * 3 > *size) {
                bail!("two functions are large enough to be the interpreter");
            }
            Ok(Some(*id))
        }
        _ => Ok(None),
    }
}

/// How to come from a function's entry to its outermost loop.
struct Way {
    /// The sequences on the way, and where in each it goes on.
    steps: Vec<(InstrSeqId, usize)>,
    /// The loop's body.
    head: InstrSeqId,
}

/// Follows the blocks in which most of a function lies, down to a loop.
fn way_to_loop(module: &Module, id: FunctionId) -> Result<Way> {
    let function = body(module, id)?;
    let whole = size(function, function.entry_block());
    let mut steps = Vec::new();
    let mut seq = function.entry_block();
    loop {
        let large = |instr: &Instr| {
            inner(instr)
                .into_iter()
                .map(|seq| size(function, seq))
                .sum::<usize>()
                * 2
                > whole
        };
        let instrs = &function.block(seq).instrs;
        let at = instrs.iter().position(|(instr, _)| large(instr));
        let at = at.context("the interpreter is not in one loop")?;
        if walk(module, function, seq)?.heights[at] != Some(0) {
            bail!("values lie on the stack where the interpreter's loop begins");
        }
        steps.push((seq, at));
        seq = match &instrs[at].0 {
            Instr::Block(block) => block.seq,
            Instr::Loop(block) => {
                if !matches!(function.block(block.seq).ty, InstrSeqType::Simple(_)) {
                    bail!("the interpreter's loop takes values from the stack");
                }
                return Ok(Way {
                    steps,
                    head: block.seq,
                });
            }
            other => bail!("the interpreter's loop is inside {other:?}"),
        };
    }
}

fn size(function: &LocalFunction, seq: InstrSeqId) -> usize {
    let mut size = 0;
    let mut open = vec![seq];
    while let Some(seq) = open.pop() {
        size += function.block(seq).instrs.len();
        open.extend(
            function
                .block(seq)
                .instrs
                .iter()
                .flat_map(|(instr, _)| inner(instr)),
        );
    }
    size
}

fn global(module: &mut Module, ty: ValType) -> Result<GlobalId> {
    Ok(module
        .globals
        .add_local(ty, true, false, ConstExpr::Value(zero(ty)?)))
}

fn zero(ty: ValType) -> Result<Value> {
    Ok(match ty {
        ValType::I32 => Value::I32(0),
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0.0),
        ValType::F64 => Value::F64(0.0),
        other => bail!("a local of type {other} cannot travel"),
    })
}

/// Makes the way back to the loop's head store the live locals, set `again` and return; and makes the
/// function, entered with `again` set, take the locals from there and go straight to the loop.
fn leave_at_head(
    module: &mut Module,
    id: FunctionId,
    way: &Way,
    again: GlobalId,
    saved: &[(LocalId, GlobalId)],
) -> Result<()> {
    let resumed = module.locals.add(ValType::I32);
    let ty = module.funcs.get(id).ty();
    let nothing: Vec<Instr> = module
        .types
        .results(ty)
        .iter()
        .map(|&ty| Ok(constant(zero(ty)?)))
        .collect::<Result<_>>()?;
    let function = body_mut(module, id)?;
    let result = function.block(way.head).ty;
    let new = |function: &mut LocalFunction, ty, instrs: Vec<Instr>| {
        let mut seq = function.builder_mut().dangling_instr_seq(ty);
        seq.instrs_mut()
            .extend(instrs.into_iter().map(|instr| (instr, Default::default())));
        seq.id()
    };

    // The loop becomes a block, so that a branch to its head is a branch to its end; its own end goes on.
    let mut leave = vec![Instr::Block(Block { seq: way.head })];
    for &(local, global) in saved {
        leave.extend([get(local), Instr::GlobalSet(GlobalSet { global })]);
    }
    leave.extend([
        constant(Value::I32(1)),
        Instr::GlobalSet(GlobalSet { global: again }),
    ]);
    leave.extend(nothing);
    leave.push(Instr::Return(Return {}));
    let done = new(function, result, leave);
    function.block_mut(way.head).ty = InstrSeqType::Simple(None);
    let goes_on = (Instr::Br(Br { block: done }), Default::default());
    function.block_mut(way.head).instrs.push(goes_on);

    let fresh = new(function, InstrSeqType::Simple(None), Vec::new());
    let mut restore = vec![
        get(resumed),
        Instr::Unop(walrus::ir::Unop {
            op: walrus::ir::UnaryOp::I32Eqz,
        }),
        Instr::BrIf(BrIf { block: fresh }),
    ];
    for &(local, global) in saved {
        restore.extend([Instr::GlobalGet(GlobalGet { global }), set(local)]);
    }
    function
        .block_mut(fresh)
        .instrs
        .extend(restore.into_iter().map(|instr| (instr, Default::default())));

    for (depth, &(seq, at)) in way.steps.iter().enumerate() {
        let rest = function.block_mut(seq).instrs.split_off(at);
        let first = mem::take(&mut function.block_mut(seq).instrs);
        let mut instrs = Vec::new();
        if depth == 0 {
            instrs.extend([Instr::GlobalGet(GlobalGet { global: again }), set(resumed)]);
            instrs.extend([
                constant(Value::I32(0)),
                Instr::GlobalSet(GlobalSet { global: again }),
            ]);
        }
        if !first.is_empty() {
            let skipped = new(function, InstrSeqType::Simple(None), Vec::new());
            let skip = [get(resumed), Instr::BrIf(BrIf { block: skipped })];
            let block = &mut function.block_mut(skipped).instrs;
            block.extend(skip.into_iter().map(|instr| (instr, Default::default())));
            block.extend(first);
            instrs.push(Instr::Block(Block { seq: skipped }));
        }
        let mut rest = rest.into_iter();
        let next = rest.next().map(|(instr, _)| instr);
        match next {
            Some(Instr::Loop(_)) => instrs.extend([
                Instr::Block(Block { seq: fresh }),
                Instr::Block(Block { seq: done }),
            ]),
            other => instrs.extend(other),
        }
        let block = &mut function.block_mut(seq).instrs;
        block.extend(instrs.into_iter().map(|instr| (instr, Default::default())));
        block.extend(rest);
    }
    Ok(())
}

/// Puts a function in the interpreter's place that calls it for as long as it asks for it.
fn enter_again(module: &mut Module, id: FunctionId, again: GlobalId) -> Result<()> {
    let ty = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (ty.params().to_vec(), ty.results().to_vec());
    if results.len() > 1 {
        bail!("the interpreter has several results");
    }
    let args: Vec<LocalId> = params.iter().map(|&ty| module.locals.add(ty)).collect();
    let answer = results.first().map(|&ty| module.locals.add(ty));
    // The new function calls itself until it and the interpreter have changed places.
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let head = builder.dangling_instr_seq(InstrSeqType::Simple(None)).id();
    builder.func_body().instr(Loop { seq: head });
    if let Some(answer) = answer {
        builder.func_body().local_get(answer);
    }
    let caller = builder.finish(args.clone(), &mut module.funcs);
    let block = &mut body_mut(module, caller)?.block_mut(head).instrs;
    let mut code: Vec<Instr> = args.iter().map(|&arg| get(arg)).collect();
    code.push(Instr::Call(walrus::ir::Call { func: caller }));
    code.extend(answer.map(set));
    code.extend([
        Instr::GlobalGet(GlobalGet { global: again }),
        Instr::BrIf(BrIf { block: head }),
    ]);
    block.extend(code.into_iter().map(|instr| (instr, Default::default())));
    swap_bodies(module, id, caller);
    Ok(())
}

fn swap_bodies(module: &mut Module, one: FunctionId, other: FunctionId) {
    let ty = module.funcs.get(one).ty();
    let nothing = FunctionKind::Uninitialized(ty);
    let first = mem::replace(&mut module.funcs.get_mut(one).kind, nothing);
    let second = mem::replace(&mut module.funcs.get_mut(other).kind, first);
    module.funcs.get_mut(one).kind = second;
}

fn get(local: LocalId) -> Instr {
    Instr::LocalGet(LocalGet { local })
}

fn set(local: LocalId) -> Instr {
    Instr::LocalSet(LocalSet { local })
}

fn constant(value: Value) -> Instr {
    Instr::Const(Const { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    /// A machine that counts down `rounds` of three and then answers with the sum; its loop is outermost.
    const MACHINE: &str = "
        (func $run (export \"run\") (param $rounds i32) (result i32) (local $sum i32) (local $step i32)
          (local.set $sum (i32.const 100))
          (block $stop
            (br_if $stop (i32.eqz (local.get $rounds)))
            (loop $head
              (local.set $step (i32.const 3))
              (loop $inner
                (local.set $sum (i32.add (local.get $sum) (local.get $step)))
                (br_if $inner (local.tee $step (i32.sub (local.get $step) (i32.const 1)))))
              (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
              (br_if $head (local.get $rounds))))
          (local.get $sum))";

    fn check(code: &str) -> Result<(Outcome, Module)> {
        let mut module = parse(
            &wat::parse_str(format!("(module {code} (func))"))?,
            Names::Kept,
        )?;
        let outcome = split_above(&mut module, 20)?;
        let written = parse(&module.emit_wasm(), Names::Kept)?;
        Ok((outcome, written))
    }

    #[test]
    fn the_way_back_to_the_outer_loop_leaves_the_function() {
        let (outcome, module) = check(MACHINE).unwrap();
        assert_eq!(
            outcome,
            Outcome::Done("2 locals travel between time slices".into())
        );
        let loops = |id| {
            let function = body(&module, id).unwrap();
            let instrs = super::super::operands::sequences(function);
            let count = |seq: &InstrSeqId| {
                function
                    .block(*seq)
                    .instrs
                    .iter()
                    .filter(|(i, _)| matches!(i, Instr::Loop(_)))
                    .count()
            };
            instrs.iter().map(count).sum::<usize>()
        };
        let run = module.exports.get_func("run").unwrap();
        let inside = bodies(&module)
            .into_iter()
            .find(|&id| id != run && loops(id) == 1);
        assert_eq!(
            loops(run),
            1,
            "the function in the interpreter's place calls it in a loop"
        );
        assert!(
            inside.is_some(),
            "the interpreter keeps its inner loop alone"
        );
    }

    #[test]
    fn a_module_without_an_interpreter_needs_nothing() {
        assert!(matches!(
            check("(func (nop))").unwrap().0,
            Outcome::NotNeeded(_)
        ));
    }

    #[test]
    fn an_interpreter_of_another_shape_is_refused() {
        let many = (0..12)
            .map(|n| format!("(drop (local.get {n}))"))
            .collect::<String>();
        let params = "i32 ".repeat(12);
        for (why, code) in [
            (
                "two of them",
                format!("{MACHINE} {}", MACHINE.replace("run", "ran")),
            ),
            (
                "no outer loop",
                MACHINE.replace("(loop $head", "(block $head"),
            ),
            (
                "too much to carry",
                format!("(func (param {params}) (loop $head {many} (br $head)))"),
            ),
            (
                "inside an if",
                MACHINE
                    .replace("(block $stop", "(if $stop (i32.const 1) (then")
                    .replace(
                        "$rounds))))\n          (local.get $sum)",
                        "$rounds)))))\n          (local.get $sum)",
                    ),
            ),
        ] {
            assert!(check(&code).is_err(), "{why}");
        }
    }
}
