//! What a process remembers of its mailbox, in words behind its own: the marker that was made last, the message that was
//! the last one then, and the reference that the marker was given to. A message that is taken out gives its place to
//! the one before it; where there is none, a `receive` begins with the first message, as it would without all this.

use anyhow::Result;
use walrus::ir::{BinaryOp, ExtendedLoad, LoadKind, MemArg, StoreKind, UnaryOp};
use walrus::{FunctionBuilder, FunctionId, InstrSeqBuilder, LocalId, MemoryId, Module, ValType};

use super::kept::when;
use super::operands::{ZEROED, memory};
use super::places::part;

/// Where a register is that is none of the first: (process, number) → place.
pub const REGISTER: &str = "extended_register_ptr";

/// Bytes of a process, and with what it remembers.
pub const BYTES: i32 = 256;
const WIDER: i32 = BYTES + 24;
/// Where a process has its mailbox, which begins with what came last, and its first registers.
pub const ENQUEUED: u64 = 184;
pub const REGISTERS: u64 = 24;

/// Places in a process: the newest word of its stack; of its mailbox the last message that was sorted in, the one that a
/// `receive` looks at next, and the one before that; and what is remembered.
const STACK: u64 = 20;
const LAST: u64 = ENQUEUED + 8;
const NEXT: u64 = ENQUEUED + 12;
const PREVIOUS: u64 = ENQUEUED + 16;
const MARKER: u64 = BYTES as u64;
const PLACE: u64 = MARKER + 4;
const REFERENCE: u64 = MARKER + 8;

/// A term's lowest bits, and what they are where it leads to a box; how the box of a reference begins.
const TAG: i32 = 3;
const BOXED: i32 = 2;
const IS_REFERENCE: i32 = 0x90;
/// The tag of a small integer, and one in front of it.
const INTEGER: i32 = 15;
const ONE: i32 = 16;

/// Kinds of operands: registers of the process and of its stack; of a far one the number takes another byte.
const KIND: i32 = 15;
const ON_STACK: i32 = 4;
const FAR: i32 = 8;

const WORD: LoadKind = LoadKind::I32 { atomic: false };
const STORE: StoreKind = StoreKind::I32 { atomic: false };
const LONG: LoadKind = LoadKind::I64 { atomic: false };
const STORE_LONG: StoreKind = StoreKind::I64 { atomic: false };
const BYTE: LoadKind = LoadKind::I32_8 {
    kind: ExtendedLoad::ZeroExtend,
};

const fn at(offset: u64) -> MemArg {
    MemArg { align: 4, offset }
}

const fn byte(offset: u64) -> MemArg {
    MemArg { align: 1, offset }
}

/// What the functions share.
pub struct Marks {
    memory: MemoryId,
    /// Memory for a process: bytes of its own → place, or 0.
    pub zeroed: FunctionId,
    /// (process, place of an operand) → place of its value.
    operand: FunctionId,
    /// term → the number of the reference, or 0.
    number: FunctionId,
}

impl Marks {
    pub fn new(module: &mut Module) -> Result<Marks> {
        use ValType::I32;
        let memory = memory(module)?;
        let register = part(module, REGISTER, &[I32, I32], &[I32])?;
        let calloc = part(module, ZEROED, &[I32, I32], &[I32])?;
        Ok(Marks {
            memory,
            zeroed: zeroed(module, calloc),
            operand: operand(module, memory, register),
            number: number(module, memory),
        })
    }

    /// A new marker, for the place behind everything that was sorted in: process → the marker.
    pub fn reserving(&self, module: &mut Module) -> FunctionId {
        let [process, marker] = [(); 2].map(|()| module.locals.add(ValType::I32));
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        let mut code = builder.func_body();
        code.local_get(process).local_get(process);
        code.load(self.memory, WORD, at(MARKER)).i32_const(ONE);
        code.binop(BinaryOp::I32Add).i32_const(INTEGER);
        code.binop(BinaryOp::I32Or).local_tee(marker);
        code.store(self.memory, STORE, at(MARKER));
        code.local_get(process).local_get(process);
        code.load(self.memory, WORD, at(LAST));
        code.store(self.memory, STORE, at(PLACE));
        code.local_get(process).i64_const(0);
        code.store(self.memory, STORE_LONG, at(REFERENCE));
        code.local_get(marker);
        builder.finish(vec![process], &mut module.funcs)
    }

    /// The reference of a marker, if that is still the newest: (process, instruction).
    pub fn binding(&self, module: &mut Module) -> FunctionId {
        use ValType::I32;
        let [process, instruction] = [(); 2].map(|()| module.locals.add(I32));
        let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32], &[]);
        let mut code = builder.func_body();
        self.value(&mut code, process, instruction);
        code.local_get(process)
            .load(self.memory, WORD, at(MARKER))
            .binop(BinaryOp::I32Eq);
        when(&mut code, |code| {
            code.local_get(process);
            // The second operand lies behind the one or two bytes of the first.
            code.local_get(instruction).local_get(instruction);
            code.load(self.memory, BYTE, byte(1)).i32_const(FAR);
            code.binop(BinaryOp::I32And)
                .i32_const(3)
                .binop(BinaryOp::I32ShrU);
            code.binop(BinaryOp::I32Add).i32_const(1);
            code.binop(BinaryOp::I32Add).local_set(instruction);
            self.value(code, process, instruction);
            code.call(self.number)
                .store(self.memory, STORE_LONG, at(REFERENCE));
        });
        builder.finish(vec![process, instruction], &mut module.funcs)
    }

    /// A `receive` for a reference begins at its place: (process, instruction).
    pub fn using(&self, module: &mut Module) -> FunctionId {
        use ValType::I32;
        let [process, instruction] = [(); 2].map(|()| module.locals.add(I32));
        let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32], &[]);
        let mut code = builder.func_body();
        self.is_for(&mut code, process, |code| {
            self.value(code, process, instruction);
            code.call(self.number);
        });
        when(&mut code, |code| self.begin(code, process));
        builder.finish(vec![process, instruction], &mut module.funcs)
    }

    /// Beginning with the first message, or at the place of a reference: (mailbox, number of the reference).
    pub fn resetting(&self, module: &mut Module, reset: FunctionId) -> FunctionId {
        use ValType::{I32, I64};
        let mailbox = module.locals.add(I32);
        let process = module.locals.add(I32);
        let wanted = module.locals.add(I64);
        let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I64], &[]);
        let mut code = builder.func_body();
        code.local_get(mailbox).call(reset);
        owner(&mut code, mailbox, process);
        self.is_for(&mut code, process, |code| {
            code.local_get(wanted);
        });
        when(&mut code, |code| self.begin(code, process));
        builder.finish(vec![mailbox, wanted], &mut module.funcs)
    }

    /// Taking the message that was looked at, which is no place any more: mailbox → message.
    pub fn taking(&self, module: &mut Module, take: FunctionId) -> FunctionId {
        let [mailbox, process] = [(); 2].map(|()| module.locals.add(ValType::I32));
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        let mut code = builder.func_body();
        owner(&mut code, mailbox, process);
        code.local_get(process).load(self.memory, WORD, at(NEXT));
        code.local_get(process).load(self.memory, WORD, at(PLACE));
        code.binop(BinaryOp::I32Eq);
        when(&mut code, |code| {
            code.local_get(process).local_get(process);
            code.load(self.memory, WORD, at(PREVIOUS));
            code.store(self.memory, STORE, at(PLACE));
        });
        code.local_get(mailbox).call(take);
        builder.finish(vec![mailbox], &mut module.funcs)
    }

    /// The value of the operand behind the first byte of an instruction.
    fn value(&self, code: &mut InstrSeqBuilder<'_>, process: LocalId, instruction: LocalId) {
        code.local_get(process).local_get(instruction).i32_const(1);
        code.binop(BinaryOp::I32Add).call(self.operand);
        code.load(self.memory, WORD, at(0));
    }

    /// Whether there is a place, and for a reference of the number that `wanted` puts on the stack.
    fn is_for(
        &self,
        code: &mut InstrSeqBuilder<'_>,
        process: LocalId,
        wanted: impl FnOnce(&mut InstrSeqBuilder<'_>),
    ) {
        code.local_get(process)
            .load(self.memory, LONG, at(REFERENCE));
        wanted(code);
        code.binop(BinaryOp::I64Eq);
        code.local_get(process)
            .load(self.memory, LONG, at(REFERENCE));
        code.i64_const(0).binop(BinaryOp::I64Ne);
        code.binop(BinaryOp::I32And);
        code.local_get(process).load(self.memory, WORD, at(PLACE));
        code.i32_const(0).binop(BinaryOp::I32Ne);
        code.binop(BinaryOp::I32And);
    }

    /// What is looked at next lies behind the place.
    fn begin(&self, code: &mut InstrSeqBuilder<'_>, process: LocalId) {
        code.local_get(process).local_get(process);
        code.load(self.memory, WORD, at(PLACE));
        code.store(self.memory, STORE, at(PREVIOUS));
        code.local_get(process).local_get(process);
        code.load(self.memory, WORD, at(PLACE));
        code.load(self.memory, WORD, at(0));
        code.store(self.memory, STORE, at(NEXT));
    }
}

/// The process that a mailbox is in.
fn owner(code: &mut InstrSeqBuilder<'_>, mailbox: LocalId, process: LocalId) {
    code.local_get(mailbox).i32_const(ENQUEUED as i32);
    code.binop(BinaryOp::I32Sub).local_set(process);
}

/// Memory of zeros that holds a process and what it remembers, whatever it asks for.
fn zeroed(module: &mut Module, calloc: FunctionId) -> FunctionId {
    let bytes = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    builder
        .func_body()
        .i32_const(1)
        .i32_const(WIDER)
        .call(calloc);
    builder.finish(vec![bytes], &mut module.funcs)
}

/// A far register's number has three bits of the first byte and the second byte, a near one's the upper half of one.
fn operand(module: &mut Module, memory: MemoryId, register: FunctionId) -> FunctionId {
    use ValType::I32;
    let [process, place, first, number] = [(); 4].map(|()| module.locals.add(I32));
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32, I32], &[I32]);
    let mut code = builder.func_body();
    code.local_get(place).load(memory, BYTE, byte(0));
    code.local_tee(first).i32_const(4).binop(BinaryOp::I32ShrU);
    code.local_set(number);
    code.local_get(first).i32_const(FAR).binop(BinaryOp::I32And);
    when(&mut code, |code| {
        code.local_get(first).i32_const(5).binop(BinaryOp::I32ShrU);
        code.i32_const(8).binop(BinaryOp::I32Shl);
        code.local_get(place).load(memory, BYTE, byte(1));
        code.binop(BinaryOp::I32Or).local_set(number);
    });
    code.local_get(first).i32_const(KIND - FAR);
    code.binop(BinaryOp::I32And).i32_const(ON_STACK);
    code.binop(BinaryOp::I32Eq);
    when(&mut code, |code| {
        code.local_get(process).load(memory, WORD, at(STACK));
        code.local_get(number).i32_const(2).binop(BinaryOp::I32Shl);
        code.binop(BinaryOp::I32Add).return_();
    });
    code.local_get(first).i32_const(FAR).binop(BinaryOp::I32And);
    when(&mut code, |code| {
        code.local_get(process).local_get(number).call(register);
        code.return_();
    });
    code.local_get(process).local_get(number).i32_const(2);
    code.binop(BinaryOp::I32Shl).binop(BinaryOp::I32Add);
    code.i32_const(REGISTERS as i32).binop(BinaryOp::I32Add);
    builder.finish(vec![process, place], &mut module.funcs)
}

/// The upper half of a reference's number comes first.
fn number(module: &mut Module, memory: MemoryId) -> FunctionId {
    use ValType::{I32, I64};
    let term = module.locals.add(I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[I32], &[I64]);
    let mut code = builder.func_body();
    code.block(I64, |code| {
        let none = code.id();
        code.i64_const(0);
        code.local_get(term).i32_const(TAG).binop(BinaryOp::I32And);
        code.i32_const(BOXED).binop(BinaryOp::I32Ne).br_if(none);
        code.local_get(term).i32_const(BOXED);
        code.binop(BinaryOp::I32Sub).local_tee(term);
        code.load(memory, WORD, at(0)).i32_const(IS_REFERENCE);
        code.binop(BinaryOp::I32Ne).br_if(none).drop();
        code.local_get(term).load(memory, WORD, at(4));
        code.unop(UnaryOp::I64ExtendUI32).i64_const(32);
        code.binop(BinaryOp::I64Shl);
        code.local_get(term).load(memory, WORD, at(8));
        code.unop(UnaryOp::I64ExtendUI32);
        code.binop(BinaryOp::I64Or);
    });
    builder.finish(vec![term], &mut module.funcs)
}
