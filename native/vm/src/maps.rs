//! A map without one of its keys. The VM has no native for that, and what is made of the others takes a map apart and
//! puts it together again. `maps:from_keys/2`, which makes maps of lists, makes one of a map and a key here, too.

use crate::terms::{self, Process};

/// What begins a map of no keys: the kind of a box, and the words behind it, of which the first are the keys.
const KIND: u32 = 0x3F;
const MAP: u32 = 0x2C;
const ONE_WORD_MORE: u32 = 1 << 6;
/// The lowest two bits of a term, and what they are where it leads to a box.
const TAG: u32 = 3;
const BOXED: u32 = 2;

mod vm {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn term_find_map_pos(map: u32, key: u32, vm: u32) -> i32;
    }
}

mod original {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn nif_maps_from_keys(process: u32, count: i32, arguments: u32) -> u32;
    }
}

/// (process, count, [keys, value]) → the map; (process, count, [map, key]) → the map without the key, of which there
/// are more.
///
/// # Safety
/// As the VM calls it: two terms at `arguments`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nif_maps_from_keys(process: u32, count: i32, arguments: u32) -> u32 {
    // SAFETY: the original is given what we were given; the rest is what each function says.
    unsafe {
        match without(Process(process), arguments) {
            Some(map) => map,
            // It raises what there is to raise.
            None => original::nif_maps_from_keys(process, count, arguments),
        }
    }
}

/// None for what is no map with the key and others, or when memory ran out.
///
/// # Safety
/// There are two terms at `arguments`.
#[inline(always)]
unsafe fn without(process: Process, arguments: u32) -> Option<u32> {
    // SAFETY: a map has its keys, a tuple, in its first word, and as many values behind it; what is made is as large as
    // what was reserved, and is written whole before the VM sees it.
    unsafe {
        let map = terms::read(arguments);
        if map & TAG != BOXED || terms::read(map - BOXED) & KIND != MAP {
            return None;
        }
        let size = (terms::read(map - BOXED) >> 6) as usize - 1;
        let key = terms::read(arguments + 4);
        let at = vm::term_find_map_pos(map, key, terms::read(process.0));
        if at < 0 || size < 2 {
            return None;
        }
        process.reserve(2 * size + 1, arguments, 2)?;
        let map = terms::elements(terms::read(arguments));
        let kept = process.tuple(size - 1);
        let made = process.tuple(size);
        terms::write(made - BOXED, MAP + size as u32 * ONE_WORD_MORE);
        let words = terms::elements(made);
        *words = kept;
        all_but(
            at as usize,
            size,
            terms::elements(*map),
            terms::elements(kept),
        );
        all_but(at as usize, size, map.add(1), words.add(1));
        Some(made)
    }
}

/// Copies `size` words without the one at a place.
///
/// # Safety
/// There are as many, and room for one less.
#[inline(always)]
unsafe fn all_but(place: usize, size: usize, from: *const u32, to: *mut u32) {
    let (mut at, mut written) = (0, 0);
    while at < size {
        if at != place {
            // SAFETY: at < size, and one of them is left out.
            unsafe { *to.add(written) = *from.add(at) };
            written += 1;
        }
        at += 1;
    }
}
