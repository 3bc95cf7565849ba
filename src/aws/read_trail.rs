//! Reads `CloudTrail` events at the rate that `CloudTrail` allows.

use std::time::Duration;

use aws_sdk_cloudtrail::error::SdkError;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, timeout};

use crate::model::{Moment, Region, Seen};
use crate::state::TrailEvent;

use super::bounds::OverBound;
use super::connect::Aws;
use super::error::{AwsError, unbuildable};
use super::listing::{Listing, Next};
use super::producer::call_record;

/// The pause between two calls, which are "limited to two per second, per account, per Region"
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>).
///
/// The pause is a little more than half a second, because requests may arrive closer together than they were sent.
const PAUSE: Duration = Duration::from_millis(550);

/// How much longer a Region's history may take than the call rate requires. A verdict does not need the history, so a
/// run does not wait longer.
const LATE: Duration = Duration::from_secs(10);

/// The most pages of 50 events to read for one operation, newest first.
const PAGES: usize = 4;

/// The events read from the event history.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    pub events: Vec<TrailEvent>,
    /// The operations for which only the newest events were read.
    pub cut: Vec<String>,
}

impl Aws {
    /// Reads the events of some operations in the last 90 days, one operation at a time. `late` is how much longer this
    /// Region's history has taken so far than the call rate requires. Reading updates `late`.
    pub async fn trail(
        &self,
        region: &Region,
        operations: &[&str],
        late: &mut Duration,
    ) -> Result<Seen<Trail>, AwsError> {
        let client = self.source.trail(region);
        let mut trail = Trail::default();
        let mut every = tokio::time::interval(PAUSE);
        // A late response must not bring the next two calls closer together.
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let pace = &tokio::sync::Mutex::new((every, late));
        for operation in operations {
            let attribute = LookupAttribute::builder()
                .attribute_key(LookupAttributeKey::EventName)
                .attribute_value(*operation)
                .build()
                .map_err(|error| unbuildable("cloudtrail:LookupEvents", operation, &error))?;
            let listing = Listing { action: "cloudtrail:LookupEvents", resource: "*", absent: &[], pages: PAGES };
            let ask = |token| {
                let request = client.lookup_events().lookup_attributes(attribute.clone()).set_next_token(token);
                async move {
                    let mut pace = pace.lock().await;
                    let (every, late) = &mut *pace;
                    every.tick().await;
                    let asked = Instant::now();
                    let answer = timeout(LATE.saturating_sub(**late) + PAUSE, request.send()).await;
                    **late += asked.elapsed().saturating_sub(PAUSE);
                    match answer {
                        Ok(answer) => answer,
                        Err(_) => Err(SdkError::timeout_error(OverBound::Time(LATE))),
                    }
                }
            };
            let mut pages = 0;
            let read = listing.read(ask, |page| {
                trail.events.extend(page.events.unwrap_or_default().iter().filter_map(parsed));
                pages += 1;
                let next = Next::by_token(page.next_token);
                if pages == PAGES && next != Next::End {
                    trail.cut.push((*operation).to_owned());
                    return Next::End;
                }
                next
            });
            if let Seen::Denied(denial) = read.await? {
                return Ok(Seen::Denied(denial));
            }
        }
        Ok(Seen::Present(trail))
    }
}

/// Converts an event, or returns `None` if it has no time or operation.
fn parsed(event: &Event) -> Option<TrailEvent> {
    trail_event(
        event.event_time()?.secs(),
        event.event_name()?,
        event.username(),
        event.cloud_trail_event().unwrap_or_default(),
    )
}

/// Builds an event from a JSON record. Parts of the record come from the caller, so missing parts count as empty.
pub fn trail_event(at: i64, name: &str, user: Option<&str>, record: &str) -> Option<TrailEvent> {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    let text = |path: &str| record.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
    let subject = call_record::SUBJECTS.into_iter().chain(["/requestParameters/keyId"]).find_map(text)?;
    let error = text("/errorCode").map(|code| match text("/errorMessage") {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    });
    // For a role, `Username` is only the session name, which says little.
    let session =
        text("/userIdentity/arn").and_then(|arn| arn.split_once(":assumed-role/")).map(|(_, session)| session);
    let user = session.or(user).or_else(|| text("/userIdentity/userName")).or_else(|| text("/userIdentity/arn"));
    let agent = text("/userAgent").unwrap_or_default();
    let by_logbucket = agent.split([' ', '[', ']']).any(|word| word == concat!("app/", env!("CARGO_PKG_NAME")));
    Some(TrailEvent {
        at: Moment(at),
        attributes: call_record::attributes(&record),
        name: name.to_owned(),
        user: user.unwrap_or("someone").to_owned(),
        by_logbucket,
        place: call_record::place(&record),
        policy: policy(&record),
        subject: subject.to_owned(),
        error,
    })
}

/// Returns the policy that a request set. A key policy is a text
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/ct-put-key-policy.html>). A bucket policy is a document, as
/// field records show; no AWS page describes it.
fn policy(record: &Value) -> Option<String> {
    let policy = record.pointer("/requestParameters/bucketPolicy").or(record.pointer("/requestParameters/policy"))?;
    match policy {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => Some(policy.to_string()),
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(parameters: &str) -> Option<String> {
        let record = format!(r#"{{"requestParameters":{parameters}}}"#);
        trail_event(1, "X", Some("alice"), &record).map(|event| event.subject)
    }

    #[test]
    fn an_event_names_its_subject() {
        assert_eq!(subject(r#"{"bucketName":"b"}"#).as_deref(), Some("b"));
        assert_eq!(subject(r#"{"loadBalancerArn":"arn:x"}"#).as_deref(), Some("arn:x"));
        assert_eq!(subject(r#"{"keyId":"k","policy":"{}"}"#).as_deref(), Some("k"));
        assert_eq!(subject("null"), None);
    }

    #[test]
    fn a_denial_keeps_awss_message() {
        let record = r#"{"requestParameters":{"loadBalancerArn":"a"},"errorCode":"InvalidConfigurationRequestException","errorMessage":"Access Denied for bucket: b. Please check S3bucket permission","userIdentity":{"arn":"arn:aws:sts::1:assumed-role/R/s"}}"#;
        let event = trail_event(1, "ModifyLoadBalancerAttributes", None, record).unwrap();
        assert_eq!(event.user, "R/s");
        assert_eq!(
            event.error.as_deref(),
            Some("InvalidConfigurationRequestException: Access Denied for bucket: b. Please check S3bucket permission")
        );
    }

    #[test]
    fn an_event_shows_caller_client_and_destination() {
        let event = |user: Option<&str>, record: &str| trail_event(1, "PutBucketLogging", user, record).unwrap();
        let role = event(
            Some("s"),
            r#"{"userIdentity":{"arn":"arn:aws:sts::1:assumed-role/Admin/s"},"userAgent":"[aws-sdk-rust/1.3 ua/2.1 app/logbucket]","requestParameters":{"bucketName":"a","BucketLoggingStatus":{"LoggingEnabled":{"TargetBucket":"b","TargetPrefix":"p/"}}}}"#,
        );
        assert_eq!((role.user.as_str(), role.by_logbucket), ("Admin/s", true));
        assert_eq!(role.place, Some(("b".to_owned(), "p/".to_owned())));
        let user = event(
            Some("alice"),
            r#"{"userAgent":"[aws-cli/2 app/logbucket-clone]","requestParameters":{"bucketName":"a","BucketLoggingStatus":{}}}"#,
        );
        assert_eq!((user.user.as_str(), user.by_logbucket, user.place), ("alice", false, None));
        let inventory = event(
            None,
            r#"{"requestParameters":{"bucketName":"a","InventoryConfiguration":{"Destination":{"S3BucketDestination":{"Bucket":"arn:aws:s3:::b"}}}}}"#,
        );
        assert_eq!(inventory.place, Some(("b".to_owned(), String::new())));
    }

    #[test]
    fn an_event_has_the_policy_that_was_set() {
        let policy = |parameters: &str| {
            let record = format!(r#"{{"requestParameters":{parameters}}}"#);
            trail_event(1, "X", None, &record).unwrap().policy
        };
        let of_bucket = r#"{"bucketName":"b","bucketPolicy":{"Version":"2012-10-17","Statement":[]},"policy":""}"#;
        assert_eq!(policy(of_bucket).as_deref(), Some(r#"{"Version":"2012-10-17","Statement":[]}"#));
        assert_eq!(policy(r#"{"keyId":"k","policy":"{\"Statement\":[]}"}"#).as_deref(), Some(r#"{"Statement":[]}"#));
        assert_eq!(policy(r#"{"bucketName":"b"}"#), None);
        assert_eq!(policy(r#"{"bucketName":"b","bucketPolicy":7}"#), None);
    }

    #[test]
    fn a_malformed_record_is_skipped() {
        for record in ["", "[]", "{}", "{\"requestParameters\":[1]}", "{\"requestParameters\":{\"bucketName\":7}}"] {
            assert_eq!(trail_event(1, "X", None, record), None, "{record}");
        }
    }
}
