//! Reads proxies from the environment as the AWS CLI does.
//!
//! The SDK's own code would treat a URL that it can't parse as no proxy at all.
//!
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html>

use std::sync::Arc;
use std::{env, fmt};

use aws_smithy_http_client::proxy::ProxyConfig;
use hyper_util::client::proxy::matcher::Matcher;

use crate::model::{check_endpoint_url, without_user};

use super::error::{SettingOrigin, SettingsError};

/// The addresses that serve a machine's own metadata and credentials. The page above tells users to exempt the first
/// address. A proxy would answer with its own metadata and credentials.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>,
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
const OWN_MACHINE: &str = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

#[derive(Clone, Debug, Default)]
pub(in crate::aws) struct Proxies {
    /// The proxy for requests to `http://` URLs.
    pub(in crate::aws) http: Option<Proxy>,
    /// The proxy for requests to `https://` URLs.
    pub(in crate::aws) https: Option<Proxy>,
    /// The hosts reached without a proxy.
    pub(in crate::aws) exempt: Exempt,
}

/// A proxy whose user and password are never shown.
#[derive(Clone)]
pub(in crate::aws) struct Proxy {
    url: String,
    config: ProxyConfig,
    /// The variable that names the proxy.
    pub(in crate::aws) variable: &'static str,
}

/// Hosts reached without a proxy.
#[derive(Clone, Debug, Default)]
pub(in crate::aws) struct Exempt(Vec<NoProxyRule>);

/// A rule for one or more hosts, on one port if it names one.
#[derive(Clone, Debug)]
struct NoProxyRule {
    hosts: Arc<Matcher>,
    port: Option<u16>,
}

impl Proxies {
    /// Reads the variables. A lower-case variable wins over its upper-case form, even if it is empty.
    pub(super) fn read() -> Result<Self, SettingsError> {
        let http = Proxy::read(["http_proxy", "HTTP_PROXY"])?;
        let https = Proxy::read(["https_proxy", "HTTPS_PROXY"])?;
        let exempt = first_set(["no_proxy", "NO_PROXY"])?.map(|(_, rules)| rules).unwrap_or_default();
        Ok(Self { http, https, exempt: Exempt::new(&exempt) })
    }
}

impl Proxy {
    fn read(names: [&'static str; 2]) -> Result<Option<Self>, SettingsError> {
        let Some((variable, value)) = first_set(names)? else { return Ok(None) };
        let value = value.trim();
        if value.is_empty() {
            return Ok(None);
        }
        let wrong = |problem: String| SettingsError::Proxy {
            origin: SettingOrigin::Variable(variable.to_owned()),
            shown: without_user(value),
            problem,
        };
        let url = normalized(value);
        check_endpoint_url(&url).map_err(|error| wrong(error.problem().to_owned()))?;
        let config = ProxyConfig::all(url.as_str())
            .map_err(|_| wrong("its user, host or path has an invalid character".to_owned()))?;
        Ok(Some(Self { url, config, variable }))
    }

    /// Returns the proxy's configuration for the SDK.
    pub(in crate::aws) fn config(&self) -> ProxyConfig {
        self.config.clone()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_user(&self.url))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Exempt {
    fn new(rules: &str) -> Self {
        let rules = rules.split([',', ' ']).chain(OWN_MACHINE.split(','));
        Self(rules.filter(|rule| !rule.is_empty()).map(NoProxyRule::new).collect())
    }

    /// Returns whether a request to this URL is sent without a proxy.
    pub(in crate::aws) fn contains(&self, url: &str) -> bool {
        let Ok(url) = url.parse::<http::Uri>() else { return false };
        let port = url.port_u16().or_else(|| Some(if url.scheme_str() == Some("http") { 80 } else { 443 }));
        self.0.iter().any(|rule| (rule.port.is_none() || rule.port == port) && rule.hosts.intercept(&url).is_none())
    }
}

impl NoProxyRule {
    fn new(rule: &str) -> Self {
        let (host, port) = match rule.rsplit_once(':') {
            // Text with more than one colon is an IPv6 address.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => (rule, None),
            },
            Some(_) | None => (rule, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        // `*.example.com` is a common spelling of what the matcher calls `.example.com`.
        let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        let hosts = match host {
            // The matcher's own `*` does not match addresses.
            "*" => Matcher::builder(),
            host => Matcher::builder().all("http://proxy").no(host),
        };
        Self { hosts: Arc::new(hosts.build()), port }
    }
}

/// Returns the first of these variables that is set, and its value.
fn first_set(names: [&'static str; 2]) -> Result<Option<(&'static str, String)>, SettingsError> {
    for name in names {
        if let Some(value) = env::var_os(name) {
            let value = value.into_string().map_err(|_| SettingsError::NotUnicode(name.to_owned()))?;
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Returns a URL that the HTTP client accepts. It has a scheme, and its user and password are encoded so that no
/// character in them ends them early.
fn normalized(value: &str) -> String {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("http", value.trim_start_matches('/')),
    };
    let Some((user, place)) = rest.rsplit_once('@') else { return format!("{scheme}://{rest}") };
    let (user, password) = match user.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (user, None),
    };
    let password = password.map(|password| format!(":{}", encoded(password))).unwrap_or_default();
    format!("{scheme}://{}{password}@{place}", encoded(user))
}

/// Percent-encodes a user or password, except parts that are already encoded.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_can_omit_the_scheme_and_have_any_password() {
        for (value, expected) in [
            ("proxy:3128", "http://proxy:3128"),
            ("//proxy", "http://proxy"),
            ("https://proxy:8443", "https://proxy:8443"),
            ("http://me:hush@proxy:1", "http://me:hush@proxy:1"),
            ("http://me:h%40sh@proxy:1", "http://me:h%40sh@proxy:1"),
            ("http://me:h@u:s#h/@proxy:1", "http://me:h%40u%3As%23h%2F@proxy:1"),
            ("me@proxy", "http://me@proxy"),
            ("http://D\u{f6}:x y@proxy", "http://D%C3%B6:x%20y@proxy"),
        ] {
            let url = normalized(value);
            assert_eq!(url, expected);
            assert!(check_endpoint_url(&url).is_ok() && ProxyConfig::all(url.as_str()).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_proxy_never_shows_its_password() {
        let url = "http://me:hush@proxy:1";
        let config = ProxyConfig::all(url).unwrap();
        let proxy = Proxy { url: url.to_owned(), config, variable: "HTTPS_PROXY" };
        assert_eq!(format!("{proxy} {proxy:?}"), "http://proxy:1 http://proxy:1");
    }

    #[test]
    fn hosts_domains_networks_and_ports_are_exempt() {
        for (rules, url, expected) in [
            ("example.com", "https://example.com/x", true),
            ("example.com", "https://s3.example.com", true),
            ("example.com", "https://notexample.com", false),
            (".example.com", "https://s3.example.com", true),
            ("*.example.com", "https://s3.example.com", true),
            ("*", "https://anything", true),
            ("*", "http://10.1.2.3", true),
            ("*", "http://[::1]:1", true),
            ("*:80", "http://10.1.2.3:81", false),
            ("a.com, b.com", "https://b.com", true),
            ("a.com b.com", "https://b.com", true),
            ("EXAMPLE.com", "https://example.COM", true),
            ("localhost:4566", "http://localhost:4566/x", true),
            ("localhost:4566", "http://localhost:4567/x", false),
            ("localhost:80", "http://localhost/x", true),
            ("example.com:443", "https://example.com", true),
            ("10.0.0.0/8", "http://10.1.2.3:8080", true),
            ("10.0.0.0/8", "http://11.1.2.3:8080", false),
            ("::1", "http://[::1]:4566", true),
            ("[::1]:4566", "http://[::1]:4566", true),
            ("[::1]:4566", "http://[::1]:4567", false),
            ("", "https://example.com", false),
            ("", "http://169.254.169.254/latest/api/token", true),
            ("", "http://169.254.170.2/v2/credentials", true),
            ("", "http://[fd00:ec2::254]/latest/api/token", true),
            ("", "http://169.254.169.25/", false),
        ] {
            assert_eq!(Exempt::new(rules).contains(url), expected, "{rules}: {url}");
        }
    }
}
