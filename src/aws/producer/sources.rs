//! The only place that selects AWS calls by log service.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::account::BucketListing;
use crate::aws::connect::Aws;
use crate::aws::error::AwsError;
use crate::aws::observe::{AT_ONCE, usual_region};
use crate::aws::observe_error::ObserveError;
use crate::aws::read_identity;
use crate::model::{BucketName, Region, Seen};
use crate::producer::{
    AccountList, Attachment, Kind, LoadBalancer, Network, Producer, RegionList, Source, SourceBucket, SourceKind,
    SourceList, SourceName,
};
use crate::request::Request;
use crate::state::{Identity, SourceTags};

use super::{bucket, inventory, load_balancer, s3_access};

type Tags = BTreeMap<String, String>;

/// The number of sources of a Region read at once, with one or two requests each.
const LOGS_AT_ONCE: usize = 8;

/// The facts known about a run before its destination is read.
#[derive(Clone, Debug)]
pub struct SourceSide {
    /// The caller.
    pub caller: Identity,
    /// The Region of the sources.
    pub region: Region,
    /// The sources.
    pub sources: Vec<Source>,
}

/// The sources that a request names, before each of them is read.
pub(in crate::aws) struct RequestedSources {
    /// The caller.
    pub(in crate::aws) caller: Identity,
    /// The sources' Region, or the Region to search.
    pub(in crate::aws) region: Region,
    sources: NamedSources,
}

enum NamedSources {
    LoadBalancers(Vec<LoadBalancer>),
    Buckets(Vec<BucketName>),
    Networks(Vec<SourceName>),
}

/// Every log of a Region's sources.
#[derive(Debug, Default)]
pub struct LogsOfRegion {
    /// The logs, each with its destination if the destination could be read.
    pub logs: Vec<Attachment>,
    /// Why whole lists of sources could not be read.
    pub unlisted: Vec<String>,
    /// Why single sources could not be read.
    pub unread: Vec<String>,
}

impl Aws {
    /// Returns the caller and the sources that a request names.
    pub(in crate::aws) async fn named(&self, request: &Request) -> Result<RequestedSources, ObserveError> {
        let configured = || self.source.region().map_err(ObserveError::BadRegion);
        match request.kind.producer().facts().source {
            SourceKind::LoadBalancer(_) => {
                let region = match request.sources.iter().find_map(SourceName::region) {
                    Some(region) => region,
                    None => configured()?.ok_or(ObserveError::NoRegion)?,
                };
                let (caller, balancers) =
                    self.named_load_balancers(&region, &request.sources, request.kind.producer()).await?;
                Ok(RequestedSources { caller, region, sources: NamedSources::LoadBalancers(balancers) })
            }
            SourceKind::Network => {
                let region = match request.sources.iter().find_map(SourceName::region) {
                    Some(region) => region,
                    None => configured()?.ok_or(ObserveError::NoRegion)?,
                };
                let caller = read_identity::identity(&self.source, &region).await?;
                Ok(RequestedSources { caller, region, sources: NamedSources::Networks(request.sources.clone()) })
            }
            SourceKind::Bucket => {
                let region = match configured()? {
                    Some(region) => region,
                    None => usual_region()?,
                };
                let caller = read_identity::identity(&self.source, &region).await?;
                Ok(RequestedSources { caller, region, sources: NamedSources::Buckets(buckets(&request.sources)) })
            }
        }
    }

    /// Returns the named sources with their current logs and tags.
    pub(in crate::aws) async fn read_named(
        &self,
        named: &RequestedSources,
        kind: &Kind,
    ) -> Result<(Vec<Source>, SourceTags), ObserveError> {
        match &named.sources {
            NamedSources::LoadBalancers(balancers) => {
                self.tagged(&named.region, kind.producer(), balancers, &named.caller).await
            }
            NamedSources::Buckets(buckets) => self.tagged_buckets(&named.region, buckets, &named.caller, kind).await,
            NamedSources::Networks(ids) => {
                let (networks, tags) = Box::pin(self.named_networks(&named.region, ids, &named.caller)).await?;
                Ok((networks.into_iter().map(Source::Network).collect(), tags))
            }
        }
    }

    /// Returns the current state of a source.
    pub(in crate::aws) async fn source_again(
        &self,
        source: &Source,
        kind: &Kind,
        caller: &Identity,
    ) -> Result<Source, AwsError> {
        Ok(match source {
            Source::LoadBalancer(balancer) => {
                let attributes = self.log_attributes(balancer).await?;
                Source::LoadBalancer(LoadBalancer { attributes, ..balancer.clone() })
            }
            Source::Bucket(bucket) => Source::Bucket(self.configured(bucket.clone(), caller, kind).await?),
            Source::Network(network) => Source::Network(Box::pin(self.network_again(network)).await?),
        })
    }

    /// Returns a bucket with its current logs of this kind.
    pub(super) async fn configured(
        &self,
        mut bucket: SourceBucket,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceBucket, AwsError> {
        let client = self.source.s3(&bucket.region);
        let (name, owner) = (&bucket.name, &caller.account);
        match kind {
            Kind::Inventory(asked) => {
                bucket.inventory = inventory::inventory(&client, name, owner, &asked.id).await?;
            }
            Kind::S3Access(_) => bucket.logging = s3_access::logging(&client, name, owner).await?,
            Kind::Alb(_) | Kind::Clb(_) | Kind::Nlb | Kind::VpcFlow(_) => {}
        }
        Ok(bucket)
    }

    /// Returns the tags of known sources, which show who else manages the sources. The sources are load balancers or networks
    /// of one Region, or buckets.
    pub(in crate::aws) async fn source_tags(
        &self,
        caller: &Identity,
        sources: &[Source],
    ) -> Result<SourceTags, AwsError> {
        let own = |balancer: &LoadBalancer| balancer.account == caller.account;
        let balancers: Vec<LoadBalancer> = load_balancers(sources).into_iter().filter(own).collect();
        if let Some(first) = balancers.first() {
            return self.tags_by_name(&first.region, &balancers).await;
        }
        let networks = networks(sources);
        if let Some(first) = networks.first() {
            let read = self.network_tags(&first.region, &networks).await?;
            let of_one = |network: &Network| {
                let tags = read.clone().map(|tags| tags.get(&network.arn().to_string()).cloned().unwrap_or_default());
                (network.id.to_string(), tags)
            };
            return Ok(networks.iter().map(of_one).collect());
        }
        let buckets = sources.iter().filter_map(|source| match source {
            Source::Bucket(bucket) => Some(bucket),
            Source::LoadBalancer(_) | Source::Network(_) => None,
        });
        let reads: Vec<_> = buckets
            .map(|bucket| async {
                let tags = bucket::tags(&self.source.s3(&bucket.region), &bucket.name, &caller.account).await?;
                Ok::<_, AwsError>((bucket.name.to_string(), tags))
            })
            .collect();
        stream::iter(reads).buffered(AT_ONCE).try_collect().await
    }

    /// Returns the named sources with their current logs. The Region comes from the ARN; otherwise it is `home`.
    pub async fn source_side(
        &self,
        home: &Region,
        names: &[SourceName],
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceSide, ObserveError> {
        let sources: Vec<Source> = match kind.producer().facts().source {
            SourceKind::LoadBalancer(_) => {
                let balancers = self.described(home, names, caller, kind.producer()).await?;
                balancers.into_iter().map(Source::LoadBalancer).collect()
            }
            SourceKind::Bucket => {
                let buckets = self.source_buckets(home, &buckets(names), caller, kind).await?;
                buckets.into_iter().map(Source::Bucket).collect()
            }
            SourceKind::Network => {
                let region = names.iter().find_map(SourceName::region).unwrap_or_else(|| home.clone());
                let (networks, _) = Box::pin(self.named_networks(&region, names, caller)).await?;
                networks.into_iter().map(Source::Network).collect()
            }
        };
        let region = sources.first().map_or(home, Source::region).clone();
        Ok(SourceSide { caller: caller.clone(), region, sources })
    }

    /// Returns everything in a Region that can be a source of `kind`, with its current logs.
    pub async fn sources_to_choose(
        &self,
        region: &Region,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<Seen<Vec<Source>>, ObserveError> {
        match kind.producer().facts().source {
            SourceKind::LoadBalancer(_) => {
                let listed = self.load_balancers_to_choose(region, kind.producer(), caller).await?;
                Ok(listed.map(|balancers| balancers.into_iter().map(Source::LoadBalancer).collect()))
            }
            SourceKind::Bucket => {
                let names = match self.bucket_names(region).await? {
                    Seen::Present(names) => names,
                    Seen::Absent => Vec::new(),
                    Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
                };
                let listed = self.listed_buckets(region, names, caller, kind).await?;
                Ok(Seen::Present(listed.into_iter().map(Source::Bucket).collect()))
            }
            SourceKind::Network => {
                let listed = Box::pin(self.networks(region, caller)).await?;
                Ok(listed.map(|networks| networks.into_iter().map(Source::Network).collect()))
            }
        }
    }

    /// Returns each named source's logs of one log service, whether they are on or off.
    pub async fn logs_of_named(
        &self,
        home: &Region,
        names: &[SourceName],
        caller: &Identity,
        producer: Producer,
    ) -> Result<Vec<Vec<Attachment>>, ObserveError> {
        match producer {
            Producer::Alb | Producer::Clb | Producer::Nlb => {
                let balancers = self.described(home, names, caller, producer).await?;
                Ok(balancers.iter().map(Attachment::for_every_log).collect())
            }
            Producer::S3Access => {
                let kind = Kind::S3Access(None);
                let buckets = self.source_buckets(home, &buckets(names), caller, &kind).await?;
                Ok(buckets.iter().map(|bucket| vec![Attachment::for_access_log(bucket)]).collect())
            }
            Producer::Inventory => {
                let names = buckets(names);
                let reads = names.iter().map(|name| async {
                    let bucket = self.source_located(home, name, caller).await?;
                    Ok::<_, ObserveError>(self.inventories(&bucket, caller).await?)
                });
                let reads: Vec<_> = reads.collect();
                stream::iter(reads).buffered(LOGS_AT_ONCE).try_collect().await
            }
            Producer::VpcFlow => {
                let region = names.iter().find_map(SourceName::region).unwrap_or_else(|| home.clone());
                let (networks, _) = Box::pin(self.named_networks(&region, names, caller)).await?;
                Ok(networks.iter().map(Attachment::for_flow_logs).collect())
            }
        }
    }

    /// Returns every log of a Region's sources, from the lists that may contain sources of `wanted` log services.
    pub async fn logs_of_region(
        &self,
        region: &Region,
        caller: &Identity,
        wanted: &[Producer],
    ) -> Result<LogsOfRegion, ObserveError> {
        let any = |list: SourceList| wanted.iter().any(|producer| list.holds(*producer));
        let of_list = |list: RegionList| {
            Box::pin(async move {
                if any(SourceList::OfRegion(list)) {
                    self.logs_of_list(list, region, caller).await
                } else {
                    Ok(LogsOfRegion::default())
                }
            })
        };
        let (balancers, classics, networks, buckets) = tokio::join!(
            of_list(RegionList::LoadBalancers),
            of_list(RegionList::ClassicLoadBalancers),
            of_list(RegionList::Networks),
            Box::pin(async {
                if any(SourceList::OfAccount(AccountList::Buckets)) {
                    self.logs_of_buckets(region, caller).await
                } else {
                    Ok(LogsOfRegion::default())
                }
            })
        );
        let mut all = balancers?;
        for part in [classics?, networks?, buckets?] {
            all.logs.extend(part.logs);
            all.unlisted.extend(part.unlisted);
            all.unread.extend(part.unread);
        }
        // Both lists of load balancers need the same permission.
        all.unlisted.dedup();
        Ok(all)
    }

    async fn logs_of_list(
        &self,
        list: RegionList,
        region: &Region,
        caller: &Identity,
    ) -> Result<LogsOfRegion, ObserveError> {
        let listed = match self.listed_in(list, region, caller).await? {
            Seen::Present(listed) => listed,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => {
                return Ok(LogsOfRegion { unlisted: vec![denial.to_string()], ..LogsOfRegion::default() });
            }
        };
        let reads: Vec<_> = load_balancers(&listed).into_iter().map(|balancer| self.with_logs(balancer)).collect();
        let balancers: Vec<Option<LoadBalancer>> = stream::iter(reads).buffered(LOGS_AT_ONCE).try_collect().await?;
        let of_balancers = balancers.iter().flatten().flat_map(Attachment::for_every_log);
        let networks = networks(&listed);
        let logs = of_balancers.chain(networks.iter().flat_map(Attachment::for_flow_logs)).collect();
        Ok(LogsOfRegion { logs, ..LogsOfRegion::default() })
    }

    async fn logs_of_buckets(&self, region: &Region, caller: &Identity) -> Result<LogsOfRegion, ObserveError> {
        let names = match self.bucket_names(region).await? {
            Seen::Present(names) => names,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => {
                return Ok(LogsOfRegion { unlisted: vec![denial.to_string()], ..LogsOfRegion::default() });
            }
        };
        let listed = self.listed_buckets(region, names, caller, &Kind::S3Access(None)).await?;
        let reads: Vec<_> = listed.iter().map(|bucket| self.inventories(bucket, caller)).collect();
        let for_inventories: Vec<_> = stream::iter(reads).buffered(LOGS_AT_ONCE).collect().await;
        let mut all =
            LogsOfRegion { logs: listed.iter().map(Attachment::for_access_log).collect(), ..LogsOfRegion::default() };
        for read in for_inventories {
            match read {
                Ok(inventories) => all.logs.extend(inventories),
                // A bucket may be deleted while the others are read.
                Err(error) if !error.ends_all() => all.unread.push(error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }

    /// Returns the entries of a Region's list that can log, without their logs.
    pub async fn listed_in(
        &self,
        list: RegionList,
        region: &Region,
        caller: &Identity,
    ) -> Result<Seen<Vec<Source>>, AwsError> {
        match list {
            RegionList::LoadBalancers => {
                let listed = load_balancer::loggable(&self.source.elb(region)).await?;
                Ok(listed.map(|balancers| balancers.into_iter().map(Source::LoadBalancer).collect()))
            }
            RegionList::ClassicLoadBalancers => {
                let listed = self.classics(region, caller).await?;
                Ok(listed.map(|balancers| balancers.into_iter().map(Source::LoadBalancer).collect()))
            }
            RegionList::Networks => {
                let listed = Box::pin(self.networks(region, caller)).await?;
                Ok(listed.map(|networks| networks.into_iter().map(Source::Network).collect()))
            }
        }
    }

    /// Returns the tags of the sources on a Region's list, by ARN.
    pub async fn tags_in(
        &self,
        list: RegionList,
        region: &Region,
        sources: &[Source],
    ) -> Result<Seen<BTreeMap<String, Tags>>, AwsError> {
        match list {
            RegionList::ClassicLoadBalancers | RegionList::LoadBalancers => {
                self.load_balancer_tags(region, &load_balancers(sources)).await
            }
            RegionList::Networks => self.network_tags(region, &networks(sources)).await,
        }
    }

    /// Returns the tags of sources in any Region, by ARN. Each read has its own outcome, since a single read may fail.
    pub async fn tags_of(
        &self,
        sources: &[Source],
        caller: &Identity,
    ) -> Vec<Result<Seen<BTreeMap<String, Tags>>, AwsError>> {
        let mut of_regions = BTreeMap::<&Region, Vec<LoadBalancer>>::new();
        let mut networks_of = BTreeMap::<&Region, Vec<Network>>::new();
        let mut buckets = Vec::new();
        for source in sources {
            match source {
                Source::LoadBalancer(balancer) => {
                    of_regions.entry(&balancer.region).or_default().push(balancer.clone());
                }
                Source::Bucket(bucket) => buckets.push((source.arn(), bucket)),
                Source::Network(network) => networks_of.entry(&network.region).or_default().push(network.clone()),
            }
        }
        let of_balancers = stream::iter(of_regions)
            .map(|(region, balancers)| async move { self.load_balancer_tags(region, &balancers).await });
        let of_buckets = stream::iter(buckets).map(|(arn, bucket)| async move {
            let tags = self.bucket_tags(&bucket.region, &bucket.name, &caller.account).await?;
            Ok::<_, AwsError>(tags.map(|tags| BTreeMap::from([(arn, tags)])))
        });
        let mut read: Vec<_> = of_balancers.buffer_unordered(AT_ONCE).collect().await;
        read.extend(of_buckets.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        let of_networks = stream::iter(networks_of)
            .map(|(region, networks)| async move { self.network_tags(region, &networks).await });
        read.extend(of_networks.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        read
    }

    /// Returns the entries of an account-wide list.
    pub async fn listed_by_account(&self, list: AccountList, home: &Region) -> Result<Seen<BucketListing>, AwsError> {
        match list {
            AccountList::Buckets => self.located_buckets(home).await,
        }
    }

    /// Returns the logs of a source. Makes only the reads that may show a log of the `wanted` log services, and makes
    /// each read separately. A source that was deleted after it was listed has no logs.
    pub async fn logs_of(
        &self,
        source: &Source,
        caller: &Identity,
        wanted: &[Producer],
    ) -> Vec<Result<Vec<Attachment>, AwsError>> {
        match source {
            Source::LoadBalancer(balancer) => {
                let read = self.with_logs(balancer.clone()).await;
                vec![read.map(|read| read.as_ref().map(Attachment::for_every_log).unwrap_or_default())]
            }
            // The list already contains them.
            Source::Network(network) => vec![Ok(Attachment::for_flow_logs(network))],
            Source::Bucket(bucket) => {
                let logging = async {
                    if !wanted.contains(&Producer::S3Access) {
                        return Ok(Vec::new());
                    }
                    let bucket = self.configured(bucket.clone(), caller, &Kind::S3Access(None)).await?;
                    Ok::<_, AwsError>(vec![Attachment::for_access_log(&bucket)])
                };
                let inventories = async {
                    if !wanted.contains(&Producer::Inventory) {
                        return Ok(Vec::new());
                    }
                    self.inventories(bucket, caller).await
                };
                let (logging, inventories) = tokio::join!(logging, inventories);
                let is_there = |read: &Result<_, AwsError>| !read.as_ref().is_err_and(|error| error.is("NoSuchBucket"));
                [logging, inventories].into_iter().filter(is_there).collect()
            }
        }
    }
}

fn buckets(names: &[SourceName]) -> Vec<BucketName> {
    let buckets = names.iter().filter_map(|name| match name {
        SourceName::Bucket(name) => Some(name.clone()),
        SourceName::LoadBalancer(_)
        | SourceName::LoadBalancerArn(_)
        | SourceName::Network(_)
        | SourceName::NetworkArn(_) => None,
    });
    buckets.collect()
}

fn load_balancers(sources: &[Source]) -> Vec<LoadBalancer> {
    let balancers = sources.iter().filter_map(|source| match source {
        Source::LoadBalancer(balancer) => Some(balancer.clone()),
        Source::Bucket(_) | Source::Network(_) => None,
    });
    balancers.collect()
}

fn networks(sources: &[Source]) -> Vec<Network> {
    let networks = sources.iter().filter_map(|source| match source {
        Source::Network(network) => Some(network.clone()),
        Source::Bucket(_) | Source::LoadBalancer(_) => None,
    });
    networks.collect()
}
