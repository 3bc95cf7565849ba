//! Settings that can't be used, by where they come from.

use std::fmt;
use std::path::PathBuf;

use crate::aws::hint::no_profile;
use crate::model::EndpointUrlError;

/// Where a setting comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// A key of a profile.
    Key {
        /// Its name.
        key: &'static str,
        /// Whose it is.
        profile: String,
    },
    /// A key in a section of services.
    ServiceKey {
        /// The service, as the file names it.
        service: String,
        /// The section.
        section: String,
    },
}

impl fmt::Display for Origin {
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

/// A setting of the environment, the configuration files or the flags that can't be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable whose value is no text.
    #[error("{0} is not valid UTF-8")]
    NotUnicode(String),
    /// A file that is no text.
    #[error("{} is not valid UTF-8: see line {line}", .file.display())]
    FileNotUnicode {
        /// Which.
        file: PathBuf,
        /// Where.
        line: usize,
    },
    /// A file that is longer than any configuration.
    #[error("{} is too long for a configuration file", .0.display())]
    TooLong(PathBuf),
    /// A file that can't be read as configuration.
    #[error("{} can't be parsed: {problem}", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What is wrong, and in which line.
        problem: String,
    },
    /// An endpoint that can be none.
    #[error("{origin}: {error}")]
    EndpointUrl {
        /// Where it is set.
        origin: Origin,
        /// What is wrong with it.
        error: EndpointUrlError,
    },
    /// A proxy that requests can't be sent to. It is shown without its user and password.
    #[error("{origin}: `{shown}` is not a proxy URL: {problem}")]
    Proxy {
        /// Where it is set.
        origin: Origin,
        /// As set, without user and password.
        shown: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file of certificates that can't be used.
    #[error("{origin}: {} {problem}", .file.display())]
    CaBundle {
        /// Where it is named.
        origin: Origin,
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A setting that is neither on nor off.
    #[error("{origin}: `{value}` is neither true nor false")]
    Switch {
        /// Where it is set.
        origin: Origin,
        /// As set.
        value: String,
    },
    /// A number of attempts that is none.
    #[error("{origin}: `{value}` is not a number of attempts")]
    Attempts {
        /// Where it is set.
        origin: Origin,
        /// As set.
        value: String,
    },
    /// A retry mode that there is not.
    #[error("{origin}: `{value}` is not a retry mode")]
    RetryMode {
        /// Where it is set.
        origin: Origin,
        /// As set.
        value: String,
    },
    /// Credentials with characters that no request can carry; they are not shown.
    #[error("{0} contains a line break or another character that credentials can't have")]
    Credentials(Origin),
    /// A profile that no file has.
    #[error("there is no profile `{name}` in the AWS configuration ({origin})")]
    NoProfile {
        /// Where it is named.
        origin: Origin,
        /// As named.
        name: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// A file with a token that is a pipe, a device or a folder, or larger than any token.
    #[error("{origin}: {} is not a regular file of at most 16 MiB", .file.display())]
    TokenFile {
        /// Where it is named.
        origin: Origin,
        /// Which.
        file: PathBuf,
    },
}

impl SettingsError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let set = |origin: &Origin, to: &str| match origin {
            Origin::Flag(flag) => format!("set {flag} to {to}"),
            Origin::Variable(name) => format!("set {name} to {to}, or unset it"),
            Origin::Key { key, profile } => format!("set `{key}` of profile `{profile}` to {to}, or remove it"),
            Origin::ServiceKey { .. } => format!("set it to {to}, or remove it"),
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
            Self::Attempts { origin, .. } => set(origin, "a number from 1, such as 3"),
            Self::RetryMode { origin, .. } => set(origin, "`standard`, `adaptive` or `legacy`"),
            Self::Credentials(origin) => match origin {
                Origin::Variable(name) => format!("copy the credentials again, without line breaks, and export {name}"),
                Origin::Flag(_) | Origin::Key { .. } | Origin::ServiceKey { .. } => {
                    "copy the credentials again, each on one line".to_owned()
                }
            },
            Self::NoProfile { name, known, .. } => no_profile(name, known),
            Self::TokenFile {
                origin: Origin::Key { key: "sso_session" | "sso_start_url" | "login_session", .. },
                file,
            } => {
                format!("remove {}, then sign in again", file.display())
            }
            Self::TokenFile { origin, .. } => set(origin, "the file that holds the token"),
        }
    }
}
