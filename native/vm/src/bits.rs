//! Bit strings as bytes: the first bit is the highest of the first byte, and the bits beyond the last are zero.

use core::cmp::Ordering;

/// Bits of a byte.
pub const BYTE: u32 = 8;

/// Bytes that so many bits need.
pub const fn bytes(bits: u32) -> u32 {
    bits.div_ceil(BYTE)
}

/// A last byte of so many bits, 1 to 8: those beyond them are zero.
pub const fn last(byte: u8, bits: u32) -> u8 {
    byte & (0xff_u32 << (BYTE - bits)) as u8
}

/// The byte whose first bit is bit `skip` (0 to 7) of `first`, and which goes on in `second`.
pub const fn straddling(first: u8, second: u8, skip: u32) -> u8 {
    (((first as u32) << skip) | ((second as u32) << skip >> BYTE)) as u8
}

/// What the comparison of two bit strings says after bytes that are equal: the byte of each that comes next, and how
/// many of its bits belong to the string, 0 to 8. A string that the other begins with is the lesser.
pub fn compare_ends(one: (u8, u32), other: (u8, u32)) -> Ordering {
    let common = one.1.min(other.1);
    match common {
        0 => one.1.cmp(&other.1),
        _ => last(one.0, common)
            .cmp(&last(other.0, common))
            .then(one.1.cmp(&other.1)),
    }
}

/// How many bits are left behind `offset`, if a whole number of units; none otherwise.
pub const fn all(total: u32, offset: u32, unit: u32) -> Option<u32> {
    match total.checked_sub(offset) {
        Some(rest) if unit != 0 && rest % unit == 0 => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits_of(bytes: &[u8], bits: u32) -> Vec<bool> {
        let bit = |at: u32| bytes[(at / BYTE) as usize] << (at % BYTE) & 0x80 != 0;
        (0..bits).map(bit).collect()
    }

    proptest! {
        #[test]
        fn a_byte_that_begins_inside_another_has_the_bits_that_follow(first: u8, second: u8, skip in 0..8_u32) {
            let expected = &bits_of(&[first, second], 16)[skip as usize..][..8];
            prop_assert_eq!(bits_of(&[straddling(first, second, skip)], 8), expected);
        }

        #[test]
        fn bits_beyond_the_last_are_cleared(byte: u8, bits in 1..=8_u32) {
            let mut expected = bits_of(&[byte], bits);
            expected.resize(8, false);
            prop_assert_eq!(bits_of(&[last(byte, bits)], 8), expected);
        }

        #[test]
        fn ends_compare_as_their_bits_do(one: u8, other: u8, m in 0..=8_u32, n in 0..=8_u32) {
            let expected = bits_of(&[one], m).cmp(&bits_of(&[other], n));
            prop_assert_eq!(compare_ends((one, m), (other, n)), expected);
        }

        #[test]
        fn what_is_left_is_a_whole_number_of_units_or_nothing(total: u32, offset: u32, unit in 0..=256_u32) {
            match all(total, offset, unit) {
                Some(rest) => prop_assert!(offset + rest == total && rest.is_multiple_of(unit)),
                None => prop_assert!(unit == 0 || offset > total || !(total - offset).is_multiple_of(unit)),
            }
        }
    }

    #[test]
    fn bits_need_so_many_bytes() {
        assert_eq!([0, 1, 7, 8, 9, 16].map(bytes), [0, 1, 1, 1, 2, 2]);
        assert_eq!(bytes(u32::MAX), 1 << 29);
    }
}
