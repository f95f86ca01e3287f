//! Binaries among the VM's terms. A term is a word; the lowest two bits of one that points to its value on a heap are
//! `10`, and the first word there holds how many follow, and of what kind they are.

/// A term.
pub type Term = u32;

/// No term: memory ran out, or bytes are none.
pub const INVALID: Term = 0;

const TAG: u32 = 3;
const BOXED: u32 = 2;
const KIND: u32 = 63;

/// A binary whose bytes lie outside the heaps and are counted, one whose bytes follow, and a part of another.
const COUNTED: u32 = 0x20;
const INSIDE: u32 = 0x24;
const PART: u32 = 0x28;

/// What a boxed term points to, or null.
pub fn boxed(term: Term) -> *mut u32 {
    match term & TAG {
        BOXED => (term & !TAG) as *mut u32,
        _ => core::ptr::null_mut(),
    }
}

/// The term of a value on a heap.
pub fn term(value: *mut u32) -> Term {
    value as u32 | BOXED
}

/// Whether it is a bit string: of whole bytes or not.
pub fn is_bits(term: Term) -> bool {
    let value = boxed(term);
    // SAFETY: a boxed term points to its header.
    !value.is_null() && matches!(unsafe { *value } & KIND, COUNTED | INSIDE | PART)
}

/// The header of a part that so many words follow.
pub const fn part_header(words: u32) -> u32 {
    words << 6 | PART
}

/// The word at a place of a value.
///
/// # Safety
///
/// The value has that many words.
pub unsafe fn word(value: *mut u32, at: usize) -> u32 {
    unsafe { *value.add(at) }
}

/// The atom `all`.
pub const ALL: Term = 971;

/// The atoms `true` and `false`.
pub const TRUE: Term = 75;
/// See [`TRUE`].
pub const FALSE: Term = 11;

/// A number of less than 28 bits.
pub fn small(number: u32) -> Term {
    number << 4 | 15
}
