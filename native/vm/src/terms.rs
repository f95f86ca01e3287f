//! Terms in the VM's memory, as far as functions of ours read and make them.

use crate::room::memory_ensure_free_with_roots;
use crate::sort::Order;

/// The empty list.
pub const EMPTY: u32 = 0x3B;
/// The lowest two bits of a term say what it is.
const TAG: u32 = 3;
const LIST: u32 = 1;
const ONE_WORD: u32 = 3;
/// Where in a process its heap is.
const HEAP: u32 = 4;
/// What the VM's comparison is told and says: as `=:=` does; that there was no memory, that the first is greater.
const EXACTLY: i32 = 1;
const NO_MEMORY: i32 = 0;
const GREATER: i32 = 4;
/// How memory is reserved: the heap may shrink.
const CAN_SHRINK: i32 = 1;

mod vm {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn term_compare(one: u32, other: u32, how: i32, vm: u32) -> i32;
        pub fn term_alloc_tuple(size: u32, heap: u32) -> u32;
        pub fn term_list_alloc(heap: u32) -> u32;
    }
}

/// The word at an address of the VM's memory.
///
/// # Safety
/// There is a word.
pub unsafe fn read(address: u32) -> u32 {
    // SAFETY: as said.
    unsafe { *(address as *const u32) }
}

/// Writes a word.
///
/// # Safety
/// There is a word.
pub unsafe fn write(address: u32, word: u32) {
    // SAFETY: as said.
    unsafe { *(address as *mut u32) = word }
}

/// How long a proper list is; None of what is none.
///
/// # Safety
/// It is a term.
pub unsafe fn length(term: u32) -> Option<usize> {
    let (mut list, mut length) = (term, 0);
    while list & TAG == LIST {
        length += 1;
        // SAFETY: it is a cell.
        list = unsafe { cell(list) }.1;
    }
    (list == EMPTY).then_some(length)
}

/// The head and the tail of a list.
///
/// # Safety
/// It is a list that is not empty.
pub unsafe fn cell(list: u32) -> (u32, u32) {
    let at = list & !TAG;
    // SAFETY: a cell has two words, the tail first.
    unsafe { (read(at + 4), read(at)) }
}

/// Gives a cell another tail.
///
/// # Safety
/// It is a cell that nobody else has seen yet.
pub unsafe fn set_tail(list: u32, tail: u32) {
    // SAFETY: the tail is the first word.
    unsafe { write(list & !TAG, tail) }
}

/// Where the elements of a tuple are.
pub fn elements(tuple: u32) -> *mut u32 {
    ((tuple & !TAG) + 4) as *mut u32
}

/// Copies the elements of a list.
///
/// # Safety
/// The list has as many, and there is room for them.
pub unsafe fn copy(list: u32, to: *mut u32, count: usize) {
    let (mut rest, mut at) = (list, 0);
    while at < count {
        // SAFETY: at < count.
        let (head, tail) = unsafe { cell(rest) };
        // SAFETY: at < count.
        unsafe { *to.add(at) = head };
        rest = tail;
        at += 1;
    }
}

/// Writes a term so many times.
///
/// # Safety
/// There is room for that.
pub unsafe fn fill(to: *mut u32, term: u32, count: usize) {
    let mut at = 0;
    while at < count {
        // SAFETY: at < count.
        unsafe { *to.add(at) = term };
        at += 1;
    }
}

/// A process of the VM.
#[derive(Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    /// What has such a heap, and nothing else of a process.
    pub fn with_heap(heap: u32) -> Process {
        Process(heap.wrapping_sub(HEAP))
    }

    /// Sees to it that there are so many words; None if there is no memory. Terms may move; those at `roots` follow.
    ///
    /// # Safety
    /// It is a process, and at `roots` there are `count` terms.
    pub unsafe fn reserve(self, words: usize, roots: u32, count: i32) -> Option<()> {
        // SAFETY: as said.
        let failed =
            unsafe { memory_ensure_free_with_roots(self.0, words, count, roots, CAN_SHRINK) };
        (failed == 0).then_some(())
    }

    /// A tuple, whose elements are still to be written.
    ///
    /// # Safety
    /// One word more than elements is reserved.
    pub unsafe fn tuple(self, size: usize) -> u32 {
        // SAFETY: as said.
        unsafe { vm::term_alloc_tuple(size as u32, self.0 + HEAP) }
    }

    /// A cell of a list.
    ///
    /// # Safety
    /// Two words are reserved.
    pub unsafe fn cell(self, head: u32, tail: u32) -> u32 {
        // SAFETY: as said; the tail is the first word.
        unsafe {
            let at = vm::term_list_alloc(self.0 + HEAP);
            write(at, tail);
            write(at + 4, head);
            at | LIST
        }
    }
}

/// An order of terms in which those are equal that `=:=` says are, whatever their addresses: those of one word by that
/// word and in front of others, and the others as the VM orders them.
pub struct Exact {
    vm: u32,
    /// Whether there was no memory to compare.
    pub failed: bool,
}

impl Exact {
    /// The order for a process.
    ///
    /// # Safety
    /// It is a process: its first word is the VM.
    pub unsafe fn new(process: Process) -> Exact {
        // SAFETY: as said.
        Exact {
            vm: unsafe { read(process.0) },
            failed: false,
        }
    }
}

impl Order for Exact {
    #[inline(always)]
    fn in_order(&mut self, first: u32, second: u32) -> bool {
        match (first & TAG == ONE_WORD, second & TAG == ONE_WORD) {
            (true, true) => first <= second,
            (true, false) => true,
            (false, true) => false,
            (false, false) => {
                // SAFETY: both are terms, and it is the VM.
                let said = unsafe { vm::term_compare(first, second, EXACTLY, self.vm) };
                self.failed |= said == NO_MEMORY;
                said != GREATER
            }
        }
    }
}
