//! Characters and floats in the VM's binaries where they begin within a byte. The VM itself takes them for such that
//! begin at the byte before, or refuses them.

use crate::binaries::Term;
use crate::bits::{self, BYTE};
use crate::bits_vm::size;
use crate::chars;

/// Set in the flags of a field whose first byte has the least weight.
const LITTLE: u32 = 2 | 16;

#[link(wasm_import_module = "vm")]
unsafe extern "C" {
    fn term_binary_data(binary: Term) -> *mut u8;
    #[link_name = "bitstring_insert_integer"]
    fn insert_integer(binary: Term, at: u32, value: u64, bits: u32, flags: u32) -> i32;
    #[link_name = "bitstring_insert_utf8"]
    fn insert_utf8(binary: Term, at: u32, char: u32, size: *mut u32) -> i32;
    #[link_name = "bitstring_insert_utf16"]
    fn insert_utf16(binary: Term, at: u32, char: u32, flags: u32, size: *mut u32) -> i32;
    #[link_name = "bitstring_insert_utf32"]
    fn insert_utf32(binary: Term, at: u32, char: u32, flags: u32) -> i32;
    #[link_name = "bitstring_insert_f64"]
    fn insert_f64(binary: Term, at: u32, value: f64, flags: u32) -> i32;
    #[link_name = "bitstring_insert_f32"]
    fn insert_f32(binary: Term, at: u32, value: f64, flags: u32) -> i32;
    #[link_name = "bitstring_match_utf8"]
    fn match_utf8(binary: Term, at: u32, char: *mut u32, size: *mut u32) -> i32;
    #[link_name = "bitstring_match_utf16"]
    fn match_utf16(binary: Term, at: u32, char: *mut u32, size: *mut u32, flags: u32) -> i32;
    #[link_name = "bitstring_match_utf32"]
    fn match_utf32(binary: Term, at: u32, char: *mut u32, flags: u32) -> i32;
    #[link_name = "bitstring_extract_f64"]
    fn extract_f64(binary: Term, at: u32, bits: u32, flags: u32, value: *mut f64) -> i32;
    #[link_name = "bitstring_extract_f32"]
    fn extract_f32(binary: Term, at: u32, bits: u32, flags: u32, value: *mut f64) -> i32;
}

fn is_little(flags: u32) -> bool {
    flags & LITTLE != 0
}

/// Eight bytes from a bit of a bit string on, zeros behind its end, and how many bits of them are its own.
#[inline(always)]
fn eight_bytes(binary: Term, at: u32) -> (u64, u32) {
    let there = size(binary).saturating_sub(at);
    // SAFETY: of a bit string only bytes are read that hold bits of it.
    let data = unsafe { term_binary_data(binary) };
    let end = bits::bytes(size(binary));
    let byte = |place: u32| match place < end {
        // SAFETY: as above.
        true => unsafe { *data.add(place as usize) },
        false => 0,
    };
    let (first, skip) = (at / BYTE, at % BYTE);
    let bytes =
        (0..8).map(|place| bits::straddling(byte(first + place), byte(first + place + 1), skip));
    (bytes.fold(0, |all, byte| all << 8 | u64::from(byte)), there)
}

/// Writes what was read, if it was.
///
/// # Safety
///
/// The places can be written to.
#[inline(always)]
unsafe fn told(read: Option<(u32, u32)>, char: *mut u32, size: *mut u32) -> i32 {
    let Some((read, bytes)) = read else {
        return 0;
    };
    // SAFETY: as asked.
    unsafe {
        *char = read;
        *size = bytes;
    }
    1
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_insert_utf8(binary: Term, at: u32, char: u32, size: *mut u32) -> i32 {
    // SAFETY: the binary was made for what is put into it, here and below.
    unsafe {
        if at % BYTE == 0 {
            return insert_utf8(binary, at, char, size);
        }
        let (value, bytes) = chars::utf8(char);
        *size = bytes;
        insert_integer(binary, at, value.into(), bytes * BYTE, 0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_insert_utf16(
    binary: Term,
    at: u32,
    char: u32,
    flags: u32,
    size: *mut u32,
) -> i32 {
    // SAFETY: see above.
    unsafe {
        if at % BYTE == 0 {
            return insert_utf16(binary, at, char, flags, size);
        }
        let (value, bytes) = chars::utf16(char);
        *size = bytes;
        let value = match is_little(flags) {
            true => chars::turned_utf16(value, bytes),
            false => value,
        };
        insert_integer(binary, at, value.into(), bytes * BYTE, 0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_insert_utf32(binary: Term, at: u32, char: u32, flags: u32) -> i32 {
    // SAFETY: see above.
    unsafe {
        if at % BYTE == 0 {
            return insert_utf32(binary, at, char, flags);
        }
        let value = match is_little(flags) {
            true => char.swap_bytes(),
            false => char,
        };
        i32::from(chars::is_char(char)) & insert_integer(binary, at, value.into(), 32, 0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_insert_f64(binary: Term, at: u32, value: f64, flags: u32) -> i32 {
    // SAFETY: see above.
    unsafe {
        if at % BYTE == 0 || !value.is_finite() {
            return insert_f64(binary, at, value, flags);
        }
        let bits = match is_little(flags) {
            true => value.to_bits().swap_bytes(),
            false => value.to_bits(),
        };
        insert_integer(binary, at, bits, 64, 0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_insert_f32(binary: Term, at: u32, value: f64, flags: u32) -> i32 {
    // SAFETY: see above.
    unsafe {
        let single = value as f32;
        if at % BYTE == 0 || !single.is_finite() {
            return insert_f32(binary, at, value, flags);
        }
        let bits = match is_little(flags) {
            true => single.to_bits().swap_bytes(),
            false => single.to_bits(),
        };
        insert_integer(binary, at, bits.into(), 32, 0)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_match_utf8(binary: Term, at: u32, char: *mut u32, size: *mut u32) -> i32 {
    // SAFETY: the caller's places are its own.
    unsafe {
        if at % BYTE == 0 {
            return match_utf8(binary, at, char, size);
        }
        let (bytes, there) = eight_bytes(binary, at);
        told(
            chars::from_utf8((bytes >> 32) as u32, there / BYTE),
            char,
            size,
        )
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_match_utf16(
    binary: Term,
    at: u32,
    char: *mut u32,
    size: *mut u32,
    flags: u32,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        if at % BYTE == 0 {
            return match_utf16(binary, at, char, size, flags);
        }
        let (bytes, there) = eight_bytes(binary, at);
        let four = (bytes >> 32) as u32;
        let units = match is_little(flags) {
            true => chars::turned_utf16(four, 4),
            false => four,
        };
        told(chars::from_utf16(units, there / BYTE), char, size)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_match_utf32(binary: Term, at: u32, char: *mut u32, flags: u32) -> i32 {
    // SAFETY: as above.
    unsafe {
        if at % BYTE == 0 {
            return match_utf32(binary, at, char, flags);
        }
        let (bytes, there) = eight_bytes(binary, at);
        let four = (bytes >> 32) as u32;
        let read = match is_little(flags) {
            true => four.swap_bytes(),
            false => four,
        };
        let is_there = there >= 32 && chars::is_char(read);
        if is_there {
            *char = read;
        }
        i32::from(is_there)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_extract_f64(
    binary: Term,
    at: u32,
    bits: u32,
    flags: u32,
    value: *mut f64,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        if at % BYTE == 0 {
            return extract_f64(binary, at, bits, flags, value);
        }
        let (bytes, there) = eight_bytes(binary, at);
        let read = f64::from_bits(match is_little(flags) {
            true => bytes.swap_bytes(),
            false => bytes,
        });
        let is_there = there >= bits && read.is_finite();
        if is_there {
            *value = read;
        }
        i32::from(is_there)
    }
}

#[unsafe(no_mangle)]
extern "C" fn bitstring_extract_f32(
    binary: Term,
    at: u32,
    bits: u32,
    flags: u32,
    value: *mut f64,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        if at % BYTE == 0 {
            return extract_f32(binary, at, bits, flags, value);
        }
        let (bytes, there) = eight_bytes(binary, at);
        let four = (bytes >> 32) as u32;
        let read = f32::from_bits(match is_little(flags) {
            true => four.swap_bytes(),
            false => four,
        });
        let is_there = there >= bits && read.is_finite();
        if is_there {
            *value = read.into();
        }
        i32::from(is_there)
    }
}
