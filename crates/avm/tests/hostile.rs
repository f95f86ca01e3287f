//! Hostile input: whatever the bytes, they are parsed or refused, and nothing else happens.

#![allow(clippy::expect_used, reason = "a test may end here")]

mod forge;

use avm::vm::natives_in;
use avm::{Beam, Limits, Natives, Pack, Section, Vm, gate};
use proptest::prelude::*;

const FILES: [&[u8]; 4] = [
    include_bytes!("data/shapes.beam"),
    include_bytes!("data/shapes-25.beam"),
    include_bytes!("data/stubs.beam"),
    include_bytes!("data/nifs.beam"),
];

/// Small limits, so that a fault in them shows as an allocation that is too large.
fn limits() -> Limits {
    Limits {
        literal_bytes: 1 << 16,
        ..Limits::default()
    }
}

fn parse(bytes: &[u8]) -> Option<Beam<'_>> {
    Beam::parse(bytes, &limits()).ok()
}

/// Takes bytes through everything the crate does with them. What is sound must stay the same when
/// it is packed and read again.
fn survive(bytes: &[u8]) {
    let vm = Vm::atomvm(Natives::default());
    if let Some(module) = parse(bytes) {
        let packed = module.to_packed();
        let again = Beam::parse(&packed, &limits()).expect("what we write is sound");
        assert_eq!(again.to_packed(), packed);
        assert_eq!(
            (again.name(), again.imports()),
            (module.name(), module.imports())
        );
        assert_eq!(again.literals(), module.literals());
        assert_eq!(
            again.code().instructions().len(),
            module.code().instructions().len()
        );
        let told = |module: &Beam<'_>| gate::check(std::slice::from_ref(module), &vm).len();
        assert_eq!(told(&again), told(&module));
    }
    if let Ok(pack) = Pack::parse(bytes, &limits()) {
        let written = pack.write();
        assert_eq!(Pack::parse(&written, &limits()), Ok(pack));
    }
    let _ = natives_in(bytes);
}

/// Some bytes of a file changed, cut or repeated.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..5u8);
    let changes = prop::collection::vec(change, 1..6);
    (0..FILES.len(), any::<bool>(), changes).prop_map(|(file, packed, changes)| {
        let mut bytes = FILES[file].to_vec();
        if packed && let Some(module) = parse(&bytes) {
            bytes = Pack {
                sections: vec![Section::module(&module)],
            }
            .write();
        }
        for (at, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] ^= 1 << (byte % 8),
                2 => bytes.truncate(at),
                3 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_parsed_or_refused(bytes in mutated()) {
        survive(&bytes);
    }

    #[test]
    fn random_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&bytes);
        survive(&[b"FOR1\0\0\0\x80BEAM", &bytes[..]].concat());
        survive(&[&avm::pack::HEADER[..], &bytes].concat());
        survive(&[b"\0asm\x01\0\0\0", &bytes[..]].concat());
    }

    /// Random instructions in a module that is sound otherwise get further than mutations do.
    #[test]
    fn random_code_is_parsed_or_refused(body in prop::collection::vec(any::<u8>(), 0..40)) {
        let literals = vec![vec![131, 106], vec![131, 97, 1]];
        let forge = forge::Forge {
            atoms: vec!["m", "f", "erlang", "self", "integer", "=:="],
            imports: vec![[3, 4, 0], [3, 4, 1], [3, 4, 2]],
            funs: vec![[2, 0, 2, 0, 0, 0]],
            strings: b"some string",
            literals,
            body,
            ..forge::Forge::default()
        };
        survive(&forge.build());
    }

    /// Random terms, most of their bytes being tags.
    #[test]
    fn random_terms_are_parsed_or_refused(
        tags in prop::collection::vec(prop::sample::select(&b"\x61\x62\x64\x68\x6a\x6b\x6c\x6d\x6e\x74\x77\0\x01\x02"[..]), 0..60)
    ) {
        let term = [&[131][..], &tags].concat();
        survive(&forge::Forge { literals: vec![term], ..forge::Forge::default() }.build());
    }

    #[test]
    fn packs_are_read_as_written(
        files in prop::collection::vec(("[a-z/.]{1,30}", prop::collection::vec(any::<u8>(), 0..60)), 0..8)
    ) {
        let sections = files.iter().map(|(name, contents)| Section::file(name.as_str(), contents));
        let bytes = Pack { sections: sections.collect() }.write();
        prop_assert_eq!(bytes.len() % 4, 0);
        let pack = Pack::parse(&bytes, &limits()).expect("our own pack");
        prop_assert_eq!(pack.write(), bytes);
        for (section, (name, contents)) in pack.sections.iter().zip(&files) {
            prop_assert_eq!(&section.name, name);
            prop_assert_eq!(section.contents(), Some(&contents[..]));
        }
    }
}

#[test]
fn every_cut_of_a_module_is_refused() {
    for file in &FILES[2..] {
        let packed = parse(file).expect("a sound module").to_packed();
        for length in 0..packed.len() {
            assert!(parse(&packed[..length]).is_none(), "cut at {length}");
        }
    }
}

#[test]
fn every_changed_byte_of_a_module_is_survived() {
    for at in 0..FILES[2].len() {
        for value in [0x00, 0xff] {
            let mut bytes = FILES[2].to_vec();
            bytes[at] = value;
            survive(&bytes);
        }
    }
}
