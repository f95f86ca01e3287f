//! `--` of lists. The VM compares each element with each; here what is taken away is sorted once, and looked up by halves.
//! The rest of the list after the last element that is taken away is the same list.

use crate::bag::Bag;
use crate::terms::{self, EMPTY, Exact, Process};

mod original {
    #[link(wasm_import_module = "vm")]
    unsafe extern "C" {
        pub fn nif_erlang_lists_subtract(process: u32, count: i32, arguments: u32) -> u32;
    }
}

/// (process, count, [from, what]) → the list without what is taken away.
///
/// # Safety
/// As the VM calls it: two terms at `arguments`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nif_erlang_lists_subtract(
    process: u32,
    count: i32,
    arguments: u32,
) -> u32 {
    // SAFETY: the original is given what we were given; the rest is what each function says.
    unsafe {
        match subtract(Process(process), arguments) {
            Some(list) => list,
            // It raises what there is to raise.
            None => original::nif_erlang_lists_subtract(process, count, arguments),
        }
    }
}

/// None for what are no lists, or when memory ran out.
///
/// # Safety
/// There are two terms at `arguments`.
#[inline(always)]
unsafe fn subtract(process: Process, arguments: u32) -> Option<u32> {
    // SAFETY: what is asked for by `reserve` is there; a tuple has as many elements as it was made for; a proper list has
    // an element until it is empty.
    unsafe {
        let from = terms::read(arguments);
        terms::length(from)?;
        let size = terms::length(terms::read(arguments + 4))?;
        if from == EMPTY || size == 0 {
            return Some(from);
        }
        process.reserve(2 * size + 2, arguments, 2)?;
        let what = terms::read(arguments + 4);
        let tuple = process.tuple(2 * size + 1);
        let words = terms::elements(tuple);
        terms::copy(what, words, size);
        terms::fill(words.add(size), EMPTY, size);
        *words.add(2 * size) = what;
        // Only the arguments follow when terms move.
        terms::write(arguments + 4, tuple);
        let list = taken_away(process, arguments, size);
        if list.is_none() {
            let words = terms::elements(terms::read(arguments + 4));
            terms::write(arguments + 4, *words.add(2 * size));
        }
        list
    }
}

/// The same of a list that is not empty and a tuple, whose first `size` elements are taken away; the next as many are
/// free to be written.
///
/// # Safety
/// At `arguments` there are these two.
#[inline(always)]
unsafe fn taken_away(process: Process, arguments: u32, size: usize) -> Option<u32> {
    // SAFETY: as said.
    unsafe {
        let words = |arguments| terms::elements(terms::read(arguments + 4));
        let mut order = Exact::new(process);
        let bag = Bag::of(words(arguments), size, &mut order);
        let (walked, taken) = walk(terms::read(arguments), bag, &mut order);
        if order.failed {
            return None;
        }
        if taken == 0 {
            return Some(terms::read(arguments));
        }
        process.reserve(2 * (walked - taken), arguments, 2)?;
        let bag = Bag::full(words(arguments), size);
        let list = without(process, terms::read(arguments), walked, bag, &mut order);
        (!order.failed).then_some(list)
    }
}

/// How many elements there are up to the last that is taken away, and how many of them are.
///
/// # Safety
/// It is a proper list.
#[inline(always)]
unsafe fn walk(from: u32, mut bag: Bag, order: &mut Exact) -> (usize, usize) {
    let (mut list, mut at, mut walked, mut taken) = (from, 0, 0, 0);
    while list != EMPTY && bag.left > 0 {
        at += 1;
        // SAFETY: the list is not empty.
        let (head, tail) = unsafe { terms::cell(list) };
        if bag.take(head, order) {
            walked = at;
            taken += 1;
        }
        list = tail;
    }
    (walked, taken)
}

/// The list without those of the first `walked` elements that are in the bag.
///
/// # Safety
/// The list is proper and as long, and there is room for what is kept of these elements.
#[inline(always)]
unsafe fn without(
    process: Process,
    from: u32,
    walked: usize,
    mut bag: Bag,
    order: &mut Exact,
) -> u32 {
    let (mut list, mut first, mut last) = (from, EMPTY, EMPTY);
    let mut at = 0;
    // SAFETY: as above; the last cell is one that we made.
    unsafe {
        while at < walked {
            let (head, tail) = terms::cell(list);
            if !bag.take(head, order) {
                let kept = process.cell(head, EMPTY);
                if last == EMPTY {
                    first = kept;
                } else {
                    terms::set_tail(last, kept);
                }
                last = kept;
            }
            list = tail;
            at += 1;
        }
        if last == EMPTY {
            return list;
        }
        terms::set_tail(last, list);
    }
    first
}
