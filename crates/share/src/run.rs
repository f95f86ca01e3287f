//! How a module is run: the expression that a person would type for it.

/// The expression that runs a source: what its head comment says behind `%% run:`, or else `module:start().` or
/// `module:main().` if the source exports it. Nothing if it has neither; then a person must say.
pub fn expression(source: &str) -> Option<String> {
    let head = source.lines().map_while(|line| line.strip_prefix('%'));
    let said = head.filter_map(|line| line.trim_start_matches('%').trim().strip_prefix("run:"));
    if let Some(said) = said.map(str::trim).find(|said| !said.is_empty()) {
        return Some(said.to_owned());
    }
    let code = without_comments(source);
    let module = attribute(&code, "module").next()?;
    let module = module.trim();
    let exports: Vec<String> = attribute(&code, "export")
        .flat_map(|list| list.split([',', '[', ']']))
        .map(|name| name.split_whitespace().collect())
        .collect();
    let exports_all = attribute(&code, "compile").any(|options| options.contains("export_all"));
    let has = |name: &str| {
        let is_defined = code
            .lines()
            .any(|line| line.starts_with(&format!("{name}()")));
        exports.iter().any(|export| *export == format!("{name}/0")) || (exports_all && is_defined)
    };
    let entry = ["start", "main"].into_iter().find(|name| has(name))?;
    Some(format!("{module}:{entry}()."))
}

/// What stands in the parentheses of each attribute of a name.
fn attribute<'a>(code: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let opening = format!("-{name}(");
    let starts: Vec<usize> = code
        .match_indices(&opening)
        .map(|(at, opening)| at + opening.len())
        .collect();
    starts
        .into_iter()
        .filter_map(|start| code[start..].split(").").next())
}

/// The lines without what follows a `%`. A `%` in a text only hides the rest of its line from this look.
fn without_comments(source: &str) -> String {
    let lines = source
        .lines()
        .map(|line| line.split('%').next().unwrap_or(""));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(source: &str, expected: Option<&str>) {
        assert_eq!(expression(source).as_deref(), expected, "{source}");
    }

    #[test]
    fn the_head_comment_comes_first() {
        check(
            "%% title: Ring\n%% run: ring:start(9).\n-module(ring).\n",
            Some("ring:start(9)."),
        );
        check(
            "% run: a:b().\n-module(a).\n-export([start/0]).",
            Some("a:b()."),
        );
    }

    #[test]
    fn start_is_tried_before_main() {
        check(
            "-module(a).\n-export([main/0, start/0]).\n",
            Some("a:start()."),
        );
        check(
            "-module(a).\n-export([x/1]).\n-export([ main / 0 ]).\n",
            Some("a:main()."),
        );
        check(
            "-module(a).\n-compile([export_all]).\nmain() -> 1.\n",
            Some("a:main()."),
        );
    }

    #[test]
    fn without_an_entry_a_person_must_say() {
        check("-module(a).\n-export([start/1]).\n", None);
        check("-module(a).\n%-export([start/0]).\n", None);
        check("-module(a).\n-compile(export_all).\nx() -> 1.\n", None);
        check("-export([start/0]).\n", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn any_text_has_an_expression_or_none(source in ".{0,200}") {
            let _ = expression(&source);
        }
    }
}
