//! The SDK's own trace, for `-vv`, without secrets.
//!
//! The SDK redacts secrets, but logbucket does not rely on that redaction. Only the [`TRACED`] modules are shown: none
//! of them logs whole requests, responses or profiles. Trace level is never shown, because it contains signed requests.
//! Of each event, only the message and the [`FIELDS`] are shown, and the text is cut at the first word that announces a
//! secret.

use std::fmt::{self, Debug};
use std::io::{self, Write};
use std::time::Instant;

use tracing_subscriber::Layer as _;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::aws::TRACED;
use crate::model::without_users;

use super::clean::clean;
use super::streams::stderr;

const FIELDS: [&str; 3] = ["attempt", "provider", "request_id"];

/// Words that announce a secret, in lower case: headers, query parameters, response elements, and keys in files and
/// caches.
const ANNOUNCEMENTS: [&str; 18] = [
    "accesstoken",
    "access_token",
    "authorization",
    "aws4-hmac",
    "clientsecret",
    "client_secret",
    "idtoken",
    "password",
    "refreshtoken",
    "refresh_token",
    "secretaccesskey",
    "secret_access_key",
    "secretkey",
    "sessiontoken",
    "session_token",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
];

/// Variables whose values must not be shown.
const VARIABLES: [&str; 4] =
    ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];

/// Starts showing the trace on standard error.
pub(crate) fn show_sdk_trace() {
    let targets = Targets::new().with_targets(TRACED.map(|target| (target, LevelFilter::DEBUG)));
    let fields = debug_fn(|writer, field, value| write_field(writer, field.name(), value)).delimited(" ");
    let secrets = secrets();
    let layer = tracing_subscriber::fmt::layer()
        .with_timer(Clock(Instant::now()))
        .with_ansi(false)
        .fmt_fields(fields)
        .with_writer(move || Withholding { secrets: secrets.clone() })
        .with_filter(targets);
    // A program that uses this library may have set a subscriber already.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

fn secrets() -> Vec<String> {
    VARIABLES.iter().filter_map(|name| std::env::var(name).ok()).collect()
}

/// Cuts a text of unknown origin at the first secret, or at the first word that announces a secret.
pub(crate) fn withheld(text: &str) -> String {
    withhold(&without_users(text), &secrets())
}

#[expect(clippy::use_debug, reason = "values are only available as `Debug`")]
fn write_field(writer: &mut Writer<'_>, name: &str, value: &dyn Debug) -> fmt::Result {
    match name {
        "message" => write!(writer, "{value:?}"),
        name if FIELDS.contains(&name) => write!(writer, "{name}={value:?}"),
        _ => Ok(()),
    }
}

/// The time since the run began, in the format of the lines about calls.
struct Clock(Instant);

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:>6.2}s", self.0.elapsed().as_secs_f64())
    }
}

/// Writes to standard error without secrets. Each event arrives in one write.
struct Withholding {
    secrets: Vec<String>,
}

impl Write for Withholding {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = withhold(&without_users(&String::from_utf8_lossy(event)), &self.secrets);
        stderr(&clean(text.trim_end()));
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Cuts the text at the first secret, or at the first word that announces a secret.
fn withhold(text: &str, secrets: &[String]) -> String {
    // Only ASCII changes case, so offsets are the same in both texts.
    let lower = text.to_ascii_lowercase();
    let announced = ANNOUNCEMENTS.iter().filter_map(|word| lower.find(word));
    let known = secrets.iter().filter(|secret| !secret.is_empty()).filter_map(|secret| text.find(secret.as_str()));
    match announced.chain(known).chain(user_of_url(text)).min().and_then(|place| text.get(..place)) {
        Some(before) => format!("{before}[the rest is withheld]"),
        None => text.to_owned(),
    }
}

/// Returns the offset of a user name, and perhaps a password, in a URL: `https://USER:PASSWORD@HOST`.
fn user_of_url(text: &str) -> Option<usize> {
    let has_user = |rest: &str| rest.split(['/', '?', '"', ' ']).next().is_some_and(|host| host.contains('@'));
    let mut begins = text.match_indices("://").map(|(place, colon)| place + colon.len());
    begins.find(|begin| text.get(*begin..).is_some_and(has_user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_cut_where_a_secret_begins() {
        for text in [
            "request headers: {\"authorization\": \"AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=hush\"}",
            "headers: {\"Authorization\": \"Bearer hush\"}",
            "X-Amz-Security-Token: hush",
            "GET https://b.s3.amazonaws.com/k?X-Amz-Signature=hush&x=y",
            "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>\nhush</SecretAccessKey></Credentials>",
            "{\"SessionToken\": \"hush\"}",
            "roleCredentials { secret_access_key: \"hush\" }",
            "will apply endpoint Endpoint { url: \"https://proxy:hush@example.com/\" }",
            "{\"accessToken\":\"hush\"}",
            "Ümlaut: a value alone, hush",
        ] {
            let shown = withhold(text, &["hush".to_owned()]);
            assert!(!shown.contains("hush"), "{shown}");
            let by_name_alone = withhold(text, &[]);
            assert!(!by_name_alone.contains("hush") || text.contains("alone"), "{by_name_alone}");
        }
    }

    #[test]
    fn text_without_a_secret_is_shown_whole() {
        let text = "attempt #1 failed with ThrottlingError; retrying after 1s";
        assert_eq!(withhold(text, &["hush".to_owned(), String::new()]), text);
    }
}
