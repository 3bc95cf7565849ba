//! What every check looks at: the request, what was seen, and the place that both make.

use crate::model::{BucketEncryption, Encryption, EncryptionKind, Seen};
use crate::producer::{self, Attachment, Facts, Place, Probe, Producer, Writer};
use crate::request::Request;
use crate::state::{Bucket, KeyManager, Observed, Origin, Shown};

use super::check;

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
        let writers = observed.sources.iter().map(|source| source.writer(partition));
        let prefix = request.prefix_of(&observed.sources);
        let place = Place {
            partition,
            bucket: request.bucket.clone(),
            key_format: request.kind.key_format(&observed.sources, request.bucket.as_str(), prefix.as_str()),
            prefix,
            owner: observed.caller.account.clone(),
            region: observed.region.clone(),
            source_account: observed.caller.account.clone(),
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

    /// Whether every log that is asked of a source is on already and goes here.
    pub(super) fn is_attached(&self, source: usize) -> bool {
        let Some(source) = self.observed.sources.get(source) else { return false };
        let is_here = |log: &Attachment| {
            log.target.present().is_some_and(|target| {
                target.bucket == self.place.bucket.as_str() && target.prefix == self.place.prefix.as_str()
            })
        };
        let logs = Attachment::asked_of(source, &self.request.kind);
        !logs.is_empty() && logs.iter().all(is_here)
    }

    /// What is fixed about the log service.
    pub(super) fn facts(&self) -> &'static Facts {
        self.producer().facts()
    }

    /// The requests of a source to the bucket: those for a report carry the encryption that its configuration will name.
    pub(super) fn bucket_probes(&self, source: usize) -> Vec<Probe> {
        let (Some(writer), Some(source)) = (self.writers.get(source), self.observed.sources.get(source)) else {
            return Vec::new();
        };
        let encryption = check::own_encryption(self, source);
        let kind = self.request.kind.of_source(source);
        self.dated(producer::bucket_probes_encrypted(&kind, &encryption, writer, &self.place))
    }

    /// The same requests of the account that wrote the logs before, where the Region has one.
    pub(super) fn legacy_probes(&self, source: usize) -> Vec<Probe> {
        let Some(writer) = self.writers.get(source) else { return Vec::new() };
        self.dated(producer::legacy_probes(&self.request.kind, writer, &self.place))
    }

    /// The same requests, made once the world was seen.
    pub(super) fn dated(&self, probes: Vec<Probe>) -> Vec<Probe> {
        match self.observed.moment {
            Some(now) => probes.into_iter().map(|probe| probe.dated(now)).collect(),
            None => probes,
        }
    }
}
