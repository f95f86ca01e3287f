//! Is what arrived what was asked for? Names the problem in words a person can act on:
//! hosts answer with their start page, a proxy's notice or half a file, and all of them say 200.

use std::fmt;

use super::{Asset, Digest};

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

    fn name(self) -> &'static str {
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

/// What arrived.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header, or nothing.
    pub content_type: &'a str,
    /// The body. It may end early when it passed the expected size.
    pub body: &'a [u8],
    /// The digest of the body.
    pub sha256: Digest,
}

/// What is wrong with a fetched file. Its [`Display`](fmt::Display) says so to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetProblem {
    /// No answer, or one that broke off.
    Unreachable {
        /// The address.
        url: String,
        /// What the browser said.
        cause: String,
    },
    /// The host says that there is no such file.
    Missing {
        /// The address.
        url: String,
        /// 404 or 410.
        status: u16,
    },
    /// The host answered with another failure.
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// A web page came instead.
    Html {
        /// The address.
        url: String,
    },
    /// It begins like something else.
    WrongKind {
        /// The address.
        url: String,
        /// What it must be.
        expected: Kind,
        /// What it looks like.
        found: String,
    },
    /// Fewer bytes than the build has.
    Truncated {
        /// The address.
        url: String,
        /// Bytes of the build's file.
        expected: u64,
        /// Bytes that came.
        received: u64,
    },
    /// More bytes than the build has.
    TooLong {
        /// The address.
        url: String,
        /// Bytes of the build's file.
        expected: u64,
    },
    /// The right size and kind, but not the bytes of this build.
    Changed {
        /// The address.
        url: String,
        /// The digest in the manifest.
        expected: Digest,
        /// The digest of what came.
        found: Digest,
    },
}

/// Checks what arrived against what was asked for.
pub fn diagnose(expected: &Expected, received: Received<'_>) -> Result<(), AssetProblem> {
    let url = || expected.url.clone();
    let length = received.body.len() as u64;
    match received.status {
        200 => {}
        status @ (404 | 410) => return Err(AssetProblem::Missing { url: url(), status }),
        status => return Err(AssetProblem::Status { url: url(), status }),
    }
    if expected.sha256 == Some(received.sha256) {
        return Ok(());
    }
    if is_html(received.content_type, received.body) {
        return Err(AssetProblem::Html { url: url() });
    }
    if !received.body.starts_with(expected.kind.magic()) {
        let found = describe(received.body);
        return Err(AssetProblem::WrongKind {
            url: url(),
            expected: expected.kind,
            found,
        });
    }
    if let Some(bytes) = expected.bytes {
        if length < bytes {
            return Err(AssetProblem::Truncated {
                url: url(),
                expected: bytes,
                received: length,
            });
        }
        if length > bytes {
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

impl AssetProblem {
    /// The address of the file.
    pub fn url(&self) -> &str {
        match self {
            AssetProblem::Unreachable { url, .. }
            | AssetProblem::Missing { url, .. }
            | AssetProblem::Status { url, .. }
            | AssetProblem::Html { url }
            | AssetProblem::WrongKind { url, .. }
            | AssetProblem::Truncated { url, .. }
            | AssetProblem::TooLong { url, .. }
            | AssetProblem::Changed { url, .. } => url,
        }
    }
}

impl fmt::Display for AssetProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssetProblem::Unreachable { url, cause } => write!(
                f,
                "{url} could not be fetched ({cause}). Check the connection, then load the page again."
            ),
            AssetProblem::Missing { url, status } => write!(
                f,
                "The server has no {url} ({status}). The page may be older than what is on the \
                 host: load it again. If that does not help, copy the whole of dist/ to the host."
            ),
            AssetProblem::Status { url, status } => write!(
                f,
                "The server answered {status} when asked for {url}. Load the page again in a while."
            ),
            AssetProblem::Html { url } => write!(
                f,
                "The server answered with an HTML page in the place of {url}. The file is not on \
                 the host, and the host sends a page for what it does not have. Copy the whole of \
                 dist/ to the host, and let it answer 404 for missing files."
            ),
            AssetProblem::WrongKind {
                url,
                expected,
                found,
            } => write!(
                f,
                "{url} should be {}, but the server sent {found}. Copy the file to the host \
                 again, unchanged.",
                expected.name()
            ),
            AssetProblem::Truncated {
                url,
                expected,
                received,
            } => write!(
                f,
                "{url} arrived incomplete: {received} of {expected} bytes. Load the page again; \
                 if it stays so, copy the file to the host again."
            ),
            AssetProblem::TooLong { url, expected } => write!(
                f,
                "{url} is longer than the {expected} bytes of this build. Copy the whole of dist/ \
                 to the host again."
            ),
            AssetProblem::Changed {
                url,
                expected,
                found,
            } => write!(
                f,
                "{url} is not the file of this build (SHA-256 {found}, not {expected}), so it was \
                 not used. Load the page again; if it stays so, copy the whole of dist/ to the \
                 host again."
            ),
        }
    }
}

impl std::error::Error for AssetProblem {}
