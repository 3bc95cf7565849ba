//! Worlds: a request and a made-up observation of AWS.

use std::collections::BTreeMap;

use crate::iam::Document;
use crate::model::{BucketEncryption, Denial, Moment, Partition, Seen};
use crate::plan::{Finding, Fix, Plan, Severity, Step, StepKind, plan};
use crate::producer::{
    FlowFormat, FlowLog, FlowLogSettings, InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat,
    InventoryFrequency, InventoryVersions, KeyFormat, LoadBalancer, LoadBalancerType, LogType, Logging, Network,
    PartitionDate, Producer, Source, SourceBucket, Traffic, Values,
};
use crate::request::{Draft, Request};
use crate::state::{
    Bucket, BucketOrigin, BucketState, Identity, Key, KeyManager, KeyOrigin, Observed, OwnKeys, Ownership, Payer,
};

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(super) const OTHER_KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/9876fedc-12ab-34cd-56ef-1234567890ab";

/// A request and the observed state.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) draft: Draft,
    pub(super) observed: Observed,
}

/// The ARN of a source.
pub(super) fn arn(source: &Source) -> String {
    match source {
        Source::LoadBalancer(balancer) => balancer.arn.to_string(),
        Source::Bucket(bucket) => format!("arn:aws:s3:::{}", bucket.name),
        Source::Network(network) => network.arn().to_string(),
    }
}

/// A new bucket with AWS's defaults.
pub(super) fn bare(producer: Producer) -> World {
    let name = match producer {
        Producer::Alb => "web",
        Producer::Nlb => "edge",
        Producer::Clb => "old-web",
        Producer::S3Access | Producer::Inventory => "app-data",
        Producer::VpcFlow => "vpc-0a1b2c3d4e5f60718",
    };
    let draft = Draft {
        producer: Some(producer),
        sources: vec![name.to_owned()],
        bucket: Some("acme-logs".parse().unwrap()),
        // The prefix is requested, because settings that aren't requested stay as they are.
        prefix: Some(String::new()),
        ..Draft::default()
    };
    let observed = Observed {
        caller: Identity {
            account: ACCOUNT.parse().unwrap(),
            arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Operator/session"),
            partition: Partition::Aws,
        },
        region: "us-east-1".parse().unwrap(),
        sources: vec![source(producer, name)],
        destination: BucketState::Bucket(Box::new(bucket())),
        origin: BucketOrigin::Unknown,
        own_keys: OwnKeys::default(),
        default_key: Seen::Absent,
        report_key: Seen::Absent,
        shown: BTreeMap::new(),
        unread_history: None,
        moment: Some(Moment(1_800_000_000)),
        test_files: BTreeMap::new(),
        source_tags: crate::state::SourceTags::new(),
    };
    World { draft, observed }
}

/// Like [`bare`], but with everything in order: the service is allowed, and the source is attached.
pub(super) fn in_order(producer: Producer) -> World {
    let mut world = bare(producer);
    world.grant();
    for source in &mut world.observed.sources {
        attach(source);
    }
    world
}

/// A destination that does not exist yet.
pub(super) fn new(producer: Producer) -> World {
    let mut world = bare(producer);
    world.observed.destination = BucketState::Absent;
    world
}

/// A bucket with everything in order for the producer. Its default encryption uses the key, which allows the service.
pub(super) fn with_key(producer: Producer) -> World {
    let mut world = in_order(producer);
    world.bucket().encryption = Seen::Present(sse_kms(Some(KEY)));
    world.observed.default_key = Seen::Present(open_key(producer, &world));
    world
}

impl World {
    pub(super) fn request(&self) -> Request {
        self.draft.clone().complete().unwrap()
    }

    /// The plan. Each finding that only a person can fix has a hint.
    pub(super) fn plan(&self) -> Plan {
        let plan = plan(&self.request(), &self.observed);
        for found in plan.findings.iter().filter(|found| found.never_delivers()) {
            assert!(found.hint().is_some_and(|hint| !hint.is_empty()), "{found:?}");
        }
        plan
    }

    /// The findings in short, such as `policy-grant error: adds s3:PutBucketPolicy`.
    pub(super) fn reported(&self) -> Vec<String> {
        self.plan().findings.iter().map(reported).collect()
    }

    /// The finding of this name.
    pub(super) fn finding(&self, id: &str) -> Finding {
        let plan = self.plan();
        let found = plan.findings.into_iter().find(|finding| finding.id().as_str() == id);
        found.unwrap_or_else(|| panic!("no {id}: {:?}", self.reported()))
    }

    /// The step of this API call.
    pub(super) fn step(&self, api: &str) -> Step {
        let steps = self.plan().steps;
        let found = steps.into_iter().map(|planned| planned.step).find(|step| step.api() == api);
        found.unwrap_or_else(|| panic!("no {api}: {:?}", self.reported()))
    }

    /// The bucket policy that is written.
    pub(super) fn written_policy(&self) -> Document {
        let Step::PutBucketPolicy { after, .. } = self.step("s3:PutBucketPolicy") else { panic!("no policy") };
        Document::parse(&after).unwrap()
    }

    pub(super) fn bucket(&mut self) -> &mut Bucket {
        let BucketState::Bucket(bucket) = &mut self.observed.destination else { panic!("no bucket") };
        bucket
    }

    pub(super) fn balancer(&mut self) -> &mut LoadBalancer {
        let Some(Source::LoadBalancer(balancer)) = self.observed.sources.first_mut() else { panic!("a bucket") };
        balancer
    }

    pub(super) fn source_bucket(&mut self) -> &mut SourceBucket {
        let Some(Source::Bucket(bucket)) = self.observed.sources.first_mut() else { panic!("a load balancer") };
        bucket
    }

    /// One attribute of the load balancer.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        present(&mut self.balancer().attributes).insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn key(&mut self) -> &mut Key {
        present(&mut self.observed.default_key)
    }

    pub(super) fn logging(&mut self) -> &mut Logging {
        present(&mut self.source_bucket().logging)
    }

    pub(super) fn inventory(&mut self) -> &mut InventoryConfiguration {
        present(&mut self.source_bucket().inventory)
    }

    pub(super) fn flow_log(&mut self) -> &mut FlowLog {
        let Source::Network(network) = &mut self.observed.sources[0] else { panic!("not a network") };
        present(&mut network.flow_logs).first_mut().expect("a flow log")
    }

    pub(super) fn encryption(&mut self) -> &mut BucketEncryption {
        present(&mut self.bucket().encryption)
    }

    /// The bucket policy with these statements and no other.
    pub(super) fn policy(&mut self, statements: &serde_json::Value) {
        self.whole_policy(&serde_json::json!({ "Version": "2012-10-17", "Statement": statements }));
    }

    pub(super) fn whole_policy(&mut self, policy: &serde_json::Value) {
        self.bucket().policy = Seen::Present(policy.to_string());
    }

    /// Adds a statement to the bucket policy.
    pub(super) fn statement(&mut self, statement: serde_json::Value) {
        let document = match &self.bucket().policy {
            Seen::Present(text) => Document::parse(text).unwrap(),
            Seen::Absent | Seen::Denied(_) => Document::empty(),
        };
        self.bucket().policy = Seen::Present(document.with_statement_appended(statement).to_text());
    }

    /// The bucket policy with the statements that allow the service.
    pub(super) fn grant(&mut self) {
        let values = self.values();
        for template in self.draft.producer.unwrap().facts().bucket_grants {
            self.statement(template.fill(&values));
        }
    }

    /// Makes the bucket look as if a run of this user created it but stopped before it wrote a policy.
    pub(super) fn make_unfinished(&mut self) {
        self.observed.origin = BucketOrigin::UnfinishedRun;
        self.bucket().tags = Seen::Present(tags(&[("logbucket", "run-3f9c2a71d0b84e55")]));
        self.bucket().policy = Seen::Absent;
    }

    fn values(&self) -> Values {
        let destination = self.plan().destination;
        let names = self.observed.sources.iter().map(|source| source.name().to_owned()).collect();
        Values::for_destination(&destination, names)
    }
}

fn reported(finding: &Finding) -> String {
    let severity = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let fix = match &finding.fix {
        Fix::Steps(steps) => {
            let step = |planned: &crate::plan::PlannedStep| {
                let verb = if planned.change == StepKind::Adds { "adds" } else { "replaces" };
                let at_risk = if planned.risk.is_some() && planned.change == StepKind::Adds { " at risk" } else { "" };
                format!("{verb} {}{at_risk}", planned.step.api())
            };
            steps.iter().map(step).collect::<Vec<_>>().join(", ")
        }
        Fix::SharedWith(id) => format!("with {}", id.as_str()),
        Fix::Impossible(_) => "refused".to_owned(),
        Fix::Exemption { name, .. } => format!("exempt {name}"),
        Fix::InTemplate(_) => "in a template".to_owned(),
        Fix::Nothing => "nothing".to_owned(),
        Fix::Offer(name) => format!("offers {name}"),
    };
    format!("{} {severity}: {fix}", finding.id().as_str())
}

pub(super) type Changing = fn(&mut World);

/// A name, a change of a world, and the resulting findings.
pub(super) type Case<'a> = (&'a str, Changing, &'a [&'a str]);

pub(super) fn each(base: &World, cases: &[Case<'_>]) {
    for (name, change, expected) in cases {
        let mut world = base.clone();
        change(&mut world);
        assert_eq!(world.reported(), *expected, "{name}");
    }
}

fn present<T>(seen: &mut Seen<T>) -> &mut T {
    let Seen::Present(value) = seen else { panic!("not there") };
    value
}

pub(super) fn denied<T>(action: &'static str) -> Seen<T> {
    Seen::Denied(Denial { action, resource: "acme-logs".to_owned(), why: crate::model::Unread::Denied })
}

pub(super) fn tags(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// SSE-KMS with this key, or without a named key.
pub(super) fn sse_kms(key: Option<&str>) -> BucketEncryption {
    let blocked = vec!["SSE-C".to_owned()];
    BucketEncryption { algorithm: "aws:kms".to_owned(), key: key.map(str::to_owned), bucket_key: true, blocked }
}

/// The key, with a policy that allows only the account's administration.
pub(super) fn closed_key() -> Key {
    let root = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") },
        "Action": "kms:*", "Resource": "*",
    }] });
    Key {
        arn: KEY.parse().unwrap(),
        manager: KeyManager::Customer,
        state: "Enabled".to_owned(),
        spec: "SYMMETRIC_DEFAULT".to_owned(),
        usage: "ENCRYPT_DECRYPT".to_owned(),
        policy: Seen::Present(root.to_string()),
        own_alias: true,
        origin: KeyOrigin::OwnRun,
    }
}

/// The key with the statement that allows the service.
pub(super) fn open_key(producer: Producer, world: &World) -> Key {
    let mut key = closed_key();
    let document = Document::parse(key.policy.present().unwrap()).unwrap();
    let grant = producer.facts().key_grant.map(|grant| grant.fill(&world.values()));
    let document = grant.into_iter().fold(document, |document, grant| document.with_statement_appended(grant));
    key.policy = Seen::Present(document.to_text());
    key
}

fn bucket() -> Bucket {
    Bucket {
        name: "acme-logs".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        created: None,
        encryption: Seen::Present(BucketEncryption::sse_s3()),
        policy: Seen::Absent,
        ownership: Seen::Present(Ownership::BucketOwnerEnforced),
        object_lock: Seen::Absent,
        payer: Seen::Present(Payer::BucketOwner),
        log_delivery_acl: Seen::Absent,
        logging: Seen::Absent,
        logs_on: Vec::new(),
        versioning: Seen::Absent,
        lifecycle: Seen::Absent,
        abac: Seen::Absent,
        public_policies: Seen::Absent,
        tags: Seen::Absent,
    }
}

/// A source of the producer, attached nowhere.
pub(super) fn source(producer: Producer, name: &str) -> Source {
    let balancer = |kind, word: &str, protocols: &[&str]| {
        let id = if word.is_empty() { name.to_owned() } else { format!("{word}/{name}/50dc6c495c0c9188") };
        let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/{id}");
        Source::LoadBalancer(LoadBalancer {
            name: name.to_owned(),
            arn: arn.parse().unwrap(),
            kind,
            region: "us-east-1".parse().unwrap(),
            account: ACCOUNT.parse().unwrap(),
            attributes: Seen::Present(BTreeMap::new()),
            listener_protocols: Seen::Present(protocols.iter().map(|&protocol| protocol.to_owned()).collect()),
        })
    };
    match producer {
        Producer::Alb => balancer(LoadBalancerType::Application, "app", &[]),
        Producer::Nlb => balancer(LoadBalancerType::Network, "net", &["TLS"]),
        Producer::Clb => balancer(LoadBalancerType::Classic, "", &[]),
        Producer::S3Access | Producer::Inventory => Source::Bucket(SourceBucket {
            name: name.parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            logging: Seen::Absent,
            inventory: Seen::Absent,
        }),
        Producer::VpcFlow => Source::Network(Network::located(
            name.parse().unwrap(),
            "us-east-1".parse().unwrap(),
            ACCOUNT.parse().unwrap(),
        )),
    }
}

/// Attaches a source to the destination of [`bare`], as a request with the default choices would.
pub(super) fn attach(source: &mut Source) {
    match source {
        Source::LoadBalancer(balancer) => {
            let stem = LogType::Access.attribute_stem();
            let on = [("enabled", "true"), ("bucket", "acme-logs"), ("prefix", "")];
            let pairs = on.map(|(name, value)| (format!("{stem}.{name}"), value.to_owned()));
            balancer.attributes = Seen::Present(pairs.into_iter().collect());
        }
        Source::Bucket(bucket) => {
            bucket.logging = Seen::Present(Logging {
                bucket: "acme-logs".to_owned(),
                prefix: String::new(),
                key_format: KeyFormat::Partitioned(PartitionDate::Event),
                format_is_said: true,
                grants: Vec::new(),
            });
            let mut fields = InventoryField::USUAL.to_vec();
            fields.reverse();
            bucket.inventory = Seen::Present(InventoryConfiguration {
                enabled: true,
                bucket_arn: "arn:aws:s3:::acme-logs".to_owned(),
                account: Some(ACCOUNT.to_owned()),
                prefix: String::new(),
                format: Some(InventoryFormat::Csv),
                frequency: Some(InventoryFrequency::Daily),
                versions: Some(InventoryVersions::Current),
                fields,
                encryption: InventoryEncryption::SseS3,
                other_fields: Vec::new(),
                filter: None,
            });
        }
        Source::Network(network) => {
            let settings = FlowLogSettings {
                bucket: "acme-logs".to_owned(),
                prefix: String::new(),
                traffic: Some(Traffic::All),
                format: FlowFormat::Text,
                aggregation: 600,
                hourly: false,
                hive: false,
                fields: String::new(),
                unknown: Vec::new(),
                tags: BTreeMap::new(),
                id: Some("fl-0a1b2c3d4e5f60718".to_owned()),
            };
            let log = FlowLog { id: "fl-0a1b2c3d4e5f60718".to_owned(), settings, created: None, status: None };
            network.flow_logs = Seen::Present(vec![log]);
        }
    }
}
