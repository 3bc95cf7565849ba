//! Judges whether logs could arrive at the destinations that they had before a run. The run's undo uses the
//! answers to tell whether an earlier destination has become worse since.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::aws::{Aws, Grants};
use crate::health::{Diagnosis, Evidence, Health, diagnose};
use crate::model::{BucketName, Seen};
use crate::plan::{Plan, Setting};
use crate::producer::{Attachment, DestinationJudged, SourceSlot};
use crate::request::Request;
use crate::state::{DestinationState, Observed};
use crate::undo::receipt::{Arrival, Former};

use super::check::{now, report_key, report_keys};

/// Judges the destinations from which a plan moves logs away. AWS itself checks the destination of a load balancer when
/// it is set, so load balancers are left out.
pub(super) async fn former_destinations(aws: &Aws, request: &Request, plan: &Plan, observed: &Observed) -> Vec<Former> {
    let overwrites = plan.steps.iter().filter_map(|planned| planned.step.overwrites(None));
    let moved: Vec<SourceSlot> = overwrites
        .filter_map(|overwrite| {
            let Setting::Source(slot, before) = overwrite.before else { return None };
            (!before.targets().is_empty()).then_some(slot)
        })
        .collect();
    let today = observed.sources.iter().flat_map(|source| Attachment::selected_by(source, &request.kind));
    let today = today.filter(|log| log.facts().attachment.destination_judged != DestinationJudged::InTheCall);
    let today: Vec<(SourceSlot, Arc<Attachment>)> =
        today.filter_map(|log| Some((moved.iter().find(|slot| slot.is_of(&log))?.clone(), Arc::new(log)))).collect();
    let logs: Vec<Arc<Attachment>> = today.iter().map(|(_, log)| Arc::clone(log)).collect();
    let Ok(keys) = report_keys(aws, &plan.caller, &logs, |_| false).await else { return Vec::new() };
    let buckets: BTreeSet<BucketName> =
        logs.iter().filter_map(|log| log.target.present()?.bucket.parse().ok()).collect();
    let looks = buckets.into_iter().map(|bucket| async move {
        let state =
            Box::pin(aws.destination_state(&bucket, &plan.destination.region, &plan.caller, Grants::PolicyAndAcl))
                .await;
        Some((bucket, state.ok()?))
    });
    let looks: Vec<(BucketName, DestinationState)> = join_all(looks).await.into_iter().flatten().collect();
    let state = |log: &Attachment| {
        let target = log.target.present()?;
        let (_, state) = looks.iter().find(|(bucket, _)| bucket.as_str() == target.bucket)?;
        let report_key = match report_key(log) {
            Some(name) => keys.get(&name)?.as_ref().ok()?.clone(),
            None => Seen::Absent,
        };
        Some(DestinationState { report_key, ..state.clone() })
    };
    let now = now();
    let answer = |log: &Arc<Attachment>| match state(log) {
        Some(state) => arrived(&diagnose(log, Some(&state), &Evidence::NotSearched, now)),
        None => Arrival::Unknown,
    };
    today.into_iter().map(|(source, log)| Former { source, arrived: answer(&log) }).collect()
}

/// Returns whether a log can arrive, according to its diagnosis.
pub(super) fn arrived(diagnosis: &Diagnosis) -> Arrival {
    match diagnosis.health {
        Health::Dead => Arrival::No,
        Health::Unknown(_) => Arrival::Unknown,
        Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => Arrival::Yes,
    }
}
