//! Instructions that stand one after the other, found by their shape, and what is put in their place.

use std::collections::HashMap;
use std::mem;

use anyhow::{Context, Result, bail};
use walrus::ir::{self, BinaryOp, Instr, InstrSeqId, UnaryOp};
use walrus::{FunctionId, LocalFunction, LocalId};

use super::operands::{constant, inner, replace, sequences};

/// The shape of one instruction. A number names a local variable, the same wherever it stands in one search.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    Get(usize),
    Set(usize),
    Tee(usize),
    Const(i32),
    Op(BinaryOp),
    /// A shift to the right, of either kind.
    Right,
    Eqz,
    /// A call of one of these.
    Call(&'a [FunctionId]),
    Load,
    Store,
    If,
    Br,
    BrIf,
    Select,
    MemoryCopy,
}

/// The variables that the numbers 0 to 15 name.
type Locals = [Option<LocalId>; 16];

/// Where instructions stand, and what the numbers of their shape name.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub seq: InstrSeqId,
    pub at: usize,
    locals: Locals,
}

impl Window {
    /// Another place of the same sequence.
    pub fn moved(&self, at: usize) -> Window {
        Window { at, ..*self }
    }

    /// The variable of that number.
    pub fn local(&self, number: usize) -> Result<LocalId> {
        let found = self.locals.get(number).copied().flatten();
        found.context("a shape without the variable that is asked for")
    }
}

fn fits(instr: &Instr, shape: Shape<'_>, locals: &mut Locals) -> bool {
    let mut same = |number: usize, local: LocalId| *locals[number].get_or_insert(local) == local;
    match (instr, shape) {
        (Instr::LocalGet(get), Shape::Get(number)) => same(number, get.local),
        (Instr::LocalSet(set), Shape::Set(number)) => same(number, set.local),
        (Instr::LocalTee(tee), Shape::Tee(number)) => same(number, tee.local),
        (instr, Shape::Const(value)) => constant(instr) == Some(value),
        (Instr::Binop(ir::Binop { op }), Shape::Op(expected)) => {
            mem::discriminant(op) == mem::discriminant(&expected)
        }
        (Instr::Binop(ir::Binop { op }), Shape::Right) => {
            matches!(op, BinaryOp::I32ShrS | BinaryOp::I32ShrU)
        }
        (Instr::Unop(ir::Unop { op }), Shape::Eqz) => matches!(op, UnaryOp::I32Eqz),
        (Instr::Call(call), Shape::Call(functions)) => functions.contains(&call.func),
        (Instr::Load(_), Shape::Load)
        | (Instr::Store(_), Shape::Store)
        | (Instr::IfElse(_), Shape::If)
        | (Instr::Br(_), Shape::Br)
        | (Instr::BrIf(_), Shape::BrIf)
        | (Instr::Select(_), Shape::Select)
        | (Instr::MemoryCopy(_), Shape::MemoryCopy) => true,
        _ => false,
    }
}

/// The places of a sequence where instructions have the shape; `known` has the variables of an earlier search.
pub fn within(
    function: &LocalFunction,
    seq: InstrSeqId,
    shape: &[Shape<'_>],
    known: Option<&Window>,
) -> Vec<Window> {
    let instrs = &function.block(seq).instrs;
    let at = |at: usize| {
        let mut locals = known.map(|known| known.locals).unwrap_or_default();
        let there = instrs.get(at..at + shape.len())?;
        let all = there
            .iter()
            .zip(shape)
            .all(|((instr, _), &shape)| fits(instr, shape, &mut locals));
        all.then_some(Window { seq, at, locals })
    };
    (0..instrs.len()).filter_map(at).collect()
}

/// The places of a whole function where instructions have the shape.
pub fn everywhere(
    function: &LocalFunction,
    shape: &[Shape<'_>],
    known: Option<&Window>,
) -> Vec<Window> {
    let seqs = sequences(function).into_iter();
    seqs.flat_map(|seq| within(function, seq, shape, known))
        .collect()
}

/// The only place of a function.
pub fn only(
    function: &LocalFunction,
    shape: &[Shape<'_>],
    known: Option<&Window>,
) -> Result<Window> {
    let found = everywhere(function, shape, known);
    match found.as_slice() {
        [one] => Ok(*one),
        _ => bail!("{} places have the shape {shape:?}", found.len()),
    }
}

/// The nearest place before another in its sequence.
pub fn before(function: &LocalFunction, window: &Window, shape: &[Shape<'_>]) -> Result<Window> {
    let found = within(function, window.seq, shape, Some(window));
    let nearest = found.into_iter().rfind(|found| found.at < window.at);
    nearest.with_context(|| format!("nothing has the shape {shape:?}"))
}

/// Where the sequence of a place stands in the one around it.
pub fn around(function: &LocalFunction, window: &Window) -> Result<Window> {
    for seq in sequences(function) {
        let instrs = function.block(seq).instrs.iter();
        for (at, (instr, _)) in instrs.enumerate() {
            if inner(instr).contains(&window.seq) {
                return Ok(Window { seq, at, ..*window });
            }
        }
    }
    bail!("nothing is around the body of a function")
}

/// The nearest place behind another in its sequence.
pub fn behind(function: &LocalFunction, window: &Window, shape: &[Shape<'_>]) -> Result<Window> {
    let found = within(function, window.seq, shape, Some(window));
    let nearest = found.into_iter().find(|found| found.at > window.at);
    nearest.with_context(|| format!("nothing has the shape {shape:?}"))
}

/// The only place inside the instruction at that place of a sequence, however deep.
pub fn inside(
    function: &LocalFunction,
    (seq, at): (InstrSeqId, usize),
    shape: &[Shape<'_>],
    known: Option<&Window>,
) -> Result<Window> {
    let mut seqs = inner(&function.block(seq).instrs[at].0);
    let mut next = 0;
    while let Some(&seq) = seqs.get(next) {
        next += 1;
        for (instr, _) in &function.block(seq).instrs {
            seqs.extend(inner(instr));
        }
    }
    let mut found = Vec::new();
    for seq in seqs {
        found.extend(within(function, seq, shape, known));
    }
    match found.as_slice() {
        [one] => Ok(*one),
        _ => bail!("{} places inside have the shape {shape:?}", found.len()),
    }
}

/// What is to be put in the place of instructions, all at once: places stay what they are until then.
#[derive(Default)]
pub struct Edits(HashMap<InstrSeqId, HashMap<usize, Vec<Instr>>>);

impl Edits {
    /// Puts instructions in the place of the one at `offset` behind the start of a window.
    pub fn put(&mut self, window: &Window, offset: usize, instrs: Vec<Instr>) {
        let edits = self.0.entry(window.seq).or_default();
        edits.insert(window.at + offset, instrs);
    }

    /// Takes the instructions out that stand there.
    pub fn take_out(&mut self, window: &Window, offsets: impl IntoIterator<Item = usize>) {
        for offset in offsets {
            self.put(window, offset, Vec::new());
        }
    }

    /// Changes the function.
    pub fn apply(self, function: &mut LocalFunction) {
        for (seq, edits) in self.0 {
            replace(function.block_mut(seq), edits);
        }
    }
}

/// Puts a variable on the stack.
pub fn get(local: LocalId) -> Instr {
    ir::LocalGet { local }.into()
}

/// Puts what is on the stack into a variable.
pub fn set(local: LocalId) -> Instr {
    ir::LocalSet { local }.into()
}

/// Puts a number on the stack.
pub fn number(value: i32) -> Instr {
    let value = ir::Value::I32(value);
    ir::Const { value }.into()
}

/// Adds, shifts and the like.
pub fn op(op: BinaryOp) -> Instr {
    ir::Binop { op }.into()
}

/// Calls a function.
pub fn call(func: FunctionId) -> Instr {
    ir::Call { func }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::operands::{bodies, body, body_mut};
    use crate::lean::{Names, parse};
    use walrus::Module;

    const SIZE: &str = r#"
        (func $f (param i32 i32) (result i32)
          (drop (i32.shr_u (local.get 0) (i32.const 3)))
          (block (drop (i32.shr_s (local.get 1) (i32.const 3))))
          (i32.add (local.get 0) (local.get 1)))"#;

    fn module() -> (Module, FunctionId) {
        let wasm = wat::parse_str(format!("(module {SIZE})")).unwrap();
        let module = parse(&wasm, Names::Kept).unwrap();
        let id = bodies(&module)[0];
        (module, id)
    }

    #[test]
    fn a_shape_is_found_wherever_it_stands_and_names_variables() {
        let (module, id) = module();
        let function = body(&module, id).unwrap();
        let shape = [Shape::Get(0), Shape::Const(3), Shape::Right];
        let found = everywhere(function, &shape, None);
        assert_eq!(found.len(), 2);
        assert_ne!(found[0].local(0).unwrap(), found[1].local(0).unwrap());
        assert!(found[0].local(1).is_err());
        assert!(only(function, &shape, None).is_err());
        let sum = [Shape::Get(0), Shape::Get(1), Shape::Op(BinaryOp::I32Add)];
        let sum = only(function, &sum, Some(&found[0])).unwrap();
        assert_eq!(sum.local(0).unwrap(), found[0].local(0).unwrap());
        assert_eq!(before(function, &sum, &shape).unwrap().at, found[0].at);
        assert!(behind(function, &sum, &shape).is_err());
        let block = around(function, &found[1]).unwrap();
        let place = (block.seq, block.at);
        assert_eq!(
            inside(function, place, &shape, None).unwrap().at,
            found[1].at
        );
    }

    #[test]
    fn what_was_found_is_replaced_all_at_once() {
        let (mut module, id) = module();
        let shape = [Shape::Get(0), Shape::Const(3), Shape::Right];
        let mut edits = Edits::default();
        for found in everywhere(body(&module, id).unwrap(), &shape, None) {
            edits.put(&found, 1, vec![number(4), op(BinaryOp::I32Add), number(1)]);
        }
        edits.apply(body_mut(&mut module, id).unwrap());
        let function = body(&module, id).unwrap();
        assert!(everywhere(function, &shape, None).is_empty());
        let changed = [
            Shape::Get(0),
            Shape::Const(4),
            Shape::Op(BinaryOp::I32Add),
            Shape::Const(1),
            Shape::Right,
        ];
        assert_eq!(everywhere(function, &changed, None).len(), 2);
    }
}
