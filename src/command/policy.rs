//! `policy`: the policies that a destination needs, for given names. Offline.

use crate::cli::{Global, PolicyArgs, SubjectWord};
use crate::exit::Exit;
use crate::model::near_region;
use crate::plan::policies;
use crate::request::PolicyDraft;
use crate::ui::Printer;

use super::error::CommandError;

/// Prints the policies.
pub fn policy(args: PolicyArgs, global: &Global, printer: Printer) -> Result<Exit, CommandError> {
    if let Some(region) = &global.region
        && let Some(meant) = near_region(region.as_str())
    {
        printer.unknown_region(region, &meant);
    }
    let draft = PolicyDraft {
        producer: args.producer,
        sources: args.source,
        bucket: args.bucket,
        prefix: args.prefix,
        account: args.account,
        region: global.region.clone(),
        key: args.kms_key,
    };
    let policies = policies(&draft.complete()?)
        .map_err(|error| CommandError::new(Exit::Usage, error.to_string()).hinted("name fewer sources"))?;
    match (args.subject, &policies.key) {
        (Some(SubjectWord::Key), Some(key)) => printer.policy(&policies, key),
        (None, Some(_)) => printer.first_policy(&policies),
        (Some(_) | None, _) => printer.policy(&policies, &policies.bucket),
    }
    Ok(Exit::Done)
}
