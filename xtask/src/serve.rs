//! `cargo xtask serve`: builds what the site needs and hands over to Trunk's own server.

use std::net::TcpListener;

use anyhow::{Context, Result};

use crate::step::step;
use crate::{exec, place, site};

/// How to serve.
#[derive(clap::Args)]
pub struct Options {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[command(flatten)]
    site: site::Options,
}

/// Serves until it is interrupted; rebuilds when a source changes.
pub fn run(options: &Options) -> Result<()> {
    let port = options.port;
    step("the port is free", || {
        let refused = || format!("port {port} is in use; choose another with --port");
        TcpListener::bind(("127.0.0.1", port))
            .map(drop)
            .with_context(refused)
    })?;
    let tools = site::stage(&options.site)?;
    eprintln!("  → build the app, then serve it at http://127.0.0.1:{port}");
    let mut trunk = site::trunk(&tools, "serve")?;
    exec::run(
        trunk
            .current_dir(place::root())
            .args(["--port", &port.to_string()]),
    )
}
