//! Diagnoses each log. Reads every destination once, and looks for objects in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::stream::TryStreamExt as _;

use crate::aws::{Aws, AwsError, Grants, SharedSearches};
use crate::command::at_once::{as_they_end, in_order};
use crate::command::events::Events;
use crate::command::witness::Witness;
use crate::health::{Evidence, LogReport, diagnose};
use crate::model::{BucketName, Moment, Region, Seen};
use crate::producer::{AclWay, Attachment};
use crate::state::{DestinationState, Identity, Key};
use crate::ui::Count;

/// The number of destinations and logs read at once, which is as many as the run's rate limit allows.
const AT_ONCE: usize = 32;

const DESTINATIONS: &str = "destinations";
const LOGS: &str = "logs";

/// The objects to look for in addition to reading the settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::command) enum ObjectSearch {
    /// None: only the settings are judged.
    Nothing,
    /// Each log's newest object.
    Newest,
    /// The newest object of each doubtful log: an object can contradict the verdict from the settings.
    Doubts,
}

/// A destination that was already read.
pub(in crate::command) type KnownDestination = (DestinationKey, DestinationState);

/// A destination: the bucket's name and the Region of the sources that log to it.
pub(in crate::command) type DestinationKey = (String, Region);

/// The inputs of a diagnosis.
#[derive(Clone, Copy, Debug)]
pub(in crate::command) struct Inquiry<'a> {
    pub(in crate::command) aws: &'a Aws,
    /// The event history, which shows who changed a setting.
    pub(in crate::command) events: &'a Events<'a>,
    pub(in crate::command) caller: &'a Identity,
    /// The objects to look for in addition to reading the settings.
    pub(in crate::command) searched: ObjectSearch,
    /// Returns whether an error ends the run. Any other error affects only one read.
    pub(in crate::command) ends: fn(&AwsError) -> bool,
    pub(in crate::command) count: &'a Count,
}

/// Diagnoses each attachment; every destination is read once.
pub(in crate::command) async fn diagnosed(
    inquiry: Inquiry<'_>,
    attachments: Vec<Arc<Attachment>>,
    known: Option<KnownDestination>,
    tell: impl Fn(LogReport),
) -> Result<(), AwsError> {
    let Inquiry { aws, events, caller, searched: _, ends, count } = inquiry;
    let mut state: BTreeMap<DestinationKey, Result<KnownState, String>> =
        known.into_iter().map(|(key, state)| (key, Ok(KnownState::new(state)))).collect();
    let places: Vec<_> = places(&attachments).into_iter().filter(|(key, _)| !state.contains_key(key)).collect();
    count.expects(DESTINATIONS, places.len());
    count.expects(LOGS, attachments.len());
    let look = |((name, region), grants): (DestinationKey, Grants)| async move {
        let outcome = match name.parse::<BucketName>() {
            Ok(bucket) => match Box::pin(aws.destination_state(&bucket, &region, caller, grants)).await {
                Ok(state) => Ok(KnownState::new(state)),
                Err(error) if ends(&error) => return Err(error),
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        count.did(DESTINATIONS);
        Ok::<_, AwsError>(((name, region), outcome))
    };
    let mut looks = Box::pin(as_they_end(places, AT_ONCE, look));
    while let Some((key, place)) = looks.try_next().await? {
        state.insert(key, place);
    }
    let keys = report_keys(aws, caller, &attachments, ends).await?;
    let now = now();
    let sharing = attachments.iter().filter(|attachment| attachment.may_share_keys()).count();
    let witness = Witness { aws, shared: &SharedSearches::new(sharing), events };
    let diagnosis = |attachment: Arc<Attachment>| {
        let place = destination_key(&attachment).and_then(|key| state.get(&key)).cloned();
        let report_key = report_key(&attachment).and_then(|key| keys.get(&key)).cloned();
        let place = match (place, report_key) {
            (Some(Ok(place)), Some(Ok(report_key))) => Some(Ok(place.with_report_key(report_key))),
            (Some(Ok(_)), Some(Err(why))) => Some(Err(why)),
            (place, _) => place,
        };
        Box::pin(diagnose_or_unknown(witness, inquiry, attachment, place, now))
    };
    let mut entries = Box::pin(in_order(attachments, AT_ONCE, diagnosis));
    while let Some(one) = entries.try_next().await? {
        tell(one);
        count.did(LOGS);
    }
    Ok(())
}

/// A destination that was read, shared by all logs that go to it.
#[derive(Clone, Debug)]
struct KnownState {
    state: Arc<DestinationState>,
}

impl KnownState {
    fn new(state: DestinationState) -> Self {
        Self { state: Arc::new(state) }
    }

    /// Adds the key that an inventory names for its reports.
    fn with_report_key(self, report_key: Seen<Key>) -> Self {
        let state = DestinationState { report_key, ..DestinationState::clone(&self.state) };
        Self { state: Arc::new(state) }
    }
}

async fn diagnose_or_unknown(
    witness: Witness<'_>,
    Inquiry { searched, ends, .. }: Inquiry<'_>,
    attachment: Arc<Attachment>,
    place: Option<Result<KnownState, String>>,
    now: Moment,
) -> Result<LogReport, AwsError> {
    let place = match place {
        Some(Err(why)) => return Ok(LogReport::unknown(attachment, why, now)),
        Some(Ok(place)) => Some(place),
        None => None,
    };
    match Box::pin(diagnose_one(witness, Arc::clone(&attachment), place, searched, now)).await {
        Err(error) if !ends(&error) => Ok(LogReport::unknown(attachment, error.to_string(), now)),
        result => result,
    }
}

async fn diagnose_one(
    witness: Witness<'_>,
    attachment: Arc<Attachment>,
    seen: Option<KnownState>,
    searched: ObjectSearch,
    now: Moment,
) -> Result<LogReport, AwsError> {
    let state = seen.map(|seen| seen.state);
    let settings = diagnose(&attachment, state.as_deref(), &Evidence::NotSearched, now);
    let untold =
        |diagnosis| LogReport { diagnosis, delivered: None, searched: false, now, state: state.clone(), history: None };
    let state = match (state.clone(), searched) {
        (Some(state), ObjectSearch::Newest) => state,
        (Some(state), ObjectSearch::Doubts) if settings.is_doubtful(&state) => state,
        (_, ObjectSearch::Doubts | ObjectSearch::Nothing) => return Ok(untold(settings)),
        (None, ObjectSearch::Newest) => return Ok(LogReport { searched: true, ..untold(settings) }),
    };
    let searched = Box::pin(witness.search_evidence(&settings, &state, now)).await?;
    let delivered = searched.newest.found().map(|found| Moment(found.stamp.last_modified));
    let diagnosis = diagnose(&attachment, Some(&state), &Evidence::Searched(Box::new(searched)), now);
    Ok(LogReport { delivered, searched: true, ..untold(diagnosis) })
}

/// The Region and name of a key.
pub(in crate::command) type KeyName = (Region, String);

/// Reads the keys that inventories name, each once. A key that can't be read affects only the reports that use it.
pub(in crate::command) async fn report_keys(
    aws: &Aws,
    caller: &Identity,
    attachments: &[Arc<Attachment>],
    ends: fn(&AwsError) -> bool,
) -> Result<BTreeMap<KeyName, Result<Seen<Key>, String>>, AwsError> {
    let names: BTreeSet<KeyName> = attachments.iter().filter_map(|attachment| report_key(attachment)).collect();
    let read = |name: KeyName| async {
        match aws.key_of_report(&name.0, &caller.account, &name.1).await {
            Err(error) if ends(&error) => Err(error),
            read => Ok((name, read.map_err(|error| error.to_string()))),
        }
    };
    Box::pin(as_they_end(names, AT_ONCE, read)).try_collect().await
}

/// Returns the key that an inventory names for its reports.
pub(in crate::command) fn report_key(attachment: &Attachment) -> Option<KeyName> {
    let today = attachment.target.present().and_then(|target| target.inventory.as_ref());
    Some((attachment.source.region().clone(), today?.own_key()?.to_owned()))
}

/// Returns each destination, and whether its ACL matters in addition to its policy.
fn places(attachments: &[Arc<Attachment>]) -> BTreeMap<DestinationKey, Grants> {
    let mut places = BTreeMap::new();
    for attachment in attachments {
        let Some(key) = destination_key(attachment) else { continue };
        let grants = places.entry(key).or_insert(Grants::Policy);
        if attachment.facts().destination.acl == AclWay::LogDeliveryGroup {
            *grants = Grants::PolicyAndAcl;
        }
    }
    places
}

fn destination_key(attachment: &Attachment) -> Option<DestinationKey> {
    Some((attachment.target.present()?.bucket.clone(), attachment.source.region().clone()))
}

/// Returns the time by this machine's clock.
pub(in crate::command) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
