//! The response headers are written in several places, each in the language of its reader. They agree
//! with `deploy/headers.json`, or a host would behave unlike the service worker.

#![allow(clippy::unwrap_used)] // Helpers of tests; the lint knows only `#[test]` functions.

use std::path::Path;

use serde_json::{Map, Value};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn headers() -> Map<String, Value> {
    serde_json::from_str(&read("deploy/headers.json")).unwrap()
}

/// Every header of the list, as the file at `path` would write it, stands in the file once.
#[track_caller]
fn check(path: &str, written: impl Fn(&str, &str) -> String) {
    let text = read(path);
    for (name, value) in headers()["security"].as_object().unwrap() {
        let line = written(name, value.as_str().unwrap());
        assert_eq!(
            text.matches(&line).count(),
            1,
            "{path} should say once: {line}"
        );
    }
}

#[test]
fn the_service_worker_sends_them() {
    // Its formatter breaks a long line after the name.
    let text = read("sw/sw.js").replace(":\n    ", ": ");
    for (name, value) in headers()["security"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let quote = if value.contains('\'') { '"' } else { '\'' };
        let line = format!("'{name}': {quote}{value}{quote},");
        assert_eq!(
            text.matches(&line).count(),
            1,
            "sw/sw.js should say once: {line}"
        );
    }
}

#[test]
fn the_local_server_sends_them() {
    check("Trunk.toml", |name, value| {
        format!("\"{name}\" = \"{value}\"\n")
    });
}

#[test]
fn nginx_sends_them() {
    check("deploy/nginx/headers.conf", |name, value| {
        format!("add_header {name} \"{value}\" always;\n")
    });
}

#[test]
fn every_location_of_nginx_includes_them() {
    let text = read("deploy/nginx/site.conf");
    let locations = text.matches("location ").count();
    assert_eq!(
        text.matches("atomvm-console/headers.conf;").count(),
        locations
    );
}

#[test]
fn nginx_keeps_what_carries_a_digest() {
    let folders = headers()["hashed_folders"].clone();
    let names: Vec<&str> = folders
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let text = read("deploy/nginx/site.conf");
    assert!(text.contains(&format!("location ~ \"^/({})/", names.join("|"))));
    assert!(text.contains(&format!("add_header Cache-Control \"{}\";", immutable())));
}

#[test]
fn the_headers_file_of_static_hosts_names_them_within_its_bounds() {
    check("deploy/_headers", |name, value| {
        format!("  {name}: {value}\n")
    });
    let text = read("deploy/_headers");
    let rules = text.lines().filter(|line| line.starts_with('/')).count();
    assert!(rules <= 100 && text.lines().all(|line| line.len() <= 2000));
    for folder in headers()["hashed_folders"].as_array().unwrap() {
        let rule = format!(
            "/{}/*\n  Cache-Control: {}\n",
            folder.as_str().unwrap(),
            immutable()
        );
        assert!(text.contains(&rule), "{rule}");
    }
}

fn immutable() -> String {
    headers()["cache"]["never_ask"].as_str().unwrap().to_owned()
}

#[test]
fn the_policy_in_the_page_is_the_one_in_the_header_but_for_what_a_page_cannot_say() {
    let all = headers();
    let header = all["security"]["Content-Security-Policy"].as_str().unwrap();
    let in_page = all["meta_csp"].as_str().unwrap();
    assert_eq!(header, format!("{in_page}; frame-ancestors 'self'"));
}

#[test]
fn the_policy_lets_no_text_become_code() {
    let all = headers();
    let policy = all["meta_csp"].as_str().unwrap();
    let directives: Vec<(&str, &str)> = policy
        .split("; ")
        .map(|directive| directive.split_once(' ').unwrap())
        .collect();
    assert_eq!(directives[0], ("default-src", "'none'"));
    assert!(directives.contains(&("script-src", "'self' 'wasm-unsafe-eval'")));
    assert!(!policy.contains("'unsafe-eval'") && !policy.contains("http") && !policy.contains('*'));
    let inline = directives
        .iter()
        .filter(|(_, sources)| sources.contains("'unsafe-inline'"));
    assert_eq!(
        inline.map(|(name, _)| *name).collect::<Vec<_>>(),
        ["style-src-attr"]
    );
}
