//! Which operands AtomVM decodes: narrower than what compilers may write.

use crate::beam::Beam;
use crate::code::{Form, Opcode, Operand, Value};

use super::Problem;

/// How many floating point registers the machine has.
const FLOATS: u32 = 16;

/// What the machine reads as a plain number.
const NUMBER: &str = "a number of at most 4 bytes";

/// What the machine expects, and whether it finds out only when it gets there.
type Expected = (&'static str, bool);

/// Tells every operand of an instruction that the machine does not decode.
pub(super) fn problems(
    opcode: Opcode,
    operands: &[Operand],
    module: &Beam<'_>,
    found: &mut impl FnMut(Problem),
) {
    let mut tell = |(expected, late)| {
        found(Problem::Operand {
            opcode,
            expected,
            late,
        })
    };
    let mut rest = operands;
    for &form in opcode.forms() {
        let Some((&operand, after)) = rest.split_first() else {
            return;
        };
        let following = match operand.value {
            Value::List(count) => count as usize,
            Value::Alloc(count) => count as usize * 2,
            _ => 0,
        };
        let (list, after) = after.split_at_checked(following).unwrap_or((after, &[]));
        rest = after;
        expected(form, operand).into_iter().for_each(&mut tell);
        match form {
            Form::List(inner) => {
                let pairs = inner.iter().cycle().zip(list);
                pairs
                    .filter_map(|(form, operand)| expected(*form, *operand))
                    .for_each(&mut tell);
            }
            Form::Alloc => {
                let needs = list
                    .iter()
                    .filter_map(|operand| expected(Form::Word, *operand));
                needs.for_each(&mut tell);
            }
            Form::Commands => commands(list, module).into_iter().for_each(&mut tell),
            _ => {}
        }
    }
    if let [from, to] = operands
        && opcode.forms() == [Form::SourceOrFloat, Form::SourceOrFloat]
    {
        // A move to or from a floating point register, never between two of them.
        let to_form = match from.value {
            Value::Float(_) => Form::Dest,
            _ => Form::Float,
        };
        if !to_form.admits(to.value) {
            tell((to_form.name(), false));
        }
    }
}

/// What the machine expects in the place of this operand, if it does not decode it.
fn expected(form: Form, operand: Operand) -> Option<Expected> {
    let Operand { value, width } = operand;
    match (form, value) {
        (Form::Any, _) => None,
        (_, Value::X { .. } | Value::Y { .. }) if form != Form::Y => {
            (width > 1).then_some(("a register below 2048", false))
        }
        (Form::Source | Form::SourceOrFloat, Value::Atom(_)) => {
            (width > 1).then_some(("one of the module's first 2047 atoms", true))
        }
        (Form::Source | Form::SourceOrFloat, Value::Big(bytes)) => {
            (bytes > 32).then_some(("an integer of at most 256 bits", true))
        }
        (Form::Source | Form::SourceOrFloat, Value::Integer(_)) => None,
        (_, Value::Float(index)) if index >= FLOATS => {
            Some(("one of 16 floating point registers", false))
        }
        _ => (width > 4).then_some((NUMBER, false)),
    }
}

/// What the machine expects in the commands of `bs_match`, if it does not decode them.
fn commands(mut list: &[Operand], module: &Beam<'_>) -> Option<Expected> {
    use Form::{Dest, Source, Word};
    while let Some((command, rest)) = list.split_first() {
        let Value::Atom(atom) = command.value else {
            return Some(("a command", false));
        };
        let mut nil = false;
        let forms: &[Form] = match module.atoms().get(atom).unwrap_or_default() {
            "ensure_at_least" => &[Word, Word],
            "ensure_exactly" | "skip" => &[Word],
            "integer" => &[Word, Source, Source, Word, Dest],
            "binary" => &[Word, Source, Word, Word, Dest],
            "get_tail" => &[Word, Word, Dest],
            "=:=" => {
                nil = true;
                &[Source, Word, Word]
            }
            _ => return Some(("a command that it knows", false)),
        };
        let Some((operands, rest)) = rest.split_at_checked(forms.len()) else {
            return Some(("a whole command", false));
        };
        if nil && operands[0].value != Value::Nil {
            return Some(("nil", false));
        }
        for (form, operand) in forms.iter().zip(operands) {
            if !form.admits(operand.value) {
                return Some((form.name(), false));
            }
            if let Some(expected) = expected(*form, *operand) {
                return Some(expected);
            }
        }
        list = rest;
    }
    None
}
