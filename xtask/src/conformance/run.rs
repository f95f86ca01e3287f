//! Runs suites on the host's OTP and in the VM, and reads what they say.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::build::Built;
use super::outcome::{Case, Outcome};
use crate::otp::{Staged, Toolchain};
use crate::{exec, place, re};

/// Folder of the suites' data in the VM.
const DATA: &str = "/data/suites";

/// A suite and which of its cases are to run in the VM.
pub struct Planned<'a> {
    /// The suite.
    pub built: &'a Built,
    /// What each case gave on the host.
    pub reference: Vec<Case>,
}

/// Suites at once on the host: they wait more than they work.
const AT_ONCE: usize = 4;

/// The reference of each suite.
pub fn all_on_host(
    toolchain: &Toolchain,
    built: &[Built],
    limit: Duration,
) -> Result<Vec<Vec<Case>>> {
    let mut references = Vec::new();
    for some in built.chunks(AT_ONCE) {
        let together = thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|built| scope.spawn(move || on_host(toolchain, built, limit)))
                .collect();
            let ended = running.into_iter().map(|suite| {
                let outcome = suite.join();
                outcome.unwrap_or_else(|_| bail!("a suite's thread ended"))
            });
            ended.collect::<Result<Vec<_>>>()
        })?;
        references.extend(together);
    }
    Ok(references)
}

/// The reference: every case on the host's OTP. Kept in the cache, since neither OTP nor its suites change.
fn on_host(toolchain: &Toolchain, built: &Built, limit: Duration) -> Result<Vec<Case>> {
    let limit = built.suite.limit(limit);
    let name = format!("{}-{}s.txt", &built.digest[..32], limit.as_secs());
    let kept = place::cached("conformance")?.join(name);
    if !kept.exists() {
        let out = built.host.join("outcomes.txt");
        let private = built.host.join("private");
        fs::create_dir_all(&private)?;
        let data = built.data.clone().unwrap_or_else(|| private.clone());
        let mut erl = toolchain.erl();
        erl.args(["+pc", "unicode", "-pa"]);
        // Some compile modules, which land where they are.
        erl.current_dir(&private);
        erl.arg(&built.host)
            .args(["-run", "conformance_host", "main"])
            .arg(built.suite.module())
            .args([slashed(&data), slashed(&private)])
            .arg(limit.as_millis().to_string())
            .arg(&out);
        // Cases print, and some provoke complaints of the emulator: neither says anything here.
        let ended = erl.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if !ended.success() {
            bail!("{} ended the host's OTP: {ended}", built.suite.module());
        }
        fs::rename(&out, &kept).or_else(|_| fs::copy(&out, &kept).map(drop))?;
    }
    let text = fs::read_to_string(&kept)?;
    Ok(text.lines().filter_map(Case::read).collect())
}

/// Suites want their folders with a slash at the end.
fn slashed(folder: &Path) -> String {
    format!("{}/", folder.display())
}

/// What runs in the VM: what the host could answer within its time.
pub fn plan<'a>(
    built: &'a [Built],
    reference: &[Vec<Case>],
    case: Option<&str>,
) -> Vec<Planned<'a>> {
    let wanted = |path: &str| case.is_none_or(|case| path.contains(case));
    let each = built.iter().zip(reference);
    each.map(|(built, cases)| Planned {
        built,
        reference: cases
            .iter()
            .filter(|case| case.outcome != Outcome::Timeout && wanted(&case.path))
            .cloned()
            .collect(),
    })
    .collect()
}

/// What the VM's runner says of a case.
#[derive(Deserialize)]
struct Line {
    suite: String,
    #[serde(flatten)]
    case: Case,
}

/// Runs the planned cases in the VM; by suite, then by path.
pub fn in_vm(
    staged: &Staged,
    plan: &[Planned<'_>],
    chromium: &Path,
    limit: Duration,
    work: &Path,
) -> Result<BTreeMap<String, BTreeMap<String, Case>>> {
    let file = work.join("plan.json");
    fs::write(
        &file,
        serde_json::to_vec_pretty(&plan_json(staged, plan, limit, work)?)?,
    )?;
    let mut node = exec::command("node", &place::root());
    node.arg("e2e/vm/conformance.mjs")
        .arg(&file)
        .env("CHROMIUM", chromium)
        .stdout(Stdio::piped());
    let mut child = node.spawn().context("cannot start node")?;
    let output = child.stdout.take().context("node has no output")?;
    let mut found: BTreeMap<String, BTreeMap<String, Case>> = BTreeMap::new();
    let mut now = String::new();
    // As they come, for whoever wants to look on.
    let mut log = File::create(work.join("outcomes.jsonl"))?;
    for line in BufReader::new(output).lines() {
        let text = line?;
        writeln!(log, "{text}")?;
        let line: Line = serde_json::from_str(&text)?;
        if line.suite != now {
            eprintln!("    {}", line.suite);
            now.clone_from(&line.suite);
        }
        let cases = found.entry(line.suite).or_default();
        cases.insert(line.case.path.clone(), line.case);
    }
    let ended = child.wait()?;
    if !ended.success() {
        bail!("the VM's runner ended with {ended}");
    }
    Ok(found)
}

fn plan_json(
    staged: &Staged,
    plan: &[Planned<'_>],
    limit: Duration,
    work: &Path,
) -> Result<serde_json::Value> {
    let mut suites = Vec::new();
    for planned in plan.iter().filter(|planned| !planned.reference.is_empty()) {
        let module = planned.built.suite.module();
        let mut files = BTreeMap::new();
        if let Some(data) = &planned.built.data {
            collect(data, &format!("{DATA}/{module}"), &mut files)?;
        }
        let cases: Vec<_> = planned.reference.iter().map(|case| &case.path).collect();
        suites.push(serde_json::json!({
            "name": module,
            "pack": planned.built.pack,
            "data": format!("{DATA}/{module}/"),
            "limitMs": u64::try_from(planned.built.suite.limit(limit).as_millis())?,
            "files": files,
            "cases": cases,
        }));
    }
    let packs: Vec<_> = staged.packs.iter().map(|pack| &pack.path).collect();
    Ok(serde_json::json!({
        "vm": work.join("vm"),
        "re": re::prepare()?,
        "packs": packs,
        "suites": suites,
    }))
}

/// The files below a folder by their path in the VM.
fn collect(folder: &Path, at: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let at = format!("{at}/{name}");
        if path.is_dir() {
            collect(&path, &at, files)?;
        } else {
            files.insert(at, path.display().to_string());
        }
    }
    Ok(())
}
