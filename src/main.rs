//! The `logbucket` program: everything is in the library.

use std::process::ExitCode;

use logbucket::aws::Connect;

fn main() -> ExitCode {
    let exit = logbucket::run(std::env::args_os(), Connect::Ambient);
    ExitCode::from(exit.number())
}
