//! Changes from `CloudTrail`.

use crate::model::Moment;
use crate::producer::SourceCall;

/// A change that someone made or tried to make.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrailEvent {
    pub at: Moment,
    /// The API operation, such as `PutBucketEncryption`.
    pub name: String,
    /// The user's name, or a role with its session as `ROLE/SESSION`.
    pub user: String,
    /// The subject as named in the request: a bucket, a key, a load balancer's ARN.
    pub subject: String,
    /// Whether this program made the change, according to the user agent.
    pub by_logbucket: bool,
    /// The bucket and prefix that the change set for a log or an inventory.
    pub place: Option<(String, String)>,
    /// The load balancer attributes in the request, with their values.
    pub attributes: Vec<(String, String)>,
    /// The bucket or key policy that the change set, as JSON, if the event contains it.
    pub policy: Option<String>,
    /// The error with which AWS refused the change.
    pub error: Option<String>,
}

impl TrailEvent {
    /// Returns the call as evidence about a source.
    pub fn call(&self) -> SourceCall<'_> {
        let Self { name, subject, attributes, place, .. } = self;
        SourceCall { operation: name, subject, attributes, place: place.as_ref() }
    }
}
