//! What `CloudTrail` tells of changes.

use crate::model::Moment;

/// A change that somebody made, or tried to.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrailEvent {
    /// When.
    pub at: Moment,
    /// The API's operation, such as `PutBucketEncryption`.
    pub name: String,
    /// Who, by the name that `CloudTrail` gives.
    pub user: String,
    /// What it was about, as the request named it: a bucket, a key, a load balancer's ARN.
    pub subject: String,
    /// The load balancer attributes that it named, with their values.
    pub attributes: Vec<(String, String)>,
    /// What AWS refused it with.
    pub error: Option<String>,
}
