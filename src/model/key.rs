//! The ways to name a KMS key.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>

use std::fmt;
use std::str::FromStr;

use super::{Arn, ArnError};

/// A key's full ARN: the only name that a log service resolves to the intended key.
///
/// If a setting names a key by ID or alias, S3 "resolves the key within the requester's account". The requester is the
/// log service: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyArn(Arn);

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyRef {
    Arn(KeyArn),
    /// A key ID, in the destination's account and Region.
    Id(String),
    /// An alias (`alias/NAME`), in the destination's account and Region.
    Alias(String),
    /// The ARN of an alias.
    AliasArn(Arn),
}

/// The key to use.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyChoice {
    Existing(KeyRef),
    /// A key that logbucket creates for the bucket. Later runs find the key by its alias.
    Create,
}

/// Why a text does not name a key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyRefError {
    /// The text begins like an ARN but isn't an ARN.
    #[error(transparent)]
    Arn(#[from] ArnError),
    #[error("`{0}` is not a KMS key (expected: a key ARN, a key ID, `alias/NAME` or `create`)")]
    Form(String),
    /// The key that AWS manages for S3.
    #[error("`{0}` is the AWS managed key, which no log service can use: name a customer managed key or `create`")]
    AwsManaged(String),
}

impl KeyArn {
    /// Returns the key's ID: the part after `key/`.
    pub fn id(&self) -> &str {
        self.0.resource.strip_prefix("key/").unwrap_or(&self.0.resource)
    }

    pub fn arn(&self) -> &Arn {
        &self.0
    }
}

impl FromStr for KeyArn {
    type Err = KeyRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let arn: Arn = text.parse()?;
        let whole = arn.service == "kms"
            && !arn.region.is_empty()
            && !arn.account.is_empty()
            && arn.resource.strip_prefix("key/").is_some_and(key_id);
        if whole { Ok(Self(arn)) } else { Err(KeyRefError::Form(text.to_owned())) }
    }
}

/// Checks for a UUID, or `mrk-` and 32 hexadecimal digits.
fn key_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn alias_name(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
    (1..=250).contains(&text.len()) && text.chars().all(legal)
}

impl FromStr for KeyRef {
    type Err = KeyRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || KeyRefError::Form(text.to_owned());
        let alias = |name: &str| match name.strip_prefix("aws/") {
            Some(_) => Err(KeyRefError::AwsManaged(text.to_owned())),
            None if alias_name(name) => Ok(()),
            None => Err(form()),
        };
        if let Some(name) = text.strip_prefix("alias/") {
            alias(name)?;
            return Ok(Self::Alias(text.to_owned()));
        }
        if text.starts_with("arn:") {
            let arn: Arn = text.parse()?;
            return match arn.resource.strip_prefix("alias/") {
                Some(name) if arn.service == "kms" => {
                    alias(name)?;
                    Ok(Self::AliasArn(arn))
                }
                _ => Ok(Self::Arn(text.parse()?)),
            };
        }
        let shaped = text.contains('-') && text.chars().any(|c| c.is_ascii_digit());
        if key_id(text) && shaped { Ok(Self::Id(text.to_owned())) } else { Err(form()) }
    }
}

impl FromStr for KeyChoice {
    type Err = KeyRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "create" { Ok(Self::Create) } else { Ok(Self::Existing(text.parse()?)) }
    }
}

impl fmt::Display for KeyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(arn) => arn.fmt(f),
            Self::AliasArn(arn) => arn.fmt(f),
            Self::Id(text) | Self::Alias(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for KeyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Existing(key) => key.fmt(f),
            Self::Create => f.write_str("create"),
        }
    }
}

/// A known key, or the key that a plan creates. The ARN of a created key is the only value that a plan can't know in
/// advance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeySlot {
    Known(KeyArn),
    /// The key that the plan's `CreateKey` creates.
    Created,
}

impl KeySlot {
    /// Returns the key's ARN. `created` is the ARN of the created key.
    pub fn arn(&self, created: Option<&KeyArn>) -> Option<String> {
        match self {
            Self::Known(arn) => Some(arn.to_string()),
            Self::Created => created.map(ToString::to_string),
        }
    }

    /// Returns the key's ARN for a template, or a placeholder for a key that does not exist yet.
    pub fn in_template(&self) -> String {
        match self {
            Self::Known(arn) => arn.to_string(),
            Self::Created => "the ARN of the new key".to_owned(),
        }
    }

    /// Returns the name for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::Known(arn) => format!("`{arn}`"),
            Self::Created => "the new key".to_owned(),
        }
    }

    /// Describes the encryption: SSE-KMS with the key, or SSE-S3 without a key.
    pub fn encryption_title(key: Option<&Self>) -> String {
        key.map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS with {}", key.title()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_key_prints_as_it_was_read() {
        for text in [
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:us-east-1:111122223333:alias/logs",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            "alias/logs",
            "create",
        ] {
            assert_eq!(text.parse::<KeyChoice>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_aws_managed_key_is_rejected_by_name() {
        for text in ["alias/aws/s3", "arn:aws:kms:us-east-1:111122223333:alias/aws/s3"] {
            assert!(matches!(text.parse::<KeyRef>(), Err(KeyRefError::AwsManaged(_))), "{text}");
        }
    }

    #[test]
    fn other_text_does_not_name_a_key() {
        for text in ["", "logs", "alias/", "arn:aws:s3:::demo", "key/1234"] {
            assert!(text.parse::<KeyRef>().is_err(), "{text}");
        }
    }
}
