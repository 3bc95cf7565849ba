//! A `credential_process` that failed, in words of its own: the SDK quotes its exit status and all that it printed on standard error.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

use crate::model::is_hidden;

use super::secret_words::without_secrets;

/// How an error begins that is about a process which gave no credentials.
pub(super) const FAILED: &str = "the `credential_process` of ";

/// The SDK's words: <https://docs.rs/crate/aws-config/latest/source/src/credential_process.rs>.
const EXITED: &str = "external process exited with code ";
const STDERR: &str = ". Stderr: ";
const FROM_PROCESS: &str = "from external process";

/// Characters of the first line that are quoted.
const QUOTED: usize = 200;

/// The error in our words, where a process is what failed; `profile` is the one that names the process.
pub(super) fn in_our_words(error: CredentialsError, profile: Option<&str>) -> CredentialsError {
    let whose = profile.map_or_else(|| "a profile".to_owned(), |profile| format!("profile `{profile}`"));
    match said(&error) {
        Some(what) => CredentialsError::provider_error(format!("{FAILED}{whose} {what}")),
        None => error,
    }
}

/// What is wrong with the process, where it is what failed.
fn said(error: &CredentialsError) -> Option<String> {
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

/// How a process ended, by the words of the standard library, which differ between systems.
fn ended(status: &str) -> String {
    match status.rsplit_once(": ") {
        Some((before, code)) if before.ends_with("exit status") || before.ends_with("exit code") => {
            format!("failed with exit code {code}")
        }
        Some(_) | None => format!("failed ({status})"),
    }
}

/// The first line that says something, without what a terminal obeys and without what may be a secret.
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

    fn told(text: &str) -> Option<String> {
        said(&CredentialsError::provider_error(text.to_owned()))
    }

    #[test]
    fn a_process_that_ended_badly_is_told_by_its_code_and_its_first_line() {
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
            assert_eq!(told(&text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(told("no credentials in chain"), None);
    }

    #[test]
    fn an_answer_that_is_none_is_told_as_such() {
        let text = "Error retrieving credentials from external process, could not parse response: no AccessKeyId";
        assert_eq!(told(text).unwrap(), "gave no credentials: could not parse response: no AccessKeyId");
    }

    #[test]
    fn what_may_be_a_secret_is_hidden_and_the_rest_is_not() {
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
