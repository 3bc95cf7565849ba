//! Limits the output of a `credential_process`.
//!
//! The SDK passes the command to `sh -c` and keeps all of its output, which may be endless. A wrapping shell passes on
//! only the beginning of both outputs, and the exit code. Windows has no such shell: there the command is unchanged and
//! only its time is limited.

/// The most bytes of standard output; credentials take a few hundred.
const OUTPUT: usize = 1024 * 1024;

/// The maximum bytes kept of standard error, which the SDK quotes in its error; the rest is discarded.
const ERRORS: usize = 16 * 1024;

/// The exit code of a command that a closed pipe stopped, as POSIX shells report it.
const STOPPED: u8 = 128 + 13;

/// Wraps the command with limits. The result contains no blank before `#` or `;`, which would start a comment in the
/// file.
pub(super) fn bounded(command: &str) -> String {
    if cfg!(windows) || command.is_empty() {
        return command.to_owned();
    }
    let quoted = command.replace('\'', r"'\''");
    // Descriptor 3 carries the exit code, 4 and 5 are the outputs that the SDK reads, and 6 is the pipe for the
    // standard output.
    format!(
        "exec 4>&1 5>&2; code=$({{ {{ {{ sh -c '{quoted}' 3>&- 4>&- 5>&- 6>&-; echo $? >&3; }} 2>&1 >&6 | {{ head -c {ERRORS} >&5; cat >/dev/null; }}; }} \
         6>&1 | head -c {OUTPUT} >&4; }} 3>&1); if [ $code = {STOPPED} ]; then echo 'stopped: it printed more than 1 MiB' >&2; fi; \
         exit $code"
    )
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use super::*;

    fn ran(command: &str) -> Output {
        Command::new("sh").args(["-c", &bounded(command)]).output().unwrap()
    }

    #[test]
    fn the_output_and_exit_code_of_a_command_are_unchanged() {
        for command in [
            "printf '%s' \"it's $((1+1))\"; echo why >&2; exit 3",
            "true",
            "exit 7",
            "echo a | tr a b",
            "no-such-command-anywhere 2>/dev/null",
            "(echo 'a # b'; exit 2) || exit 9",
            "echo \"$0 $1\"",
        ] {
            let plain = Command::new("sh").args(["-c", command]).output().unwrap();
            assert_eq!(ran(command), plain, "{command}");
        }
    }

    #[test]
    fn endless_output_is_cut_off_and_the_command_stopped() {
        for command in ["yes", "cat /dev/zero", "exec yes"] {
            let Output { status, stdout, stderr } = ran(command);
            assert_eq!(status.code(), Some(i32::from(STOPPED)), "{command}");
            assert!(stdout.len() <= OUTPUT && stderr.len() <= ERRORS + 100, "{command}");
            assert!(String::from_utf8_lossy(&stderr).ends_with("stopped: it printed more than 1 MiB\n"), "{command}");
        }
    }

    #[test]
    fn a_command_with_long_error_output_still_returns_its_credentials() {
        let Output { status, stdout, stderr } = ran("yes | head -c 3000000 >&2 && echo credentials");
        assert_eq!((status.code(), stdout.as_slice()), (Some(0), b"credentials\n".as_slice()));
        assert_eq!(stderr.len(), ERRORS);
    }

    #[test]
    fn the_wrapper_contains_no_comment() {
        let text = bounded("run");
        assert!(!text.contains(" #") && !text.contains(" ;"), "{text}");
    }
}
