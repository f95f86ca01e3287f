//! A table of constants that were decoded before: where the encoded form lies leads to the term. It belongs to the
//! thread, since globals do, so it needs no lock. The VM keeps the code of every module that has run, and the terms lie
//! beside all heaps, where no collector moves them.

use anyhow::{Result, bail};
use walrus::ir::{BinaryOp, LoadKind, MemArg, StoreKind, UnaryOp};
use walrus::{FunctionId, GlobalId, InstrSeqBuilder, LocalId, MemoryId, Module, ValType};

use super::Outcome;
use super::operands::{SPREAD, ZEROED, call_instead, memory, named, variable};

/// How many words a term takes: term → words.
const WORDS: &str = "memory_estimate_usage";
/// Copies a term: (storage, where to put the storage's end, term) → the copy. The storage's first word is a header.
const COPY: &str = "memory_copy_term_tree_to_storage";

/// Entries of a thread's table: a power of two. Each is two words, where the encoded form lies and its term.
const ENTRIES_LOG2: i32 = 15;
const ENTRIES: i32 = 1 << ENTRIES_LOG2;
/// As many are taken at most; what comes then is decoded at each use, as before.
pub const FULL: i32 = ENTRIES / 4 * 3;

pub const LOAD: LoadKind = LoadKind::I32 { atomic: false };
pub const STORE: StoreKind = StoreKind::I32 { atomic: false };
pub const WORD: MemArg = MemArg {
    align: 4,
    offset: 0,
};
const TERM: MemArg = MemArg {
    align: 4,
    offset: 4,
};

/// The table and the VM's functions that fill it.
pub struct Kept {
    pub memory: MemoryId,
    /// term → words.
    pub words: FunctionId,
    /// (storage, where to put its end, term) → copy.
    pub copy: FunctionId,
    /// (count, bytes) → where, or 0.
    pub zeroed: FunctionId,
    table: GlobalId,
    taken: GlobalId,
}

/// Puts a table in front of the decoder of that name; `keeping` makes the function that looks into it first. The
/// decoder takes three words and gives a term.
pub fn in_front(
    module: &mut Module,
    decoder: &str,
    without: &'static str,
    keeping: impl FnOnce(&mut Module, FunctionId, &Kept) -> FunctionId,
) -> Result<Outcome> {
    use ValType::I32;
    let Some(decode) = named(module, decoder, &[I32, I32, I32], &[I32])? else {
        return Ok(Outcome::NotNeeded(without));
    };
    let kept = Kept::new(module)?;
    let count = call_instead(module, decode, |module| Ok(keeping(module, decode, &kept)))?;
    Ok(Outcome::Done(format!(
        "{count} callers of the decoder look into a table first"
    )))
}

impl Kept {
    /// A table of its own for one kind of constants.
    fn new(module: &mut Module) -> Result<Kept> {
        use ValType::I32;
        let helper = |name, params| match named(module, name, params, &[I32])? {
            Some(function) => Ok(function),
            None => bail!("constants are decoded, but there is no {name}"),
        };
        let words = helper(WORDS, &[I32])?;
        let copy = helper(COPY, &[I32, I32, I32])?;
        let zeroed = helper(ZEROED, &[I32, I32])?;
        Ok(Kept {
            memory: memory(module)?,
            words,
            copy,
            zeroed,
            table: variable(module),
            taken: variable(module),
        })
    }

    /// Makes the thread's table at its first use; where there is no memory for it `otherwise` leaves the function.
    pub fn open(
        &self,
        code: &mut InstrSeqBuilder<'_>,
        otherwise: impl FnOnce(&mut InstrSeqBuilder<'_>),
    ) {
        when(code.global_get(self.table).unop(UnaryOp::I32Eqz), |code| {
            code.i32_const(ENTRIES).i32_const(8);
            code.call(self.zeroed).global_set(self.table);
            when(code.global_get(self.table).unop(UnaryOp::I32Eqz), otherwise);
        });
    }

    /// From where `place` leads to, entry by entry, until one is its own or free; some always are. `found` takes
    /// the term from the operand stack and leaves the function; else `entry` is a free one. `scratch` is anybody's.
    pub fn find(
        &self,
        code: &mut InstrSeqBuilder<'_>,
        [place, entry, scratch, known]: [LocalId; 4],
        found: impl FnOnce(&mut InstrSeqBuilder<'_>),
    ) {
        code.local_get(place).i32_const(SPREAD);
        code.binop(BinaryOp::I32Mul).i32_const(32 - ENTRIES_LOG2);
        code.binop(BinaryOp::I32ShrU).local_set(scratch);
        code.loop_(None, |code| {
            let again = code.id();
            code.global_get(self.table).local_get(scratch);
            code.i32_const(3).binop(BinaryOp::I32Shl);
            code.binop(BinaryOp::I32Add).local_tee(entry);
            code.load(self.memory, LOAD, WORD).local_tee(known);
            when(code.local_get(place).binop(BinaryOp::I32Eq), |code| {
                code.local_get(entry).load(self.memory, LOAD, TERM);
                found(code);
            });
            code.local_get(scratch).i32_const(1);
            code.binop(BinaryOp::I32Add).i32_const(ENTRIES - 1);
            code.binop(BinaryOp::I32And).local_set(scratch);
            code.local_get(known).br_if(again);
        });
    }

    /// Whether no more is kept.
    pub fn is_full(&self, code: &mut InstrSeqBuilder<'_>) {
        code.global_get(self.taken).i32_const(FULL);
        code.binop(BinaryOp::I32GeU);
    }

    /// Takes the free entry.
    pub fn put(&self, code: &mut InstrSeqBuilder<'_>, [place, entry, term]: [LocalId; 3]) {
        code.local_get(entry)
            .local_get(term)
            .store(self.memory, STORE, TERM);
        code.local_get(entry)
            .local_get(place)
            .store(self.memory, STORE, WORD);
        code.global_get(self.taken).i32_const(1);
        code.binop(BinaryOp::I32Add).global_set(self.taken);
    }
}

/// Runs code where the operand is not zero.
pub fn when(code: &mut InstrSeqBuilder<'_>, then: impl FnOnce(&mut InstrSeqBuilder<'_>)) {
    code.if_else(None, then, |_| {});
}
