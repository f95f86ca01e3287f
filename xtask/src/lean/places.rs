//! A place in the mailbox remembered. Compilers say where a reference is about to be made, and which `receive` looks
//! only for messages with it: such a message lies behind all that were there before. The VM reads past the four
//! instructions that say so, and looks for each answer among everything that waits. Here a process remembers the
//! newest place of which it was told; `marks.rs` has what the instructions do then.

use anyhow::{Context, Result, bail};
use walrus::ir::{Call, Instr, InstrSeqId, LocalGet, MemArg};
use walrus::{FunctionId, LocalFunction, LocalId, Module, ValType};

use super::Outcome;
use super::marks::{BYTES, ENQUEUED, Marks, REGISTERS};
use super::operands::{
    bodies, body, body_mut, call_instead, constant, inner, named, sequences, walk,
};

/// Takes the message that a `receive` has looked at: mailbox → message.
const TAKE: &str = "mailbox_take_message";
/// Has a `receive` begin with the first message: (mailbox).
const RESET: &str = "mailbox_reset";
/// Takes out what a monitor may have left: (process, monitor, whether to tell).
const FLUSH: &str = "context_process_flush_monitor_signal";
/// Makes a process.
const NEW: &str = "context_new";
/// Memory: bytes → place, or 0.
const MALLOC: &str = "emscripten_builtin_malloc";
/// Puts a message into a mailbox: (process, message).
const ENQUEUE: &str = "mailbox_enqueue_message";
/// Empties the first registers of a process.
const CLEAN: &str = "context_clean_registers";

/// The instructions: a reference gets a marker; a marker is made; a `receive` uses the marker of a reference.
const BIND: usize = 173;
const RESERVE: usize = 175;
const USE: usize = 176;
/// The interpreter chooses among at least so many instructions, and nothing else does.
const INSTRUCTIONS: usize = 170;
/// What the VM makes for a marker: the empty list.
const NIL: i32 = 0x3b;

/// Where the interpreter has the process, and where the instruction.
#[derive(Clone, Copy)]
struct Locals {
    process: LocalId,
    instruction: LocalId,
}

/// Lets the instructions do what they are for.
pub fn remember(module: &mut Module) -> Result<Outcome> {
    use ValType::{I32, I64};
    let Some(take) = named(module, TAKE, &[I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no function of the name takes messages"));
    };
    let reset = part(module, RESET, &[I32], &[])?;
    let flush = part(module, FLUSH, &[I32, I64, I32], &[])?;
    let new = part(module, NEW, &[I32], &[I32])?;
    let malloc = part(module, MALLOC, &[I32], &[I32])?;
    let enqueue = part(module, ENQUEUE, &[I32, I32], &[])?;
    let clean = part(module, CLEAN, &[I32], &[])?;
    if !reaches(module, enqueue, ENQUEUED)? || !reaches(module, clean, REGISTERS)? {
        bail!("a process has its mailbox or its registers elsewhere than we know");
    }
    let marks = Marks::new(module)?;
    let interpreter = interpreter(module)?;
    let reserving = marks.reserving(module);
    for (opcode, function) in [
        (BIND, marks.binding(module)),
        (USE, marks.using(module)),
        (RESERVE, reserving),
    ] {
        instruct(module, interpreter, opcode, function)
            .with_context(|| format!("instruction {opcode} is not as we know it"))?;
    }
    call_instead(module, take, |module| Ok(marks.taking(module, take)))?;
    let resetting = marks.resetting(module, reset);
    begin_there(module, flush, reset, resetting)?;
    widen(module, new, malloc, marks.zeroed)?;
    Ok(Outcome::Done(
        "a receive begins at the place that was remembered".into(),
    ))
}

/// The function of that name, which has to be there.
pub fn part(
    module: &Module,
    name: &str,
    params: &[ValType],
    results: &[ValType],
) -> Result<FunctionId> {
    match named(module, name, params, results)? {
        Some(function) => Ok(function),
        None => bail!("messages are taken, but there is no {name}"),
    }
}

/// Whether the function reads or writes so far behind where a process begins, and nothing nearer.
fn reaches(module: &Module, function: FunctionId, at: u64) -> Result<bool> {
    let function = body(module, function)?;
    let mut nearest = None;
    for seq in sequences(function) {
        for (instr, _) in &function.block(seq).instrs {
            let arg: MemArg = match instr {
                Instr::Cmpxchg(access) => access.arg,
                Instr::Store(access) if access.arg.offset > 0 => access.arg,
                _ => continue,
            };
            nearest = nearest.min(Some(arg.offset)).or(Some(arg.offset));
        }
    }
    Ok(nearest == Some(at))
}

/// The function that chooses among all instructions.
fn interpreter(module: &Module) -> Result<FunctionId> {
    let mut found = Vec::new();
    for id in bodies(module) {
        if !choices(body(module, id)?).is_empty() {
            found.push(id);
        }
    }
    match found.as_slice() {
        &[interpreter] => Ok(interpreter),
        _ => bail!("{} functions choose among the instructions", found.len()),
    }
}

/// Where each instruction leads to, for each choice among all of them.
fn choices(function: &LocalFunction) -> Vec<Vec<InstrSeqId>> {
    let all = sequences(function).into_iter().flat_map(|seq| {
        let instrs = function.block(seq).instrs.iter();
        instrs.filter_map(|(instr, _)| match instr {
            Instr::BrTable(table) if table.blocks.len() >= INSTRUCTIONS => {
                Some(table.blocks.to_vec())
            }
            _ => None,
        })
    });
    all.collect()
}

/// Where what is done for an instruction begins: behind the block that its choice leaves. The first has the number 1.
fn handler(function: &LocalFunction, opcode: usize) -> Option<(InstrSeqId, usize)> {
    let choices = choices(function);
    let [targets] = choices.as_slice() else {
        return None;
    };
    let target = *targets.get(opcode - 1)?;
    sequences(function).into_iter().find_map(|seq| {
        let leaves =
            |(instr, _): &(Instr, _)| matches!(instr, Instr::Block(block) if block.seq == target);
        let at = function.block(seq).instrs.iter().position(leaves)?;
        Some((seq, at + 1))
    })
}

/// Has the interpreter call the function for an instruction: with the process and where the instruction is, or for a
/// new marker, with the process and in the place of the empty list.
fn instruct(
    module: &mut Module,
    interpreter: FunctionId,
    opcode: usize,
    function: FunctionId,
) -> Result<()> {
    let code = body(module, interpreter)?;
    let (seq, at) = handler(code, opcode).context("it is nowhere")?;
    let locals = locals(module, code, (seq, at)).context("its operands are elsewhere")?;
    let process = Instr::LocalGet(LocalGet {
        local: locals.process,
    });
    let instruction = Instr::LocalGet(LocalGet {
        local: locals.instruction,
    });
    let call = Instr::Call(Call { func: function });
    let instrs = &mut body_mut(module, interpreter)?.block_mut(seq).instrs;
    let (from, to, new) = if opcode == RESERVE {
        let empty = instrs[at..].windows(2).position(|pair| {
            constant(&pair[0].0) == Some(NIL) && matches!(pair[1].0, Instr::Store(_))
        });
        let empty = at + empty.context("it makes no empty list")?;
        (empty, empty + 1, vec![process, call])
    } else {
        (at, at, vec![process, instruction, call])
    };
    let place = instrs[at].1;
    instrs.splice(from..to, new.into_iter().map(|instr| (instr, place)));
    Ok(())
}

/// An instruction begins with setting where the next operand is, behind where it is itself; further on it may look for a
/// register of the process.
fn locals(
    module: &Module,
    function: &LocalFunction,
    (seq, at): (InstrSeqId, usize),
) -> Option<Locals> {
    let instrs = &function.block(seq).instrs;
    let &(Instr::LocalGet(LocalGet { local: instruction }), _) = instrs.get(at + 1)? else {
        return None;
    };
    constant(&instrs.get(at + 2)?.0).filter(|&behind| behind == 2)?;
    let mut waiting: Vec<InstrSeqId> = instrs[at..].iter().flat_map(|(i, _)| inner(i)).collect();
    waiting.reverse();
    while let Some(seq) = waiting.pop() {
        let instrs = &function.block(seq).instrs;
        let calls = |(instr, _): &(Instr, _)| matches!(instr, Instr::Call(call) if module.funcs.get(call.func).name.as_deref() == Some(super::marks::REGISTER));
        if let Some(call) = instrs.iter().position(calls) {
            let maker = (*walk(module, function, seq).ok()?.makers[call].first()?)?;
            return match instrs[maker].0 {
                Instr::LocalGet(LocalGet { local: process }) => Some(Locals {
                    process,
                    instruction,
                }),
                _ => None,
            };
        }
        waiting.extend(instrs.iter().rev().flat_map(|(instr, _)| inner(instr)));
    }
    None
}

/// What a monitor left is looked for from the place that was remembered for it.
fn begin_there(
    module: &mut Module,
    flush: FunctionId,
    reset: FunctionId,
    resetting: FunctionId,
) -> Result<()> {
    let function = body(module, flush)?;
    let entry = function.entry_block();
    let calls = |(instr, _): &(Instr, _)| matches!(instr, Instr::Call(call) if call.func == reset);
    let Some(at) = function.block(entry).instrs.iter().position(calls) else {
        bail!("{FLUSH} does not begin with the first message");
    };
    let monitor = function.args[1];
    let instrs = &mut body_mut(module, flush)?.block_mut(entry).instrs;
    let place = instrs[at].1;
    instrs[at].0 = Instr::Call(Call { func: resetting });
    instrs.insert(at, (Instr::LocalGet(LocalGet { local: monitor }), place));
    Ok(())
}

/// Every process is made with room for what it remembers.
fn widen(
    module: &mut Module,
    new: FunctionId,
    malloc: FunctionId,
    zeroed: FunctionId,
) -> Result<()> {
    let mut count = 0;
    for seq in sequences(body(module, new)?) {
        for (at, (instr, _)) in body(module, new)?
            .block(seq)
            .instrs
            .clone()
            .iter()
            .enumerate()
        {
            let instrs = &mut body_mut(module, new)?.block_mut(seq).instrs;
            if matches!(instr, Instr::Call(call) if call.func == malloc)
                && at > 0
                && constant(&instrs[at - 1].0) == Some(BYTES)
            {
                instrs[at].0 = Instr::Call(Call { func: zeroed });
                count += 1;
            }
        }
    }
    match count {
        1 => Ok(()),
        _ => bail!("{NEW} asks {count} times for the {BYTES} bytes of a process"),
    }
}
