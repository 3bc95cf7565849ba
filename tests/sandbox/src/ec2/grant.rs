//! What AWS does to a bucket policy that does not yet allow the delivery of flow logs.
//!
//! If the caller owns the bucket and may get and put its policy, AWS writes a policy. Two pages of AWS disagree on
//! what becomes of the existing policy, so tests choose.

use serde_json::{Map, Value, json};

use crate::delivery::attach::OWNER_CONTROL;
use crate::delivery::sender::Sender;
use crate::dispatch::Caller;
use crate::ec2::flow_log::{FlowLog, place};
use crate::policy::plain::statements;
use crate::s3::bucket::Bucket;
use crate::s3::{address, admit, operation, policy};
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::trail::event::Event;
use crate::wire::Request;
use crate::world::World;

/// What `CreateFlowLogs` does to a bucket policy that the caller may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyChange {
    /// Adds the missing statements: "that statement is appended to the bucket's resource policy"
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html>).
    #[default]
    AppendsIfMissing,
    /// Replaces a policy that does not allow the delivery: AWS's policy "overwrites any existing policy"
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>).
    OverwritesIfMissing,
    /// Replaces every policy.
    AlwaysOverwrites,
}

/// The requests behind a change, as method and operation.
const CHANGES: [(&str, &str); 2] = [("GET", "GetBucketPolicy"), ("PUT", "PutBucketPolicy")];

/// Changes the bucket policy if AWS does so, and returns whether the service may then write to the bucket.
pub fn allow(world: &mut World, caller: &Caller, flow_log: &FlowLog, may_change_policies: bool) -> bool {
    let name = flow_log.place().0.to_owned();
    let Some(bucket) = world.buckets.get(&name).cloned() else { return false };
    let change = world.ec2.policy_change;
    // A Deny does not make AWS add the statements again.
    let mut only_allows = bucket.clone();
    only_allows.policy = Some(without_denies(&bucket.policy_json()).to_string());
    let missing = !welcomes(&only_allows, flow_log);
    let writes = missing || change == PolicyChange::AlwaysOverwrites;
    if writes && may_change_policies && may_change(world, caller, &bucket) {
        let text = match change {
            PolicyChange::AppendsIfMissing => appended(&bucket, flow_log),
            PolicyChange::OverwritesIfMissing | PolicyChange::AlwaysOverwrites => own(&bucket, flow_log),
        };
        write(world, caller, &name, &text.to_string());
    }
    world.buckets.get(&name).is_some_and(|bucket| welcomes(bucket, flow_log))
}

/// Returns whether the bucket policy allows the service to read the ACL and to write an object.
#[must_use]
pub fn welcomes(bucket: &Bucket, flow_log: &FlowLog) -> bool {
    let sender = Sender::vended(&flow_log.account, &flow_log.region);
    let key = flow_log.key(flow_log.created, 0);
    sender.may_read_acl(bucket) && sender.may_put(bucket, &key, OWNER_CONTROL)
}

/// Returns whether the caller's own policies allow `s3:GetBucketPolicy` and `s3:PutBucketPolicy` for the destination.
pub fn may_change_policies(sandbox: &Sandbox, form: &[(String, String)]) -> bool {
    let (bucket, _) = place(parameter(form, "LogDestination").unwrap_or_default());
    CHANGES.iter().all(|(_, operation)| sandbox.may(operation, &format!("arn:aws:s3:::{bucket}")))
}

/// Returns whether the bucket is the caller's and its policy does not deny the change.
fn may_change(world: &World, caller: &Caller, bucket: &Bucket) -> bool {
    let here = Caller { region: bucket.region.clone(), ..caller.clone() };
    caller.account == bucket.account
        && CHANGES.iter().all(|(method, _)| {
            let request = request(method, bucket);
            let (address, operation) = (address::address(&request), operation::operation(&request, true, false));
            admit::admit(world, &request, &here, &address, &operation).is_ok()
        })
}

fn request(method: &str, bucket: &Bucket) -> Request {
    let uri = format!("https://s3.{}.amazonaws.com/{}?policy", bucket.region, bucket.name);
    Request::new(method, &uri, http::HeaderMap::new(), bytes::Bytes::new())
}

/// Writes the policy in the caller's name. S3 can refuse it.
///
/// The event in the history is inferred: services that act in a caller's name appear as its address and agent
/// (`CloudTrail` User Guide, "`CloudTrail` record contents", `sourceIPAddress`).
fn write(world: &mut World, caller: &Caller, name: &str, text: &str) {
    let Some(bucket) = world.buckets.get_mut(name) else { return };
    if policy::put(bucket, text.as_bytes()).is_err() {
        return;
    }
    let region = bucket.region.clone();
    world.spreading.begins();
    let parameters = json!({ "policy": "", "bucketPolicy": serde_json::from_str(text).unwrap_or(Value::Null) });
    let mut event = Event::on_bucket("PutBucketPolicy", name, std::time::SystemTime::now())
        .of(&caller.account)
        .within(&region)
        .asking(parameters);
    for field in [&mut event.address, &mut event.agent] {
        "delivery.logs.amazonaws.com".clone_into(field);
    }
    let number = world.trail.events.len() + 1;
    world.trail.events.push(event.numbered(number));
}

fn without_denies(policy: &Value) -> Value {
    let allows = statements(policy)
        .into_iter()
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) != Some("Deny"))
        .cloned();
    let allows: Vec<Value> = allows.collect();
    let mut policy = policy.clone();
    if let Value::Object(fields) = &mut policy {
        fields.insert("Statement".to_owned(), Value::Array(allows));
    }
    policy
}

/// Returns AWS's two statements (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>).
fn granted(bucket: &Bucket, flow_log: &FlowLog) -> [Value; 2] {
    let FlowLog { account, region, .. } = flow_log;
    let source = json!({ "aws:SourceArn": format!("arn:aws:logs:{region}:{account}:*") });
    let write = json!({
        "Sid": "AWSLogDeliveryWrite", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("{}/{}*", bucket.arn(), flow_log.folder()),
        "Condition": {
            "StringEquals": { "aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control" },
            "ArnLike": source,
        },
    });
    let check = json!({
        "Sid": "AWSLogDeliveryAclCheck", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": "s3:GetBucketAcl", "Resource": bucket.arn(),
        "Condition": { "StringEquals": { "aws:SourceAccount": account }, "ArnLike": source },
    });
    [write, check]
}

fn own(bucket: &Bucket, flow_log: &FlowLog) -> Value {
    json!({ "Version": "2012-10-17", "Id": "AWSLogDeliveryWrite20150319", "Statement": granted(bucket, flow_log) })
}

/// Returns the existing policy with AWS's statements at its end. A statement ID that is taken gets a number, as seen in
/// the field.
fn appended(bucket: &Bucket, flow_log: &FlowLog) -> Value {
    if bucket.policy.is_none() {
        return own(bucket, flow_log);
    }
    let policy = bucket.policy_json();
    let mut all: Vec<Value> = statements(&policy).into_iter().cloned().collect();
    for mut statement in granted(bucket, flow_log) {
        let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or_default().to_owned();
        let taken = |sid: &str| all.iter().any(|one| one.get("Sid").and_then(Value::as_str) == Some(sid));
        let names = (0..=all.len()).map(|nth| if nth == 0 { sid.clone() } else { format!("{sid}{nth}") });
        let free = names.into_iter().find(|sid| !taken(sid));
        if let (Value::Object(fields), Some(free)) = (&mut statement, free) {
            fields.insert("Sid".to_owned(), json!(free));
        }
        all.push(statement);
    }
    let mut fields = match policy {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    fields.insert("Statement".to_owned(), Value::Array(all));
    Value::Object(fields)
}
