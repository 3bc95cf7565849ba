//! `sandbox serve` keeps a seeded AWS up for anything that takes `AWS_ENDPOINT_URL`; any other arguments run logbucket
//! against a fresh one.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use logbucket::aws::Connect;
use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Sandbox, seed};

const PORT: u16 = 4599;
const USAGE: &str = "\
A simulated AWS with a seeded account, for trying logbucket

Usage:
  sandbox serve [PORT]     Serve it on 127.0.0.1, until interrupted; the port is 4599 unless given, 0 is any free one
  sandbox [ARGUMENTS]...   Run logbucket with these arguments against a fresh one
  sandbox --help           Print this; `sandbox help` prints logbucket's own help

`serve` prints the environment with which logbucket, or anything that takes AWS_ENDPOINT_URL, reaches it.
";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    match words.as_slice() {
        ["-h" | "--help"] => help(),
        ["serve", rest @ ..] if rest.iter().any(|word| matches!(*word, "-h" | "--help")) => help(),
        ["serve"] => serve(PORT),
        ["serve", port] => port.parse().map_or_else(|_| misused(&format!("'{port}' is not a port")), serve),
        ["serve", ..] => misused("serve takes a port and nothing else"),
        _ => {
            let runtime = tokio::runtime::Runtime::new()?;
            let sandbox = runtime.block_on(Sandbox::seeded());
            let argv = std::iter::once(OsString::from("logbucket")).chain(arguments);
            let connect = Connect::Through(Box::new(sandbox.sdk_config()));
            Ok(ExitCode::from(logbucket::run(argv, connect).number()))
        }
    }
}

fn help() -> io::Result<ExitCode> {
    io::stdout().write_all(USAGE.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Says what is wrong with the arguments; 2, as other tools have it.
fn misused(what: &str) -> io::Result<ExitCode> {
    write!(io::stderr(), "sandbox: {what}\n\n{USAGE}")?;
    Ok(ExitCode::from(2))
}

fn serve(port: u16) -> io::Result<ExitCode> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let served = match Sandbox::seeded().await.serve(port).await {
            Ok(served) => served,
            Err(error) => {
                writeln!(io::stderr(), "sandbox: cannot serve on 127.0.0.1:{port}: {error}")?;
                return Ok(ExitCode::FAILURE);
            }
        };
        let mut out = io::stdout();
        writeln!(out, "export AWS_ENDPOINT_URL={}", served.url())?;
        writeln!(out, "export AWS_ACCESS_KEY_ID={}", access_key_id(seed::ACCOUNT))?;
        writeln!(out, "export AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}")?;
        writeln!(out, "export AWS_REGION={}", seed::REGION)?;
        out.flush()?;
        tokio::signal::ctrl_c().await?;
        Ok(ExitCode::SUCCESS)
    })
}
