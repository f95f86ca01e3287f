//! The form of a module that packs hold: only what the machine reads, literals inflated.

use super::Beam;

/// The chunks that go into a pack, in the order they keep.
const KEPT: [&[u8; 4]; 10] = [
    b"AtU8", b"Code", b"StrT", b"ImpT", b"ExpT", b"LocT", b"LitU", b"FunT", b"Type", b"Line",
];

impl Beam<'_> {
    /// The module as packs hold it: without documents, debug information and the like, and with its
    /// literals inflated, so that the machine needs no zlib. Parsing the result gives the same module.
    pub fn to_packed(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.extend_from_slice(b"BEAM");
        for chunk in &self.chunks {
            match &chunk.name.0 {
                b"LitT" => push(&mut body, b"LitU", self.literals.bytes()),
                name if is_kept(name) => push(&mut body, name, chunk.data),
                _ => {}
            }
        }
        // The machine reads the local functions for a stack trace, there or not.
        if self.chunk(*b"LocT").is_none() {
            push(&mut body, b"LocT", &[0; 4]);
        }
        let mut file = Vec::with_capacity(body.len() + 8);
        file.extend_from_slice(b"FOR1");
        file.extend_from_slice(&size(body.len()));
        file.append(&mut body);
        file
    }
}

/// Whether a chunk goes into a pack; `avmN` is native code for a machine.
fn is_kept(name: &[u8; 4]) -> bool {
    KEPT.contains(&name) || name == b"avmN"
}

/// Appends a chunk with its padding.
fn push(body: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    body.extend_from_slice(name);
    body.extend_from_slice(&size(data.len()));
    body.extend_from_slice(data);
    body.resize(body.len().next_multiple_of(4), 0);
}

/// A size field. `Limits` keeps every file far below four gigabytes.
fn size(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}
