//! The interpreter's loop and bit strings (see `bits.rs`). The loop's places are known by their shape: the checks that
//! raise fall away, sizes and offsets that were shifted to bytes stay bits, and the makers of parts and the copying of
//! bytes are those of bits.

use anyhow::{Context, Result, bail, ensure};
use walrus::ir::{BinaryOp, Instr, InstrSeqId};
use walrus::{FunctionId, LocalFunction};

use super::bits::Parts;
use super::operands::{inner, sequences};
use super::windows::Shape::{
    Br, BrIf, Call, Const, Eqz, Get, If, Load, MemoryCopy, Op, Right, Set, Store, Tee,
};
use super::windows::{
    Edits, Window, around, before, behind, call, everywhere, get, inside, number, only, op, set,
};

const ADD: BinaryOp = BinaryOp::I32Add;
const AND: BinaryOp = BinaryOp::I32And;
const SHL: BinaryOp = BinaryOp::I32Shl;

/// What the VM raises where it would need bits, and the atom `all`.
const UNSUPPORTED: i32 = 907;
const ALL: i32 = 971;
/// Words of a bit string beyond those of its binary.
const WORDS: i32 = 5;
/// The instruction `is_binary`, as its number in code.
const IS_BINARY: usize = 53;

/// What is to be changed in the loop.
pub fn edits(function: &LocalFunction, parts: &Parts) -> Result<Edits> {
    let mut edits = Edits::default();
    sizes(function, parts, &mut edits);
    matched(function, parts, &mut edits).context("parts")?;
    sized(function, parts, &mut edits).context("parts of a size")?;
    measured(function, parts, &mut edits).context("what is made, measured")?;
    made(function, parts, &mut edits).context("what is made")?;
    is_binary(function, parts, &mut edits).context("is_binary")?;
    Ok(edits)
}

/// Sizes in bits, where they were bytes times eight.
pub fn sizes(function: &LocalFunction, parts: &Parts, edits: &mut Edits) {
    let times_eight = [Call(&parts.size_before), Const(3), Op(SHL)];
    for found in everywhere(function, &times_eight, None) {
        edits.put(&found, 0, vec![call(parts.size)]);
        edits.take_out(&found, 1..3);
    }
}

/// The check of an offset before a place: it lets all pass.
fn unchecked(function: &LocalFunction, window: &Window, edits: &mut Edits) -> Result<()> {
    let check = before(function, window, &[Const(7), Op(AND), If])?;
    edits.put(&check, 0, vec![number(0)]);
    Ok(())
}

/// Parts of what is matched: the rest (twice), and one of constant size.
fn matched(function: &LocalFunction, parts: &Parts, edits: &mut Edits) -> Result<()> {
    let size = Call(&parts.size_before);
    let on_heap = Call(&parts.on_heap_before);
    let rest = [
        size,
        Get(0),
        Const(3),
        Right,
        Tee(1),
        Op(BinaryOp::I32Sub),
        Tee(2),
        on_heap,
    ];
    let rests = everywhere(function, &rest, None);
    ensure!(rests.len() == 2, "{} rests", rests.len());
    for found in rests {
        edits.put(&found, 0, vec![call(parts.size)]);
        edits.take_out(&found, 2..4);
        unchecked(function, &found, edits)?;
    }
    let of_size = only(function, &[Get(0), Const(3), Right, Tee(1), on_heap], None)?;
    edits.take_out(&of_size, 1..3);
    unchecked(function, &of_size, edits)?;
    let part = Call(&parts.part_before);
    let shape = [Get(2), Const(3), Right, Get(1), Get(3), Get(4), Load, part];
    let place = behind(function, &of_size, &shape)?;
    edits.take_out(&place, 1..3);
    for found in everywhere(function, &[on_heap], None) {
        edits.put(&found, 0, vec![call(parts.on_heap)]);
    }
    for found in everywhere(function, &[part], None) {
        edits.put(&found, 0, vec![call(parts.part)]);
    }
    Ok(())
}

/// Parts whose size is a variable, or all that is left.
fn sized(function: &LocalFunction, parts: &Parts, edits: &mut Edits) -> Result<()> {
    // Numbers of variables: 0 what is wanted, 1 the offset, 2 the offset in bytes, 3 the unit (until 0 is known).
    let size = Call(&parts.size_before);
    let compared = [
        size,
        Get(0),
        Get(1),
        Const(3),
        Right,
        Tee(2),
        Op(ADD),
        Op(BinaryOp::I32LtU),
        If,
    ];
    let compared = only(function, &compared, None)?;
    edits.take_out(&compared, [0, 3, 4, 7]);
    edits.put(&compared, 6, vec![call(parts.lack)]);
    let unit = [Get(3), Const(8), Op(BinaryOp::I32Ne), If];
    let checked = before(function, &around(function, &compared)?, &unit)?;
    edits.put(&checked, 0, vec![number(0)]);
    edits.take_out(&checked, 1..3);
    unchecked(function, &compared, edits)?;
    let moved = [
        Get(0),
        Const(3),
        Op(SHL),
        Get(1),
        Op(ADD),
        Call(&parts.set_offset),
    ];
    edits.take_out(&behind(function, &compared, &moved)?, 1..3);
    let all = [size, Get(1), Const(-8), Op(BinaryOp::I32DivS), Op(ADD)];
    let all = only(function, &all, Some(&compared))?;
    let unit = get(checked.local(3)?);
    edits.take_out(&all, [0, 4]);
    edits.put(&all, 2, vec![unit.clone()]);
    edits.put(&all, 3, vec![call(parts.behind)]);
    let integer = before(function, &all, &[If])?;
    let place = (integer.seq, integer.at);
    let units = inside(function, place, &[Get(4), Call(&parts.to_int), Br], None)?;
    let times = vec![call(called(function, &units)?), unit, call(parts.wanted)];
    edits.put(&units, 1, times);
    Ok(())
}

/// What is to be made, added up before it is made.
fn measured(function: &LocalFunction, parts: &Parts, edits: &mut Edits) -> Result<()> {
    // Numbers of variables: 0 a segment's size, 1 its unit, 2 its bits, 3 its value.
    let size = Call(&parts.size_before);
    let checked = [
        Get(0),
        Get(1),
        Op(BinaryOp::I32Mul),
        Tee(2),
        Const(7),
        Op(AND),
        If,
    ];
    let of_size = [Get(3), size, Get(2), Const(3), Right, Op(BinaryOp::I32LtU)];
    let shape = [&checked[..], &of_size[..]].concat();
    let segment = only(function, &shape, None)?;
    edits.put(&segment, 4, vec![number(0)]);
    edits.put(&segment, 8, vec![call(parts.size)]);
    edits.take_out(&segment, 10..12);
    let is_binary = [Get(3), Call(&parts.is_binary), Eqz, If];
    let is_binary = before(function, &segment, &is_binary)?;
    let (wanted, unit) = (segment.local(0)?, segment.local(1)?);
    edits.put(&is_binary, 1, vec![get(wanted), get(unit), call(parts.fit)]);
    let all = [Get(0), Const(ALL), Op(BinaryOp::I32Eq), If];
    let all = behind(function, &is_binary, &all)?;
    let place = (all.seq, all.at + 3);
    let whole = inside(function, place, &[Get(3), size, Store], Some(&segment))?;
    edits.put(&whole, 1, vec![call(parts.size)]);
    let end = |seq: InstrSeqId| {
        let at = function.block(seq).instrs.len() - 1;
        (at, function.block(seq).instrs[at].0.clone())
    };
    // The unit of a whole one is a bit, and its end is that of one with a size.
    let ((at, left), (_, goes_on)) = (end(whole.seq), end(segment.seq));
    ensure!(
        matches!((&left, &goes_on), (Instr::Br(_), Instr::Br(_))),
        "a segment does not end as we know it"
    );
    let last = whole.moved(at);
    edits.put(&last, 0, vec![number(1), set(unit), goes_on]);
    Ok(())
}

/// What is made.
fn made(function: &LocalFunction, parts: &Parts, edits: &mut Edits) -> Result<()> {
    // Numbers of variables: 0 its bits, 1 its bytes, 2 words beside it, 3 the offset, 4 a segment's value and 5 its
    // bits, 6 how many of them are wanted, 7 and 8 where bytes come from and go to, 9 to 12 what is made, and with what.
    let size = Call(&parts.size_before);
    let shape = [
        Tee(0),
        Const(7),
        Op(AND),
        Eqz,
        BrIf,
        Const(UNSUPPORTED),
        Set(13),
    ];
    edits.put(&only(function, &shape, None)?, 1, vec![number(0)]);
    let heap_size = Call(&parts.heap_size);
    let shape = [Get(0), Const(3), Right, Tee(1), heap_size, Get(2), Op(ADD)];
    // An older instruction makes a binary in the same way, and has no segments to put into it.
    let filled = |room: &Window| {
        let begins = behind(function, room, &[If]).ok()?;
        let shape = [
            Get(1),
            Get(9),
            Get(10),
            Load,
            Call(&parts.create_empty),
            Tee(11),
        ];
        inside(function, (begins.seq, begins.at), &shape, Some(room)).ok()
    };
    let rooms = everywhere(function, &shape, None);
    let mut filled = rooms
        .into_iter()
        .filter_map(|room| Some((filled(&room)?, room)));
    let (empty, room) = filled.next().context("nothing is made and filled")?;
    edits.put(&room, 1, vec![number(7), op(ADD), number(3)]);
    edits.put(&room, 6, vec![op(ADD), number(WORDS), op(ADD)]);

    let shape = [Get(3), Const(7), Op(AND), If, Get(4), size, Set(5)];
    let segment = only(function, &shape, None)?;
    edits.put(&segment, 1, vec![number(0)]);
    edits.put(&segment, 5, vec![call(parts.size)]);
    let reused = [Get(5), Const(3), Op(SHL), Set(5), Br];
    let reused = only(function, &reused, Some(&segment))?;
    edits.take_out(&reused, 0..4);
    let fits = [Const(3), Right, Tee(6), Get(5), Op(BinaryOp::I32LeU), BrIf];
    let fits = only(function, &fits, Some(&segment))?;
    edits.take_out(&fits, 0..2);
    let shape = [Get(6), If, Get(6), Const(3), Op(SHL), Set(5), Br];
    let copied = only(function, &shape, Some(&fits))?;
    let shape = [
        Get(7),
        Get(3),
        Const(3),
        Right,
        Op(ADD),
        Get(8),
        Get(6),
        MemoryCopy,
    ];
    let bytes = inside(function, (copied.seq, copied.at + 1), &shape, Some(&copied))?;
    let (to, offset, from, bits) = (
        bytes.local(7)?,
        bytes.local(3)?,
        bytes.local(8)?,
        bytes.local(6)?,
    );
    edits.put(&copied, 0, vec![get(to), get(offset), get(from), get(bits)]);
    edits.put(&copied, 1, vec![call(parts.put)]);
    edits.take_out(&copied, 3..5);

    let (heap, result) = (empty.local(9)?, empty.local(11)?);
    let end = behind(function, &room, &[Get(12), Call(&parts.is_x_register), If])?;
    let register = get(end.local(12)?);
    let finished = vec![
        get(result),
        get(offset),
        get(heap),
        call(parts.made),
        set(result),
    ];
    edits.put(&end, 0, [finished, vec![register]].concat());
    Ok(())
}

/// The instruction `is_binary`, which is as far into the code as its number says.
fn is_binary(function: &LocalFunction, parts: &Parts, edits: &mut Edits) -> Result<()> {
    let shape = [Get(0), Call(&parts.is_binary), BrIf];
    let numbers = |instr: &Instr| match instr {
        Instr::BrTable(table) if table.blocks.len() > IS_BINARY => Some(table.blocks.clone()),
        _ => None,
    };
    let seqs = sequences(function);
    let tables = seqs.iter().flat_map(|&seq| &function.block(seq).instrs);
    let largest = tables
        .filter_map(|(instr, _)| numbers(instr))
        .max_by_key(|blocks| blocks.len())
        .context("no table of instructions")?;
    let instruction = largest[IS_BINARY - 1];
    // Its code stands behind the block that the table leaves, and goes on behind a block that it leaves.
    let is_block =
        |instr: &Instr, seq: InstrSeqId| matches!(instr, Instr::Block(block) if block.seq == seq);
    let mut left = Vec::new();
    for &seq in &seqs {
        let instrs = &function.block(seq).instrs;
        let code = instrs
            .iter()
            .skip_while(|(instr, _)| !is_block(instr, instruction));
        let mut pending: Vec<&Instr> = code.skip(1).map(|(instr, _)| instr).collect();
        while let Some(instr) = pending.pop() {
            if let Instr::Br(branch) = instr {
                left.push(branch.block);
            }
            let inner = inner(instr).into_iter();
            pending.extend(
                inner.flat_map(|seq| function.block(seq).instrs.iter().map(|(instr, _)| instr)),
            );
        }
    }
    let mut tests = everywhere(function, &shape, None);
    tests.retain(|test| {
        let before = test
            .at
            .checked_sub(1)
            .map(|at| &function.block(test.seq).instrs[at].0);
        before.is_some_and(|before| left.iter().any(|&seq| is_block(before, seq)))
    });
    let [test] = tests.as_slice() else {
        bail!("{} tests behind its code", tests.len());
    };
    edits.put(test, 1, vec![call(parts.are_bytes)]);
    Ok(())
}

/// The function that is called in the middle of that shape.
fn called(function: &LocalFunction, units: &Window) -> Result<FunctionId> {
    match &function.block(units.seq).instrs[units.at + 1].0 {
        Instr::Call(call) => Ok(call.func),
        _ => bail!("no call"),
    }
}
