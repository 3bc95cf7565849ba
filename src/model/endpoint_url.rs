//! Checks endpoint URLs, and hides users and passwords when URLs are shown.

/// The reason why a text is not an endpoint URL. The message shows the text without passwords.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{shown}` is not an endpoint URL: {problem}")]
pub struct EndpointUrlError {
    shown: String,
    problem: &'static str,
}

const EXPECTED: &str = "`https://HOST` or `http://HOST:PORT` is expected";

impl EndpointUrlError {
    /// Creates the error for `url`. `problem` describes the mistake.
    pub fn new(url: &str, problem: &'static str) -> Self {
        Self { shown: without_secrets(url), problem }
    }

    /// Returns the description of the mistake.
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

/// Checks that requests can be sent to a URL. The HTTP client parses it again and also checks the path.
pub(crate) fn check_endpoint_url(url: &str) -> Result<(), EndpointUrlError> {
    let wrong = |problem| Err(EndpointUrlError::new(url, problem));
    if !url.chars().all(|c| c.is_ascii_graphic()) {
        return wrong("only printable ASCII characters without spaces are allowed");
    }
    let rest = url
        .split_once("://")
        .filter(|(scheme, _)| ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let Some((_, rest)) = rest else { return wrong(EXPECTED) };
    if rest.contains(['?', '#']) {
        return wrong("an endpoint has no query and no fragment");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match place.split_once(']') {
        Some((host, port)) if place.starts_with('[') => (host, port.strip_prefix(':')),
        Some(_) | None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() || host == "[" {
        return wrong(EXPECTED);
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(Ok(0) | Err(_)) => wrong("its port is not a number from 1 to 65535"),
    }
}

/// Hides secrets in a text that is not a valid URL: the values of a query, and everything before the last `@`, since a
/// password can contain any character.
fn without_secrets(text: &str) -> String {
    let shown = without_user(text);
    let shown = match shown.rsplit_once('@') {
        Some((_, rest)) => format!("...@{rest}"),
        None => shown,
    };
    without_values(&shown)
}

/// Hides the values in a URL's query, which may be tokens.
fn without_values(url: &str) -> String {
    let Some((place, query)) = url.split_once('?') else { return url.to_owned() };
    let names = query.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if !value.is_empty() => format!("{name}=..."),
        Some(_) | None => part.to_owned(),
    });
    format!("{place}?{}", names.collect::<Vec<_>>().join("&"))
}

/// Removes user and password from a text that is a single URL. The password may contain characters that are not valid
/// in a URL, such as a slash.
pub(crate) fn without_user(url: &str) -> String {
    let (scheme, rest) = match url.find("://") {
        Some(at) => url.split_at(at + "://".len()),
        None => url.split_at(url.len() - url.trim_start_matches('/').len()),
    };
    match user_end(rest) {
        Some(end) => format!("{scheme}{}", rest.get(end..).unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// Removes user, password and query values from each URL in a longer text.
pub(crate) fn without_users(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A password may contain a quote.
        let url = part.split(|c: char| c.is_whitespace() || "\"`<>".contains(c)).next().unwrap_or_default();
        let place = url.get(user_end(url).unwrap_or_default()..).unwrap_or_default();
        let closed = place.trim_end_matches(['\'', ')', '.', ',', ';', ':']);
        shown.push_str("://");
        shown.push_str(&without_values(closed));
        shown.push_str(part.get(url.len() - (place.len() - closed.len())..).unwrap_or_default());
    }
    shown
}

/// Returns the position after user and password in the part of a URL that follows the scheme.
fn user_end(rest: &str) -> Option<usize> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // If no port follows a colon, the colon begins a password, and the password can contain any character.
    let has_port = |authority: &str| {
        authority.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok() || port.ends_with(']'))
    };
    let is_whole = authority.contains('@') || !authority.is_empty() && has_port(authority);
    let whole = if is_whole { authority } else { rest };
    whole.rfind('@').map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_scheme_a_host_and_optionally_a_port() {
        for url in [
            "https://host",
            "HTTP://host:8080/path",
            "http://127.0.0.1:4566",
            "http://[::1]:4566/",
            "https://me:secret@host",
            "https://host.example.com/a/b",
        ] {
            assert_eq!(check_endpoint_url(url), Ok(()), "{url}");
        }
        for url in [
            "",
            "junk",
            "://",
            "http://",
            "http:///path",
            "ftp://host",
            "http://:80",
            "http://host:0",
            "http://host:",
            "http://host:99999",
            "http://host:x",
            "http://ho st",
            "http://h\u{f6}st",
            "http://host\r\nX: y",
            "http://[]",
            "http://me:secret@",
            "http://me:sec/ret@host",
            "https;//me:secret@host",
            "https:///me:secret@host",
            "https//me:secret@host",
            "me/secret@host",
            "htp://host/?token=secret",
        ] {
            let error = check_endpoint_url(url).unwrap_err().to_string();
            assert!(!error.contains("ret") && !error.contains("sec"), "{error}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_user_and_password() {
        for (url, shown) in [
            ("https://host/path@x", "https://host/path@x"),
            ("https://host:8080/path@x", "https://host:8080/path@x"),
            ("https://me@host/path", "https://host/path"),
            ("//me:secret@host", "//host"),
            ("/me:secret@host", "/host"),
            ("https://me:secret@host:80/path", "https://host:80/path"),
            ("https://me:se@cret@host", "https://host"),
            ("https://me:se/cret@host", "https://host"),
            ("https://me:se#c?ret@[::1]:1/x", "https://[::1]:1/x"),
            ("https://me:se cret@host", "https://host"),
            ("me:secret@host:3128", "host:3128"),
            ("https://me:secret@", "https://"),
            ("host", "host"),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }

    #[test]
    fn every_url_in_a_text_is_shown_without_its_user_and_password() {
        for (text, shown) in [
            ("no answer from http://me:secret@host:1: refused", "no answer from http://host:1: refused"),
            ("`https://a:b@c` and \"http://d:e@f/g\"", "`https://c` and \"http://f/g\""),
            ("mail me@host or see https://host/a for it", "mail me@host or see https://host/a for it"),
            ("s3://bucket/a@b.csv", "s3://bucket/a@b.csv"),
            ("invalid 'http://a:b'c@d', it says", "invalid 'http://d', it says"),
            ("see (http://h/creds?token=secret&x=1).", "see (http://h/creds?token=...&x=...)."),
            ("ends in ://", "ends in ://"),
            ("", ""),
        ] {
            assert_eq!(without_users(text), shown);
        }
    }
}
