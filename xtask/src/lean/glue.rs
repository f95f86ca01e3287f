//! The glue (AtomVM.mjs): what it must not do in a strict page is taken out, what costs time at boot
//! or at every system call is made cheap, and the rest is minified. Names of properties stay.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::{exec, place};

/// One change of the glue's text, spaces and comments aside.
struct Patch {
    name: &'static str,
    /// Where this text does not occur there is nothing to change.
    mark: &'static str,
    /// The exact text that is replaced; it occurs once. `…` stands for a list of strings.
    shape: &'static str,
    replacement: &'static str,
}

const PATCHES: &[Patch] = &[
    Patch {
        name: "scripts from Erlang are refused",
        mark: "eval(UTF8ToString(",
        shape: "=ptr=>{eval(UTF8ToString(ptr))}",
        replacement: r#"=ptr=>{console.error("Erlang code cannot run JavaScript")}"#,
    },
    Patch {
        name: "tracked scripts from Erlang are refused",
        mark: "indirectEval",
        shape: "try{const indirectEval=eval;result=indirectEval(scriptString)}catch(_e){return null}",
        replacement: r#"{console.error("Erlang code cannot run JavaScript");return null}"#,
    },
    Patch {
        name: "memory is a setting, 64 MiB to 1 GiB",
        mark: r#"Module["INITIAL_MEMORY"]"#,
        shape: r#"var INITIAL_MEMORY=Module["INITIAL_MEMORY"]||16777216;"#,
        replacement: r#"var INITIAL_MEMORY=Module["INITIAL_MEMORY"]||268435456;
            if(!(INITIAL_MEMORY>=67108864&&INITIAL_MEMORY<=1073741824&&INITIAL_MEMORY%65536==0))
            throw new RangeError("INITIAL_MEMORY must be 64 MiB to 1 GiB in pages of 64 KiB, not "+INITIAL_MEMORY);"#,
    },
    // The allocator then says that it has nothing, and AtomVM makes that an exception where it can. Where it
    // cannot, it aborts without a word of why, so the word comes first.
    Patch {
        name: "exhausted memory does not end the VM at once",
        mark: "abortOnCannotGrowMemory(requestedSize)",
        shape: "requestedSize>>>=0;abortOnCannotGrowMemory(requestedSize)}",
        replacement: r#"err("out of memory");return 0}"#,
    },
    Patch {
        name: "threads load this very file, whatever its name",
        mark: r#"new URL("AtomVM.mjs""#,
        shape: r#"new Worker(new URL("AtomVM.mjs",import.meta.url),"#,
        replacement: "new Worker(import.meta.url,",
    },
    // The thread of the VM's main function is always needed: its worker starts and reads
    // the glue while the wasm is still being compiled, instead of after it. (More compete with that.)
    Patch {
        name: "threads are started before they are needed",
        mark: "initMainThread(){",
        shape: "initMainThread(){addOnPreRun(",
        replacement: r#"initMainThread(){for(var n=Module["prestartedThreads"]??1;n-->0;)
            PThread.allocateUnusedWorker();addOnPreRun("#,
    },
    Patch {
        name: "threads started early are given the VM",
        mark: "loadWasmModuleToAllWorkers(onMaybeReady)",
        shape: "loadWasmModuleToAllWorkers(onMaybeReady){onMaybeReady()}",
        replacement: "loadWasmModuleToAllWorkers(onMaybeReady){PThread.unusedWorkers.forEach(
            worker=>PThread.loadWasmModuleToWorker(worker));onMaybeReady()}",
    },
    Patch {
        name: "checked stores are plain",
        mark: "function SAFE_HEAP_STORE(",
        shape: "function SAFE_HEAP_STORE(dest,value,bytes,isFloat){",
        replacement: "function SAFE_HEAP_STORE(dest,value,bytes,isFloat){
            if(bytes===4){if(isFloat)HEAPF32[dest>>>2]=value;else HEAP32[dest>>>2]=value}
            else if(bytes===1)HEAP8[dest]=value;else if(bytes===2)HEAP16[dest>>>1]=value;
            else if(isFloat)HEAPF64[dest>>>3]=value;else HEAP64[dest>>>3]=BigInt(value);
            return value;",
    },
    Patch {
        name: "checked loads are plain",
        mark: "function SAFE_HEAP_LOAD(",
        shape: "function SAFE_HEAP_LOAD(dest,bytes,unsigned,isFloat){",
        replacement: "function SAFE_HEAP_LOAD(dest,bytes,unsigned,isFloat){
            if(bytes===4)return isFloat?HEAPF32[dest>>>2]:unsigned?HEAPU32[dest>>>2]:HEAP32[dest>>>2];
            if(bytes===1)return unsigned?HEAPU8[dest]:HEAP8[dest];
            if(bytes===2)return unsigned?HEAP16[dest>>>1]&65535:HEAP16[dest>>>1];
            return isFloat?HEAPF64[dest>>>3]:HEAP64[dest>>>3];",
    },
    Patch {
        name: "integers are not checked a second time",
        mark: "function checkInt(",
        shape: "function checkInt(value,bits,min,max){",
        replacement: "function checkInt(value,bits,min,max){return;",
    },
    // Hundreds of properties that explain their absence, defined anew by every thread that starts.
    Patch {
        name: "no explanations of missing library symbols",
        mark: "missingLibrarySymbols=[",
        shape: "var missingLibrarySymbols=[…];missingLibrarySymbols.forEach(missingLibrarySymbol);",
        replacement: "",
    },
    Patch {
        name: "no explanations of unexported symbols",
        mark: "unexportedSymbols=[",
        shape: "var unexportedSymbols=[…];unexportedSymbols.forEach(unexportedRuntimeSymbol);",
        replacement: "",
    },
    // As in a release build: they guard against mistakes in the build, not in what runs on it.
    Patch {
        name: "assertions are left out",
        mark: "function assert(",
        shape: r#"function assert(condition,text){if(!condition){abort("Assertion failed"+(text?": "+text:""))}}"#,
        replacement: "function assert(){}",
    },
];

/// What stands at the head of the result.
const BANNER: &str =
    "/* AtomVM, Apache-2.0 OR LGPL-2.1-or-later; Emscripten runtime, MIT; changed and minified */";

/// Patches and minifies the glue; the list says what each patch found.
/// `scratch` is a folder for what lies between.
pub fn lean_glue(source: &str, scratch: &Path) -> Result<(String, Vec<(&'static str, Outcome)>)> {
    let between = scratch.join("glue.tmp.mjs");
    let plain = esbuild(
        source,
        &between,
        &["--minify-whitespace", "--legal-comments=none"],
    )?;
    let (patched, outcomes) = patch(&plain)?;
    let banner = format!("--banner:js={BANNER}");
    let minified = esbuild(&patched, &between, &["--minify", &banner])?;
    fs::remove_file(&between)?;
    refuse_code_from_text(&minified)?;
    Ok((minified, outcomes))
}

fn patch(source: &str) -> Result<(String, Vec<(&'static str, Outcome)>)> {
    let mut text = source.to_owned();
    let mut outcomes = Vec::new();
    for patch in PATCHES {
        if !text.contains(patch.mark) {
            outcomes.push((patch.name, Outcome::NotNeeded("nothing of it is there")));
            continue;
        }
        let found = occurrences(&text, patch.shape);
        let [(from, to)] = found[..] else {
            bail!(
                "this AtomVM.mjs has `{}` but not the text that we know how to change ({}): \
                 it occurs {} times",
                patch.mark,
                patch.name,
                found.len()
            );
        };
        text.replace_range(from..to, patch.replacement);
        outcomes.push((patch.name, Outcome::Done("changed".into())));
    }
    Ok((text, outcomes))
}

/// Where a shape occurs in a text: the start and end of each occurrence.
fn occurrences(text: &str, shape: &str) -> Vec<(usize, usize)> {
    let (head, tail) = shape.split_once('…').unwrap_or((shape, ""));
    let is_list = |c: char| c.is_ascii_alphanumeric() || "\"_,$".contains(c);
    let end_of = |(start, _): (usize, &str)| {
        let list = start + head.len();
        let length = match tail {
            "" => 0,
            _ => text[list..].find(|c| !is_list(c))?,
        };
        text[list + length..]
            .starts_with(tail)
            .then_some((start, list + length + tail.len()))
    };
    text.match_indices(head).filter_map(end_of).collect()
}

/// The page's content security policy forbids code made from text: it may not be in the file at all.
fn refuse_code_from_text(source: &str) -> Result<()> {
    for word in ["eval", "Function", "importScripts"] {
        for (at, _) in source.match_indices(word) {
            let before = source[..at].chars().next_back();
            let after = source[at + word.len()..].chars().next();
            let is_name =
                |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_$".contains(c));
            if !is_name(before) && !is_name(after) && before != Some('"') {
                let around: String = source[at..].chars().take(60).collect();
                bail!("the glue still makes code from text: `{around}`");
            }
        }
    }
    Ok(())
}

fn esbuild(source: &str, file: &Path, options: &[&str]) -> Result<String> {
    fs::write(file, source).with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = exec::command(place::at("node_modules/.bin/esbuild"), &place::root());
    command
        .arg(file)
        .args(["--format=esm", "--target=es2022", "--log-level=error"])
        .args(options);
    String::from_utf8(exec::output(&mut command)?).context("esbuild did not write text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str) -> Result<String> {
        patch(source).map(|(text, _)| text)
    }

    #[test]
    fn a_known_shape_is_changed() {
        let threads = r#"new Worker(new URL("AtomVM.mjs",import.meta.url),{type:"module"})"#;
        assert_eq!(
            check(threads).unwrap(),
            r#"new Worker(import.meta.url,{type:"module"})"#
        );
    }

    #[test]
    fn a_list_of_strings_may_be_any() {
        let list = r#"var unexportedSymbols=["run","FS_a"];unexportedSymbols.forEach(unexportedRuntimeSymbol);go()"#;
        assert_eq!(check(list).unwrap(), "go()");
        assert!(check(&list.replace(r#","FS_a""#, ",run()")).is_err());
    }

    #[test]
    fn what_is_not_there_is_not_needed() {
        let (text, outcomes) = patch("export default 1").unwrap();
        assert_eq!(text, "export default 1");
        assert!(
            outcomes
                .iter()
                .all(|(_, o)| matches!(o, Outcome::NotNeeded(_)))
        );
    }

    #[test]
    fn an_unknown_shape_is_refused() {
        let refused = check("var run=p=>{return eval(UTF8ToString(p))|0};")
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("scripts from Erlang are refused"),
            "{refused}"
        );
        assert!(check("initMainThread(){addOnPreRun(initMainThread(){addOnPreRun(").is_err());
    }

    #[test]
    fn code_from_text_is_refused_in_any_spelling() {
        for bad in [
            "x=eval(y)",
            "(0,eval)(y)",
            "const e=eval;",
            "new Function(y)",
            "importScripts(u)",
        ] {
            assert!(refuse_code_from_text(bad).is_err(), "{bad}");
        }
        for good in [
            "js_tracked_eval(y)",
            "function f(){}",
            "retrieval",
            "isFunction(x)",
        ] {
            assert!(refuse_code_from_text(good).is_ok(), "{good}");
        }
    }
}
