//! `SimulatePrincipalPolicy`: evaluates the operator's policy without carrying out the actions.
//!
//! Like AWS's operation, it covers identity-based policies, the permissions boundary and the organization's service
//! control policies, but no bucket or key policies. "The simulator now returns a single `EvaluationResult` per action,
//! regardless of how many resource ARNs are provided". That result has the most restrictive decision. It states for all
//! resources together whether the organization allows the action (IAM API Reference, `EvaluationResult`), because
//! `ResourceSpecificResult` has no field for it.

use crate::dispatch::Caller;
use crate::elb::members;
use crate::iam::{most, no_such_entity, role};
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::token::{opened, sealed};
use crate::wire::Reply;
use crate::xml::escape;

/// A policy's decision on an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement matches.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
    /// Returns how restrictive the decision is.
    fn weight(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::ImplicitDeny => 1,
            Self::ExplicitDeny => 2,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }
}

fn invalid(message: &str) -> Box<Reply> {
    Box::new(query::refused("iam", 400, "InvalidInput", message))
}

/// Answers the request for each action and resource, page by page; "the value defaults to * (all resources)".
pub fn answer(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Reply {
    page(sandbox, caller, form).unwrap_or_else(|refused| *refused)
}

/// Returns the result of an action on all resources.
fn of_action(sandbox: &Sandbox, action: &str, resources: &[&str]) -> String {
    let judged: Vec<Judged<'_>> = resources.iter().map(|resource| Judged::new(sandbox, action, resource)).collect();
    let worst = judged.iter().map(|one| one.decision).max_by_key(|decision| decision.weight());
    let worst = worst.unwrap_or(Decision::ImplicitDeny).word();
    let all = |of: fn(&Judged<'_>) -> Option<Decision>| {
        let said: Vec<Decision> = judged.iter().filter_map(of).collect();
        (!said.is_empty()).then(|| said.iter().all(|decision| *decision == Decision::Allowed))
    };
    let organization = all(|one| one.organization).map_or_else(String::new, |allowed| {
        format!("<OrganizationsDecisionDetail><AllowedByOrganizations>{allowed}</AllowedByOrganizations></OrganizationsDecisionDetail>")
    });
    let boundary = all(|one| one.boundary).map_or_else(String::new, boundary);
    let (name, resource) = (escape(action), escape(resources.first().unwrap_or(&"*")));
    let mut inside = format!(
        "<member><EvalActionName>{name}</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>{worst}</EvalDecision><MatchedStatements/><MissingContextValues/>{organization}{boundary}"
    );
    if judged.len() > 1 {
        inside.push_str("<ResourceSpecificResults>");
        inside.extend(judged.iter().map(Judged::part));
        inside.push_str("</ResourceSpecificResults>");
    }
    inside.push_str("</member>");
    inside
}

fn boundary(allowed: bool) -> String {
    format!(
        "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>{allowed}</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>"
    )
}

/// The decisions on an action and a resource.
struct Judged<'a> {
    resource: &'a str,
    decision: Decision,
    boundary: Option<Decision>,
    organization: Option<Decision>,
}

impl<'a> Judged<'a> {
    fn new(sandbox: &Sandbox, action: &str, resource: &'a str) -> Self {
        let boundary = sandbox.boundary_decision(action, resource);
        let organization = sandbox.organization_decision(action, resource);
        let all = [Some(sandbox.decision(action, resource)), boundary, organization].into_iter().flatten();
        let decision = all.max_by_key(|decision| decision.weight()).unwrap_or(Decision::Allowed);
        Self { resource, decision, boundary, organization }
    }

    fn part(&self) -> String {
        let (resource, decision) = (escape(self.resource), self.decision.word());
        let boundary = self.boundary.map_or_else(String::new, |said| boundary(said == Decision::Allowed));
        format!(
            "<member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision>{boundary}</member>"
        )
    }
}

fn page(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Box<Reply>> {
    let source = parameter(form, "PolicySourceArn").unwrap_or_default();
    // "The Amazon Resource Name (ARN) of a user, group, or role": a session is none of these.
    if !source.starts_with("arn:aws:iam::") {
        return Err(invalid(&format!("Invalid Entity Arn: {source} does not clearly define entity type and name.")));
    }
    if source != role::arn(&sandbox.world(), &caller.account) {
        return Err(no_such_entity(&format!("No such entity: {source}")).into());
    }
    let actions = members(form, "ActionNames");
    if actions.is_empty() || actions.iter().any(|action| !action.contains(':')) {
        return Err(invalid("Invalid input: an action is a service and an operation, such as iam:CreateUser"));
    }
    let named = members(form, "ResourceArns");
    let resources = if named.is_empty() { vec!["*"] } else { named };
    let most = most(form)?;
    let first = match parameter(form, "Marker") {
        Some(marker) => opened(marker)
            .and_then(|first| first.parse().ok())
            .ok_or_else(|| invalid(&format!("Invalid Marker: {marker}")))?,
        None => 0_usize,
    };
    let mut inside = String::new();
    for action in actions.iter().skip(first).take(most) {
        inside.push_str(&of_action(sandbox, action, &resources));
    }
    let next = first + most;
    let more = next < actions.len();
    let marker = if more { format!("<Marker>{}</Marker>", sealed(&next.to_string())) } else { String::new() };
    Ok(query::answered(
        "iam",
        "SimulatePrincipalPolicy",
        &format!("<IsTruncated>{more}</IsTruncated>{marker}<EvaluationResults>{inside}</EvaluationResults>"),
    ))
}
