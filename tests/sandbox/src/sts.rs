//! STS: the caller's identity, and roles of both accounts.
//!
//! Any caller can assume a role. The rest is left to `winterbaume-sts`.

use crate::account::{SECRET_ACCESS_KEY, operator_arn};
use crate::dispatch::Caller;
use crate::query;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request, pairs};
use crate::xml::escape;

/// Returns the parameters of a request in the query protocol.
pub fn form(request: &Request) -> Vec<(String, String)> {
    if request.body.is_empty() { request.query.clone() } else { pairs(&String::from_utf8_lossy(&request.body)) }
}

pub fn parameter<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

pub async fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let form = form(request);
    match parameter(&form, "Action") {
        Some("GetCallerIdentity") => identity(&caller.account),
        Some("AssumeRole") => assume(&form),
        _ => sandbox.services().sts(request, &caller.region).await,
    }
}

fn identity(account: &str) -> Reply {
    let arn = operator_arn(account);
    answered(
        "GetCallerIdentity",
        &format!("<Arn>{arn}</Arn><UserId>AROA{account}OPER:session</UserId><Account>{account}</Account>"),
    )
}

fn assume(form: &[(String, String)]) -> Reply {
    let role = parameter(form, "RoleArn").unwrap_or_default();
    let session = parameter(form, "RoleSessionName").unwrap_or("session");
    let account = role.split(':').nth(4).unwrap_or_default();
    let name = role.rsplit('/').next().unwrap_or_default();
    let inside = format!(
        "<AssumedRoleUser><Arn>arn:aws:sts::{account}:assumed-role/{0}/{1}</Arn><AssumedRoleId>AROA{account}ROLE:{1}</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIA{account}ROLE</AccessKeyId><SecretAccessKey>{SECRET_ACCESS_KEY}</SecretAccessKey><SessionToken>sandbox-session-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
        escape(name),
        escape(session)
    );
    answered("AssumeRole", &inside)
}

fn answered(operation: &str, inside: &str) -> Reply {
    query::answered("sts", operation, inside)
}
