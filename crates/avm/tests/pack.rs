//! Packs, to the byte as AtomVM describes them.

#![allow(clippy::expect_used, reason = "a test may end here")]

use avm::{Beam, Flags, Limits, Pack, Section, pack};

const SHAPES: &[u8] = include_bytes!("data/shapes.beam");
const STUBS: &[u8] = include_bytes!("data/stubs.beam");

fn module(bytes: &[u8]) -> Section {
    Section::module(&Beam::parse(bytes, &Limits::default()).expect("a sound module"))
}

fn sample() -> Pack {
    let file = Section::file("app/priv/note.txt", b"hello");
    Pack {
        sections: vec![module(STUBS), file, module(SHAPES)],
    }
}

fn parse(bytes: &[u8]) -> Result<Pack, String> {
    Pack::parse(bytes, &Limits::default()).map_err(|error| error.to_string())
}

/// The names of a pack's sections and their flags.
fn contents(pack: &Pack) -> String {
    let shown = pack
        .sections
        .iter()
        .map(|s| format!("{}={}", s.name, s.flags.0));
    shown.collect::<Vec<_>>().join(" ")
}

/// The example of AtomVM's description: a module of 308 bytes, name and head included, that starts.
#[test]
fn a_section_is_written_as_described() {
    let mut data = vec![7; 308 - 24];
    data[..4].copy_from_slice(b"FOR1");
    let name = "mylib.beam".to_owned();
    let section = Section {
        name,
        flags: Flags::CODE.and(Flags::START),
        data: data.clone(),
    };
    let bytes = Pack {
        sections: vec![section],
    }
    .write();
    let header = [
        0x23, 0x21, 0x2f, 0x75, 0x73, 0x72, 0x2f, 0x62, 0x69, 0x6e, 0x2f, 0x65, 0x6e, 0x76, 0x20,
        0x41, 0x74, 0x6f, 0x6d, 0x56, 0x4d, 0x0a, 0x00, 0x00,
    ];
    let head = [
        0x00, 0x00, 0x01, 0x34, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x6d, 0x79, 0x6c,
        0x69, 0x62, 0x2e, 0x62, 0x65, 0x61, 0x6d, 0x00, 0x00,
    ];
    let end = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x65, 0x6e, 0x64, 0x00];
    assert_eq!(bytes, [&header[..], &head, &data, &end].concat());
    assert_eq!(&bytes[..24], pack::HEADER);
}

#[test]
fn a_file_follows_its_size_and_is_padded() {
    let bytes = Pack {
        sections: vec![Section::file("a/priv/b", b"hello")],
    }
    .write();
    let expected = b"\0\0\0\x24\0\0\0\x04\0\0\0\0a/priv/b\0\0\0\0\0\0\0\x05hello\0\0\0";
    assert_eq!(
        bytes[24..24 + expected.len()].escape_ascii().to_string(),
        expected.escape_ascii().to_string()
    );
}

#[test]
fn what_is_written_is_read_again() {
    let bytes = sample().write();
    let pack = parse(&bytes).expect("our own pack");
    assert_eq!(
        contents(&pack),
        "stubs.beam=2 app/priv/note.txt=4 shapes.beam=3"
    );
    assert_eq!(pack.write(), bytes);
    let note = pack.section("app/priv/note.txt").expect("the file");
    assert_eq!(note.contents(), Some(&b"hello"[..]));
    assert!(pack.section("nothing").is_none());
    let modules = pack.modules(&Limits::default()).expect("sound modules");
    assert_eq!(
        modules.iter().map(Beam::name).collect::<Vec<_>>(),
        ["stubs", "shapes"]
    );
}

#[test]
fn one_module_starts() {
    let mut pack = sample();
    pack.sections.push(Section {
        name: "other.beam".to_owned(),
        ..module(SHAPES)
    });
    pack.start_with("shapes").expect("it exports start/0");
    assert_eq!(
        contents(&pack),
        "shapes.beam=3 stubs.beam=2 app/priv/note.txt=4 other.beam=2"
    );
    let error = pack.start_with("stubs").expect_err("it exports no start/0");
    assert_eq!(
        error.to_string(),
        "the pack has no module stubs that exports start/0"
    );
}

/// Checks that a pack is refused for this reason.
fn refused(bytes: &[u8], reason: &str) {
    assert_eq!(parse(bytes), Err(reason.to_owned()));
}

#[test]
fn what_is_no_pack_is_refused() {
    refused(
        b"",
        "at byte 0: this is no AVM pack: it does not begin with #!/usr/bin/env AtomVM",
    );
    refused(
        SHAPES,
        "at byte 0: this is no AVM pack: it does not begin with #!/usr/bin/env AtomVM",
    );
    refused(pack::HEADER, "at byte 24: the pack has no closing section");
    let mut bytes = sample().write();
    bytes.push(0);
    refused(
        &bytes,
        &format!(
            "at byte {}: 1 bytes are left over after the pack",
            bytes.len() - 1
        ),
    );
}

#[test]
fn broken_sections_are_refused() {
    let change = |at: usize, with: &[u8], reason: &str| {
        let mut bytes = sample().write();
        bytes[at..at + with.len()].copy_from_slice(with);
        refused(&bytes, reason);
    };
    change(
        24,
        &[0, 0, 0, 8],
        "at byte 24: the size of a section is 8, which cannot be",
    );
    change(
        24,
        &[0, 0, 0, 0],
        "at byte 24: the size of a section is 0, which cannot be",
    );
    change(
        24,
        &[0, 0, 1, 1],
        "at byte 24: the size of a section is 257, which cannot be",
    );
    change(
        28,
        &[0; 4],
        "at byte 24: the section stubs.beam has no flags; the machine would not look past it",
    );
    change(
        36,
        b"\0",
        "at byte 36: the name of a section does not end inside it",
    );
    change(
        36,
        b"\xff",
        "at byte 36: the name of a section is not UTF-8",
    );
    change(
        48,
        b"QQQQ",
        "at byte 48: this is no BEAM file: it does not begin with FOR1 and BEAM",
    );
    let bytes = sample().write();
    let end = bytes.len() - 16;
    refused(
        &bytes[..end],
        &format!("at byte {end}: the pack has no closing section"),
    );
    refused(
        &bytes[..60],
        "at byte 24: a section needs 712 bytes, but only 36 are left",
    );
}

#[test]
fn what_the_machine_could_take_for_a_module_must_be_one() {
    let check = |name: &str, flags: Flags, reason: &str| {
        let section = Section {
            flags,
            ..Section::file(name, b"no module")
        };
        refused(
            &Pack {
                sections: vec![section],
            }
            .write(),
            reason,
        );
    };
    let no_beam = "this is no BEAM file: it does not begin with FOR1 and BEAM";
    check("a.beam", Flags::FILE, &format!("at byte 44: {no_beam}"));
    check("a", Flags::START, &format!("at byte 40: {no_beam}"));
    check("a", Flags::CODE, &format!("at byte 40: {no_beam}"));
}

#[test]
fn a_file_must_fit_its_section() {
    let mut section = Section::file("a", b"hello");
    section.data.truncate(4);
    let pack = Pack {
        sections: vec![section],
    };
    refused(
        &pack.write(),
        "at byte 40: the file a is larger than its section",
    );
}

#[test]
fn a_pack_of_unpacked_modules_can_be_mended() {
    let name = "stubs.beam".to_owned();
    let section = Section {
        name,
        flags: Flags::CODE,
        data: STUBS.to_vec(),
    };
    let raw = Pack {
        sections: vec![section, Section::file("a", b"b")],
    };
    let packed = raw.to_packed(&Limits::default()).expect("sound modules");
    assert_eq!(packed.sections, [module(STUBS), Section::file("a", b"b")]);
}

#[test]
fn limits_hold() {
    let bytes = sample().write();
    let check = |limits: Limits, reason: &str| {
        let error = Pack::parse(&bytes, &limits).expect_err("over the limit");
        assert!(error.to_string().ends_with(reason), "{error}");
    };
    let file_bytes = bytes.len() - 1;
    check(
        Limits {
            file_bytes,
            ..Limits::default()
        },
        &format!(
            "the size of the file: {} is over the limit of {file_bytes}",
            bytes.len()
        ),
    );
    check(
        Limits {
            sections: 2,
            ..Limits::default()
        },
        "sections: 3 is over the limit of 2",
    );
}
