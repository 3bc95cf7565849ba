//! Worlds for the pure tests: an account as it would be observed, without any AWS.

use std::collections::BTreeMap;

use logbucket::internals::model::{AccountId, BucketEncryption, BucketName, KeyArn, Region, Seen};
use logbucket::internals::producer::{LoadBalancer, LoadBalancerType, Network, Producer, Source, SourceBucket};
use logbucket::internals::request::{Draft, Request};
use logbucket::internals::state::{
    Bucket, BucketOrigin, BucketState, Identity, Key, KeyManager, KeyOrigin, Observed, OwnKeys, Ownership, Payer,
};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The default key policy of `CreateKey`: the account may do everything, no one else anything.
pub(crate) const DEFAULT_KEY_POLICY: &str = r#"{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

pub(crate) fn region() -> Region {
    "us-east-1".parse().unwrap()
}

/// The name of the source in each producer's requests.
pub(crate) fn source_name(producer: Producer) -> &'static str {
    match producer {
        Producer::Alb => "web",
        Producer::Nlb => "edge",
        Producer::Clb => "old-web",
        Producer::S3Access | Producer::Inventory => "app-data",
        Producer::VpcFlow => "vpc-0a1b2c3d4e5f60718",
    }
}

/// A request for a producer, with the defaults and this change.
pub(crate) fn request(producer: Producer, change: impl FnOnce(&mut Draft)) -> Request {
    let mut draft = Draft {
        producer: Some(producer),
        sources: vec![source_name(producer).to_owned()],
        bucket: Some("acme-logs".parse().unwrap()),
        ..Draft::default()
    };
    change(&mut draft);
    draft.complete().unwrap()
}

/// The observation for a request: the request's sources without attachments, and this destination.
pub(crate) fn observed(request: &Request, destination: BucketState) -> Observed {
    let account: AccountId = ACCOUNT.parse().unwrap();
    let sources = request.sources.iter().map(|name| source(request.kind.producer(), &name.to_string())).collect();
    Observed {
        caller: Identity {
            account,
            arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Operator/session"),
            partition: logbucket::internals::model::Partition::Aws,
        },
        region: region(),
        sources,
        source_tags: BTreeMap::new(),
        destination,
        origin: BucketOrigin::Unknown,
        own_keys: OwnKeys::default(),
        default_key: Seen::Absent,
        report_key: Seen::Absent,
        shown: BTreeMap::new(),
        unread_history: None,
        moment: None,
        test_files: BTreeMap::new(),
    }
}

fn source(producer: Producer, name: &str) -> Source {
    let balancer = |kind, word: &str, protocols: &[&str]| {
        let id = if word.is_empty() { name.to_owned() } else { format!("{word}/{name}/50dc6c495c0c9188") };
        let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/{id}");
        Source::LoadBalancer(LoadBalancer {
            name: name.to_owned(),
            arn: arn.parse().unwrap(),
            kind,
            region: region(),
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
            region: region(),
            logging: Seen::Absent,
            inventory: Seen::Absent,
        }),
        Producer::VpcFlow => {
            Source::Network(Network::located(name.parse().unwrap(), region(), ACCOUNT.parse().unwrap()))
        }
    }
}

/// A bucket of the caller's account with AWS's defaults, created by someone else.
pub(crate) fn bucket(encryption: BucketEncryption, policy: Option<&str>) -> BucketState {
    let name: BucketName = "acme-logs".parse().unwrap();
    BucketState::Bucket(Box::new(Bucket {
        name,
        region: region(),
        created: None,
        encryption: Seen::Present(encryption),
        policy: policy.map_or(Seen::Absent, |text| Seen::Present(text.to_owned())),
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
    }))
}

/// SSE-KMS with this key, or without a named key.
pub(crate) fn sse_kms(key: Option<&str>) -> BucketEncryption {
    BucketEncryption {
        algorithm: "aws:kms".to_owned(),
        key: key.map(str::to_owned),
        bucket_key: true,
        blocked: Vec::new(),
    }
}

/// An enabled customer managed key with this policy.
pub(crate) fn key(policy: &str) -> Key {
    let arn: KeyArn = KEY.parse().unwrap();
    Key {
        arn,
        manager: KeyManager::Customer,
        state: "Enabled".to_owned(),
        spec: "SYMMETRIC_DEFAULT".to_owned(),
        usage: "ENCRYPT_DECRYPT".to_owned(),
        policy: Seen::Present(policy.to_owned()),
        own_alias: true,
        origin: KeyOrigin::OwnRun,
    }
}
