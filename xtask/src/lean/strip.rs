//! Debug information: DWARF and names are three quarters of the npm build and nothing reads them.

use walrus::Module;

use super::Outcome;

/// Drops the custom sections; the names are left out when the module is written.
pub fn strip(module: &mut Module) -> Outcome {
    let sections: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for &id in &sections {
        module.customs.delete(id);
    }
    let names = module
        .funcs
        .iter()
        .filter(|function| function.name.is_some())
        .count();
    match (sections.len(), names) {
        (0, 0) => Outcome::NotNeeded("there is no debug information"),
        (sections, names) => {
            Outcome::Done(format!("{sections} sections and {names} names dropped"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lean::{Names, parse};

    fn check(text: &str) -> (Outcome, usize) {
        let mut module = parse(&wat::parse_str(text).unwrap(), Names::Dropped).unwrap();
        let outcome = strip(&mut module);
        (outcome, module.emit_wasm().len())
    }

    #[test]
    fn names_and_custom_sections_go() {
        let (outcome, bytes) =
            check(r#"(module (func $boot) (@custom "notes" "what we thought"))"#);
        assert_eq!(
            outcome,
            Outcome::Done("1 sections and 1 names dropped".into())
        );
        assert_eq!(bytes, check("(module (func))").1);
    }

    #[test]
    fn a_bare_module_needs_nothing() {
        let (outcome, _) = check("(module (func))");
        assert_eq!(outcome, Outcome::NotNeeded("there is no debug information"));
    }
}
