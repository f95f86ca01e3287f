//! Sorting words by an order that may be expensive to ask: stable, with few questions where much is in order already.

/// What is asked: whether one word may stand in front of another.
pub trait Order {
    /// Whether `first` is not greater than `second`.
    fn in_order(&mut self, first: u32, second: u32) -> bool;
}

/// Sorts words: runs of 1, 2, 4 … of them, two of which are merged where they are not in order as they stand.
///
/// # Safety
/// At `items` and at `spare` there are `count` words each, which do not overlap.
#[inline(always)]
pub unsafe fn sort(items: *mut u32, spare: *mut u32, count: usize, order: &mut impl Order) {
    let mut width = 1;
    while width < count {
        let mut start = 0;
        while count - start > width {
            let end = if count - start > 2 * width {
                start + 2 * width
            } else {
                count
            };
            // SAFETY: start < start + width < end <= count.
            unsafe { merge(items, spare, start, start + width, end, order) };
            start = end;
        }
        width *= 2;
    }
}

/// Merges the two runs in front of `middle` and of `end`. The first makes way into `spare`.
///
/// # Safety
/// As of [`sort`], and 0 <= start < middle < end <= count.
#[inline(always)]
unsafe fn merge(
    items: *mut u32,
    spare: *mut u32,
    start: usize,
    middle: usize,
    end: usize,
    order: &mut impl Order,
) {
    // SAFETY: all places are below `end`; what is written lies in front of what is still to be read of the second run,
    // since no more words were written than taken from both.
    unsafe {
        if order.in_order(*items.add(middle - 1), *items.add(middle)) {
            return;
        }
        let mut copied = start;
        while copied < middle {
            *spare.add(copied) = *items.add(copied);
            copied += 1;
        }
        let (mut one, mut other, mut to) = (start, middle, start);
        while one < middle {
            if other < end && !order.in_order(*spare.add(one), *items.add(other)) {
                *items.add(to) = *items.add(other);
                other += 1;
            } else {
                *items.add(to) = *spare.add(one);
                one += 1;
            }
            to += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Compares without the lowest byte, and counts.
    struct Upper(usize);

    impl Order for Upper {
        fn in_order(&mut self, first: u32, second: u32) -> bool {
            self.0 += 1;
            first >> 8 <= second >> 8
        }
    }

    fn sorted(words: &[u32]) -> (Vec<u32>, usize) {
        let (mut items, mut spare) = (words.to_vec(), vec![0; words.len()]);
        let mut order = Upper(0);
        // SAFETY: both have as many words.
        unsafe {
            sort(
                items.as_mut_ptr(),
                spare.as_mut_ptr(),
                words.len(),
                &mut order,
            )
        };
        (items, order.0)
    }

    proptest! {
        #[test]
        fn words_are_sorted_as_a_stable_sort_does(words in proptest::collection::vec(0..2000_u32, 0..200)) {
            let mut expected = words.clone();
            expected.sort_by_key(|word| word >> 8);
            prop_assert_eq!(sorted(&words).0, expected);
        }
    }

    #[test]
    fn what_is_in_order_is_asked_about_once() {
        let words: Vec<u32> = (0..1000).map(|n| n << 8).collect();
        assert_eq!(sorted(&words), (words, 999));
    }

    #[test]
    fn what_is_in_disorder_is_asked_about_as_often_as_its_logarithm() {
        let words: Vec<u32> = (0..1024).map(|n| (n * 421 % 1024) << 8).collect();
        let (_, asked) = sorted(&words);
        assert!(asked <= 2 * 1024 * 10, "{asked}");
    }
}
