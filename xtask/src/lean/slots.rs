//! A name in the VM's table of functions that leads to another function than before. The table is data: for each name
//! where it lies, of what kind the function is, and its number in the tables of pointers.

use anyhow::{Context, Result, bail, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, ElementItems, ElementKind, FunctionId, Module};

/// Bytes of an entry's words.
const WORD: usize = 4;

/// Where an entry lies: segment and offset.
type Place = (walrus::DataId, usize);

/// Lets `name` lead to `function`, where it led to the same one as `like`.
pub fn lead(module: &mut Module, name: &str, like: &str, function: FunctionId) -> Result<()> {
    let (entry, slot) = entries(module, name, like)?;
    let number = number(module, slot, function)?;
    let value = &mut module.data.get_mut(entry.0).value;
    let place = entry.1 + 2 * WORD;
    value[place..place + WORD].copy_from_slice(&number.to_le_bytes());
    Ok(())
}

/// The entry of a name, and the number that it shares with the other. Where the data will lie is not written in it: two
/// entries are known by how far their names are from each other.
fn entries(module: &Module, name: &str, like: &str) -> Result<(Place, u32)> {
    let text = |value: &[u8], name: &str| {
        let bytes = [b"\0", name.as_bytes(), b"\0"].concat();
        value.windows(bytes.len()).position(|there| there == bytes)
    };
    for data in module.data.iter() {
        let value = data.value.as_slice();
        let (Some(at), Some(other)) = (text(value, name), text(value, like)) else {
            continue;
        };
        let distance = (at as u32).wrapping_sub(other as u32);
        let words: Vec<[u32; 3]> = value
            .windows(3 * WORD)
            .step_by(WORD)
            .map(|entry| [0, 1, 2].map(|word| read(entry, word * WORD)))
            .collect();
        let mut found = Vec::new();
        for (index, &[here, kind, slot]) in words.iter().enumerate() {
            let like = [here.wrapping_sub(distance), kind, slot];
            // A name lies behind where its data begins.
            if kind != 0 && slot != 0 && here as usize > at && words.contains(&like) {
                found.push((index * WORD, slot));
            }
        }
        let &[(offset, slot)] = found.as_slice() else {
            bail!("{} entries look like that of {name}", found.len());
        };
        return Ok(((data.id(), offset), slot));
    }
    bail!("{name} and {like} are no names of the VM")
}

fn read(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; WORD];
    word.copy_from_slice(&bytes[at..at + WORD]);
    u32::from_le_bytes(word)
}

/// A new number for a function, in the table where functions of its type are.
fn number(module: &mut Module, like: u32, function: FunctionId) -> Result<u32> {
    let ty = module.funcs.get(function).ty();
    let mut found = None;
    for element in module.elements.iter() {
        let (ElementItems::Functions(functions), ElementKind::Active { table, offset }) =
            (&element.items, &element.kind)
        else {
            continue;
        };
        let ConstExpr::Value(Value::I32(begin)) = offset else {
            continue;
        };
        let at = (like as usize).checked_sub(*begin as usize);
        let there = at.and_then(|at| functions.get(at));
        if there.is_some_and(|&there| module.funcs.get(there).ty() == ty) {
            let next = *begin as u32 + u32::try_from(functions.len())?;
            ensure!(found.is_none(), "a function with two numbers");
            found = Some((element.id(), *table, next));
        }
    }
    let (element, table, next) = found.context("no table has functions of that type")?;
    if let ElementItems::Functions(functions) = &mut module.elements.get_mut(element).items {
        functions.push(function);
    }
    let table = module.tables.get_mut(table);
    table.initial = table.initial.max(u64::from(next) + 1);
    table.maximum = table.maximum.map(|maximum| maximum.max(table.initial));
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::Outcome;
    use crate::lean::engine::Running;
    use crate::lean::operands::bodies;

    /// Two names at 1 and 5 of data that will lie at 16, whose entries at 8 and 20 share the number 1.
    const VM: &str = r#"
        (memory 1)
        (table 2 funcref)
        (elem (i32.const 1) $one)
        (type $none (func (result i32)))
        (func $one (type $none) (i32.const 1))
        (func $other (type $none) (i32.const 2))
        (func (export "call") (param i32) (result i32)
          (call_indirect (type $none) (i32.load offset=24 (local.get 0))))
        (data (i32.const 16) "\00abc\00xy\00\11\00\00\00\05\00\00\00\01\00\00\00\15\00\00\00\05\00\00\00\01\00\00\00"))"#;

    fn run(text: &str, name: &str) -> Result<Running> {
        Running::after(&format!("(module {text}"), |module| {
            let other = bodies(module)[1];
            lead(module, name, "abc", other)?;
            Ok(Outcome::Done(String::new()))
        })
    }

    #[test]
    fn a_name_leads_elsewhere_and_the_other_does_not() {
        let vm = run(VM, "xy").unwrap();
        assert_eq!(vm.call("call", &[8]), 1);
        assert_eq!(vm.call("call", &[20]), 2);
    }

    #[test]
    fn names_and_entries_that_are_not_there_are_told() {
        assert!(run(VM, "xyz").is_err());
        assert!(run(&VM.replace("\\15\\00", "\\16\\00"), "xy").is_err());
    }
}
