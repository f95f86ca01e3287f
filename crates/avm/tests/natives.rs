//! The list of native functions: its text form, and how it is read out of a WebAssembly build.

#![allow(clippy::expect_used, reason = "a test may end here")]

use avm::vm::{Native, WasmError, natives_in};
use avm::{Mfa, Natives};

#[test]
fn names_of_functions_are_read_and_shown() {
    for text in [
        "lists:map/2",
        "erlang:self/0",
        "erlang://2",
        "erlang:/=/2",
        "erlang:++/2",
    ] {
        assert_eq!(
            text.parse::<Mfa>().map(|mfa| mfa.to_string()),
            Ok(text.to_owned())
        );
    }
    assert_eq!("erlang://2".parse(), Ok(Mfa::new("erlang", "/", 2)));
    for text in [
        "",
        "lists",
        "lists:map",
        ":map/2",
        "lists:/2",
        "lists:map/x",
        "lists:map/256",
    ] {
        let error = text.parse::<Mfa>().expect_err("no name of a function");
        assert_eq!(
            error.to_string(),
            format!("`{text}` is not of the form module:function/arity")
        );
    }
}

#[test]
fn a_list_is_text() {
    let text = "# natives\n\nnif lists:member/2\nbif erlang:self/0\ngc_bif erlang:+/2\n";
    let natives: Natives = text.parse().expect("a list");
    assert_eq!(
        natives.to_string(),
        "gc_bif erlang:+/2\nbif erlang:self/0\nnif lists:member/2\n"
    );
    assert_eq!(
        natives.get(&Mfa::new("erlang", "+", 2)),
        Some(Native::GcBif)
    );
    assert_eq!(natives.get(&Mfa::new("erlang", "-", 2)), None);
    assert_eq!((natives.len(), natives.is_empty()), (3, false));
    let error = "nif a:b/1\nnix a:b/1"
        .parse::<Natives>()
        .expect_err("no such kind");
    let said = "line 2 is not `bif`, `gc_bif` or `nif` and a function: nix a:b/1";
    assert_eq!(error.to_string(), said);
}

/// A number as WebAssembly writes it, always in five bytes.
fn leb(value: usize) -> [u8; 5] {
    let part = |shift: u32| (value >> shift) as u8;
    [
        part(0) | 0x80,
        part(7) | 0x80,
        part(14) | 0x80,
        part(21) | 0x80,
        part(28) & 0x7f,
    ]
}

/// The shortest form, as compilers write constants.
fn short(value: usize) -> Vec<u8> {
    match value {
        0..64 => vec![value as u8],
        _ => vec![value as u8 | 0x80, (value >> 7) as u8],
    }
}

fn section(id: u8, contents: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(contents.len()), contents].concat()
}

fn wasm(sections: &[Vec<u8>]) -> Vec<u8> {
    [b"\0asm\x01\0\0\0", &sections.concat()[..]].concat()
}

/// Where the static data of the sample begin.
const START: usize = 1024;

/// Static data: texts, pairs of kind and code, and the two tables; and where the texts lie.
fn data() -> (Vec<u8>, Vec<usize>) {
    let texts = [
        "erlang:self/0",
        "erlang:+/2",
        "lists:member/2",
        "left:out/1",
        "crypto:",
        "hash/2",
        "emscripten:",
        "run/1",
        "not a name/1",
        "Upper:case/1",
    ];
    let mut data = Vec::new();
    let mut places = Vec::new();
    for text in texts {
        places.push(START + data.len());
        data.extend(text.as_bytes());
        data.push(0);
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let nif = START + data.len();
    let mut words: Vec<usize> = vec![2, 77];
    words.extend([places[0], 5, 11, places[1], 6, 12, 0, 0, 0]);
    words.extend([places[2], nif, places[3], 0, places[9], nif]);
    data.extend(words.iter().flat_map(|word| (*word as u32).to_le_bytes()));
    (data, places)
}

/// A function that compares its argument with these texts.
fn comparing(places: &[usize]) -> Vec<u8> {
    let constants = places
        .iter()
        .flat_map(|place| [&[0x41][..], &short(*place), &[0x1a]].concat());
    let body: Vec<u8> = [0].into_iter().chain(constants).chain([0x0b]).collect();
    [&leb(body.len())[..], &body].concat()
}

const FOUND: &str = "\
nif crypto:hash/2
nif emscripten:run/1
gc_bif erlang:+/2
bif erlang:self/0
nif lists:member/2
";

#[test]
fn natives_are_read_from_data_put_in_place_by_the_engine() {
    let (data, at) = data();
    let compare = comparing(&[at[5], at[4], at[5], at[6], at[7], at[8], at[2]]);
    let code = section(10, &[&leb(1)[..], &compare].concat());
    let place = [
        &[0, 0x41][..],
        &short(START),
        &[0x0b],
        &leb(data.len()),
        &data,
    ]
    .concat();
    let bytes = wasm(&[
        section(1, &[0]),
        code,
        section(11, &[&leb(1)[..], &place].concat()),
    ]);
    assert_eq!(
        natives_in(&bytes).map(|natives| natives.to_string()),
        Ok(FOUND.to_owned())
    );
}

#[test]
fn natives_are_read_from_data_put_in_place_by_code() {
    let (data, at) = data();
    let compare = comparing(&[at[4], at[5], at[6], at[7]]);
    let init = [
        &[0, 0x41][..],
        &short(START),
        &[0x41, 0, 0x41],
        &short(data.len()),
        &[0xfc, 0x08, 0, 0, 0x0b],
    ]
    .concat();
    let init = [&leb(init.len())[..], &init].concat();
    let code = section(10, &[&leb(2)[..], &init, &compare].concat());
    let passive = [&leb(1)[..], &[1], &leb(data.len()), &data].concat();
    let bytes = wasm(&[code, section(11, &passive)]);
    assert_eq!(
        natives_in(&bytes).map(|natives| natives.to_string()),
        Ok(FOUND.to_owned())
    );
}

#[test]
fn other_files_are_refused() {
    let check = |bytes: &[u8], said: &str| {
        let error = natives_in(bytes).expect_err(said);
        assert_eq!(error.to_string(), said);
    };
    check(b"<html>", "this is no WebAssembly module");
    let none = "the WebAssembly module has no table of native functions: is it an AtomVM?";
    check(&wasm(&[]), none);
    check(&wasm(&[section(11, &leb(0))]), none);
    check(
        &wasm(&[section(11, &[&leb(1)[..], &[1], &leb(0)].concat())]),
        none,
    );
    let broken = |bytes: &[u8]| matches!(natives_in(bytes), Err(WasmError::Broken(_)));
    assert!(broken(&wasm(&[vec![11]])));
    assert!(broken(&wasm(&[vec![11, 9, 1]])));
    assert!(broken(&wasm(&[vec![
        11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
    ]])));
    assert!(broken(&wasm(&[section(11, &[&leb(1)[..], &[2]].concat())])));
    assert!(broken(&wasm(&[section(
        11,
        &[&leb(1)[..], &[0, 0x23, 0, 0x0b]].concat()
    )])));
    assert!(broken(&wasm(&[section(
        11,
        &[&leb(1)[..], &[0, 0x41, 0, 0x0b, 9]].concat()
    )])));
}
