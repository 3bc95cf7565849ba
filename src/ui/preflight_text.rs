//! The permissions that the caller lacks, with the statements that grant them.

use crate::plan::Plan;
use crate::plan::preflight::{Limit, NeededPermission, PreflightResult};
use crate::request::Request;

use super::clean::clean;
use super::words::{counted, listed, logbucket};

/// The permissions that the caller lacks.
pub(super) struct MissingPermissions {
    /// The number of permissions, with its noun.
    number: String,
    pub(super) permissions: Vec<String>,
    pub(super) hints: Vec<String>,
}

impl MissingPermissions {
    /// Returns the headline for a refused run.
    pub(super) fn refusal(&self) -> String {
        format!("nothing changed: the caller lacks {} that the plan needs", self.number)
    }

    /// Returns the headline for a dry run: only a warning, because someone else may apply the plan.
    pub(super) fn warning(&self) -> String {
        format!("this caller lacks {} that the plan needs; a run would be refused", self.number)
    }
}

/// Returns the permissions that the caller lacks for a plan, and how to get them.
pub(super) fn lacking(plan: &Plan, request: &Request, outcome: &PreflightResult) -> MissingPermissions {
    let all = outcome.lacking();
    let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let number = counted(number, "permission");
    let mut hints = Vec::new();
    if !outcome.denied.is_empty() {
        let what = names(&outcome.denied);
        hints.push(format!("an explicit Deny blocks {what}, and no Allow overrides it: have that policy changed, or use other credentials with `--profile`"));
    }
    hints.extend(outcome.refused.iter().map(|(limit, needs)| refused(*limit, &names(needs))));
    hints.extend(outcome.statements().iter().map(|statement| format!("grant it: {statement}")));
    if !outcome.missing.is_empty()
        && let Ok(command) = logbucket(&request.to_permissions_args(&plan.destination.owner, &plan.destination.region))
    {
        hints.push(format!("the policy with everything that the command needs: {command}"));
    }
    hints.push("`--no-preflight` skips this check: IAM's simulation sees no resource control policies (RCPs) and not every other policy".to_owned());
    MissingPermissions { number, permissions: all.into_iter().map(named).collect(), hints }
}

/// Returns the hint for a limit that the caller's own policies can't override.
fn refused(limit: Limit, what: &str) -> String {
    match limit {
        Limit::ServiceControlPolicy => format!(
            "a service control policy (SCP) blocks {what}, and no policy in this account can override it: ask your organization's administrators, or use another account"
        ),
        Limit::PermissionsBoundary => format!(
            "the caller's permissions boundary blocks {what}, and no other policy can override it: have the boundary changed, or use other credentials with `--profile`"
        ),
    }
}

/// Formats the changes that could not be checked.
pub(super) fn unsure(unknown: &[(NeededPermission, Vec<String>)]) -> String {
    let one = |(need, keys): &(NeededPermission, Vec<String>)| match keys.as_slice() {
        [] => format!("whether you may {}", named(need)),
        keys => format!("whether you may {} (depends on {})", named(need), listed(keys)),
    };
    listed(&unknown.iter().map(one).collect::<Vec<_>>())
}

fn names(needs: &[NeededPermission]) -> String {
    listed(&needs.iter().map(named).collect::<Vec<_>>())
}

fn named((action, resource): &NeededPermission) -> String {
    format!("`{action}` on `{}`", clean(resource))
}
