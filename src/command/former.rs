//! Finds the logs that could not arrive where they went before a run, so that the run's undo may send them back there.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::aws::{Aws, Grants};
use crate::health::{Evidence, Health, diagnose};
use crate::model::{BucketName, Seen};
use crate::plan::{Plan, Setting, Slot};
use crate::producer::{Attachment, Overdue, SourceSlot};
use crate::request::Request;
use crate::state::{Looked, Observed};

use super::check::{now, report_key, report_keys};

/// Returns the settings of sources whose logs a plan moves away from where they certainly can't arrive. A destination that
/// can't be read proves nothing. Settings that AWS checks itself when they are written are not judged.
pub(super) async fn dead_before(aws: &Aws, request: &Request, plan: &Plan, observed: &Observed) -> Vec<SourceSlot> {
    let overwrites = plan.steps.iter().filter_map(|planned| planned.step.overwrites(None));
    let moved: Vec<SourceSlot> = overwrites
        .filter_map(|overwrite| match (overwrite.slot, overwrite.before) {
            (Slot::Source(slot), Some(Setting::Source(before))) if !before.targets().is_empty() => Some(slot),
            (_, _) => None,
        })
        .collect();
    let today = observed.sources.iter().flat_map(|source| Attachment::asked_of(source, &request.kind));
    let today = today.filter(|log| log.facts().overdue != Overdue::AtOnce);
    let today: Vec<(SourceSlot, Arc<Attachment>)> =
        today.filter_map(|log| Some((moved.iter().find(|slot| slot.is_of(&log))?.clone(), Arc::new(log)))).collect();
    let logs: Vec<Arc<Attachment>> = today.iter().map(|(_, log)| Arc::clone(log)).collect();
    let Ok(keys) = report_keys(aws, &plan.caller, &logs, |_| false).await else { return Vec::new() };
    let buckets: BTreeSet<BucketName> =
        logs.iter().filter_map(|log| log.target.present()?.bucket.parse().ok()).collect();
    let looks = buckets.into_iter().map(|bucket| async move {
        let looked = Box::pin(aws.looked(&bucket, &plan.place.region, &plan.caller, Grants::PolicyAndAcl)).await;
        Some((bucket, looked.ok()?))
    });
    let looks: Vec<(BucketName, Looked)> = join_all(looks).await.into_iter().flatten().collect();
    let looked = |log: &Attachment| {
        let target = log.target.present()?;
        let (_, looked) = looks.iter().find(|(bucket, _)| bucket.as_str() == target.bucket)?;
        let key = report_key(log).and_then(|name| keys.get(&name)?.as_ref().ok().cloned());
        Some(Looked { report_key: key.unwrap_or(Seen::Absent), ..looked.clone() })
    };
    let now = now();
    let is_dead = |log: &Arc<Attachment>| {
        looked(log).is_some_and(|looked| diagnose(log, Some(&looked), &Evidence::NotSought, now).health == Health::Dead)
    };
    today.into_iter().filter(|(_, log)| is_dead(log)).map(|(slot, _)| slot).collect()
}
