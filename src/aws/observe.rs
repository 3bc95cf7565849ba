//! Reads everything that a request depends on, in parallel where possible.

use std::collections::BTreeMap;

use crate::model::{AccountId, BucketName, Encryption, EncryptionKind, KeyChoice, Region, Seen};
use crate::plan::may_be_public;
use crate::producer::{AclWay, LogType, Loops, Prefix, Source};
use crate::request::Request;
use crate::state::{
    Bucket, BucketOrigin, BucketState, Identity, Key, ObjectStamp, Observed, OwnKeys, Ownership, SourceTags,
};

use super::connect::Aws;
use super::error::AwsError;
use super::observe_error::ObserveError;
use super::read_bucket::Head;
use super::{clock, read_bucket, read_destination, read_key};

/// The number of sources read in parallel.
pub(super) const AT_ONCE: usize = 16;

/// An account, and the keys in it that this user's runs created.
#[derive(Clone, Copy)]
pub(super) struct AccountKeys<'a> {
    pub(super) account: &'a AccountId,
    pub(super) own: &'a OwnKeys,
}

impl Aws {
    /// Reads everything that a plan for the request depends on. `own` are the keys that this user's runs created.
    pub async fn observe(&self, request: &Request, own: &OwnKeys) -> Result<Observed, ObserveError> {
        let named = Box::pin(self.named(request)).await?;
        let (caller, home) = (&named.caller, &named.region);
        let keys = AccountKeys { account: &caller.account, own };
        // If no prefix is named, the sources' present prefix applies, which is known only after the sources are read.
        let root = request.prefix.clone().unwrap_or_default();
        let (read, rest) = tokio::join!(
            Box::pin(self.read_named(&named, &request.kind)),
            Box::pin(self.destination_side(request, &root, home, keys))
        );
        let ((sources, tags), mut rest) = (read?, rest?);
        let region = sources.first().map_or(home, Source::region).clone();
        rest.judge_region(&region);
        let prefix = request.prefix_of(&sources);
        if prefix != root && rest.destination.bucket().is_some() {
            rest.test_files = self.test_files(request, &prefix, &region, &caller.account).await?;
        }
        match (request.kind.report_key(), one_key(&sources)) {
            (Some(_), _) if !rest.region_was(&region) => {
                rest.report_key = self.report_key(request, &region, keys).await?;
            }
            // No other key was requested: the present key of the reports is kept if it works.
            (None, Some(name)) => rest.report_key = self.key_of_report(&region, &caller.account, name).await?,
            (Some(_) | None, _) => {}
        }
        Ok(rest.observed(named.caller, region, sources, tags))
    }

    /// Returns whether the caller's account owns an existing bucket, or `None` if its buckets can't be listed.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
    pub async fn owns(&self, bucket: &BucketName, home: &Region) -> Option<bool> {
        let listed = self.source.s3(home).list_buckets().prefix(bucket.as_str()).send().await.ok()?;
        Some(listed.buckets().iter().any(|own| own.name() == Some(bucket.as_str())))
    }

    /// Reads the destination and the keys. `region` is the sources' Region, or the expected one if they are not read
    /// yet.
    pub(super) async fn destination_side(
        &self,
        request: &Request,
        prefix: &Prefix,
        region: &Region,
        keys: AccountKeys<'_>,
    ) -> Result<Rest, ObserveError> {
        let AccountKeys { account: owner, own } = keys;
        let (destination, asked, report_key) = tokio::join!(
            self.destination(request, prefix, region, owner),
            self.asked_key(request, region, keys),
            self.report_key(request, region, keys)
        );
        let (destination, test_files) = destination?;
        let default_key = match asked? {
            Some(key) => key,
            None => self.present_key(destination.bucket(), owner).await?,
        };
        let (region, own_keys) = (region.clone(), own.clone());
        Ok(Rest { region, destination, own_keys, test_files, default_key, report_key: report_key? })
    }

    async fn test_files(
        &self,
        request: &Request,
        prefix: &Prefix,
        region: &Region,
        owner: &AccountId,
    ) -> Result<TestFiles, AwsError> {
        let (client, folder) = (self.destination.s3(region), test_file_folder(prefix, owner));
        read_destination::test_files(&client, &request.bucket, owner, &folder, &request.kind.log_types()).await
    }

    async fn destination(
        &self,
        request: &Request,
        prefix: &Prefix,
        region: &Region,
        owner: &AccountId,
    ) -> Result<(BucketState, TestFiles), AwsError> {
        let name = &request.bucket;
        let there = match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => there,
            Head::Absent => return Ok((BucketState::Absent, TestFiles::new())),
            Head::Refused(_) => return Ok((self.refused(name, region).await, TestFiles::new())),
        };
        let facts = request.kind.producer().facts();
        if facts.source.is_of_a_region() && there != *region {
            return Ok((BucketState::OtherRegion(there), TestFiles::new()));
        }
        let client = self.destination.s3(&there);
        let versioning = async {
            // Only the lifecycle rule depends on versioning.
            if request.expire_days.is_none() {
                return Ok(Seen::Absent);
            }
            read_destination::versioning(&client, name, owner).await
        };
        let abac = async {
            if request.tags.is_empty() {
                return Ok(Seen::Absent);
            }
            read_destination::abac(&client, name, owner).await
        };
        let (bucket, versioning, abac, created, files) = tokio::join!(
            read_destination::settings(&client, name, there.clone(), owner),
            versioning,
            abac,
            self.bucket_created(name, region.partition()),
            self.test_files(request, prefix, &there, owner)
        );
        // Without permission to list buckets, a bucket that was deleted and created again is harder to recognize.
        let created = created.ok().and_then(|seen| seen.present().copied());
        let mut bucket = Bucket { created, versioning: versioning?, abac: abac?, ..bucket? };
        // An ACL can only allow the log delivery group, and has no effect when ACLs are disabled, the default.
        let has_acl = bucket.ownership != Seen::Present(Ownership::BucketOwnerEnforced);
        if facts.destination.acl == AclWay::LogDeliveryGroup && has_acl {
            bucket.log_delivery_acl = read_destination::log_delivery_acl(&client, name, owner).await?;
        }
        if facts.destination.loops == Loops::Endless {
            bucket.logs_on = read_destination::logs_on(&client, &bucket, owner).await;
        }
        if bucket.policy.present().is_some_and(|text| may_be_public(text)) {
            bucket.public_policies = read_destination::public_policies(&client, name, owner).await?;
        }
        Ok((BucketState::Bucket(Box::new(bucket)), files?))
    }

    /// Returns the state of a bucket that refuses the caller. The list of the account's buckets, if readable, shows
    /// whether the account owns the bucket.
    pub(super) async fn refused(&self, name: &BucketName, region: &Region) -> BucketState {
        match self.bucket_created(name, region.partition()).await {
            Ok(Seen::Present(_)) => BucketState::LockedOut,
            Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => BucketState::Refused,
        }
    }

    /// Reads the key that `--kms-key` names, if any.
    pub(super) async fn asked_key(
        &self,
        request: &Request,
        region: &Region,
        keys: AccountKeys<'_>,
    ) -> Result<Option<Seen<Key>>, AwsError> {
        match &request.encryption {
            Encryption::SseKms(choice) => Ok(Some(self.chosen(choice, &request.bucket, region, keys).await?)),
            Encryption::SseS3 | Encryption::Unstated => Ok(None),
        }
    }

    pub(super) async fn report_key(
        &self,
        request: &Request,
        region: &Region,
        keys: AccountKeys<'_>,
    ) -> Result<Seen<Key>, AwsError> {
        match request.kind.report_key() {
            Some(choice) => self.chosen(choice, &request.bucket, region, keys).await,
            None => Ok(Seen::Absent),
        }
    }

    async fn chosen(
        &self,
        choice: &KeyChoice,
        bucket: &BucketName,
        region: &Region,
        AccountKeys { account: owner, own }: AccountKeys<'_>,
    ) -> Result<Seen<Key>, AwsError> {
        match choice {
            KeyChoice::Create => read_key::created_for(&self.destination, region, owner, bucket, own).await,
            KeyChoice::Existing(name) => read_key::by_name(&self.destination, region, owner, &name.to_string()).await,
        }
    }

    /// Reads the key that the bucket's default encryption names now.
    pub(super) async fn present_key(&self, bucket: Option<&Bucket>, owner: &AccountId) -> Result<Seen<Key>, AwsError> {
        let Some((bucket, encryption)) = bucket.and_then(|bucket| Some((bucket, bucket.encryption.present()?))) else {
            return Ok(Seen::Absent);
        };
        match (&encryption.key, encryption.kind()) {
            (Some(key), EncryptionKind::SseKmsCustomer) => {
                read_key::by_name(&self.destination, &bucket.region, owner, key).await
            }
            (_, _) => Ok(Seen::Absent),
        }
    }
}

type TestFiles = BTreeMap<LogType, Seen<ObjectStamp>>;

/// The state that was read besides the sources.
pub(super) struct Rest {
    region: Region,
    destination: BucketState,
    own_keys: OwnKeys,
    test_files: TestFiles,
    default_key: Seen<Key>,
    report_key: Seen<Key>,
}

impl Rest {
    fn region_was(&self, region: &Region) -> bool {
        self.region == *region
    }

    /// Checks the destination's Region late: the sources' Region is known only after both were read in parallel.
    fn judge_region(&mut self, region: &Region) {
        if let Some(there) = self.destination.bucket().map(|bucket| bucket.region.clone())
            && there != *region
        {
            self.destination = BucketState::OtherRegion(there);
        }
    }

    pub(super) fn observed(
        self,
        caller: Identity,
        region: Region,
        sources: Vec<Source>,
        source_tags: SourceTags,
    ) -> Observed {
        let Self { region: _, destination, own_keys, test_files, default_key, report_key } = self;
        Observed {
            caller,
            region,
            sources,
            source_tags,
            destination,
            origin: BucketOrigin::Unknown,
            own_keys,
            default_key,
            report_key,
            shown: BTreeMap::new(),
            unread_history: None,
            moment: clock::now(),
            test_files,
        }
    }
}

/// Returns the key that the reports of all these sources name, if they all name the same key.
pub(super) fn one_key(sources: &[Source]) -> Option<&str> {
    let mut names = sources.iter().filter_map(Source::own_report_key);
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

fn test_file_folder(prefix: &Prefix, account: &AccountId) -> String {
    format!("{}AWSLogs/{account}/", prefix.folder())
}

/// Returns a Region where S3 and STS answer for every Region. A bucket's own Region is found by the bucket's name.
pub(crate) fn usual_region() -> Result<Region, ObserveError> {
    "us-east-1".parse().map_err(|_| ObserveError::NoRegion)
}
