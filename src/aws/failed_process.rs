//! Shortens the SDK's error about a failed `credential_process`, which quotes its exit status and all of its standard
//! error.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

use crate::model::is_hidden;

use super::secret_words::without_secrets;

/// The beginning of the error message for a process that gave no credentials.
pub(super) const FAILED: &str = "the `credential_process` of ";

/// The SDK's texts: <https://docs.rs/crate/aws-config/latest/source/src/credential_process.rs>.
const EXITED: &str = "external process exited with code ";
const STDERR: &str = ". Stderr: ";
const FROM_PROCESS: &str = "from external process";

/// How many characters of the first line are quoted.
const QUOTED: usize = 200;

/// Rewrites the error if a process failed; `profile` is the profile that names the process.
pub(super) fn in_our_words(error: CredentialsError, profile: Option<&str>) -> CredentialsError {
    let whose = profile.map_or_else(|| "a profile".to_owned(), |profile| format!("profile `{profile}`"));
    match process_problem(&error) {
        Some(what) => CredentialsError::provider_error(format!("{FAILED}{whose} {what}")),
        None => error,
    }
}

/// Describes the problem if a process failed.
fn process_problem(error: &CredentialsError) -> Option<String> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if let Some((_, exited)) = text.split_once(EXITED) {
            let (status, printed) = exited.split_once(STDERR).unwrap_or((exited, ""));
            let status = ended(status);
            return Some(match first_line(printed) {
                Some(line) => format!("{status}: {line}"),
                None => format!("{status} and printed no error message"),
            });
        }
        if let Some((_, why)) = text.split_once(FROM_PROCESS) {
            let why = why.trim_start_matches([',', ':', ' ']);
            return Some(format!("gave no credentials: {}", first_line(why).unwrap_or_default()));
        }
        next = error.source();
    }
    None
}

/// Describes how a process ended, from the standard library's text, which differs between systems.
fn ended(status: &str) -> String {
    match status.rsplit_once(": ") {
        Some((before, code)) if before.ends_with("exit status") || before.ends_with("exit code") => {
            format!("failed with exit code {code}")
        }
        Some(_) | None => format!("failed ({status})"),
    }
}

/// Returns the first line with text, without terminal escapes and without possible secrets.
fn first_line(printed: &str) -> Option<String> {
    let plain = anstream::adapter::strip_str(printed).to_string();
    let line = plain.lines().map(shown).find(|line| !line.is_empty())?;
    let line = without_secrets(&line);
    let mut quoted: String = line.chars().take(QUOTED).collect();
    if quoted.len() < line.len() {
        quoted.push_str("...");
    }
    Some(quoted)
}

fn shown(line: &str) -> String {
    let visible: String = line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    visible.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_in(text: &str) -> Option<String> {
        process_problem(&CredentialsError::provider_error(text.to_owned()))
    }

    #[test]
    fn a_failed_process_is_reported_by_exit_code_and_first_line() {
        for (text, expected) in [
            (
                "exit status: 3. Stderr: \n\u{1b}[31mno such vault\u{1b}[0m\r\nmore\n",
                "failed with exit code 3: no such vault",
            ),
            ("exit code: 1. Stderr: a\tb: c. Stderr: d\n", "failed with exit code 1: a b: c. Stderr: d"),
            ("exit status: 7. Stderr: \n \n", "failed with exit code 7 and printed no error message"),
            ("signal: 9 (SIGKILL). Stderr: ", "failed (signal: 9 (SIGKILL)) and printed no error message"),
        ] {
            let text = format!("Error retrieving credentials: external process exited with code {text}");
            assert_eq!(problem_in(&text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(problem_in("no credentials in chain"), None);
    }

    #[test]
    fn an_unreadable_answer_is_reported_as_such() {
        let text = "Error retrieving credentials from external process, could not parse response: no AccessKeyId";
        assert_eq!(problem_in(text).unwrap(), "gave no credentials: could not parse response: no AccessKeyId");
    }

    #[test]
    fn possible_secrets_are_hidden_and_the_rest_is_not() {
        for (line, expected) in [
            ("bad {\"SecretAccessKey\": \"x\"}", "bad {\"SecretAccessKey\": [hidden]"),
            ("bad key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY here", "bad key [hidden]"),
            ("id=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "[hidden]"),
            ("the SSO token has expired: run aws sso login", "the SSO token has expired: run aws sso login"),
            (
                "/opt/tools/get-credentials: line 2: vault: not found",
                "/opt/tools/get-credentials: line 2: vault: not found",
            ),
        ] {
            assert_eq!(first_line(line).as_deref(), Some(expected), "{line}");
        }
        let long = first_line(&"ab ".repeat(400)).unwrap();
        assert!(long.len() <= QUOTED + 3 && long.ends_with("..."), "{long}");
    }
}
