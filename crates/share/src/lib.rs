//! A program in the fragment of an address, and how a program is run. What comes from an address is hostile until
//! it has been read here: bounded before and after it is inflated, and refused with a reason. Knows no browser.

mod base64;
mod program;
mod run;

pub use program::{LinkError, Program, Source, decode, encode, limits};
pub use run::expression;
