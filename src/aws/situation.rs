//! The values that hints fill in: credentials, Region, account, and the profiles that exist.
//!
//! The configuration files are read here only for the names of profiles, and only after a failure.

use std::env;

use crate::model::{AccountId, Partition, Region};
use crate::request::CommandLine;

use super::permission_hint::Where;
use super::settings::file::ConfigFile;
use super::settings::names::header;

/// Which keys from the environment are used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum EnvironmentKeys {
    /// None: the credentials come from elsewhere.
    #[default]
    Elsewhere,
    /// Keys with a session token, which expires.
    OfASession,
    /// Keys without a session token.
    OfAUser,
}

/// The known circumstances of a failed call.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    pub(super) profile: Option<String>,
    pub(super) profiles: Vec<String>,
    pub(super) keys: EnvironmentKeys,
    /// Where credentials come from when neither a flag nor a variable names them.
    pub(super) unnamed: &'static str,
    pub(super) region: Option<Region>,
    pub(super) account: Option<AccountId>,
}

impl Situation {
    /// Describes a session; `profile` is the profile that a flag names.
    pub(super) fn new(profile: Option<&str>, region: Option<Region>) -> Self {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            profile: profile.map(str::to_owned).or_else(|| set("AWS_PROFILE")),
            profiles: profiles(),
            unnamed: unnamed(),
            keys: match set("AWS_ACCESS_KEY_ID") {
                Some(_) if profile.is_some() => EnvironmentKeys::Elsewhere,
                None => EnvironmentKeys::Elsewhere,
                Some(_) if set("AWS_SESSION_TOKEN").is_some() => EnvironmentKeys::OfASession,
                Some(_) => EnvironmentKeys::OfAUser,
            },
            region,
            account: None,
        }
    }

    /// Adds the account and the Region of the call.
    #[must_use]
    pub fn within(self, account: &AccountId, region: &Region) -> Self {
        Self { account: Some(account.clone()), region: Some(region.clone()), ..self }
    }

    /// Returns the origin of the credentials, judging by flags, the environment and the configuration files. The SDK
    /// uses the same order (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>).
    pub fn credentials(&self) -> String {
        match &self.profile {
            _ if self.keys != EnvironmentKeys::Elsewhere => "keys in the environment (AWS_ACCESS_KEY_ID)".to_owned(),
            Some(profile) => format!("profile `{profile}`"),
            None => self.unnamed.to_owned(),
        }
    }

    pub(super) fn place(&self) -> Where<'_> {
        let region = self.region.as_ref();
        Where { partition: region.map_or(Partition::Aws, Region::partition), region, account: self.account.as_ref() }
    }

    /// Formats an AWS CLI command for a sentence, with the profile if one is named.
    pub(super) fn aws(&self, words: &[&str]) -> String {
        aws_with(words, self.profile.as_deref())
    }
}

/// Formats an AWS CLI command with a profile for a sentence. A profile name that shells treat differently is given
/// after the command instead.
pub(super) fn aws_with(words: &[&str], profile: Option<&str>) -> String {
    let bound = profile.filter(|name| name.is_empty() || name.starts_with('-')).map(|name| format!("--profile={name}"));
    let flag = match (&bound, profile) {
        (Some(bound), _) => vec![bound.as_str()],
        (None, Some(profile)) => vec!["--profile", profile],
        (None, None) => Vec::new(),
    };
    match (CommandLine::new("aws", words.iter().copied().chain(flag)), profile) {
        (Ok(command), _) => format!("`{command}`"),
        (Err(_), Some(profile)) => format!("`aws {}` with AWS_PROFILE set to `{profile}`", words.join(" ")),
        (Err(_), None) => format!("`aws {}`", words.join(" ")),
    }
}

/// Returns the sorted names of all profiles. A file that can't be read adds none.
fn profiles() -> Vec<String> {
    let mut names: Vec<String> = [ConfigFile::Config, ConfigFile::Credentials]
        .into_iter()
        .flat_map(|file| file.profiles(&file.read().unwrap_or_default()).collect::<Vec<_>>())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns the first configured source of credentials that the SDK tries after the environment.
fn unnamed() -> &'static str {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let gives = |file: ConfigFile| gives_credentials(file, &file.read().unwrap_or_default());
    if gives(ConfigFile::Config) || gives(ConfigFile::Credentials) {
        "the default profile"
    } else if set("AWS_WEB_IDENTITY_TOKEN_FILE") {
        "a web identity (AWS_WEB_IDENTITY_TOKEN_FILE)"
    } else if set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || set("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
        "the container"
    } else {
        "the instance"
    }
}

/// Settings that give a profile its credentials.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
const GIVING: [&str; 8] = [
    "aws_access_key_id",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "sso_account_id",
    "sso_session",
    "web_identity_token_file",
];

/// Returns whether the default profile of a file has credentials.
fn gives_credentials(file: ConfigFile, text: &str) -> bool {
    let mut is_default = false;
    text.lines().any(|line| {
        if let Some(header) = header(line) {
            is_default = file.profile(header).is_some_and(|name| name == "default");
        }
        is_default && line.split_once('=').is_some_and(|(name, _)| GIVING.contains(&name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_config(text: &str) -> Vec<String> {
        ConfigFile::Config.profiles(text).collect()
    }

    #[test]
    fn profiles_are_found_in_the_sections_of_a_file() {
        let text = "[default]\nregion=x\n[profile dev]\n# [profile no]\n  [ profile  prod ] # yes\n[profile \"my prof\"]\n[sso-session corp]\n[profiled]\n[services s]\n";
        assert_eq!(in_config(text), ["default", "dev", "prod", "my prof"]);
        let credentials = ConfigFile::Credentials.profiles("[a]\nx = [1]\n[my prof]\n[b]").collect::<Vec<_>>();
        assert_eq!(credentials, ["a", "my prof", "b"]);
    }

    #[test]
    fn a_default_profile_with_only_a_region_has_no_credentials() {
        let gives = |text: &str| gives_credentials(ConfigFile::Config, text);
        assert!(!gives("[default]\nregion = x\n[profile a]\nrole_arn = y"));
        assert!(gives("[profile a]\nregion=x\n[default]\nregion = x\nsso_session = corp"));
        assert!(gives("[profile default]\naws_access_key_id=AKIA"));
    }

    #[test]
    fn the_readable_profiles_of_a_broken_file_are_found() {
        assert_eq!(in_config("[profile dev\n[]\n[profile]\n\u{fffd}[profile x]\n[profile ok]"), ["ok"]);
    }
}
