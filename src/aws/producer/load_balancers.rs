//! Chooses between the two versions of the load balancer API for a log service's sources.

use std::collections::BTreeMap;

use crate::aws::connect::Aws;
use crate::aws::error::AwsError;
use crate::aws::observe_error::ObserveError;
use crate::aws::outcome::or_denied;
use crate::aws::read_identity;
use crate::model::{AccountId, Region, Seen, suggest};
use crate::producer::{LoadBalancer, LoadBalancerType, Producer, Source, SourceKind, SourceName};
use crate::state::{Identity, SourceTags};

use super::clb::{self, Classic};
use super::load_balancer::{self, NotDescribed};

/// The sources that the first version of the API covers.
const CLASSIC: SourceKind = SourceKind::LoadBalancer(LoadBalancerType::Classic);

impl Aws {
    /// Returns the caller, and each named load balancer once, without attributes and listeners.
    pub(super) async fn named_load_balancers(
        &self,
        region: &Region,
        names: &[SourceName],
        producer: Producer,
    ) -> Result<(Identity, Vec<LoadBalancer>), ObserveError> {
        let client = self.source.elb(region);
        let identity = read_identity::identity(&self.source, region);
        let (caller, described) = if producer.facts().source == CLASSIC {
            let caller = identity.await?;
            let described = self.described_by_name(region, names, &caller.account).await;
            (caller, described)
        } else {
            let (caller, described) = tokio::join!(identity, load_balancer::describe(&client, names));
            (caller?, described)
        };
        let balancers = match described {
            Ok(balancers) => balancers,
            Err(why) => match foreign(names, &caller.account) {
                Some(balancers) => balancers,
                None => return Err(self.no_load_balancers(why, region, caller.account, producer).await),
            },
        };
        Ok((caller, once_each(balancers)))
    }

    /// Returns the named load balancers with their logs. The Region comes from the ARN; otherwise it is `home`.
    pub(super) async fn described(
        &self,
        home: &Region,
        names: &[SourceName],
        caller: &Identity,
        producer: Producer,
    ) -> Result<Vec<LoadBalancer>, ObserveError> {
        let region = names.iter().find_map(SourceName::region).unwrap_or_else(|| home.clone());
        let described = if producer.facts().source == CLASSIC {
            self.described_by_name(&region, names, &caller.account).await
        } else {
            load_balancer::describe(&self.source.elb(&region), names).await
        };
        match described {
            Ok(described) => Ok(self.completed(&region, producer, described).await?),
            Err(why) => Err(self.no_load_balancers(why, &region, caller.account.clone(), producer).await),
        }
    }

    /// Returns the named Classic Load Balancers.
    async fn described_by_name(
        &self,
        region: &Region,
        names: &[SourceName],
        account: &AccountId,
    ) -> Result<Vec<LoadBalancer>, NotDescribed> {
        let client = self.source.classic_elb(region);
        // The first version of the API accepts only names. For another account's ARN, it would return the caller's own
        // load balancer with the same name.
        let is_foreign = names.iter().filter_map(SourceName::arn).any(|arn| arn.account != account.as_str());
        if is_foreign {
            return Err(NotDescribed::Absent(names.iter().map(ToString::to_string).collect()));
        }
        Classic { client: &client, region, account }.describe(names).await
    }

    /// Returns load balancers of a Region with their logs.
    async fn completed(
        &self,
        region: &Region,
        producer: Producer,
        balancers: Vec<LoadBalancer>,
    ) -> Result<Vec<LoadBalancer>, AwsError> {
        if producer.facts().source == CLASSIC {
            return clb::complete(&self.source.classic_elb(region), balancers).await;
        }
        load_balancer::complete(&self.source.elb(region), producer, balancers).await
    }

    /// Returns the tags of load balancers of one Region and one API, by ARN.
    pub(super) async fn load_balancer_tags(
        &self,
        region: &Region,
        balancers: &[LoadBalancer],
    ) -> Result<Seen<BTreeMap<String, BTreeMap<String, String>>>, AwsError> {
        let (classic, others): (Vec<LoadBalancer>, Vec<LoadBalancer>) =
            balancers.iter().cloned().partition(|balancer| balancer.kind == LoadBalancerType::Classic);
        let (client, elb) = (self.source.classic_elb(region), self.source.elb(region));
        let (classic, others) = tokio::join!(clb::tags(&client, &classic), load_balancer::tags(&elb, &others));
        Ok(match (classic?, others?) {
            (Seen::Present(mut all), Seen::Present(others)) => {
                all.extend(others);
                Seen::Present(all)
            }
            (denied @ Seen::Denied(_), _) | (_, denied @ Seen::Denied(_)) => denied,
            (Seen::Absent, other) | (other, Seen::Absent) => other,
        })
    }

    /// Returns the tags of load balancers of one Region by name, for a warning only. Any failure that is not the
    /// caller's fault counts as denied.
    pub(super) async fn tags_by_name(
        &self,
        region: &Region,
        balancers: &[LoadBalancer],
    ) -> Result<SourceTags, AwsError> {
        let resource = balancers.first().map(|balancer| balancer.arn.to_string()).unwrap_or_default();
        let read = or_denied(self.load_balancer_tags(region, balancers).await, load_balancer::TAGS, &resource)?;
        let of_one = |balancer: &LoadBalancer| match &read {
            Seen::Present(all) => {
                all.get(&balancer.arn.to_string()).map_or(Seen::Absent, |tags| Seen::Present(tags.clone()))
            }
            Seen::Absent => Seen::Absent,
            Seen::Denied(denial) => Seen::Denied(denial.clone()),
        };
        Ok(balancers.iter().map(|balancer| (balancer.name.clone(), of_one(balancer))).collect())
    }

    /// Adds the load balancers' logs and tags. AWS does not show the logs and tags of other accounts' load balancers.
    pub(super) async fn tagged(
        &self,
        region: &Region,
        producer: Producer,
        balancers: &[LoadBalancer],
        caller: &Identity,
    ) -> Result<(Vec<Source>, SourceTags), ObserveError> {
        let sources = |balancers: Vec<LoadBalancer>| balancers.into_iter().map(Source::LoadBalancer).collect();
        if balancers.iter().any(|balancer| balancer.account != caller.account) {
            return Ok((sources(balancers.to_vec()), SourceTags::new()));
        }
        let (complete, tags) =
            tokio::join!(self.completed(region, producer, balancers.to_vec()), self.tags_by_name(region, balancers));
        Ok((sources(complete?), tags?))
    }

    /// Returns every load balancer of the producer's type in the Region, with its logs.
    pub(super) async fn load_balancers_to_choose(
        &self,
        region: &Region,
        producer: Producer,
        caller: &Identity,
    ) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
        let wanted = |balancer: &LoadBalancer| balancer.kind.producer() == Some(producer);
        let listed = match producer.facts().source {
            CLASSIC => self.classics(region, caller).await?,
            SourceKind::LoadBalancer(_) | SourceKind::Bucket | SourceKind::Network => {
                load_balancer::everything(&self.source.elb(region)).await?
            }
        };
        match listed {
            Seen::Present(listed) => {
                let listed = listed.into_iter().filter(wanted).collect();
                Ok(Seen::Present(self.completed(region, producer, listed).await?))
            }
            other @ (Seen::Absent | Seen::Denied(_)) => Ok(other),
        }
    }

    /// Returns every Classic Load Balancer of a Region, without its logs.
    pub(super) async fn classics(
        &self,
        region: &Region,
        caller: &Identity,
    ) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
        let client = self.source.classic_elb(region);
        Classic { client: &client, region, account: &caller.account }.all().await
    }

    /// Returns a load balancer with its logs. Returns `None` if the load balancer was deleted after it was listed.
    pub(super) async fn with_logs(&self, balancer: LoadBalancer) -> Result<Option<LoadBalancer>, AwsError> {
        if balancer.kind == LoadBalancerType::Classic {
            return clb::attached(&self.source.classic_elb(&balancer.region), balancer).await;
        }
        load_balancer::attached(&self.source.elb(&balancer.region), balancer).await
    }

    /// Returns the load balancer attributes that are about its logs.
    pub(super) async fn log_attributes(
        &self,
        balancer: &LoadBalancer,
    ) -> Result<Seen<BTreeMap<String, String>>, AwsError> {
        if balancer.kind == LoadBalancerType::Classic {
            return clb::attributes(&self.source.classic_elb(&balancer.region), &balancer.name).await;
        }
        load_balancer::attributes(&self.source.elb(&balancer.region), &balancer.arn.to_string()).await
    }

    /// Returns why load balancers were not described. For missing load balancers, also returns similar names.
    async fn no_load_balancers(
        &self,
        why: NotDescribed,
        region: &Region,
        account: AccountId,
        producer: Producer,
    ) -> ObserveError {
        let names = match why {
            NotDescribed::Failed(error) => return error.into(),
            NotDescribed::Absent(names) => names,
        };
        let (there, listing) = if producer.facts().source == CLASSIC {
            let client = self.source.classic_elb(region);
            (Classic { client: &client, region, account: &account }.own_names().await, clb::LISTING)
        } else {
            (load_balancer::own_names(&self.source.elb(region)).await, load_balancer::LISTING)
        };
        let mut alike: Vec<String> = names.iter().flat_map(|name| suggest(name, there.iter().cloned(), 3)).collect();
        alike.truncate(3);
        ObserveError::NoLoadBalancer { names, region: region.clone(), account, suggestions: alike, listing }
    }
}

/// Removes duplicates of load balancers that were given both by name and by ARN.
fn once_each(balancers: Vec<LoadBalancer>) -> Vec<LoadBalancer> {
    let mut once: Vec<LoadBalancer> = Vec::new();
    for balancer in balancers {
        if !once.iter().any(|before| before.arn == balancer.arn) {
            once.push(balancer);
        }
    }
    once
}

/// Returns another account's load balancers, known only by their ARNs: AWS only describes the caller's own.
fn foreign(sources: &[SourceName], account: &AccountId) -> Option<Vec<LoadBalancer>> {
    let parsed = |source: &SourceName| {
        let SourceName::LoadBalancerArn(arn) = source else { return None };
        let mut parts = arn.resource.split('/').skip(1);
        let (word, name) = (parts.next()?, parts.next());
        let kind = match (word, name) {
            (_, None) => LoadBalancerType::Classic,
            ("app", _) => LoadBalancerType::Application,
            ("net", _) => LoadBalancerType::Network,
            _ => LoadBalancerType::Gateway,
        };
        Some(LoadBalancer {
            name: name.unwrap_or(word).to_owned(),
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
