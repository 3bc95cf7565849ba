//! `permissions`: the IAM policy that a caller needs for a job. Offline.

use crate::cli::{Global, JobWord, PermissionsArgs};
use crate::exit::Exit;
use crate::model::KeyChoice;
use crate::permission::{Job, Keys};
use crate::request::ScopeDraft;
use crate::ui::Printer;

use super::draft::producer;
use super::refused::refused;

/// Prints the policy.
pub fn permissions(args: PermissionsArgs, global: &Global, printer: Printer) -> Exit {
    let job = match (args.job.unwrap_or_default(), args.dry_run, args.wizard) {
        (JobWord::Init, true, _) => Job::DryRun,
        (JobWord::Init, false, true) => Job::Wizard,
        (JobWord::Init, false, false) => Job::Init,
        (JobWord::Check, _, _) if args.source.is_empty() => Job::CheckBucket,
        (JobWord::Check, _, _) => Job::Check,
        (JobWord::Scan, _, _) if args.newest => Job::ScanNewest,
        (JobWord::Scan, _, _) => Job::Scan,
    };
    let word = args.job.unwrap_or_default();
    let foreign = [
        (args.dry_run && word != JobWord::Init, "`--dry-run` is for `init`"),
        (args.wizard && word != JobWord::Init, "`--wizard` is for `init`"),
        (args.newest && word != JobWord::Scan, "`--newest` is for `scan`"),
    ];
    if let Some((_, message)) = foreign.into_iter().find(|(wrong, _)| *wrong) {
        printer.error(message, Some("leave it out"), Exit::Usage);
        return Exit::Usage;
    }
    let keys = match args.kms_key {
        Some(KeyChoice::Create) => Keys::Own,
        Some(KeyChoice::Existing(key)) => Keys::Named(key),
        None if args.no_kms_key => Keys::None,
        None => Keys::Any,
    };
    let draft = ScopeDraft {
        job,
        producers: args.producer.into_iter().map(producer).collect(),
        sources: args.source,
        bucket: args.bucket,
        prefix: args.prefix,
        account: args.account,
        region: global.region.clone(),
        keys,
    };
    match draft.complete() {
        Ok(scope) => {
            printer.permissions(&scope);
            Exit::Done
        }
        Err(error) => refused(&error, printer),
    }
}
