//! What can be wrong with a fetched file, and the words for people: what happened and what to do.

use std::fmt;

use super::{Digest, Kind};

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

    /// The words for a file that a person asked for by name, and that is no part of the build: then a
    /// missing one is most likely a slip of the pen.
    pub fn asked_for(&self) -> String {
        match self {
            AssetProblem::Missing { url, status } => format!(
                "This site has no {url} ({status}). Check the name in the address of the page."
            ),
            other => other.to_string(),
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
