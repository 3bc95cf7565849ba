//! Ignores sources that are tagged to be ignored.
//!
//! Reading tags costs requests, so they are read only for sources with something to report. With `--tag` or
//! `--not-tag`, the tags of every source were already read.

use std::collections::BTreeSet;

use crate::aws::{Aws, AwsError};
use crate::cli::FailOn;
use crate::command::verdict::fails_on;
use crate::health::{Diagnosis, Health, Ignored};
use crate::model::Seen;
use crate::state::Identity;

use super::partial_report::PartialReport;
use super::scope::is_ignored;

/// Removes ignored sources from the report and counts them. A source whose tags can't be read is not ignored.
pub(super) async fn leave_out_ignored(
    aws: &Aws,
    caller: &Identity,
    fail_on: &[FailOn],
    so_far: &PartialReport,
) -> Result<(), AwsError> {
    let is_reported = |diagnosis: &Diagnosis| {
        let is_wrong = matches!(diagnosis.health, Health::Dead | Health::Unknown(_)) || diagnosis.is_loop();
        is_wrong || fails_on(fail_on, diagnosis)
    };
    let mut arns = BTreeSet::new();
    for read in aws.tags_of(&so_far.sources(is_reported), caller).await {
        let tags = known(read)?.unwrap_or_default();
        arns.extend(tags.into_iter().filter(|(_, tags)| is_ignored(tags)).map(|(arn, _)| arn));
    }
    so_far.forget(&arns);
    so_far.ignored(Ignored { own_tag: arns.len(), ..Ignored::default() });
    Ok(())
}

/// Returns the value, if it was read. Passes on only errors of the caller's credentials.
fn known<T>(read: Result<Seen<T>, AwsError>) -> Result<Option<T>, AwsError> {
    match read {
        Ok(Seen::Present(read)) => Ok(Some(read)),
        Err(error) if error.cause.is_credential_error() => Err(error),
        Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => Ok(None),
    }
}
