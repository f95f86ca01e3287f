//! Words of which each is taken as often as it is there.

use crate::sort::{Order, sort};

/// Sorted words, and beside the first of those that are equal how many of them are taken.
pub struct Bag {
    words: *mut u32,
    marks: *mut u32,
    count: usize,
    /// Words that are not taken yet.
    pub left: usize,
}

/// How a count is written among the terms of the VM: as a small integer.
const ONE: u32 = 1 << 4;
const ZERO: u32 = 0xF;

impl Bag {
    /// A bag of `count` words, which are sorted.
    ///
    /// # Safety
    /// At `words` there are twice as many words as `count`, and as long as there is the bag.
    #[inline(always)]
    pub unsafe fn of(words: *mut u32, count: usize, order: &mut impl Order) -> Bag {
        // SAFETY: the second half begins after `count` words.
        unsafe {
            sort(words, words.add(count), count, order);
            Bag::full(words, count)
        }
    }

    /// A bag of words that are sorted already, none of which is taken.
    ///
    /// # Safety
    /// As of [`Bag::of`].
    #[inline(always)]
    pub unsafe fn full(words: *mut u32, count: usize) -> Bag {
        // SAFETY: there are `count` words behind the first ones.
        let marks = unsafe { words.add(count) };
        let mut at = 0;
        while at < count {
            // SAFETY: at < count.
            unsafe { *marks.add(at) = ZERO };
            at += 1;
        }
        Bag {
            words,
            marks,
            count,
            left: count,
        }
    }

    /// Whether there was one more of the word, which is taken now.
    #[inline(always)]
    pub fn take(&mut self, word: u32, order: &mut impl Order) -> bool {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = usize::midpoint(low, high);
            // SAFETY: middle < high <= count.
            if order.in_order(word, unsafe { *self.words.add(middle) }) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if low == self.count {
            return false;
        }
        // SAFETY: low < count, and the next one is looked at only below count. A word in front of which another may not
        // stand is not greater than that one.
        unsafe {
            let mark = self.marks.add(low);
            let next = low + (*mark >> 4) as usize;
            if next == self.count || !order.in_order(*self.words.add(next), word) {
                return false;
            }
            *mark += ONE;
        }
        self.left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Plain;

    impl Order for Plain {
        fn in_order(&mut self, first: u32, second: u32) -> bool {
            first <= second
        }
    }

    proptest! {
        #[test]
        fn each_word_is_taken_as_often_as_it_is_there(words in proptest::collection::vec(0..9_u32, 0..40), asked in proptest::collection::vec(0..10_u32, 0..60)) {
            let mut room = words.clone();
            room.resize(2 * words.len(), 0);
            // SAFETY: the room is for twice the words.
            let mut bag = unsafe { Bag::of(room.as_mut_ptr(), words.len(), &mut Plain) };
            let mut rest = words;
            for word in asked {
                let found = rest.iter().position(|&other| other == word);
                prop_assert_eq!(bag.take(word, &mut Plain), found.is_some());
                found.map(|at| rest.swap_remove(at));
                prop_assert_eq!(bag.left, rest.len());
            }
        }
    }
}
