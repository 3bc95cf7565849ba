//! A log service that sends requests: its principal, and the source that its requests name.
//!
//! Judges bucket policies. Encryption is in [`crate::delivery::sealing`].

use crate::policy::{Asked, Verdict, judge};
use crate::s3::bucket::Bucket;
use crate::s3::policy::public;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub principal: String,
    /// The source's account.
    pub account: String,
    /// The source's Region.
    pub region: String,
    /// The source's ARN, if the request has one.
    pub source: Option<String>,
}

impl Sender {
    /// The service behind the logs of NLBs and the flow logs.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html>: its requests name the
    /// account and Region of the source, but not the source.
    #[must_use]
    pub fn vended(account: &str, region: &str) -> Self {
        Self {
            principal: "delivery.logs.amazonaws.com".to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            source: Some(format!("arn:aws:logs:{region}:{account}:*")),
        }
    }

    /// Returns a request of this sender, with the condition keys that every request of a service principal has.
    pub fn asks(&self, action: &str, resource: &str, owner: &str) -> Asked {
        let name = self.principal.trim_end_matches(".amazonaws.com");
        let names = vec![self.principal.clone(), format!("{name}.{}.amazonaws.com", self.region)];
        let asked = Asked::by_service(&self.principal, action, resource)
            .with("aws:SecureTransport", "true")
            .with("s3:TlsVersion", "1.3")
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", self.principal.as_str())
            .with("aws:PrincipalServiceNamesList", names)
            .with("aws:ViaAWSService", "false")
            .with("aws:RequestedRegion", self.region.as_str())
            .with("aws:ResourceAccount", owner)
            .with("s3:ResourceAccount", owner)
            .with("aws:SourceAccount", self.account.as_str())
            .with("aws:CurrentTime", crate::world::now());
        match &self.source {
            Some(source) => asked.with("aws:SourceArn", source.as_str()),
            None => asked,
        }
    }

    /// Returns whether the bucket policy allows the object, with these request headers.
    pub fn may_put(&self, bucket: &Bucket, key: &str, headers: &[(&str, &str)]) -> bool {
        self.put(bucket, key, headers) == Verdict::Allow
    }

    /// Returns the bucket policy's verdict on the object.
    pub fn put(&self, bucket: &Bucket, key: &str, headers: &[(&str, &str)]) -> Verdict {
        let asked = self.asks("s3:PutObject", &format!("{}/{key}", bucket.arn()), &bucket.account);
        let asked = headers.iter().fold(asked, |asked, (name, value)| asked.with(&format!("s3:{name}"), *value));
        judge(&bucket.policy_json(), &asked)
    }

    /// Returns whether the bucket policy allows reading the bucket's ACL.
    pub fn may_read_acl(&self, bucket: &Bucket) -> bool {
        judge(&bucket.policy_json(), &self.asks("s3:GetBucketAcl", &bucket.arn(), &bucket.account)) == Verdict::Allow
    }
}

/// The legacy load balancing accounts (ALB user guide, "Legacy bucket policy"): a policy can allow the Region's account
/// instead of the service.
const LEGACY: &[(&str, &str)] = &[
    ("us-east-1", "127311923021"),
    ("us-east-2", "033677994240"),
    ("us-west-1", "027434742980"),
    ("us-west-2", "797873946194"),
    ("af-south-1", "098369216593"),
    ("ap-east-1", "754344448648"),
    ("ap-southeast-3", "589379963580"),
    ("ap-south-1", "718504428378"),
    ("ap-northeast-1", "582318560864"),
    ("ap-northeast-2", "600734575887"),
    ("ap-northeast-3", "383597477331"),
    ("ap-southeast-1", "114774131450"),
    ("ap-southeast-2", "783225319266"),
    ("ca-central-1", "985666609251"),
    ("eu-central-1", "054676820928"),
    ("eu-west-1", "156460612806"),
    ("eu-west-2", "652711504416"),
    ("eu-west-3", "009996457667"),
    ("eu-south-1", "635631232127"),
    ("eu-north-1", "897822967062"),
    ("me-south-1", "076674570225"),
    ("sa-east-1", "507241528517"),
];

/// Returns whether the bucket policy allows the Region's legacy account to write the object, and Block Public Access
/// doesn't block that account.
#[must_use]
pub fn legacy_may_put(region: &str, bucket: &Bucket, key: &str) -> bool {
    let Some((_, account)) = LEGACY.iter().find(|(known, _)| *known == region) else {
        return false;
    };
    let asked = Asked {
        kind: "AWS".to_owned(),
        principal: format!("arn:aws:iam::{account}:root"),
        action: "s3:PutObject".to_owned(),
        resource: format!("{}/{key}", bucket.arn()),
        context: std::collections::BTreeMap::new(),
    }
    .with("aws:SecureTransport", "true")
    .with("aws:PrincipalIsAWSService", "false")
    .with("aws:PrincipalAccount", *account)
    .with("aws:PrincipalArn", format!("arn:aws:iam::{account}:root"))
    .with("aws:ViaAWSService", "false")
    .with("aws:RequestedRegion", region)
    .with("aws:ResourceAccount", bucket.account.as_str())
    .with("s3:ResourceAccount", bucket.account.as_str())
    .with("aws:CurrentTime", crate::world::now());
    // `RestrictPublicBuckets` restricts access to "only AWS service principals and authorized users within this
    // account" (S3 API, "PublicAccessBlockConfiguration").
    let policy = bucket.policy_json();
    let restricted = *account != bucket.account && bucket.blocks_public("RestrictPublicBuckets") && public(&policy);
    !restricted && judge(&policy, &asked) == Verdict::Allow
}
