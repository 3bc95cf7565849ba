//! A colleague's changes in the console, to any setting of a bucket, key or source. A change may have no effect.

mod flow_logs;

use std::time::Duration;

use sandbox::{BucketSeed, BucketView, DeliverySeed, Encryption, KeyView};
use serde_json::{Value, json};

use super::scene::{BALANCERS, DESTINATIONS, NETWORKS, SOURCES, Scene, open};
use super::step::Change;

/// What a change affects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Setting,
    Grant,
    Source,
    Key,
    Bucket,
}

/// A possible change.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    act: Act,
}

/// How to make the change.
enum Act {
    /// Sets a setting by its query parameter. `None` removes it.
    Put(&'static str, Option<&'static str>),
    By(fn(&At<'_>)),
}

const fn put(name: &'static str, parameter: &'static str, xml: &'static str) -> Row {
    Row { name, kind: Kind::Setting, act: Act::Put(parameter, Some(xml)) }
}

const fn removed(name: &'static str, parameter: &'static str) -> Row {
    Row { name, kind: Kind::Setting, act: Act::Put(parameter, None) }
}

const fn by(kind: Kind, name: &'static str, act: fn(&At<'_>)) -> Row {
    Row { name, kind, act: Act::By(act) }
}

/// A source of vended logs.
const PAGES: &str = "arn:aws:cloudfront::111122223333:distribution/EXAMPLE";

pub(crate) const CHANGES: &[Row] = &[
    put("versioning on", "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    put(
        "its own access logged",
        "logging",
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>old-logs</TargetBucket><TargetPrefix>self/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>",
    ),
    put(
        "the requester pays",
        "requestPayment",
        "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
    ),
    put(
        "ACLs on",
        "ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>",
    ),
    put(
        "public access half open",
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
    ),
    removed("public access open", "publicAccessBlock"),
    put(
        "CORS",
        "cors",
        "<CORSConfiguration><CORSRule><AllowedOrigin>https://example.org</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
    ),
    put(
        "a website",
        "website",
        "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
    ),
    put(
        "notifications",
        "notification",
        "<NotificationConfiguration><EventBridgeConfiguration></EventBridgeConfiguration><TopicConfiguration><Id>t</Id><Topic>arn:aws:sns:us-east-1:111122223333:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>",
    ),
    put("acceleration", "accelerate", "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"),
    put(
        "analytics",
        "analytics",
        "<ListBucketAnalyticsConfigurationResult><AnalyticsConfiguration><Id>a</Id><StorageClassAnalysis/></AnalyticsConfiguration></ListBucketAnalyticsConfigurationResult>",
    ),
    put(
        "request metrics",
        "metrics",
        "<ListMetricsConfigurationsResult><MetricsConfiguration><Id>all</Id></MetricsConfiguration></ListMetricsConfigurationsResult>",
    ),
    put(
        "Intelligent-Tiering",
        "intelligent-tiering",
        "<ListBucketIntelligentTieringConfigurationsOutput><IntelligentTieringConfiguration><Id>cold</Id><Status>Enabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering></IntelligentTieringConfiguration></ListBucketIntelligentTieringConfigurationsOutput>",
    ),
    put(
        "S3 Metadata",
        "metadataConfiguration",
        "<GetBucketMetadataConfigurationResult><MetadataConfigurationResult><DestinationResult><TableBucketType>aws</TableBucketType></DestinationResult></MetadataConfigurationResult></GetBucketMetadataConfigurationResult>",
    ),
    put("bucket ABAC", "abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>"),
    by(Kind::Setting, "replication", replicated),
    by(Kind::Setting, "Object Lock", locked),
    by(Kind::Setting, "an inventory of it", |at| {
        at.scene.sandbox.set_inventory(at.bucket, "audit", &inventory("audit", "old-logs", "self"));
    }),
    by(Kind::Setting, "a lifecycle rule more", rule_added),
    by(Kind::Setting, "other days in a lifecycle rule", rule_changed),
    removed("no lifecycle rules", "lifecycle"),
    by(Kind::Setting, "a customer key for new objects", |at| {
        at.encrypted(Encryption::kms(at.key().map(|key| key.arn).as_deref()));
    }),
    by(Kind::Setting, "SSE-S3 for new objects", |at| {
        at.encrypted(Encryption { blocked: None, ..Encryption::of_new_bucket() });
    }),
    by(Kind::Grant, "a tag more", |at| at.tagged(|tags| tags.push(("cost".to_owned(), at.number.to_string())))),
    by(Kind::Grant, "another value of the mark", |at| {
        at.tagged(|tags| {
            tags.retain(|(key, _)| key != "logbucket");
            tags.push(("logbucket".to_owned(), "no".to_owned()));
        });
    }),
    by(Kind::Grant, "the mark removed", |at| at.tagged(|tags| tags.retain(|(key, _)| !key.starts_with("logbucket")))),
    by(Kind::Grant, "no tags", |at| at.scene.sandbox.set_setting(at.bucket, "tagging", None)),
    by(Kind::Grant, "a statement more", |at| at.policy(|statements| statements.push(at.statement()))),
    by(Kind::Grant, "a statement more, without a Sid", |at| {
        at.policy(|statements| {
            let mut statement = at.statement();
            statement.as_object_mut().unwrap().remove("Sid");
            statements.push(statement);
        });
    }),
    by(Kind::Grant, "a statement less", |at| {
        at.policy(|statements| {
            if let Some(nth) = at.nth(statements.len()) {
                statements.remove(nth);
            }
        });
    }),
    by(Kind::Grant, "a statement narrowed", |at| {
        at.policy(|statements| {
            if let Some(nth) = at.nth(statements.len()) {
                statements[nth]["Condition"]["StringNotEquals"]["aws:PrincipalTag/team"] = json!("guests");
            }
        });
    }),
    by(Kind::Grant, "no policy", |at| at.scene.sandbox.set_policy(at.bucket, None)),
    by(Kind::Grant, "a policy by hand", |at| at.scene.sandbox.set_policy(at.bucket, Some(&open(at.bucket)))),
    by(Kind::Source, "a log off", turned_off),
    by(Kind::Source, "a log elsewhere", |at| pointed(at, at.elsewhere())),
    by(Kind::Source, "a log here", |at| pointed(at, at.bucket)),
    by(Kind::Source, "a load balancer's other log here", |at| {
        at.balancer(at.one_of(&["web", "shop"]), "connection_logs", at.bucket, at.prefix("alb"));
    }),
    by(Kind::Source, "their ALB here", |at| at.balancer("their-web", "access_logs", at.bucket, at.prefix("alb"))),
    by(Kind::Source, "their NLB here", |at| at.balancer("their-edge", "access_logs", at.bucket, at.prefix("nlb"))),
    by(Kind::Source, "their bucket here", |at| at.logging("their-data", at.bucket, at.prefix("s3/"))),
    by(Kind::Source, "their flow log here", |at| at.flow_log(NETWORKS[2])),
    by(Kind::Source, "a flow log recreated", flow_logs::recreate_flow_log),
    by(Kind::Source, "a flow log like a run's", |at| at.flow_log(at.one_of(&NETWORKS[..2]))),
    by(Kind::Source, "a flow log deleted", |at| at.drop_flow_logs(at.one_of(&NETWORKS), at.bucket)),
    by(Kind::Source, "an inventory more here", |at| {
        let source = at.one_of(&["app-data", "app-images", "their-data"]);
        at.scene.sandbox.set_inventory(source, "by-hand", &inventory("by-hand", at.bucket, at.prefix("inv")));
    }),
    by(Kind::Source, "vended logs here", |at| {
        let arn = format!("arn:aws:s3:::{}", at.bucket);
        at.scene.sandbox.put_delivery(DeliverySeed::new("their-pages", PAGES, "ACCESS_LOGS").to(&arn));
    }),
    by(Kind::Source, "an inventory deleted", |at| {
        at.scene.sandbox.drop_inventory(at.one_of(&SOURCES), at.one_of(&["logbucket", "one", "two"]));
    }),
    by(Kind::Key, "the default policy of a key", |at| {
        at.key_policy(|statements| statements.retain(|of| of["Principal"]["AWS"].is_string()));
    }),
    by(Kind::Key, "a statement more in a key's policy", |at| {
        at.key_policy(|statements| statements.push(json!({
        "Sid": "Theirs", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/Auditor" }, "Action": "kms:Decrypt", "Resource": "*",
    })));
    }),
    by(Kind::Key, "a statement less in a key's policy", |at| {
        at.key_policy(|statements| {
            if statements.len() > 1 {
                statements.remove(1 + at.number / 2 % (statements.len() - 1));
            }
        });
    }),
    by(Kind::Key, "a key disabled", |at| at.key_state("Disabled")),
    by(Kind::Key, "a key enabled", |at| at.key_state("Enabled")),
    by(Kind::Key, "an alias moved", |at| {
        if let Some(key) = at.key() {
            at.scene.sandbox.set_alias(at.one_of(&["alias/logs", "alias/other"]), &key.arn);
        }
    }),
    by(Kind::Key, "the bucket under a shared key", |at| {
        at.encrypted(Encryption::kms(at.key().map(|key| key.arn).as_deref()));
    }),
    by(Kind::Key, "their NLB here under the key", |at| {
        at.balancer("their-edge", "access_logs", at.bucket, at.prefix("nlb"));
    }),
    by(Kind::Bucket, "logs delivered", |at| at.scene.wait(at.scene.sandbox.deliver())),
    by(Kind::Bucket, "an object uploaded", |at| {
        let keys = ["notes.txt", "logbucket-test-object", "alb/logbucket-test-object", "AWSLogs/notes.txt"];
        if at.view().is_some() {
            at.scene.wait(at.scene.sandbox.put_object(at.bucket, at.one_of(&keys), b"ours\n"));
        }
    }),
    by(Kind::Bucket, "emptied", |at| at.scene.wait(at.scene.sandbox.empty_bucket(at.bucket))),
    by(Kind::Bucket, "deleted", deleted),
    by(Kind::Bucket, "recreated", |at| recreate(at, Copied::Nothing)),
    by(Kind::Bucket, "recreated with the same tags", |at| recreate(at, Copied::Tags)),
    by(Kind::Bucket, "recreated with the same settings", |at| recreate(at, Copied::Everything)),
];

pub(crate) fn change(scene: &Scene, change: &Change) {
    let row = CHANGES.iter().find(|row| row.name == change.name).unwrap();
    match row.act {
        Act::Put(parameter, xml) => scene.sandbox.set_setting(change.bucket, parameter, xml),
        Act::By(act) => act(&At { scene, bucket: change.bucket, number: change.number }),
    }
}

/// Turns off every log that goes to a destination, whoever set it up.
pub(crate) fn turn_all_off(scene: &Scene) {
    for name in BALANCERS {
        for log in ["access_logs", "connection_logs"] {
            let attributes = scene.sandbox.load_balancer(name).unwrap_or_default();
            let on = format!("{log}.s3.enabled");
            if attributes.get(&on).is_some_and(|on| on == "true") {
                scene.sandbox.set_attributes(name, &[(&on, "false")]);
            }
        }
    }
    scene.sandbox.drop_deliveries();
    for log in scene.sandbox.flow_logs() {
        scene.sandbox.drop_flow_log(&log.id);
    }
    for name in SOURCES.iter().chain(&DESTINATIONS) {
        scene.sandbox.set_setting(name, "logging", None);
        for id in scene.sandbox.bucket(name).map(|view| view.inventories).unwrap_or_default().keys() {
            scene.sandbox.drop_inventory(name, id);
        }
    }
}

/// A change and the place to make it.
struct At<'a> {
    scene: &'a Scene,
    bucket: &'a str,
    number: usize,
}

impl<'a> At<'a> {
    /// Selects no prefix if the number is even, otherwise this prefix. The runs of a sequence select their prefixes in
    /// the same way.
    fn prefix(&self, named: &'static str) -> &'static str {
        if self.number.is_multiple_of(2) { "" } else { named }
    }

    /// Selects one of `count` choices by half the number, because the prefix depends on whether the number is even.
    fn nth(&self, count: usize) -> Option<usize> {
        (self.number / 2).checked_rem(count)
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[(self.number / 2) % all.len()]
    }

    fn view(&self) -> Option<BucketView> {
        self.scene.sandbox.bucket(self.bucket)
    }

    fn elsewhere(&self) -> &'a str {
        if self.bucket == "old-logs" { "team-logs" } else { "old-logs" }
    }

    fn encrypted(&self, encryption: Encryption) {
        self.scene.sandbox.set_encryption(self.bucket, encryption);
    }

    fn tagged(&self, change: impl FnOnce(&mut Vec<(String, String)>)) {
        let Some(view) = self.view() else { return };
        let mut tags = view.tags.into_iter().filter(|(key, _)| key != "cost").collect();
        change(&mut tags);
        let tags = tags.iter().map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"));
        let xml = format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.collect::<String>());
        self.scene.sandbox.set_setting(self.bucket, "tagging", Some(&xml));
    }

    fn statement(&self) -> Value {
        let bucket = self.bucket;
        match self.nth(3).unwrap() {
            0 => json!({
                "Sid": "Reader", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/Reader" },
                "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
            }),
            1 => json!({
                "Sid": "DenyDeletes", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObjectVersion",
                "Resource": format!("arn:aws:s3:::{bucket}/*"),
            }),
            _ => json!({
                "Sid": "BalancersByHand", "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
                "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
            }),
        }
    }

    fn policy(&self, change: impl FnOnce(&mut Vec<Value>)) {
        let Some(view) = self.view() else { return };
        let policy = edited(view.policy.as_deref(), change);
        self.scene.sandbox.set_policy(self.bucket, policy.as_deref());
    }

    /// Selects one of the customer managed keys.
    fn key(&self) -> Option<KeyView> {
        let keys: Vec<KeyView> =
            self.scene.sandbox.keys().into_iter().filter(|key| key.manager == "CUSTOMER").collect();
        keys.get(self.nth(keys.len())?).cloned()
    }

    fn key_policy(&self, change: impl FnOnce(&mut Vec<Value>)) {
        let Some(key) = self.key() else { return };
        if let Some(policy) = edited(Some(&key.policy), change) {
            self.scene.sandbox.set_key_policy(&key.arn, &policy);
        }
    }

    fn key_state(&self, state: &str) {
        if let Some(key) = self.key() {
            self.scene.sandbox.set_key_state(&key.arn, state);
        }
    }

    fn balancer(&self, name: &str, log: &str, bucket: &str, prefix: &str) {
        let values = [("enabled", "true"), ("bucket", bucket), ("prefix", prefix)];
        let keys = values.map(|(name, value)| (format!("{log}.s3.{name}"), value));
        let attributes: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        self.scene.sandbox.set_attributes(name, &attributes);
    }

    fn logging(&self, source: &str, bucket: &str, prefix: &str) {
        let xml = format!(
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>{bucket}</TargetBucket><TargetPrefix>{prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
        );
        self.scene.sandbox.set_setting(source, "logging", Some(&xml));
    }
}

/// Returns a policy with changed statements, or `None` if no statement is left.
fn edited(policy: Option<&str>, change: impl FnOnce(&mut Vec<Value>)) -> Option<String> {
    let empty = json!({ "Version": "2012-10-17", "Statement": [] });
    let mut policy = policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(empty);
    let statements = policy["Statement"].take();
    let mut statements = statements.as_array().cloned().unwrap_or_else(|| vec![statements]);
    change(&mut statements);
    let is_empty = statements.is_empty();
    policy["Statement"] = Value::Array(statements);
    (!is_empty).then(|| policy.to_string())
}

fn inventory(id: &str, bucket: &str, prefix: &str) -> String {
    let prefix = if prefix.is_empty() { String::new() } else { format!("<Prefix>{prefix}</Prefix>") };
    format!(
        "<InventoryConfiguration><Id>{id}</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::{bucket}</Bucket><Format>CSV</Format>{prefix}</S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>"
    )
}

fn replicated(at: &At<'_>) {
    let sandbox = &at.scene.sandbox;
    sandbox.set_setting(
        at.bucket,
        "versioning",
        Some("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    );
    sandbox.set_setting(at.bucket, "replication", Some("<ReplicationConfiguration><Role>arn:aws:iam::111122223333:role/r</Role><Rule><ID>r</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::copies</Bucket></Destination></Rule></ReplicationConfiguration>"));
}

fn locked(at: &At<'_>) {
    for (parameter, xml) in BucketSeed::new(at.bucket).locked().settings {
        at.scene.sandbox.set_setting(at.bucket, &parameter, Some(&xml));
    }
}

fn rule_added(at: &At<'_>) {
    const ROOT: &str = "</LifecycleConfiguration>";
    let rule = "<Rule><ID>more</ID><Filter><Prefix>tmp/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>";
    let Some(view) = at.view() else { return };
    let rules = view.lifecycle.unwrap_or_else(|| format!("<LifecycleConfiguration>{ROOT}"));
    if !rules.contains("<ID>more</ID>") {
        let xml = rules.replace(ROOT, &format!("{rule}{ROOT}"));
        at.scene.sandbox.set_setting(at.bucket, "lifecycle", Some(&xml));
    }
}

fn rule_changed(at: &At<'_>) {
    let rules = at.view().and_then(|view| view.lifecycle).unwrap_or_default();
    let other =
        rules.replacen("<Days>30</Days>", "<Days>365</Days>", 1).replacen("<Days>9</Days>", "<Days>99</Days>", 1);
    if other != rules {
        at.scene.sandbox.set_setting(at.bucket, "lifecycle", Some(&other));
    }
}

/// Turns off a log of one of the runs' sources.
fn turned_off(at: &At<'_>) {
    match at.nth(5).unwrap() {
        0 => at.scene.sandbox.set_attributes("web", &[("access_logs.s3.enabled", "false")]),
        1 => at.scene.sandbox.set_attributes("shop", &[("access_logs.s3.enabled", "false")]),
        2 => at.scene.sandbox.set_attributes("edge", &[("access_logs.s3.enabled", "false")]),
        3 => at.scene.sandbox.set_setting("app-data", "logging", None),
        _ => at.scene.sandbox.set_setting("app-images", "logging", None),
    }
}

fn pointed(at: &At<'_>, bucket: &str) {
    match at.nth(5).unwrap() {
        0 => at.balancer("web", "access_logs", bucket, at.prefix("alb")),
        1 => at.balancer("shop", "access_logs", bucket, at.prefix("alb")),
        2 => at.balancer("edge", "access_logs", bucket, at.prefix("nlb")),
        3 => at.logging("app-data", bucket, at.prefix("s3/")),
        _ => at.logging("app-images", bucket, at.prefix("s3/")),
    }
}

fn deleted(at: &At<'_>) {
    at.scene.wait(at.scene.sandbox.empty_bucket(at.bucket));
    at.scene.sandbox.drop_bucket(at.bucket);
}

/// The settings that a colleague gives a recreated bucket.
#[derive(Clone, Copy)]
enum Copied {
    Nothing,
    Tags,
    Everything,
}

fn recreate(at: &At<'_>, copied: Copied) {
    let Some(view) = at.view() else { return };
    let state = at.scene.sandbox.state();
    let settings = state["buckets"][at.bucket]["settings"].as_object().unwrap().clone();
    deleted(at);
    at.scene.sandbox.pass(Duration::from_mins(1));
    let mut seed = BucketSeed::new(at.bucket);
    for (parameter, xml) in settings {
        let kept = match copied {
            Copied::Nothing => false,
            Copied::Tags => parameter == "tagging",
            Copied::Everything => true,
        };
        if kept {
            seed = seed.setting(&parameter, xml.as_str().unwrap());
        }
    }
    if matches!(copied, Copied::Everything) {
        seed = BucketSeed { policy: view.policy, encryption: view.encryption, inventories: view.inventories, ..seed };
    }
    at.scene.wait(at.scene.sandbox.put_bucket(seed));
}
