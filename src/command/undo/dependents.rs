//! Finds what needs the settings that an undo would remove: every log of the account that goes to the bucket or uses
//! the key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, DeliveryFilter, Grants, LogsOfRegion, ObserveError};
use crate::command::check::{KeyName, report_key, report_keys};
use crate::command::former::arrived;
use crate::command::vended::{VendedInto, vended_into};
use crate::health::{
    Evidence, Withdrawal, depends_on, diagnose, folders_blocked_by, is_closed_to_vended, may_be_allowed,
    may_be_encrypted_with, may_use_key,
};
use crate::model::{BucketName, EncryptionKind, KeyArn, Moment, Seen};
use crate::plan::{Setting, Slot, unusable_key};
use crate::producer::{Attachment, DestinationJudged, Overdue, Prefix, Producer};
use crate::state::{BucketState, DeliverySource, DestinationState, Identity, Key};
use crate::ui::{sentences, unusable_key_text};
use crate::undo::receipt::{Arrival, Receipt, Undo, UndoVerdict};

use super::service_folders::{ServiceFolders, service_folders};

/// Why a source's log is missing in the account's list.
const UNREAD: &str = "the source could not be read";

/// How many destinations to read at once.
const AT_ONCE: usize = 16;

/// The folders of other services by bucket, each listed once.
type Folders = BTreeMap<String, ServiceFolders>;

/// The context of an undo.
#[derive(Clone, Copy, Debug)]
pub(super) struct UndoContext<'a> {
    pub(super) aws: &'a Aws,
    pub(super) receipt: &'a Receipt,
    /// The receipts of this user's later runs.
    pub(super) later: &'a [Receipt],
    pub(super) caller: &'a Identity,
    pub(super) now: Moment,
}

impl UndoContext<'_> {
    /// Returns the undo without the steps that would break logs, and with its warnings.
    pub(super) async fn without_what_is_needed(self, mut undo: Undo) -> Result<Undo, ObserveError> {
        if undo.withdrawals().next().is_none() && !undo.sends_back() {
            return Ok(undo);
        }
        let Self { aws, receipt, caller, .. } = self;
        let LogsOfRegion { logs, unlisted, unread } =
            aws.logs_of_region(&receipt.region, caller, &Producer::ALL).await?;
        let today: Vec<Arc<Attachment>> = logs.into_iter().map(Arc::new).collect();
        let logs = redirected(&today, &undo);
        let moved_back =
            today.iter().zip(&logs).filter(|(today, then)| today != then && then.target.present().is_some());
        let moved_back: Vec<(&Arc<Attachment>, &Arc<Attachment>)> = moved_back.collect();
        let vended = match undo.withdrawals().next() {
            Some(_) => vended_into(aws, DeliveryFilter::IntoAny, &receipt.region).await,
            None => VendedInto::default(),
        };
        let mut unknown = unlisted.first().cloned().or_else(|| vended.unanswered().map(str::to_owned));
        let places = match self.places(&undo, &logs, &moved_back, &vended).await? {
            Seen::Present(places) => places,
            Seen::Absent => BTreeMap::new(),
            Seen::Denied(denial) => {
                unknown.get_or_insert(denial.to_string());
                BTreeMap::new()
            }
        };
        let there =
            |log: &&Arc<Attachment>| log.target.present().is_some_and(|target| places.contains_key(&target.bucket));
        let of_places: Vec<Arc<Attachment>> = logs.iter().chain(&today).filter(there).cloned().collect();
        let keys = report_keys(aws, caller, &of_places, |_| true).await?;
        let known = LogsAfterUndo { logs: &logs, places: &places, keys: &keys, vended: &vended };
        for (today, then) in &moved_back {
            let Some((answer, why)) = self.doubt(known, then) else { continue };
            // If AWS writes a test file at once, the call that attaches the log already checks the bucket.
            if then.facts().overdue == Overdue::AtOnce {
                undo.blocked.extend((answer == Arrival::No).then_some(why));
            } else if then.facts().attachment.destination_judged != DestinationJudged::InTheCall
                && !answer.is_as_good_as(self.receipt.arrived(then))
                && self.doubt(known, today).is_none_or(|(answer, _)| answer != Arrival::No)
            {
                undo.keep_source(then, &format!("{why}; fix that bucket or turn the log off yourself first"));
            } else if answer == Arrival::No {
                undo.doubts.push(why);
            }
        }
        let judged: Vec<&Attachment> = today
            .iter()
            .zip(&logs)
            .filter(|(today, then)| today == then || known.destination_state(then).is_some())
            .map(|(_, then)| then.as_ref())
            .collect();
        let unread_source = unknown.as_ref().or(unread.first()).map_or(UNREAD, String::as_str);
        undo.keep_unjudged(&judged, &format!("could not tell whether its log would arrive: {unread_source}"));
        if let Some(what) = unknown {
            return Ok(undo.all_needed(&format!("could not tell whether other logs need it: {what}")));
        }
        let after = redirected(&today, &undo);
        let known = LogsAfterUndo { logs: &after, ..known };
        let mut withdrawn: Vec<Withdrawal<'_>> = Vec::new();
        let mut folders = Folders::new();
        let items = undo.clone();
        let unreadable: Vec<String> = unread.into_iter().chain(vended.doubts()).collect();
        for item in items.withdrawals() {
            // Anything that can't be read may need the setting.
            let key = item.slot().and_then(Slot::key);
            if let Some(why) = unreadable.first().cloned().or_else(|| self.may_log_there(known, key)) {
                undo.keep(item, &why);
                continue;
            }
            let why = if let UndoVerdict::Restore { values } = &item.verdict {
                let key = self.key_of(&values.1).await?;
                if let Some(why) = self.why_unusable(&values.1, &key) {
                    undo.leave(item, &why);
                    continue;
                }
                let change = Withdrawal { after: &values.1, key };
                // Several changes together may break a log that each change alone would not break.
                let together = [withdrawn.as_slice(), std::slice::from_ref(&change)].concat();
                let mut why = self.needs(known, &together);
                if why.is_none() && concerns_other_services(&values.1) {
                    why = self.other_services(known, &together, &mut folders).await?;
                }
                if why.is_none() {
                    withdrawn.push(change);
                }
                why
            } else {
                // The only other withdrawal deletes the bucket.
                self.logs_there(known)
            };
            if let Some(why) = why {
                undo.keep(item, &why);
            }
        }
        undo.doubts.extend(moved_back.into_iter().filter_map(|(_, log)| known.may_be_another_accounts(log)));
        Ok(undo)
    }

    /// Returns the problem that blocks a log on its way to its bucket, or may block it. Returns `None` if no problem is
    /// known.
    fn doubt(self, known: LogsAfterUndo<'_>, log: &Arc<Attachment>) -> Option<(Arrival, String)> {
        let (target, state) = (log.target.present()?, known.destination_state(log)?);
        let diagnosis = diagnose(log, Some(&state), &Evidence::NotSearched, self.now);
        let problem = diagnosis.problem()?;
        let answer = arrived(&diagnosis);
        let where_to = match answer {
            Arrival::Yes => return None,
            Arrival::No => "where it can't arrive",
            Arrival::Unknown => "where it might not arrive",
        };
        let title = log.title();
        Some((
            answer,
            format!("the {title} would go back to `{}`, {where_to}: {}", target.bucket, sentences(problem).what),
        ))
    }

    /// Reads the buckets that a change can affect: the run's own bucket, and the buckets that logs go back to. If a key
    /// policy is restored, also reads every bucket that logs of the Region go to and every bucket that uses the key.
    /// Returns `Denied` if the buckets that use the key could not be listed.
    async fn places(
        self,
        undo: &Undo,
        logs: &[Arc<Attachment>],
        moved_back: &[(&Arc<Attachment>, &Arc<Attachment>)],
        vended: &VendedInto,
    ) -> Result<Seen<BTreeMap<String, DestinationState>>, ObserveError> {
        let Self { aws, receipt, caller, .. } = self;
        let keys = undo.withdrawals().filter_map(|item| item.slot()?.key());
        let keys: Vec<&KeyArn> = keys.collect();
        let of_region = logs.iter().filter(|_| !keys.is_empty());
        let then = moved_back.iter().map(|(_, then)| *then);
        let targets = of_region.chain(then).filter_map(|log| log.target.present());
        let mut names: BTreeSet<BucketName> = targets.filter_map(|target| target.bucket.parse().ok()).collect();
        names.insert(receipt.bucket.clone());
        for key in &keys {
            match aws.buckets_under(key, &receipt.region, &receipt.account).await? {
                Seen::Present(under) => names.extend(under),
                Seen::Absent => {}
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            }
        }
        if !keys.is_empty() {
            let places = vended.sources().iter().flat_map(DeliverySource::places);
            names.extend(places.filter_map(|(bucket, _)| bucket.parse().ok()));
        }
        let looks = names.into_iter().map(|name| async move {
            let state = Box::pin(aws.destination_state(&name, &receipt.region, caller, Grants::PolicyAndAcl)).await?;
            Ok::<_, ObserveError>((name.to_string(), state))
        });
        let looks: Vec<_> = looks.collect();
        Ok(Seen::Present(stream::iter(looks).buffer_unordered(AT_ONCE).try_collect().await?))
    }

    /// Returns the key that the default encryption uses.
    async fn key_of(self, after: &Setting) -> Result<Seen<Key>, ObserveError> {
        let Setting::BucketEncryption(_, Some(after)) = after else { return Ok(Seen::Absent) };
        let Some(key) = &after.key else { return Ok(Seen::Absent) };
        let Receipt { region, account, .. } = self.receipt;
        Ok(self.aws.key_of_report(region, account, key).await?)
    }

    /// Returns why the earlier encryption can't be restored, if its key is known to fail. With such a key, no one could
    /// write to the bucket.
    fn why_unusable(self, after: &Setting, key: &Seen<Key>) -> Option<String> {
        let Setting::BucketEncryption(_, Some(after)) = after else { return None };
        let name = after.key.as_ref()?;
        let reason = match key {
            Seen::Present(key) => unusable_key_text(&unusable_key(&self.receipt.region, key)?),
            // AWS creates an AWS managed key when the key is first used.
            Seen::Absent if after.kind() != EncryptionKind::SseKmsAwsManaged => "no longer exists".to_owned(),
            Seen::Absent | Seen::Denied(_) => return None,
        };
        Some(format!("the key `{name}` of the earlier encryption {reason}, so no one could write to the bucket"))
    }

    /// Returns why the bucket must stay: a log goes there, or would go there after another undo.
    fn logs_there(self, known: LogsAfterUndo<'_>) -> Option<String> {
        if let Some(later) = self.later.iter().find(|later| later.sends_back_to(&self.receipt.bucket)) {
            return Some(format!(
                "undoing the later run {} would send a log back to this bucket; undo that run first",
                later.run
            ));
        }
        let there = |log: &&Arc<Attachment>| match &log.target {
            Seen::Present(target) => target.bucket == self.receipt.bucket.as_str(),
            Seen::Absent | Seen::Denied(_) => false,
        };
        let there: Vec<&Arc<Attachment>> = known.logs.iter().filter(there).collect();
        match there.as_slice() {
            [] => {
                let bucket = self.receipt.bucket.as_str();
                let goes_there = |source: &&DeliverySource| source.prefixes_in(bucket).next().is_some();
                let vended = known.vended.sources().iter().filter(goes_there);
                vended_there(vended).map(|name| format!("{name} goes there"))
            }
            there => Some(self.needed_by_later_run(there).unwrap_or_else(|| format!("{} goes there", titles(there)))),
        }
    }

    /// Returns why a setting must stay: after the changes, a log that may arrive today could stop.
    fn needs(self, known: LogsAfterUndo<'_>, changes: &[Withdrawal<'_>]) -> Option<String> {
        let dependent = |log: &&Arc<Attachment>| {
            let state = known.destination_state(log);
            state.is_some_and(|state| depends_on(log, &state, changes, self.now))
        };
        let dependents: Vec<&Arc<Attachment>> = known.logs.iter().filter(dependent).collect();
        match dependents.as_slice() {
            [] => known.logs.iter().find_map(|log| {
                let why = may_use_key(log, &known.destination_state(log)?, changes)?;
                Some(format!("could not tell whether {} needs it: {why}", log.title()))
            }),
            some => Some(self.needed_by_later_run(some).unwrap_or_else(|| format!("{} needs it", titles(some)))),
        }
    }

    /// Returns why settings of the bucket or its key must stay: another service may depend on them. This service has
    /// written, or may have written, to the bucket or to another bucket that uses the key.
    async fn other_services(
        self,
        known: LogsAfterUndo<'_>,
        changes: &[Withdrawal<'_>],
        listed: &mut Folders,
    ) -> Result<Option<String>, ObserveError> {
        let of_key = changes.iter().any(|change| matches!(change.after, Setting::KeyPolicy(..)));
        for (bucket, state) in
            known.places.iter().filter(|(bucket, _)| of_key || *bucket == self.receipt.bucket.as_str())
        {
            let vended = known.vended.sources().iter().filter(|source| {
                let mut paths = source.prefixes_in(bucket);
                paths.any(|path| is_closed_to_vended(path, state, changes, self.now))
            });
            if let Some(name) = vended_there(vended) {
                return Ok(Some(format!("{name} needs it")));
            }
            let Ok(name) = bucket.parse::<BucketName>() else { continue };
            if !listed.contains_key(bucket) {
                let Receipt { account, region, .. } = self.receipt;
                let folders = service_folders(self.aws, &name, (account, region), &self.prefixes()).await?;
                listed.insert(bucket.clone(), folders);
            }
            let Some(ServiceFolders { folders, unlisted }) = listed.get(bucket) else { continue };
            // Folders that can't be listed don't matter if the bucket may belong to another account.
            let unlisted = unlisted.first().filter(|_| state.destination != BucketState::Refused);
            if let Some(why) = unlisted {
                return Ok(Some(format!("could not tell whether another service writes to `{bucket}`: {why}")));
            }
            let closed = folders_blocked_by(folders, state, changes, self.now);
            if !closed.is_empty() {
                let names: Vec<String> = closed.iter().map(|folder| format!("`{}`", folder.path)).collect();
                let of = if name == self.receipt.bucket { String::new() } else { format!(" of `{bucket}`") };
                return Ok(Some(format!("the service that writes to {}{of} needs it", names.join(", "))));
            }
        }
        Ok(None)
    }

    /// Returns the prefixes of the run's sources.
    fn prefixes(self) -> BTreeSet<Prefix> {
        let logs = self.receipt.attachments.iter();
        logs.filter_map(|of| if let Setting::Source(_, value) = &of.0 { value.prefix() } else { None }).collect()
    }

    /// Returns why a setting must stay if a source's configuration can't be read. The source may be allowed to log to
    /// the bucket, or to a bucket whose logs the key may encrypt.
    fn may_log_there(
        self,
        LogsAfterUndo { logs, places, .. }: LogsAfterUndo<'_>,
        key: Option<&KeyArn>,
    ) -> Option<String> {
        let bucket = self.receipt.bucket.as_str();
        let may_go_there = |log: &Attachment| {
            places.iter().any(|(name, state)| {
                let concerns = match key {
                    Some(key) => may_be_encrypted_with(log, state, key),
                    None => name == bucket,
                };
                concerns && may_be_allowed(log, state, self.now)
            })
        };
        logs.iter().find_map(|log| {
            let denial = log.target.denial()?;
            may_go_there(log).then(|| format!("could not tell whether the {} needs it: {denial}", log.title()))
        })
    }

    /// Returns a reason if one of the logs belongs to a later run of this user.
    fn needed_by_later_run(self, logs: &[&Arc<Attachment>]) -> Option<String> {
        let attaches = |later: &&Receipt| {
            later.undone.is_none() && logs.iter().any(|log| later.attaches(log, &self.receipt.bucket))
        };
        let later = self.later.iter().find(attaches)?;
        Some(later.undo_first("depends on it"))
    }
}

/// The logs of the Region as they are after the undo, with their destinations and keys.
#[derive(Clone, Copy)]
struct LogsAfterUndo<'a> {
    logs: &'a [Arc<Attachment>],
    places: &'a BTreeMap<String, DestinationState>,
    keys: &'a BTreeMap<KeyName, Result<Seen<Key>, String>>,
    vended: &'a VendedInto,
}

/// Returns text that names these delivery sources of `CloudWatch` vended logs.
fn vended_there<'a>(sources: impl IntoIterator<Item = &'a DeliverySource>) -> Option<String> {
    let names: Vec<String> = sources.into_iter().map(|source| format!("`{}`", source.name)).collect();
    (!names.is_empty()).then(|| format!("the CloudWatch vended log (delivery source {})", names.join(", ")))
}

impl LogsAfterUndo<'_> {
    /// Returns a warning if the log's earlier bucket may now belong to another account. If someone took the bucket's
    /// name meanwhile, they would get the log.
    fn may_be_another_accounts(self, log: &Attachment) -> Option<String> {
        let (target, state) = (log.target.present()?, self.destination_state(log)?);
        match state.destination {
            BucketState::Refused => Some(format!(
                "the {} would go back to `{}`, which is another account's bucket or one you can't access; \
                 make sure it is still the bucket you mean",
                log.title(),
                target.bucket
            )),
            BucketState::Absent | BucketState::Bucket(_) | BucketState::LockedOut | BucketState::OtherRegion(_) => None,
        }
    }

    /// Returns a log's destination, with the key of the log's reports. Returns `None` if no change can affect the
    /// destination.
    fn destination_state(self, log: &Attachment) -> Option<DestinationState> {
        let state = self.places.get(&log.target.present()?.bucket)?.clone();
        match report_key(log).and_then(|name| self.keys.get(&name)) {
            Some(Ok(key)) => Some(DestinationState { report_key: key.clone(), ..state }),
            Some(Err(_)) | None => Some(state),
        }
    }
}

/// Returns the logs as they are after the undo.
fn redirected(today: &[Arc<Attachment>], undo: &Undo) -> Vec<Arc<Attachment>> {
    today.iter().map(|log| Arc::new(undo.redirected(log))).collect()
}

/// Returns whether the setting also affects services that logbucket does not know.
fn concerns_other_services(setting: &Setting) -> bool {
    match setting {
        Setting::BucketEncryption(..) | Setting::BucketPolicy(..) | Setting::KeyPolicy(..) => true,
        Setting::BucketTags(..) | Setting::LifecycleRules { .. } | Setting::Payer(..) | Setting::Source(..) => false,
    }
}

fn titles(logs: &[&Arc<Attachment>]) -> String {
    let shown: Vec<String> = logs.iter().take(5).map(|log| log.title()).collect();
    match logs.len().saturating_sub(5) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
