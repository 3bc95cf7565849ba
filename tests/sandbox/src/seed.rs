//! The seeded world: two accounts with typical setups whose logs don't arrive.
//!
//! Only data. The names are constants for use in tests.

use serde_json::json;

use crate::arrange::{BucketSeed, KeySeed, LoadBalancerSeed};
use crate::ec2::arrange::NetworkSeed;
use crate::s3::bucket::Encryption;
use crate::sandbox::Sandbox;

pub use crate::account::{ACCOUNT, OTHER_ACCOUNT};

pub const REGION: &str = "us-east-1";
/// The Region of [`WEST_LOGS`].
pub const WEST: &str = "us-west-2";

/// An ALB with an HTTPS listener, logging off.
pub const WEB: &str = "web";
/// An ALB whose access logs go to [`OLD_ALB_LOGS`] and no longer arrive.
pub const LEGACY_WEB: &str = "legacy-web";
/// An NLB with a TLS listener.
pub const EDGE: &str = "edge";
/// An NLB with a TCP listener only.
pub const TCP_ONLY: &str = "tcp-only";

/// A Classic Load Balancer, logging off, added by [`plant_classic`].
pub const CLASSIC_WEB: &str = "old-web";

/// A VPC with the `Name` tag `main`, added by [`plant_vpc`]. The seeded world has no network and no flow log.
pub const VPC: &str = "vpc-0a1b2c3d4e5f60718";

pub const APP_DATA: &str = "app-data";
pub const APP_IMAGES: &str = "app-images";
/// A source bucket with SSE-KMS.
pub const APP_KMS_DATA: &str = "app-kms-data";

/// The destination of [`LEGACY_WEB`]. Its policy is right, but its encryption was later changed to a customer managed
/// key.
pub const OLD_ALB_LOGS: &str = "old-alb-logs";
/// A shared destination. Its policy contains other people's statements, in various forms.
pub const SHARED_LOGS: &str = "shared-logs";
/// A destination with SSE-KMS that uses the full ARN of [`KMS_LOGS_ALIAS`]'s key.
pub const KMS_LOGS: &str = "kms-logs";
/// A destination with SSE-KMS that names no key, so S3 uses `aws/s3`.
pub const MANAGED_KMS_LOGS: &str = "managed-kms-logs";
/// A destination whose policy denies uploads without an encryption header.
pub const STRICT_LOGS: &str = "strict-logs";
/// A destination in [`WEST`].
pub const WEST_LOGS: &str = "west-logs";
/// A bucket of [`OTHER_ACCOUNT`].
pub const OTHER_ACCOUNT_LOGS: &str = "other-account-logs";

/// The alias of [`ACCOUNT`]. [`OTHER_ACCOUNT`] has none.
pub const ACCOUNT_ALIAS: &str = "acme-prod";

/// The alias of [`KMS_LOGS`]'s key, whose policy allows only its account.
pub const KMS_LOGS_ALIAS: &str = "alias/kms-logs";
/// The alias of the key of [`OLD_ALB_LOGS`].
pub const OLD_LOGS_ALIAS: &str = "alias/old-logs";
/// The alias of the key of [`APP_KMS_DATA`].
pub const APP_DATA_ALIAS: &str = "alias/app-data";
/// The Sid of the [`STRICT_LOGS`] statement that denies by algorithm.
pub const DENY_UNENCRYPTED: &str = "DenyUnencryptedUploads";

/// A policy with other people's statements: an `Id`, an unusual field order, single values and arrays, and a Deny of
/// plain HTTP.
pub const SHARED_POLICY: &str = r#"{
    "Id": "shared-logs-2019",
    "Statement": [
        {
            "Action": "s3:*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            "Effect": "Deny",
            "Principal": "*",
            "Resource": ["arn:aws:s3:::shared-logs", "arn:aws:s3:::shared-logs/*"],
            "Sid": "DenyPlainHttp"
        },
        {
            "Sid": "Audit reads",
            "Effect": "Allow",
            "Principal": { "AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:role/Auditor"] },
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": ["arn:aws:s3:::shared-logs/*", "arn:aws:s3:::shared-logs"]
        },
        {
            "Effect": "Allow",
            "Principal": { "Service": "cloudtrail.amazonaws.com" },
            "Action": "s3:GetBucketAcl",
            "Resource": "arn:aws:s3:::shared-logs"
        },
        {
            "Sid": "AWSCloudTrailWrite20150319",
            "Effect": "Allow",
            "Principal": { "Service": ["cloudtrail.amazonaws.com"] },
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::shared-logs/trail/AWSLogs/111122223333/*",
            "Condition": { "StringEquals": { "s3:x-amz-acl": ["bucket-owner-full-control"] } }
        }
    ],
    "Version": "2012-10-17"
}"#;

/// A policy that denies uploads without an encryption header and allows an auditor to read.
pub const STRICT_POLICY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyUnencryptedUploads",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::strict-logs/*",
            "Condition": { "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } }
        },
        {
            "Sid": "DenyMissingEncryptionHeader",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::strict-logs/*",
            "Condition": { "Null": { "s3:x-amz-server-side-encryption": "true" } }
        },
        {
            "Sid": "AuditorReads",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111122223333:role/Auditor" },
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::strict-logs/*"
        }
    ]
}"#;

/// Creates the seeded world.
pub async fn plant(sandbox: &Sandbox) {
    sandbox.set_account_alias(ACCOUNT, Some(ACCOUNT_ALIAS));
    keys_and_their_buckets(sandbox).await;
    for name in [APP_DATA, APP_IMAGES] {
        sandbox.put_bucket(BucketSeed::new(name)).await;
        sandbox.put_object(name, "readme.txt", b"hello\n").await;
    }
    sandbox.put_bucket(BucketSeed::new(SHARED_LOGS).policy(SHARED_POLICY)).await;
    sandbox.put_bucket(BucketSeed::new(MANAGED_KMS_LOGS).encrypted(Encryption::kms(None))).await;
    sandbox.put_bucket(BucketSeed::new(STRICT_LOGS).policy(STRICT_POLICY)).await;
    sandbox.put_bucket(BucketSeed::new(WEST_LOGS).within(WEST)).await;
    sandbox.put_bucket(BucketSeed::new(OTHER_ACCOUNT_LOGS).of(OTHER_ACCOUNT)).await;
    sandbox.put_load_balancer(LoadBalancerSeed::application(WEB)).await;
    sandbox.put_load_balancer(LoadBalancerSeed::application(LEGACY_WEB).logging("access_logs", OLD_ALB_LOGS, "")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::network(EDGE, "TLS")).await;
    sandbox.put_load_balancer(LoadBalancerSeed::network(TCP_ONLY, "TCP")).await;
}

/// Adds a VPC to the seeded world, which has no network.
pub fn plant_vpc(sandbox: &Sandbox) {
    sandbox.put_network(NetworkSeed::vpc("main").with_id(VPC));
}

/// Adds a Classic Load Balancer to the seeded world, which has none.
pub async fn plant_classic(sandbox: &Sandbox) {
    sandbox.put_load_balancer(LoadBalancerSeed::classic(CLASSIC_WEB)).await;
}

async fn keys_and_their_buckets(sandbox: &Sandbox) {
    let key = |alias: &str| KeySeed { alias: Some(alias.to_owned()), ..KeySeed::new() };
    let kms = sandbox.put_key(key(KMS_LOGS_ALIAS)).await;
    let old = sandbox.put_key(key(OLD_LOGS_ALIAS)).await;
    let app = sandbox.put_key(key(APP_DATA_ALIAS)).await;
    sandbox.put_bucket(BucketSeed::new(KMS_LOGS).encrypted(Encryption::kms(Some(&kms)))).await;
    sandbox.put_bucket(BucketSeed::new(APP_KMS_DATA).encrypted(Encryption::kms(Some(&app)))).await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "AlbLogs", "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{OLD_ALB_LOGS}/AWSLogs/{ACCOUNT}/*"),
    }] });
    sandbox.put_bucket(BucketSeed::new(OLD_ALB_LOGS).policy(&policy.to_string())).await;
    // The log once worked: AWS wrote the test file before the encryption was changed.
    let test_file = format!("AWSLogs/{ACCOUNT}/ELBAccessLogTestFile");
    sandbox
        .put_object(OLD_ALB_LOGS, &test_file, b"Enable AccessLog for ELB: legacy-web at 2024-01-01T00:00:00.000Z")
        .await;
    sandbox.set_encryption(OLD_ALB_LOGS, Encryption::kms(Some(&old)));
}
