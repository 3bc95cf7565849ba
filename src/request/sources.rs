//! The sources as named: parsed, each once, and all of one place.

use crate::model::{Arn, BucketName};
use crate::producer::{Loops, Producer, SourceName};

use super::Incomplete;

/// The sources that these texts name for a producer.
pub(super) fn parsed(producer: Producer, texts: &[String]) -> Result<Vec<SourceName>, Incomplete> {
    let mut sources = Vec::new();
    for text in texts {
        let source = SourceName::parse(producer, text)?;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut placed = sources.iter().filter_map(arn);
    if let Some(first) = placed.next()
        && let Some(other) = placed.find(|arn| (&arn.region, &arn.account) != (&first.region, &first.account))
    {
        return Err(Incomplete::Scattered(first.to_string(), other.to_string()));
    }
    Ok(sources)
}

/// The ARN of a source that was named by it: it says where the source is, and whose.
pub(super) fn arn(source: &SourceName) -> Option<&Arn> {
    match source {
        SourceName::LoadBalancerArn(arn) => Some(arn),
        SourceName::Bucket(_) | SourceName::LoadBalancer(_) => None,
    }
}

/// A bucket that logs to itself logs each delivery again; an inventory of the destination itself is fine.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
pub(super) fn refuse_a_loop(producer: Producer, sources: &[SourceName], bucket: &BucketName) -> Result<(), Incomplete> {
    let itself = SourceName::Bucket(bucket.clone());
    if producer.facts().destination.loops == Loops::Endless && sources.contains(&itself) {
        return Err(Incomplete::SelfLogging(bucket.to_string()));
    }
    Ok(())
}
