//! The `logbucket` program; all code is in the library.

use std::process::ExitCode;

use logbucket::Access;

fn main() -> ExitCode {
    #[cfg(unix)]
    restart_without_variables();
    let exit = logbucket::run(std::env::args_os(), Access::Ambient);
    ExitCode::from(exit.number())
}

/// Restarts this process without the AWS variables that are empty or must be ignored. The AWS CLI treats such variables
/// as unset. The SDK reads the environment itself: it panics on some and uses others. Returns only if there are no
/// such variables, or if the restart fails.
#[cfg(unix)]
fn restart_without_variables() {
    use std::os::unix::process::CommandExt as _;

    use clap::Parser as _;
    use logbucket::internals::cli::Cli;

    // An invalid command line names no profile and makes no AWS calls.
    let profile = Cli::try_parse_from(std::env::args_os()).ok().and_then(|cli| cli.global.profile);
    let unset = logbucket::internals::aws::variables_to_unset(profile.as_deref());
    if !unset.is_empty()
        && let Ok(program) = std::env::current_exe()
    {
        let mut arguments = std::env::args_os();
        let mut again = std::process::Command::new(program);
        if let Some(name) = arguments.next() {
            again.arg0(name);
        }
        again.args(arguments);
        for name in &unset {
            again.env_remove(name);
        }
        // `exec` returns only on failure: continue without a restart.
        let _ = again.exec();
    }
}
