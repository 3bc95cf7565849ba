//! How to attach a bucket's access log: replace its logging setting.

use crate::model::Seen;
use crate::producer::attaching::{Attaching, Write};
use crate::producer::facts::{AttachedAs, AttachmentFacts, DestinationJudged};
use crate::producer::{Destination, NewSetting, Source, SourceBucket, SourceSlot, SourceStep, destination_in_words};

use super::{KeyFormat, Logging, PartitionDate};

/// The call that attaches a bucket.
pub(in crate::producer) const ATTACHMENT: AttachmentFacts = AttachmentFacts {
    api: "s3:PutBucketLogging",
    page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html",
    form: AttachedAs::Log,
    destination_judged: DestinationJudged::AtDelivery,
};

fn wanted(destination: &Destination) -> Logging {
    Logging {
        bucket: destination.bucket.to_string(),
        prefix: destination.prefix.to_string(),
        key_format: destination.key_format,
        format_is_said: true,
        grants: Vec::new(),
    }
}

/// Returns a bucket's log setting with the new value.
pub(in crate::producer) fn attached(bucket: &SourceBucket, destination: &Destination) -> (SourceSlot, NewSetting) {
    let slot = SourceSlot::BucketLogging { bucket: bucket.name.clone(), region: bucket.region.clone() };
    (slot, NewSetting::Logging(wanted(destination)))
}

/// Returns how to attach a bucket. `asked` is the requested key format.
pub(in crate::producer) fn attaching(
    bucket: &SourceBucket,
    asked: Option<PartitionDate>,
    destination: &Destination,
) -> Attaching {
    let name = bucket.name.as_str();
    let wanted = wanted(destination);
    let (what, risk) = match &bucket.logging {
        Seen::Denied(denial) => return Attaching::Unseen(denial.clone()),
        Seen::Absent => (format!("the access log of `{name}` is off"), String::new()),
        Seen::Present(present) => {
            let here = present.bucket == wanted.bucket && present.prefix == wanted.prefix;
            if here && (asked.is_none() || present.key_format == wanted.key_format) {
                return Attaching::Nothing;
            }
            let there = destination_in_words(&present.bucket, &present.prefix);
            let risk = if here {
                "new logs get different keys (some still get the old ones for up to an hour), and target grants are \
                 removed"
                    .to_owned()
            } else {
                format!(
                    "new logs no longer go to `{there}` (some still do for up to an hour), and target grants are removed"
                )
            };
            (format!("the access log of `{name}` goes to `{there}`, {}", present.key_format), risk)
        }
    };
    let before = bucket.logging.present().cloned();
    let step = SourceStep::for_logging(bucket.name.clone(), bucket.region.clone(), before, wanted);
    Attaching::Write(Write { what, steps: vec![step], risk, refusal: None })
}

/// Returns the first key format that applies: the requested format, the format of an existing attachment to this
/// destination, or the format of an attachment to another destination. The default is partitioned by event time, which
/// gives each source its own folder.
pub(in crate::producer) fn key_format(
    asked: Option<PartitionDate>,
    sources: &[Source],
    bucket: &str,
    prefix: &str,
) -> KeyFormat {
    if let Some(date) = asked {
        return KeyFormat::Partitioned(date);
    }
    let logs = || {
        sources.iter().filter_map(|source| match source {
            Source::Bucket(source) => source.logging.present(),
            Source::LoadBalancer(_) | Source::Network(_) => None,
        })
    };
    let here = logs().find(|logging| logging.bucket == bucket && logging.prefix == prefix);
    here.or_else(|| logs().next()).map_or(KeyFormat::Partitioned(PartitionDate::Event), |logging| logging.key_format)
}
