//! Finds the account's sources in the bucket's Region that log to the bucket, or may log to it.

use std::collections::BTreeSet;

use crate::aws::{Aws, Grants, LogsOfRegion, ObserveError};
use crate::cli::CheckArgs;
use crate::health::{Report, admissions, allowed_accounts, allowed_organizations, suppressions};
use crate::model::{AccountId, BucketName, Denial, Seen, Unread};
use crate::producer::{Attachment, Producer};
use crate::request::Draft;
use crate::state::{DestinationState, Identity};
use crate::ui::Progress;

use super::diagnosed::{KnownDestination, now};
use super::named_sources::home;
use super::unasked::CheckError;

#[derive(Debug)]
pub(super) struct IntoBucket {
    /// The logs that go to the bucket.
    pub(super) here: Vec<Attachment>,
    /// Access logs that go to other buckets, needed to find loops.
    pub(super) beside: Vec<Attachment>,
    /// The report so far.
    pub(super) report: Report,
    /// The bucket's settings.
    pub(super) known: Option<KnownDestination>,
}

/// Finds the account's sources that log to a bucket, and reads the bucket.
pub(super) async fn into_bucket(
    aws: &Aws,
    bucket: &BucketName,
    draft: &Draft,
    args: &CheckArgs,
) -> Result<IntoBucket, CheckError> {
    let (home, producer) = (home(aws, &[])?, draft.producer);
    let caller = aws.caller(&home).await?;
    let mut report = Report::new(caller.clone(), now());
    let mut gone = None;
    // Sources may still log to a bucket that was deleted or belongs to another account.
    let region = match aws.source_located(&home, bucket, &caller).await {
        Ok(there) => there.region,
        Err(
            error @ (ObserveError::NoBucket { .. }
            | ObserveError::SourceLockedOut { .. }
            | ObserveError::SourceRefused { .. }),
        ) if !args.suppressions => {
            let refused = matches!(error, ObserveError::SourceRefused { .. });
            let why = if refused && aws.owns(bucket, &home).await == Some(false) {
                let own = &caller.account;
                format!(
                    "bucket `{bucket}` does not belong to account {own}: only its owner can see whether it accepts logs"
                )
            } else {
                error.to_string()
            };
            report.unread.push(format!("{why}; logbucket looked in {home} for sources that log to this bucket"));
            gone = Some(error);
            home
        }
        Err(error) => return Err(error.into()),
    };
    if args.suppressions {
        let texts = producer.map(|producer| suppressions(bucket, &caller.account, &region, producer));
        report.suppressions = texts.filter(|texts| !texts.is_empty()).ok_or(CheckError::NoException(producer))?;
        return Ok(IntoBucket { here: Vec::new(), beside: Vec::new(), report, known: None });
    }
    let _looking = Progress::looking(&format!("the sources that log to `{bucket}`"));
    let wanted: Vec<Producer> = producer.map_or_else(|| Producer::ALL.to_vec(), |one| vec![one]);
    let (state, read) = tokio::join!(
        Box::pin(aws.destination_state(bucket, &region, &caller, Grants::PolicyAndAcl)),
        Box::pin(aws.logs_of_region(&region, &caller, &wanted))
    );
    let state = state?;
    report.admissions =
        admissions(&state).into_iter().filter(|admission| wanted.contains(&admission.producer)).collect();
    let LogsOfRegion { logs, unlisted, unread } = read?;
    report.unread.extend(unlisted.into_iter().chain(unread));
    let (mut here, mut beside, mut denied) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut closed = Closed::default();
    let asked = |log: &Attachment| wanted.contains(&log.producer()) && draft.choices.fit(log);
    for attachment in logs.into_iter().filter(asked) {
        match &attachment.target {
            Seen::Present(target) if target.bucket == bucket.as_str() => here.push(attachment),
            // This source may log to the bucket.
            Seen::Denied(denial) if closed.takes(&attachment, denial) => {}
            Seen::Denied(denial) => drop(denied.insert(denial.to_string())),
            Seen::Present(_) if attachment.may_go_round() => beside.push(attachment),
            Seen::Absent | Seen::Present(_) => {}
        }
    }
    report.unread.extend(denied.into_iter().chain(closed.line()));
    report.unread.extend(elsewhere(&state, &caller, &here));
    // If the bucket is missing and nothing logs to it, its name is a typo.
    if let Some(error @ ObserveError::NoBucket { .. }) = gone.filter(|_| here.is_empty()) {
        return Err(error.into());
    }
    Ok(IntoBucket { here, beside, report, known: Some(((bucket.to_string(), region), state)) })
}

/// Sources that deny the caller. All of them share one line, because the check is about another bucket.
#[derive(Debug, Default)]
struct Closed {
    noun: &'static str,
    names: BTreeSet<String>,
    actions: BTreeSet<&'static str>,
}

/// How many names to list; there may be hundreds.
const LISTED_NAMES: usize = 3;

impl Closed {
    /// Adds the source if its own policy denies the caller. Returns whether it was added.
    fn takes(&mut self, attachment: &Attachment, denial: &Denial) -> bool {
        let kind = attachment.facts().source;
        let is_other_sort = !self.noun.is_empty() && self.noun != kind.noun();
        if !kind.has_own_policy() || is_other_sort || denial.why != Unread::Denied {
            return false;
        }
        self.noun = kind.noun();
        self.names.insert(attachment.source.name().to_owned());
        self.actions.insert(denial.action);
        true
    }

    fn line(&self) -> Option<String> {
        let quoted = |names: &mut dyn Iterator<Item = &str>| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let names = quoted(&mut self.names.iter().map(String::as_str).take(LISTED_NAMES));
        let actions = quoted(&mut self.actions.iter().copied());
        let more = self.names.len().saturating_sub(LISTED_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let noun = self.noun;
        match self.names.len() {
            0 => None,
            1 => Some(format!("{noun} {names} might also log here: it can't be read ({actions} denied)")),
            count => {
                Some(format!("{count} {noun}s might also log here: {names}{more} can't be read ({actions} denied)"))
            }
        }
    }
}

/// Explains that the sources of other accounts can't be seen: only a source's own account can read where the source
/// logs. Explains this only if the bucket policy allows logs of another account, or if nothing else was found.
fn elsewhere(state: &DestinationState, caller: &Identity, here: &[Attachment]) -> Option<String> {
    let bucket = state.destination.bucket()?;
    let policy = bucket.policy.present().map(String::as_str).unwrap_or_default();
    let accounts = allowed_accounts(policy, &caller.account);
    let organizations = allowed_organizations(policy);
    let names: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    let ask = "to see which of their sources log here, run the same `check` with each account's `--profile`";
    if let Some(first) = organizations.first() {
        let more = organizations.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" and of {more} more") };
        let beside = if names.is_empty() { String::new() } else { format!(", and of accounts {}", names.join(", ")) };
        return Some(format!(
            "the bucket policy allows logs from every account of organization `{first}`{more}{beside}; account {} can't see their sources: {ask}",
            caller.account
        ));
    }
    match names.as_slice() {
        [] if here.is_empty() => Some(format!("account {} can't see the sources of other accounts", caller.account)),
        [] => None,
        [one] => Some(format!(
            "the bucket policy allows logs from account {one}: to see whether its sources log here, run the same `check` with that account's `--profile`"
        )),
        several => Some(format!("the bucket policy allows logs from accounts {}: {ask}", several.join(", "))),
    }
}
