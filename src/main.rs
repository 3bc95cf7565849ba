//! The `logbucket` program: everything is in the library.

use std::process::ExitCode;

use logbucket::aws::Access;

fn main() -> ExitCode {
    #[cfg(unix)]
    restart_without_variables();
    let exit = logbucket::run(std::env::args_os(), Access::Ambient);
    ExitCode::from(exit.number())
}

/// Starts over in place of this process where AWS variables are empty or to be ignored. The AWS CLI takes them for unset ones; the
/// SDK, which reads the environment by itself, panics on some and uses others. Returns where there are none, or the program can't be
/// started again.
#[cfg(unix)]
fn restart_without_variables() {
    use std::os::unix::process::CommandExt as _;

    use clap::Parser as _;
    use logbucket::cli::Cli;

    // A command line that is wrong names no profile, and asks AWS nothing.
    let profile = Cli::try_parse_from(std::env::args_os()).ok().and_then(|cli| cli.global.profile);
    let unset = logbucket::aws::variables_to_unset(profile.as_deref());
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
        // Only an error comes back: the run goes on as it is.
        let _ = again.exec();
    }
}
