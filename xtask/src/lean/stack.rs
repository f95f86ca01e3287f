//! Stack-overflow checks: functions that take stack compare its pointer with limits kept in globals.
//! The comparisons get limits that no pointer passes, so that the optimiser drops them.

use anyhow::{Result, bail};
use walrus::ir::{Const, GlobalSet, Instr, LocalGet, Value};
use walrus::{ExportItem, FunctionId, GlobalId, Module};

use super::operands::{bodies, body, body_mut, sequences};
use super::{Outcome, import};

/// Makes the limits constants wherever a function can report that it passed them.
pub fn unlimit(module: &mut Module) -> Result<Outcome> {
    let Some(report) = import(module, "env", "__handle_stack_overflow") else {
        return Ok(Outcome::NotNeeded("no function checks the stack"));
    };
    let (base, end) = limits(module)?;
    let mut count = 0;
    for id in bodies(module) {
        if !reports(module, id, report)? {
            continue;
        }
        count += 1;
        for seq in sequences(body(module, id)?) {
            for (instr, _) in &mut body_mut(module, id)?.block_mut(seq).instrs {
                let Instr::GlobalGet(get) = instr else {
                    continue;
                };
                let limit = match get.global {
                    global if global == end => Value::I32(0),
                    global if global == base => Value::I32(-1),
                    _ => continue,
                };
                *instr = Instr::Const(Const { value: limit });
            }
        }
    }
    Ok(Outcome::Done(format!(
        "{count} functions no longer check the stack"
    )))
}

/// The globals that `emscripten_stack_set_limits(base, end)` sets.
fn limits(module: &Module) -> Result<(GlobalId, GlobalId)> {
    let found = module
        .exports
        .iter()
        .find(|export| export.name == "emscripten_stack_set_limits");
    let Some(ExportItem::Function(id)) = found.map(|export| export.item) else {
        bail!("the stack is checked but nothing sets its limits");
    };
    let function = body(module, id)?;
    let code: Vec<&Instr> = function
        .block(function.entry_block())
        .instrs
        .iter()
        .map(|(instr, _)| instr)
        .collect();
    match (code.as_slice(), function.args.as_slice()) {
        (
            [
                Instr::LocalGet(LocalGet { local: first }),
                Instr::GlobalSet(GlobalSet { global: base }),
                Instr::LocalGet(LocalGet { local: second }),
                Instr::GlobalSet(GlobalSet { global: end }),
            ],
            [one, other],
        ) if first == one && second == other => Ok((*base, *end)),
        _ => bail!("the limits of the stack are not set as we know it"),
    }
}

fn reports(module: &Module, id: FunctionId, report: FunctionId) -> Result<bool> {
    let function = body(module, id)?;
    let is_report = |instr: &Instr| matches!(instr, Instr::Call(call) if call.func == report);
    let seqs = sequences(function);
    Ok(seqs.iter().any(|&seq| {
        function
            .block(seq)
            .instrs
            .iter()
            .any(|(instr, _)| is_report(instr))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    const CHECKED: &str = r#"
        (import "env" "__handle_stack_overflow" (func $report (param i32)))
        (func (export "emscripten_stack_set_limits") (param i32 i32)
          (global.set $base (local.get 0)) (global.set $end (local.get 1)))
        (func (export "f") (param i32)
          (if (i32.or (i32.gt_u (local.get 0) (global.get $base)) (i32.lt_u (local.get 0) (global.get $end)))
            (then (call $report (local.get 0)))))
        (func (export "free") (result i32) (global.get $end))"#;

    fn check(code: &str) -> Result<(Outcome, usize)> {
        let text = format!(
            "(module {code} (global $base (mut i32) (i32.const 0)) (global $end (mut i32) (i32.const 0)))"
        );
        let mut module = parse(&wat::parse_str(text)?, Names::Kept)?;
        let outcome = unlimit(&mut module)?;
        let mut reads = 0;
        for id in bodies(&module) {
            let function = body(&module, id)?;
            reads += function
                .block(function.entry_block())
                .instrs
                .iter()
                .filter(|(instr, _)| matches!(instr, Instr::GlobalGet(_)))
                .count();
        }
        Ok((outcome, reads))
    }

    #[test]
    fn checks_compare_with_constants_and_the_limits_stay_readable() {
        let (outcome, reads) = check(CHECKED).unwrap();
        assert_eq!(
            outcome,
            Outcome::Done("1 functions no longer check the stack".into())
        );
        assert_eq!(reads, 1);
    }

    #[test]
    fn a_build_without_checks_needs_nothing() {
        assert_eq!(
            check("").unwrap().0,
            Outcome::NotNeeded("no function checks the stack")
        );
    }

    #[test]
    fn limits_set_in_another_way_are_refused() {
        assert!(check(&CHECKED.replace("(local.get 1)", "(i32.const 7)")).is_err());
        assert!(check(&CHECKED.replace("emscripten_stack_set_limits", "set_limits")).is_err());
    }
}
