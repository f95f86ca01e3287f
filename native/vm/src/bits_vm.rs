//! Bit strings that are not whole bytes, in the VM. Such a value is a part of a binary that has one word more than other
//! parts: how many bits of the byte behind its whole bytes belong to it, 1 to 7. What knows nothing of them sees their
//! whole bytes. Their bytes always begin at a byte, and the bits of the last byte beyond their own are zero.

use core::cmp::Ordering;

use crate::binaries::{self, ALL, INVALID, Term};
use crate::bits::{self, BYTE};

/// Words of a part of a binary, behind its header: whole bytes, where they begin, the binary, and here the bits beyond.
const WORDS: u32 = 4;
const BYTES: usize = 1;
const OFFSET: usize = 2;
const BINARY: usize = 3;
const BEYOND: usize = 4;
const HEADER: u32 = binaries::part_header(WORDS);
/// What one takes on a heap.
const ON_HEAP: u32 = WORDS + 1;

/// The tag of a bit string in the external format, and what stands before its bytes: their number, and the bits of the
/// last.
const BIT_BINARY_EXT: u8 = 77;
const BEFORE_BYTES: u32 = 6;
/// What the VM says of bytes that are no term.
const NO_TERM: i32 = -1;

#[link(wasm_import_module = "vm")]
unsafe extern "C" {
    fn term_is_binary(term: Term) -> i32;
    fn term_binary_size(binary: Term) -> u32;
    fn term_binary_data(binary: Term) -> *mut u8;
    fn term_binary_heap_size(bytes: u32) -> u32;
    fn term_create_uninitialized_binary(bytes: u32, heap: *mut u32, global: *mut u32) -> Term;
    fn term_create_empty_binary(bytes: u32, heap: *mut u32, global: *mut u32) -> Term;
    fn term_from_literal_binary(
        from: *const u8,
        bytes: u32,
        heap: *mut u32,
        global: *mut u32,
    ) -> Term;
    #[link_name = "term_maybe_create_sub_binary"]
    fn part_of_bytes(binary: Term, at: u32, bytes: u32, heap: *mut u32, global: *mut u32) -> Term;
    #[link_name = "term_sub_binary_heap_size"]
    fn part_of_bytes_on_heap(binary: Term, bytes: u32) -> u32;
    fn memory_heap_alloc(heap: *mut u32, words: u32) -> *mut u32;
    fn memcmp(one: *const u8, other: *const u8, bytes: u32) -> i32;
    fn bitstring_copy_bits(to: *mut u8, at: u32, from: *const u8, bits: u32);
    #[link_name = "term_reuse_binary"]
    fn reuse_whole(binary: Term, bytes: u32, heap: *mut u32, global: *mut u32) -> Term;
    #[link_name = "bif_erlang_size_1"]
    fn size_of_other(process: u32, label: u32, live: u32, term: Term) -> Term;
    #[link_name = "serialize_term"]
    fn serialize_other(to: *mut u8, term: Term, global: *mut u32) -> u32;
    #[link_name = "calculate_heap_usage"]
    fn heap_usage_of_other(from: *const u8, left: u32, taken: *mut u32, copy: i32) -> i32;
    #[link_name = "parse_external_terms"]
    fn parse_other(
        from: *const u8,
        taken: *mut u32,
        copy: i32,
        heap: *mut u32,
        global: *mut u32,
    ) -> Term;
}

/// The bits beyond the whole bytes of a bit string, 0 for any other term.
fn beyond(term: Term) -> u32 {
    let value = binaries::boxed(term);
    // SAFETY: a boxed term points to its header, and this header says how many words follow.
    unsafe {
        match !value.is_null() && *value == HEADER {
            true => binaries::word(value, BEYOND),
            false => 0,
        }
    }
}

/// The bits of a bit string.
#[unsafe(export_name = "new:bits_size")]
pub extern "C" fn size(term: Term) -> u32 {
    // SAFETY: only called of bit strings.
    unsafe { term_binary_size(term) * BYTE + beyond(term) }
}

/// The bytes that a bit string needs.
#[unsafe(export_name = "new:bits_bytes")]
extern "C" fn bytes(term: Term) -> u32 {
    bits::bytes(size(term))
}

/// Whether a term is a bit string of whole bytes.
#[unsafe(export_name = "new:bits_are_bytes")]
extern "C" fn are_bytes(term: Term) -> i32 {
    // SAFETY: any term can be asked.
    i32::from(unsafe { term_is_binary(term) } != 0 && beyond(term) == 0)
}

/// The function `size/1` as the VM calls it: (process, label, live, term). Of a bit string it tells the whole bytes.
#[unsafe(no_mangle)]
extern "C" fn bif_erlang_size_1(process: u32, label: u32, live: u32, term: Term) -> Term {
    // SAFETY: any term can be asked.
    unsafe {
        match beyond(term) {
            0 => size_of_other(process, label, live, term),
            _ => binaries::small(term_binary_size(term)),
        }
    }
}

/// The function `is_bitstring/1` as the VM calls it: (process, label, term). The atom that it gives.
#[unsafe(export_name = "new:bits_is_bitstring")]
extern "C" fn is_bitstring(_: u32, _: u32, term: Term) -> Term {
    match binaries::is_bits(term) {
        true => binaries::TRUE,
        false => binaries::FALSE,
    }
}

/// Whether a term can be put whole, or in a size of its own, where a bit string of such units is made.
#[unsafe(export_name = "new:bits_fit")]
extern "C" fn fit(term: Term, wanted: Term, unit: u32) -> i32 {
    let fits = || wanted != ALL || bits::all(size(term), 0, unit).is_some();
    i32::from(binaries::is_bits(term) && fits())
}

/// The bits behind an offset, or none (-1) if they are no whole number of units.
#[unsafe(export_name = "new:bits_behind")]
extern "C" fn behind(term: Term, offset: u32, unit: u32) -> i32 {
    bits::all(size(term), offset, unit).map_or(NO_TERM, |bits| bits as i32)
}

/// So many units, in bits; none (-1) where nothing is as large.
#[unsafe(export_name = "new:bits_wanted")]
extern "C" fn wanted(units: i32, unit: i32) -> i32 {
    match units.checked_mul(unit) {
        Some(bits) if bits >= 0 => bits,
        _ => NO_TERM,
    }
}

/// Whether a bit string has fewer bits behind an offset than wanted.
#[unsafe(export_name = "new:bits_lack")]
extern "C" fn lack(term: Term, wanted: i32, offset: u32) -> i32 {
    let left = size(term).saturating_sub(offset);
    i32::from(wanted < 0 || left < wanted as u32)
}

/// The words that a part of so many bits may take on a heap.
#[unsafe(export_name = "new:bits_part_on_heap")]
extern "C" fn part_on_heap(term: Term, bits: u32) -> u32 {
    let bytes = bits::bytes(bits);
    // SAFETY: they only count.
    unsafe { part_of_bytes_on_heap(term, bytes).max(term_binary_heap_size(bytes)) + ON_HEAP }
}

/// A part of a bit string, which has that many bits behind the offset; the heap has room for it.
#[unsafe(export_name = "new:bits_part")]
extern "C" fn part(term: Term, at: u32, bits: u32, heap: *mut u32, global: *mut u32) -> Term {
    // SAFETY: the caller has asked for the room, and the bits are there.
    unsafe {
        if at % BYTE == 0 && bits % BYTE == 0 {
            return part_of_bytes(term, at / BYTE, bits / BYTE, heap, global);
        }
        let bytes = bits::bytes(bits);
        let copy = term_create_uninitialized_binary(bytes, heap, global);
        if copy == INVALID {
            return INVALID;
        }
        let to = term_binary_data(copy);
        let from = term_binary_data(term).add((at / BYTE) as usize);
        let (skip, there) = (at % BYTE, bits::bytes(at % BYTE + bits));
        for place in 0..bytes {
            let first = *from.add(place as usize);
            let second = match place + 1 < there {
                true => *from.add(place as usize + 1),
                false => 0,
            };
            *to.add(place as usize) = bits::straddling(first, second, skip);
        }
        made(copy, bits, heap)
    }
}

/// The bit string of the first bits of a binary that was made for them; the heap has room for it.
#[unsafe(export_name = "new:bits_made")]
extern "C" fn made(binary: Term, bits: u32, heap: *mut u32) -> Term {
    let (whole, beyond) = (bits / BYTE, bits % BYTE);
    if beyond == 0 {
        return binary;
    }
    // SAFETY: the binary has a byte for the bits beyond, and nobody else knows it yet.
    unsafe {
        let end = term_binary_data(binary).add(whole as usize);
        *end = bits::last(*end, beyond);
        let value = memory_heap_alloc(heap, ON_HEAP);
        *value = HEADER;
        *value.add(BYTES) = whole;
        *value.add(OFFSET) = 0;
        *value.add(BINARY) = binary;
        *value.add(BEYOND) = beyond;
        binaries::term(value)
    }
}

/// Copies bits to any place of a binary that is being made.
#[unsafe(export_name = "new:bits_put")]
extern "C" fn put(to: *mut u8, at: u32, from: *const u8, bits: u32) {
    // SAFETY: the caller has compared sizes.
    unsafe { bitstring_copy_bits(to, at, from, bits) }
}

/// The order of two bit strings: negative, 0 or positive.
#[unsafe(export_name = "new:bits_compare")]
extern "C" fn compare(one: Term, other: Term) -> i32 {
    // SAFETY: both are bit strings, with a byte for the bits beyond their whole ones.
    unsafe {
        let whole = term_binary_size(one).min(term_binary_size(other));
        let (ones, others) = (term_binary_data(one), term_binary_data(other));
        let said = memcmp(ones, others, whole);
        if said != 0 {
            return said;
        }
        let end = |data: *const u8, term: Term| {
            let left = size(term) - whole * BYTE;
            match left {
                0 => (0, 0),
                _ => (*data.add(whole as usize), left.min(BYTE)),
            }
        };
        match bits::compare_ends(end(ones, one), end(others, other))
            .then(size(one).cmp(&size(other)))
        {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }
}

/// The binary that something is added to, grown or copied: the VM knows how to grow one of whole bytes.
#[unsafe(no_mangle)]
extern "C" fn term_reuse_binary(binary: Term, size: u32, heap: *mut u32, global: *mut u32) -> Term {
    // SAFETY: the caller has asked for the room.
    unsafe {
        if beyond(binary) == 0 {
            return reuse_whole(binary, size, heap, global);
        }
        let grown = term_create_empty_binary(size, heap, global);
        if grown != INVALID {
            let (to, from) = (term_binary_data(grown), term_binary_data(binary));
            bitstring_copy_bits(to, 0, from, bytes(binary).min(size) * BYTE);
        }
        grown
    }
}

/// Writes a term in the external format, or only tells its size.
#[unsafe(no_mangle)]
extern "C" fn serialize_term(to: *mut u8, term: Term, global: *mut u32) -> u32 {
    // SAFETY: the caller has asked for the size before.
    unsafe {
        let last = beyond(term);
        if last == 0 {
            return serialize_other(to, term, global);
        }
        let bytes = bytes(term);
        if !to.is_null() {
            *to = BIT_BINARY_EXT;
            to.add(1).cast::<[u8; 4]>().write(bytes.to_be_bytes());
            *to.add(5) = last as u8;
            let from = term_binary_data(term);
            bitstring_copy_bits(to.add(BEFORE_BYTES as usize), 0, from, bytes * BYTE);
        }
        BEFORE_BYTES + bytes
    }
}

/// A bit string in the external format: its bytes, and the bits of the last.
///
/// # Safety
///
/// So many bytes are left.
unsafe fn encoded(from: *const u8, left: u32) -> Option<(u32, u32)> {
    if left < BEFORE_BYTES {
        return None;
    }
    // SAFETY: as asked.
    let (bytes, last) = unsafe {
        let bytes = from.add(1).cast::<[u8; 4]>().read();
        (u32::from_be_bytes(bytes), u32::from(*from.add(5)))
    };
    let fits = bytes <= left - BEFORE_BYTES;
    (fits && bytes != 0 && (1..=BYTE).contains(&last)).then_some((bytes, last))
}

/// How many words a term in the external format takes on a heap.
#[unsafe(no_mangle)]
extern "C" fn calculate_heap_usage(from: *const u8, left: u32, taken: *mut u32, copy: i32) -> i32 {
    // SAFETY: so many bytes are left.
    unsafe {
        if left == 0 || *from != BIT_BINARY_EXT {
            return heap_usage_of_other(from, left, taken, copy);
        }
        let Some((bytes, _)) = encoded(from, left) else {
            return NO_TERM;
        };
        *taken = BEFORE_BYTES + bytes;
        (term_binary_heap_size(bytes) + ON_HEAP) as i32
    }
}

/// Makes a term of its external format, which was looked through before.
#[unsafe(no_mangle)]
extern "C" fn parse_external_terms(
    from: *const u8,
    taken: *mut u32,
    copy: i32,
    heap: *mut u32,
    global: *mut u32,
) -> Term {
    // SAFETY: `calculate_heap_usage` has gone through these bytes.
    unsafe {
        if *from != BIT_BINARY_EXT {
            return parse_other(from, taken, copy, heap, global);
        }
        let Some((bytes, last)) = encoded(from, u32::MAX) else {
            return INVALID;
        };
        *taken = BEFORE_BYTES + bytes;
        let data = from.add(BEFORE_BYTES as usize);
        let binary = term_from_literal_binary(data, bytes, heap, global);
        match binary {
            INVALID => INVALID,
            _ => made(binary, (bytes - 1) * BYTE + last, heap),
        }
    }
}
