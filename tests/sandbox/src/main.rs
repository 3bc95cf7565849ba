//! `sandbox serve` keeps a seeded AWS up for anything that takes `AWS_ENDPOINT_URL`; any other arguments run logbucket
//! against a fresh one.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use logbucket::aws::Connect;
use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Sandbox, seed};

fn main() -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    let sandbox = runtime.block_on(Sandbox::seeded());
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("serve") {
        let port = match arguments.next().map(|port| port.parse()) {
            None => 4599,
            Some(Ok(port)) => port,
            Some(Err(_)) => return Err(io::Error::other("usage: sandbox serve [PORT]")),
        };
        runtime.block_on(serve(&sandbox, port))?;
        return Ok(ExitCode::SUCCESS);
    }
    let argv = std::iter::once(OsString::from("logbucket")).chain(std::env::args_os().skip(1));
    Ok(ExitCode::from(logbucket::run(argv, Connect::Through(Box::new(sandbox.sdk_config()))).number()))
}

async fn serve(sandbox: &Sandbox, port: u16) -> io::Result<()> {
    let served = sandbox.serve(port).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "export AWS_ENDPOINT_URL={}", served.url())?;
    writeln!(out, "export AWS_ACCESS_KEY_ID={}", access_key_id(seed::ACCOUNT))?;
    writeln!(out, "export AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}")?;
    writeln!(out, "export AWS_REGION={}", seed::REGION)?;
    out.flush()?;
    tokio::signal::ctrl_c().await
}
