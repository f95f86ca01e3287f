//! The command line: what each command prints, and how it ends.

#![allow(clippy::expect_used, reason = "a test may end here")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of the last run goes");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs `avm` in a folder; returns what it printed, and whether it was content.
fn avm(folder: &Path, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avm"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("avm runs");
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8(text).expect("text"),
        output.status.success(),
    )
}

/// Checks that a command succeeds and prints this.
fn check(folder: &Path, arguments: &[&str], printed: &str) {
    assert_eq!(avm(folder, arguments), (printed.to_owned(), true));
}

/// Checks that a command fails and prints this.
fn fails(folder: &Path, arguments: &[&str], printed: &str) {
    assert_eq!(avm(folder, arguments), (printed.to_owned(), false));
}

#[test]
fn a_pack_is_written_listed_checked_and_taken_apart() {
    let folder = folder("pack");
    std::fs::write(folder.join("note.txt"), "hello").expect("a file");
    let (stubs, shapes) = (data("stubs.beam"), data("shapes.beam"));
    let inputs = [&stubs[..], "app/priv/note=note.txt", &shapes[..]];
    check(
        &folder,
        &[&["pack", "-o", "a.avm", "--start", "shapes"], &inputs[..]].concat(),
        "",
    );
    check(
        &folder,
        &["ls", "a.avm"],
        "a.avm\n       2368 start  shapes.beam\n        688 module stubs.beam\n         12 file   app/priv/note\n",
    );
    check(
        &folder,
        &["check", "a.avm"],
        "2 modules in 3 sections are sound\n",
    );
    check(
        &folder,
        &["unpack", "a.avm", "--into", "out"],
        "out/shapes.beam\nout/stubs.beam\nout/app/priv/note\n",
    );
    let note = std::fs::read_to_string(folder.join("out/app/priv/note")).expect("the file");
    assert_eq!(note, "hello");
    check(&folder, &["pack", "-o", "b.avm", "a.avm"], "");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("a pack");
    assert_eq!(read("a.avm"), read("b.avm"));
}

#[test]
fn a_module_is_listed() {
    let nifs = data("nifs.beam");
    let (printed, _) = avm(&folder("ls"), &["ls", &nifs]);
    let mut lines = printed.lines().skip(1);
    let head =
        "  module nifs: 4 functions, 3 exports, 2 imports, 7 atoms, 0 literals, opcodes to 179";
    assert_eq!(lines.next(), Some(head));
    assert_eq!(lines.next(), Some("         59 AtU8 at 20"));
}

#[test]
fn a_machine_is_told_by_its_natives() {
    let folder = folder("check");
    let list =
        "nif erlang:nif_error/1\nnif erlang:get_module_info/1\nnif erlang:get_module_info/2\n";
    std::fs::write(folder.join("natives.txt"), list).expect("a list");
    let (stubs, shapes) = (data("stubs.beam"), data("shapes.beam"));
    check(
        &folder,
        &["natives", "natives.txt"],
        "nif erlang:get_module_info/1\nnif erlang:get_module_info/2\nnif erlang:nif_error/1\n",
    );
    let check = [
        "check",
        "--vm",
        "natives.txt",
        "--all",
        "--with",
        &shapes,
        &stubs,
    ];
    let stub = "this function is left to native code, which is not there";
    let printed = [
        "1 modules in 1 sections are sound",
        &format!("aborts when run: stubs:left_to_native/1: {stub}"),
        "raises: stubs:lists_member/2: lists:member/2 is not there",
        "aborts when run: stubs:calls_own/1: gc_bif2 (125) calls erlang:+/2 directly, which is not native in that way",
        &format!("aborts when run: stubs:own/1: {stub}"),
        "raises: stubs:missing/0: nowhere:nothing/1 is not there",
        "3 findings would end the machine, 2 raise",
        "",
    ];
    fails(&folder, &check, &printed.join("\n"));
    let nifs = data("nifs.beam");
    let (printed, content) = avm(&folder, &["check", "--vm", "natives.txt", &nifs]);
    assert!(
        printed.contains("aborts on load: nifs:init/0: the machine does not run on_load (149)")
    );
    assert!(!content);
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = folder("errors");
    std::fs::write(folder.join("page.beam"), "<html>").expect("a file");
    std::fs::write(folder.join("fake.wasm"), b"\0asm\x01\0\0\0").expect("a file");
    let no_beam = "at byte 0: this is no BEAM file: it does not begin with FOR1 and BEAM";
    fails(
        &folder,
        &["check", "page.beam"],
        &format!("avm: page.beam: {no_beam}\n"),
    );
    fails(
        &folder,
        &["ls", "page.beam"],
        &format!("page.beam\navm: page.beam: {no_beam}\n"),
    );
    let missing = "No such file or directory (os error 2)";
    fails(
        &folder,
        &["unpack", "gone.avm"],
        &format!("avm: gone.avm: {missing}\n"),
    );
    fails(
        &folder,
        &["pack", "-o", "no/x.avm", "page.beam"],
        &format!("avm: page.beam: {no_beam}\n"),
    );
    let stubs = data("stubs.beam");
    fails(
        &folder,
        &["pack", "-o", "no/x.avm", &stubs],
        &format!("avm: no/x.avm: {missing}\n"),
    );
    let no_start = "avm: the pack has no module stubs that exports start/0\n";
    fails(
        &folder,
        &["pack", "-o", "x.avm", "--start", "stubs", &stubs],
        no_start,
    );
    let natives = "avm: page.beam: line 1 is not `bif`, `gc_bif` or `nif` and a function: <html>\n";
    fails(&folder, &["natives", "page.beam"], natives);
    let none = "the WebAssembly module has no table of native functions: is it an AtomVM?";
    fails(
        &folder,
        &["natives", "fake.wasm"],
        &format!("avm: fake.wasm: {none}\n"),
    );
    // A name that leads out of the folder is a trap, not a file.
    let trap = avm::Pack {
        sections: vec![avm::Section::file("../trap", b"x")],
    };
    std::fs::write(folder.join("trap.avm"), trap.write()).expect("a pack");
    let refused = "avm: ../trap: the name leads out of the folder\n";
    fails(&folder, &["unpack", "trap.avm"], refused);
}
