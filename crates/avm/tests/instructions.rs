//! Broken code: instructions that are refused, and the reason in words.

#![allow(clippy::expect_used, reason = "a test may end here")]

mod forge;

use avm::{Beam, Limits};
use forge::{Forge, be, code};

/// Parses a forged module; tells its name, or why it was refused.
fn parse(forge: &Forge) -> Result<String, String> {
    let bytes = forge.build();
    let parsed = Beam::parse(&bytes, &Limits::default());
    parsed
        .map(|module| module.name().to_owned())
        .map_err(|error| error.reason.to_string())
}

/// Checks that a module is refused for this reason.
fn check_reason(forge: Forge, reason: &str) {
    assert_eq!(parse(&forge), Err(reason.to_owned()));
}

/// Checks a module of this code.
fn check_code(instructions: &[u8], reason: &str) {
    let chunks = vec![(b"Code", code(3, instructions))];
    check_reason(
        Forge {
            chunks,
            ..Forge::default()
        },
        reason,
    );
}

/// Checks a module whose function has this body.
fn check_body(body: &[u8], reason: &str) {
    check_reason(
        Forge {
            body: body.to_vec(),
            ..Forge::default()
        },
        reason,
    );
}

#[test]
fn opcodes_and_labels() {
    check_body(&[0], "the opcode 0 is unknown");
    check_body(&[186], "the opcode 186 is unknown");
    check_body(&[61, 0x25, 3], "2 bytes are left over after the code");
    check_body(&[61, 0x75], "the label 7 is not defined");
    check_body(&[61, 0x05], "jump expects a label here");
    check_body(&[1, 0x20], "the label 2 is defined twice");
    check_body(&[1, 0x30], "the label 3 is outside the table of 3");
    check_code(&[1, 0x10, 19], "the code has no end");
    check_code(&[1], "an operand needs 1 bytes, but only 0 are left");
}

#[test]
fn operands() {
    check_body(&[64, 0x01, 0x01], "move expects a register here");
    check_body(
        &[64, 0x05, 0x03],
        "move expects a register or a constant here",
    );
    check_body(&[64, 0x32, 0x03], "the atom 3 is outside the table of 2");
    check_body(
        &[64, 0x47, 0x00, 0x03],
        "the literal 0 is outside the table of 0",
    );
    check_body(
        &[64, 0x8b, 0x00, 0x03],
        "the register 1024 is outside the table of 1024",
    );
    check_body(
        &[64, 0x1a, 0, 0, 0x03],
        "the atom 0 is outside the table of 2",
    );
    check_body(&[17, 0x03], "init expects a stack register here");
    check_body(
        &[97, 0x03, 0x03],
        "fconv expects a floating point register here",
    );
    check_body(&[12, 0x05, 0x00], "allocate expects a number here");
    check_body(&[2, 0x02, 0x22, 0x00], "func_info expects an atom here");
    check_body(
        &[13, 0x00, 0x17, 0x10, 0x00],
        "allocate_heap expects what to allocate here",
    );
    check_body(&[164, 0x03, 0x00], "put_tuple2 expects a list here");
    check_body(
        &[59, 0x03, 0x25, 0x17, 0x10, 0x01],
        "select_val expects a list here",
    );
    check_body(
        &[164, 0x03, 0x17, 0xf0],
        "a list needs 15 bytes, but only 2 are left",
    );
    check_body(
        &[164, 0x03, 0x17, 0x20, 0x17, 0x00],
        "put_tuple2 expects a register or a constant here",
    );
    check_body(
        &[170, 0x03, 0x00, 0x03, 0x03],
        "bs_start_match4 expects an atom, a label or none here",
    );
    check_body(
        &[4, 0xe8, 0xff, 0x25],
        "the arity 2047 is outside the table of 256",
    );
}

#[test]
fn compact_terms() {
    check_body(&[64, 0x67], "an operand is 6, which cannot be");
    check_body(&[64, 0x0f, 0x00], "an operand is 0, which cannot be");
    check_body(&[64, 0x57, 0x00, 0x00], "an operand is 5, which cannot be");
    check_body(&[64, 0x57, 0x03, 0x03], "an operand is 5, which cannot be");
    check_body(
        &[64, 0x47, 0xb8, 1, 1, 1, 1, 1, 1, 1],
        "an operand is 4, which cannot be",
    );
    check_body(
        &[64, 0x9b, 1, 0, 0, 0, 0, 0],
        "an operand is 1099511627776, which cannot be",
    );
    check_body(
        &[64, 0xf8, 0x00],
        "an operand needs 9 bytes, but only 2 are left",
    );
    check_body(
        &[64, 0xf8, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        "an operand is 9, which cannot be",
    );
    check_body(
        &[64, 0xf9, 0x03],
        "the size of an integer is 3, which cannot be",
    );
}

#[test]
fn calls() {
    let call = |body: &[u8]| Forge {
        imports: vec![[1, 2, 1]],
        funs: vec![[2, 1, 2, 0, 1, 0]],
        body: body.to_vec(),
        ..Forge::default()
    };
    check_reason(
        call(&[7, 0x10, 0x10]),
        "the import 1 is outside the table of 1",
    );
    check_reason(
        call(&[7, 0x00, 0x00]),
        "call_ext has 0 arguments for something that takes 1",
    );
    check_reason(
        call(&[9, 0x00, 0x03]),
        "bif0 has 0 arguments for something that takes 1",
    );
    check_reason(
        call(&[103, 0x10]),
        "the closure 1 is outside the table of 1",
    );
    let closure = "make_fun3 has 0 arguments for something that takes 1";
    check_reason(call(&[171, 0x00, 0x03, 0x17, 0x00]), closure);
}

#[test]
fn strings() {
    let put = |body: &[u8]| Forge {
        atoms: vec!["m", "f", "string"],
        strings: b"abcd",
        body: body.to_vec(),
        ..Forge::default()
    };
    let outside = "the end of the string at 3 is outside the table of 4";
    check_reason(put(&[92, 0x20, 0x30]), outside);
    check_reason(put(&[132, 0x05, 0x03, 0x08, 0x10, 0x30]), outside);
    let created = |start: u8, size: u8| {
        put(&[
            177, 0x05, 0x00, 0x00, 0x00, 0x03, 0x17, 0x60, 0x32, 0x00, 0x80, 0x02, start, size,
        ])
    };
    check_reason(created(0x30, 0x21), outside);
    check_reason(created(0x31, 0x21), "bs_create_bin expects a string here");
    assert_eq!(parse(&created(0x20, 0x21)), Ok("m".to_owned()));
}

#[test]
fn types() {
    let forge = |count: usize| Forge {
        chunks: vec![(b"Type", [be(3), be(count)].concat())],
        body: vec![64, 0x57, 0x03, 0x10, 0x03],
        ..Forge::default()
    };
    assert_eq!(parse(&forge(2)), Ok("m".to_owned()));
    check_reason(forge(1), "the type 1 is outside the table of 1");
}
