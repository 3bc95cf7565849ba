//! Objects in the destination: the operator's test object and what the log service wrote.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::{AggregatedBytes, ByteStream, DateTime};

use crate::model::{AccountId, BucketName, Region, RunToken, Seen};
use crate::producer::Destination;
use crate::state::{FoundObject, ObjectStamp, TestObject};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};
use super::outcome::seen;

/// The content of the test object, before the run's token.
const TEST_TEXT: &str = "logbucket wrote this to test the bucket, and removes it again: ";

/// The most pages of folders to read.
const PAGES: usize = 20;

/// How much of a log is read: enough for its first record.
const BEGINNING: usize = 1024;

/// A test object that still exists.
#[derive(Debug)]
pub struct TestLeft {
    key: String,
    /// Its version, in a versioned bucket.
    version: Option<String>,
}

impl Aws {
    /// Writes the test object of a run and reads it back. A returned [`TestLeft`] must be removed, even if the read
    /// failed. `stem` begins the object's key.
    pub async fn test_object(
        &self,
        destination: &Destination,
        stem: &str,
        token: &RunToken,
    ) -> (Result<TestObject, AwsError>, Option<TestLeft>) {
        let client = self.destination.s3(&destination.region);
        TestWrite::new(&client, destination, stem, token).run().await
    }

    /// Removes the test object that a run with this token left when it was interrupted.
    pub async fn remove_stale_test_object(&self, destination: &Destination, stem: &str, token: &RunToken) {
        let client = self.destination.s3(&destination.region);
        let test = TestWrite::new(&client, destination, stem, token);
        if let Ok((_, Some(left))) = test.read().await {
            self.remove_test_object(destination, left).await;
        }
    }

    /// Removes the test object and returns whether it is gone.
    pub async fn remove_test_object(&self, destination: &Destination, left: TestLeft) -> bool {
        let client = self.destination.s3(&destination.region);
        let request =
            client.delete_object().bucket(destination.bucket.as_str()).key(left.key).set_version_id(left.version);
        request.expected_bucket_owner(destination.owner.as_str()).send().await.is_ok()
    }

    /// Returns the folders in a folder of a bucket, with their full names.
    pub async fn folders_in(
        &self,
        (bucket, folder): (&BucketName, &str),
        owner: &AccountId,
        region: &Region,
    ) -> Result<Seen<Vec<String>>, AwsError> {
        let listing =
            Listing { action: "s3:ListBucket", resource: bucket.as_str(), absent: &["NoSuchBucket"], pages: PAGES };
        let request = self.destination.s3(region).list_objects_v2().bucket(bucket.as_str()).prefix(folder);
        let request = request.delimiter("/").expected_bucket_owner(owner.as_str());
        let mut folders = Vec::new();
        let ask = |token| request.clone().set_continuation_token(token).send();
        let read = listing.read(ask, |page| {
            let common = page.common_prefixes.unwrap_or_default();
            folders.extend(common.into_iter().filter_map(|common| common.prefix));
            Next::by_flag(page.is_truncated, page.next_continuation_token)
        });
        Ok(read.await?.map(|()| folders))
    }

    /// Reads an object with a fixed key that the log service writes.
    pub async fn find(&self, destination: &Destination, key: &str) -> Result<Seen<FoundObject>, AwsError> {
        find(&self.destination.s3(&destination.region), &destination.bucket, &destination.owner, key).await
    }
}

fn seconds(time: Option<&DateTime>) -> i64 {
    time.map(DateTime::secs).unwrap_or_default()
}

/// Returns the stamp of an object.
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

/// A test object to write, at a key that no other run uses.
struct TestWrite<'a> {
    client: &'a Client,
    bucket: &'a BucketName,
    owner: &'a AccountId,
    key: String,
    text: String,
}

impl<'a> TestWrite<'a> {
    fn new(client: &'a Client, destination: &'a Destination, stem: &str, token: &RunToken) -> Self {
        let (key, text) = (format!("{stem}{token}"), format!("{TEST_TEXT}{token}\n"));
        Self { client, bucket: &destination.bucket, owner: &destination.owner, key, text }
    }

    /// Writes the object without naming an encryption, and reads it back. The write succeeds only if the key is free.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    async fn run(self) -> (Result<TestObject, AwsError>, Option<TestLeft>) {
        let put = self
            .client
            .put_object()
            .bucket(self.bucket.as_str())
            .key(&self.key)
            .if_none_match("*")
            .content_type("text/plain")
            .body(ByteStream::from(self.text.clone().into_bytes()))
            .expected_bucket_owner(self.owner.as_str())
            .send()
            .await
            .map_err(|error| AwsError::new("s3:PutObject", self.resource(), &error));
        match put {
            Ok(put) => {
                let left = TestLeft { key: self.key.clone(), version: put.version_id };
                (self.read().await.map(|(object, _)| object), Some(left))
            }
            // An earlier try may have succeeded although its response was lost. The text shows whether the object is
            // this run's.
            Err(error) if error.is("PreconditionFailed") || error.may_have_been_done() => match self.read().await {
                Ok((object, left)) if left.is_some() => (Ok(object), left),
                Ok(_) => (Err(error), None),
                Err(unread) if unread.is("NoSuchKey") => (Err(error), None),
                // The object may exist. It is this run's, since no other run has a key with this token.
                Err(_) => (Err(error), Some(TestLeft { key: self.key.clone(), version: None })),
            },
            Err(error) => (Err(error), None),
        }
    }

    fn resource(&self) -> String {
        format!("{}/{}", self.bucket, self.key)
    }

    /// Reads the object. If its text is this run's, also returns the object to remove.
    async fn read(&self) -> Result<(TestObject, Option<TestLeft>), AwsError> {
        let request = self.client.get_object().bucket(self.bucket.as_str()).key(&self.key);
        let read = request.expected_bucket_owner(self.owner.as_str()).send().await;
        let read = read.map_err(|error| AwsError::new("s3:GetObject", self.resource(), &error))?;
        let object = TestObject {
            key: self.key.clone(),
            algorithm: read.server_side_encryption().map(|word| word.as_str().to_owned()),
            kms_key: read.ssekms_key_id().map(str::to_owned),
            written_at: seconds(read.last_modified()),
            removed: false,
        };
        let version = read.version_id().map(str::to_owned);
        let text = read.body.collect().await.map(AggregatedBytes::into_bytes);
        let is_ours = text.is_ok_and(|text| text == self.text.as_bytes());
        Ok((object, is_ours.then(|| TestLeft { key: self.key.clone(), version })))
    }
}

/// Reads an object with a fixed key.
pub(super) async fn find(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> Result<Seen<FoundObject>, AwsError> {
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

/// Describes an object that was read, without its text.
fn readable(key: &str, answer: &GetObjectOutput) -> FoundObject {
    FoundObject {
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

/// Returns the first bytes of a body. A service that ignores ranges sends the whole object; the rest is not read.
async fn beginning(mut body: ByteStream) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(more)) = body.try_next().await {
        bytes.extend_from_slice(&more);
        if bytes.len() >= BEGINNING {
            break;
        }
    }
    bytes.truncate(BEGINNING);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the beginning of a log, with its age and encryption.
pub(super) async fn opened(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
) -> Result<Seen<(FoundObject, String)>, AwsError> {
    let resource = format!("{bucket}/{key}");
    let answer = client
        .get_object()
        .bucket(bucket.as_str())
        .key(key)
        .range(format!("bytes=0-{}", BEGINNING - 1))
        .expected_bucket_owner(owner.as_str())
        .send()
        .await;
    let why = match seen("s3:GetObject", &resource, &["NoSuchKey", "NotFound", "InvalidRange"], answer) {
        Ok(Seen::Present(answer)) => {
            let found = readable(key, &answer);
            return Ok(Seen::Present((found, beginning(answer.body).await)));
        }
        Ok(Seen::Absent) => return Ok(Seen::Absent),
        Ok(Seen::Denied(denial)) => denial.to_string(),
        Err(error) if is_shut(&error) => error.to_string(),
        Err(error) => return Err(error),
    };
    Ok(unreadable(client, bucket, owner, key, why).await?.map(|found| (found, String::new())))
}

/// Returns whether an object exists but can't be read, because its KMS key fails or the object is archived
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
fn is_shut(error: &AwsError) -> bool {
    error.code.as_deref().is_some_and(|code| code.starts_with("KMS") || code == "InvalidObjectState")
}

/// Describes an unreadable object from its HEAD response. The response names the KMS key, which may explain the
/// failure. If HEAD is refused too, the object may not exist.
async fn unreadable(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    key: &str,
    why: String,
) -> Result<Seen<FoundObject>, AwsError> {
    let head = client.head_object().bucket(bucket.as_str()).key(key).expected_bucket_owner(owner.as_str()).send().await;
    let head = seen("s3:GetObject", &format!("{bucket}/{key}"), &["NotFound", "NoSuchKey"], head)?;
    Ok(head.map(|head| FoundObject {
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
