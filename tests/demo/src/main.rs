//! Runs logbucket with all arguments against a fresh simulated AWS.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use logbucket::Access;
use sandbox::{Sandbox, seed};

/// The variable that decides where logbucket keeps its receipts.
const STATE: &str = "XDG_STATE_HOME";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // The demo also works without its own state folder.
    let _ = restarted_apart(&arguments);
    let runtime = tokio::runtime::Runtime::new()?;
    let sandbox = runtime.block_on(Sandbox::seeded());
    runtime.block_on(seed::plant_classic(&sandbox));
    seed::plant_vpc(&sandbox);
    let argv = std::iter::once(OsString::from("logbucket")).chain(arguments);
    let connect = Access::Through(Box::new(sandbox.sdk_config()));
    Ok(ExitCode::from(logbucket::run(argv, connect).number()))
}

/// Restarts the demo with its own state folder, so that receipts of simulated runs don't mix with real receipts.
/// Returns only if the demo already uses that folder, or if the restart fails.
fn restarted_apart(arguments: &[OsString]) -> io::Result<()> {
    let state = std::env::temp_dir().join("logbucket-sandbox");
    if std::env::var_os(STATE).is_some_and(|named| named == state) {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let mut again = std::process::Command::new(std::env::current_exe()?);
        Err(again.args(arguments).env(STATE, state).exec())
    }
    #[cfg(not(unix))]
    Ok(())
}
