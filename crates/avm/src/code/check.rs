//! Checks decoded instructions against the tables of their module: every index in range, every
//! label defined once, every call with the arity of its import.

use super::{Code, Form, Instruction, Opcode, Operand, Value, op};
use crate::beam::{Atom, Atoms, CodeHeader, Export, Fun, Import};
use crate::error::{Error, Reason};

/// What operands may point into.
pub(crate) struct Tables<'t, 'a> {
    pub(crate) atoms: &'t Atoms<'a>,
    pub(crate) header: CodeHeader,
    pub(crate) imports: &'t [Import],
    pub(crate) exports: &'t [Export],
    pub(crate) locals: &'t [Export],
    pub(crate) funs: &'t [Fun],
    pub(crate) strings: &'a [u8],
    pub(crate) literals: usize,
    /// How many types the compiler left, if it left any.
    pub(crate) types: Option<usize>,
}

/// Checks the code, and that the tables of functions point at labels it defines.
pub(crate) fn check(code: &Code, tables: &Tables<'_, '_>) -> Result<(), Error> {
    let labels = labels(code, tables)?;
    for instruction in code.instructions() {
        let refuse = |reason| Error::at(instruction.offset, reason);
        for operand in code.operands(instruction) {
            in_range(*operand, tables, &labels).map_err(refuse)?;
        }
        consistent(code, instruction, tables).map_err(refuse)?;
    }
    let functions = tables
        .exports
        .iter()
        .chain(tables.locals)
        .map(|function| function.label);
    for label in functions.chain(tables.funs.iter().map(|fun| fun.label)) {
        if !labels.has(label) {
            let reason = Reason::NoLabel { label };
            return Err(Error::at(tables.header.code_offset, reason));
        }
    }
    Ok(())
}

/// Which labels the code defines.
struct Labels(Vec<bool>);

impl Labels {
    fn has(&self, label: u32) -> bool {
        self.0.get(label as usize).is_some_and(|&defined| defined)
    }
}

/// The labels that the code defines: each once, and all within the declared number.
fn labels(code: &Code, tables: &Tables<'_, '_>) -> Result<Labels, Error> {
    // `Limits` bounds this number.
    let count = tables.header.labels as usize;
    let mut labels = Labels(vec![false; count]);
    for instruction in code.instructions() {
        if instruction.opcode.number() != op::LABEL {
            continue;
        }
        let refuse = |reason| Err(Error::at(instruction.offset, reason));
        let Some(found) = word(code.operands(instruction), 0) else {
            continue;
        };
        match usize::try_from(found)
            .ok()
            .and_then(|label| labels.0.get_mut(label))
        {
            Some(true) => return refuse(Reason::RepeatedLabel { label: found }),
            Some(defined) => *defined = true,
            None => {
                return refuse(Reason::OutOfRange {
                    what: "the label",
                    found,
                    count,
                });
            }
        }
    }
    Ok(labels)
}

/// An operand points inside its table.
fn in_range(operand: Operand, tables: &Tables<'_, '_>, labels: &Labels) -> Result<(), Reason> {
    let below = |what, found: u32, count: usize| match (found as usize) < count {
        true => Ok(()),
        false => Err(Reason::OutOfRange {
            what,
            found: found.into(),
            count,
        }),
    };
    match operand.value {
        Value::Atom(Atom(index)) => tables.atoms.check(index, "the atom").map(|_| ()),
        Value::Literal(index) => below("the literal", index, tables.literals),
        Value::Label(0) => Ok(()),
        Value::Label(label) if labels.has(label) => Ok(()),
        Value::Label(label) => Err(Reason::NoLabel { label }),
        Value::X {
            hint: Some(hint), ..
        }
        | Value::Y {
            hint: Some(hint), ..
        } => tables
            .types
            .map_or(Ok(()), |types| below("the type", hint, types)),
        Value::X { index, .. } => below("the register", index, 1024),
        _ => Ok(()),
    }
}

/// The plain number at a position.
fn word(operands: &[Operand], position: usize) -> Option<u64> {
    match operands.get(position)?.value {
        Value::Word(word) => Some(word),
        _ => None,
    }
}

/// The operands of one instruction fit each other and what they point at.
fn consistent(
    code: &Code,
    instruction: &Instruction,
    tables: &Tables<'_, '_>,
) -> Result<(), Reason> {
    let operands = code.operands(instruction);
    let opcode = instruction.opcode;
    for (position, form) in opcode.forms().iter().enumerate() {
        // Lists come last in every instruction that calls, so positions match forms up to here.
        let Some(index) = word(operands, position) else {
            continue;
        };
        match form {
            Form::Import => {
                let import = entry(tables.imports, "the import", index)?;
                arity(opcode, import.arity, word(operands, 0).unwrap_or_default())?;
            }
            Form::Bif => {
                let import = entry(tables.imports, "the import", index)?;
                // What is left of the instruction: the arguments and where the result goes.
                let arguments = operands.len() - position - 2;
                arity(opcode, import.arity, arguments as u64)?;
            }
            Form::Fun => {
                let fun = entry(tables.funs, "the closure", index)?;
                if opcode.number() == op::MAKE_FUN3 {
                    arity(opcode, fun.free, operands.len() as u64 - 3)?;
                }
            }
            Form::Arity if index > 255 => {
                return Err(Reason::OutOfRange {
                    what: "the arity",
                    found: index,
                    count: 256,
                });
            }
            _ => {}
        }
    }
    match opcode.number() {
        op::BS_PUT_STRING => string(tables, word(operands, 1), word(operands, 0)),
        op::BS_MATCH_STRING => {
            let bytes = word(operands, 2).map(|bits| bits.div_ceil(8));
            string(tables, word(operands, 3), bytes)
        }
        op::BS_CREATE_BIN => created(operands, tables),
        _ => Ok(()),
    }
}

/// The entry of a table, or why there is none.
fn entry<'t, T>(table: &'t [T], what: &'static str, index: u64) -> Result<&'t T, Reason> {
    let found = usize::try_from(index)
        .ok()
        .and_then(|index| table.get(index));
    found.ok_or(Reason::OutOfRange {
        what,
        found: index,
        count: table.len(),
    })
}

/// A function is called with as many arguments as it takes.
fn arity(opcode: Opcode, declared: u32, found: u64) -> Result<(), Reason> {
    match u64::from(declared) == found {
        true => Ok(()),
        false => Err(Reason::WrongArity {
            opcode: opcode.name(),
            declared,
            found,
        }),
    }
}

/// A piece of the module's strings lies inside them.
fn string(tables: &Tables<'_, '_>, start: Option<u64>, size: Option<u64>) -> Result<(), Reason> {
    let (Some(start), Some(size)) = (start, size) else {
        return Ok(());
    };
    let count = tables.strings.len();
    match start.checked_add(size) {
        Some(end) if end <= count as u64 => Ok(()),
        _ => Err(Reason::OutOfRange {
            what: "the end of the string at",
            found: start,
            count,
        }),
    }
}

/// The segments of `bs_create_bin` that copy strings: kind, segment, unit, flags, start, size.
fn created(operands: &[Operand], tables: &Tables<'_, '_>) -> Result<(), Reason> {
    let Some(list) = operands
        .iter()
        .position(|operand| matches!(operand.value, Value::List(_)))
    else {
        return Ok(());
    };
    for segment in operands[list + 1..].chunks_exact(6) {
        let Value::Atom(kind) = segment[0].value else {
            continue;
        };
        if tables.atoms.get(kind) != Some("string") {
            continue;
        }
        let start = word(segment, 4);
        let size = match segment[5].value {
            Value::Integer(size) => u64::try_from(size).ok(),
            _ => None,
        };
        if start.is_none() || size.is_none() {
            return Err(Reason::WrongOperand {
                opcode: "bs_create_bin",
                expected: "a string",
            });
        }
        string(tables, start, size)?;
    }
    Ok(())
}
