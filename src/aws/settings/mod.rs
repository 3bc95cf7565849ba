//! Reads the shared settings of AWS tools once at startup: the environment, `~/.aws/config` and `~/.aws/credentials`.
//!
//! The SDK reads the settings again; it panics on some values and ignores others. So values that the AWS CLI accepts
//! are converted for the SDK, and all other values are rejected before any call.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>

mod ca_bundle;
mod environment;
mod error;
pub(super) mod file;
pub(super) mod names;
mod process;
mod proxy;

use std::path::PathBuf;

use aws_config::profile::{ProfileSet, load};
use aws_config::retry::{RetryConfig, RetryMode};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use aws_smithy_http_client::tls::TrustStore;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_types::os_shim_internal::{Env, Fs};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::model::{EndpointUrlError, check_endpoint_url};

pub use environment::variables_to_unset;
pub(crate) use error::{SettingOrigin, SettingsError};

pub(super) use proxy::{Exempt, Proxy};

use environment::{Environment, IGNORE_ENDPOINTS, IGNORE_KEY, fits_a_header};
use file::{ConfigFile, Endpoints, UnreadableFile};
use names::{decoded, encoded};
use proxy::Proxies;

/// The most attempts per call. More attempts make no difference: the last pauses take 20 seconds each.
const MOST_ATTEMPTS: u32 = 50;

/// The SDK's names of the services whose endpoint can be set separately, including the services that provide
/// credentials.
const SERVICES: [&str; 11] = [
    "account",
    "cloudtrail",
    "cloudwatch logs",
    "elastic load balancing v2",
    "iam",
    "kms",
    "s3",
    "signin",
    "sso",
    "sso oidc",
    "sts",
];

const CREDENTIALS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Validated settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The profile named by a flag.
    pub(super) named: Option<String>,
    /// The profile named by the environment.
    pub(super) ambient: Option<String>,
    pub(super) files: EnvConfigFiles,
    /// The Region from the environment or the profile.
    pub(super) region: Option<String>,
    pub(super) retry: RetryConfig,
    pub(super) attempts: Attempts,
    /// The profile whose `credential_process` provides the credentials.
    pub(super) process: Option<String>,
    pub(super) variant: EndpointVariant,
    pub(super) network: NetworkSettings,
}

/// Who sets the number of attempts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attempts {
    /// The environment or the profile, for every call.
    Named,
    /// The code that makes the call.
    Unnamed,
}

/// The variant of endpoints to use.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct EndpointVariant {
    pub(super) fips: bool,
    pub(super) dual_stack: bool,
}

/// The network settings.
#[derive(Clone, Debug, Default)]
pub(super) struct NetworkSettings {
    pub(super) proxies: Proxies,
    /// The trusted CAs, in place of the system's.
    pub(super) trust: Option<TrustStore>,
}

impl Settings {
    /// Reads the settings; `profile` and `endpoint_url` come from flags.
    pub(super) async fn read(profile: Option<&str>, endpoint_url: Option<&str>) -> Result<Self, SettingsError> {
        let environment = Environment::read()?;
        let named = profile.map(encoded);
        let ambient = environment.get("AWS_PROFILE").map(encoded);
        let selected = named.clone().or_else(|| ambient.clone()).unwrap_or_else(|| "default".to_owned());
        let (mut files, profiles) = read_files(&selected, Endpoints::Used).await?;
        let origin = match (&named, &ambient) {
            (Some(_), _) => Some(SettingOrigin::Flag("--profile")),
            (None, Some(_)) => Some(SettingOrigin::Variable("AWS_PROFILE".to_owned())),
            (None, None) => None,
        };
        if let Some(origin) = origin {
            check_profile(origin, &selected, &profiles)?;
        }
        let mut read = Reader { environment, profiles, selected };
        read.check_endpoints(endpoint_url)?;
        let variant = read.variant(endpoint_url)?;
        if read.ignores_endpoints()? {
            (files, read.profiles) = read_files(&read.selected, Endpoints::Ignored).await?;
        }
        let uses_keys = named.is_none() && read.environment.get("AWS_ACCESS_KEY_ID").is_some();
        read.check_credentials(uses_keys)?;
        read.check_token_files()?;
        let process = if uses_keys { None } else { read.process() };
        let of_environment = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| read.environment.get(name));
        let region = of_environment.or_else(|| read.profiles.get("region")).map(str::to_owned);
        let network = NetworkSettings { proxies: Proxies::read()?, trust: read.trust()? };
        let (retry, attempts) = read.retry()?;
        Ok(Self { named, ambient, files, region, retry, attempts, process, variant, network })
    }
}

/// Rejects a named profile that does not exist, as the AWS CLI does, except `default`. Otherwise, the SDK would use
/// other credentials.
fn check_profile(origin: SettingOrigin, selected: &str, profiles: &ProfileSet) -> Result<(), SettingsError> {
    if selected == "default" || profiles.get_profile(selected).is_some() {
        return Ok(());
    }
    let mut known: Vec<String> = profiles.profiles().map(decoded).collect();
    known.sort_unstable();
    Err(SettingsError::NoProfile { origin, name: decoded(selected), known })
}

/// Reads both files as text for the SDK, and the profiles that the SDK finds in the files.
async fn read_files(selected: &str, endpoints: Endpoints) -> Result<(EnvConfigFiles, ProfileSet), SettingsError> {
    let mut both = EnvConfigFiles::builder();
    for (file, kind) in
        [(ConfigFile::Config, EnvConfigFileKind::Config), (ConfigFile::Credentials, EnvConfigFileKind::Credentials)]
    {
        let path = || file.path().unwrap_or_default();
        let text = file.read().map_err(|error| match error {
            UnreadableFile::NotUnicode(line) => SettingsError::FileNotUnicode { file: path(), line },
            UnreadableFile::TooLong => SettingsError::TooLong(path()),
        })?;
        let text = file::for_sdk(&text, file, endpoints);
        // Each file is parsed separately, since the SDK's error does not say which file it is about.
        parse(&EnvConfigFiles::builder().with_contents(kind, text.clone()).build(), selected)
            .await
            .map_err(|problem| SettingsError::File { file: path(), problem })?;
        both = both.with_contents(kind, text);
    }
    let files = both.build();
    let profiles =
        parse(&files, selected).await.map_err(|problem| SettingsError::File { file: "~/.aws".into(), problem })?;
    Ok((files, profiles))
}

async fn parse(files: &EnvConfigFiles, selected: &str) -> Result<ProfileSet, String> {
    let selected = Some(selected.to_owned().into());
    load(&Fs::real(), &Env::real(), files, selected).await.map_err(|error| {
        let source = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        source.trim_start_matches("error parsing ").trim_start_matches(" on ").replace(":\n  ", ": ")
    })
}

/// The sources of the settings.
struct Reader {
    environment: Environment,
    profiles: ProfileSet,
    /// The profile in use, by its name in the SDK.
    selected: String,
}

impl Reader {
    /// Returns a setting with its origin: the environment wins over the profile, and an empty value counts as unset.
    fn setting(&self, variable: &str, key: &'static str) -> Option<(SettingOrigin, String)> {
        let of_variable = || {
            let value = self.environment.get(variable)?.trim();
            Some((SettingOrigin::Variable(variable.to_owned()), value.to_owned()))
        };
        let of_profile = || Some((key_of(key, &self.selected), self.profiles.get(key)?.trim().to_owned()));
        let is_set = |setting: &(SettingOrigin, String)| !setting.1.is_empty();
        of_variable().filter(is_set).or_else(|| of_profile().filter(is_set))
    }

    fn retry(&self) -> Result<(RetryConfig, Attempts), SettingsError> {
        let mut retry = RetryConfig::standard();
        let mut named = Attempts::Unnamed;
        if let Some((origin, value)) = self.setting("AWS_MAX_ATTEMPTS", "max_attempts") {
            let attempts = attempts(&value).ok_or(SettingsError::Attempts { origin, value })?;
            retry = retry.with_max_attempts(attempts);
            named = Attempts::Named;
        }
        if let Some((origin, value)) = self.setting("AWS_RETRY_MODE", "retry_mode") {
            let mode = retry_mode(&value).ok_or(SettingsError::RetryMode { origin, value })?;
            retry = retry.with_retry_mode(mode);
        }
        Ok((retry, named))
    }

    /// Returns the origin of a switch that is on. Rejects values other than true and false: the SDK would treat them as
    /// unset, contrary to what the user expects.
    fn switch(&self, variable: &str, key: &'static str) -> Result<Option<SettingOrigin>, SettingsError> {
        let Some((origin, value)) = self.setting(variable, key) else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(origin)),
            "false" => Ok(None),
            _ => Err(SettingsError::Switch { origin, value }),
        }
    }

    /// Returns the variant of AWS's endpoints. Rejects a variant together with an endpoint that the user sets. AWS's
    /// endpoint rules exclude that combination, and each client would fail with "FIPS and custom endpoint are not
    /// supported".
    fn variant(&self, endpoint_url: Option<&str>) -> Result<EndpointVariant, SettingsError> {
        let fips = self.switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?;
        let dual_stack = self.switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?;
        let variant = EndpointVariant { fips: fips.is_some(), dual_stack: dual_stack.is_some() };
        match (fips.or(dual_stack), self.endpoints(endpoint_url)?.into_iter().next()) {
            (Some(switch), Some((endpoint, _))) => Err(SettingsError::VariantOfEndpoint { switch, endpoint }),
            (Some(_) | None, _) => Ok(variant),
        }
    }

    fn ignores_endpoints(&self) -> Result<bool, SettingsError> {
        Ok(self.switch(IGNORE_ENDPOINTS, IGNORE_KEY)?.is_some())
    }

    fn trust(&self) -> Result<Option<TrustStore>, SettingsError> {
        let bundle = self.setting("AWS_CA_BUNDLE", "ca_bundle");
        if let Some((origin, path)) = bundle {
            return ca_bundle::read(&origin, &path).map(Some);
        }
        // OpenSSL's variables. The SDK's client uses them too, but it would read any file to its end, and panic without
        // a CA.
        let named = |name: &str| {
            self.environment.get(name).map(|value| (SettingOrigin::Variable(name.to_owned()), value.to_owned()))
        };
        ca_bundle::from_openssl(named("SSL_CERT_FILE").as_ref(), named("SSL_CERT_DIR").as_ref())
    }

    fn check_endpoints(&self, flag: Option<&str>) -> Result<(), SettingsError> {
        // The SDK panics on a URL without a scheme, and prints a URL that it can't use.
        let of_credentials = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            .into_iter()
            .filter_map(|name| Some((SettingOrigin::Variable(name.to_owned()), self.environment.get(name)?)))
            .filter(|(_, url)| !url.trim().is_empty());
        for (origin, url) in of_credentials.chain(self.endpoints(flag)?) {
            check_url(url).map_err(|error| SettingsError::EndpointUrl { origin, error })?;
        }
        Ok(())
    }

    /// Returns the endpoints to use in place of AWS's own.
    fn endpoints<'a>(&'a self, flag: Option<&'a str>) -> Result<Vec<(SettingOrigin, &'a str)>, SettingsError> {
        let mut endpoints: Vec<_> = flag.map(|url| (SettingOrigin::Flag("--endpoint-url"), url)).into_iter().collect();
        if self.ignores_endpoints()? {
            return Ok(endpoints);
        }
        let variables =
            SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{}", service.to_uppercase().replace(' ', "_")));
        let variables = std::iter::once("AWS_ENDPOINT_URL".to_owned()).chain(variables);
        endpoints.extend(variables.filter_map(|name| {
            let url = self.environment.get(&name)?;
            Some((SettingOrigin::Variable(name), url))
        }));
        endpoints.extend(self.profiles.get("endpoint_url").map(|url| (key_of("endpoint_url", &self.selected), url)));
        let Some(section) = self.profiles.get("services") else { return Ok(endpoints) };
        endpoints.extend(SERVICES.iter().filter_map(|service| {
            let key = PropertiesKey::builder()
                .section_key("services")
                .section_name(section)
                .property_name(service.replace(' ', "-"))
                .sub_property_name("endpoint_url")
                .build()
                .ok()?;
            let url = self.profiles.other_sections().get(&key)?;
            Some((
                SettingOrigin::ServiceKey { service: service.replace(' ', "_"), section: decoded(section) },
                url.as_str(),
            ))
        }));
        Ok(endpoints)
    }

    /// Returns the profiles that provide each other's credentials, starting with the profile in use.
    fn chain(&self) -> Vec<&str> {
        let mut chain = vec![self.selected.as_str()];
        while let Some(next) = chain.last().and_then(|name| self.profiles.get_profile(name)?.get("source_profile")) {
            if chain.contains(&next) {
                break;
            }
            chain.push(next);
        }
        chain
    }

    /// Rejects credentials with a line break: they can't be sent, and the SDK would panic.
    fn check_credentials(&self, uses_keys: bool) -> Result<(), SettingsError> {
        let chain = self.chain();
        let of_profile = |key: &'static str| move |name: &&str| self.profiles.get_profile(name)?.get(key);
        let come_from = |place: &str| {
            chain.iter().filter_map(of_profile("credential_source")).any(|named| named.eq_ignore_ascii_case(place))
        };
        let mut variables = Vec::new();
        if uses_keys || come_from("Environment") {
            variables.extend(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
        }
        let is_in_a_container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
            .iter()
            .any(|name| self.environment.get(name).is_some());
        let has_keys = uses_keys || chain.iter().any(|name| of_profile("aws_access_key_id")(name).is_some());
        if is_in_a_container && (!has_keys || come_from("EcsContainer")) {
            variables.push("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        }
        for name in variables {
            if self.environment.get(name).is_some_and(|value| !fits_a_header(value)) {
                return Err(SettingsError::Credentials(SettingOrigin::Variable(name.to_owned())));
            }
        }
        for name in chain {
            let Some(profile) = self.profiles.get_profile(name) else { continue };
            for key in CREDENTIALS {
                if profile.get(key).is_some_and(|value| !fits_a_header(value)) {
                    return Err(SettingsError::Credentials(key_of(key, name)));
                }
            }
        }
        Ok(())
    }

    /// Rejects token files that are not regular files: the SDK reads them to the end first, and a device has no end.
    fn check_token_files(&self) -> Result<(), SettingsError> {
        let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
        let of_environment = variables
            .iter()
            .filter_map(|name| Some((SettingOrigin::Variable((*name).to_owned()), self.environment.get(name)?.into())));
        let has = |key: &'static str| {
            move |name: &&str| Some((key_of(key, name), self.profiles.get_profile(name)?.get(key)?.to_owned()))
        };
        let chain = self.chain();
        let keyed = |key| chain.iter().filter_map(has(key));
        let of_profiles = keyed("web_identity_token_file").map(|(origin, file)| (origin, file.into()));
        let home = |folder: &str| Some(file::home()?.join(".aws").join(folder));
        let of_sso = ["sso_session", "sso_start_url"].into_iter().flat_map(keyed);
        let of_sso = of_sso
            .filter_map(|(origin, name)| Some((origin, home("sso/cache")?.join(file::cached(&Sha1::digest(name))))));
        let of_login = keyed("login_session").filter_map(|(origin, name)| {
            let named = self.environment.get("AWS_LOGIN_CACHE_DIRECTORY").map(PathBuf::from);
            let folder = named.or_else(|| home("login/cache"))?;
            Some((origin, folder.join(file::cached(&Sha256::digest(name)))))
        });
        for (origin, file) in of_environment.chain(of_profiles).chain(of_sso).chain(of_login) {
            if !file::may_hold_a_token(&file) {
                return Err(SettingsError::TokenFile { origin, file });
            }
        }
        Ok(())
    }

    fn process(&self) -> Option<String> {
        let has_process = |name: &&str| {
            self.profiles.get_profile(name).is_some_and(|profile| profile.get("credential_process").is_some())
        };
        self.chain().into_iter().find(has_process).map(decoded)
    }
}

fn key_of(key: &'static str, profile: &str) -> SettingOrigin {
    SettingOrigin::Key { key, profile: decoded(profile) }
}

/// Parses a number of attempts, up to the largest that makes a difference.
fn attempts(value: &str) -> Option<u32> {
    let digits = value.strip_prefix('+').unwrap_or(value).trim_start_matches('0');
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // A number with too many digits counts as the largest.
    Some(digits.parse().unwrap_or(MOST_ATTEMPTS).min(MOST_ATTEMPTS))
}

/// Parses a retry mode. The SDK has no separate mode for `legacy`, which is older than the SDK.
fn retry_mode(value: &str) -> Option<RetryMode> {
    match value.to_ascii_lowercase().as_str() {
        "legacy" | "standard" => Some(RetryMode::Standard),
        "adaptive" => Some(RetryMode::Adaptive),
        _ => None,
    }
}

/// Checks a URL by our rules and by the HTTP client's rules.
fn check_url(url: &str) -> Result<(), EndpointUrlError> {
    check_endpoint_url(url)?;
    let mut request = HttpRequest::new(SdkBody::empty());
    request.uri_mut().set_endpoint(url).map_err(|_| EndpointUrlError::new(url, "a URL can't have such a path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_a_number_from_one_to_the_largest_useful_one() {
        for (value, expected) in [
            ("1", Some(1)),
            ("3", Some(3)),
            ("+3", Some(3)),
            ("007", Some(7)),
            ("51", Some(50)),
            ("4294967296", Some(50)),
            ("99999999999999999999999999", Some(50)),
            ("0", None),
            ("00", None),
            ("-5", None),
            ("", None),
            ("+", None),
            ("3.5", None),
            ("three", None),
            ("1e3", None),
            ("0x10", None),
        ] {
            assert_eq!(attempts(value), expected, "{value}");
        }
    }

    #[test]
    fn the_retry_modes_of_the_aws_cli_are_accepted() {
        assert_eq!(retry_mode("legacy"), Some(RetryMode::Standard));
        assert_eq!(retry_mode("Standard"), Some(RetryMode::Standard));
        assert_eq!(retry_mode("adaptive"), Some(RetryMode::Adaptive));
        assert_eq!(retry_mode("junk"), None);
    }

    #[test]
    fn the_http_client_also_checks_a_url() {
        assert!(check_url("http://127.0.0.1:1/a/b").is_ok());
        let error = check_url("http://me:secret@host/<>").unwrap_err().to_string();
        assert!(error.contains("path") && !error.contains("secret"), "{error}");
    }
}
