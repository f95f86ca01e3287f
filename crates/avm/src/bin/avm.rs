//! The command line tool over the library.

fn main() {}
