//! Looking again at what a run was about, once it is done: only what can have become otherwise, and all at once.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::Encryption;
use crate::plan::Plan;
use crate::producer::{Kind, Source};
use crate::request::Request;
use crate::state::{Bucket, Destination, Identity, Observed};

use super::connect::Aws;
use super::observe::AT_ONCE;
use super::observe_error::ObserveError;
use super::{read_bucket, read_destination, read_load_balancers};

impl Aws {
    /// What is there now. `before` is what the plan was made of: the sources' places and the test files stay as they were
    /// seen.
    pub async fn observe_again(
        &self,
        request: &Request,
        plan: &Plan,
        before: &Observed,
    ) -> Result<Observed, ObserveError> {
        let caller = &before.caller;
        let sources: Vec<_> = before.sources.iter().map(|source| self.source_again(source, request, caller)).collect();
        let sources = stream::iter(sources).buffered(AT_ONCE).try_collect::<Vec<Source>>();
        let destination = async {
            let (place, name) = (&plan.place, &request.bucket);
            let client = self.destination.s3(&place.region);
            let settings = read_destination::settings(&client, name, place.region.clone(), &place.owner);
            let mut bucket = Box::pin(settings).await?;
            // No step changes these.
            if let Some(before) = before.destination.bucket() {
                bucket.versioning = before.versioning.clone();
                bucket.log_delivery_acl = before.log_delivery_acl.clone();
                bucket.abac = before.abac.clone();
            }
            let default_key = match &request.encryption {
                Encryption::SseKms(_) => None,
                Encryption::SseS3 | Encryption::Unstated => Some(self.present_key(Some(&bucket), &place.owner).await?),
            };
            Ok::<_, ObserveError>((bucket, default_key))
        };
        let asked = self.asked_key(request, &plan.place.region, &plan.place.owner);
        let report_key = self.report_key(request, &plan.place.region, &plan.place.owner);
        let (sources, destination, asked, report_key) = tokio::join!(sources, destination, asked, report_key);
        let (bucket, present): (Bucket, _) = destination?;
        let default_key = asked?.or(present).unwrap_or(before.default_key.clone());
        Ok(Observed {
            sources: sources?,
            destination: Destination::Bucket(Box::new(bucket)),
            default_key,
            report_key: report_key?,
            ..before.clone()
        })
    }

    async fn source_again(
        &self,
        source: &Source,
        request: &Request,
        caller: &Identity,
    ) -> Result<Source, ObserveError> {
        Ok(match source {
            Source::LoadBalancer(balancer) => {
                let client = self.source.elb(&balancer.region);
                let mut balancer = balancer.clone();
                balancer.attributes = read_load_balancers::attributes(&client, &balancer.arn.to_string()).await?;
                Source::LoadBalancer(balancer)
            }
            Source::Bucket(bucket) => {
                let client = self.source.s3(&bucket.region);
                let mut bucket = bucket.clone();
                match &request.kind {
                    Kind::Inventory(asked) => {
                        bucket.inventory =
                            read_bucket::inventory(&client, &bucket.name, &caller.account, &asked.id).await?;
                    }
                    Kind::S3Access(_) => {
                        bucket.logging = read_bucket::logging(&client, &bucket.name, &caller.account).await?;
                    }
                    Kind::Alb(_) | Kind::Nlb => {}
                }
                Source::Bucket(bucket)
            }
        })
    }
}
