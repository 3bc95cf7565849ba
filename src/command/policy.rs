//! `policy`: the policies that a destination needs. Makes no AWS calls.

use crate::cli::{Global, PolicyArgs, SubjectWord};
use crate::exit::Exit;
use crate::model::suggest_region;
use crate::plan::policies;
use crate::producer::{Choices, FlowRequest};
use crate::request::PolicyDraft;
use crate::ui::{OfflineEvent, Reporter, ShownPolicy};

use super::error::CommandError;

/// Prints the policies.
pub(crate) fn policy(args: PolicyArgs, global: &Global, reporter: Reporter) -> Result<Exit, CommandError> {
    if let Some(region) = &global.region
        && let Some(meant) = suggest_region(region.as_str())
    {
        reporter.say(OfflineEvent::UnknownRegion { region, meant: &meant });
    }
    let draft = PolicyDraft {
        producer: args.producer,
        sources: args.source,
        bucket: args.bucket,
        prefix: args.prefix,
        account: args.account,
        region: global.region.clone(),
        key: args.kms_key,
        choices: Choices {
            flow: FlowRequest { hive: args.hive.then_some(true), ..FlowRequest::default() },
            ..Choices::default()
        },
    };
    let policies = policies(&draft.complete()?)?;
    let shown = match (args.subject, &policies.key) {
        (Some(SubjectWord::Key), Some(key)) => ShownPolicy::Named(key),
        (None, Some(_)) => ShownPolicy::First(&policies.bucket),
        (Some(_) | None, _) => ShownPolicy::Named(&policies.bucket),
    };
    reporter.say(OfflineEvent::Policies { policies: &policies, shown });
    Ok(Exit::Done)
}
