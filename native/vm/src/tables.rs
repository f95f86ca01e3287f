//! A way through a table that takes only what can match patterns: the VM's lookup of the key `{{}, Patterns, _, _, _}`
//! (other such keys: `xtask/src/lean/walks.rs`). The overlay of `ets` keeps it from whoever has such keys.

use crate::choose::{Terms, may_match_any};

/// A table is its type, the place of the key and then its chains, as many as `xtask/src/lean/tables.rs` gives it. A
/// link of a chain leads to the next and to the newest object of its key; an object's entry to an older one of the
/// same key, and to the tuple.
const FIRST_CHAIN: u32 = 8;
const CHAINS: u32 = 1024;
const SECOND_WORD: u32 = 4;

/// The lowest two bits of a term that points to its value; the first words of tuples of no elements and of five.
const TAG: u32 = 3;
const BOXED: u32 = 2;
const EMPTY_TUPLE: u32 = 0;
const OF_FIVE: u32 = 5 << 6;

/// What a lookup says: that it is done, or that there is no memory.
const DONE: i32 = 0;
const NO_MEMORY: i32 = 7;

/// How the VM compares as `==` does, and what it says of terms that differ.
const AS_LARGE: i32 = 0;
const DIFFERENT: i32 = 2 | 4;

mod vm {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn ets_multimap_lookup(table: u32, key: u32, tuples: u32, count: u32, vm: u32) -> i32;
        pub fn term_compare(one: u32, other: u32, how: i32, vm: u32) -> i32;
        pub fn emscripten_builtin_malloc(bytes: u32) -> u32;
    }
}

/// The terms of a VM.
struct Vm(u32);

impl Terms for Vm {
    #[inline(always)]
    fn word(&self, address: u32) -> u32 {
        // SAFETY: whoever asks knows a term there, or the table.
        unsafe { *(address as *const u32) }
    }

    fn are_equal(&self, one: u32, other: u32) -> bool {
        // SAFETY: both are terms, and it is the VM.
        let said = unsafe { vm::term_compare(one, other, AS_LARGE, self.0) };
        said & DIFFERENT == 0
    }
}

/// (table, key, where to put the array of tuples, where to put their number, VM) → what it says.
///
/// # Safety
/// As the VM calls it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ets_multimap_lookup(
    table: u32,
    key: u32,
    tuples: u32,
    count: u32,
    vm: u32,
) -> i32 {
    let terms = Vm(vm);
    // Whoever wants no tuples asks only whether the key is there.
    if tuples == 0 || !asks_for_more(&terms, key) {
        // SAFETY: it is given what we were given.
        return unsafe { vm::ets_multimap_lookup(table, key, tuples, count, vm) };
    }
    let patterns = terms.word(key - BOXED + 2 * 4);
    let found = go(&terms, table, patterns, u32::MAX, |_, _| ());
    let mut array = 0;
    if found > 0 {
        // SAFETY: it gives an address, or 0.
        array = unsafe { vm::emscripten_builtin_malloc(4 * found) };
        if array == 0 {
            return NO_MEMORY;
        }
        go(&terms, table, patterns, found, |at, tuple| {
            // SAFETY: at < found.
            unsafe { *((array + 4 * at) as *mut u32) = tuple }
        });
    }
    // SAFETY: the VM wants both there.
    unsafe {
        *(count as *mut u32) = found;
        *(tuples as *mut u32) = array;
    }
    DONE
}

#[inline(always)]
fn asks_for_more(terms: &Vm, key: u32) -> bool {
    let header = |term: u32| (term & TAG == BOXED).then(|| terms.word(term - BOXED));
    header(key) == Some(OF_FIVE)
        && header(terms.word(key - BOXED + SECOND_WORD)) == Some(EMPTY_TUPLE)
}

/// Goes through a table until so many are found, and says how many were: each is taken with the number of those before.
#[inline(always)]
fn go(terms: &Vm, table: u32, patterns: u32, end: u32, mut take: impl FnMut(u32, u32)) -> u32 {
    let (mut found, mut chain) = (0, 0);
    while chain < CHAINS && found < end {
        let mut link = terms.word(table + FIRST_CHAIN + 4 * chain);
        while link != 0 {
            let mut entry = terms.word(link + SECOND_WORD);
            while entry != 0 {
                let tuple = terms.word(entry + SECOND_WORD);
                if may_match_any(terms, patterns, tuple) {
                    take(found, tuple);
                    found += 1;
                }
                entry = terms.word(entry);
            }
            link = terms.word(link);
        }
        chain += 1;
    }
    found
}
