//! A management event of `CloudTrail`.
//!
//! `CloudTrail` User Guide, "`CloudTrail` record contents" and "userIdentity element"; the event's JSON is version 1.11.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::account::{ACCOUNT, access_key_id};
use crate::world::stamp;

/// `CloudTrail` User Guide: `errorMessage` is cut off after 1 KB.
const LONGEST_MESSAGE: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Such as `AWS::S3::Bucket`.
    pub kind: String,
    /// A bucket's name, or the ARN of another resource.
    pub name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The ID, set when the event is recorded or planted.
    pub id: String,
    pub time: SystemTime,
    /// The caller's account.
    pub account: String,
    /// The Region of the call.
    pub region: String,
    /// The caller: `root`, an IAM user's name, or `role/session`.
    pub user: String,
    /// The access key ID in the signature.
    pub access_key: String,
    /// Such as `s3.amazonaws.com`.
    pub source: String,
    /// Such as `PutBucketEncryption`.
    pub name: String,
    /// Whether the call only read.
    pub read_only: bool,
    /// The IP address of the caller.
    pub address: String,
    /// The user agent.
    pub agent: String,
    /// The request parameters.
    pub parameters: Value,
    /// The code and message of an error.
    pub error: Option<(String, String)>,
    pub resources: Vec<About>,
}

impl Event {
    /// A change by the operator of [`ACCOUNT`] in us-east-1, without a resource.
    pub fn new(source: &str, name: &str, time: SystemTime) -> Self {
        Self {
            id: String::new(),
            time,
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            user: "Operator/session".to_owned(),
            access_key: access_key_id(ACCOUNT),
            source: source.to_owned(),
            name: name.to_owned(),
            read_only: false,
            address: "203.0.113.10".to_owned(),
            agent: "sandbox".to_owned(),
            parameters: Value::Null,
            error: None,
            resources: Vec::new(),
        }
    }

    /// A call on a bucket, such as `PutBucketEncryption`.
    pub fn on_bucket(name: &str, bucket: &str, time: SystemTime) -> Self {
        Self::new("s3.amazonaws.com", name, time)
            .about("AWS::S3::Bucket", bucket)
            .asking(json!({ "bucketName": bucket, "Host": format!("{bucket}.s3.amazonaws.com") }))
    }

    /// A call on a load balancer, by its account and in its Region.
    pub fn on_load_balancer(name: &str, arn: &str, time: SystemTime) -> Self {
        Self::new("elasticloadbalancing.amazonaws.com", name, time)
            .of_arn(arn)
            .about("AWS::ElasticLoadBalancingV2::LoadBalancer", arn)
            .asking(json!({ "loadBalancerArn": arn }))
    }

    /// A call on a key, by its account and in its Region.
    pub fn on_key(name: &str, arn: &str, time: SystemTime) -> Self {
        Self::new("kms.amazonaws.com", name, time)
            .of_arn(arn)
            .about("AWS::KMS::Key", arn)
            .asking(json!({ "keyId": arn }))
    }

    fn of_arn(self, arn: &str) -> Self {
        let part = |nth: usize| arn.split(':').nth(nth).unwrap_or_default();
        self.of(part(4)).within(part(3))
    }

    /// Sets the operator's account.
    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self.access_key = access_key_id(account);
        self
    }

    /// Sets the Region.
    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Sets the user: `root`, an IAM user's name, or `role/session`.
    #[must_use]
    pub fn by(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// Adds a resource.
    #[must_use]
    pub fn about(mut self, kind: &str, name: &str) -> Self {
        self.resources.push(About { kind: kind.to_owned(), name: name.to_owned() });
        self
    }

    /// Adds the fields of an object to the request parameters.
    #[must_use]
    pub fn asking(mut self, parameters: Value) -> Self {
        match (&mut self.parameters, parameters) {
            (Value::Object(fields), Value::Object(more)) => fields.extend(more),
            (_, parameters) => self.parameters = parameters,
        }
        self
    }

    /// Sets the error's code and message.
    #[must_use]
    pub fn refused(mut self, code: &str, message: &str) -> Self {
        self.error = Some((code.to_owned(), message.chars().take(LONGEST_MESSAGE).collect()));
        self
    }

    /// Marks the call as read-only.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Sets an ID if there is none.
    #[must_use]
    pub fn numbered(mut self, number: usize) -> Self {
        if self.id.is_empty() {
            self.id = format!("{:08x}-e5e7-4000-8000-{number:012x}", number % 0xFFFF_FFFF);
        }
        self
    }

    /// Returns the seconds since 1970. `CloudTrail` times have no fractions.
    pub fn seconds(&self) -> u64 {
        self.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
    }

    /// `CloudTrail` API, `Event`: "A user name or role name of the requester". In practice, a role shows its session's
    /// name.
    pub fn username(&self) -> &str {
        self.user.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the event as `LookupEvents` lists it.
    pub fn listed(&self) -> Value {
        let resources: Vec<Value> =
            self.resources.iter().map(|one| json!({ "ResourceType": one.kind, "ResourceName": one.name })).collect();
        json!({
            "EventId": self.id, "EventName": self.name, "ReadOnly": self.read_only.to_string(), "AccessKeyId": self.access_key,
            "EventTime": self.seconds(), "EventSource": self.source, "Username": self.username(), "Resources": resources,
            "CloudTrailEvent": self.record().to_string(),
        })
    }

    /// Returns the event's own JSON.
    pub fn record(&self) -> Value {
        let mut record = json!({
            "eventVersion": "1.11", "userIdentity": self.identity(), "eventTime": stamp(self.time), "eventSource": self.source, "eventName": self.name,
            "awsRegion": self.region, "sourceIPAddress": self.address, "userAgent": self.agent,
        });
        let Value::Object(fields) = &mut record else {
            return record;
        };
        if let Some((code, message)) = &self.error {
            fields.insert("errorCode".to_owned(), json!(code));
            fields.insert("errorMessage".to_owned(), json!(message));
        }
        fields.insert("requestParameters".to_owned(), self.parameters.clone());
        fields.insert("responseElements".to_owned(), Value::Null);
        fields.insert("requestID".to_owned(), json!(self.id));
        fields.insert("eventID".to_owned(), json!(self.id));
        fields.insert("readOnly".to_owned(), json!(self.read_only));
        let resources = self.named();
        if !resources.is_empty() {
            fields.insert("resources".to_owned(), Value::Array(resources));
        }
        let rest: Map<String, Value> = [
            ("eventType", json!("AwsApiCall")),
            ("managementEvent", json!(true)),
            ("recipientAccountId", json!(self.account)),
            ("eventCategory", json!("Management")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        fields.extend(rest);
        record
    }

    /// Returns the record's own resources. S3 and KMS set them, load balancing does not (each guide's example entries).
    fn named(&self) -> Vec<Value> {
        let listed = |one: &About| {
            let arn = match one.kind.as_str() {
                "AWS::S3::Bucket" => format!("arn:aws:s3:::{}", one.name),
                kind if kind.starts_with("AWS::KMS::") => one.name.clone(),
                _ => return None,
            };
            Some(json!({ "accountId": self.account, "type": one.kind, "ARN": arn }))
        };
        self.resources.iter().filter_map(listed).collect()
    }

    fn identity(&self) -> Value {
        let account = &self.account;
        match self.user.split_once('/') {
            Some((role, session)) => json!({
                "type": "AssumedRole", "principalId": format!("AROA{account}OPER:{session}"),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"), "accountId": account, "accessKeyId": self.access_key,
                "sessionContext": { "sessionIssuer": {
                    "type": "Role", "principalId": format!("AROA{account}OPER"), "arn": format!("arn:aws:iam::{account}:role/{role}"),
                    "accountId": account, "userName": role,
                } },
            }),
            None if self.user == "root" => json!({
                "type": "Root", "principalId": account, "arn": format!("arn:aws:iam::{account}:root"), "accountId": account, "accessKeyId": self.access_key,
            }),
            None => json!({
                "type": "IAMUser", "principalId": format!("AIDA{account}USER"), "arn": format!("arn:aws:iam::{account}:user/{}", self.user),
                "accountId": account, "accessKeyId": self.access_key, "userName": self.user,
            }),
        }
    }
}
