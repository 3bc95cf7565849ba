//! Reads the state again after a run: only the parts that may have changed, and in parallel.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::Encryption;
use crate::plan::Plan;
use crate::producer::Source;
use crate::request::Request;
use crate::state::{Bucket, BucketState, Observed};

use super::connect::Aws;
use super::observe::{AT_ONCE, AccountKeys, one_key};
use super::observe_error::ObserveError;
use super::read_destination;

impl Aws {
    /// Reads the present state. `before` is the state that the plan was made from. The sources' destinations and the
    /// test files are copied from `before`.
    pub async fn observe_again(
        &self,
        request: &Request,
        plan: &Plan,
        before: &Observed,
    ) -> Result<Observed, ObserveError> {
        let caller = &before.caller;
        let again = |source| self.source_again(source, &request.kind, caller);
        let sources: Vec<_> = before.sources.iter().map(again).collect();
        let sources = stream::iter(sources).buffered(AT_ONCE).try_collect::<Vec<Source>>();
        let destination = async {
            let (destination, name) = (&plan.destination, &request.bucket);
            let client = self.destination.s3(&destination.region);
            let settings = read_destination::settings(&client, name, destination.region.clone(), &destination.owner);
            let mut bucket = Box::pin(settings).await?;
            // No step changes these settings.
            if let Some(before) = before.destination.bucket() {
                bucket.created = before.created;
                bucket.versioning = before.versioning.clone();
                bucket.log_delivery_acl = before.log_delivery_acl.clone();
                bucket.abac = before.abac.clone();
                bucket.logs_on.clone_from(&before.logs_on);
                bucket.public_policies = before.public_policies.clone();
            }
            let default_key = match &request.encryption {
                Encryption::SseKms(_) => None,
                Encryption::SseS3 | Encryption::Unstated => {
                    Some(self.present_key(Some(&bucket), &destination.owner).await?)
                }
            };
            Ok::<_, ObserveError>((bucket, default_key))
        };
        let keys = AccountKeys { account: &plan.destination.owner, own: &before.own_keys };
        let asked = self.asked_key(request, &plan.destination.region, keys);
        let report_key = self.report_key(request, &plan.destination.region, keys);
        let (sources, destination, asked, report_key) = tokio::join!(sources, destination, asked, report_key);
        let (bucket, present): (Bucket, _) = destination?;
        let default_key = asked?.or(present).unwrap_or(before.default_key.clone());
        let sources = sources?;
        let report_key = match (request.kind.report_key(), one_key(&sources)) {
            // No key was requested, and the present key of the reports was kept.
            (None, Some(name)) => self.key_of_report(&plan.destination.region, &plan.destination.owner, name).await,
            (Some(_) | None, _) => report_key,
        };
        Ok(Observed {
            sources,
            destination: BucketState::Bucket(Box::new(bucket)),
            default_key,
            report_key: report_key?,
            ..before.clone()
        })
    }
}
