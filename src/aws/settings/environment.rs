//! Reads the environment variables of AWS tools.

use std::collections::BTreeMap;
use std::env;

use super::error::SettingsError;
use super::file;

/// The prefix of the variables.
const PREFIX: &str = "AWS_";

/// The variables for paths. A path may be any bytes; an empty path means that there is no file.
const PATHS: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

/// Where OpenSSL and the SDK's client look for the system's certificates.
const CERTIFICATES: [&str; 2] = ["SSL_CERT_DIR", "SSL_CERT_FILE"];

/// The variable that makes AWS tools ignore endpoints from the environment and the configuration files.
pub(super) const IGNORE_ENDPOINTS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// The same setting in a profile.
pub(super) const IGNORE_KEY: &str = "ignore_configured_endpoint_urls";

/// The prefix of the variables with endpoints.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// The variables that have a value.
#[derive(Debug, Default)]
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the variables. Rejects a value that is not UTF-8: the SDK would ignore it and send calls elsewhere.
    pub(super) fn read() -> Result<Self, SettingsError> {
        let mut variables = BTreeMap::new();
        for (name, value) in env::vars_os() {
            let is_wanted = |name: &&str| name.starts_with(PREFIX) || CERTIFICATES.contains(name);
            let Some(name) = name.to_str().filter(is_wanted) else { continue };
            if PATHS.contains(&name) || value.is_empty() {
                continue;
            }
            let value = value.into_string().map_err(|_| SettingsError::NotUnicode(name.to_owned()))?;
            variables.insert(name.to_owned(), value);
        }
        Ok(Self(variables))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The variable that names the runtime for the header `User-Agent`. The AWS CLI does not read the variable. The SDK
/// fails on a value that no header can carry.
const RUNTIME: &str = "AWS_EXECUTION_ENV";

/// Returns whether a header can carry a value.
pub(super) fn fits_a_header(value: &str) -> bool {
    value.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

/// Returns the variables to unset before the SDK reads them. Empty variables are unset, because the SDK, unlike the AWS
/// CLI, does not ignore them. If a setting tells tools to ignore configured endpoints, the variables for endpoints are
/// unset, because the SDK would still use the endpoints to get credentials. A runtime name that no header can carry is
/// unset too. `profile` is the profile that a flag names.
pub fn variables_to_unset(profile: Option<&str>) -> Vec<String> {
    let is_true = |value: &str| value.trim().eq_ignore_ascii_case("true");
    let has_endpoints = || env::vars_os().any(|(name, _)| name.to_str().is_some_and(|name| name.starts_with(ENDPOINT)));
    let ignores = match env::var(IGNORE_ENDPOINTS) {
        Ok(value) if !value.trim().is_empty() => is_true(&value),
        Ok(_) | Err(_) if !has_endpoints() => false,
        Ok(_) | Err(_) => {
            let ambient = env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
            let selected = profile.map(str::to_owned).or(ambient).unwrap_or_else(|| "default".to_owned());
            file::value_in_profile(&selected, IGNORE_KEY).is_some_and(|value| is_true(&value))
        }
    };
    let unset = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        let name = name.into_string().ok()?;
        let is_setting = name.starts_with(PREFIX) || CERTIFICATES.contains(&name.as_str());
        let is_empty = value.is_empty() && is_setting && !PATHS.contains(&name.as_str());
        let is_unfit = name == RUNTIME && !value.to_str().is_some_and(fits_a_header);
        (is_empty || is_unfit || (ignores && name.starts_with(ENDPOINT))).then_some(name)
    };
    env::vars_os().filter_map(unset).collect()
}
