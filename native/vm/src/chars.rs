//! Characters as numbers of bits, for where they begin within a byte. Always inlined: a pair that is given back otherwise
//! travels over a stack, which the VM's functions of ours do not have.

/// A character in UTF-8, as a number and how many bytes that has: 1 to 4.
#[inline(always)]
pub fn utf8(char: u32) -> (u32, u32) {
    let tail = |shift: u32| char >> shift & 0x3f | 0x80;
    match char {
        0..0x80 => (char, 1),
        0x80..0x800 => ((char >> 6 | 0xc0) << 8 | tail(0), 2),
        0x800..0x1_0000 => ((char >> 12 | 0xe0) << 16 | tail(6) << 8 | tail(0), 3),
        _ => (
            (char >> 18 | 0xf0) << 24 | tail(12) << 16 | tail(6) << 8 | tail(0),
            4,
        ),
    }
}

/// A character in UTF-16, as a number and how many bytes that has: 2 or 4.
#[inline(always)]
pub fn utf16(char: u32) -> (u32, u32) {
    match char.checked_sub(0x1_0000) {
        None => (char, 2),
        Some(above) => ((0xd800 | above >> 10) << 16 | 0xdc00 | above & 0x3ff, 4),
    }
}

/// A number of so many bytes with the first of them last.
pub const fn turned(number: u32, bytes: u32) -> u32 {
    match bytes {
        2 => (number as u16).swap_bytes() as u32,
        _ => number.swap_bytes(),
    }
}

/// Both halves of a character in UTF-16, each with its bytes turned around.
pub const fn turned_utf16(number: u32, bytes: u32) -> u32 {
    match bytes {
        2 => turned(number, 2),
        _ => turned(number >> 16, 2) << 16 | turned(number & 0xffff, 2),
    }
}

/// Whether a number is a character.
pub const fn is_char(number: u32) -> bool {
    char::from_u32(number).is_some()
}

/// The character at the start of four bytes, of which so many are there, and how many it takes.
#[inline(always)]
pub fn from_utf8(four: u32, there: u32) -> Option<(u32, u32)> {
    let byte = |at: u32| four >> (24 - 8 * at) & 0xff;
    let (first, size) = match byte(0) {
        first @ 0..0x80 => (first, 1),
        first @ 0xc2..0xe0 => (first & 0x1f, 2),
        first @ 0xe0..0xf0 => (first & 0x0f, 3),
        first @ 0xf0..0xf5 => (first & 0x07, 4),
        _ => return None,
    };
    let mut char = first;
    for at in 1..size {
        if byte(at) & 0xc0 != 0x80 {
            return None;
        }
        char = char << 6 | byte(at) & 0x3f;
    }
    let fits = size <= there && is_char(char) && utf8(char).1 == size;
    fits.then_some((char, size))
}

/// The character at the start of two units, of which so many bytes are there, and how many it takes.
#[inline(always)]
pub fn from_utf16(units: u32, there: u32) -> Option<(u32, u32)> {
    let (first, second) = (units >> 16, units & 0xffff);
    let (char, size) = match (first, second) {
        (0xd800..0xdc00, 0xdc00..0xe000) => {
            (0x1_0000 + ((first & 0x3ff) << 10 | second & 0x3ff), 4)
        }
        _ => (first, 2),
    };
    (size <= there && is_char(char)).then_some((char, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(bytes: impl IntoIterator<Item = u8>) -> (u32, u32) {
        bytes.into_iter().fold((0, 0), |(n, size), byte| {
            (n << 8 | u32::from(byte), size + 1)
        })
    }

    proptest! {
        #[test]
        fn a_character_is_the_number_of_its_bytes(char: char) {
            prop_assert_eq!(utf8(char.into()), joined(char.to_string().bytes()));
            let units = || char.encode_utf16(&mut [0; 2]).to_vec().into_iter();
            let (big, size) = joined(units().flat_map(u16::to_be_bytes));
            prop_assert_eq!(utf16(char.into()), (big, size));
            prop_assert_eq!(turned_utf16(big, size), joined(units().flat_map(u16::to_le_bytes)).0);
        }

        #[test]
        fn bytes_are_the_character_that_text_of_them_begins_with(four: [u8; 4], there in 0..=4_u32) {
            let there_of = &four[..there as usize];
            let expected = (1..=there_of.len()).find_map(|size| std::str::from_utf8(&there_of[..size]).ok());
            let expected = expected.and_then(|text| text.chars().next()).map(|char| (char.into(), char.len_utf8() as u32));
            prop_assert_eq!(from_utf8(u32::from_be_bytes(four), there), expected);
        }

        #[test]
        fn every_character_is_read_back(char: char) {
            let (number, size) = utf8(char.into());
            prop_assert_eq!(from_utf8(number << (32 - 8 * size), size), Some((char.into(), size)));
            prop_assert_eq!(from_utf8(number << (32 - 8 * size), size - 1), None);
            let (number, size) = utf16(char.into());
            prop_assert_eq!(from_utf16(number << (32 - 8 * size), size), Some((char.into(), size)));
            prop_assert_eq!(from_utf16(number << (32 - 8 * size), size - 1), None);
        }

        #[test]
        fn units_are_the_character_that_text_of_them_begins_with(one: u16, other: u16, there in 0..=4_u32) {
            let units = [one, other];
            let first = char::decode_utf16(units).next().and_then(Result::ok);
            let expected = first.map(|char| (char.into(), 2 * char.len_utf16() as u32)).filter(|&(_, size)| size <= there);
            prop_assert_eq!(from_utf16(u32::from(one) << 16 | u32::from(other), there), expected);
        }
    }
}
