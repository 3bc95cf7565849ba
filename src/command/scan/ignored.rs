//! Sources that say by a tag that they are to be ignored.
//!
//! Tags cost requests, so they are read only of the sources whose logs make something to report; `--tag` and `--not-tag` read
//! them of every source before.

use std::collections::BTreeSet;

use crate::aws::{Aws, AwsError};
use crate::cli::FailOn;
use crate::command::verdict::fails_on;
use crate::health::{Diagnosis, Health, Ignored};
use crate::model::Seen;
use crate::state::Identity;

use super::scope::is_ignored;
use super::so_far::SoFar;

/// Takes the sources that are to be ignored out of what is reported, and counts them. What can't be read ignores nothing.
pub(super) async fn leave_out_ignored(
    aws: &Aws,
    caller: &Identity,
    fail_on: &[FailOn],
    so_far: &SoFar,
) -> Result<(), AwsError> {
    let is_reported = |diagnosis: &Diagnosis| {
        let is_wrong = matches!(diagnosis.health, Health::Dead | Health::CannotKnow(_)) || diagnosis.is_loop();
        is_wrong || fails_on(fail_on, diagnosis)
    };
    let mut arns = BTreeSet::new();
    for read in aws.tags_of(&so_far.sources(is_reported), caller).await {
        let tags = known(read)?.unwrap_or_default();
        arns.extend(tags.into_iter().filter(|(_, tags)| is_ignored(tags)).map(|(arn, _)| arn));
    }
    so_far.forget(&arns);
    so_far.ignored(Ignored { by_own_tag: arns.len(), ..Ignored::default() });
    Ok(())
}

/// What was read; a failure that does not lie with the caller is the trouble of this one read.
fn known<T>(read: Result<Seen<T>, AwsError>) -> Result<Option<T>, AwsError> {
    match read {
        Ok(Seen::Present(read)) => Ok(Some(read)),
        Err(error) if error.cause.is_of_the_caller() => Err(error),
        Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => Ok(None),
    }
}
