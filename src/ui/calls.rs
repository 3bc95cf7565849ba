//! Lines about AWS calls, for `--verbose`, and about slow credentials.

use crate::aws::{CredentialWait, TracedCall};

use super::clean::clean;
use super::streams::{stderr, stderr_wrapped};

/// Prints an AWS call, for `--verbose`.
pub(crate) fn call(call: &TracedCall) {
    let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let code = call.code.as_deref().map(|code| format!(" {}", clean(code))).unwrap_or_default();
    let (at, took) = (call.at.as_secs_f64(), call.took.as_millis());
    stderr(&format!("{at:>6.2}s aws {} {status}{code} ({took} ms)", clean(&call.name)));
}

/// Prints that credentials are slow to arrive.
pub(crate) fn credential_wait(wait: &CredentialWait<'_>) {
    let source = match wait.process {
        Some(profile) => format!("the `credential_process` of profile `{}`", clean(profile)),
        None => "credentials".to_owned(),
    };
    let seconds = wait.at_most.as_secs();
    stderr_wrapped("note: ", 2, &format!("still waiting for {source}; logbucket gives up after {seconds} seconds"));
}
