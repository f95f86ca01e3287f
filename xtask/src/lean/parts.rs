//! What the native that tells how large a term is also tells, of binaries that lie beside the heaps, less than zero. Of a
//! part that does not stand for itself: the bytes of the whole, of which `binary:referenced_byte_size/1` is made. Of a
//! tuple with such a binary alone: where it is, in steps of eight bytes; and with two things more: how many share it.
//! `ets:info(Tab, binary)` is made of these, and `erts_debug:flat_size/1` of the size of a list around the term. Of a pair
//! it tells whether both are the same term in the same place, 1 or 0: `erts_debug:same/2`.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, Instr, LoadKind, MemArg, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, MemoryId, Module, ValType};

use super::Outcome;
use super::operands::{body, body_mut, memory, named, sequences};

/// The native: (process, count, arguments) → term.
const NATIVE: &str = "nif_erts_debug_flat_size";
/// What it calls: term → words.
const SIZE: &str = "memory_estimate_usage";
/// term → whether it is a part of a binary elsewhere.
const IS_PART: &str = "term_is_sub_binary";
/// part → the binary that it is of.
const WHOLE: &str = "term_get_sub_binary_ref";
/// binary → bytes.
const BYTES: &str = "term_binary_size";
/// term → whether it stands for a binary beside the heap.
const IS_BESIDE: &str = "term_is_refc_binary";
/// a binary beside the heap → how many stand for it.
const SHARES: &str = "refc_binary_get_refcount";

/// The lowest two bits of a term, and of one that points to its words.
const TAG: i32 = 3;
const BOXED: i32 = 2;
/// The first words of tuples of one element, of two and of three.
const OF_ONE: i32 = 1 << 6;
const OF_TWO: i32 = 2 << 6;
const OF_THREE: i32 = 3 << 6;
/// From such a term, the first word, the first two elements, whether the VM's own file holds a binary, and where it is else.
const FIRST: MemArg = at(0);
const ELEMENT: MemArg = at(2);
const SECOND: MemArg = at(6);
const IS_CONSTANT: MemArg = at(6);
const BESIDE: MemArg = at(10);

const LOAD: LoadKind = LoadKind::I32 { atomic: false };

/// Behind the tag the words stand two bytes lower, but for the first, which would stand below zero.
const fn at(offset: u64) -> MemArg {
    MemArg { align: 1, offset }
}

/// The VM's functions that tell.
struct Told {
    size: FunctionId,
    is_part: FunctionId,
    whole: FunctionId,
    bytes: FunctionId,
    is_beside: FunctionId,
    shares: FunctionId,
    memory: MemoryId,
}

/// Lets the native tell.
pub fn tell(module: &mut Module) -> Result<Outcome> {
    use ValType::I32;
    let Some(native) = named(module, NATIVE, &[I32, I32, I32], &[I32])? else {
        return Ok(Outcome::NotNeeded("no native of the name tells sizes"));
    };
    let part = |name: &str| match named(module, name, &[I32], &[I32])? {
        Some(function) => Ok(function),
        None => bail!("there is a {NATIVE}, but no {name}"),
    };
    let told = Told {
        size: part(SIZE)?,
        is_part: part(IS_PART)?,
        whole: part(WHOLE)?,
        bytes: part(BYTES)?,
        is_beside: part(IS_BESIDE)?,
        shares: part(SHARES)?,
        memory: memory(module)?,
    };
    let instead = telling(module, &told);
    let mut count = 0;
    for seq in sequences(body(module, native)?) {
        for (instr, _) in &mut body_mut(module, native)?.block_mut(seq).instrs {
            if let Instr::Call(call) = instr
                && call.func == told.size
            {
                call.func = instead;
                count += 1;
            }
        }
    }
    match count {
        1 => Ok(Outcome::Done(
            "binaries tell what they are a part of and who shares them, a pair whether both are one"
                .to_owned(),
        )),
        _ => bail!("{NATIVE} calls {SIZE} {count} times"),
    }
}

/// term → words, or what is told of binaries, less than zero.
fn telling(module: &mut Module, told: &Told) -> FunctionId {
    use ValType::I32;
    let [term, first, binary] = [(); 3].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(term).call(told.is_part).if_else(
        None,
        |code| {
            code.i32_const(0);
            code.local_get(term).call(told.whole).call(told.bytes);
            code.binop(BinaryOp::I32Sub).return_();
        },
        |_| {},
    );
    code.block(None, |code| {
        let plain = code.id();
        code.local_get(term).i32_const(TAG).binop(BinaryOp::I32And);
        code.i32_const(BOXED).binop(BinaryOp::I32Ne).br_if(plain);
        code.local_get(term)
            .i32_const(BOXED)
            .binop(BinaryOp::I32Sub)
            .load(told.memory, LOAD, FIRST)
            .local_tee(first);
        code.i32_const(OF_TWO).binop(BinaryOp::I32Eq).if_else(
            None,
            |code| {
                code.local_get(term).load(told.memory, LOAD, ELEMENT);
                code.local_get(term).load(told.memory, LOAD, SECOND);
                code.binop(BinaryOp::I32Eq).return_();
            },
            |_| {},
        );
        code.local_get(first).i32_const(OF_ONE);
        code.binop(BinaryOp::I32Ne).local_get(first);
        code.i32_const(OF_THREE).binop(BinaryOp::I32Ne);
        code.binop(BinaryOp::I32And).br_if(plain);
        code.local_get(term)
            .load(told.memory, LOAD, ELEMENT)
            .local_tee(binary);
        code.call(told.is_part).if_else(
            None,
            |code| {
                code.local_get(binary).call(told.whole).local_set(binary);
            },
            |_| {},
        );
        code.local_get(binary)
            .call(told.is_beside)
            .unop(UnaryOp::I32Eqz)
            .br_if(plain);
        code.local_get(binary)
            .load(told.memory, LOAD, IS_CONSTANT)
            .br_if(plain);
        code.local_get(binary)
            .load(told.memory, LOAD, BESIDE)
            .local_set(binary);
        code.i32_const(0);
        code.local_get(first)
            .i32_const(OF_ONE)
            .binop(BinaryOp::I32Eq)
            .if_else(
                I32,
                |code| {
                    code.local_get(binary).i32_const(3).binop(BinaryOp::I32ShrU);
                },
                |code| {
                    code.local_get(binary).call(told.shares);
                },
            );
        code.binop(BinaryOp::I32Sub).return_();
    });
    code.local_get(term).call(told.size);
    builder.finish(vec![term], &mut module.funcs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::engine::Running;

    /// Odd terms are parts, of the binary behind them, which has ten bytes more than its number. At 64 and 80 are tuples
    /// of one element and of three, at 96 one of four, at 112 and 192 pairs, at 128 one with a part; the binary 258 lies beside, at 4096, where
    /// seven share it; 290 is the VM's own.
    const VM: &str = r#"
        (memory 1)
        (data (i32.const 64) "\40\00\00\00\02\01\00\00")
        (data (i32.const 80) "\c0\00\00\00\02\01\00\00\0b\00\00\00")
        (data (i32.const 96) "\00\01\00\00\02\01\00\00\0b\00\00\00\0b\00\00\00")
        (data (i32.const 112) "\80\00\00\00\02\01\00\00\02\01\00\00")
        (data (i32.const 192) "\80\00\00\00\02\01\00\00\0b\00\00\00")
        (data (i32.const 128) "\40\00\00\00\01\01\00\00")
        (data (i32.const 144) "\40\00\00\00\22\01\00\00")
        (data (i32.const 160) "\40\00\00\00\04\00\00\00")
        (data (i32.const 256) "\60\01\00\00\64\00\00\00\00\00\00\00\00\10\00\00")
        (data (i32.const 288) "\60\01\00\00\64\00\00\00\01\00\00\00\00\10\00\00")
        (func $memory_estimate_usage (param i32) (result i32) (i32.add (local.get 0) (i32.const 100)))
        (func $term_is_sub_binary (param i32) (result i32) (i32.and (local.get 0) (i32.const 1)))
        (func $term_get_sub_binary_ref (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func $term_binary_size (param i32) (result i32) (i32.add (local.get 0) (i32.const 10)))
        (func $term_is_refc_binary (param i32) (result i32) (i32.ge_u (local.get 0) (i32.const 256)))
        (func $refc_binary_get_refcount (param i32) (result i32) (i32.sub (local.get 0) (i32.const 4089)))
        (func $nif_erts_debug_flat_size (export "native") (param i32 i32 i32) (result i32)
          (call $memory_estimate_usage (local.get 2)))
        (func (export "other") (param i32) (result i32) (call $memory_estimate_usage (local.get 0)))"#;

    fn run(text: &str) -> Result<Running> {
        Running::after(&format!("(module {text})"), tell)
    }

    #[test]
    fn a_part_tells_of_the_whole_and_all_else_its_size() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("native", &[0, 1, 5]), -16);
        assert_eq!(vm.call("native", &[0, 1, 4]), 104);
    }

    #[test]
    fn a_tuple_tells_where_a_binary_is_and_how_many_share_it() {
        let vm = run(VM).unwrap();
        assert_eq!(vm.call("native", &[0, 1, 66]), -512);
        assert_eq!(vm.call("native", &[0, 1, 82]), -7);
        assert_eq!(vm.call("native", &[0, 1, 130]), -512);
        assert_eq!(vm.call("native", &[0, 1, 114]), 1);
        assert_eq!(vm.call("native", &[0, 1, 194]), 0);
        for other in [98, 146, 162] {
            assert_eq!(vm.call("native", &[0, 1, other]), 100 + other);
        }
    }

    #[test]
    fn others_that_ask_for_a_size_get_one() {
        assert_eq!(run(VM).unwrap().call("other", &[5]), 105);
    }

    #[test]
    fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
        let vm = run(&VM.replace(NATIVE, "f")).unwrap();
        assert!(matches!(vm.outcome, Outcome::NotNeeded(_)));
        for name in [SIZE, IS_PART, WHOLE, BYTES, IS_BESIDE, SHARES] {
            assert!(run(&VM.replace(name, "g")).is_err());
        }
    }
}
