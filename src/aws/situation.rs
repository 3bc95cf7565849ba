//! What a hint fills in: whose credentials are used, where, and what else the configuration offers.
//!
//! The files are read for their profiles' names alone, when something went wrong; the SDK reads them for all else.

use std::env;

use crate::model::{AccountId, Partition, Region};
use crate::request::CommandLine;

use super::permission::Where;
use super::settings::file::ConfigFile;
use super::settings::names::header;

/// Which keys of the environment are used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Keys {
    /// None: the credentials come from elsewhere.
    #[default]
    Elsewhere,
    /// Keys with the token of a session, which ends.
    OfASession,
    /// Keys alone.
    OfAUser,
}

/// The situation in which a call failed, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    pub(super) profile: Option<String>,
    pub(super) profiles: Vec<String>,
    pub(super) keys: Keys,
    /// Where credentials come from that no flag and no variable names.
    pub(super) unnamed: &'static str,
    pub(super) region: Option<Region>,
    pub(super) account: Option<AccountId>,
}

impl Situation {
    /// The situation of a session; `profile` is the one that a flag names.
    pub(super) fn of(profile: Option<&str>, region: Option<Region>) -> Self {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            profile: profile.map(str::to_owned).or_else(|| set("AWS_PROFILE")),
            profiles: profiles(),
            unnamed: unnamed(),
            keys: match set("AWS_ACCESS_KEY_ID") {
                Some(_) if profile.is_some() => Keys::Elsewhere,
                None => Keys::Elsewhere,
                Some(_) if set("AWS_SESSION_TOKEN").is_some() => Keys::OfASession,
                Some(_) => Keys::OfAUser,
            },
            region,
            account: None,
        }
    }

    /// The same with the account and the Region of what was done.
    #[must_use]
    pub fn within(self, account: &AccountId, region: &Region) -> Self {
        Self { account: Some(account.clone()), region: Some(region.clone()), ..self }
    }

    /// Where the credentials come from, as far as flags and environment tell: the SDK looks in the same order
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>).
    pub fn credentials(&self) -> String {
        match &self.profile {
            _ if self.keys != Keys::Elsewhere => "keys in the environment (AWS_ACCESS_KEY_ID)".to_owned(),
            Some(profile) => format!("profile `{profile}`"),
            None => self.unnamed.to_owned(),
        }
    }

    pub(super) fn place(&self) -> Where<'_> {
        let region = self.region.as_ref();
        Where { partition: region.map_or(Partition::Aws, Region::partition), region, account: self.account.as_ref() }
    }

    /// A command of the AWS CLI, with the profile where one is named, for a sentence.
    pub(super) fn aws(&self, words: &[&str]) -> String {
        aws_with(words, self.profile.as_deref())
    }
}

/// A command of the AWS CLI with a profile, for a sentence; one whose name shells would not agree on is named beside it.
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

/// The names of all profiles, sorted; a file that can't be read has none.
fn profiles() -> Vec<String> {
    let mut names: Vec<String> = [ConfigFile::Config, ConfigFile::Credentials]
        .into_iter()
        .flat_map(|file| file.profiles(&file.read().unwrap_or_default()).collect::<Vec<_>>())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The first of the SDK's sources behind the environment that has anything to say.
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

/// Settings that a profile gets credentials by.
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

/// Whether the default profile of a file gets credentials by anything.
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
    fn a_default_profile_that_only_names_a_region_gives_no_credentials() {
        let gives = |text: &str| gives_credentials(ConfigFile::Config, text);
        assert!(!gives("[default]\nregion = x\n[profile a]\nrole_arn = y"));
        assert!(gives("[profile a]\nregion=x\n[default]\nregion = x\nsso_session = corp"));
        assert!(gives("[profile default]\naws_access_key_id=AKIA"));
    }

    #[test]
    fn a_broken_file_has_the_profiles_that_can_be_made_out() {
        assert_eq!(in_config("[profile dev\n[]\n[profile]\n\u{fffd}[profile x]\n[profile ok]"), ["ok"]);
    }
}
