//! What logs into a bucket, of all that the account has in its Region, and what may.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, Grants, ObserveError};
use crate::cli::CheckArgs;
use crate::health::{Report, accounts_let_in, admissions, suppressions};
use crate::model::{AccountId, BucketName, Denial, Region, Seen, Unread};
use crate::producer::{Attachment, Kind, LoadBalancer, Log, Producer, Source};
use crate::request::Draft;
use crate::state::{Identity, Looked};
use crate::ui::Progress;

use super::asked::{AT_ONCE, access_log, home, inventories};
use super::diagnosed::{Known, now};
use super::unasked::{Unasked, ends_all};

/// Everything of the account that logs into a bucket, and the bucket as it was looked at.
pub(super) async fn into_bucket(
    aws: &Aws,
    bucket: &BucketName,
    draft: &Draft,
    args: &CheckArgs,
) -> Result<(Vec<Attachment>, Report, Option<Known>), Unasked> {
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
        return Ok((Vec::new(), report, None));
    }
    let _looking = Progress::looking(&format!("what logs to `{bucket}`"));
    let wanted = |of: Producer| producer.is_none_or(|wanted| wanted == of);
    let of_balancers = wanted(Producer::Alb) || wanted(Producer::Nlb);
    let of_buckets = wanted(Producer::S3Access) || wanted(Producer::Inventory);
    let (looked, balancers, buckets) = tokio::join!(
        Box::pin(aws.looked(bucket, &region, &caller, Grants::PolicyAndAcl)),
        Box::pin(async { if of_balancers { balancers(aws, &region).await } else { Ok(nothing()) } }),
        Box::pin(async {
            if !of_buckets {
                return Ok::<_, ObserveError>(nothing());
            }
            let LogsOfRegion { logs, unlisted, unread } = buckets(aws, &region, &caller).await?;
            Ok((logs, [unlisted, unread].concat()))
        })
    );
    let looked = looked?;
    report.admissions = admissions(&looked).into_iter().filter(|admission| wanted(admission.producer)).collect();
    let (balancers, unread_balancers) = balancers?;
    let (buckets, unread_buckets) = buckets?;
    report.unread.extend(unread_balancers.into_iter().chain(unread_buckets));
    let (mut here, mut denied) = (Vec::new(), BTreeSet::new());
    let mut closed = Closed::default();
    let asked = |attachment: &Attachment| wanted(attachment.producer()) && is_asked(attachment, draft, args);
    for attachment in balancers.into_iter().chain(buckets).filter(asked) {
        match &attachment.target {
            Seen::Present(target) if target.bucket == bucket.as_str() => here.push(attachment),
            // Perhaps it logs here.
            Seen::Denied(denial) if closed.takes(&attachment.source, denial) => {}
            Seen::Denied(denial) => drop(denied.insert(denial.to_string())),
            Seen::Absent | Seen::Present(_) => {}
        }
    }
    report.unread.extend(denied.into_iter().chain(closed.line()));
    report.unread.extend(elsewhere(&looked, &caller, &here));
    // A name that nobody has and nothing logs to was mistyped.
    if let Some(error @ ObserveError::NoBucket { .. }) = gone.filter(|_| here.is_empty()) {
        return Err(error.into());
    }
    Ok((here, report, Some(((bucket.to_string(), region), looked))))
}

/// Source buckets that refuse the caller: one line for all, since the question is about another bucket.
#[derive(Debug, Default)]
struct Closed {
    buckets: BTreeSet<String>,
    actions: BTreeSet<&'static str>,
}

/// Names in the line; there may be hundreds.
const NAMED: usize = 3;

impl Closed {
    /// Whether a denial is about such a bucket.
    fn takes(&mut self, source: &Source, denial: &Denial) -> bool {
        let Source::Bucket(bucket) = source else { return false };
        if denial.why != Unread::Denied {
            return false;
        }
        self.buckets.insert(bucket.name.to_string());
        self.actions.insert(denial.action);
        true
    }

    fn line(&self) -> Option<String> {
        let quoted = |names: &mut dyn Iterator<Item = &str>| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let names = quoted(&mut self.buckets.iter().map(String::as_str).take(NAMED));
        let actions = quoted(&mut self.actions.iter().copied());
        let more = self.buckets.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        match self.buckets.len() {
            0 => None,
            1 => Some(format!("bucket {names} may also log here: it can't be read ({actions} denied)")),
            count => Some(format!("{count} buckets may also log here: {names}{more} can't be read ({actions} denied)")),
        }
    }
}

/// What can't be seen from here: only the account of a source says where it logs. Said where the bucket policy lets logs of another
/// account in, or where nothing else is found.
fn elsewhere(looked: &Looked, caller: &Identity, here: &[Attachment]) -> Option<String> {
    let bucket = looked.destination.bucket()?;
    let policy = bucket.policy.present().map(String::as_str).unwrap_or_default();
    let accounts = accounts_let_in(policy, &caller.account);
    let names: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    let ask = "to see whether its sources log here, run the same `check` with that account's `--profile`";
    match names.as_slice() {
        [] if here.is_empty() => {
            Some(format!("the sources of other accounts can't be seen from account {}", caller.account))
        }
        [] => None,
        [one] => Some(format!("the bucket policy allows logs from account {one}: {ask}")),
        several => Some(format!("the bucket policy allows logs from accounts {}: {ask}", several.join(", "))),
    }
}

/// Every log of the sources of a Region.
pub(in crate::command) struct LogsOfRegion {
    /// The logs, and where each goes if that could be read.
    pub(in crate::command) logs: Vec<Attachment>,
    /// What kept whole lists of sources from being read.
    pub(in crate::command) unlisted: Vec<String>,
    /// What kept single sources from being read.
    pub(in crate::command) unread: Vec<String>,
}

/// Reads them.
pub(in crate::command) async fn logs_of_region(
    aws: &Aws,
    region: &Region,
    caller: &Identity,
) -> Result<LogsOfRegion, ObserveError> {
    let (balancers, buckets) = tokio::join!(Box::pin(balancers(aws, region)), Box::pin(buckets(aws, region, caller)));
    let ((mut logs, mut unlisted), of_buckets) = (balancers?, buckets?);
    logs.extend(of_buckets.logs);
    unlisted.extend(of_buckets.unlisted);
    Ok(LogsOfRegion { logs, unlisted, unread: of_buckets.unread })
}

/// Whether a log is of the types or the id that flags name.
fn is_asked(attachment: &Attachment, draft: &Draft, args: &CheckArgs) -> bool {
    match &attachment.log {
        Log::LoadBalancer(log) => draft.choices.log_types.is_empty() || draft.choices.log_types.contains(log),
        Log::Inventory(Some(id)) => args.inventory_id.as_ref().is_none_or(|wanted| wanted.as_str() == id),
        Log::Inventory(None) | Log::Requests => true,
    }
}

/// What is not asked about.
fn nothing() -> (Vec<Attachment>, Vec<String>) {
    (Vec::new(), Vec::new())
}

/// The logs of all load balancers of a Region, and what kept them from being read.
async fn balancers(aws: &Aws, region: &Region) -> Result<(Vec<Attachment>, Vec<String>), ObserveError> {
    let listed = match aws.listed_load_balancers(region).await? {
        Seen::Present(listed) => listed,
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => return Ok((Vec::new(), vec![denial.to_string()])),
    };
    let reads: Vec<_> = listed.into_iter().map(|balancer| aws.attached(region, balancer)).collect();
    let balancers: Vec<Option<LoadBalancer>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    let balancers: Vec<LoadBalancer> = balancers.into_iter().flatten().collect();
    Ok((balancers.iter().flat_map(Attachment::of_every_log).collect(), Vec::new()))
}

/// The logs of all buckets of a Region, and what kept some from being read.
async fn buckets(aws: &Aws, region: &Region, caller: &Identity) -> Result<LogsOfRegion, ObserveError> {
    let names = match aws.bucket_names(region).await? {
        Seen::Present(names) => names,
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => {
            return Ok(LogsOfRegion { logs: Vec::new(), unlisted: vec![denial.to_string()], unread: Vec::new() });
        }
    };
    let listed = aws.listed_buckets(region, names, caller, &Kind::S3Access(None)).await?;
    let read = listed.iter().filter_map(|source| match source {
        Source::Bucket(bucket) => Some(bucket),
        Source::LoadBalancer(_) => None,
    });
    let read = read.map(|bucket| inventories(aws, caller, bucket.clone()));
    let read: Vec<_> = read.collect();
    let of_inventories: Vec<_> = stream::iter(read).buffered(AT_ONCE).collect().await;
    let mut attachments: Vec<Attachment> = listed.iter().filter_map(access_log).collect();
    let mut unread = Vec::new();
    for outcome in of_inventories {
        match outcome {
            Ok(inventories) => attachments.extend(inventories),
            // A bucket may be deleted while the others are read.
            Err(ObserveError::Aws(error)) if !ends_all(&error) => unread.push(error.to_string()),
            Err(error) => return Err(error),
        }
    }
    Ok(LogsOfRegion { logs: attachments, unlisted: Vec::new(), unread })
}
