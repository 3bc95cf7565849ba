//! Parses sources. Duplicates are dropped, and all sources must be in one Region and account.

use crate::model::BucketName;
use crate::producer::{Loops, Producer, SourceName};

use super::Incomplete;

/// Parses a producer's sources.
pub(super) fn parsed(producer: Producer, texts: &[String]) -> Result<Vec<SourceName>, Incomplete> {
    let mut sources = Vec::new();
    for text in texts {
        let source = SourceName::parse(producer, text)?;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut placed = sources.iter().filter_map(SourceName::arn);
    if let Some(first) = placed.next()
        && let Some(other) = placed.find(|arn| (&arn.region, &arn.account) != (&first.region, &first.account))
    {
        return Err(Incomplete::Scattered(first.to_string(), other.to_string()));
    }
    Ok(sources)
}

/// Rejects a bucket that logs to itself: each delivered log would be logged again. An inventory of the destination
/// itself is fine.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
pub(super) fn refuse_a_loop(producer: Producer, sources: &[SourceName], bucket: &BucketName) -> Result<(), Incomplete> {
    let is_among_them = sources.iter().any(|source| source.bucket() == Some(bucket));
    if producer.facts().destination.loops == Loops::Endless && is_among_them {
        return Err(Incomplete::SelfLogging(bucket.to_string()));
    }
    Ok(())
}
