//! Reads the state for a diagnosis: where the sources log, and the destinations that they name. Each destination is
//! read once.

use std::collections::BTreeMap;

use crate::model::{AccountId, BucketName, Region, Seen};
use crate::plan::may_be_public;
use crate::state::{BucketState, DestinationState, Identity, Key};

use super::connect::Aws;
use super::error::AwsError;
use super::read_bucket::{self, Head};
use super::{read_destination, read_key};

/// How a bucket can allow a service to write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grants {
    Policy,
    /// By its policy or its ACL. An ACL can allow only the log delivery group of S3 access logs.
    PolicyAndAcl,
}

impl Aws {
    /// Reads a bucket, and its key, as the destination of sources in a Region.
    pub async fn destination_state(
        &self,
        name: &BucketName,
        region: &Region,
        caller: &Identity,
        grants: Grants,
    ) -> Result<DestinationState, AwsError> {
        let owner = &caller.account;
        let destination = Box::pin(self.destination_in(name, region, owner, grants)).await?;
        let default_key = self.present_key(destination.bucket(), owner).await?;
        let report_key = Seen::Absent;
        Ok(DestinationState { caller: caller.clone(), region: region.clone(), destination, default_key, report_key })
    }

    async fn destination_in(
        &self,
        name: &BucketName,
        region: &Region,
        owner: &AccountId,
        grants: Grants,
    ) -> Result<BucketState, AwsError> {
        let there = match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => there,
            Head::Absent => return Ok(BucketState::Absent),
            Head::Refused(_) => return Ok(self.refused(name, region).await),
        };
        if there != *region {
            return Ok(BucketState::OtherRegion(there));
        }
        let client = self.destination.s3(&there);
        let acl = async {
            match grants {
                Grants::PolicyAndAcl => read_destination::log_delivery_acl(&client, name, owner).await,
                Grants::Policy => Ok(Seen::Absent),
            }
        };
        let (bucket, acl) = tokio::join!(read_destination::settings(&client, name, there, owner), acl);
        let mut bucket = bucket?;
        bucket.log_delivery_acl = acl?;
        if bucket.policy.present().is_some_and(|text| may_be_public(text)) {
            bucket.public_policies = read_destination::public_policies(&client, name, owner).await?;
        }
        Ok(BucketState::Bucket(Box::new(bucket)))
    }

    pub async fn bucket_tags(
        &self,
        region: &Region,
        bucket: &BucketName,
        owner: &AccountId,
    ) -> Result<Seen<BTreeMap<String, String>>, AwsError> {
        read_destination::tags(&self.source.s3(region), bucket, owner).await
    }

    /// Reads the key that an inventory configuration names.
    pub async fn key_of_report(&self, region: &Region, owner: &AccountId, name: &str) -> Result<Seen<Key>, AwsError> {
        read_key::by_name(&self.destination, region, owner, name).await
    }
}
