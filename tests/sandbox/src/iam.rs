//! IAM: an account's alias, and nothing else.
//!
//! IAM is global: its requests are signed for us-east-1, whatever Region the client works in.

use crate::dispatch::Caller;
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};
use crate::xml::escape;

/// Answers a request to IAM.
pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    if caller.region != "us-east-1" {
        let message = format!("Credential should be scoped to a valid region, not '{}'. ", caller.region);
        return query::refused("iam", 403, "SignatureDoesNotMatch", &message);
    }
    let form = form(request);
    match parameter(&form, "Action") {
        Some("ListAccountAliases") => aliases(sandbox, caller, &form),
        _ => query::refused("iam", 501, "NotImplemented", "The sandbox does not simulate this operation"),
    }
}

/// `ListAccountAliases`; IAM API: "you can have only one", so there is never a second page.
fn aliases(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Reply {
    if let Some(most) = parameter(form, "MaxItems")
        && !most.parse().is_ok_and(|most: i64| (1..=1000).contains(&most))
    {
        let message = format!(
            "1 validation error detected: Value '{most}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000"
        );
        return query::refused("iam", 400, "ValidationError", &message);
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
