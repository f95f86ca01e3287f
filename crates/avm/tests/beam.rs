//! Modules as compilers write them: what is read out of them, and their packed form.

#![allow(clippy::expect_used, reason = "a test may end here")]

use avm::code::Value;
use avm::{Beam, Limits};

const SHAPES: &[u8] = include_bytes!("data/shapes.beam");
const SHAPES_25: &[u8] = include_bytes!("data/shapes-25.beam");
const STUBS: &[u8] = include_bytes!("data/stubs.beam");
const NIFS: &[u8] = include_bytes!("data/nifs.beam");

fn parse(bytes: &[u8]) -> Beam<'_> {
    Beam::parse(bytes, &Limits::default()).expect("a module from a compiler is sound")
}

/// The names of a module's chunks, in order.
fn chunks(module: &Beam<'_>) -> String {
    let names = module.chunks().iter().map(|chunk| chunk.name.to_string());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_module_tells_its_name_and_functions() {
    let module = parse(SHAPES);
    assert_eq!(module.name(), "shapes");
    let exports: Vec<String> = module.exported().map(|mfa| mfa.to_string()).collect();
    assert!(exports.contains(&"shapes:pack/2".to_owned()), "{exports:?}");
    assert!(
        exports.contains(&"shapes:module_info/0".to_owned()),
        "{exports:?}"
    );
    assert!(module.exports_function("area", 1) && !module.exports_function("area", 2));
    assert!(module.is_start());
    assert!(!parse(NIFS).is_start());
}

#[test]
fn a_module_tells_what_it_calls() {
    let imports: Vec<String> = parse(SHAPES)
        .imported()
        .map(|mfa| mfa.to_string())
        .collect();
    for wanted in [
        "erlang:display/1",
        "lists:foldl/3",
        "erlang:byte_size/1",
        "erlang:*/2",
    ] {
        assert!(
            imports.contains(&wanted.to_owned()),
            "{wanted} is not in {imports:?}"
        );
    }
}

#[test]
fn the_code_header_counts_labels_functions_and_opcodes() {
    let module = parse(SHAPES);
    let header = module.header();
    assert_eq!(
        header.functions as usize,
        module.exports().len() + module.locals().len()
    );
    let labels = module
        .code()
        .instructions()
        .iter()
        .filter(|i| i.opcode.name() == "label");
    assert_eq!(header.labels as usize, labels.count() + 1);
    let highest = module
        .code()
        .instructions()
        .iter()
        .map(|i| i.opcode.number())
        .max();
    assert_eq!(highest.map(u32::from), Some(header.max_opcode));
    let first = module.code().instructions()[0];
    assert_eq!(
        (first.opcode.name(), first.offset),
        ("label", header.code_offset)
    );
    assert_eq!(module.code().operands(&first)[0].value, Value::Word(1));
}

#[test]
fn literals_are_inflated_and_walked() {
    let module = parse(SHAPES);
    let literals = module.literals();
    let count = u32::from_be_bytes(*literals.bytes().first_chunk().expect("a count"));
    assert_eq!(count as usize, literals.list().len());
    let traits = || literals.list().iter().map(|literal| literal.traits);
    assert_eq!(traits().filter(|traits| traits.bit_string).count(), 1);
    assert_eq!(traits().filter(|traits| traits.export).count(), 1);
    assert_eq!(traits().map(|traits| traits.big_bytes).max(), Some(38));
    let terms = (0..literals.list().len()).filter_map(|index| literals.term(index));
    assert!(terms.into_iter().all(|term| term[0] == 131));
    assert_eq!(literals.term(literals.list().len()), None);
}

#[test]
fn lines_strings_and_closures_are_read() {
    let module = parse(SHAPES);
    let lines = module.lines().expect("a line table");
    assert!(
        lines
            .lines
            .iter()
            .any(|line| (line.file, line.line) == (0, 18)),
        "{lines:?}"
    );
    assert!(
        lines.files.is_empty(),
        "the module's own source has no entry"
    );
    assert!(
        module.strings().starts_with(b"AV"),
        "{:?}",
        module.strings().escape_ascii()
    );
    assert_eq!(module.funs().len(), 2);
    assert_eq!(module.atoms().iter().next(), Some("shapes"));
    assert!(!module.atoms().is_empty());
    assert_eq!(module.chunk(*b"StrT"), Some(module.strings()));
}

#[test]
fn lines_of_other_files_name_them() {
    let module = parse(STUBS);
    let lines = module.lines().expect("a line table");
    assert_eq!(lines.files, [b"elsewhere.hrl"]);
    assert!(
        lines
            .lines
            .iter()
            .any(|line| (line.file, line.line) == (1, 7002)),
        "{lines:?}"
    );
}

#[test]
fn the_packed_form_keeps_what_the_machine_reads() {
    let packed = parse(SHAPES).to_packed();
    let module = parse(&packed);
    assert_eq!(
        chunks(&module),
        "AtU8 Code StrT ImpT ExpT FunT LitU LocT Line Type"
    );
    assert_eq!(module.imports(), parse(SHAPES).imports());
    assert_eq!(module.literals(), parse(SHAPES).literals());
    assert_eq!(module.to_packed(), packed, "packing twice changes nothing");
}

#[test]
fn older_compilers_are_read_as_well() {
    let module = parse(SHAPES_25);
    assert_eq!(module.name(), "shapes");
    assert_eq!(module.exports().len(), parse(SHAPES).exports().len());
    assert_eq!(parse(&module.to_packed()).literals(), module.literals());
}

#[test]
fn a_module_without_local_functions_gets_an_empty_table() {
    // As `beam_lib:strip/1` leaves it; the machine would read the table all the same.
    let stripped = without(SHAPES, b"LocT");
    let module = parse(&stripped);
    assert_eq!(module.chunk(*b"LocT"), None);
    assert_eq!(
        parse(&module.to_packed()).chunk(*b"LocT"),
        Some(&[0; 4][..])
    );
}

#[test]
fn padding_after_a_module_is_no_harm() {
    let padded = [SHAPES, &[0; 3]].concat();
    assert_eq!(parse(&padded).name(), "shapes");
}

/// The module without a chunk.
fn without(bytes: &[u8], name: &[u8; 4]) -> Vec<u8> {
    let module = parse(bytes);
    let mut body = b"BEAM".to_vec();
    for chunk in module.chunks().iter().filter(|chunk| chunk.name.0 != *name) {
        body.extend(chunk.name.0);
        body.extend((chunk.data.len() as u32).to_be_bytes());
        body.extend(chunk.data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    [b"FOR1", &(body.len() as u32).to_be_bytes()[..], &body].concat()
}
