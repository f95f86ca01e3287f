//! The gate: what in a module would end the machine, or raise where OTP would not.

#![allow(clippy::expect_used, reason = "a test may end here")]

mod forge;

use avm::{Beam, Limits, Vm, gate};
use forge::Forge;

const SHAPES: &[u8] = include_bytes!("data/shapes.beam");
const STUBS: &[u8] = include_bytes!("data/stubs.beam");
const NIFS: &[u8] = include_bytes!("data/nifs.beam");

/// Natives enough for the modules of these tests.
const NATIVES: &str = "
bif erlang:=:=/2
bif erlang:is_integer/3
gc_bif erlang:+/2
gc_bif erlang:*/2
gc_bif erlang:length/1
gc_bif erlang:byte_size/1
gc_bif erlang:binary_part/3
nif erlang:atom_to_binary/2
nif erlang:display/1
nif erlang:error/1
nif erlang:get_module_info/1
nif erlang:get_module_info/2
nif erlang:make_ref/0
nif erlang:nif_error/1
nif lists:member/2
";

fn vm(more: &str) -> Vm {
    Vm::atomvm(
        format!("{NATIVES}{more}")
            .parse()
            .expect("a list of natives"),
    )
}

fn parse(bytes: &[u8]) -> Beam<'_> {
    Beam::parse(bytes, &Limits::default()).expect("a sound module")
}

/// What the gate says of modules that come together.
fn said(modules: &[&[u8]], vm: &Vm) -> Vec<String> {
    let modules: Vec<Beam<'_>> = modules.iter().map(|bytes| parse(bytes)).collect();
    let findings = gate::check(&modules, vm);
    let show = |finding: &gate::Finding| format!("{:?}: {finding}", finding.problem.effect());
    findings.iter().map(show).collect()
}

/// Checks what the gate says of a forged function.
fn check(forge: &Forge, vm: &Vm, expected: &[&str]) {
    assert_eq!(said(&[&forge.build()], vm), expected);
}

/// Checks what the gate says of a function of this body.
fn check_body(body: &[u8], expected: &[&str]) {
    let atoms = vec!["m", "f", "skip", "=:=", "integer", "other"];
    check(
        &Forge {
            atoms,
            body: body.to_vec(),
            ..Forge::default()
        },
        &vm(""),
        expected,
    );
}

#[test]
fn what_the_machine_runs_passes() {
    check(&Forge::default(), &vm(""), &[]);
}

#[test]
fn functions_nobody_has_raise() {
    let bits =
        "the machine cannot read the literal 4, which holds a bit string that is not whole bytes";
    assert_eq!(
        said(&[SHAPES], &vm("")),
        [
            "Raises: shapes:total/1: lists:foldl/3 is not there".to_owned(),
            format!("Raises: shapes:sizes/0: {bits}"),
        ]
    );
}

#[test]
fn bodies_left_to_native_code_end_the_machine() {
    let stub = "this function is left to native code, which is not there";
    let own = format!("AbortsWhenRun: stubs:own/1: {stub}");
    let missing = "Raises: stubs:missing/0: nowhere:nothing/1 is not there".to_owned();
    let exported = format!("AbortsWhenRun: stubs:left_to_native/1: {stub}");
    let found = |more: &str| said(&[STUBS, SHAPES], &vm(more))[..].to_vec();
    assert_eq!(
        found("nif lists:foldl/3")[..3],
        [exported, own.clone(), missing.clone()]
    );
    // Native code stands in for calls from outside, but not for those inside the module.
    let natives = "nif lists:foldl/3\nnif stubs:left_to_native/1\nnif stubs:own/1";
    assert_eq!(found(natives)[..2], [own, missing]);
}

#[test]
fn modules_find_each_other() {
    let area = "Raises: stubs:present/0: shapes:area/1 is not there".to_owned();
    assert!(said(&[STUBS], &vm("")).contains(&area));
    assert!(!said(&[STUBS, SHAPES], &vm("")).contains(&area));
    let mut has_shapes = vm("");
    has_shapes.supply(&parse(SHAPES));
    assert!(!said(&[STUBS], &has_shapes).contains(&area));
}

#[test]
fn opcodes_the_machine_lacks_end_it_on_load() {
    let said = said(&[NIFS], &vm(""));
    assert_eq!(
        said,
        [
            "AbortsOnLoad: nifs:init/0: the machine does not run on_load (149)",
            "AbortsOnLoad: nifs:answer/0: the machine does not run nif_start (179)",
        ]
    );
    check_body(
        &[94],
        &["AbortsOnLoad: m:f/0: the machine does not run fclearerror (94)"],
    );
}

#[test]
fn direct_calls_need_natives_of_their_kind() {
    let call = |name: &'static str, arity: u32, body: &[u8]| Forge {
        atoms: vec!["m", "f", "erlang", name],
        imports: vec![[3, 4, arity]],
        body: body.to_vec(),
        ..Forge::default()
    };
    let bif2 = [11, 0x05, 0x00, 0x03, 0x03, 0x03];
    let gc_bif2 = [125, 0x05, 0x00, 0x00, 0x03, 0x03, 0x03];
    check(&call("=:=", 2, &bif2), &vm(""), &[]);
    check(&call("+", 2, &gc_bif2), &vm(""), &[]);
    let wrong = |function: &str, opcode: &str| {
        format!(
            "AbortsWhenRun: m:f/0: {opcode} calls erlang:{function}/2 directly, which is not native in that way"
        )
    };
    check(&call("+", 2, &bif2), &vm(""), &[&wrong("+", "bif2 (11)")]);
    check(
        &call("=:=", 2, &gc_bif2),
        &vm(""),
        &[&wrong("=:=", "gc_bif2 (125)")],
    );
    check(
        &call("nope", 2, &bif2),
        &vm(""),
        &[&wrong("nope", "bif2 (11)")],
    );
    // The same twice in one function is told once.
    check(
        &call("nope", 2, &[bif2, bif2].concat()),
        &vm(""),
        &[&wrong("nope", "bif2 (11)")],
    );
}

#[test]
fn direct_functions_of_three_arguments_cannot_be_called_otherwise() {
    let call = |name: &'static str| Forge {
        atoms: vec!["m", "f", "erlang", name],
        imports: vec![[3, 4, 3]],
        body: vec![7, 0x30, 0x00],
        ..Forge::default()
    };
    for name in ["binary_part", "is_integer"] {
        let said = format!(
            "AbortsWhenRun: m:f/0: the machine cannot call its erlang:{name}/3 like an ordinary function"
        );
        check(&call(name), &vm(""), &[&said]);
    }
    check(&call("display"), &vm("nif erlang:display/3"), &[]);
}

#[test]
fn operands_the_machine_does_not_decode() {
    let told = |effect: &str, expected: &str, opcode: &str| {
        format!("{effect}: m:f/0: the machine expects {expected} in {opcode}")
    };
    let four = told(
        "AbortsOnLoad",
        "a number of at most 4 bytes",
        "allocate (12)",
    );
    check_body(&[12, 0x78, 0, 0, 0, 0, 1, 0x00], &[&four]);
    let register = told("AbortsOnLoad", "a register below 2048", "move (64)");
    check_body(&[64, 0x1b, 0, 1, 0x03], &[&register]);
    check_body(&[64, 0x03, 0x1c, 0, 1], &[&register]);
    let atom = told(
        "AbortsWhenRun",
        "one of the module's first 2047 atoms",
        "move (64)",
    );
    check_body(&[64, 0x1a, 0, 1, 0x03], &[&atom]);
    let big = told(
        "AbortsWhenRun",
        "an integer of at most 256 bits",
        "move (64)",
    );
    let digits = |count: u8| {
        [
            &[64, 0xf9, 0x08, count - 9][..],
            &vec![7; count.into()],
            &[0x03],
        ]
        .concat()
    };
    check_body(&digits(33), &[&big]);
    check_body(&digits(32), &[]);
    check_body(&[64, 0xd9, 1, 2, 3, 4, 5, 6, 7, 8, 0x03], &[]);
    let float = told(
        "AbortsOnLoad",
        "one of 16 floating point registers",
        "fconv (97)",
    );
    check_body(&[97, 0x03, 0x27, 0x08, 0x10], &[&float]);
    let floats = told("AbortsOnLoad", "a register", "fmove (96)");
    check_body(&[96, 0x27, 0x00, 0x27, 0x10], &[&floats]);
    check_body(&[96, 0x27, 0x00, 0x03], &[]);
    check_body(&[96, 0x03, 0x27, 0x00], &[]);
    let no_float = told("AbortsOnLoad", "a floating point register", "fmove (96)");
    check_body(&[96, 0x03, 0x13], &[&no_float]);
    let need = told(
        "AbortsOnLoad",
        "a number of at most 4 bytes",
        "test_heap (16)",
    );
    check_body(&[16, 0x37, 0x10, 0x00, 0x78, 0, 0, 0, 0, 1, 0x00], &[&need]);
    let inside = told("AbortsOnLoad", "a register below 2048", "put_tuple2 (164)");
    check_body(&[164, 0x03, 0x17, 0x10, 0x1b, 0, 1], &[&inside]);
}

#[test]
fn commands_of_bs_match() {
    let told = |expected: &str| {
        format!("AbortsOnLoad: m:f/0: the machine expects {expected} in bs_match (182)")
    };
    let matched =
        |commands: &[u8], count: u8| [&[182, 0x05, 0x03, 0x17, count << 4], commands].concat();
    check_body(&matched(&[0x32, 0x80], 2), &[]);
    check_body(&matched(&[0x42, 0x02, 0x80, 0x38, 1, 2, 3], 4), &[]);
    check_body(&matched(&[0x52, 0x00, 0x02, 0x01, 0x80, 0x03], 6), &[]);
    let wide = matched(&[0x42, 0x02, 0x80, 0x78, 1, 2, 3, 4, 5], 4);
    check_body(&wide, &[&told("a number of at most 4 bytes")]);
    check_body(&matched(&[0x42, 0x03, 0x80, 0x00], 4), &[&told("nil")]);
    check_body(
        &matched(&[0x62, 0x80], 2),
        &[&told("a command that it knows")],
    );
    check_body(&matched(&[0x80], 1), &[&told("a command")]);
    check_body(&matched(&[0x32], 1), &[&told("a whole command")]);
    check_body(&matched(&[0x32, 0x03], 2), &[&told("a number")]);
}

#[test]
fn literals_the_machine_cannot_read_raise() {
    let big = [&[131, 110, 33, 0][..], &[1; 33]].concat();
    let forge = Forge {
        literals: vec![vec![131, 77, 0, 0, 0, 1, 3, 0xa0], big],
        body: vec![64, 0x47, 0x10, 0x03, 64, 0x47, 0x00, 0x03],
        ..Forge::default()
    };
    let told = |index: u32, holds: &str| {
        format!("Raises: m:f/0: the machine cannot read the literal {index}, which holds {holds}")
    };
    let wide = told(1, "an integer of more than 256 bits");
    check(
        &forge,
        &vm(""),
        &[&wide, &told(0, "a bit string that is not whole bytes")],
    );
    let findings = gate::check(&[parse(&forge.build())], &vm(""));
    assert!(findings.iter().all(|finding| !finding.aborts()));
}

#[test]
fn what_stands_before_the_first_function_is_told_of_the_module() {
    let code = forge::code(2, &[94, 1, 0x10, 3]);
    let forge = Forge {
        chunks: vec![(b"Code", code)],
        exports: vec![],
        ..Forge::default()
    };
    check(
        &forge,
        &vm(""),
        &["AbortsOnLoad: m: the machine does not run fclearerror (94)"],
    );
}
