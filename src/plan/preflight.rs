//! The permissions that a plan needs, and the verdict of IAM's simulation on each. Pure; `aws` makes the calls.
//!
//! A simulation covers the policies of the caller, its boundary and its organization. Grants in a bucket or key policy
//! are evaluated here, from the observed state
//! (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::iam::{AccessRequest, Context, Document, Effect, Principal, Truth, Unnamed, evaluate};
use crate::model::{Arn, KeySlot};
use crate::permission::{Resource, actions_of};
use crate::plan::{Plan, Slot, Step};
use crate::producer::Producer;
use crate::state::{Identity, Observed};

/// An action and the ARN of its resource.
pub(crate) type NeededPermission = (String, String);

/// The principal to simulate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SimulatedPrincipal {
    /// This user.
    User(String),
    /// The role with this name. The ARN of a session does not contain the role's path.
    Role(String),
    /// No one, for this reason.
    Nobody(&'static str),
}

/// A policy that limits the caller's own policies. Adding a statement to the caller's own policies does not help.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Limit {
    /// The organization's service control policies.
    ServiceControlPolicy,
    /// The caller's permissions boundary.
    PermissionsBoundary,
}

/// The simulation's verdict on a permission.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PermissionAnswer {
    /// It is allowed.
    Allowed,
    /// No policy allows it.
    NotAllowed,
    /// A policy denies it.
    Denied,
    /// A limit such as an SCP or a permissions boundary refuses it.
    Refused(Limit),
    /// It depends on these condition keys, which the simulation doesn't know.
    Depends(Vec<String>),
}

/// The result of the permission check before the run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PreflightAnswer {
    /// The plan changes nothing.
    NothingToAsk,
    Allowed,
    /// These permissions are unknown, each with the condition keys that it depends on.
    Unknown(Vec<(NeededPermission, Vec<String>)>),
    /// IAM was not called or did not answer, for this reason.
    NotAsked(String),
}

/// The result.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct PreflightResult {
    /// The permissions that the caller lacks.
    pub missing: Vec<NeededPermission>,
    /// The missing permissions that a policy denies. Granting them does not help.
    pub denied: Vec<NeededPermission>,
    /// The missing permissions that a limit refuses, by the limit.
    pub refused: BTreeMap<Limit, Vec<NeededPermission>>,
    /// The unknown permissions, each with the condition keys that it depends on.
    pub unknown: Vec<(NeededPermission, Vec<String>)>,
}

impl SimulatedPrincipal {
    /// Chooses the principal by the caller's ARN.
    pub(crate) fn for_caller(caller: &Identity) -> Self {
        let resource = caller.arn.splitn(6, ':').nth(5).unwrap_or_default();
        match resource.split_once('/') {
            Some(("user", _)) => Self::User(caller.arn.clone()),
            Some(("assumed-role", session)) => Self::Role(session.split('/').next().unwrap_or_default().to_owned()),
            Some(("federated-user", _)) => Self::Nobody("a federated user's permissions can't be simulated"),
            _ if resource == "root" => Self::Nobody("the root user's permissions can't be simulated"),
            _ => Self::Nobody("this kind of caller can't be simulated"),
        }
    }
}

/// Returns the permissions that a plan's steps need, each once.
pub(crate) fn needs(plan: &Plan, producer: Producer) -> BTreeSet<NeededPermission> {
    let of_step = |step: &Step| {
        let actions = actions_of(step.api(), producer).into_iter();
        let needs = actions.filter_map(|(action, resource)| Some((action.to_owned(), arn(plan, step, resource)?)));
        needs.collect::<Vec<_>>()
    };
    plan.steps.iter().flat_map(|planned| of_step(&planned.step)).collect()
}

/// Returns the ARN that a step acts on, or `None` if the step has no resource of that type.
fn arn(plan: &Plan, step: &Step, resource: Resource) -> Option<String> {
    let (partition, region, account) = (plan.destination.partition, &plan.destination.region, &plan.destination.owner);
    let of_kms = |resource: &str| format!("arn:{partition}:kms:{region}:{account}:{resource}");
    let bucket = |name: &str| format!("arn:{partition}:s3:::{name}");
    let slot = step.overwrites(None).map(|overwrite| overwrite.before.slot());
    match resource {
        Resource::Anything => Some("*".to_owned()),
        Resource::LoadBalancers => {
            let Some(Slot::Source(slot)) = slot else { return None };
            slot.load_balancer().map(ToString::to_string)
        }
        Resource::FlowLogs => Some(format!("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*")),
        Resource::Networks => {
            let Some(Slot::Source(slot)) = slot else { return None };
            slot.network().map(ToString::to_string)
        }
        Resource::Destination | Resource::Sources => Some(bucket(step.subject())),
        Resource::Key => {
            let Some(Slot::KeyPolicy { key }) = slot else { return None };
            Some(key.to_string())
        }
        Resource::EveryKey => {
            let (Step::CreateAlias { key: KeySlot::Known(key), .. }
            | Step::EnableKeyRotation { key: KeySlot::Known(key), .. }) = step
            else {
                return Some(of_kms("key/*"));
            };
            Some(key.to_string())
        }
        Resource::OwnAlias => Some(of_kms(step.subject())),
        Resource::Caller | Resource::EveryBucket | Resource::Logs | Resource::TestObject => None,
    }
}

impl PreflightResult {
    /// Evaluates each permission from the simulation's answer and the policy of its resource.
    pub(crate) fn from_answers(answers: Vec<(NeededPermission, PermissionAnswer)>, observed: &Observed) -> Self {
        let mut outcome = Self::default();
        for (need, answer) in answers {
            match answer {
                PermissionAnswer::Allowed => {}
                PermissionAnswer::NotAllowed if is_allowed(&need, observed) => {}
                PermissionAnswer::NotAllowed => outcome.missing.push(need),
                PermissionAnswer::Denied => outcome.denied.push(need),
                // Whether a resource policy overrides the boundary depends on how it names the caller:
                // <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>.
                PermissionAnswer::Refused(Limit::PermissionsBoundary) if is_allowed(&need, observed) => {
                    outcome.unknown.push((need, Vec::new()));
                }
                PermissionAnswer::Refused(limit) => outcome.refused.entry(limit).or_default().push(need),
                PermissionAnswer::Depends(keys) => outcome.unknown.push((need, keys)),
            }
        }
        outcome
    }

    /// Returns all permissions that the caller lacks.
    pub(crate) fn lacking(&self) -> Vec<&NeededPermission> {
        self.denied.iter().chain(&self.missing).chain(self.refused.values().flatten()).collect()
    }

    /// Returns statements that grant the missing permissions, grouped by their actions.
    pub(crate) fn statements(&self) -> Vec<Value> {
        let mut by_resource: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (action, resource) in &self.missing {
            by_resource.entry(resource).or_default().insert(action);
        }
        let mut by_actions: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
        for (resource, actions) in by_resource {
            by_actions.entry(actions).or_default().push(resource);
        }
        let statement = |(actions, resources): (BTreeSet<&str>, Vec<&str>)| json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        by_actions.into_iter().map(statement).collect()
    }
}

/// Returns whether the resource's policy allows exactly this caller. The caller then needs no identity policy.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>. If a policy names the
/// account, the account's own policies still decide.
fn is_allowed((action, resource): &NeededPermission, observed: &Observed) -> bool {
    let bucket = observed.destination.bucket();
    let bucket = bucket.filter(|bucket| resource.ends_with(&format!(":::{}", bucket.name)));
    let keys = [&observed.default_key, &observed.report_key].into_iter().filter_map(|key| key.present());
    let key = keys.into_iter().find(|key| *resource == key.arn.to_string());
    let policy = bucket.and_then(|bucket| bucket.policy.present()).or(key.and_then(|key| key.policy.present()));
    policy.is_some_and(|policy| names(policy, action, resource, &observed.caller))
}

fn names(policy: &str, action: &str, resource: &str, caller: &Identity) -> bool {
    let Ok(document) = Document::parse(policy) else { return false };
    let request = AccessRequest {
        principal: Principal::Aws(caller.arn.clone()),
        action: action.to_owned(),
        resource: resource.into(),
        context: Context::new(Unnamed::Unknown),
    };
    let role = match SimulatedPrincipal::for_caller(caller) {
        SimulatedPrincipal::Role(name) => Some(name),
        SimulatedPrincipal::User(_) | SimulatedPrincipal::Nobody(_) => None,
    };
    // The ARN of a session does not contain the role's path.
    let is_role = |named: &str| {
        let arn =
            named.parse::<Arn>().ok().filter(|arn| arn.service == "iam" && arn.account == caller.account.as_str());
        let of = arn.as_ref().and_then(|arn| arn.resource.strip_prefix("role/")?.rsplit('/').next());
        of.is_some() && of == role.as_deref()
    };
    let is_named = |principal: &Value| match principal {
        Value::String(name) => name == "*" || *name == caller.arn || is_role(name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    };
    let decision = evaluate(&document, &request);
    decision.statements.iter().any(|verdict| {
        let statement = document.raw_statements().get(verdict.index);
        let principal = statement.and_then(|statement| statement.get("Principal"));
        let principal = principal.map(|of| of.get("AWS").unwrap_or(of));
        verdict.effect == Some(Effect::Allow)
            && verdict.truth != Truth::False
            && principal.is_some_and(|of| of.as_array().map_or_else(|| is_named(of), |list| list.iter().any(is_named)))
    })
}
