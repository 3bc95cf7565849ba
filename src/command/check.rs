//! `check`: looks at sources and the places that they log to, and says whether logs arrive, and if not, why. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, Connect, Grants, ObserveError};
use crate::cli::{CheckArgs, Global, OutputFormat};
use crate::exit::Exit;
use crate::health::{
    Health, Newest, Report, Told, admissions, diagnose, operations, story, suppressions, told_test_file, whereabouts,
};
use crate::model::{BucketName, EncryptionKind, Kind, LogType, Moment, Producer, Region, SourceName};
use crate::producer::encryption::{Outcome, rule};
use crate::request::{Draft, Incomplete, Request};
use crate::state::{
    Attachment, Destination, Identity, InventoryEncryption, LoadBalancer, Log, Looked, Seen, Source, SourceBucket,
    TrailEvent,
};
use crate::ui::{Printer, Progress};

use super::draft::{log_type, producer, without_user};
use super::interruption::CtrlC;
use super::look::connected;

/// Places, objects and sources looked at together.
const AT_ONCE: usize = 8;

/// Why nothing could be diagnosed.
enum Unasked {
    /// The command line leaves open what to look at.
    Usage(Incomplete),
    /// AWS could not be asked.
    Aws(Box<ObserveError>),
    /// No scanner is wrong about a bucket of this producer's logs, or whose they are was not said.
    NoException(Option<Producer>),
    /// Ctrl-C.
    Interrupted,
}

impl From<ObserveError> for Unasked {
    fn from(error: ObserveError) -> Self {
        Self::Aws(Box::new(error))
    }
}

impl From<AwsError> for Unasked {
    fn from(error: AwsError) -> Self {
        ObserveError::from(error).into()
    }
}

/// Runs `check` and says how it ended.
pub async fn check(args: CheckArgs, global: &Global, connect: Connect) -> Exit {
    let json = global.output == OutputFormat::Json;
    let printer = Printer { json, quiet: global.quiet, verbose: global.verbose > 0 };
    let ctrl_c = CtrlC::listen().await;
    let aws = connected(connect, global.region.as_ref(), global).await;
    let checked = tokio::select! {
        checked = Box::pin(checked(&args, global, &aws)) => checked,
        () = ctrl_c.pressed() => Err(Unasked::Interrupted),
    };
    let (message, hint, exit) = match checked {
        Ok(report) => {
            let dead = report.logs.iter().any(|told| told.diagnosis.health == Health::Dead);
            let exit = if dead { Exit::Problems } else { Exit::Done };
            printer.check(&report, exit);
            return exit;
        }
        Err(Unasked::Usage(error)) => (error.to_string(), error.hint(), Exit::Usage),
        Err(Unasked::Aws(error)) => (error.to_string(), error.hint(&aws.source.situation()), Exit::Failed),
        Err(Unasked::NoException(producer)) => {
            let hint =
                "name `alb` or `s3-access` before `--bucket`: only their logs can't be encrypted with a key of yours";
            let message = match producer {
                Some(producer) => {
                    format!("{} can be written with a customer managed key, as the scanners want it", producer.title())
                }
                None => "whose logs are in the bucket was not said".to_owned(),
            };
            (message, Some(hint.to_owned()), Exit::Usage)
        }
        Err(Unasked::Interrupted) => ("interrupted".to_owned(), None, Exit::Interrupted),
    };
    printer.error(&message, hint.as_deref(), exit);
    exit
}

async fn checked(args: &CheckArgs, global: &Global, aws: &Aws) -> Result<Report, Unasked> {
    let draft = Draft {
        producer: args.producer.map(producer),
        sources: args.source.clone(),
        log_types: args.log_type.iter().copied().map(log_type).collect(),
        inventory_id: args.inventory_id.clone(),
        ..Draft::default()
    };
    let (attachments, mut report) = match &args.bucket {
        Some(bucket) => Box::pin(into_bucket(aws, bucket, draft.producer, args)).await?,
        None => Box::pin(of_sources(aws, &draft, args)).await?,
    };
    let mut logs = Box::pin(diagnosed(aws, &report.caller, attachments)).await?;
    for told in &mut logs {
        told.diagnosis.cure = told.diagnosis.cure.take().map(|cure| Request {
            profile: global.profile.clone(),
            endpoint_url: global.endpoint_url.as_deref().map(without_user),
            ..cure
        });
    }
    Box::pin(with_stories(aws, &mut logs)).await;
    logs.sort_by_key(|told| rank(&told.diagnosis.health));
    report.logs = logs;
    Ok(report)
}

/// The worst first.
fn rank(health: &Health) -> u8 {
    match health {
        Health::Dead => 0,
        Health::CannotKnow(_) => 1,
        Health::Pending(_) => 2,
        Health::Off => 3,
        Health::Delivering => 4,
    }
}

/// What the named sources log, on or off.
async fn of_sources(aws: &Aws, draft: &Draft, args: &CheckArgs) -> Result<(Vec<Attachment>, Report), Unasked> {
    let missing: Vec<_> = draft.missing().into_iter().filter(|question| question.is_about_sources()).collect();
    let (Some(producer), true) = (draft.producer, missing.is_empty()) else {
        return Err(Unasked::Usage(Incomplete::Missing(missing)));
    };
    draft.refuse_foreign_flags(producer).map_err(Unasked::Usage)?;
    let names: Result<Vec<SourceName>, _> =
        draft.sources.iter().map(|text| SourceName::parse(producer, text)).collect();
    let names = names.map_err(|error| Unasked::Usage(error.into()))?;
    let home = home(aws, &names)?;
    let caller = aws.caller(&home).await?;
    let attachments = match producer {
        Producer::Alb | Producer::Nlb => {
            let kind = if producer == Producer::Nlb { Kind::Nlb } else { Kind::Alb(LogType::ALL.into()) };
            let side = aws.source_side(&home, &names, &caller, &kind).await?;
            let logs: Vec<LogType> = match (producer, draft.log_types.is_empty()) {
                (Producer::Alb, true) => LogType::ALL.to_vec(),
                (Producer::Alb, false) => draft.log_types.iter().copied().collect(),
                (Producer::Inventory | Producer::Nlb | Producer::S3Access, _) => vec![LogType::Access],
            };
            side.sources.iter().flat_map(|source| of_balancer(source, &logs)).collect()
        }
        Producer::S3Access => {
            let side = aws.source_side(&home, &names, &caller, &Kind::S3Access(None)).await?;
            side.sources.iter().filter_map(access_log).collect()
        }
        Producer::Inventory => {
            let buckets = names.iter().filter_map(|name| match name {
                SourceName::Bucket(name) => Some(name),
                SourceName::LoadBalancer(_) | SourceName::LoadBalancerArn(_) => None,
            });
            let read = buckets.map(|name| async {
                let bucket = aws.inventory_source(&home, name, &caller).await?;
                inventories(aws, &caller, bucket).await
            });
            let read: Vec<_> = read.collect();
            let read: Vec<Vec<Attachment>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
            read.into_iter().flatten().filter(|attachment| has_id(attachment, args)).collect()
        }
    };
    Ok((attachments, Report::of(caller)))
}

/// Everything of the account that logs into a bucket.
async fn into_bucket(
    aws: &Aws,
    bucket: &BucketName,
    producer: Option<Producer>,
    args: &CheckArgs,
) -> Result<(Vec<Attachment>, Report), Unasked> {
    let home = home(aws, &[])?;
    let caller = aws.caller(&home).await?;
    let region = aws.inventory_source(&home, bucket, &caller).await?.region;
    let mut report = Report::of(caller.clone());
    if args.suppressions {
        let needs_sse_s3 =
            |producer: &Producer| rule(*producer, EncryptionKind::SseKmsCustomer).outcome == Outcome::NeverArrives;
        let Some(producer) = producer.filter(needs_sse_s3) else { return Err(Unasked::NoException(producer)) };
        report.suppressions = suppressions(bucket, &caller.account, &region, producer);
        return Ok((Vec::new(), report));
    }
    let _looking = Progress::looking(&format!("what logs to `{bucket}`"));
    let wanted = |of: Producer| producer.is_none_or(|wanted| wanted == of);
    let (looked, balancers, buckets) = tokio::join!(
        aws.looked(bucket, &region, &caller, Grants::PolicyAndAcl),
        Box::pin(async {
            if wanted(Producer::Alb) || wanted(Producer::Nlb) { balancers(aws, &region).await } else { Ok(nothing()) }
        }),
        Box::pin(async {
            if wanted(Producer::S3Access) || wanted(Producer::Inventory) {
                buckets(aws, &region, &caller).await
            } else {
                Ok(nothing())
            }
        })
    );
    let looked = looked?;
    report.admissions = admissions(&looked).into_iter().filter(|admission| wanted(admission.producer)).collect();
    let (balancers, mut unread) = balancers?;
    let (buckets, also_unread) = buckets?;
    unread.extend(also_unread);
    report.unread = unread;
    let here = |attachment: &Attachment| {
        let target = attachment.target.present();
        target.is_some_and(|target| target.bucket == bucket.as_str()) && wanted(attachment.producer())
    };
    let attachments = balancers.into_iter().chain(buckets).filter(here).collect();
    Ok((attachments, report))
}

/// What is not asked about.
fn nothing() -> (Vec<Attachment>, Vec<String>) {
    (Vec::new(), Vec::new())
}

/// The logs of all load balancers of a Region, and what kept some from being read.
async fn balancers(aws: &Aws, region: &Region) -> Result<(Vec<Attachment>, Vec<String>), Unasked> {
    let all = Kind::Alb(LogType::ALL.into());
    let (albs, nlbs) = tokio::join!(aws.load_balancers(region, &all), aws.load_balancers(region, &Kind::Nlb));
    let (mut attachments, mut unread) = (Vec::new(), Vec::new());
    for (seen, logs) in [(albs?, &LogType::ALL[..]), (nlbs?, &[LogType::Access][..])] {
        match seen {
            Seen::Present(balancers) => {
                let of = |balancer: &LoadBalancer| Attachment::of_load_balancer(balancer, logs);
                attachments.extend(balancers.iter().flat_map(of));
            }
            Seen::Absent => {}
            Seen::Denied(denial) => unread.push(denial.to_string()),
        }
    }
    unread.dedup();
    Ok((attachments, unread))
}

/// The logs of all buckets of a Region, and what kept some from being read.
async fn buckets(aws: &Aws, region: &Region, caller: &Identity) -> Result<(Vec<Attachment>, Vec<String>), Unasked> {
    let names = match aws.bucket_names(region).await? {
        Seen::Present(names) => names,
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => return Ok((Vec::new(), vec![denial.to_string()])),
    };
    let listed = aws.listed_buckets(region, names, caller, &Kind::S3Access(None)).await?;
    let read = listed.iter().filter_map(|source| match source {
        Source::Bucket(bucket) => Some(bucket),
        Source::LoadBalancer(_) => None,
    });
    let read = read.map(|bucket| inventories(aws, caller, bucket.clone()));
    let read: Vec<_> = read.collect();
    let of_inventories: Vec<Vec<Attachment>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
    let attachments = listed.iter().filter_map(access_log).chain(of_inventories.into_iter().flatten());
    Ok((attachments.collect(), Vec::new()))
}

/// Where the run is: by an ARN, by configuration, or anywhere, since buckets are found by name.
fn home(aws: &Aws, names: &[SourceName]) -> Result<Region, Unasked> {
    let by_arn = names.iter().find_map(|name| match name {
        SourceName::LoadBalancerArn(arn) => arn.region.parse().ok(),
        SourceName::Bucket(_) | SourceName::LoadBalancer(_) => None,
    });
    let configured = aws.source.region().map_err(ObserveError::BadRegion)?;
    let of_buckets = names.iter().all(|name| matches!(name, SourceName::Bucket(_)));
    let usual = || "us-east-1".parse().ok().filter(|_| of_buckets);
    Ok(by_arn.or(configured).or_else(usual).ok_or(ObserveError::NoRegion)?)
}

fn of_balancer(source: &Source, logs: &[LogType]) -> Vec<Attachment> {
    match source {
        Source::LoadBalancer(balancer) => Attachment::of_load_balancer(balancer, logs),
        Source::Bucket(_) => Vec::new(),
    }
}

fn access_log(source: &Source) -> Option<Attachment> {
    match source {
        Source::Bucket(bucket) => Some(Attachment::of_access_log(bucket)),
        Source::LoadBalancer(_) => None,
    }
}

async fn inventories(aws: &Aws, caller: &Identity, bucket: SourceBucket) -> Result<Vec<Attachment>, ObserveError> {
    let listed = aws.inventories(&bucket.region, &bucket.name, &caller.account).await?;
    Ok(Attachment::of_inventories(&bucket, &listed))
}

fn has_id(attachment: &Attachment, args: &CheckArgs) -> bool {
    let wanted = args.inventory_id.as_ref().map(ToString::to_string);
    wanted.is_none() || attachment.log == Log::Inventory(wanted)
}

/// A place: a bucket's name and the Region of the sources that log to it.
type PlaceKey = (String, Region);

/// Each attachment's diagnosis; every place is looked at once.
async fn diagnosed(aws: &Aws, caller: &Identity, attachments: Vec<Attachment>) -> Result<Vec<Told>, Unasked> {
    let _looking = Progress::looking("the destinations, and what was delivered");
    let places = places(&attachments);
    let looks = places.into_iter().map(|((name, region), grants)| async move {
        let Ok(bucket) = name.parse::<BucketName>() else { return Ok(None) };
        let looked = Box::pin(aws.looked(&bucket, &region, caller, grants)).await?;
        Ok::<_, AwsError>(Some(((name, region), looked)))
    });
    let looks: Vec<_> = looks.collect();
    let looked: Vec<Option<(PlaceKey, Looked)>> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    let looked: BTreeMap<PlaceKey, Looked> = looked.into_iter().flatten().collect();
    let now = now();
    let told = attachments.into_iter().map(|attachment| {
        let place = place_of(&attachment).and_then(|key| looked.get(&key)).cloned();
        told(aws, attachment, place, now)
    });
    let told: Vec<_> = told.collect();
    Ok(stream::iter(told).buffered(AT_ONCE).try_collect().await?)
}

async fn told(aws: &Aws, attachment: Attachment, place: Option<Looked>, now: Moment) -> Result<Told, AwsError> {
    let looked = match place {
        Some(looked) => Some(with_report_key(aws, &attachment, looked).await?),
        None => None,
    };
    let place = looked.as_ref().and_then(|looked| whereabouts(&attachment, looked));
    let newest: Newest = match &place {
        Some((place, layout)) => aws.newest(place, layout, attachment.source.name(), now).await?,
        None => Seen::Absent,
    };
    let delivered = newest.present().map(|found| Moment(found.stamp.last_modified));
    let mut diagnosis = diagnose(&attachment, looked.as_ref(), &newest, now);
    if let (Some((place, _)), None, Log::LoadBalancer(log)) = (&place, &diagnosis.newest, &attachment.log)
        && attachment.producer() == Producer::Alb
        && let Seen::Present(file) =
            aws.find(place, &format!("{}{}", place.load_balancer_folder(), log.test_file())).await?
    {
        diagnosis.newest = Some(told_test_file(&file, now));
    }
    let bucket = looked.and_then(|looked| match looked.destination {
        Destination::Bucket(bucket) => Some(bucket),
        Destination::Absent | Destination::OtherRegion(_) | Destination::Refused => None,
    });
    Ok(Told { diagnosis, delivered, now, bucket, history: None })
}

/// The key that an inventory names is its own, not the place's.
async fn with_report_key(aws: &Aws, attachment: &Attachment, looked: Looked) -> Result<Looked, AwsError> {
    let today = attachment.target.present().and_then(|target| target.inventory.as_ref());
    match today.map(|today| &today.encryption) {
        Some(InventoryEncryption::SseKms(key)) => {
            let report_key = aws.key_of_report(&looked.region, &looked.caller.account, key).await?;
            Ok(Looked { report_key, ..looked })
        }
        Some(InventoryEncryption::BucketDefault | InventoryEncryption::SseS3) | None => Ok(looked),
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

/// What `CloudTrail` tells, where it can tell anything; it is only an addition, so that a refusal is no failure.
async fn with_stories(aws: &Aws, logs: &mut [Told]) {
    let mut wanted: BTreeMap<Region, BTreeSet<&'static str>> = BTreeMap::new();
    for told in logs.iter() {
        let region = told.diagnosis.attachment.source.region().clone();
        wanted.entry(region).or_default().extend(operations(&told.diagnosis));
    }
    for (region, operations) in wanted.into_iter().filter(|(_, operations)| !operations.is_empty()) {
        let operations: Vec<&str> = operations.into_iter().collect();
        let _looking = Progress::looking(&format!("CloudTrail's events in {region}"));
        let events: Vec<TrailEvent> = match aws.trail(&region, &operations).await {
            Ok(Seen::Present(events)) => events,
            Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => continue,
        };
        for told in logs.iter_mut().filter(|told| *told.diagnosis.attachment.source.region() == region) {
            let history = story(&told.diagnosis, told.bucket.as_deref(), &events, told.delivered, told.now);
            told.history = history;
        }
    }
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
