//! What logs into a bucket, of all that the account has in its Region, and what may.

use std::collections::BTreeSet;

use crate::aws::{Aws, Grants, LogsOfRegion, ObserveError};
use crate::cli::CheckArgs;
use crate::health::{Report, accounts_let_in, admissions, organizations_let_in, suppressions};
use crate::model::{AccountId, BucketName, Denial, Seen, Unread};
use crate::producer::{Attachment, Producer};
use crate::request::Draft;
use crate::state::{Identity, Looked};
use crate::ui::Progress;

use super::asked::home;
use super::diagnosed::{Known, now};
use super::unasked::Unasked;

/// What is to be diagnosed.
#[derive(Debug)]
pub(super) struct IntoBucket {
    /// The logs.
    pub(super) here: Vec<Attachment>,
    /// Access logs that were seen beside, and go elsewhere.
    pub(super) beside: Vec<Attachment>,
    /// What is known beside.
    pub(super) report: Report,
    /// The bucket as it was looked at.
    pub(super) known: Option<Known>,
}

/// Everything of the account that logs into a bucket, and the bucket as it was looked at.
pub(super) async fn into_bucket(
    aws: &Aws,
    bucket: &BucketName,
    draft: &Draft,
    args: &CheckArgs,
) -> Result<IntoBucket, Unasked> {
    let (home, producer) = (home(aws, &[])?, draft.producer);
    let caller = aws.caller(&home).await?;
    let mut report = Report::of(caller.clone(), now());
    let mut gone = None;
    // What logs to a bucket that is gone, or another account's, is worth knowing all the more.
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
                    "bucket `{bucket}` is not one of account {own}: only its owner can read whether it accepts logs"
                )
            } else {
                error.to_string()
            };
            report.unread.push(format!("{why}; what logs there is looked for in {home}"));
            gone = Some(error);
            home
        }
        Err(error) => return Err(error.into()),
    };
    if args.suppressions {
        let texts = producer.map(|producer| suppressions(bucket, &caller.account, &region, producer));
        report.suppressions = texts.filter(|texts| !texts.is_empty()).ok_or(Unasked::NoException(producer))?;
        return Ok(IntoBucket { here: Vec::new(), beside: Vec::new(), report, known: None });
    }
    let _looking = Progress::looking(&format!("what logs to `{bucket}`"));
    let wanted: Vec<Producer> = producer.map_or_else(|| Producer::ALL.to_vec(), |one| vec![one]);
    let (looked, read) = tokio::join!(
        Box::pin(aws.looked(bucket, &region, &caller, Grants::PolicyAndAcl)),
        Box::pin(aws.logs_of_region(&region, &caller, &wanted))
    );
    let looked = looked?;
    report.admissions =
        admissions(&looked).into_iter().filter(|admission| wanted.contains(&admission.producer)).collect();
    let LogsOfRegion { logs, unlisted, unread } = read?;
    report.unread.extend(unlisted.into_iter().chain(unread));
    let (mut here, mut beside, mut denied) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut closed = Closed::default();
    let asked = |log: &Attachment| wanted.contains(&log.producer()) && draft.choices.fit(log);
    for attachment in logs.into_iter().filter(asked) {
        match &attachment.target {
            Seen::Present(target) if target.bucket == bucket.as_str() => here.push(attachment),
            // Perhaps it logs here.
            Seen::Denied(denial) if closed.takes(&attachment, denial) => {}
            Seen::Denied(denial) => drop(denied.insert(denial.to_string())),
            Seen::Present(_) if attachment.may_go_round() => beside.push(attachment),
            Seen::Absent | Seen::Present(_) => {}
        }
    }
    report.unread.extend(denied.into_iter().chain(closed.line()));
    report.unread.extend(elsewhere(&looked, &caller, &here));
    // A name that nobody has and nothing logs to was mistyped.
    if let Some(error @ ObserveError::NoBucket { .. }) = gone.filter(|_| here.is_empty()) {
        return Err(error.into());
    }
    Ok(IntoBucket { here, beside, report, known: Some(((bucket.to_string(), region), looked)) })
}

/// Sources that refuse the caller one by one, all of one sort: one line for all, since the question is about another bucket.
#[derive(Debug, Default)]
struct Closed {
    noun: &'static str,
    names: BTreeSet<String>,
    actions: BTreeSet<&'static str>,
}

/// Names in the line; there may be hundreds.
const NAMED: usize = 3;

impl Closed {
    /// Whether a denial is about such a source.
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
        let names = quoted(&mut self.names.iter().map(String::as_str).take(NAMED));
        let actions = quoted(&mut self.actions.iter().copied());
        let more = self.names.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let noun = self.noun;
        match self.names.len() {
            0 => None,
            1 => Some(format!("{noun} {names} may also log here: it can't be read ({actions} denied)")),
            count => Some(format!("{count} {noun}s may also log here: {names}{more} can't be read ({actions} denied)")),
        }
    }
}

/// What can't be seen from here: only the account of a source says where it logs. Said where the bucket policy lets logs of another
/// account in, or where nothing else is found.
fn elsewhere(looked: &Looked, caller: &Identity, here: &[Attachment]) -> Option<String> {
    let bucket = looked.destination.bucket()?;
    let policy = bucket.policy.present().map(String::as_str).unwrap_or_default();
    let accounts = accounts_let_in(policy, &caller.account);
    let organizations = organizations_let_in(policy);
    let names: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    let ask = "to see whether its sources log here, run the same `check` with that account's `--profile`";
    if let Some(first) = organizations.first() {
        let more = organizations.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" and of {more} more") };
        let beside = if names.is_empty() { String::new() } else { format!(", and of accounts {}", names.join(", ")) };
        return Some(format!(
            "the bucket policy allows logs from every account of organization `{first}`{more}{beside}; which of their sources log here can't be seen from account {}: {ask}",
            caller.account
        ));
    }
    match names.as_slice() {
        [] if here.is_empty() => {
            Some(format!("the sources of other accounts can't be seen from account {}", caller.account))
        }
        [] => None,
        [one] => Some(format!("the bucket policy allows logs from account {one}: {ask}")),
        several => Some(format!("the bucket policy allows logs from accounts {}: {ask}", several.join(", "))),
    }
}
