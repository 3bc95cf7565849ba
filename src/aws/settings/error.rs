//! Errors about invalid settings, with their origin.

use std::fmt;
use std::path::PathBuf;

use crate::aws::hint::no_profile;
use crate::model::EndpointUrlError;

/// The origin of a setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SettingOrigin {
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    Key {
        key: &'static str,
        profile: String,
    },
    /// A key in a `services` section.
    ServiceKey {
        service: String,
        section: String,
    },
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "`{flag}`"),
            Self::Variable(name) => write!(f, "{name}"),
            Self::Key { key, profile } => write!(f, "`{key}` of profile `{profile}`"),
            Self::ServiceKey { service, section } => {
                write!(f, "`endpoint_url` of `{service}` in section `services {section}`")
            }
        }
    }
}

/// An invalid setting from the environment, the configuration files or the flags.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable that is not UTF-8.
    #[error("{0} is not valid UTF-8")]
    NotUnicode(String),
    /// A file that is not UTF-8.
    #[error("{} is not valid UTF-8: see line {line}", .file.display())]
    FileNotUnicode { file: PathBuf, line: usize },
    /// A file that is too long to be a configuration file.
    #[error("{} is too long for a configuration file", .0.display())]
    TooLong(PathBuf),
    /// A file that can't be parsed.
    #[error("{} can't be parsed: {problem}", .file.display())]
    File {
        file: PathBuf,
        /// What is wrong, and in which line.
        problem: String,
    },
    #[error("{origin}: {error}")]
    EndpointUrl { origin: SettingOrigin, error: EndpointUrlError },
    /// A proxy URL that can't be used, shown without user and password.
    #[error("{origin}: `{shown}` is not a proxy URL: {problem}")]
    Proxy {
        origin: SettingOrigin,
        /// The value without user and password.
        shown: String,
        problem: String,
    },
    /// A certificate file that can't be used.
    #[error("{origin}: {} {problem}", .file.display())]
    CaBundle { origin: SettingOrigin, file: PathBuf, problem: String },
    /// A switch that is neither true nor false.
    #[error("{origin}: `{value}` is neither true nor false")]
    Switch { origin: SettingOrigin, value: String },
    /// One setting requests FIPS or dual-stack endpoints, and another names an endpoint.
    #[error("{switch} can't be combined with {endpoint}")]
    VariantOfEndpoint { switch: SettingOrigin, endpoint: SettingOrigin },
    #[error("{origin}: `{value}` is not a number of attempts")]
    Attempts { origin: SettingOrigin, value: String },
    /// An unknown retry mode.
    #[error("{origin}: `{value}` is not a retry mode")]
    RetryMode { origin: SettingOrigin, value: String },
    /// Credentials with characters that can't be sent; they are not shown.
    #[error("{0} contains a line break or another character that credentials can't have")]
    Credentials(SettingOrigin),
    /// A profile that no file contains.
    #[error("there is no profile `{name}` in the AWS configuration ({origin})")]
    NoProfile {
        origin: SettingOrigin,
        name: String,
        /// The existing profiles.
        known: Vec<String>,
    },
    /// A token file that is a pipe, a device or a folder, or that is empty or too large for a token.
    #[error("{origin}: {} is not a regular file of 1 byte to 16 MiB", .file.display())]
    TokenFile { origin: SettingOrigin, file: PathBuf },
}

impl SettingsError {
    /// Returns what to do about the error.
    pub fn hint(&self) -> String {
        let set = |origin: &SettingOrigin, to: &str| match origin {
            SettingOrigin::Flag(flag) => format!("set {flag} to {to}"),
            SettingOrigin::Variable(name) => format!("set {name} to {to}, or unset it"),
            SettingOrigin::Key { key, profile } => format!("set `{key}` of profile `{profile}` to {to}, or remove it"),
            SettingOrigin::ServiceKey { .. } => format!("set it to {to}, or remove it"),
        };
        match self {
            Self::NotUnicode(name) => format!("set {name} again, or unset it"),
            Self::FileNotUnicode { .. } => "save the file as UTF-8".to_owned(),
            Self::TooLong(_) => {
                "set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to the AWS configuration".to_owned()
            }
            Self::File { .. } => "fix that line; `aws configure list` tests the file".to_owned(),
            Self::EndpointUrl { origin, .. } => set(origin, "a URL such as `https://s3.example.com`"),
            Self::Proxy { origin, .. } => {
                let proxy = set(origin, "an HTTP proxy such as `http://proxy.example.com:3128`");
                format!("{proxy}; percent-encode special characters in its user and password")
            }
            Self::CaBundle { origin, .. } => {
                format!(
                    "{}, which replaces the system's CAs",
                    set(origin, "a PEM file with the certificates of your CAs")
                )
            }
            Self::Switch { origin, .. } => set(origin, "`true` or `false`"),
            Self::VariantOfEndpoint { .. } => "unset one of the two".to_owned(),
            Self::Attempts { origin, .. } => set(origin, "a number from 1, such as 3"),
            Self::RetryMode { origin, .. } => set(origin, "`standard`, `adaptive` or `legacy`"),
            Self::Credentials(origin) => match origin {
                SettingOrigin::Variable(name) => {
                    format!("copy the credentials again, without line breaks, and export {name}")
                }
                SettingOrigin::Flag(_) | SettingOrigin::Key { .. } | SettingOrigin::ServiceKey { .. } => {
                    "copy the credentials again, each on one line".to_owned()
                }
            },
            Self::NoProfile { name, known, .. } => no_profile(name, known),
            Self::TokenFile {
                origin: SettingOrigin::Key { key: "sso_session" | "sso_start_url" | "login_session", .. },
                file,
            } => {
                format!("remove {}, then sign in again", file.display())
            }
            Self::TokenFile { origin, .. } => set(origin, "the file that holds the token"),
        }
    }
}
