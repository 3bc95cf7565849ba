//! The account of the sequences: sources, shared destinations and keys, and a colleague's resources.

use sandbox::{
    BucketSeed, Encryption, FlowLogSeed, KeySeed, LoadBalancerSeed, NetworkSeed, PolicyChange, Sandbox, seed,
};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::program::{DEFAULT, Ran, run};

use super::snapshot::{Snapshot, snapshot};
use super::step::User;

/// The load balancers and buckets that runs or a colleague use as sources.
pub(crate) const BALANCERS: [&str; 6] = ["web", "shop", "edge", "old-web", "their-web", "their-edge"];
pub(crate) const SOURCES: [&str; 3] = ["app-data", "app-images", "their-data"];
/// The networks. The last one is a colleague's.
pub(crate) const NETWORKS: [&str; 3] = ["vpc-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60719", "vpc-0a1b2c3d4e5f6071a"];
/// Every bucket that logs can go to.
pub(crate) const DESTINATIONS: [&str; 5] = ["team-logs", "kms-logs", "new-logs", "more-logs", "old-logs"];

/// A shared destination's policy, with statements of others in several forms.
const POLICY: &str = r#"{
    "Id": "team-2019",
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Auditor", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/Auditor" },
            "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::team-logs/*", "arn:aws:s3:::team-logs"]
        },
        {
            "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" },
            "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::team-logs"
        }
    ]
}"#;

const DENY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Sid": "DenyUnencryptedUploads", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::team-logs/*",
        "Condition": { "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } }
    }]
}"#;

const TAGS: &str = "<Tagging><TagSet><Tag><Key>team</Key><Value>data</Value></Tag><Tag><Key>logbucket</Key><Value>no</Value></Tag></TagSet></Tagging>";

const RULES: &str = "<LifecycleConfiguration><Rule><ID>theirs</ID><Filter><Prefix>trail/</Prefix></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>";

const REQUESTER: &str = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";

/// An account, its two users' receipts, and a way to run the program for them.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    receipts: [tempfile::TempDir; 2],
    runtime: Runtime,
}

impl Scene {
    pub(crate) fn set(world: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sandbox = runtime.block_on(planted(world));
        Self { sandbox, receipts: [(); 2].map(|()| tempfile::tempdir().unwrap()), runtime }
    }

    /// Waits for a future.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn run(&self, user: User, words: &str) -> Ran {
        let folder = self.receipts[usize::from(user == User::B)].path().display();
        let wait = if words.starts_with("init") { " --wait 0" } else { "" };
        run(&self.sandbox, &format!("{words} --receipt-dir {folder}{wait}"), DEFAULT)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        snapshot(&self.sandbox)
    }
}

async fn planted(world: usize) -> Sandbox {
    let sandbox = Sandbox::empty().await;
    let key = |alias: &str| KeySeed { alias: Some(alias.to_owned()), ..KeySeed::new() };
    let logs = sandbox.put_key(key("alias/logs")).await;
    sandbox.put_key(key("alias/other")).await;
    for name in SOURCES {
        sandbox.put_bucket(BucketSeed::new(name)).await;
        sandbox.put_object(name, "readme.txt", b"hello\n").await;
    }
    sandbox.put_bucket(destination(world)).await;
    if world == 2 {
        sandbox.put_object("team-logs", "alb/notes.txt", b"ours\n").await;
    }
    sandbox.put_bucket(BucketSeed::new("kms-logs").encrypted(Encryption::kms(Some(&logs)))).await;
    sandbox.put_bucket(BucketSeed::new("old-logs").policy(&open("old-logs"))).await;
    let web = LoadBalancerSeed::application("web");
    // In some worlds, the runs' sources already log somewhere.
    sandbox.put_load_balancer(if world == 3 { web.logging("access_logs", "old-logs", "") } else { web }).await;
    sandbox.put_load_balancer(LoadBalancerSeed::application("shop")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::network("edge", "TLS")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::classic("old-web")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::application("their-web").logging("access_logs", "old-logs", "")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::network("their-edge", "TLS")).await;
    for id in NETWORKS {
        sandbox.put_network(NetworkSeed::vpc(id).with_id(id));
    }
    sandbox.put_flow_log(FlowLogSeed::new(NETWORKS[0], "arn:aws:s3:::old-logs").tagged("by", "hand"));
    if world == 3 {
        let theirs = FlowLogSeed::new(NETWORKS[0], "arn:aws:s3:::team-logs/flow/").parquet();
        sandbox.put_flow_log(theirs.tagged("by", "hand"));
    }
    if world % 2 == 1 {
        sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    }
    sandbox
}

/// A shared destination.
fn destination(world: usize) -> BucketSeed {
    let bucket = BucketSeed::new("team-logs").setting("lifecycle", RULES);
    match world {
        0 => bucket.policy(POLICY),
        1 => bucket.policy(DENY).setting("tagging", TAGS).setting("requestPayment", REQUESTER),
        2 => BucketSeed::new("team-logs").setting("tagging", TAGS).owned("BucketOwnerPreferred"),
        _ => bucket.policy(POLICY).setting("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>"),
    }
}

/// A handwritten policy that allows every log service to write.
pub(crate) fn open(bucket: &str) -> String {
    let own = json!({ "StringEquals": { "aws:SourceAccount": seed::ACCOUNT } });
    let services = ["logging.s3.amazonaws.com", "s3.amazonaws.com", "delivery.logs.amazonaws.com"];
    json!({ "Version": "2012-10-17", "Statement": [
        {
            "Sid": "BalancersByHand", "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
        },
        {
            "Sid": "LogsByHand", "Effect": "Allow", "Principal": { "Service": services }, "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")], "Condition": own,
        },
    ] })
    .to_string()
}
