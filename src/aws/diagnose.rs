//! Reads for a diagnosis: where sources log, and what stands at the places that they name. Each place is looked at once.

use crate::model::{AccountId, BucketName, Region};
use crate::state::{
    Destination, Identity, Inventories, Key, LoadBalancer, LoadBalancerType, Logging, Looked, Seen, SourceBucket,
};

use super::connect::Aws;
use super::error::AwsError;
use super::observe_error::ObserveError;
use super::read_bucket::{self, Head};
use super::{read_destination, read_key, read_load_balancers};

/// By what a bucket can let a service in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grants {
    /// By its policy.
    Policy,
    /// By its policy or its ACL: the log delivery group of S3 access logs alone.
    PolicyAndAcl,
}

impl Aws {
    /// A bucket as the destination of sources in a Region, with its key.
    pub async fn looked(
        &self,
        name: &BucketName,
        region: &Region,
        caller: &Identity,
        grants: Grants,
    ) -> Result<Looked, AwsError> {
        let owner = &caller.account;
        let destination = Box::pin(self.stands(name, region, owner, grants)).await?;
        let default_key = self.present_key(destination.bucket(), owner).await?;
        let report_key = Seen::Absent;
        Ok(Looked { caller: caller.clone(), region: region.clone(), destination, default_key, report_key })
    }

    async fn stands(
        &self,
        name: &BucketName,
        region: &Region,
        owner: &AccountId,
        grants: Grants,
    ) -> Result<Destination, AwsError> {
        let there = match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => there,
            Head::Absent => return Ok(Destination::Absent),
            Head::Refused(_) => return Ok(Destination::Refused),
        };
        if there != *region {
            return Ok(Destination::OtherRegion(there));
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
        Ok(Destination::Bucket(Box::new(bucket)))
    }

    /// The load balancers of a Region that are wanted and can log, with their attributes; with their listeners where a log is
    /// on that depends on them.
    pub async fn logging_load_balancers(
        &self,
        region: &Region,
        wanted: &impl Fn(&LoadBalancer) -> bool,
    ) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
        let client = self.source.elb(region);
        let listed = match read_load_balancers::everything(&client).await? {
            Seen::Present(listed) => listed,
            other @ (Seen::Absent | Seen::Denied(_)) => return Ok(other),
        };
        let can_log = |balancer: &LoadBalancer| balancer.kind != LoadBalancerType::Gateway && wanted(balancer);
        let listed = listed.into_iter().filter(can_log).collect();
        Ok(Seen::Present(read_load_balancers::attached(&client, listed).await?))
    }

    /// Where a bucket's access log goes.
    pub async fn logging(
        &self,
        region: &Region,
        bucket: &BucketName,
        owner: &AccountId,
    ) -> Result<Seen<Logging>, AwsError> {
        read_bucket::logging(&self.source.s3(region), bucket, owner).await
    }

    /// A key by the name that an inventory gives it.
    pub async fn key_of_report(&self, region: &Region, owner: &AccountId, name: &str) -> Result<Seen<Key>, AwsError> {
        read_key::by_name(&self.destination, region, owner, name).await
    }

    /// A bucket as a source of inventories: where it is, and no more.
    pub async fn source_located(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
    ) -> Result<SourceBucket, ObserveError> {
        let region = self.located(home, name, caller).await?;
        Ok(SourceBucket { name: name.clone(), region, logging: Seen::Absent, inventory: Seen::Absent })
    }

    /// The inventory configurations of a bucket.
    pub async fn inventories(
        &self,
        region: &Region,
        bucket: &BucketName,
        owner: &AccountId,
    ) -> Result<Inventories, AwsError> {
        read_bucket::inventories(&self.source.s3(region), bucket, owner).await
    }
}
