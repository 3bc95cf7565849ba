//! Looking at everything that a request is about, with reads that don't depend on each other running together.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::{AccountId, BucketName, Encryption, EncryptionKind, KeyChoice, Region, Seen, near};
use crate::producer::{
    Kind, LoadBalancer, LoadBalancerType, LogType, Prefix, Producer, Source, SourceBucket, SourceName,
};
use crate::request::Request;
use crate::state::{Bucket, Destination, Identity, Key, ObjectStamp, Observed, Origin, Ownership, SourceTags};

use super::connect::Aws;
use super::error::AwsError;
use super::observe_error::ObserveError;
use super::read_bucket::Head;
use super::read_load_balancers::NotDescribed;
use super::{read_bucket, read_destination, read_identity, read_key, read_load_balancers, source_tags};

/// Source buckets read at once.
pub(super) const AT_ONCE: usize = 16;

impl Aws {
    /// Everything that a plan for the request depends on.
    pub async fn observe(&self, request: &Request) -> Result<Observed, ObserveError> {
        match request.kind.producer() {
            Producer::Alb | Producer::Nlb => Box::pin(self.of_load_balancers(request)).await,
            Producer::S3Access | Producer::Inventory => Box::pin(self.of_buckets(request)).await,
        }
    }

    async fn of_load_balancers(&self, request: &Request) -> Result<Observed, ObserveError> {
        let by_arn = read_load_balancers::region_by_arn(&request.sources);
        let region = match by_arn {
            Some(region) => region,
            None => self.source.region().map_err(ObserveError::BadRegion)?.ok_or(ObserveError::NoRegion)?,
        };
        let client = self.source.elb(&region);
        let (caller, described) = tokio::join!(
            read_identity::identity(&self.source, &region),
            read_load_balancers::describe(&client, &request.sources)
        );
        let caller = caller?;
        let balancers = match described {
            Ok(balancers) => balancers,
            Err(why) => match foreign(&request.sources, &caller.account) {
                Some(balancers) => balancers,
                None => return Err(self.no_load_balancers(why, &region, caller.account).await),
            },
        };
        let balancers = once_each(balancers);
        let own = balancers.iter().all(|balancer| balancer.account == caller.account);
        let named = balancers.clone();
        let tags =
            async { if own { source_tags::of_load_balancers(&client, &named).await } else { Ok(SourceTags::new()) } };
        let complete = async {
            if own {
                read_load_balancers::complete(&client, request.kind.producer(), balancers).await
            } else {
                Ok(balancers)
            }
        };
        let (balancers, tags, rest) = tokio::join!(complete, tags, self.destination_side(request, &region, &caller));
        let sources = balancers?.into_iter().map(Source::LoadBalancer).collect();
        Ok(rest?.observed(caller, region, sources, tags?))
    }

    /// Why load balancers were not described; for those that are not there, what is there of a like name.
    pub(super) async fn no_load_balancers(
        &self,
        why: NotDescribed,
        region: &Region,
        account: AccountId,
    ) -> ObserveError {
        let names = match why {
            NotDescribed::Failed(error) => return error.into(),
            NotDescribed::Absent(names) => names,
        };
        let there = read_load_balancers::names(&self.source.elb(region)).await;
        let mut alike: Vec<String> = names.iter().flat_map(|name| near(name, there.iter().cloned(), 3)).collect();
        alike.truncate(3);
        ObserveError::NoLoadBalancer { names, region: region.clone(), account, near: alike }
    }

    async fn of_buckets(&self, request: &Request) -> Result<Observed, ObserveError> {
        let home = match self.source.region().map_err(ObserveError::BadRegion)? {
            Some(region) => region,
            None => usual_region()?,
        };
        let caller = read_identity::identity(&self.source, &home).await?;
        let reads = request.sources.iter().filter_map(|source| match source {
            SourceName::Bucket(name) => Some(name),
            SourceName::LoadBalancer(_) | SourceName::LoadBalancerArn(_) => None,
        });
        let reads: Vec<_> = reads.map(|name| self.tagged_bucket(&home, name, &caller, &request.kind)).collect();
        let sources = stream::iter(reads).buffered(AT_ONCE).try_collect::<Vec<_>>();
        let (sources, rest) = tokio::join!(sources, self.destination_side(request, &home, &caller));
        let (sources, mut rest) = (sources?, rest?);
        let (sources, tags): (Vec<SourceBucket>, SourceTags) = sources.into_iter().unzip();
        let region = sources.first().map_or(home, |source| source.region.clone());
        rest.judge_region(&region);
        match (request.kind.report_key(), one_key(&sources)) {
            (Some(_), _) if !rest.region_was(&region) => {
                rest.report_key = self.report_key(request, &region, &caller.account).await?;
            }
            // Nobody asks for another key: the one that reports are on today is kept where it works.
            (None, Some(name)) => rest.report_key = self.key_of_report(&region, &caller.account, name).await?,
            (Some(_) | None, _) => {}
        }
        Ok(rest.observed(caller, region, sources.into_iter().map(Source::Bucket).collect(), tags))
    }

    /// The Region of a source bucket.
    pub(super) async fn located(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
    ) -> Result<Region, ObserveError> {
        match read_bucket::head(&self.source.s3(home), home, name, &caller.account).await? {
            Head::There(region) => Ok(region),
            Head::Absent => {
                let near = near(name.as_str(), read_bucket::names(&self.source.s3(home)).await, 3);
                Err(ObserveError::NoBucket { name: name.clone(), near })
            }
            Head::Refused(error) => {
                let is_own = self.refused(name, home).await == Destination::LockedOut;
                let (name, account, error) = (name.clone(), caller.account.clone(), Box::new(error));
                Err(if is_own {
                    ObserveError::SourceLockedOut { name, account, error }
                } else {
                    ObserveError::SourceRefused { name, account, error }
                })
            }
        }
    }

    /// Whether the caller's account owns a bucket that exists; nothing where its buckets may not be listed.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
    pub async fn owns(&self, bucket: &BucketName, home: &Region) -> Option<bool> {
        let listed = self.source.s3(home).list_buckets().prefix(bucket.as_str()).send().await.ok()?;
        Some(listed.buckets().iter().any(|own| own.name() == Some(bucket.as_str())))
    }

    pub(super) async fn source_bucket(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceBucket, ObserveError> {
        let region = self.located(home, name, caller).await?;
        self.configured(name, region, caller, kind).await
    }

    /// A source bucket, and its name with its tags, which are read beside its configuration.
    async fn tagged_bucket(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<(SourceBucket, (String, Seen<BTreeMap<String, String>>)), ObserveError> {
        let region = self.located(home, name, caller).await?;
        let client = self.source.s3(&region);
        let (bucket, tags) = tokio::join!(
            self.configured(name, region, caller, kind),
            source_tags::of_bucket(&client, name, &caller.account)
        );
        Ok((bucket?, (name.to_string(), tags?)))
    }

    /// What a bucket in this Region logs today.
    async fn configured(
        &self,
        name: &BucketName,
        region: Region,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceBucket, ObserveError> {
        let client = self.source.s3(&region);
        let (mut logging, mut inventory) = (Seen::Absent, Seen::Absent);
        match kind {
            Kind::Inventory(asked) => {
                inventory = read_bucket::inventory(&client, name, &caller.account, &asked.id).await?;
            }
            Kind::S3Access(_) => logging = read_bucket::logging(&client, name, &caller.account).await?,
            Kind::Alb(_) | Kind::Nlb => {}
        }
        Ok(SourceBucket { name: name.clone(), region, logging, inventory })
    }

    /// The destination and the keys; `region` is the producer's as far as it is known by now.
    pub(super) async fn destination_side(
        &self,
        request: &Request,
        region: &Region,
        caller: &Identity,
    ) -> Result<Rest, ObserveError> {
        let owner = &caller.account;
        let (destination, asked, report_key) = tokio::join!(
            self.destination(request, region, owner),
            self.asked_key(request, region, owner),
            self.report_key(request, region, owner)
        );
        let (destination, test_files) = destination?;
        let default_key = match asked? {
            Some(key) => key,
            None => self.present_key(destination.bucket(), owner).await?,
        };
        Ok(Rest { region: region.clone(), destination, test_files, default_key, report_key: report_key? })
    }

    async fn destination(
        &self,
        request: &Request,
        region: &Region,
        owner: &AccountId,
    ) -> Result<(Destination, TestFiles), AwsError> {
        let name = &request.bucket;
        let there = match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => there,
            Head::Absent => return Ok((Destination::Absent, TestFiles::new())),
            Head::Refused(_) => return Ok((self.refused(name, region).await, TestFiles::new())),
        };
        let of_load_balancer = matches!(request.kind, Kind::Alb(_) | Kind::Nlb);
        if of_load_balancer && there != *region {
            return Ok((Destination::OtherRegion(there), TestFiles::new()));
        }
        let client = self.destination.s3(&there);
        let folder = test_file_folder(&request.prefix, owner);
        let logs = request.kind.log_types();
        let versioning = async {
            // Only the lifecycle rule depends on it.
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
        let (bucket, versioning, abac, files) = tokio::join!(
            read_destination::settings(&client, name, there.clone(), owner),
            versioning,
            abac,
            read_destination::test_files(&client, name, owner, &folder, &logs)
        );
        let mut bucket = Bucket { versioning: versioning?, abac: abac?, ..bucket? };
        // An ACL lets in the log delivery group alone, and nobody where ACLs are disabled, as they are as a rule.
        let has_acl = bucket.ownership != Seen::Present(Ownership::BucketOwnerEnforced);
        if request.kind.producer() == Producer::S3Access && has_acl {
            bucket.log_delivery_acl = read_destination::log_delivery_acl(&client, name, owner).await?;
        }
        Ok((Destination::Bucket(Box::new(bucket)), files?))
    }

    /// A bucket that refuses the caller: whether it is the account's own, the list of its buckets says, where it can be had.
    pub(super) async fn refused(&self, name: &BucketName, region: &Region) -> Destination {
        match self.bucket_created(name, region.partition()).await {
            Ok(Seen::Present(_)) => Destination::LockedOut,
            Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => Destination::Refused,
        }
    }

    /// The key that `--kms-key` names; nothing where it names none.
    pub(super) async fn asked_key(
        &self,
        request: &Request,
        region: &Region,
        owner: &AccountId,
    ) -> Result<Option<Seen<Key>>, AwsError> {
        match &request.encryption {
            Encryption::SseKms(choice) => Ok(Some(self.chosen(choice, &request.bucket, region, owner).await?)),
            Encryption::SseS3 | Encryption::Unstated => Ok(None),
        }
    }

    pub(super) async fn report_key(
        &self,
        request: &Request,
        region: &Region,
        owner: &AccountId,
    ) -> Result<Seen<Key>, AwsError> {
        match request.kind.report_key() {
            Some(choice) => self.chosen(choice, &request.bucket, region, owner).await,
            None => Ok(Seen::Absent),
        }
    }

    async fn chosen(
        &self,
        choice: &KeyChoice,
        bucket: &BucketName,
        region: &Region,
        owner: &AccountId,
    ) -> Result<Seen<Key>, AwsError> {
        match choice {
            KeyChoice::Create => read_key::made_for(&self.destination, region, owner, bucket).await,
            KeyChoice::Existing(name) => read_key::by_name(&self.destination, region, owner, &name.to_string()).await,
        }
    }

    /// The key that the bucket's default encryption names today.
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

/// What is seen beside the sources.
pub(super) struct Rest {
    region: Region,
    destination: Destination,
    test_files: TestFiles,
    default_key: Seen<Key>,
    report_key: Seen<Key>,
}

impl Rest {
    fn region_was(&self, region: &Region) -> bool {
        self.region == *region
    }

    /// The sources' Region is known only after the destination was looked at beside them.
    fn judge_region(&mut self, region: &Region) {
        if let Some(there) = self.destination.bucket().map(|bucket| bucket.region.clone())
            && there != *region
        {
            self.destination = Destination::OtherRegion(there);
        }
    }

    pub(super) fn observed(
        self,
        caller: Identity,
        region: Region,
        sources: Vec<Source>,
        source_tags: SourceTags,
    ) -> Observed {
        let Self { region: _, destination, test_files, default_key, report_key } = self;
        Observed {
            caller,
            region,
            sources,
            source_tags,
            destination,
            origin: Origin::Unknown,
            default_key,
            report_key,
            shown: BTreeMap::new(),
            unread_history: None,
            test_files,
        }
    }
}

/// The key that the inventories of all these buckets name, where they name one.
fn one_key(sources: &[SourceBucket]) -> Option<&str> {
    let mut names = sources.iter().filter_map(|source| source.inventory.present()?.own_key());
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}

fn test_file_folder(prefix: &Prefix, account: &AccountId) -> String {
    format!("{}AWSLogs/{account}/", prefix.folder())
}

/// S3 and STS answer for every Region here; a bucket's own Region is found by its name.
pub fn usual_region() -> Result<Region, ObserveError> {
    "us-east-1".parse().map_err(|_| ObserveError::NoRegion)
}

/// A load balancer that was named twice, by name and by ARN, counts once.
fn once_each(balancers: Vec<LoadBalancer>) -> Vec<LoadBalancer> {
    let mut once: Vec<LoadBalancer> = Vec::new();
    for balancer in balancers {
        if !once.iter().any(|before| before.arn == balancer.arn) {
            once.push(balancer);
        }
    }
    once
}

/// Load balancers of another account as far as their ARNs tell: AWS describes none but the caller's own.
fn foreign(sources: &[SourceName], account: &AccountId) -> Option<Vec<LoadBalancer>> {
    let parsed = |source: &SourceName| {
        let SourceName::LoadBalancerArn(arn) = source else { return None };
        let mut parts = arn.resource.split('/').skip(1);
        let kind = match parts.next()? {
            "app" => LoadBalancerType::Application,
            "net" => LoadBalancerType::Network,
            _ => LoadBalancerType::Gateway,
        };
        Some(LoadBalancer {
            name: parts.next()?.to_owned(),
            region: arn.region.parse().ok()?,
            account: arn.account.parse().ok()?,
            arn: arn.clone(),
            kind,
            attributes: Seen::Absent,
            listener_protocols: Seen::Absent,
        })
    };
    let balancers: Vec<LoadBalancer> = sources.iter().filter_map(parsed).collect();
    balancers.iter().any(|balancer| balancer.account != *account).then_some(balancers)
}
