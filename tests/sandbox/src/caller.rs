//! The operator's permissions: everything, or only the actions that an identity-based policy allows.
//!
//! The permissions that a request needs come from each service's page "Actions, resources, and condition keys" and from
//! the operations' own pages. This module shares nothing with logbucket, which has its own list of permissions.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::account::{ROLE, operator_arn};
use crate::common::unauthorized;
use crate::dispatch::{Named, refusal};
use crate::ec2;
use crate::iam::role;
use crate::iam::simulate::Decision;
use crate::kms::key;
use crate::s3::{address, operation};
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};

/// The operator's policy, and the actions it was checked for.
#[derive(Clone, Debug, Default)]
pub struct CallerPolicy {
    statements: Vec<Statement>,
    asked: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Statement {
    denies: bool,
    actions: Vec<String>,
    resources: Vec<String>,
}

/// An action, and the ARN of its resource or `*` if the action has no resource.
type Need = (String, String);

impl CallerPolicy {
    pub fn new(policy: &Value) -> Self {
        let of = |statement: &Value| Statement {
            denies: statement.get("Effect").and_then(Value::as_str) == Some("Deny"),
            actions: texts(statement.get("Action")),
            resources: texts(statement.get("Resource")),
        };
        let statements = policy.get("Statement").and_then(Value::as_array).map_or_else(Vec::new, Clone::clone);
        Self { statements: statements.iter().map(of).collect(), asked: BTreeSet::new() }
    }

    /// Returns the actions that requests needed so far.
    pub fn asked(&self) -> BTreeSet<String> {
        self.asked.clone()
    }

    /// Returns the policy's decision on an action. Action names are case-insensitive.
    pub fn decision(&self, action: &str, resource: &str) -> Decision {
        let action = action.to_ascii_lowercase();
        let applies = |statement: &&Statement| {
            statement.actions.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
                && statement.resources.iter().any(|pattern| matches(pattern, resource))
        };
        let mut said = self.statements.iter().filter(applies).map(|statement| statement.denies).peekable();
        match (said.peek().is_some(), said.any(|denies| denies)) {
            (_, true) => Decision::ExplicitDeny,
            (true, false) => Decision::Allowed,
            (false, false) => Decision::ImplicitDeny,
        }
    }

    /// Returns the first permission that is needed but not allowed, with the decision.
    fn refused(&mut self, needs: Vec<Need>) -> Option<(Need, Decision)> {
        self.asked.extend(needs.iter().map(|(action, _)| action.clone()));
        needs.into_iter().find_map(|(action, resource)| match self.decision(&action, &resource) {
            Decision::Allowed => None,
            denied @ (Decision::ImplicitDeny | Decision::ExplicitDeny) => Some(((action, resource), denied)),
        })
    }
}

/// The kind of policy. Each kind must allow a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A service control policy of the account's organization.
    ServiceControl,
}

impl PolicyKind {
    /// The name in AWS's messages (IAM User Guide, "Troubleshoot access denied error messages").
    fn words(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::ServiceControl => "service control policy",
        }
    }
}

/// Denies a request that the policy does not allow.
pub fn refuse(
    sandbox: &Sandbox,
    kind: PolicyKind,
    policy: &mut CallerPolicy,
    request: &Request,
    named: &Named,
) -> Option<Reply> {
    let ((action, resource), decision) = policy.refused(needs(sandbox, request, named))?;
    let on = if resource == "*" { String::new() } else { format!(" on resource: \"{resource}\"") };
    let who = operator_arn(&named.caller.account);
    let words = kind.words();
    let article = if kind == PolicyKind::Identity { "an" } else { "a" };
    let why = if decision == Decision::ExplicitDeny {
        format!("with an explicit deny in {article} {words}")
    } else {
        format!("because no {words} allows the {action} action")
    };
    let message = format!("User: {who} is not authorized to perform: {action}{on} {why}");
    Some(match named.service.as_str() {
        "ec2" => refusal(request, named, 403, "UnauthorizedOperation", &unauthorized(&message)),
        "kms" | "logs" | "acm" => refusal(request, named, 400, "AccessDeniedException", &message),
        _ => refusal(request, named, 403, "AccessDenied", &message),
    })
}

fn needs(sandbox: &Sandbox, request: &Request, named: &Named) -> Vec<Need> {
    let action = format!("{}:{}", named.service, named.operation);
    match named.service.as_str() {
        "s3" => of_s3(sandbox, request),
        "kms" => of_kms(sandbox, request, named),
        "ec2" => of_ec2(request, named),
        // A Describe call has no resource.
        "elasticloadbalancing" if named.operation.starts_with("Describe") => vec![(action, "*".to_owned())],
        "elasticloadbalancing" => vec![(action, named.resource.clone())],
        // "No permissions are required to perform this operation": GetCallerIdentity.
        "sts" => Vec::new(),
        "iam" if named.operation == "GetRole" => {
            let own = named.resource == ROLE;
            let world = sandbox.world();
            let arn = if own { role::arn(&world, &named.caller.account) } else { "*".to_owned() };
            vec![(action, arn)]
        }
        "iam" if named.operation == "SimulatePrincipalPolicy" => vec![(action, named.resource.clone())],
        _ => vec![(action, "*".to_owned())],
    }
}

fn of_s3(sandbox: &Sandbox, request: &Request) -> Vec<Need> {
    let address = address::address(request);
    let operation = operation::operation(request, address.bucket.is_some(), address.key.is_some());
    let Some(name) = &address.bucket else { return vec![(operation.action, "*".to_owned())] };
    let arn = format!("arn:aws:s3:::{}", address.resource());
    let of_bucket = |action: &str| (action.to_owned(), format!("arn:aws:s3:::{name}"));
    let world = sandbox.world();
    let bucket = world.buckets.get(name);
    let object = bucket.and_then(|bucket| bucket.objects.get(address.key.as_ref()?));
    let mut needs = vec![(operation.action, arn.clone())];
    match operation.name.as_str() {
        // API_CreateBucket: each option in the call needs its own permission.
        "CreateBucket" => {
            let body = String::from_utf8_lossy(&request.body);
            let owned = request.header("x-amz-object-ownership").map(|_| "s3:PutBucketOwnershipControls");
            needs.extend(owned.into_iter().map(of_bucket));
            needs.extend(body.contains("<Tag>").then(|| of_bucket("s3:TagResource")));
        }
        // API_DeleteObject: "To delete a specific version" needs another action.
        "DeleteObject" if request.parameter("versionId").is_some() => {
            needs = vec![("s3:DeleteObjectVersion".to_owned(), arn)];
        }
        // S3 User Guide, "Using server-side encryption with AWS KMS keys": the requester needs access to the key.
        "PutObject" => {
            let default = bucket.filter(|bucket| bucket.encryption.algorithm.starts_with("aws:kms"));
            let key = default.and_then(|bucket| {
                let named = bucket.encryption.key.as_deref()?;
                key::find(&world, &bucket.account, &bucket.region, named)
            });
            needs.extend(key.map(|key| ("kms:GenerateDataKey".to_owned(), key.arn.clone())));
        }
        // API_HeadObject: without permission to list the bucket, AWS doesn't say that an object is missing.
        "GetObject" | "HeadObject" if object.is_none() => needs.push(of_bucket("s3:ListBucket")),
        "GetObject" => {
            let key = object.and_then(|object| object.key.clone());
            needs.extend(key.map(|key| ("kms:Decrypt".to_owned(), key)));
        }
        _ => {}
    }
    needs
}

/// Service Authorization Reference, table of operations of Amazon EC2. A flow log to S3 also needs a permission of
/// `CloudWatch` Logs ("IAM policy for IAM principals that publish flow logs to Amazon S3").
fn of_ec2(request: &Request, named: &Named) -> Vec<Need> {
    let (form, caller) = (form(request), &named.caller);
    let action = |name: &str| format!("ec2:{name}");
    let flow_logs = format!("arn:aws:ec2:{}:{}:vpc-flow-log/*", caller.region, caller.account);
    let of_ids = |name: &str| {
        let ids = ec2::list(&form, name);
        let arns: Vec<String> = ids.into_iter().filter_map(|id| ec2::arn(caller, id)).collect();
        arns.into_iter().map(|arn| (action(&named.operation), arn)).collect::<Vec<Need>>()
    };
    match named.operation.as_str() {
        "CreateFlowLogs" => {
            let mut needs = of_ids("ResourceId");
            needs.push((action("CreateFlowLogs"), flow_logs.clone()));
            let tagged = parameter(&form, "TagSpecification.1.Tag.1.Key").is_some();
            needs.extend(tagged.then(|| (action("CreateTags"), flow_logs)));
            needs.push(("logs:CreateLogDelivery".to_owned(), "*".to_owned()));
            needs
        }
        "DeleteFlowLogs" => {
            let mut needs = of_ids("FlowLogId");
            needs.push(("logs:DeleteLogDelivery".to_owned(), "*".to_owned()));
            needs
        }
        "CreateTags" => of_ids("ResourceId"),
        name => vec![(action(name), "*".to_owned())],
    }
}

fn of_kms(sandbox: &Sandbox, request: &Request, named: &Named) -> Vec<Need> {
    let caller = &named.caller;
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let action = |name: &str| format!("kms:{name}");
    let of_place = |path: &str| format!("arn:aws:kms:{}:{}:{path}", caller.region, caller.account);
    let found = |name: &str| {
        let named = body.get(name).and_then(Value::as_str)?;
        let world = sandbox.world();
        key::find(&world, &caller.account, &caller.region, named).map(|key| key.arn.clone())
    };
    match named.operation.as_str() {
        // Service Authorization Reference, table of operations: the new key has no ARN yet, so the resource is any key.
        "CreateKey" => {
            let mut needs = vec![(action("CreateKey"), "*".to_owned())];
            let each = [("Policy", "PutKeyPolicy"), ("Tags", "TagResource")];
            let given = each.iter().filter(|(parameter, _)| body.get(parameter).is_some());
            needs.extend(given.map(|(_, name)| (action(name), of_place("key/new"))));
            needs
        }
        // KMS Developer Guide, "Controlling access to aliases": the caller needs the permission for both the alias and
        // the key.
        "CreateAlias" => {
            let alias = body.get("AliasName").and_then(Value::as_str).unwrap_or_default();
            let both = [Some(of_place(alias)), found("TargetKeyId")];
            both.into_iter().flatten().map(|arn| (action("CreateAlias"), arn)).collect()
        }
        "ListAliases" | "ListKeys" => vec![(action(&named.operation), "*".to_owned())],
        // KMS itself reports a missing key.
        name => found("KeyId").map(|arn| (action(name), arn)).into_iter().collect(),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    }
}

/// `*` matches any text and `?` any character; `${*}` and `${?}` are literal.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    for literal in ["*", "?", "$"] {
        if let Some(rest) = pattern.strip_prefix(&format!("${{{literal}}}")) {
            return text.strip_prefix(literal).is_some_and(|text| matches(rest, text));
        }
    }
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .any(|at| text.get(at..).is_some_and(|rest| matches(letters.as_str(), rest))),
        Some(letter) => {
            let mut rest = text.chars();
            rest.next().is_some_and(|first| letter == '?' || letter == first)
                && matches(letters.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_like_policy_patterns() {
        for (pattern, text, fits) in [
            ("*", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::b/*object", "arn:aws:s3:::b/p/test-object", true),
            ("s3:Get?", "s3:GetX", true),
            ("a${*}b", "a*b", true),
            ("a${*}b", "axb", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }
}
