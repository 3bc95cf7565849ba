//! Reads the logs of named sources.

use crate::aws::{Aws, ObserveError, usual_region};
use crate::health::Report;
use crate::model::Region;
use crate::plan::{FindingId, unusable_source};
use crate::producer::{Attachment, SourceName};
use crate::request::{Draft, Incomplete};

use super::diagnosed::now;
use super::unasked::CheckError;

/// Returns the logs of the named sources, on or off.
pub(super) async fn logs_of_sources(aws: &Aws, draft: &Draft) -> Result<(Vec<Attachment>, Report), CheckError> {
    let missing: Vec<_> = draft.missing().into_iter().filter(|question| question.is_about_sources()).collect();
    let (Some(producer), true) = (draft.producer, missing.is_empty()) else {
        return Err(CheckError::Usage(Incomplete::Missing(missing)));
    };
    let mut names: Vec<SourceName> = Vec::new();
    for text in &draft.sources {
        let name = SourceName::parse(producer, text).map_err(|error| CheckError::Usage(error.into()))?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let home = home(aws, &names)?;
    let caller = aws.caller(&home).await?;
    let logs = aws.logs_of_named(&home, &names, &caller, producer).await?;
    let other_type =
        |log: &Attachment| unusable_source(producer, &log.source).filter(|why| why.id() == FindingId::SourceOtherType);
    if let Some(why) = logs.iter().flatten().find_map(other_type) {
        return Err(CheckError::OtherType(Box::new(why)));
    }
    let attachments = draft.choices.select(logs).map_err(ObserveError::from)?;
    Ok((attachments, Report::new(caller, now())))
}

/// Returns the Region of the run: from an ARN, or else from the configuration. If neither names a Region and the
/// sources can be found from any Region, returns the usual Region.
pub(super) fn home(aws: &Aws, names: &[SourceName]) -> Result<Region, CheckError> {
    let by_arn = names.iter().find_map(SourceName::region);
    let configured = aws.source.region().map_err(ObserveError::BadRegion)?;
    let anywhere = names.iter().all(SourceName::is_found_anywhere);
    let usual = || usual_region().ok().filter(|_| anywhere);
    Ok(by_arn.or(configured).or_else(usual).ok_or(ObserveError::NoRegion)?)
}
