//! Reads the list of examples from the head comments of `erlang/examples/*.erl`:
//! `%% title: …`, `%% about: …` (may go over several lines), `%% run: …`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

/// One example as the page lists it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The module that holds it.
    pub module: String,
    title: String,
    about: String,
    run: String,
}

/// Every example of a folder, by module name.
pub fn read(folder: &Path) -> Result<Vec<Example>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "erl"))
        .collect();
    paths.sort();
    let examples = paths.iter().map(|path| {
        let module = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .context("an example's name")?;
        let source = fs::read_to_string(path)?;
        parse(module, &source).with_context(|| format!("the example {module}"))
    });
    // A module without a title is a part of another example.
    examples.filter_map(Result::transpose).collect()
}

fn parse(module: &str, source: &str) -> Result<Option<Example>> {
    let head = source
        .lines()
        .map_while(|line| line.strip_prefix("%%"))
        .map(str::trim);
    let mut fields = [
        ("title: ", String::new()),
        ("about: ", String::new()),
        ("run: ", String::new()),
    ];
    let mut current = None;
    for line in head {
        if let Some(index) = fields.iter().position(|(key, _)| line.starts_with(key)) {
            fields[index].1 = line[fields[index].0.len()..].to_owned();
            current = Some(index);
        } else if let Some(index) = current {
            fields[index].1.push(' ');
            fields[index].1.push_str(line);
        }
    }
    let [(_, title), (_, about), (_, run)] = fields;
    if title.is_empty() {
        return Ok(None);
    }
    ensure!(!about.is_empty(), "no `%% about:` line");
    ensure!(
        run.ends_with('.'),
        "no `%% run:` line with an expression that ends in a full stop"
    );
    Ok(Some(Example {
        module: module.to_owned(),
        title,
        about,
        run,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_comment_describes_the_example() {
        let source = "%% title: Ring\n%% about: A token goes\n%% round.\n%% run: ring:start().\n-module(ring).\n";
        let example = parse("ring", source)
            .expect("well-formed")
            .expect("an example");
        assert_eq!(example.title, "Ring");
        assert_eq!(example.about, "A token goes round.");
        assert_eq!(example.run, "ring:start().");
    }

    #[test]
    fn a_module_without_a_title_is_no_example_and_half_a_head_is_refused() {
        assert_eq!(parse("part", "-module(part).\n").expect("fine"), None);
        let refused = parse("ring", "%% title: Ring\n").expect_err("no about");
        assert_eq!(refused.to_string(), "no `%% about:` line");
    }
}
