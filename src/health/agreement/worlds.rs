//! Random worlds: a log that is on, and the state of its destination. The policies combine statements from the corpus
//! with statements that logbucket writes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::model::{AccountId, BucketEncryption, BucketName, Denial, Moment, Partition, Region, Seen, Unread};
use crate::plan::plan;
use crate::producer::{
    Attachment, ConfiguredDestination, DeliveryStatus, FlowFormat, FlowLog, FlowLogSettings, InventoryConfiguration,
    InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, KeyFormat,
    LoadBalancer, LoadBalancerType, Log, LogType, Logging, Network, PartitionDate, Producer, Source, SourceBucket,
    Traffic, Values,
};
use crate::state::{
    Bucket, BucketState, DestinationState, FoundObject, Identity, Key, KeyManager, KeyOrigin, LogDeliveryAcl, Newest,
    ObjectLock, ObjectStamp, Ownership, Payer, PublicPolicies,
};

use super::super::configuration_request::ConfigurationRequest;
use super::super::diagnosis::observed;
use super::super::evidence::{Evidence, EvidenceResult};
use super::super::last_change::LastChange;
use super::NOW;

const ACCOUNT: &str = "123456789012";
const BUCKET: &str = "acme-logs";
pub(super) const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/9876fedc-12ab-34cd-56ef-1234567890ab";

/// The statements of the corpus's bucket policies, with each case's bucket name replaced by `BUCKET`.
static CORPUS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let text = include_str!("../../../tests/fixtures/policy-cases.jsonl");
    let cases = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let statements = cases.filter(|case| case["kind"] == "s3").flat_map(|case| {
        let policy = case["policy"]["Statement"].clone();
        let statements = policy.as_array().cloned().unwrap_or_else(|| vec![policy.clone()]);
        let resource = case["request"]["resource"].as_str().unwrap_or_default().to_owned();
        let own = resource.rsplit(':').next().and_then(|path| path.split('/').next()).unwrap_or_default().to_owned();
        statements.into_iter().filter_map(move |statement| {
            let text = statement.to_string().replace(&own, BUCKET);
            serde_json::from_str::<Value>(&text).ok()
        })
    });
    let mut statements: Vec<Value> = statements.collect();
    statements.dedup();
    assert!(statements.len() > 100, "the corpus has {} statements", statements.len());
    statements
});

/// A sequence of random choices. After the end of the sequence, every choice is the first option, which is the common
/// one.
pub(super) struct Dice<'a>(pub(super) std::slice::Iter<'a, u16>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % sides
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        let index = self.roll(of.len());
        of.get(index).cloned().unwrap_or_else(|| unreachable_choice())
    }
}

fn unreachable_choice<T>() -> T {
    std::panic::panic_any("a list of choices is empty")
}

fn denied<T>(action: &'static str) -> Seen<T> {
    Seen::Denied(Denial { action, resource: BUCKET.to_owned(), why: Unread::Denied })
}

/// A log and the state of its destination.
#[derive(Clone, Debug)]
pub(super) struct LogWorld {
    pub(super) attachment: Attachment,
    pub(super) state: DestinationState,
    /// The objects that the service wrote, and the last change according to the event history.
    pub(super) evidence: Evidence,
}

const DAY: i64 = 24 * 60 * 60;

/// Ages of objects and changes: fresh for every service, for some, for none, and older than the event history.
const AGES: [i64; 5] = [10 * 60, 20 * 60 * 60, 12 * DAY, 40 * DAY, 100 * DAY];

fn evidence(dice: &mut Dice<'_>, attachment: &Attachment, state: &DestinationState) -> Evidence {
    if dice.roll(3) == 0 {
        return Evidence::NotSearched;
    }
    let default = state.destination.bucket().and_then(|bucket| bucket.encryption.present());
    let object = |dice: &mut Dice<'_>| {
        let last_modified = NOW.0 - dice.pick(&AGES);
        let (algorithm, kms_key) = match dice.roll(5) {
            1 => (None, None),
            2 => (Some("AES256".to_owned()), None),
            3 => (Some("aws:kms".to_owned()), dice.pick(&[None, Some(KEY), Some(OTHER_KEY)]).map(str::to_owned)),
            // The bucket's default encryption.
            _ => default.map_or((None, None), |default| (Some(default.algorithm.clone()), default.key.clone())),
        };
        let stamp = ObjectStamp { last_modified, etag: String::new() };
        FoundObject { key: "an/object".to_owned(), stamp, unreadable: None, algorithm, kms_key }
    };
    let newest = match dice.roll(4) {
        // Without a readable bucket, no object is found.
        _ if state.destination.bucket().is_none() => Newest::None,
        1 => Newest::None,
        2 if has_test_file(attachment) => Newest::None,
        _ => Newest::Found(object(dice)),
    };
    let is_tested = state.destination.bucket().is_some() && has_test_file(attachment) && dice.roll(2) == 0;
    // A minute before or after one of the ages, or exactly that age.
    let moment = |dice: &mut Dice<'_>| Moment(NOW.0 - dice.pick(&AGES) - dice.pick(&[60, 0, -60]));
    let change = match dice.roll(6) {
        1 => LastChange::NotKnown,
        2 => LastChange::NotInHistory,
        _ => LastChange::At(moment(dice)),
    };
    let attached = (change != LastChange::NotKnown && dice.roll(2) == 0).then(|| moment(dice));
    Evidence::Searched(Box::new(EvidenceResult {
        newest,
        test_file: is_tested.then(|| object(dice)),
        change,
        attached,
    }))
}

fn has_test_file(attachment: &Attachment) -> bool {
    matches!(attachment.producer(), Producer::Alb | Producer::Clb)
}

pub(super) fn world(dice: &mut Dice<'_>) -> LogWorld {
    let log = dice.roll(7);
    let prefix = dice.pick(&["", "logs", "team/logs"]);
    let (source, log, target) = match log {
        0 => inventory(dice, prefix),
        1 => access_log(dice, prefix),
        2 => balancer(dice, LoadBalancerType::Network, LogType::Access, prefix),
        3 => balancer(dice, LoadBalancerType::Application, LogType::Connection, prefix),
        4 => balancer(dice, LoadBalancerType::Application, LogType::HealthCheck, prefix),
        6 => flow_log(dice, prefix),
        _ => {
            let kind = dice.pick(&[LoadBalancerType::Application, LoadBalancerType::Classic]);
            balancer(dice, kind, LogType::Access, prefix)
        }
    };
    let attachment = Attachment { source, log, target: Seen::Present(target) };
    let state = DestinationState {
        caller: Identity {
            account: account(),
            arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Operator/session"),
            partition: Partition::Aws,
        },
        region: region(),
        destination: BucketState::Bucket(Box::new(bucket(dice, &attachment))),
        default_key: Seen::Absent,
        report_key: Seen::Absent,
    };
    let mut world = LogWorld { attachment, state, evidence: Evidence::NotSearched };
    world.state.destination = match dice.roll(24) {
        1 => BucketState::Absent,
        2 => BucketState::Refused,
        4 => BucketState::LockedOut,
        3 => BucketState::OtherRegion("eu-west-1".parse().expect("a Region")),
        _ => world.state.destination,
    };
    let usual = grants(&world);
    if let BucketState::Bucket(bucket) = &mut world.state.destination {
        bucket.policy = policy(dice, usual);
    }
    let default = world.state.destination.bucket().and_then(|bucket| bucket.encryption.present().cloned());
    if default.as_ref().and_then(|default| default.key.as_deref()).is_some_and(|key| !key.ends_with("aws/s3")) {
        world.state.default_key = key(dice, KEY, &world);
    }
    let today = world.attachment.target.present().and_then(|target| target.inventory.as_ref());
    if today.and_then(InventoryConfiguration::own_key).is_some() {
        world.state.report_key = key(dice, OTHER_KEY, &world);
    }
    world.evidence = evidence(dice, &world.attachment, &world.state);
    world
}

fn account() -> AccountId {
    ACCOUNT.parse().expect("an account")
}

fn region() -> Region {
    "us-east-1".parse().expect("a Region")
}

fn destination() -> BucketName {
    BUCKET.parse().expect("a name")
}

fn balancer(
    dice: &mut Dice<'_>,
    kind: LoadBalancerType,
    log: LogType,
    prefix: &str,
) -> (Source, Log, ConfiguredDestination) {
    let id = kind.resource("web").replace('*', "50dc6c495c0c9188");
    let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:{id}");
    let stem = log.attribute_stem();
    let attributes = [("enabled", "true"), ("bucket", BUCKET), ("prefix", prefix)];
    let balancer = LoadBalancer {
        name: "web".to_owned(),
        arn: arn.parse().expect("an ARN"),
        kind,
        region: region(),
        account: account(),
        attributes: Seen::Present(
            attributes.into_iter().map(|(name, value)| (format!("{stem}.{name}"), value.to_owned())).collect(),
        ),
        listener_protocols: match dice.roll(8) {
            1 => Seen::Present(vec!["TCP".to_owned()]),
            2 => denied("elasticloadbalancing:DescribeListeners"),
            _ => Seen::Present(vec!["TLS".to_owned(), "TCP".to_owned()]),
        },
    };
    let (bucket, prefix) = (BUCKET.to_owned(), prefix.to_owned());
    let target =
        ConfiguredDestination { bucket, prefix, key_format: KeyFormat::Simple, inventory: None, flow_log: None };
    (Source::LoadBalancer(balancer), Log::LoadBalancer(log), target)
}

fn source_bucket() -> SourceBucket {
    let name = "app-data".parse().expect("a name");
    SourceBucket { name, region: region(), logging: Seen::Absent, inventory: Seen::Absent }
}

fn access_log(dice: &mut Dice<'_>, prefix: &str) -> (Source, Log, ConfiguredDestination) {
    let event = KeyFormat::Partitioned(PartitionDate::Event);
    let key_format = dice.pick(&[event, KeyFormat::Simple, KeyFormat::Partitioned(PartitionDate::Delivery)]);
    let slash = dice.pick(&["/", ""]);
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}{slash}") };
    let logging = Logging {
        bucket: BUCKET.to_owned(),
        prefix: prefix.clone(),
        key_format,
        format_is_said: true,
        grants: Vec::new(),
    };
    let bucket = SourceBucket { logging: Seen::Present(logging), ..source_bucket() };
    let target =
        ConfiguredDestination { bucket: BUCKET.to_owned(), prefix, key_format, inventory: None, flow_log: None };
    (Source::Bucket(bucket), Log::Requests, target)
}

fn inventory(dice: &mut Dice<'_>, prefix: &str) -> (Source, Log, ConfiguredDestination) {
    let key = || InventoryEncryption::SseKms(OTHER_KEY.to_owned());
    let configuration = InventoryConfiguration {
        enabled: true,
        bucket_arn: format!("arn:aws:s3:::{BUCKET}"),
        account: dice.pick(&[
            Some(ACCOUNT.to_owned()),
            None,
            Some(ACCOUNT.to_owned()),
            Some("999999999999".to_owned()),
        ]),
        prefix: prefix.to_owned(),
        format: Some(dice.pick(&[InventoryFormat::Csv, InventoryFormat::Parquet])),
        frequency: Some(dice.pick(&[InventoryFrequency::Daily, InventoryFrequency::Weekly])),
        versions: Some(dice.pick(&[InventoryVersions::Current, InventoryVersions::All])),
        fields: InventoryField::USUAL.to_vec(),
        encryption: dice.pick(&[InventoryEncryption::SseS3, InventoryEncryption::BucketDefault, key()]),
        other_fields: dice.pick(&[Vec::new(), vec!["Mood".to_owned()]]),
        filter: dice.pick(&[None, Some("photos/".to_owned())]),
    };
    let target = ConfiguredDestination {
        bucket: BUCKET.to_owned(),
        prefix: prefix.to_owned(),
        key_format: KeyFormat::Simple,
        inventory: Some(configuration),
        flow_log: None,
    };
    (Source::Bucket(source_bucket()), Log::Inventory(Some("all".to_owned())), target)
}

fn flow_log(dice: &mut Dice<'_>, prefix: &str) -> (Source, Log, ConfiguredDestination) {
    let id = dice.pick(&["vpc-0a1b2c3d4e5f60718", "tgw-0a1b2c3d4e5f60718", "eni-0a1b2c3d4e5f60718"]);
    let traffic = dice.pick(&[Traffic::All, Traffic::Accept, Traffic::Reject]);
    let settings = FlowLogSettings {
        bucket: BUCKET.to_owned(),
        prefix: prefix.to_owned(),
        traffic: (!id.starts_with("tgw")).then_some(traffic),
        format: dice.pick(&[FlowFormat::Text, FlowFormat::Parquet]),
        aggregation: dice.pick(&[60, 600]),
        hourly: dice.roll(2) == 0,
        hive: dice.roll(2) == 0,
        fields: dice.pick(&["", "${version} ${vpc-id}"]).to_owned(),
        unknown: Vec::new(),
        tags: BTreeMap::new(),
        id: Some("fl-0a1b2c3d4e5f60718".to_owned()),
    };
    let failed = || DeliveryStatus::Failed("Access error".to_owned());
    let status = dice.pick(&[None, Some(DeliveryStatus::Succeeded), Some(failed())]);
    let log = FlowLog {
        id: "fl-0a1b2c3d4e5f60718".to_owned(),
        settings,
        created: Some(Moment(NOW.0 - dice.pick(&AGES))),
        status,
    };
    let network = Network {
        flow_logs: Seen::Present(vec![log]),
        ..Network::located(id.parse().expect("an ID"), region(), account())
    };
    let attachment = Attachment::for_flow_logs(&network).swap_remove(0);
    let target = attachment.target.present().cloned().expect("a flow log that is on");
    (attachment.source, attachment.log, target)
}

pub(super) fn bucket(dice: &mut Dice<'_>, attachment: &Attachment) -> Bucket {
    let kms = |algorithm: &str, key: Option<&str>| {
        let blocked = BucketEncryption::sse_s3().blocked;
        let (algorithm, key) = (algorithm.to_owned(), key.map(str::to_owned));
        Seen::Present(BucketEncryption { algorithm, key, bucket_key: true, blocked })
    };
    let to = |bucket: &str| Logging {
        bucket: bucket.to_owned(),
        prefix: String::new(),
        key_format: KeyFormat::Simple,
        format_is_said: true,
        grants: Vec::new(),
    };
    let by_acl = attachment.log == Log::Requests;
    Bucket {
        name: destination(),
        region: region(),
        created: None,
        encryption: match dice.roll(12) {
            1 => Seen::Absent,
            2 => kms("aws:kms", None),
            3 => kms("aws:kms", Some("alias/aws/s3")),
            4..=6 => kms("aws:kms", Some(KEY)),
            7 => kms("aws:kms", Some("alias/logs")),
            8 => kms("aws:kms:dsse", Some(KEY)),
            9 => denied("s3:GetEncryptionConfiguration"),
            _ => Seen::Present(BucketEncryption::sse_s3()),
        },
        policy: Seen::Absent,
        ownership: match dice.roll(6) {
            1 => Seen::Present(Ownership::BucketOwnerPreferred),
            2 => Seen::Present(Ownership::ObjectWriter),
            3 => Seen::Absent,
            4 => denied("s3:GetBucketOwnershipControls"),
            _ => Seen::Present(Ownership::BucketOwnerEnforced),
        },
        object_lock: match dice.roll(12) {
            1 => Seen::Present(ObjectLock { default_retention: None }),
            2 => Seen::Present(ObjectLock { default_retention: Some("GOVERNANCE 30 days".to_owned()) }),
            3 => denied("s3:GetBucketObjectLockConfiguration"),
            _ => Seen::Absent,
        },
        payer: match dice.roll(12) {
            1 => Seen::Present(Payer::Requester),
            2 => denied("s3:GetBucketRequestPayment"),
            _ => Seen::Present(Payer::BucketOwner),
        },
        log_delivery_acl: match dice.roll(6) {
            1 | 2 if by_acl => Seen::Present(LogDeliveryAcl { write: true, read_acp: true }),
            3 if by_acl => denied("s3:GetBucketAcl"),
            _ => Seen::Absent,
        },
        logging: match dice.roll(12) {
            1 => Seen::Present(to(BUCKET)),
            2 => Seen::Present(to("audit-logs")),
            3 => denied("s3:GetBucketLogging"),
            _ => Seen::Absent,
        },
        logs_on: dice.pick(&[Vec::new(), Vec::new(), vec!["audit-logs".to_owned(), "app-data".to_owned()]]),
        versioning: Seen::Absent,
        lifecycle: Seen::Absent,
        abac: Seen::Absent,
        public_policies: match dice.roll(6) {
            1 => Seen::Present(PublicPolicies { rejected: true, restricted: true }),
            2 => Seen::Present(PublicPolicies { rejected: false, restricted: true }),
            3 => Seen::Present(PublicPolicies { rejected: true, restricted: false }),
            4 => denied("s3:GetBucketPublicAccessBlock"),
            _ => Seen::Absent,
        },
        tags: dice.pick(&[Seen::Absent, denied("s3:GetBucketTagging")]),
    }
}

/// Returns the statements that allow the service.
fn grants(world: &LogWorld) -> Vec<Value> {
    values(world).map_or_else(Vec::new, |values| {
        world.attachment.producer().facts().bucket_grants.iter().map(|template| template.fill(&values)).collect()
    })
}

fn values(world: &LogWorld) -> Option<Values> {
    let (request, observed) = question(world)?;
    Some(Values::for_destination(
        &plan(&request, &observed).destination,
        vec![world.attachment.source.name().to_owned()],
    ))
}

pub(super) fn question(world: &LogWorld) -> Option<(crate::request::Request, crate::state::Observed)> {
    let target = world.attachment.target.present()?;
    let question = ConfigurationRequest::for_attachment(&world.attachment, target, &world.state.region).ok()?;
    let observed = observed(&world.attachment, &world.state);
    Some((question.request, crate::state::Observed { moment: Some(NOW), ..observed }))
}

fn policy(dice: &mut Dice<'_>, usual: Vec<Value>) -> Seen<String> {
    let mut statements = match dice.roll(16) {
        1 => return Seen::Absent,
        2 => return denied("s3:GetBucketPolicy"),
        3 => return Seen::Present("{".to_owned()),
        4..=6 => Vec::new(),
        7 => usual.into_iter().map(|statement| changed(dice, statement)).collect(),
        _ => usual,
    };
    for _ in 0..dice.roll(4) {
        let statement = dice.pick(&CORPUS);
        statements.push(if dice.roll(4) == 1 { changed(dice, statement) } else { statement });
    }
    let version = if dice.roll(12) == 1 { "2008-10-17" } else { "2012-10-17" };
    Seen::Present(json!({ "Version": version, "Statement": statements }).to_string())
}

/// Changes one thing in a statement.
fn changed(dice: &mut Dice<'_>, mut statement: Value) -> Value {
    let doubtful = json!({ "StringEquals": { "aws:SourceOrgID": "o-1234567890" } });
    let until = json!({ "DateLessThan": { "aws:CurrentTime": "2999-01-01T00:00:00Z" } });
    match dice.roll(8) {
        1 => statement["Resource"] = json!(format!("arn:aws:s3:::{BUCKET}/elsewhere/*")),
        2 => statement["Principal"] = json!("*"),
        3 => statement["Condition"] = doubtful,
        4 => statement["Effect"] = json!("Deny"),
        5 => statement["Action"] = json!(["s3:PutObject", "s3:GetBucketAcl"]),
        6 => statement["Resource"] = json!(format!("arn:aws:s3:::{BUCKET}/*2*8*")),
        7 => statement["Condition"] = until,
        _ => statement["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": "999999999999" } }),
    }
    statement
}

fn key(dice: &mut Dice<'_>, arn: &str, world: &LogWorld) -> Seen<Key> {
    let root = json!({ "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") },
        "Action": "kms:*", "Resource": "*" });
    let grant = || {
        let values = values(world)?;
        Some(world.attachment.producer().facts().key_grant?.fill(&values))
    };
    let mut statements = vec![root];
    match dice.roll(8) {
        1 | 2 => {}
        3 => statements.extend(grant().map(|grant| changed(dice, grant))),
        4 => statements.extend(grant().map(|mut grant| {
            grant["Action"] = json!("kms:GenerateDataKey*");
            grant
        })),
        5 => {
            statements.extend(grant());
            let other = json!({ "StringNotEquals": { "aws:SourceOrgID": "o-1234567890" } });
            statements.push(json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                "Condition": other }));
        }
        _ => statements.extend(grant()),
    }
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let key = Key {
        arn: arn.parse().expect("a key"),
        manager: KeyManager::Customer,
        state: "Enabled".to_owned(),
        spec: "SYMMETRIC_DEFAULT".to_owned(),
        usage: "ENCRYPT_DECRYPT".to_owned(),
        policy: Seen::Present(text),
        own_alias: true,
        origin: KeyOrigin::OwnRun,
    };
    match dice.roll(12) {
        1 => Seen::Absent,
        2 | 6 => denied("kms:DescribeKey"),
        3 | 7 => Seen::Present(Key { policy: denied("kms:GetKeyPolicy"), ..key }),
        4 => Seen::Present(Key { state: "PendingDeletion".to_owned(), ..key }),
        5 => Seen::Present(Key { manager: KeyManager::Aws, ..key }),
        _ => Seen::Present(key),
    }
}
