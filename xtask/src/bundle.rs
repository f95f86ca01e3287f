//! Bundles the JavaScript edges (`js/*.js`, with what they import from npm) into hashed ES modules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{place, tools::Tools};

#[derive(Deserialize)]
struct Metafile {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    entry_point: Option<String>,
}

/// Bundles every entry file into `out`; returns the path of each bundle by its entry's name.
/// What an entry imports dynamically becomes a chunk of its own, fetched when it is asked for.
pub fn bundle(tools: &Tools, out: &Path) -> Result<BTreeMap<String, std::path::PathBuf>> {
    let entries = entries(&place::at("js"))?;
    let metafile = place::at("target/esbuild-meta.json");
    let mut esbuild = tools.command("esbuild", &place::root())?;
    esbuild
        .args(&entries)
        .args([
            "--bundle",
            "--format=esm",
            "--splitting",
            "--minify",
            "--target=es2022",
        ])
        .args([
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
        ])
        .args(["--entry-names=[name]-[hash]", "--chunk-names=chunk-[hash]"])
        .arg(format!("--outdir={}", out.display()))
        .arg(format!("--metafile={}", metafile.display()));
    crate::exec::run(&mut esbuild)?;
    let meta: Metafile = serde_json::from_slice(&fs::read(&metafile)?)?;
    let named = meta.outputs.into_iter().filter_map(|(path, output)| {
        let entry = output.entry_point?;
        let name = Path::new(&entry).file_stem()?.to_str()?.to_owned();
        Some((name, place::at(path)))
    });
    Ok(named.collect())
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("cannot list {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "js"))
        .collect();
    entries.sort();
    Ok(entries)
}
