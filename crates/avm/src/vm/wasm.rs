//! Reads the list of native functions out of a WebAssembly build of AtomVM. Its tables are static
//! data: entries of a pointer to `module:function/arity` and either kind and code (functions called
//! directly), or a pointer to such a pair (all others). Functions of the platform are found by
//! comparing strings, the module first; their names are read off the order of addresses in that code.

use std::ops::Range;

use super::natives::{Mfa, Native, Natives};

/// Why no natives were found in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WasmError {
    /// It is no WebAssembly.
    #[error("this is no WebAssembly module")]
    NotWasm,
    /// It is broken.
    #[error("the WebAssembly module is broken at byte {0}")]
    Broken(usize),
    /// It has no tables of native functions.
    #[error("the WebAssembly module has no table of native functions: is it an AtomVM?")]
    NoNatives,
}

/// The numbers of the sections that matter here.
const CODE: u8 = 10;
const DATA: u8 = 11;

/// The instruction that puts a constant on the stack.
const I32_CONST: u8 = 0x41;

/// Reads the native functions out of an AtomVM.
pub fn natives_in(wasm: &[u8]) -> Result<Natives, WasmError> {
    if !wasm.starts_with(b"\0asm\x01\0\0\0") {
        return Err(WasmError::NotWasm);
    }
    let mut code = 0..0;
    let mut data = 0..0;
    let mut at = Bytes { wasm, position: 8 };
    while at.position < wasm.len() {
        let id = at.byte()?;
        let section = at.sized()?;
        match id {
            CODE => code = section,
            DATA => data = section,
            _ => {}
        }
    }
    let memory = Memory::new(wasm, code.clone(), data)?;
    let mut natives = tables(&memory);
    if natives.is_empty() {
        return Err(WasmError::NoNatives);
    }
    natives.extend(compared(wasm, code, &memory)?);
    Ok(natives.into_iter().collect())
}

/// A cursor over the module.
struct Bytes<'a> {
    wasm: &'a [u8],
    position: usize,
}

impl Bytes<'_> {
    fn byte(&mut self) -> Result<u8, WasmError> {
        let byte = self.wasm.get(self.position).copied();
        self.position += 1;
        byte.ok_or(WasmError::Broken(self.position - 1))
    }

    /// A number in LEB128: its bits, and how many of them were given.
    fn leb(&mut self) -> Result<(u64, u32), WasmError> {
        let start = self.position;
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok((value, shift + 7));
            }
        }
        Err(WasmError::Broken(start))
    }

    fn unsigned(&mut self) -> Result<usize, WasmError> {
        let start = self.position;
        usize::try_from(self.leb()?.0).map_err(|_| WasmError::Broken(start))
    }

    /// A signed constant, of which only addresses matter.
    fn address(&mut self) -> Result<u32, WasmError> {
        let (value, bits) = self.leb()?;
        let negative = bits < 64 && value >> (bits - 1) & 1 == 1;
        let value = if negative {
            value | u64::MAX << bits
        } else {
            value
        };
        Ok(value as u32)
    }

    /// The range of what follows its size.
    fn sized(&mut self) -> Result<Range<usize>, WasmError> {
        let size = self.unsigned()?;
        let start = self.position;
        match start
            .checked_add(size)
            .filter(|&end| end <= self.wasm.len())
        {
            Some(end) => {
                self.position = end;
                Ok(start..end)
            }
            None => Err(WasmError::Broken(start)),
        }
    }
}

/// The static data where they lie once the machine has started.
struct Memory<'a> {
    segments: Vec<(u32, &'a [u8])>,
}

impl<'a> Memory<'a> {
    fn new(wasm: &'a [u8], code: Range<usize>, data: Range<usize>) -> Result<Self, WasmError> {
        let mut segments = Vec::new();
        let mut at = Bytes {
            wasm,
            position: data.start,
        };
        let count = if data.is_empty() { 0 } else { at.unsigned()? };
        for index in 0..count {
            let start = at.position;
            let address = match at.unsigned()? {
                // Put in place by the engine: an offset, a constant followed by `end`.
                0 => {
                    let (constant, address) = (at.byte()?, at.address()?);
                    let ended = at.byte()? == 0x0b;
                    if constant != I32_CONST || !ended {
                        return Err(WasmError::Broken(start));
                    }
                    Some(address)
                }
                1 => None,
                _ => return Err(WasmError::Broken(start)),
            };
            let bytes = &wasm[at.sized()?];
            let address = address.or_else(|| initialised(&wasm[code.clone()], index, bytes.len()));
            segments.extend(address.map(|address| (address, bytes)));
        }
        Ok(Self { segments })
    }

    fn from(&self, address: u32) -> Option<&'a [u8]> {
        self.segments.iter().find_map(|(start, bytes)| {
            let offset = address.checked_sub(*start)? as usize;
            bytes.get(offset..).filter(|rest| !rest.is_empty())
        })
    }

    fn word(&self, address: u32) -> Option<u32> {
        let bytes = self.from(address)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    }

    /// The text at an address, up to its NUL.
    fn text(&self, address: u32) -> Option<&'a str> {
        let bytes = self.from(address)?;
        // No name of a function is longer than two atoms.
        let end = bytes.iter().take(512).position(|&byte| byte == 0)?;
        std::str::from_utf8(&bytes[..end]).ok()
    }

    fn function(&self, address: u32) -> Option<Mfa> {
        self.text(address)?
            .parse::<Mfa>()
            .ok()
            .filter(|function| is_name(&function.module))
    }
}

/// Whether a text can be the name of a module of native functions.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(fits)
}

/// Where code puts a segment of this size by `memory.init`: the constant before an offset of 0 and
/// the size.
fn initialised(code: &[u8], segment: usize, size: usize) -> Option<u32> {
    let mut pattern = vec![I32_CONST, 0, I32_CONST];
    signed_leb(&mut pattern, size);
    pattern.extend([0xfc, 0x08]);
    unsigned_leb(&mut pattern, segment);
    pattern.push(0);
    let end = code
        .windows(pattern.len())
        .position(|window| window == pattern)?;
    // Backwards: the last byte of a number has its high bit clear, all before it have it set.
    let mut start = end.checked_sub(1)?;
    while start > 0 && code[start - 1] & 0x80 != 0 {
        start -= 1;
    }
    let constant = *code.get(start.checked_sub(1)?)?;
    let address = Bytes {
        wasm: code,
        position: start,
    }
    .address()
    .ok()?;
    (constant == I32_CONST).then_some(address)
}

fn unsigned_leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn signed_leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x40 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// The functions in tables.
fn tables(memory: &Memory<'_>) -> Vec<(Mfa, Native)> {
    let mut direct = Vec::new();
    let mut natives = Vec::new();
    for (start, bytes) in &memory.segments {
        let aligned = start.next_multiple_of(4);
        let end = start + bytes.len() as u32;
        for address in (aligned..end).step_by(4) {
            let Some(name) = memory.word(address) else {
                continue;
            };
            let Some(function) = memory.function(name) else {
                continue;
            };
            match (memory.word(address + 4), memory.word(address + 8)) {
                (Some(kind @ 1..=16), Some(1..)) => direct.push((function, kind)),
                // A null pointer is a function that this build leaves out.
                (Some(entry @ 17..), _) if memory.word(entry).is_some() => {
                    natives.push((function, Native::Nif));
                }
                _ => {}
            }
        }
    }
    // The numbers of the kinds differ between versions, but these functions are of one kind always.
    let kind_of = |function: &Mfa| {
        direct
            .iter()
            .find(|(f, _)| f == function)
            .map(|(_, kind)| *kind)
    };
    let gc = kind_of(&Mfa::new("erlang", "+", 2));
    natives.extend(direct.iter().map(|(function, kind)| {
        let native = if Some(*kind) == gc {
            Native::GcBif
        } else {
            Native::Bif
        };
        (function.clone(), native)
    }));
    natives
}

/// The functions that code finds by comparing the module, then the rest of the name.
fn compared(
    wasm: &[u8],
    code: Range<usize>,
    memory: &Memory<'_>,
) -> Result<Vec<(Mfa, Native)>, WasmError> {
    let mut natives = Vec::new();
    let mut at = Bytes {
        wasm,
        position: code.start,
    };
    let count = if code.is_empty() { 0 } else { at.unsigned()? };
    for _ in 0..count {
        let body = at.sized()?;
        let mut module = None;
        for position in body.clone() {
            if wasm[position] != I32_CONST {
                continue;
            }
            let mut constant = Bytes {
                wasm,
                position: position + 1,
            };
            let Some(text) = constant
                .address()
                .ok()
                .and_then(|address| memory.text(address))
            else {
                continue;
            };
            match text.strip_suffix(':').filter(|name| is_name(name)) {
                Some(name) => module = Some(name),
                None => natives.extend(module.and_then(|module| {
                    let (function, _) = text.rsplit_once('/').filter(|(name, _)| is_name(name))?;
                    let native = format!("{module}:{text}").parse::<Mfa>().ok()?;
                    (native.function == function).then_some((native, Native::Nif))
                })),
            }
        }
    }
    Ok(natives)
}
