//! Room on the heap of a process. The VM copies what lives to a heap that is larger by a fifth or more, and says that
//! memory ran out where there is none for such a heap; here one that is larger by an eighth is tried before.

/// How much larger, as a part of what is used: by less, a process at the end of memory would do nothing but copy.
const PART: usize = 8;
/// That no memory was found for a new heap; the old one is as it was.
const NO_MEMORY: i32 = 1;
/// Where in a process its heap is.
const HEAP: u32 = 4;
/// Not to copy, but to add a piece.
const ADD: i32 = 3;

mod vm {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn memory_ensure_free_with_roots(
            process: u32,
            words: usize,
            roots: i32,
            at: u32,
            how: i32,
        ) -> i32;
        pub fn memory_gc(process: u32, words: usize, roots: i32, at: u32) -> i32;
        pub fn memory_heap_memory_size(heap: u32) -> usize;
        pub fn context_avail_free_memory(process: u32) -> usize;
    }
}

/// (process, words, roots, where they are, how) → 0 where there is room.
///
/// # Safety
/// As the VM calls it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memory_ensure_free_with_roots(
    process: u32,
    words: usize,
    roots: i32,
    at: u32,
    how: i32,
) -> i32 {
    // SAFETY: the VM's functions are given what we were given. What is used and what is asked for fit into the new heap,
    // and a collection that found no memory changed nothing.
    unsafe {
        let said = vm::memory_ensure_free_with_roots(process, words, roots, at, how);
        if said != NO_MEMORY || how == ADD {
            return said;
        }
        let free = vm::context_avail_free_memory(process);
        if free >= words {
            return 0;
        }
        let used = vm::memory_heap_memory_size(process + HEAP) - free;
        vm::memory_gc(process, used + used / PART + words, roots, at)
    }
}
