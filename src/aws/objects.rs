//! Objects: the operator's test object, and what the producer wrote.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::{AggregatedBytes as ByteStreamBytes, ByteStream, DateTime};

use crate::model::{AccountId, BucketName};
use crate::producer::{LogName, Place};
use crate::state::{Found, ObjectStamp, Seen, TestObject};

use super::connect::Aws;
use super::error::AwsError;
use super::outcome::seen;

/// What the test object says; its content is all that is read back.
const TEST_TEXT: &str = "logbucket wrote this to see whether the bucket takes an object, and removes it again.\n";

/// A test object that is still there.
#[derive(Debug)]
pub struct TestLeft {
    key: String,
    /// Its version, where the bucket keeps versions.
    version: Option<String>,
}

impl Aws {
    /// Writes the test object and reads it back; what is left of it is to be removed, whatever reading said.
    pub async fn test_object(&self, place: &Place, key: &str) -> (Result<TestObject, AwsError>, Option<TestLeft>) {
        write_test_object(&self.destination.s3(&place.region), &place.bucket, &place.owner, key).await
    }

    /// Removes the test object; whether it is gone is said.
    pub async fn remove_test_object(&self, place: &Place, left: TestLeft) -> bool {
        let client = self.destination.s3(&place.region);
        let request = client.delete_object().bucket(place.bucket.as_str()).key(left.key).set_version_id(left.version);
        request.expected_bucket_owner(place.owner.as_str()).send().await.is_ok()
    }

    /// An object of the producer's with a fixed key, where it is there.
    pub async fn find(&self, place: &Place, key: &str) -> Result<Seen<Found>, AwsError> {
        find(&self.destination.s3(&place.region), &place.bucket, &place.owner, key).await
    }

    /// The newest log of that name, written at or after a moment of S3's clock.
    pub async fn newest_since(&self, place: &Place, name: &LogName, since: i64) -> Result<Seen<Found>, AwsError> {
        newest_since(&self.destination.s3(&place.region), &place.bucket, &place.owner, name, since).await
    }
}

fn seconds(time: Option<&DateTime>) -> i64 {
    time.map(DateTime::secs).unwrap_or_default()
}

/// The stamp of an object, where it is there.
pub(super) async fn stamp(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> Result<Seen<ObjectStamp>, AwsError> {
    let answer =
        client.head_object().bucket(bucket.as_str()).key(key).expected_bucket_owner(owner.as_str()).send().await;
    let answer = seen("s3:GetObject", &format!("{bucket}/{key}"), &["NotFound", "NoSuchKey"], answer)?;
    Ok(answer.map(|head| ObjectStamp {
        last_modified: seconds(head.last_modified()),
        etag: head.e_tag().unwrap_or_default().to_owned(),
    }))
}

/// Writes an object without naming an encryption, and reads it back.
async fn write_test_object(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> (Result<TestObject, AwsError>, Option<TestLeft>) {
    let resource = format!("{bucket}/{key}");
    let put = client
        .put_object()
        .bucket(bucket.as_str())
        .key(key)
        .content_type("text/plain")
        .body(ByteStream::from_static(TEST_TEXT.as_bytes()))
        .expected_bucket_owner(owner.as_str())
        .send()
        .await
        .map_err(|error| AwsError::of("s3:PutObject", &resource, &error));
    let left = match put {
        Ok(put) => TestLeft { key: key.to_owned(), version: put.version_id },
        Err(error) => {
            // What may lie there without anybody's knowing must go, too.
            let may_be_left = error.may_have_been_done();
            return (Err(error), may_be_left.then(|| TestLeft { key: key.to_owned(), version: None }));
        }
    };
    let read = client.get_object().bucket(bucket.as_str()).key(key).expected_bucket_owner(owner.as_str()).send().await;
    let read = read.map_err(|error| AwsError::of("s3:GetObject", &resource, &error));
    let object = read.map(|read| TestObject {
        key: key.to_owned(),
        algorithm: read.server_side_encryption().map(|word| word.as_str().to_owned()),
        kms_key: read.ssekms_key_id().map(str::to_owned),
        written_at: seconds(read.last_modified()),
        removed: false,
    });
    (object, Some(left))
}

/// An object with a fixed key, read.
pub(super) async fn find(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> Result<Seen<Found>, AwsError> {
    let resource = format!("{bucket}/{key}");
    let answer =
        client.get_object().bucket(bucket.as_str()).key(key).expected_bucket_owner(owner.as_str()).send().await;
    let why = match seen("s3:GetObject", &resource, &["NoSuchKey", "NotFound"], answer) {
        Ok(Seen::Present(answer)) => return Ok(Seen::Present(readable(key, &answer))),
        Ok(Seen::Absent) => return Ok(Seen::Absent),
        Ok(Seen::Denied(denial)) => denial.to_string(),
        Err(error) if is_shut(&error) => error.to_string(),
        Err(error) => return Err(error),
    };
    unreadable(client, bucket, owner, key, why).await
}

/// An object that was read, but for its text.
fn readable(key: &str, answer: &GetObjectOutput) -> Found {
    Found {
        key: key.to_owned(),
        stamp: ObjectStamp {
            last_modified: seconds(answer.last_modified()),
            etag: answer.e_tag().unwrap_or_default().to_owned(),
        },
        unreadable: None,
        algorithm: answer.server_side_encryption().map(|word| word.as_str().to_owned()),
        kms_key: answer.ssekms_key_id().map(str::to_owned),
    }
}

/// The beginning of a log, with what tells its age and encryption.
pub(super) async fn opened(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> Result<Seen<(Found, String)>, AwsError> {
    let resource = format!("{bucket}/{key}");
    let answer = client
        .get_object()
        .bucket(bucket.as_str())
        .key(key)
        .range("bytes=0-1023")
        .expected_bucket_owner(owner.as_str())
        .send()
        .await;
    let why = match seen("s3:GetObject", &resource, &["NoSuchKey", "NotFound", "InvalidRange"], answer) {
        Ok(Seen::Present(answer)) => {
            let found = readable(key, &answer);
            let bytes = answer.body.collect().await.map(ByteStreamBytes::into_bytes).unwrap_or_default();
            return Ok(Seen::Present((found, String::from_utf8_lossy(&bytes).into_owned())));
        }
        Ok(Seen::Absent) => return Ok(Seen::Absent),
        Ok(Seen::Denied(denial)) => denial.to_string(),
        Err(error) if is_shut(&error) => error.to_string(),
        Err(error) => return Err(error),
    };
    Ok(unreadable(client, bucket, owner, key, why).await?.map(|found| (found, String::new())))
}

/// An object that is there and can't be read as it is: its key fails, or it is archived
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
fn is_shut(error: &AwsError) -> bool {
    error.code.as_deref().is_some_and(|code| code.starts_with("KMS") || code == "InvalidObjectState")
}

/// An object that can't be read may still be seen: its key then tells why. What can't be seen either is not known to be there.
async fn unreadable(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
    why: String,
) -> Result<Seen<Found>, AwsError> {
    let head = client.head_object().bucket(bucket.as_str()).key(key).expected_bucket_owner(owner.as_str()).send().await;
    let head = seen("s3:GetObject", &format!("{bucket}/{key}"), &["NotFound", "NoSuchKey"], head)?;
    Ok(head.map(|head| Found {
        key: key.to_owned(),
        stamp: ObjectStamp {
            last_modified: seconds(head.last_modified()),
            etag: head.e_tag().unwrap_or_default().to_owned(),
        },
        unreadable: Some(why),
        algorithm: head.server_side_encryption().map(|word| word.as_str().to_owned()),
        kms_key: head.ssekms_key_id().map(str::to_owned),
    }))
}

/// The newest object of that name that was written at or after a moment of S3's clock, and read.
pub(super) async fn newest_since(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    name: &LogName,
    since: i64,
) -> Result<Seen<Found>, AwsError> {
    let pages = client
        .list_objects_v2()
        .bucket(bucket.as_str())
        .prefix(&name.prefix)
        .expected_bucket_owner(owner.as_str())
        .into_paginator();
    let mut pages = pages.send();
    let mut newest: Option<(i64, String)> = None;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::of("s3:ListBucket", bucket, &error))?;
        for object in page.contents() {
            let time = seconds(object.last_modified());
            let newer = time >= since && newest.as_ref().is_none_or(|(best, _)| time > *best);
            if let Some(key) = object.key().filter(|key| newer && key.contains(&name.contains)) {
                newest = Some((time, key.to_owned()));
            }
        }
    }
    match newest {
        Some((_, key)) => find(client, bucket, owner, &key).await,
        None => Ok(Seen::Absent),
    }
}
