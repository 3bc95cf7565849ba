//! The role behind the operator's session. There is no other role. A session's ARN has no path, but the role's ARN has
//! one.

use crate::account::{ROLE, role_arn};
use crate::dispatch::Caller;
use crate::iam::no_such_entity;
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::wire::Reply;
use crate::world::World;
use crate::xml::escape;

/// Returns the ARN of the operator's role.
#[must_use]
pub fn arn(world: &World, account: &str) -> String {
    role_arn(account, path(world, account))
}

fn path<'a>(world: &'a World, account: &str) -> &'a str {
    world.role_paths.get(account).map_or("/", String::as_str)
}

pub fn get(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Reply {
    let name = parameter(form, "RoleName").unwrap_or_default();
    if name != ROLE {
        return no_such_entity(&format!("The role with name {name} cannot be found."));
    }
    let world = sandbox.world();
    let (path, account) = (escape(path(&world, &caller.account)), &caller.account);
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
    query::answered(
        "iam",
        "GetRole",
        &format!(
            "<Role><Path>{path}</Path><Arn>{}</Arn><RoleName>{ROLE}</RoleName><RoleId>AROA{account}OPER</RoleId><CreateDate>2020-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument><MaxSessionDuration>3600</MaxSessionDuration></Role>",
            escape(&arn(&world, account))
        ),
    )
}
