//! The variables of AWS's tools.

use std::collections::BTreeMap;
use std::env;

use super::error::SettingsError;
use super::file;

/// What begins the name of each.
const PREFIX: &str = "AWS_";

/// Paths, which may be any bytes, and of which an empty one says that there is no file.
const PATHS: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

/// Where OpenSSL, and with it the SDK's client, looks for the system's certificates.
const CERTIFICATES: [&str; 2] = ["SSL_CERT_DIR", "SSL_CERT_FILE"];

/// Whether endpoints of the environment and the configuration files are ignored.
pub(super) const IGNORE_ENDPOINTS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// The same in a profile.
pub(super) const IGNORE_KEY: &str = "ignore_configured_endpoint_urls";

/// What begins the name of each variable with an endpoint.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// The variables that have a value.
#[derive(Debug, Default)]
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads them. One that is no text is refused: the SDK takes it for one that is not set, and would send calls elsewhere.
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

/// The variables that are to be unset before the SDK reads them: those without a value, which the AWS CLI takes for unset ones and
/// the SDK does not, and endpoints that another variable or the profile has ignored, which the SDK uses nevertheless to get
/// credentials. `profile` is the one that a flag names.
pub fn variables_to_unset(profile: Option<&str>) -> Vec<String> {
    let is_true = |value: &str| value.trim().eq_ignore_ascii_case("true");
    let has_endpoints = || env::vars_os().any(|(name, _)| name.to_str().is_some_and(|name| name.starts_with(ENDPOINT)));
    let ignores = match env::var(IGNORE_ENDPOINTS) {
        Ok(value) if !value.trim().is_empty() => is_true(&value),
        Ok(_) | Err(_) if !has_endpoints() => false,
        Ok(_) | Err(_) => {
            let ambient = env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
            let selected = profile.map(str::to_owned).or(ambient).unwrap_or_else(|| "default".to_owned());
            file::of_profile(&selected, IGNORE_KEY).is_some_and(|value| is_true(&value))
        }
    };
    let unset = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        let name = name.into_string().ok()?;
        let is_empty = value.is_empty() && name.starts_with(PREFIX) && !PATHS.contains(&name.as_str());
        (is_empty || (ignores && name.starts_with(ENDPOINT))).then_some(name)
    };
    env::vars_os().filter_map(unset).collect()
}
