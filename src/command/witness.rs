//! Looks for objects of the log service if the settings don't show whether the service may write.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{Aws, AwsError, SharedSearches, Trail};
use crate::health::{Diagnosis, Evidence, EvidenceResult, LastChange, diagnose, needs_history, shown, whereabouts};
use crate::model::Moment;
use crate::producer::{Attachment, Prefix, Source};
use crate::request::Request;
use crate::state::{DestinationState, Newest, Observed, Shown};

use super::check::now;
use super::events::{Events, Purpose};

#[derive(Clone, Copy, Debug)]
pub(super) struct Witness<'a> {
    pub(super) aws: &'a Aws,
    /// Listings shared by all sources that log under the same prefix.
    pub(super) shared: &'a SharedSearches,
    /// The event history, which shows who changed a setting.
    pub(super) events: &'a Events<'a>,
}

impl Witness<'_> {
    /// Looks for the objects of a log. `settings` is the diagnosis from the settings alone.
    pub(super) async fn search_evidence(
        &self,
        settings: &Diagnosis,
        state: &DestinationState,
        now: Moment,
    ) -> Result<EvidenceResult, AwsError> {
        let attachment = &*settings.attachment;
        let Some((destination, layout)) = whereabouts(attachment, state) else {
            return Ok(EvidenceResult {
                newest: Newest::None,
                test_file: None,
                change: LastChange::default(),
                attached: None,
            });
        };
        let newest = self.aws.newest(&destination, &layout, self.shared, now).await?;
        let operations = settings.operations_in_doubt();
        let is_open = newest == Newest::None || !operations.is_empty();
        let test_file = match attachment.test_file(&destination).filter(|_| is_open) {
            Some(key) => self.aws.find(&destination, &key).await?.present().cloned(),
            None => None,
        };
        let searched = EvidenceResult { newest, test_file, change: LastChange::default(), attached: None };
        if operations.is_empty() {
            return Ok(searched);
        }
        // A refusal is not an error. It is reported if the history could change the verdict.
        Ok(match self.events.find(attachment.source.region(), &operations).await {
            Ok(Trail { events, cut }) => searched.since_the_last_change(settings, state, &events, &cut),
            Err(why) => {
                if needs_history(settings, state, &searched, now) {
                    self.events.misses(Purpose::LastChange, why);
                }
                searched
            }
        })
    }
}

/// Adds the evidence from logs that AWS has already delivered to the destination.
pub(super) async fn with_shown(aws: &Aws, request: &Request, observed: Observed) -> Observed {
    let (events, looks) = (Events::new(aws), SharedSearches::new(observed.sources.len()));
    let witness = Witness { aws, shared: &looks, events: &events };
    let state = DestinationState {
        caller: observed.caller.clone(),
        region: observed.region.clone(),
        destination: observed.destination.clone(),
        default_key: observed.default_key.clone(),
        report_key: observed.report_key.clone(),
    };
    let prefix = request.prefix_of(&observed.sources);
    let of_each = observed.sources.iter().map(|source| weakest_evidence(witness, request, &prefix, source, &state));
    let shown = futures_util::future::join_all(of_each).await;
    let shown: BTreeMap<usize, Shown> =
        shown.into_iter().enumerate().filter_map(|(at, shown)| Some((at, shown?))).collect();
    Observed { shown, unread_history: events.unread().into_iter().next(), ..observed }
}

/// Returns the weakest evidence among the requested logs of one source.
async fn weakest_evidence(
    witness: Witness<'_>,
    request: &Request,
    prefix: &Prefix,
    source: &Source,
    state: &DestinationState,
) -> Option<Shown> {
    let mut least = None;
    for attachment in Attachment::selected_by(source, &request.kind) {
        let is_here = attachment
            .target
            .present()
            .is_some_and(|target| target.bucket == request.bucket.as_str() && target.prefix == prefix.as_str());
        if !is_here {
            return None;
        }
        let attachment = Arc::new(attachment);
        let now = now();
        let settings = diagnose(&attachment, Some(state), &Evidence::NotSearched, now);
        if !settings.may_be_settled() {
            continue;
        }
        let searched = Box::pin(witness.search_evidence(&settings, state, now)).await.ok()?;
        let shown = shown(&attachment, state, &searched, now)?;
        least = Some(least.map_or(shown, |least: Shown| least.min(shown)));
    }
    least
}
