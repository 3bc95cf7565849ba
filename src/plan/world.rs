//! What every check looks at: the request, what was seen, and the place that both make.

use crate::model::{BucketEncryption, Encryption, EncryptionKind, KeyChoice, Seen};
use crate::producer::{
    self, Facts, InventoryRequest, KeyFormat, Kind, PartitionDate, Place, Probe, Producer, Source, Writer,
};
use crate::request::Request;
use crate::state::{Bucket, KeyManager, Observed, Origin, Shown};

use super::check::{self, ReportEncryption};

/// The request and what was seen, side by side.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) request: &'a Request,
    pub(super) observed: &'a Observed,
    pub(super) place: Place,
    pub(super) writers: Vec<Writer>,
}

impl<'a> World<'a> {
    pub(super) fn new(request: &'a Request, observed: &'a Observed) -> Self {
        let partition = observed.caller.partition;
        let writers = observed.sources.iter().map(|source| Writer {
            name: source.name().to_owned(),
            arn: match source {
                Source::LoadBalancer(balancer) => balancer.arn.to_string(),
                Source::Bucket(bucket) => format!("arn:{partition}:s3:::{}", bucket.name),
            },
        });
        let place = Place {
            partition,
            bucket: request.bucket.clone(),
            prefix: request.prefix.clone(),
            owner: observed.caller.account.clone(),
            region: observed.region.clone(),
            source_account: observed.caller.account.clone(),
            key_format: key_format(request, observed),
        };
        Self { request, observed, place, writers: writers.collect() }
    }

    pub(super) fn producer(&self) -> Producer {
        self.request.kind.producer()
    }

    /// The destination, where it exists and can be judged.
    pub(super) fn bucket(&self) -> Option<&'a Bucket> {
        self.observed.destination.bucket()
    }

    /// Whether the destination was created by a run that stopped before it wrote a policy, and still has none: nobody writes
    /// to it yet.
    pub(super) fn is_unfinished(&self) -> bool {
        self.observed.origin == Origin::UnfinishedRun
            && self.bucket().is_some_and(|bucket| bucket.policy == Seen::Absent)
    }

    /// The kind of default encryption that the destination has: none at all has been SSE-S3 since January 2023
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>).
    pub(super) fn present_kind(&self) -> EncryptionKind {
        let Some(encryption) = self.present_encryption() else { return EncryptionKind::SseS3 };
        let managed_by_aws = || {
            let key = self.observed.default_key.present();
            key.is_some_and(|key| key.manager == KeyManager::Aws && self.names(encryption, &key.arn.to_string()))
        };
        let kind = encryption.kind();
        if kind == EncryptionKind::SseKmsCustomer && managed_by_aws() { EncryptionKind::SseKmsAwsManaged } else { kind }
    }

    /// The destination's default encryption, where it exists, has one and it could be read.
    pub(super) fn present_encryption(&self) -> Option<&'a BucketEncryption> {
        self.bucket().and_then(|bucket| bucket.encryption.present())
    }

    /// Whether every source's service certainly writes under the default encryption, whatever AWS documents: recent logs of each
    /// have it. A key that is gone, or can't be used any more, came to that since.
    pub(super) fn default_is_shown(&self) -> bool {
        let is_shown = |source| self.observed.shown.get(&source) == Some(&Shown::LogByDefault);
        let is_lost = match &self.observed.default_key {
            Seen::Present(key) => {
                key.manager == KeyManager::Customer && check::unusable_key(&self.place.region, key).is_some()
            }
            Seen::Absent => self.present_encryption().is_some_and(|default| default.key.is_some()),
            Seen::Denied(_) => false,
        };
        !self.writers.is_empty() && (0..self.writers.len()).all(is_shown) && !is_lost
    }

    /// Whether logs of every source have arrived since what admits them was changed last.
    pub(super) fn has_logs_of_each(&self) -> bool {
        let has_logs = |source| self.observed.shown.get(&source) >= Some(&Shown::Log);
        !self.writers.is_empty() && (0..self.writers.len()).all(has_logs)
    }

    /// The sources in a sentence.
    pub(super) fn names_of_sources(&self) -> String {
        let names: Vec<String> = self.writers.iter().map(|writer| writer.name.clone()).collect();
        check::listed(&names)
    }

    /// Whether the setting names this key, whatever the form; only the setting's own key is read when none is asked for.
    pub(super) fn names(&self, encryption: &BucketEncryption, arn: &str) -> bool {
        encryption.key.as_deref() == Some(arn) || !matches!(self.request.encryption, Encryption::SseKms(_))
    }

    /// What is fixed about the log service.
    pub(super) fn facts(&self) -> &'static Facts {
        self.producer().facts()
    }

    /// The requests of a source to the bucket.
    pub(super) fn bucket_probes(&self, source: usize) -> Vec<Probe> {
        self.writers.get(source).map(|writer| self.probes_of(source, writer)).unwrap_or_default()
    }

    /// The requests of one source: those for a report carry the encryption that its configuration will name.
    fn probes_of(&self, index: usize, writer: &Writer) -> Vec<Probe> {
        let of = |kind: &Kind| producer::bucket_probes(kind, writer, &self.place);
        let (Kind::Inventory(asked), Some(Source::Bucket(bucket))) =
            (&self.request.kind, self.observed.sources.get(index))
        else {
            return of(&self.request.kind);
        };
        let by_key = |report_key| of(&Kind::Inventory(InventoryRequest { report_key, ..asked.clone() }));
        match check::report_encryption(self, bucket, asked) {
            ReportEncryption::SseS3 => by_key(None),
            ReportEncryption::AsToday(_) | ReportEncryption::SseKms(_) => {
                by_key(Some(asked.report_key.clone().unwrap_or(KeyChoice::Create)))
            }
            ReportEncryption::BucketDefault => {
                let mut probes = by_key(None);
                for probe in &mut probes {
                    producer::inventory::without_encryption(&mut probe.request.context);
                }
                probes
            }
        }
    }
}

/// How keys will be built: as asked; or as an attachment to this very place already says; or by event time, which gives
/// each source a folder of its own.
fn key_format(request: &Request, observed: &Observed) -> KeyFormat {
    let Kind::S3Access(asked) = &request.kind else { return KeyFormat::Simple };
    if let Some(date) = asked {
        return KeyFormat::Partitioned(*date);
    }
    let here = observed.sources.iter().find_map(|source| match source {
        Source::Bucket(bucket) => bucket
            .logging
            .present()
            .filter(|logging| logging.bucket == request.bucket.as_str() && logging.prefix == request.prefix.as_str()),
        Source::LoadBalancer(_) => None,
    });
    here.map_or(KeyFormat::Partitioned(PartitionDate::Event), |logging| logging.key_format)
}
