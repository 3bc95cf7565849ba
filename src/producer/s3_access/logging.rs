//! A bucket's access log setting.

use serde::{Deserialize, Serialize};

use crate::model::Seen;
use crate::producer::{KeyFormat, destination_in_words};

/// A bucket's server access logging.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LoggingEnabled.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Logging {
    /// The destination bucket's name, as stored.
    pub bucket: String,
    /// The prefix.
    pub prefix: String,
    /// The key format.
    pub key_format: KeyFormat,
    /// Whether the format is set explicitly. Simple keys don't need an explicit format.
    #[serde(default)]
    pub format_is_said: bool,
    /// The grants on the log objects. This old feature needs a destination with ACLs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<TargetGrant>,
}

/// A grant on the objects of a log, named as in the API.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_TargetGrant.html>
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetGrant {
    /// `Permission`: `FULL_CONTROL`, `READ` or `WRITE`.
    pub permission: Option<String>,
    /// The grantee's `Type`.
    pub kind: Option<String>,
    /// The grantee's `ID`.
    pub id: Option<String>,
    /// The grantee's `URI`.
    pub uri: Option<String>,
    /// The grantee's `EmailAddress`.
    pub email: Option<String>,
    /// The grantee's `DisplayName`.
    pub name: Option<String>,
}

/// Describes a bucket's current access log.
pub(in crate::producer) fn today(logging: &Seen<Logging>) -> String {
    match logging {
        Seen::Present(logging) => format!("logging to {}", destination_in_words(&logging.bucket, &logging.prefix)),
        Seen::Absent => "off".to_owned(),
        Seen::Denied(_) => "log setting unknown".to_owned(),
    }
}
