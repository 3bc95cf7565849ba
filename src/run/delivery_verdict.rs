//! Evaluates evidence of delivery, without reading anything itself.
//!
//! The operator's test object proves that the bucket, the prefix and the encryption work. Only an object that the
//! service wrote after the attachment proves delivery. A service that does not write at once is *permitted, pending*,
//! never *verified*.

use crate::aws::{AwsError, ErrorCause};
use crate::model::{Moment, Seen};
use crate::plan::ExpectedKey;
use crate::state::{FoundObject, ObjectStamp, TestObject};

/// The verdict of the operator's test object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum TestVerdict {
    /// The object was written and read back, and has the expected encryption.
    Passed(TestObject),
    /// The object was not written or not evaluated, for a reason that affects only the operator, not the service.
    Inconclusive(String),
    /// Nothing can be delivered with these settings.
    Failed(String),
}

/// What is known about delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Delivery {
    /// The service wrote these readable objects after the attachment.
    Proven(Vec<String>),
    /// Nothing had to be changed, and these readable objects of the service are newer than the attachment.
    Verified {
        /// When the oldest of the objects was written.
        at: Moment,
        /// The objects' keys.
        objects: Vec<String>,
    },
    /// Delivery is allowed according to AWS documentation, but the service has not written yet.
    Permitted {
        /// When to expect the first object, as text.
        until: String,
        /// Why there is no proof yet, if this needs an explanation.
        note: Option<String>,
    },
    /// The service should have written by now and did not, or its object can't be read.
    Failed(String),
}

impl Delivery {
    /// Describes a wait that the user interrupted.
    pub(crate) fn interrupted() -> Self {
        Self::not_seen("the wait for its first object was interrupted".to_owned())
    }

    /// Describes missing evidence, with the reason.
    pub(crate) fn not_seen(why: String) -> Self {
        Self::Permitted { until: "once the service has had time to write".to_owned(), note: Some(why) }
    }
}

/// Evaluates the test object.
pub(crate) fn judge_test(written: Result<TestObject, AwsError>, expected: &ExpectedKey) -> TestVerdict {
    let object = match written {
        Ok(object) => object,
        Err(error) => return verdict_of_error(&error),
    };
    match wrong_encryption(object.algorithm.as_deref(), object.kms_key.as_deref(), expected) {
        Some(wrong) => TestVerdict::Failed(format!("an object written with the default encryption {wrong}")),
        None => TestVerdict::Passed(object),
    }
}

/// A key in an unusable state fails for everyone. A refusal may affect only the operator.
fn verdict_of_error(error: &AwsError) -> TestVerdict {
    let of_the_key = error.code.as_deref().is_some_and(|code| code.starts_with("KMS."));
    if of_the_key {
        return TestVerdict::Failed(error.to_string());
    }
    let whose = if error.message.contains("resource control policy") {
        "; a resource control policy applies to the service too, unless it exempts services"
    } else if error.cause == ErrorCause::AccessDenied {
        "; the bucket policy or IAM denies this caller, but the log service may still be allowed to write"
    } else {
        ""
    };
    TestVerdict::Inconclusive(format!("could not be written or read: {error}{whose}"))
}

/// Describes an object's wrong encryption, if S3's response shows one. A missing value is not wrong.
fn wrong_encryption(algorithm: Option<&str>, key: Option<&str>, expected: &ExpectedKey) -> Option<String> {
    let algorithm = algorithm?;
    match (expected, algorithm, key) {
        (ExpectedKey::Unknown | ExpectedKey::Created, _, _) | (ExpectedKey::None, "AES256", _) => None,
        (ExpectedKey::None, other, _) => Some(format!("has `{other}` instead of SSE-S3")),
        (ExpectedKey::Known(wanted), "aws:kms", Some(key)) if key == wanted => None,
        (ExpectedKey::Known(wanted), other, key) => {
            Some(format!("has `{other}` with key `{}` instead of `{wanted}`", key.unwrap_or("none")))
        }
    }
}

/// Evaluates an object that the service wrote. Returns `None` if the object proves nothing yet.
///
/// `before` is the object's version before the attachment, and `since` is the time of the test object by S3's clock. An
/// object proves something only if it is newer than `before`. If `before` could not be read, the object must be newer
/// than the test object. An unreadable object is a failure.
pub(crate) fn judge_file(
    found: &FoundObject,
    before: &Seen<ObjectStamp>,
    since: Option<i64>,
    expected: &ExpectedKey,
) -> Option<Result<String, String>> {
    let newer = match before {
        Seen::Absent => true,
        Seen::Present(before) => found.stamp.last_modified > before.last_modified,
        Seen::Denied(_) => since.is_some_and(|since| found.stamp.last_modified >= since),
    };
    if !newer {
        return None;
    }
    if let Some(why) = &found.unreadable {
        let key = found.kms_key.as_deref().map(|key| format!(", encrypted with `{key}`")).unwrap_or_default();
        return Some(Err(format!("`{}` arrived but can't be read: {why}{key}", found.key)));
    }
    Some(match wrong_encryption(found.algorithm.as_deref(), found.kms_key.as_deref(), expected) {
        Some(wrong) => Err(format!("`{}` arrived but {wrong}", found.key)),
        None => Ok(found.key.clone()),
    })
}

/// Evaluates existing objects when nothing had to be changed. They prove the setup if all of them are readable, newer
/// than the attachment, and encrypted as required now. Otherwise returns `None`.
pub(crate) fn judge_present(
    found: &[FoundObject],
    attached: Option<Moment>,
    expected: &ExpectedKey,
) -> Option<Delivery> {
    let at = found.iter().map(|found| found.stamp.last_modified).min()?;
    let is_right = |found: &FoundObject| {
        found.unreadable.is_none()
            && wrong_encryption(found.algorithm.as_deref(), found.kms_key.as_deref(), expected).is_none()
    };
    let is_newer = attached.is_none_or(|attached| at >= attached.0);
    (is_newer && found.iter().all(is_right))
        .then(|| Delivery::Verified { at: Moment(at), objects: found.iter().map(|found| found.key.clone()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(last_modified: i64) -> FoundObject {
        FoundObject {
            key: "AWSLogs/111122223333/ELBAccessLogTestFile".to_owned(),
            stamp: ObjectStamp { last_modified, etag: "e".to_owned() },
            unreadable: None,
            algorithm: Some("AES256".to_owned()),
            kms_key: None,
        }
    }

    fn judged(
        found: &FoundObject,
        before: &Seen<ObjectStamp>,
        expected: &ExpectedKey,
    ) -> Option<Result<String, String>> {
        judge_file(found, before, Some(50), expected)
    }

    #[test]
    fn an_old_file_proves_nothing() {
        let before = Seen::Present(found(100).stamp);
        assert_eq!(judged(&found(100), &before, &ExpectedKey::None), None);
        assert_eq!(judged(&found(99), &before, &ExpectedKey::None), None);
        assert!(matches!(judged(&found(101), &before, &ExpectedKey::None), Some(Ok(_))));
        assert!(matches!(judged(&found(1), &Seen::Absent, &ExpectedKey::None), Some(Ok(_))));
    }

    #[test]
    fn existing_objects_verify_an_unchanged_setup_if_they_are_newer_than_the_attachment() {
        let objects = [found(100), found(90)];
        let judged = |attached, expected| judge_present(&objects, attached, &expected);
        let verified = judged(None, ExpectedKey::None);
        assert!(matches!(&verified, Some(Delivery::Verified { at: Moment(90), objects }) if objects.len() == 2));
        assert_eq!(judged(Some(Moment(90)), ExpectedKey::None), verified);
        assert_eq!(judged(Some(Moment(91)), ExpectedKey::None), None, "one is older than the attachment");
        assert_eq!(judged(None, ExpectedKey::Known("arn".to_owned())), None, "it was written with another encryption");
        let unreadable = FoundObject { unreadable: Some("denied".to_owned()), ..found(100) };
        assert_eq!(judge_present(&[found(100), unreadable], None, &ExpectedKey::None), None);
        assert_eq!(judge_present(&[], None, &ExpectedKey::None), None);
    }

    #[test]
    fn without_an_earlier_read_only_a_file_newer_than_the_test_object_counts() {
        let before = Seen::Denied(crate::model::Denial {
            action: "s3:GetObject",
            resource: "b/k".to_owned(),
            why: crate::model::Unread::Denied,
        });
        assert_eq!(judged(&found(49), &before, &ExpectedKey::None), None);
        assert!(matches!(judged(&found(50), &before, &ExpectedKey::None), Some(Ok(_))));
        assert_eq!(judge_file(&found(50), &before, None, &ExpectedKey::None), None);
    }

    #[test]
    fn an_unreadable_file_is_a_failure_and_never_proof() {
        let unreadable = FoundObject { unreadable: Some("denied".to_owned()), ..found(5) };
        assert!(matches!(judged(&unreadable, &Seen::Absent, &ExpectedKey::None), Some(Err(_))));
    }

    #[test]
    fn a_file_with_another_key_is_a_failure() {
        let foreign = FoundObject {
            algorithm: Some("aws:kms".to_owned()),
            kms_key: Some("arn:aws:kms:us-east-1:858827067514:key/1".to_owned()),
            ..found(5)
        };
        let wanted = ExpectedKey::Known("arn:aws:kms:us-east-1:111122223333:key/1".to_owned());
        assert!(matches!(judged(&foreign, &Seen::Absent, &wanted), Some(Err(_))));
        assert!(matches!(judged(&foreign, &Seen::Absent, &ExpectedKey::None), Some(Err(_))));
    }

    #[test]
    fn a_test_object_with_another_encryption_is_wrong() {
        let object = |algorithm: &str| TestObject {
            key: "logbucket-test-object".to_owned(),
            algorithm: Some(algorithm.to_owned()),
            kms_key: None,
            written_at: 0,
            removed: true,
        };
        assert!(matches!(judge_test(Ok(object("AES256")), &ExpectedKey::None), TestVerdict::Passed(_)));
        assert!(matches!(judge_test(Ok(object("aws:kms")), &ExpectedKey::None), TestVerdict::Failed(_)));
    }
}
