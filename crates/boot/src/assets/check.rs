//! Is what arrived what was asked for? The status alone does not tell: hosts answer with their
//! start page, a proxy's notice or half a file, and all of them say 200.

use super::{Asset, AssetProblem, Digest};

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A WebAssembly module.
    Wasm,
    /// A pack of Erlang modules.
    Pack,
    /// One Erlang module.
    Beam,
    /// A JavaScript module.
    Script,
    /// Anything else.
    Data,
}

impl Kind {
    /// The kind a name promises.
    pub fn of_url(url: &str) -> Self {
        match url.rsplit_once('.').map(|(_, extension)| extension) {
            Some("wasm") => Kind::Wasm,
            Some("avm") => Kind::Pack,
            Some("beam") => Kind::Beam,
            Some("js" | "mjs") => Kind::Script,
            _ => Kind::Data,
        }
    }

    /// The first bytes every file of the kind has.
    fn magic(self) -> &'static [u8] {
        match self {
            Kind::Wasm => b"\0asm",
            Kind::Pack => b"#!/usr/bin/env AtomVM\n",
            Kind::Beam => b"FOR1",
            Kind::Script | Kind::Data => b"",
        }
    }

    /// The kind that content has by its magic, if it has one.
    fn of_content(bytes: &[u8]) -> Option<Self> {
        [Kind::Wasm, Kind::Pack, Kind::Beam]
            .into_iter()
            .find(|k| bytes.starts_with(k.magic()))
    }

    /// Its name in a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Wasm => "a WebAssembly module",
            Kind::Pack => "an AtomVM pack",
            Kind::Beam => "a BEAM module",
            Kind::Script => "a script",
            Kind::Data => "a data file",
        }
    }
}

/// What was asked for. A file somebody else put on the host has neither size nor digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its address, as shown to people.
    pub url: String,
    /// What it must be.
    pub kind: Kind,
    /// Its size, where it is known.
    pub bytes: Option<u64>,
    /// Its digest, where it is known.
    pub sha256: Option<Digest>,
}

impl From<&Asset> for Expected {
    fn from(asset: &Asset) -> Self {
        Expected {
            url: asset.url.to_string(),
            kind: Kind::of_url(asset.url.as_str()),
            bytes: Some(asset.bytes),
            sha256: Some(asset.sha256),
        }
    }
}

/// So much of a body tells what it is.
pub const HEAD_BYTES: usize = 256;

/// What arrived.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header, or nothing.
    pub content_type: &'a str,
    /// The first bytes of the body: all of them, or [`HEAD_BYTES`].
    pub head: &'a [u8],
    /// The size of the body, as far as it was read.
    pub bytes: u64,
    /// The digest of the body.
    pub sha256: Digest,
}

/// Checks what arrived against what was asked for.
pub fn diagnose(expected: &Expected, received: Received<'_>) -> Result<(), AssetProblem> {
    let url = || expected.url.clone();
    match received.status {
        200 => {}
        status @ (404 | 410) => return Err(AssetProblem::Missing { url: url(), status }),
        status => return Err(AssetProblem::Status { url: url(), status }),
    }
    if expected.sha256 == Some(received.sha256) {
        return Ok(());
    }
    if is_html(received.content_type, received.head) {
        return Err(AssetProblem::Html { url: url() });
    }
    if !received.head.starts_with(expected.kind.magic()) {
        let found = describe(received.head);
        return Err(AssetProblem::WrongKind {
            url: url(),
            expected: expected.kind,
            found,
        });
    }
    if let Some(bytes) = expected.bytes {
        if received.bytes < bytes {
            return Err(AssetProblem::Truncated {
                url: url(),
                expected: bytes,
                received: received.bytes,
            });
        }
        if received.bytes > bytes {
            return Err(AssetProblem::TooLong {
                url: url(),
                expected: bytes,
            });
        }
    }
    match expected.sha256 {
        Some(digest) => Err(AssetProblem::Changed {
            url: url(),
            expected: digest,
            found: received.sha256,
        }),
        None => Ok(()),
    }
}

/// Hosts label a page `text/html`, but some label it by the extension that was asked for.
fn is_html(content_type: &str, body: &[u8]) -> bool {
    let has_magic = Kind::of_content(body).is_some();
    let is_labelled = content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("text/html");
    let text = body
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(body)
        .trim_ascii_start();
    let starts = |tag: &[u8]| {
        text.get(..tag.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(tag))
    };
    let is_page = [
        &b"<!doctype html"[..],
        b"<html",
        b"<head",
        b"<body",
        b"<!--",
    ]
    .map(starts);
    !has_magic && (is_labelled || is_page.contains(&true))
}

/// What a body looks like, in a few words.
fn describe(body: &[u8]) -> String {
    match (Kind::of_content(body), body) {
        (Some(kind), _) => kind.name().to_owned(),
        (None, []) => "an empty answer".to_owned(),
        (None, [0x1f, 0x8b, ..]) => "gzip data that was not unpacked on the way".to_owned(),
        (None, _) => {
            let hex: Vec<String> = body
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("bytes {}", hex.join(" "))
        }
    }
}
