//! Handles credentials that arrive late or that can't be sent in a request.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider, future};
use tokio::time::timeout;

use super::failed_process::in_our_words;

/// How long to wait for credentials before telling the user.
const QUIET: Duration = Duration::from_secs(5);

/// How long to wait in total: the user may have to type a code or sign in.
const IN_ALL: Duration = Duration::from_mins(1);

/// The SDK's own time limit, which is never reached.
pub(super) const BEYOND: Duration = Duration::from_secs(90);

/// The beginning of the error message for credentials that arrive too late.
pub(super) const LATE: &str = "no credentials from ";

/// The beginning of the error message for credentials that can't be sent in a request.
pub(super) const UNFIT: &str = "the credentials contain a line break";

/// A wait for credentials.
#[derive(Clone, Copy, Debug)]
pub struct CredentialWait<'a> {
    /// The profile whose `credential_process` provides them, if there is one.
    pub process: Option<&'a str>,
    /// The longest wait.
    pub at_most: Duration,
}

/// A provider with a time limit that reports a long wait and rejects credentials that can't be sent.
#[derive(Debug)]
pub(super) struct BoundedProvider {
    inner: SharedCredentialsProvider,
    process: Option<String>,
    waits: Option<fn(&CredentialWait<'_>)>,
    quiet: Duration,
    in_all: Duration,
}

impl BoundedProvider {
    pub(super) fn new(
        inner: SharedCredentialsProvider,
        process: Option<String>,
        waits: Option<fn(&CredentialWait<'_>)>,
    ) -> Self {
        Self { inner, process, waits, quiet: QUIET, in_all: IN_ALL }
    }

    async fn provide(&self) -> Result {
        let mut answer = std::pin::pin!(self.inner.provide_credentials());
        if let Ok(early) = timeout(self.quiet, &mut answer).await {
            return self.checked(early);
        }
        if let Some(waits) = self.waits {
            waits(&CredentialWait { process: self.process.as_deref(), at_most: self.in_all });
        }
        let late = timeout(self.in_all.saturating_sub(self.quiet), &mut answer).await;
        self.checked(late.unwrap_or_else(|_| Err(self.late())))
    }

    fn checked(&self, answer: Result) -> Result {
        answer.map_err(|error| in_our_words(error, self.process.as_deref())).and_then(fit)
    }

    fn late(&self) -> CredentialsError {
        let seconds = self.in_all.as_secs();
        let source = match &self.process {
            Some(profile) => format!("the `credential_process` of profile `{profile}`"),
            None => "their source".to_owned(),
        };
        CredentialsError::provider_error(format!("{LATE}{source} within {seconds} seconds"))
    }
}

impl ProvideCredentials for BoundedProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// Rejects credentials whose id or token doesn't fit into a header; the SDK would panic.
fn fit(credentials: Credentials) -> Result {
    let parts = [Some(credentials.access_key_id()), credentials.session_token()];
    if parts.into_iter().flatten().all(|part| part.chars().all(|c| c == ' ' || c.is_ascii_graphic())) {
        return Ok(credentials);
    }
    Err(CredentialsError::invalid_configuration(format!("{UNFIT} or another character that they can't have")))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Never;

    impl ProvideCredentials for Never {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::new(std::future::pending())
        }
    }

    static WORDS: AtomicUsize = AtomicUsize::new(0);

    fn word(wait: &CredentialWait<'_>) {
        assert_eq!(wait.process, Some("slow"));
        WORDS.fetch_add(1, Ordering::SeqCst);
    }

    #[tokio::test]
    async fn a_process_that_never_answers_is_reported_and_times_out() {
        let inner = SharedCredentialsProvider::new(Never);
        let bounded = BoundedProvider {
            quiet: Duration::from_millis(1),
            in_all: Duration::from_millis(2),
            ..BoundedProvider::new(inner, Some("slow".to_owned()), Some(word))
        };
        let error = std::error::Error::source(&bounded.provide().await.unwrap_err()).unwrap().to_string();
        assert!(error.contains("`credential_process` of profile `slow` within"), "{error}");
        assert_eq!(WORDS.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn credentials_with_a_line_break_are_refused_and_not_shown() {
        let of = |id: &str, secret: &str, token: Option<&str>| {
            let credentials = Credentials::new(id, secret, token.map(str::to_owned), None, "test");
            fit(credentials).map_err(|error| std::error::Error::source(&error).unwrap().to_string())
        };
        assert!(of("AKIA", "secret", Some("token==")).is_ok());
        for (id, token) in [("AK\rIA", None), ("AKIA\n", None), ("AK\u{e9}", None), ("AKIA", Some("to\nken"))] {
            let error = of(id, "secret", token).unwrap_err();
            assert!(error.starts_with(UNFIT) && !error.contains("IA"), "{error}");
        }
    }
}
