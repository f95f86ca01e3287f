//! Bit strings that are not whole bytes. The VM has none: it raises `unsupported` where one would be made, and takes the
//! size of every binary times eight. What is grafted (`native/vm/src/bits_vm.rs`) knows a value for them; here the
//! interpreter's loop (`bits_loop.rs`) and those of the VM's functions that look at bits ask it.

use anyhow::{Context, Result, bail};
use walrus::ir::BinaryOp;
use walrus::{FunctionId, Module};

use super::operands::{bodies, body, body_mut, is_copy_of};
use super::windows::Shape::{Call, Get, Op, Select};
use super::windows::{Edits, call, everywhere};
use super::{Outcome, bits_loop, slots};

/// Functions that take bit strings of whole bytes alone, by how their names begin.
const OF_BYTES: [&str; 12] = [
    "nif_",
    "bif_",
    "interop_",
    "chardata_",
    "write_string_",
    "base64_",
    "init_split_",
    "is_valid_pattern",
    "handle_iodata",
    "binary_to_atom",
    "external_term_from_binary",
    "term_is_empty_binary",
];
/// Those among them that take any.
const OF_BITS: [&str; 3] = [
    "bif_erlang_bit_size_1",
    "bif_erlang_byte_size_1",
    "bif_erlang_size_1",
];

/// Lets the VM know bit strings.
pub fn know(module: &mut Module) -> Result<Outcome> {
    let Some(parts) = Parts::of(module)? else {
        return Ok(Outcome::NotNeeded("no function of the names makes them"));
    };
    let makes_parts = |id: &FunctionId| {
        let shape = [Call(&parts.part_before)];
        let function = body(module, *id);
        function.is_ok_and(|function| everywhere(function, &shape, None).len() == 4)
    };
    let found: Vec<FunctionId> = bodies(module).into_iter().filter(makes_parts).collect();
    let &[interpreter] = found.as_slice() else {
        bail!("{} functions look like the interpreter", found.len());
    };
    let edits = bits_loop::edits(body(module, interpreter)?, &parts)?;
    edits.apply(body_mut(module, interpreter)?);
    let others = elsewhere(module, &parts)?;
    compared(module, &parts).context("term_compare")?;
    slots::lead(
        module,
        "erlang:is_bitstring/1",
        "erlang:is_binary/1",
        parts.is_bitstring,
    )
    .context("is_bitstring/1")?;
    Ok(Outcome::Done(format!(
        "the interpreter and {others} functions ask for bits"
    )))
}

/// The VM's functions, and those that are grafted.
pub struct Parts {
    pub is_binary: Vec<FunctionId>,
    pub size_before: Vec<FunctionId>,
    pub part_before: Vec<FunctionId>,
    pub on_heap_before: Vec<FunctionId>,
    pub heap_size: Vec<FunctionId>,
    pub data: Vec<FunctionId>,
    pub to_int: Vec<FunctionId>,
    pub set_offset: Vec<FunctionId>,
    pub create_empty: Vec<FunctionId>,
    pub is_x_register: Vec<FunctionId>,
    pub memcmp: Vec<FunctionId>,
    pub compare: FunctionId,
    pub size: FunctionId,
    pub bytes: FunctionId,
    pub are_bytes: FunctionId,
    pub is_bitstring: FunctionId,
    pub fit: FunctionId,
    pub behind: FunctionId,
    pub wanted: FunctionId,
    pub lack: FunctionId,
    pub on_heap: FunctionId,
    pub part: FunctionId,
    pub made: FunctionId,
    pub put: FunctionId,
}

impl Parts {
    fn of(module: &Module) -> Result<Option<Parts>> {
        let named = |name: &str| -> Vec<FunctionId> {
            let functions = module.funcs.iter();
            let named = functions.filter(|function| is_copy_of(function.name.as_deref(), name));
            named.map(|function| function.id()).collect()
        };
        if named("new:bits_size").is_empty() {
            return Ok(None);
        }
        let new = |name: &str| {
            let found = named(&format!("new:bits_{name}")).first().copied();
            found.with_context(|| format!("no function {name} is grafted"))
        };
        Ok(Some(Parts {
            is_binary: named("term_is_binary"),
            size_before: named("term_binary_size"),
            part_before: named("term_maybe_create_sub_binary"),
            on_heap_before: named("term_sub_binary_heap_size"),
            heap_size: named("term_binary_heap_size"),
            data: named("term_binary_data"),
            to_int: named("term_to_int"),
            set_offset: named("term_set_match_state_offset"),
            create_empty: named("term_create_empty_binary"),
            is_x_register: named("has_x_reg_flag"),
            memcmp: named("memcmp"),
            compare: new("compare")?,
            size: new("size")?,
            bytes: new("bytes")?,
            are_bytes: new("are_bytes")?,
            is_bitstring: new("is_bitstring")?,
            fit: new("fit")?,
            behind: new("behind")?,
            wanted: new("wanted")?,
            lack: new("lack")?,
            on_heap: new("part_on_heap")?,
            part: new("part")?,
            made: new("made")?,
            put: new("put")?,
        }))
    }
}

/// The VM's other functions: those of bytes alone refuse bit strings, those of bits ask for them. Says how many.
fn elsewhere(module: &mut Module, parts: &Parts) -> Result<usize> {
    let mut count = 0;
    for id in bodies(module) {
        let name = module.funcs.get(id).name.clone().unwrap_or_default();
        let of_bits = OF_BITS.contains(&name.as_str());
        let function = body_mut(module, id)?;
        let mut edits = Edits::default();
        let mut instead = |functions: &[FunctionId], with: FunctionId| {
            let found = everywhere(function, &[Call(functions)], None);
            for found in &found {
                edits.put(found, 0, vec![call(with)]);
            }
            count += usize::from(!found.is_empty());
        };
        if !of_bits && OF_BYTES.iter().any(|begin| name.starts_with(begin)) {
            instead(&parts.is_binary, parts.are_bytes);
        } else if name == "bif_erlang_byte_size_1" {
            instead(&parts.size_before, parts.bytes);
        } else if name == "bif_erlang_bit_size_1" || name.starts_with("bitstring_") {
            let before = everywhere(function, &[Call(&parts.size_before)], None);
            bits_loop::sizes(function, parts, &mut edits);
            count += usize::from(!before.is_empty());
        }
        edits.apply(function);
    }
    Ok(count)
}

/// The order of terms: of two bit strings by their bits.
fn compared(module: &mut Module, parts: &Parts) -> Result<()> {
    let data = Call(&parts.data);
    let shape = [
        Get(0),
        data,
        Get(1),
        data,
        Get(2),
        Get(3),
        Get(2),
        Get(3),
        Op(BinaryOp::I32LtS),
        Select,
        Call(&parts.memcmp),
    ];
    let mut places = Vec::new();
    for id in bodies(module) {
        let found = everywhere(body(module, id)?, &shape, None);
        places.extend(found.into_iter().map(|found| (id, found)));
    }
    let [(function, place)] = places.as_slice() else {
        bail!("{} places compare binaries", places.len());
    };
    let mut edits = Edits::default();
    edits.take_out(place, [1].into_iter().chain(3..10));
    edits.put(place, 10, vec![call(parts.compare)]);
    edits.apply(body_mut(module, *function)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    #[test]
    fn a_vm_that_nothing_is_grafted_into_needs_nothing_and_a_strange_one_is_refused() {
        let run = |text: &str| {
            let wasm = wat::parse_str(format!("(module {text})")).unwrap();
            know(&mut parse(&wasm, Names::Kept).unwrap())
        };
        assert!(matches!(run("").unwrap(), Outcome::NotNeeded(_)));
        assert!(run("(func $\"new:bits_size\" (param i32) (result i32) (local.get 0))").is_err());
    }
}
