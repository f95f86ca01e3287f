//! SAFE_HEAP undone: every load and store of the npm build is a call of a helper that checks the
//! address first. The calls become the plain loads and stores that they stand for.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use walrus::ir::{BinaryOp, Instr, InstrSeqId, LoadKind, MemArg};
use walrus::{FunctionId, LocalFunction, MemoryId, Module};

use super::operands::{bodies, body, body_mut, constant, replace, sequences, walk};
use super::{Outcome, import};

/// The access that a helper ends in, its offset still missing.
#[derive(Clone, Copy, Debug)]
enum Access {
    Load {
        memory: MemoryId,
        kind: LoadKind,
        align: u32,
    },
    Store {
        memory: MemoryId,
        kind: walrus::ir::StoreKind,
        align: u32,
    },
}

impl Access {
    fn at(self, offset: u64) -> Instr {
        match self {
            Access::Load {
                memory,
                kind,
                align,
            } => Instr::Load(walrus::ir::Load {
                memory,
                kind,
                arg: MemArg { align, offset },
            }),
            Access::Store {
                memory,
                kind,
                align,
            } => Instr::Store(walrus::ir::Store {
                memory,
                kind,
                arg: MemArg { align, offset },
            }),
        }
    }
}

/// Replaces every call of a checking helper by the plain access.
pub fn undo(module: &mut Module) -> Result<Outcome> {
    let Some(segfault) = import(module, "env", "segfault") else {
        return Ok(Outcome::NotNeeded("no access is checked"));
    };
    let alignfault = import(module, "env", "alignfault");
    let mut helpers = HashMap::new();
    for id in bodies(module) {
        let function = body(module, id)?;
        if calls(function, segfault) {
            let access = helper(function, segfault, alignfault)
                .with_context(|| format!("function {} calls env.segfault", id.index()))?;
            helpers.insert(id, access);
        }
    }
    let mut count = 0;
    for id in bodies(module) {
        if !helpers.contains_key(&id) {
            for seq in sequences(body(module, id)?) {
                count += plain(module, id, seq, &helpers)?;
            }
        }
    }
    if count == 0 {
        return Ok(Outcome::NotNeeded("no helper is called"));
    }
    Ok(Outcome::Done(format!(
        "{count} calls of {} helpers became plain accesses",
        helpers.len()
    )))
}

fn calls(function: &LocalFunction, callee: FunctionId) -> bool {
    let is_call = |instr: &Instr| matches!(instr, Instr::Call(call) if call.func == callee);
    sequences(function).into_iter().any(|seq| {
        function
            .block(seq)
            .instrs
            .iter()
            .any(|(instr, _)| is_call(instr))
    })
}

/// Reads a helper: the bounds check, the alignment check where there is one, and one access.
fn helper(
    function: &LocalFunction,
    segfault: FunctionId,
    alignfault: Option<FunctionId>,
) -> Result<Access> {
    let mut code = Reader::new(function, function.entry_block());
    let (&[pointer, offset, ..], stored) = (function.args.as_slice(), function.args.get(2)) else {
        bail!("it does not take a pointer and an offset");
    };
    let got = |code: &mut Reader<'_>, local| {
        code.expect(
            "local.get",
            |instr| matches!(instr, Instr::LocalGet(get) if get.local == local),
        )
    };
    // (load(sbrk_ptr()) < (address := pointer + offset) + size) | (pointer > address) | (address < 1024)
    code.expect("call", |instr| matches!(instr, Instr::Call(_)))?;
    code.expect("i32.load", |instr| {
        matches!(instr, Instr::Load(load) if matches!(load.kind, LoadKind::I32 { atomic: false }) && load.arg.offset == 0)
    })?;
    got(&mut code, pointer)?;
    got(&mut code, offset)?;
    code.binary(BinaryOp::I32Add)?;
    let Instr::LocalTee(tee) = code.next()? else {
        bail!("the address is not kept in a local")
    };
    let address = tee.local;
    let size = constant(code.next()?).context("the size is not a constant")?;
    code.binary(BinaryOp::I32Add)?;
    code.binary(BinaryOp::I32LtU)?;
    got(&mut code, pointer)?;
    got(&mut code, address)?;
    code.binary(BinaryOp::I32GtU)?;
    code.binary(BinaryOp::I32Or)?;
    got(&mut code, address)?;
    constant(code.next()?).context("the lowest address is not a constant")?;
    code.binary(BinaryOp::I32LtU)?;
    code.binary(BinaryOp::I32Or)?;
    code.faults(segfault, true)?;
    let mut mask = 0;
    if code.left() > if stored.is_some() { 3 } else { 2 } {
        got(&mut code, address)?;
        mask = constant(code.next()?).context("the alignment is not a constant")?;
        code.binary(BinaryOp::I32And)?;
        code.faults(
            alignfault.context("nothing is imported for bad alignment")?,
            false,
        )?;
    }
    got(&mut code, address)?;
    if let Some(&value) = stored {
        got(&mut code, value)?;
    }
    let access = match code.next()? {
        Instr::Load(load) if load.arg.offset == 0 && stored.is_none() => {
            check_width(width(load.kind)?, size, load.arg.align, mask)?;
            Access::Load {
                memory: load.memory,
                kind: load.kind,
                align: load.arg.align,
            }
        }
        Instr::Store(store) if store.arg.offset == 0 && stored.is_some() => {
            check_width(store.kind.width(), size, store.arg.align, mask)?;
            Access::Store {
                memory: store.memory,
                kind: store.kind,
                align: store.arg.align,
            }
        }
        other => bail!("it does not end in a plain access but in {other:?}"),
    };
    if code.left() > 0 {
        bail!("it goes on after its access");
    }
    Ok(access)
}

fn check_width(width: u32, size: i32, align: u32, mask: i32) -> Result<()> {
    if i32::try_from(width)? != size || i32::try_from(align)? - 1 != mask {
        bail!(
            "it checks {size} bytes aligned to {} but accesses {width} aligned to {align}",
            mask + 1
        );
    }
    Ok(())
}

fn width(kind: LoadKind) -> Result<u32> {
    Ok(match kind {
        LoadKind::I32_8 { .. } | LoadKind::I64_8 { .. } => 1,
        LoadKind::I32_16 { .. } | LoadKind::I64_16 { .. } => 2,
        LoadKind::I32 { .. } | LoadKind::I64_32 { .. } | LoadKind::F32 => 4,
        LoadKind::I64 { .. } | LoadKind::F64 => 8,
        LoadKind::V128 => bail!("it loads a vector"),
    })
}

/// Reads a sequence's instructions one by one.
struct Reader<'a> {
    function: &'a LocalFunction,
    seq: InstrSeqId,
    next: usize,
}

impl<'a> Reader<'a> {
    fn new(function: &'a LocalFunction, seq: InstrSeqId) -> Self {
        Reader {
            function,
            seq,
            next: 0,
        }
    }

    fn left(&self) -> usize {
        self.function.block(self.seq).instrs.len() - self.next
    }

    fn next(&mut self) -> Result<&'a Instr> {
        let (instr, _) = self
            .function
            .block(self.seq)
            .instrs
            .get(self.next)
            .context("it ends early")?;
        self.next += 1;
        Ok(instr)
    }

    fn expect(&mut self, what: &str, is: impl Fn(&Instr) -> bool) -> Result<()> {
        let at = self.next;
        let instr = self.next()?;
        if !is(instr) {
            bail!("instruction {at} is {instr:?} and not {what}");
        }
        Ok(())
    }

    fn binary(&mut self, op: BinaryOp) -> Result<()> {
        // The operations have no equality; their names are unique.
        let name = format!("{op:?}");
        self.expect(
            &name,
            |instr| matches!(instr, Instr::Binop(found) if format!("{:?}", found.op) == name),
        )
    }

    /// `if call $fault end`, with or without `unreachable` after the call.
    fn faults(&mut self, fault: FunctionId, ends: bool) -> Result<()> {
        let Instr::IfElse(branches) = self.next()? else {
            bail!("nothing follows the check")
        };
        let mut then = Reader::new(self.function, branches.consequent);
        then.expect(
            "call",
            |instr| matches!(instr, Instr::Call(call) if call.func == fault),
        )?;
        if ends {
            then.expect("unreachable", |instr| {
                matches!(instr, Instr::Unreachable(_))
            })?;
        }
        if then.left() > 0 || !self.function.block(branches.alternative).instrs.is_empty() {
            bail!("a failed check does more than to fail");
        }
        Ok(())
    }
}

/// Replaces the calls of helpers in one sequence and counts them.
fn plain(
    module: &mut Module,
    id: FunctionId,
    seq: InstrSeqId,
    helpers: &HashMap<FunctionId, Access>,
) -> Result<usize> {
    let function = body(module, id)?;
    let walk = walk(module, function, seq)?;
    let mut count = 0;
    let mut changes = HashMap::new();
    let mut computed = Vec::new();
    for (at, (instr, _)) in function.block(seq).instrs.iter().enumerate() {
        let Instr::Call(call) = instr else { continue };
        let Some(&access) = helpers.get(&call.func) else {
            continue;
        };
        let maker = walk.makers[at][1];
        let offset = maker.and_then(|maker| constant(&function.block(seq).instrs[maker].0));
        match (maker, offset.map(u64::try_from)) {
            (Some(maker), Some(Ok(offset))) => {
                changes.insert(maker, Vec::new());
                changes.insert(at, vec![access.at(offset)]);
            }
            _ => computed.push((at, access)),
        }
        count += 1;
    }
    for (at, access) in computed {
        changes.insert(at, added_offset(module, access));
    }
    replace(body_mut(module, id)?.block_mut(seq), changes);
    Ok(count)
}

/// The access at an offset that is computed: it is added to the pointer, which lies below the value.
fn added_offset(module: &mut Module, access: Access) -> Vec<Instr> {
    let add = Instr::Binop(walrus::ir::Binop {
        op: BinaryOp::I32Add,
    });
    match access {
        Access::Load { .. } => vec![add, access.at(0)],
        Access::Store { kind, .. } => {
            let value = module.locals.add(stored_type(kind));
            vec![
                Instr::LocalSet(walrus::ir::LocalSet { local: value }),
                add,
                Instr::LocalGet(walrus::ir::LocalGet { local: value }),
                access.at(0),
            ]
        }
    }
}

fn stored_type(kind: walrus::ir::StoreKind) -> walrus::ValType {
    use walrus::ir::StoreKind::{F32, F64, I32, I32_8, I32_16, I64, I64_8, I64_16, I64_32, V128};
    match kind {
        I32 { .. } | I32_8 { .. } | I32_16 { .. } => walrus::ValType::I32,
        I64 { .. } | I64_8 { .. } | I64_16 { .. } | I64_32 { .. } => walrus::ValType::I64,
        F32 => walrus::ValType::F32,
        F64 => walrus::ValType::F64,
        V128 => walrus::ValType::V128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    /// The helper that checks a load or a store, as Binaryen writes it.
    fn helper(kind: &str, size: u32, mask: u32, access: &str) -> String {
        let a = if kind == "store" { 3 } else { 2 };
        let value = if kind == "store" {
            "(param i32)"
        } else {
            "(result i32)"
        };
        let align = match mask {
            0 => String::new(),
            _ => format!(
                "(if (i32.and (local.get {a}) (i32.const {mask})) (then (call $alignfault)))"
            ),
        };
        format!(
            "(func ${kind} (param i32 i32) {value} (local i32)
               (if (i32.or (i32.or
                     (i32.lt_u (i32.load (call $sbrk_ptr))
                       (i32.add (local.tee {a} (i32.add (local.get 0) (local.get 1))) (i32.const {size})))
                     (i32.gt_u (local.get 0) (local.get {a})))
                     (i32.lt_u (local.get {a}) (i32.const 1024)))
                 (then (call $segfault) (unreachable)))
               {align} {access})"
        )
    }

    fn check(helpers: &str, body: &str) -> Result<(Outcome, String)> {
        let text = format!(
            r#"(module (import "env" "segfault" (func $segfault))
                 (import "env" "alignfault" (func $alignfault))
                 (import "env" "memory" (memory 1 1 shared))
                 {helpers}
                 (func $f (export "f") (param i32) (result i32) {body})
                 (func $sbrk_ptr (result i32) (i32.const 8)))"#
        );
        let mut module = parse(&wat::parse_str(text)?, Names::Kept)?;
        let outcome = undo(&mut module)?;
        let f = module.funcs.by_name("f").unwrap();
        let function = super::body(&module, f)?;
        let code = function
            .block(function.entry_block())
            .instrs
            .iter()
            .map(|(i, _)| spell(i));
        Ok((outcome, code.collect::<Vec<_>>().join("; ")))
    }

    fn spell(instr: &Instr) -> String {
        match instr {
            Instr::Load(load) => format!(
                "load {:?} +{} align {}",
                load.kind, load.arg.offset, load.arg.align
            ),
            Instr::Store(store) => format!("store +{}", store.arg.offset),
            Instr::LocalGet(_) => "get".into(),
            Instr::LocalSet(_) => "set".into(),
            Instr::Binop(op) => format!("{:?}", op.op),
            other => {
                constant(other).map_or_else(|| format!("{other:?}"), |value| value.to_string())
            }
        }
    }

    fn load() -> String {
        helper("load", 4, 3, "(i32.load (local.get 2))")
    }

    #[test]
    fn a_checked_load_becomes_a_load_at_its_offset() {
        let (outcome, code) = check(&load(), "(call $load (local.get 0) (i32.const 12))").unwrap();
        assert_eq!(
            outcome,
            Outcome::Done("1 calls of 1 helpers became plain accesses".into())
        );
        assert_eq!(code, "get; load I32 { atomic: false } +12 align 4");
    }

    #[test]
    fn a_checked_store_keeps_its_value() {
        let store = helper("store", 1, 0, "(i32.store8 (local.get 3) (local.get 2))");
        let body = "(call $store (local.get 0) (i32.const 5) (i32.add (local.get 0) (i32.const 1))) (i32.const 0)";
        assert_eq!(
            check(&store, body).unwrap().1,
            "get; get; 1; I32Add; store +5; 0"
        );
    }

    #[test]
    fn an_offset_that_is_computed_is_added() {
        let (_, code) = check(&load(), "(call $load (local.get 0) (local.get 0))").unwrap();
        assert_eq!(
            code,
            "get; get; I32Add; load I32 { atomic: false } +0 align 4"
        );
    }

    #[test]
    fn a_build_without_checks_needs_nothing() {
        let mut module = parse(&wat::parse_str("(module)").unwrap(), Names::Kept).unwrap();
        assert!(matches!(undo(&mut module), Ok(Outcome::NotNeeded(_))));
        let (outcome, _) = check(&load(), "(local.get 0)").unwrap();
        assert_eq!(outcome, Outcome::NotNeeded("no helper is called"));
    }

    #[test]
    fn another_helper_is_refused() {
        let body = "(i32.const 0)";
        for (why, helpers) in [
            (
                "another size",
                helper("load", 2, 3, "(i32.load (local.get 2))"),
            ),
            (
                "another alignment",
                helper("load", 4, 1, "(i32.load (local.get 2))"),
            ),
            (
                "two accesses",
                helper(
                    "load",
                    4,
                    3,
                    "(drop (i32.load (local.get 2))) (i32.load (local.get 2))",
                ),
            ),
            (
                "an offset of its own",
                helper("load", 4, 3, "(i32.load offset=4 (local.get 2))"),
            ),
            ("signed bounds", load().replace("i32.gt_u", "i32.gt_s")),
            ("it goes on", load().replace("(unreachable)", "")),
        ] {
            assert!(check(&helpers, body).is_err(), "{why}");
        }
    }
}
