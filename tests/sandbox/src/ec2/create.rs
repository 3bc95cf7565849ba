//! `CreateFlowLogs`: checks the request, then the destination, and lists the resources without a flow log.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html>. The messages about the destination
//! were seen in the field, such as in <https://github.com/aws-controllers-k8s/community/issues/1931>.

use std::fmt::Write as _;

use crate::dispatch::Caller;
use crate::ec2::error::{Refusal, refuse};
use crate::ec2::flow_log::{FlowLog, PREFIX, unsuccessful};
use crate::ec2::request::Asked;
use crate::ec2::{Ec2, grant, network};
use crate::query::answered;
use crate::sts::parameter;
use crate::wire::Reply;
use crate::world::World;
use crate::xml::escape;

/// A call with a client token that was answered, for its repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The request's parameters.
    form: Vec<(String, String)>,
    /// The inside of the answer.
    inside: String,
}

/// Answers a request. `may_change_policies` is the answer of [`grant::may_change_policies`].
pub fn flow_logs(
    world: &mut World,
    caller: &Caller,
    form: &[(String, String)],
    may_change_policies: bool,
) -> Result<Reply, Refusal> {
    let asked = Asked::read(caller, form)?;
    let token = parameter(form, "ClientToken").filter(|token| !token.is_empty());
    let call = token.map(|token| (caller.account.clone(), caller.region.clone(), token.to_owned()));
    if let Some(before) = call.as_ref().and_then(|call| world.ec2.answered.get(call)) {
        // <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html>.
        return if sorted(&before.form) == sorted(form) {
            Ok(answered("ec2", "CreateFlowLogs", &before.inside))
        } else {
            let message = "The client token has been used with different parameters.";
            Err(refuse("IdempotentParameterMismatch", message))
        };
    }
    for id in &asked.resources {
        network::find(&world.ec2, caller, asked.flow_log.kind, id)?;
        if exists(&world.ec2, &asked.flow_log, id) {
            let message = "There is an existing Flow Log with the same configuration and log destination.";
            return Err(refuse("FlowLogAlreadyExists", message));
        }
    }
    let (mut made, mut failed) = (String::new(), String::new());
    for resource in &asked.resources {
        match deliverable(world, caller, &asked.flow_log, may_change_policies) {
            Ok(()) => {
                let id = add(&mut world.ec2, FlowLog { resource: resource.clone(), ..asked.flow_log.clone() });
                let _ = write!(made, "<item>{id}</item>");
            }
            Err(message) => failed.push_str(&unsuccessful(resource, "400", &message)),
        }
    }
    let inside = format!(
        "<clientToken>{}</clientToken><flowLogIdSet>{made}</flowLogIdSet><unsuccessful>{failed}</unsuccessful>",
        escape(token.unwrap_or("sandbox"))
    );
    if let Some(call) = call.filter(|_| failed.is_empty()) {
        world.ec2.answered.insert(call, Answered { form: form.to_vec(), inside: inside.clone() });
    }
    Ok(answered("ec2", "CreateFlowLogs", &inside))
}

fn sorted(form: &[(String, String)]) -> Vec<&(String, String)> {
    let mut all: Vec<&(String, String)> = form.iter().collect();
    all.sort_unstable();
    all
}

/// Returns whether the resource has a flow log with the same traffic type and destination.
fn exists(ec2: &Ec2, wanted: &FlowLog, resource: &str) -> bool {
    ec2.flow_logs.values().any(|one| {
        one.account == wanted.account
            && one.region == wanted.region
            && one.resource == resource
            && one.traffic == wanted.traffic
            && one.place() == wanted.place()
    })
}

/// Adds a flow log and returns its ID. Nothing is checked.
pub fn add(ec2: &mut Ec2, flow_log: FlowLog) -> String {
    let FlowLog { account, region, resource, destination, traffic, .. } = &flow_log;
    let id = ec2.new_id(PREFIX, &format!("{account}/{region}/{resource}/{destination}/{traffic:?}"));
    ec2.flow_logs.insert(id.clone(), FlowLog { id: id.clone(), ..flow_log });
    id
}

/// Checks the destination and lets AWS change its policy. Returns the message if there can be no flow log.
///
/// A key policy is not checked: with a key that denies the service, a flow log was created and then failed
/// (<https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/1205>).
fn deliverable(
    world: &mut World,
    caller: &Caller,
    flow_log: &FlowLog,
    may_change_policies: bool,
) -> Result<(), String> {
    let name = flow_log.place().0;
    let Some(bucket) = world.buckets.get(name) else {
        return Err(format!("LogDestination: {name} does not exist"));
    };
    // "you must use the ARN of the key" (`CloudWatch` Logs user guide, "Logs sent to Amazon S3").
    let key = bucket.encryption.key.as_deref().filter(|_| bucket.encryption.algorithm.starts_with("aws:kms"));
    if key.is_some_and(|key| !key.starts_with("arn:")) {
        return Err(format!("LogDestination: {name} is undeliverable"));
    }
    if world.spreading.refuses() || !grant::allow(world, caller, flow_log, may_change_policies) {
        return Err(format!("Access Denied for LogDestination: {name}. Please check LogDestination permission"));
    }
    Ok(())
}
