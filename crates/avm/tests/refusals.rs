//! Broken modules: each is refused with the offset and the reason, in words.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may end here")]

mod forge;

use avm::{Beam, Error, Limits, Place};
use forge::{Forge, be, literals, wrap};

fn parse(bytes: &[u8]) -> Result<String, Error> {
    Beam::parse(bytes, &Limits::default()).map(|module| module.name().to_owned())
}

/// Checks that a module is refused, and what is said of it.
fn check(bytes: &[u8], refusal: &str) {
    match parse(bytes) {
        Ok(name) => panic!("{name} was not refused: {refusal}"),
        Err(error) => assert_eq!(error.to_string(), refusal),
    }
}

/// As `check`, without the offset.
fn check_reason(forge: Forge, reason: &str) {
    let error = parse(&forge.build()).expect_err(reason);
    assert_eq!(error.reason.to_string(), reason);
}

/// Checks a module with this chunk in the place of its own.
fn check_chunk(name: &'static [u8; 4], data: &[u8], reason: &str) {
    check_reason(
        Forge {
            chunks: vec![(name, data.to_vec())],
            ..Forge::default()
        },
        reason,
    );
}

/// Checks a module with this literal.
fn check_literal(term: &[u8], reason: &str) {
    check_reason(
        Forge {
            literals: vec![term.to_vec()],
            ..Forge::default()
        },
        reason,
    );
}

#[test]
fn the_forged_module_is_sound() {
    assert_eq!(parse(&Forge::default().build()), Ok("m".to_owned()));
}

#[test]
fn what_is_no_module() {
    let no_beam = "at byte 0: this is no BEAM file: it does not begin with FOR1 and BEAM";
    check(b"", no_beam);
    check(b"<!doctype html><p>Not found", no_beam);
    check(b"FOR1\0\0\0\x04AIFF", no_beam);
    check(
        b"FOR1\0\0\0\0BEAM",
        "at byte 8: 4 bytes are left over after the module",
    );
    let gzip =
        "at byte 0: this BEAM file is gzip-compressed as a whole; compile it without +compressed";
    check(&[0x1f, 0x8b, 8, 0], gzip);
    check(
        b"FOR1\0\0\0\x08BEAM",
        "at byte 4: the module needs 8 bytes, but only 4 are left",
    );
    check(&wrap(&[]), "at byte 12: the chunk AtU8 is missing");
}

#[test]
fn chunks() {
    let sound = Forge::default().build();
    let left_over = [&sound[..], b"more"].concat();
    check(
        &left_over,
        &format!(
            "at byte {}: 4 bytes are left over after the module",
            sound.len()
        ),
    );
    let twice = wrap(&[(b"AtU8", vec![]), (b"AtU8", vec![])]);
    check(&twice, "at byte 20: the chunk AtU8 is there twice");
    let cut = [b"FOR1\0\0\0\x0cBEAM", &b"AtU8\0\0\0\x09"[..]].concat();
    check(
        &cut,
        "at byte 16: the size of a chunk needs 9 bytes, but only 0 are left",
    );
    check(
        b"FOR1\0\0\0\x06BEAMAt",
        "at byte 12: the name of a chunk needs 4 bytes, but only 2 are left",
    );
    check_reason(
        Forge {
            chunks: vec![(b"LitT", be(0).into_iter().chain(be(0)).collect())],
            ..Forge::default()
        },
        "the chunk LitU is there twice",
    );
    let odd = (0..=64)
        .map(|n| [b'0' + n / 10, b'0' + n % 10, b'x', b'x'])
        .collect::<Vec<_>>();
    let many: Vec<_> = odd.iter().map(|name| (name, Vec::new())).collect();
    check(
        &wrap(&many),
        "at byte 524: chunks: 65 is over the limit of 64",
    );
}

#[test]
fn atoms() {
    check_chunk(b"AtU8", &be(0), "the number of atoms is 0, which cannot be");
    check_chunk(
        b"AtU8",
        &be(70_000),
        "atoms: 70000 is over the limit of 65536",
    );
    check_chunk(
        b"AtU8",
        &[0, 0, 0, 1, 2, b'm'],
        "an atom needs 2 bytes, but only 1 are left",
    );
    check_chunk(b"AtU8", &[0, 0, 0, 1, 1, 0xff], "an atom is not UTF-8");
    check_chunk(
        b"AtU8",
        &[0, 0, 0, 1, 1, b'm', 9],
        "1 bytes are left over after the atoms",
    );
}

#[test]
fn long_atoms_of_otp_28() {
    let table = |sizes: &[u8], text: &str| {
        let data = [&(-1i32).to_be_bytes()[..], sizes, text.as_bytes()].concat();
        let chunks = vec![(b"AtU8", data)];
        Forge {
            chunks,
            exports: vec![],
            body: vec![],
            ..Forge::default()
        }
        .build()
    };
    // The only atom is the module's, so `func_info` points outside; what comes before was read.
    let outside = "the atom 2 is outside the table of 1";
    let read = |bytes: &[u8]| parse(bytes).map_err(|error| error.reason.to_string());
    assert_eq!(read(&table(&[0x30], "abc")), Err(outside.to_owned()));
    let wide = "ü".repeat(255);
    assert_eq!(read(&table(&[0x28, 0xfe], &wide)), Err(outside.to_owned()));
    let wider = "ü".repeat(256);
    let too_long = "the length of an atom is 256, which cannot be";
    assert_eq!(
        read(&table(&[0x48, 0x00], &wider)),
        Err(too_long.to_owned())
    );
    let no_length = "the length of an atom is 24, which cannot be";
    assert_eq!(
        read(&table(&[0x18, 0, 3], "abc")),
        Err(no_length.to_owned())
    );
}

#[test]
fn the_code_header() {
    let head = |fields: [u32; 5]| fields.map(u32::to_be_bytes).concat();
    check_chunk(
        b"Code",
        &[0, 0],
        "the code header needs 4 bytes, but only 2 are left",
    );
    check_chunk(
        b"Code",
        &head([20, 0, 1, 1, 1]),
        "the size of the code header is 20, which cannot be",
    );
    check_chunk(
        b"Code",
        &head([16, 1, 1, 1, 1]),
        "the instruction set is 1, which cannot be",
    );
    check_chunk(
        b"Code",
        &head([16, 0, 1, 9 << 20, 1]),
        "labels: 9437184 is over the limit of 1048576",
    );
    check_chunk(b"Code", &head([16, 0, 1, 3, 1]), "the code has no end");
}

#[test]
fn tables_of_functions() {
    let imports = |row| Forge {
        imports: vec![row],
        ..Forge::default()
    };
    check_reason(
        imports([0, 2, 0]),
        "the module of an import 0 is outside the table of 2",
    );
    check_reason(
        imports([1, 9, 0]),
        "the function of an import 9 is outside the table of 2",
    );
    check_reason(
        imports([1, 2, 256]),
        "an arity 256 is outside the table of 256",
    );
    let exports = |row| Forge {
        exports: vec![row],
        ..Forge::default()
    };
    check_reason(
        exports([3, 0, 2]),
        "the name of a function 3 is outside the table of 2",
    );
    check_reason(
        exports([2, 0, 3]),
        "the label of a function 3 is outside the table of 3",
    );
    check_reason(exports([2, 0, 0]), "the label 0 is not defined");
    let funs = |row| Forge {
        funs: vec![row],
        ..Forge::default()
    };
    check_reason(
        funs([5, 0, 2, 0, 0, 0]),
        "the name of a closure 5 is outside the table of 2",
    );
    check_reason(
        funs([2, 0, 7, 0, 0, 0]),
        "the label of a closure 7 is outside the table of 3",
    );
    check_chunk(
        b"ImpT",
        &be(3),
        "the imports needs 36 bytes, but only 0 are left",
    );
    check_chunk(
        b"ExpT",
        &be(999_999),
        "the functions: 999999 is over the limit of 262144",
    );
    check_chunk(
        b"FunT",
        &[0, 0, 0, 0, 1],
        "1 bytes are left over after the closures",
    );
}

#[test]
fn literal_chunks() {
    check_chunk(
        b"LitU",
        &[],
        "the literals needs 4 bytes, but only 0 are left",
    );
    check_chunk(
        b"LitU",
        &be(2),
        "the literals needs 8 bytes, but only 0 are left",
    );
    check_chunk(
        b"LitU",
        &be(999_999),
        "the literals: 999999 is over the limit of 262144",
    );
    let mut more = literals(&[vec![131, 106]]);
    more.push(0);
    check_chunk(b"LitU", &more, "1 bytes are left over after the literals");
    let packed = |data: &[u8], reason: &str| {
        let plain = Forge::default().build();
        let module = Beam::parse(&plain, &Limits::default()).expect("a sound module");
        let kept = module
            .chunks()
            .iter()
            .filter(|chunk| &chunk.name.0 != b"LitU");
        let mut chunks: Vec<_> = kept
            .map(|chunk| (&chunk.name.0, chunk.data.to_vec()))
            .collect();
        chunks.push((b"LitT", data.to_vec()));
        let error = parse(&wrap(&chunks)).expect_err(reason);
        assert_eq!(error.reason.to_string(), reason);
        error.place
    };
    packed(
        &be(17 << 20),
        "the size of the literals: 17825792 is over the limit of 16777216",
    );
    packed(
        &[&be(9)[..], b"no zlib"].concat(),
        "the literals do not inflate",
    );
    let zlib = |data: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(data, 6);
    let honest = zlib(&be(0));
    packed(
        &[&be(5)[..], &honest].concat(),
        "the literals inflate to 4 bytes, but 5 are declared",
    );
    packed(
        &[&be(3)[..], &honest].concat(),
        "the literals do not inflate",
    );
    let bomb = zlib(&vec![0; 1 << 20]);
    packed(&[&be(4)[..], &bomb].concat(), "the literals do not inflate");
    let broken = zlib(&literals(&[vec![131, 1]]));
    let place = packed(
        &[&be(10)[..], &broken].concat(),
        "a literal has the unknown tag 1",
    );
    assert_eq!(
        (place, place.to_string()),
        (
            Place::Literals(9),
            "byte 9 of the inflated literals".to_owned()
        )
    );
    let place = packed(
        &[be(0), be(0), [1; 4]].concat(),
        "4 bytes are left over after the literals",
    );
    assert!(
        matches!(place, Place::File(_)),
        "not compressed, as OTP 28 may leave them"
    );
}

#[test]
fn terms() {
    check_literal(&[], "a literal needs 1 bytes, but only 0 are left");
    check_literal(
        &[130, 106],
        "the version of a literal is 130, which cannot be",
    );
    check_literal(&[131, 106, 0], "1 bytes are left over after a literal");
    check_literal(&[131, 88], "a literal has the unknown tag 88");
    check_literal(
        &[131, 104, 2, 106],
        "a literal needs 1 bytes, but only 0 are left",
    );
    check_literal(
        &[131, 105, 9, 9, 9, 9],
        "the size of a tuple: 151587081 is over the limit of 16777216",
    );
    check_literal(
        &[131, 108, 0, 0, 0, 9, 106],
        "the size of a list needs 9 bytes, but only 1 are left",
    );
    check_literal(
        &[131, 116, 0, 0, 0, 1, 106],
        "the size of a map needs 2 bytes, but only 1 are left",
    );
    check_literal(
        &[131, 109, 0, 0, 0, 1],
        "the size of a binary needs 1 bytes, but only 0 are left",
    );
    check_literal(
        &[131, 77, 0, 0, 0, 1, 9, 0],
        "the bits in the last byte of a bit string is 9, which cannot be",
    );
    check_literal(&[131, 119, 1, 0xff], "an atom in a literal is not UTF-8");
    check_literal(
        &[131, 100, 1, 0],
        "the length of an atom is 256, which cannot be",
    );
    check_literal(
        &[131, 110, 1, 2, 5],
        "the sign of an integer is 2, which cannot be",
    );
    check_literal(
        &[131, 111, 0, 0, 0, 9, 0],
        "the size of an integer needs 9 bytes, but only 1 are left",
    );
    let long = [&[131, 118, 1, 0], "x".repeat(256).as_bytes()].concat();
    check_literal(&long, "the length of an atom is 256, which cannot be");
    let deep = [&[131][..], &[104, 1].repeat(129), &[106]].concat();
    check_literal(&deep, "a literal is nested deeper than 128 levels");
    let every = [
        &[
            131, 104, 9, 70, 0, 0, 0, 0, 0, 0, 0, 0, 98, 0, 0, 0, 1, 100, 0, 1, b'a',
        ][..],
        &[
            118, 0, 1, b'b', 105, 0, 0, 0, 1, 106, 107, 0, 1, 65, 111, 0, 0, 0, 1, 1, 9,
        ],
        &[
            113, 119, 1, b'm', 119, 1, b'f', 97, 0, 116, 0, 0, 0, 1, 97, 1, 109, 0, 0, 0, 0,
        ],
    ]
    .concat();
    let sound = Forge {
        literals: vec![every],
        ..Forge::default()
    };
    assert_eq!(parse(&sound.build()), Ok("m".to_owned()));
}

#[test]
fn line_tables() {
    let lines = |version: u32, lines: u32, files: u32, rest: &[u8]| {
        let head = [version, 0, 0, lines, files].map(u32::to_be_bytes).concat();
        [&head, rest].concat()
    };
    let check = |data: &[u8], reason: &str| check_chunk(b"Line", data, reason);
    check(
        &lines(1, 0, 0, &[]),
        "the version of the line table is 1, which cannot be",
    );
    check(
        &lines(0, 999_999, 0, &[]),
        "lines: 999999 is over the limit of 262144",
    );
    check(
        &lines(0, 1, 0, &[]),
        "a line needs 1 bytes, but only 0 are left",
    );
    check(
        &lines(0, 1, 0, &[0x10]),
        "the tag of a line is 0, which cannot be",
    );
    check(
        &lines(0, 1, 0, &[0x12, 0x11]),
        "the file of a line 1 is outside the table of 0",
    );
    check(&lines(0, 1, 0, &[0x79]), "a line is 121, which cannot be");
    check(
        &lines(0, 1, 0, &[0x11, 0]),
        "1 bytes are left over after the line table",
    );
    check(
        &lines(0, 0, 1, &[0, 3, b'a']),
        "a file name needs 3 bytes, but only 1 are left",
    );
    let sound = lines(
        0,
        3,
        1,
        &[0x11, 0x12, 0x29, 0x01, 0x19, 0x01, 0x00, 0, 1, b'x'],
    );
    let bytes = Forge {
        chunks: vec![(b"Line", sound)],
        ..Forge::default()
    }
    .build();
    let module = Beam::parse(&bytes, &Limits::default()).expect("a sound module");
    let found = module
        .lines()
        .map(|lines| lines.lines.iter().map(|l| (l.file, l.line)).collect());
    assert_eq!(found, Some(vec![(0, 1), (1, 257), (1, 256)]));
}

#[test]
fn limits_on_the_whole() {
    let bytes = Forge::default().build();
    let check = |limits: Limits, reason: &str| {
        let error = Beam::parse(&bytes, &limits).expect_err(reason);
        assert_eq!(error.reason.to_string(), reason);
    };
    let size = bytes.len();
    check(
        Limits {
            file_bytes: 9,
            ..Limits::default()
        },
        &format!("the size of the file: {size} is over the limit of 9"),
    );
    check(
        Limits {
            instructions: 2,
            ..Limits::default()
        },
        "instructions: 3 is over the limit of 2",
    );
    check(
        Limits {
            literal_bytes: 3,
            ..Limits::default()
        },
        "the size of the literals: 4 is over the limit of 3",
    );
    assert_eq!(
        Beam::parse(
            &bytes,
            &Limits {
                file_bytes: 9,
                ..Limits::default()
            }
        )
        .map_err(|e| e.offset())
        .err(),
        Some(0)
    );
}
