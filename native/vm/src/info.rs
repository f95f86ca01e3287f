//! The dictionary of another process. The VM has processes asked for what they are, and answers for each in its own
//! turn, but not of its dictionary: whoever asks for `'EXIT'`, which is no item, is told that.

use crate::terms::{self, EMPTY, Process};

/// Where a process has its dictionary: a ring of entries, each of which leads to the next.
const DICTIONARY: u32 = 208;
/// Places in an entry.
const KEY: u32 = 8;
const VALUE: u32 = 12;
/// The atom `'EXIT'`, which every VM has in the same place.
const EXIT: u32 = 0x0E0B;
/// Words of the answer, and of each pair in its list.
const ANSWER: u32 = 3;
const PAIR: u32 = 5;

mod original {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn context_get_process_info(
            process: u32,
            out: u32,
            size: u32,
            item: u32,
            heap: u32,
        ) -> i32;
    }
}

/// (process, where to put the answer, where to put how many words it takes, item, heap) → whether there is an answer.
/// It is asked for the words first, and nowhere to put the answer.
///
/// # Safety
/// As the VM calls it: nobody else changes the dictionary, and the heap has as many words as were told.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn context_get_process_info(
    process: u32,
    out: u32,
    size: u32,
    item: u32,
    heap: u32,
) -> i32 {
    // SAFETY: as said; entries lead to entries, and back to the dictionary.
    unsafe {
        if item != EXIT {
            return original::context_get_process_info(process, out, size, item, heap);
        }
        let ring = process + DICTIONARY;
        let (mut words, mut list, mut entry) = (ANSWER, EMPTY, terms::read(ring));
        let on = Process::with_heap(heap);
        while entry != ring {
            words += PAIR;
            if out != 0 {
                let pair = on.tuple(2);
                *terms::elements(pair) = terms::read(entry + KEY);
                *terms::elements(pair).add(1) = terms::read(entry + VALUE);
                list = on.cell(pair, list);
            }
            entry = terms::read(entry);
        }
        if size != 0 {
            terms::write(size, words);
        }
        if out != 0 {
            let answer = on.tuple(2);
            *terms::elements(answer) = EXIT;
            *terms::elements(answer).add(1) = list;
            terms::write(out, answer);
        }
        1
    }
}
