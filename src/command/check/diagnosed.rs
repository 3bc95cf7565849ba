//! The diagnosis of each log: the places are looked at, each once, and what was delivered there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, Grants};
use crate::health::{Evidence, Newest, Told, diagnose, told_test_file, whereabouts};
use crate::model::{BucketName, Moment, Producer, Region};
use crate::state::{Attachment, Destination, Identity, InventoryEncryption, Key, Log, Looked, Seen};
use crate::ui::Count;

/// Places and logs looked at together: as many as the pace of the run lets through.
const AT_ONCE: usize = 32;

const DESTINATIONS: &str = "destinations";
const LOGS: &str = "logs";

/// What is looked for beside the settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::command) enum Sought {
    /// Each log's newest object.
    Newest,
    /// The newest object of a log that is dead by what is documented of encryption, where its key may let the service in.
    Doubts,
}

/// A place that was looked at already.
pub(in crate::command) type Known = (PlaceKey, Looked);

/// A place: a bucket's name and the Region of the sources that log to it.
pub(in crate::command) type PlaceKey = (String, Region);

/// How logs are looked into.
#[derive(Debug)]
pub(in crate::command) struct Inquiry<'a> {
    /// AWS.
    pub(in crate::command) aws: &'a Aws,
    /// Who looks.
    pub(in crate::command) caller: &'a Identity,
    /// What is looked for beside the settings.
    pub(in crate::command) sought: Sought,
    /// Whether an error ends it all; another is the trouble of what it is about.
    pub(in crate::command) ends: fn(&AwsError) -> bool,
    /// Where it is counted.
    pub(in crate::command) count: &'a Count,
}

/// Each attachment's diagnosis; every place is looked at once.
pub(in crate::command) async fn diagnosed(
    inquiry: Inquiry<'_>,
    attachments: Vec<Attachment>,
    known: Option<Known>,
    tell: impl Fn(Told),
) -> Result<(), AwsError> {
    let Inquiry { aws, caller, sought, ends, count } = inquiry;
    let mut looked: BTreeMap<PlaceKey, Result<Looked, String>> =
        known.into_iter().map(|(key, looked)| (key, Ok(looked))).collect();
    let places: Vec<_> = places(&attachments).into_iter().filter(|(key, _)| !looked.contains_key(key)).collect();
    count.expects(DESTINATIONS, places.len());
    count.expects(LOGS, attachments.len());
    let looks = places.into_iter().map(|((name, region), grants)| async move {
        let outcome = match name.parse::<BucketName>() {
            Ok(bucket) => match Box::pin(aws.looked(&bucket, &region, caller, grants)).await {
                Ok(looked) => Ok(looked),
                Err(error) if ends(&error) => return Err(error),
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        count.did(DESTINATIONS);
        Ok::<_, AwsError>(((name, region), outcome))
    });
    let looks: Vec<_> = looks.collect();
    let new: Vec<(PlaceKey, Result<Looked, String>)> =
        stream::iter(looks).buffer_unordered(AT_ONCE).try_collect().await?;
    looked.extend(new);
    let keys = report_keys(aws, caller, &attachments, ends).await?;
    let now = now();
    let told = attachments.into_iter().map(|attachment| {
        let place = place_of(&attachment).and_then(|key| looked.get(&key)).cloned();
        let report_key = report_key(&attachment).and_then(|key| keys.get(&key)).cloned();
        let place = match (place, report_key) {
            (Some(Ok(looked)), Some(Ok(report_key))) => Some(Ok(Looked { report_key, ..looked })),
            (Some(Ok(_)), Some(Err(why))) => Some(Err(why)),
            (place, _) => place,
        };
        told(aws, attachment, place, sought, ends, now)
    });
    let told: Vec<_> = told.collect();
    let mut told = stream::iter(told).buffered(AT_ONCE);
    while let Some(one) = told.next().await {
        tell(one?);
        count.did(LOGS);
    }
    Ok(())
}

async fn told(
    aws: &Aws,
    attachment: Attachment,
    place: Option<Result<Looked, String>>,
    sought: Sought,
    ends: fn(&AwsError) -> bool,
    now: Moment,
) -> Result<Told, AwsError> {
    let looked = match place {
        Some(Err(why)) => return Ok(Told::unknown(attachment, why, now)),
        Some(Ok(looked)) => Some(looked),
        None => None,
    };
    match Box::pin(seen_and_told(aws, attachment.clone(), looked, sought, now)).await {
        Err(error) if !ends(&error) => Ok(Told::unknown(attachment, error.to_string(), now)),
        told => told,
    }
}

async fn seen_and_told(
    aws: &Aws,
    attachment: Attachment,
    looked: Option<Looked>,
    sought: Sought,
    now: Moment,
) -> Result<Told, AwsError> {
    let unasked = match sought {
        Sought::Newest => None,
        Sought::Doubts => Some(diagnose(&attachment, looked.as_ref(), &Evidence::NotSought, now)),
    };
    let bucket = |looked: Option<Looked>| {
        looked.and_then(|looked| match looked.destination {
            Destination::Bucket(bucket) => Some(bucket),
            Destination::Absent | Destination::OtherRegion(_) | Destination::Refused => None,
        })
    };
    if let Some(diagnosis) =
        unasked.filter(|diagnosis| !looked.as_ref().is_some_and(|looked| diagnosis.is_doubtful(looked)))
    {
        return Ok(Told { diagnosis, delivered: None, sought: false, now, bucket: bucket(looked), history: None });
    }
    let place = looked.as_ref().and_then(|looked| whereabouts(&attachment, looked));
    let newest: Newest = match &place {
        Some((place, layout)) => aws.newest(place, layout, attachment.source.name(), now).await?,
        None => Seen::Absent,
    };
    let delivered = newest.present().map(|found| Moment(found.stamp.last_modified));
    let mut diagnosis = diagnose(&attachment, looked.as_ref(), &Evidence::Newest(newest), now);
    if let (Some((place, _)), None, Log::LoadBalancer(log)) = (&place, &diagnosis.newest, &attachment.log)
        && attachment.producer() == Producer::Alb
        && let Seen::Present(file) =
            aws.find(place, &format!("{}{}", place.load_balancer_folder(), log.test_file())).await?
    {
        diagnosis.newest = Some(told_test_file(&file, now));
    }
    Ok(Told { diagnosis, delivered, sought: true, now, bucket: bucket(looked), history: None })
}

/// The Region and the name of a key.
pub(in crate::command) type KeyName = (Region, String);

/// The keys that inventories name, each read once; one that can't be read is the trouble of its own reports.
pub(in crate::command) async fn report_keys(
    aws: &Aws,
    caller: &Identity,
    attachments: &[Attachment],
    ends: fn(&AwsError) -> bool,
) -> Result<BTreeMap<KeyName, Result<Seen<Key>, String>>, AwsError> {
    let names: BTreeSet<KeyName> = attachments.iter().filter_map(report_key).collect();
    let reads = names.into_iter().map(|name| async {
        match aws.key_of_report(&name.0, &caller.account, &name.1).await {
            Err(error) if ends(&error) => Err(error),
            read => Ok((name, read.map_err(|error| error.to_string()))),
        }
    });
    let reads: Vec<_> = reads.collect();
    stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await
}

/// The key that an inventory names for its reports.
pub(in crate::command) fn report_key(attachment: &Attachment) -> Option<KeyName> {
    let today = attachment.target.present().and_then(|target| target.inventory.as_ref());
    match &today?.encryption {
        InventoryEncryption::SseKms(key) => Some((attachment.source.region().clone(), key.clone())),
        InventoryEncryption::BucketDefault | InventoryEncryption::SseS3 => None,
    }
}

/// The places that are named, and by what each may let a service in.
fn places(attachments: &[Attachment]) -> BTreeMap<PlaceKey, Grants> {
    let mut places = BTreeMap::new();
    for attachment in attachments {
        let Some(key) = place_of(attachment) else { continue };
        let grants = places.entry(key).or_insert(Grants::Policy);
        if attachment.producer() == Producer::S3Access {
            *grants = Grants::PolicyAndAcl;
        }
    }
    places
}

fn place_of(attachment: &Attachment) -> Option<PlaceKey> {
    Some((attachment.target.present()?.bucket.clone(), attachment.source.region().clone()))
}

/// The moment by this machine's clock.
pub(in crate::command) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
