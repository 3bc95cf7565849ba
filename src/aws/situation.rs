//! What a hint fills in: whose credentials are used, where, and what else the configuration offers.
//!
//! The files are read for their profiles' names alone, when something went wrong; the SDK reads them for all else.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::model::{AccountId, Partition, Region};
use crate::request::CommandLine;

use super::permission::Where;

/// The situation in which a call failed, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    pub(super) profile: Option<String>,
    pub(super) profiles: Vec<String>,
    pub(super) keys_in_environment: bool,
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
            keys_in_environment: profile.is_none() && set("AWS_ACCESS_KEY_ID").is_some(),
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
            _ if self.keys_in_environment => "keys in the environment (AWS_ACCESS_KEY_ID)".to_owned(),
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
    let (config, credentials) = (text(CONFIG), text(CREDENTIALS));
    let mut names: Vec<String> = in_config(&config).chain(sections(&credentials).map(str::to_owned)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A file of the configuration: the variable that names it, and its usual name.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>
type File = (&'static str, &'static str);
const CONFIG: File = ("AWS_CONFIG_FILE", "config");
const CREDENTIALS: File = ("AWS_SHARED_CREDENTIALS_FILE", "credentials");

fn text((variable, file): File) -> String {
    let path = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = path.or_else(|| Some(env::home_dir()?.join(".aws").join(file)));
    path.and_then(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// The first of the SDK's sources behind the environment that has anything to say.
fn unnamed() -> &'static str {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if gives_credentials(&text(CONFIG)) || gives_credentials(&text(CREDENTIALS)) {
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
fn gives_credentials(text: &str) -> bool {
    let mut is_default = false;
    text.lines().any(|line| {
        if let Some(section) = sections(line).next() {
            is_default = section == "default" || section == "profile default";
        }
        is_default && line.split_once('=').is_some_and(|(name, _)| GIVING.contains(&name.trim()))
    })
}

/// In `config` a profile other than the default is called `profile NAME`; `sso-session` and `services` are none.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
fn in_config(text: &str) -> impl Iterator<Item = String> {
    sections(text).filter_map(|section| {
        let name = section.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace));
        name.map(|name| name.trim().to_owned()).or_else(|| (section == "default").then(|| section.to_owned()))
    })
}

fn sections(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let name = line.trim().strip_prefix('[')?.split_once(']')?.0.trim();
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_in_the_sections_of_a_file() {
        let text = "[default]\nregion=x\n[profile dev]\n# [profile no]\n  [ profile  prod ] # yes\n[sso-session corp]\n[profiled]\n[services s]\n";
        assert_eq!(in_config(text).collect::<Vec<_>>(), ["default", "dev", "prod"]);
        assert_eq!(sections("[a]\nx = [1]\n[b]").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_default_profile_that_only_names_a_region_gives_no_credentials() {
        assert!(!gives_credentials("[default]\nregion = x\n[profile a]\nrole_arn = y"));
        assert!(gives_credentials("[profile a]\nregion=x\n[default]\nregion = x\nsso_session = corp"));
        assert!(gives_credentials("[default]\naws_access_key_id=AKIA"));
    }

    #[test]
    fn a_broken_file_has_the_profiles_that_can_be_made_out() {
        assert_eq!(
            in_config("[profile dev\n[]\n[profile]\n\u{fffd}[profile x]\n[profile ok]").collect::<Vec<_>>(),
            ["ok"]
        );
    }
}
