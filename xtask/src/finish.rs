//! Trunk's post-build hook: makes the built page fit for a strict content security policy on a host that
//! sends no headers. The policy becomes a meta tag, what the app must know of the staged assets becomes data
//! blocks, which no browser runs. Refuses a page with an inline script, since the policy would block it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{headers, place};

/// Where the policy goes: before anything that it governs.
const POLICY_MARK: &str = "<!-- policy -->";
/// Where the data blocks go.
const DATA_MARK: &str = "<!-- data -->";

/// Runs on the folder that Trunk has just built, before it replaces `dist/`.
pub fn run() -> Result<()> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let folder = folder
        .context("TRUNK_STAGING_DIR is not set: this is a hook of Trunk's, see Trunk.toml")?;
    let page_path = folder.join("index.html");
    let page = fs::read_to_string(&page_path)?;
    let read = |name: &str| fs::read_to_string(place::staged_data().join(name));
    let (assets, examples) = (read("assets.json")?, read("examples.json")?);
    let headers = headers::read()?;
    let data = [("assets", &*assets), ("examples", &*examples)];
    fs::write(&page_path, finish(&page, headers.page_policy(), &data)?)?;
    Ok(())
}

/// Returns the page with its marks filled in.
fn finish(page: &str, policy: &str, data: &[(&str, &str)]) -> Result<String> {
    refuse_inline_scripts(page)?;
    let meta = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    let blocks: String = data.iter().map(|(id, json)| data_block(id, json)).collect();
    let page = replace_once(page, POLICY_MARK, &meta)?;
    replace_once(&page, DATA_MARK, &blocks)
}

fn data_block(id: &str, json: &str) -> String {
    // A closing tag inside the data would end the block early.
    let json = json.trim().replace("</", "<\\/");
    format!("<script type=\"application/json\" id=\"{id}\">{json}</script>")
}

fn replace_once(page: &str, mark: &str, with: &str) -> Result<String> {
    if page.matches(mark).count() != 1 {
        bail!("index.html must hold `{mark}` exactly once");
    }
    Ok(page.replace(mark, with))
}

fn refuse_inline_scripts(page: &str) -> Result<()> {
    for tag in page.split("<script").skip(1) {
        let attributes = tag.split('>').next().unwrap_or_default();
        if !attributes.contains("src=") {
            bail!("an inline script is in the page: <script{attributes}>");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<head><!-- policy --><!-- data --><script src=\"start.js\"></script></head>";

    #[test]
    fn the_marks_are_filled_and_data_cannot_end_its_block() {
        let data = [("assets", "{\"a\":\"</script>\"}\n")];
        let page = finish(PAGE, "script-src 'self'", &data).expect("a known shape");
        assert_eq!(
            page,
            "<head><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'\">\
             <script type=\"application/json\" id=\"assets\">{\"a\":\"<\\/script>\"}</script>\
             <script src=\"start.js\"></script></head>"
        );
    }

    #[test]
    fn a_page_of_another_shape_is_refused() {
        let refused = |page: &str| finish(page, "", &[]).expect_err("refused").to_string();
        assert_eq!(
            refused(&PAGE.replace("<!-- policy -->", "")),
            "index.html must hold `<!-- policy -->` exactly once"
        );
        assert_eq!(
            refused(&PAGE.replace("</head>", "<script>alert(1)</script></head>")),
            "an inline script is in the page: <script>"
        );
    }
}
