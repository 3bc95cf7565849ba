//! What `CloudTrail` tells of changes.

use crate::model::Moment;
use crate::producer::SourceCall;

/// A change that somebody made, or tried to.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrailEvent {
    /// When.
    pub at: Moment,
    /// The API's operation, such as `PutBucketEncryption`.
    pub name: String,
    /// Who: a user's name, or a role's with its session's, as `ROLE/SESSION`.
    pub user: String,
    /// What it was about, as the request named it: a bucket, a key, a load balancer's ARN.
    pub subject: String,
    /// Whether this program made it, by the user agent of its calls.
    pub by_logbucket: bool,
    /// The bucket and the prefix that a log or an inventory was sent to by it.
    pub place: Option<(String, String)>,
    /// The load balancer attributes that it named, with their values.
    pub attributes: Vec<(String, String)>,
    /// The policy of a bucket or key that it set, as JSON, where the event has it.
    pub policy: Option<String>,
    /// What AWS refused it with.
    pub error: Option<String>,
}

impl TrailEvent {
    /// What it tells of a source.
    pub fn call(&self) -> SourceCall<'_> {
        let Self { name, subject, attributes, place, .. } = self;
        SourceCall { operation: name, subject, attributes, place: place.as_ref() }
    }
}
