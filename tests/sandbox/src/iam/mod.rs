//! IAM: an account's alias, the operator's role, and the actions that its policy allows.
//!
//! IAM is global: requests are signed for us-east-1 in every Region.

pub mod role;
pub mod simulate;

use crate::dispatch::Caller;
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};
use crate::xml::escape;

pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    if caller.region != "us-east-1" {
        let message = format!("Credential should be scoped to a valid region, not '{}'. ", caller.region);
        return query::refused("iam", 403, "SignatureDoesNotMatch", &message);
    }
    let form = form(request);
    match parameter(&form, "Action") {
        Some("ListAccountAliases") => aliases(sandbox, caller, &form),
        Some("GetRole") => role::get(sandbox, caller, &form),
        Some("SimulatePrincipalPolicy") => simulate::answer(sandbox, caller, &form),
        _ => query::refused("iam", 501, "NotImplemented", "The sandbox does not simulate this operation"),
    }
}

/// The error for a missing entity.
fn no_such_entity(message: &str) -> Reply {
    query::refused("iam", 404, "NoSuchEntity", message)
}

/// Returns `MaxItems`. IAM API: 1 to 1000, "if you do not include this parameter, it defaults to 100".
fn most(form: &[(String, String)]) -> Result<usize, Box<Reply>> {
    let Some(most) = parameter(form, "MaxItems") else { return Ok(100) };
    most.parse().ok().filter(|most| (1..=1000).contains(most)).ok_or_else(|| {
        let message = format!(
            "1 validation error detected: Value '{most}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000"
        );
        Box::new(query::refused("iam", 400, "ValidationError", &message))
    })
}

/// `ListAccountAliases`; IAM API: "you can have only one", so there is never a second page.
fn aliases(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Reply {
    if let Err(refused) = most(form) {
        return *refused;
    }
    let world = sandbox.world();
    let alias = world.account_aliases.get(&caller.account);
    let inside = alias.map(|alias| format!("<member>{}</member>", escape(alias))).unwrap_or_default();
    query::answered(
        "iam",
        "ListAccountAliases",
        &format!("<IsTruncated>false</IsTruncated><AccountAliases>{inside}</AccountAliases>"),
    )
}
