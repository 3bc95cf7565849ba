//! `SimulatePrincipalPolicy`: what the operator's policy says to actions, without carrying them out.
//!
//! Identity-based policies only, as the operation has it: no bucket's and no key's policy is looked at.

use std::fmt::Write as _;

use crate::dispatch::Caller;
use crate::elb::members;
use crate::iam::{most, no_such_entity, role};
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::token::{opened, sealed};
use crate::wire::Reply;
use crate::xml::escape;

/// What a policy says to an action on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement says anything.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
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

/// Answers the request: each action on each resource, "the value defaults to * (all resources)", page by page.
pub fn answer(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Reply {
    page(sandbox, caller, form).unwrap_or_else(|refused| *refused)
}

fn page(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Box<Reply>> {
    let source = parameter(form, "PolicySourceArn").unwrap_or_default();
    // "The Amazon Resource Name (ARN) of a user, group, or role": a session is none of them.
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
    let pairs = actions.iter().flat_map(|action| resources.iter().map(move |resource| (*action, *resource)));
    let mut inside = String::new();
    for (action, resource) in pairs.skip(first).take(most) {
        let decision = sandbox.decision(action, resource).word();
        let (action, resource) = (escape(action), escape(resource));
        let _ = write!(
            inside,
            "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName><EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/>"
        );
        if resources.len() > 1 {
            let _ = write!(
                inside,
                "<ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{decision}</EvalResourceDecision></member></ResourceSpecificResults>"
            );
        }
        inside.push_str("</member>");
    }
    let next = first + most;
    let more = next < actions.len() * resources.len();
    let marker = if more { format!("<Marker>{}</Marker>", sealed(&next.to_string())) } else { String::new() };
    Ok(query::answered(
        "iam",
        "SimulatePrincipalPolicy",
        &format!("<IsTruncated>{more}</IsTruncated>{marker}<EvaluationResults>{inside}</EvaluationResults>"),
    ))
}
