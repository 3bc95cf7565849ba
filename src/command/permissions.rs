//! `permissions`: the IAM policy needed to run a command. Makes no AWS calls.

use crate::cli::{Global, JobWord, PermissionsArgs};
use crate::exit::Exit;
use crate::model::{KeyChoice, suggest_region};
use crate::permission::{Job, KeyScope};
use crate::request::ScopeDraft;
use crate::ui::{OfflineEvent, Reporter};

use super::error::CommandError;

/// Prints the policy.
pub(crate) fn permissions(args: PermissionsArgs, global: &Global, reporter: Reporter) -> Result<Exit, CommandError> {
    let job = match (args.job.unwrap_or_default(), args.dry_run, args.wizard) {
        (JobWord::Init, true, _) => Job::DryRun,
        (JobWord::Init, false, true) => Job::Wizard,
        (JobWord::Init, false, false) => Job::Init,
        (JobWord::Check, _, _) if args.source.is_empty() => Job::CheckBucket,
        (JobWord::Check, _, _) => Job::Check,
        (JobWord::Scan, _, _) => Job::Scan,
        (JobWord::Undo, _, _) => Job::Undo,
    };
    let word = args.job.unwrap_or_default();
    let foreign = [
        (args.dry_run && word != JobWord::Init, "`--dry-run` only works with `init`"),
        (args.wizard && word != JobWord::Init, "`--wizard` only works with `init`"),
        (
            word == JobWord::Scan && args.bucket.is_some(),
            "`scan` reads every bucket; `--bucket` only works with `init` and `check`",
        ),
        (
            word == JobWord::Scan && !args.source.is_empty(),
            "`scan` reads every source; `--source` only works with `init` and `check`",
        ),
        (
            word == JobWord::Scan && args.prefix.is_some(),
            "`scan` reads every prefix; `--prefix` only works with `init` and `check`",
        ),
    ];
    if let Some((_, message)) = foreign.into_iter().find(|(wrong, _)| *wrong) {
        return Err(CommandError::usage(message).hinted("remove it"));
    }
    let keys = match args.kms_key {
        Some(KeyChoice::Create) => KeyScope::Own,
        Some(KeyChoice::Existing(key)) => KeyScope::Named(key),
        None if args.no_kms_key => KeyScope::None,
        None => KeyScope::Any,
    };
    if let Some(region) = &global.region
        && let Some(meant) = suggest_region(region.as_str())
    {
        reporter.say(OfflineEvent::UnknownRegion { region, meant: &meant });
    }
    let draft = ScopeDraft {
        job,
        producers: args.producer.into_iter().collect(),
        sources: args.source,
        bucket: args.bucket,
        prefix: args.prefix,
        account: args.account,
        region: global.region.clone(),
        keys,
    };
    reporter.say(OfflineEvent::Permissions(&draft.complete()?));
    Ok(Exit::Done)
}
