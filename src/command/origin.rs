//! Reads this user's receipts: whether an unfinished run created the destination, and which keys were created for it.

use std::path::Path;

use crate::model::{BucketName, Moment, RunToken};
use crate::plan::{RequiredSetting, Slot, TARGET_TAG};
use crate::request::Request;
use crate::state::{BucketOrigin, Observed, OwnKeys};
use crate::undo::receipt::{Receipt, RecordedChange, RunId, StepOutcome};
use crate::undo::receipts::Receipts;

/// Adds the origin of the destination: an unfinished run, if the bucket has the run's token.
pub(super) fn with_origin(observed: Observed, receipt_dir: Option<&Path>) -> Observed {
    let origin = origin(&observed, receipt_dir).unwrap_or(BucketOrigin::Unknown);
    Observed { origin, ..observed }
}

fn origin(observed: &Observed, receipt_dir: Option<&Path>) -> Option<BucketOrigin> {
    let bucket = observed.destination.bucket()?;
    let token = bucket.tags.present()?.get(TARGET_TAG)?;
    let kept = Receipts::at(receipt_dir).ok()?.for_bucket(&bucket.name).ok()?;
    let of_token = |receipt: &&Receipt| {
        let same = receipt.token.as_ref().is_some_and(|of| of.as_str() == token);
        same && receipt.account == observed.caller.account && receipt.undone.is_none()
    };
    let unfinished = kept.iter().flatten().filter(of_token).any(|receipt| !has_written_the_policy(receipt));
    unfinished.then_some(BucketOrigin::UnfinishedRun)
}

/// Returns the keys that this user's earlier runs created for the destination, or may have created.
pub(super) fn own_keys(request: &Request) -> OwnKeys {
    let kept = Receipts::at(request.receipt_dir.as_deref()).and_then(|receipts| receipts.for_bucket(&request.bucket));
    let mut own = OwnKeys::default();
    for receipt in kept.unwrap_or_default().into_iter().rev().flatten() {
        for entry in receipt.entries.iter().filter(|entry| entry.outcome != StepOutcome::NotDone) {
            match &entry.change {
                RecordedChange::MadeKey { key: Some(key) } => own.created.push(key.clone()),
                RecordedChange::MadeKey { key: None } => own.tokens.extend(receipt.token.clone()),
                RecordedChange::BlockedPublicAccess { .. }
                | RecordedChange::MadeAlias { .. }
                | RecordedChange::MadeBucket { .. }
                | RecordedChange::RotatedKey
                | RecordedChange::Setting { .. } => {}
            }
        }
    }
    own
}

/// How many earlier runs on a bucket are checked for a test object that they could not remove.
const RUNS_CHECKED: usize = 3;

/// Returns the tokens of the last runs on a bucket. A run that was killed or denied may have left its test object.
pub(super) fn stale_tokens(bucket: &BucketName, receipt_dir: Option<&Path>) -> Vec<RunToken> {
    let Ok(receipts) = Receipts::at(receipt_dir) else { return Vec::new() };
    let kept = receipts.for_bucket(bucket).unwrap_or_default();
    kept.into_iter().rev().flatten().take(RUNS_CHECKED).filter_map(|receipt| receipt.token).collect()
}

/// Returns when the last of these attachments was made, according to this user's receipts. The time is the start of the
/// run, by this machine's clock.
pub(super) fn attached_at(
    attachments: &[RequiredSetting],
    observed: &Observed,
    receipt_dir: Option<&Path>,
) -> Option<Moment> {
    let bucket = observed.destination.bucket()?;
    let kept = Receipts::at(receipt_dir).ok()?.for_bucket(&bucket.name).ok()?;
    let attaches = |receipt: &&Receipt| {
        receipt.account == observed.caller.account
            && receipt.entries.iter().any(|entry| match &entry.change {
                RecordedChange::Setting { slot, .. } => {
                    entry.outcome != StepOutcome::NotDone
                        && attachments.iter().any(|attached| attached.0.slot() == *slot)
                }
                RecordedChange::BlockedPublicAccess { .. }
                | RecordedChange::MadeAlias { .. }
                | RecordedChange::RotatedKey
                | RecordedChange::MadeBucket { .. }
                | RecordedChange::MadeKey { .. } => false,
            })
    };
    kept.iter().flatten().filter(attaches).map(|receipt| receipt.began).max()
}

/// Returns this user's last run on the destination that could not restore the bucket policy after AWS overwrote it.
pub(super) fn run_that_lost_the_policy(observed: &Observed, receipt_dir: Option<&Path>) -> Option<RunId> {
    let bucket = observed.destination.bucket()?;
    let policy = bucket.policy.present()?;
    let kept = Receipts::at(receipt_dir).ok()?.for_bucket(&bucket.name).ok()?;
    let is_of_run = |receipt: &Receipt| receipt.account == observed.caller.account && receipt.has_lost_policy(policy);
    kept.into_iter().flatten().filter(is_of_run).map(|receipt| receipt.run).next_back()
}

fn has_written_the_policy(receipt: &Receipt) -> bool {
    receipt.entries.iter().any(|entry| {
        let of_policy = matches!(&entry.change, RecordedChange::Setting { slot: Slot::BucketPolicy { .. }, .. });
        of_policy && matches!(entry.outcome, StepOutcome::Done | StepOutcome::Undone)
    })
}
