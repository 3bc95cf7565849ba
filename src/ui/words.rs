//! Parts of sentences: counts, lists, step numbers, commands.

use std::ffi::OsString;

pub(super) use crate::model::listed;
use crate::plan::Approval;
use crate::request::{CommandLine, Request, Unprintable};

/// Returns a number with its noun.
pub(super) fn counted(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Lists names for a headline: up to four in full, otherwise three and a count.
pub(super) fn shortened(names: &[String]) -> String {
    match names.len() {
        0..=4 => listed(names),
        many => format!("{} and {} more", names.iter().take(3).cloned().collect::<Vec<_>>().join(", "), many - 3),
    }
}

/// Returns `step 2` or `steps 2 and 3`.
pub(super) fn steps(numbers: &[usize]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{} {}", if numbers.len() == 1 { "step" } else { "steps" }, listed(&words))
}

/// Returns the command that repeats a request.
pub(crate) fn command(request: &Request) -> Result<CommandLine, Unprintable> {
    logbucket(&request.to_args())
}

/// Returns the command that checks, later, whether logs have arrived.
pub(super) fn check_command(request: &Request) -> Result<CommandLine, Unprintable> {
    logbucket(&request.to_check_args())
}

/// Returns either the command or the reason why there is none.
pub(super) fn either(command: Result<CommandLine, Unprintable>) -> (Option<String>, Option<String>) {
    match command {
        Ok(command) => (Some(command.to_string()), None),
        Err(why) => (None, Some(why.to_string())),
    }
}

/// Returns the logbucket command with these arguments.
pub(super) fn logbucket(args: &[OsString]) -> Result<CommandLine, Unprintable> {
    CommandLine::new("logbucket", args)
}

/// Returns the flag that exempts the log service from a Deny statement.
pub(super) fn exempt(name: &str) -> String {
    exempts(&[name])
}

/// Returns the flag for a missing approval.
pub(super) fn approval(missing: &Approval) -> String {
    match missing {
        Approval::Exempt(name) => format!("--exempt {name}"),
        Approval::Fix => "--fix".to_owned(),
        Approval::Yes => "--yes".to_owned(),
    }
}

/// Returns the flags for all missing approvals.
pub(super) fn approvals(missing: &[Approval]) -> String {
    let flags = missing.iter().flat_map(|approval| match approval {
        Approval::Exempt(name) => vec!["--exempt", name.as_str()],
        Approval::Fix => vec!["--fix"],
        Approval::Yes => vec!["--yes"],
    });
    match CommandLine::new("", flags) {
        Ok(flags) => format!("`{}`", flags.as_str().trim_start()),
        Err(_) => "`--exempt` with each statement's name, `--fix` and `--yes`".to_owned(),
    }
}

/// Returns the flags that exempt the log service from several statements, or a description if the names can't be
/// written as a command.
pub(super) fn exempts(names: &[impl AsRef<str>]) -> String {
    let flags = names.iter().flat_map(|name| ["--exempt", name.as_ref()]);
    match CommandLine::new("", flags) {
        Ok(flags) => format!("`{}`", flags.as_str().trim_start()),
        Err(_) => "`--exempt` with the statement's name".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_named_by_their_numbers() {
        assert_eq!(steps(&[2]), "step 2");
        assert_eq!(steps(&[2, 3, 5]), "steps 2, 3 and 5");
    }
}
