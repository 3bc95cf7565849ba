//! The input of every check: the request, the observed state and the destination.

use crate::model::{BucketEncryption, Encryption, EncryptionKind, Seen};
use crate::producer::{self, Attachment, Destination, Facts, LogSource, Probe, Producer};
use crate::request::Request;
use crate::state::{Bucket, BucketOrigin, KeyManager, Observed, Shown};

use super::check;

/// The request and the observed state.
#[derive(Debug)]
pub(super) struct PlanContext<'a> {
    pub(super) request: &'a Request,
    pub(super) observed: &'a Observed,
    pub(super) destination: Destination,
    pub(super) log_sources: Vec<LogSource>,
}

impl<'a> PlanContext<'a> {
    pub(super) fn new(request: &'a Request, observed: &'a Observed) -> Self {
        let partition = observed.caller.partition;
        let log_sources = observed.sources.iter().map(|source| source.log_source(partition));
        let prefix = request.prefix_of(&observed.sources);
        let destination = Destination {
            partition,
            bucket: request.bucket.clone(),
            key_format: request.kind.key_format(&observed.sources, request.bucket.as_str(), prefix.as_str()),
            flow_keys: request.kind.flow_keys(&observed.sources, request.bucket.as_str(), prefix.as_str()),
            prefix,
            owner: observed.caller.account.clone(),
            region: observed.region.clone(),
            source_account: observed.caller.account.clone(),
        };
        Self { request, observed, destination, log_sources: log_sources.collect() }
    }

    pub(super) fn producer(&self) -> Producer {
        self.request.kind.producer()
    }

    /// Returns the destination bucket, if it exists and can be evaluated.
    pub(super) fn bucket(&self) -> Option<&'a Bucket> {
        self.observed.destination.bucket()
    }

    /// Returns whether a run created the destination but stopped before it wrote a policy, and there is still no
    /// policy. No one writes to such a bucket yet.
    pub(super) fn is_unfinished(&self) -> bool {
        self.observed.origin == BucketOrigin::UnfinishedRun
            && self.bucket().is_some_and(|bucket| bucket.policy == Seen::Absent)
    }

    /// Returns the kind of the destination's default encryption. Since January 2023, a bucket without this setting has
    /// SSE-S3 (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>).
    pub(super) fn present_kind(&self) -> EncryptionKind {
        let Some(encryption) = self.present_encryption() else { return EncryptionKind::SseS3 };
        let managed_by_aws = || {
            let key = self.observed.default_key.present();
            key.is_some_and(|key| key.manager == KeyManager::Aws && self.names_key(encryption, &key.arn.to_string()))
        };
        let kind = encryption.kind();
        if kind == EncryptionKind::SseKmsCustomer && managed_by_aws() { EncryptionKind::SseKmsAwsManaged } else { kind }
    }

    /// Returns the destination's default encryption, if there is one and it could be read.
    pub(super) fn present_encryption(&self) -> Option<&'a BucketEncryption> {
        self.bucket().and_then(|bucket| bucket.encryption.present())
    }

    /// Returns whether recent logs of every source have the default encryption, even if AWS documents otherwise.
    /// Returns false if the key is gone or unusable, because the key failed after these logs were written.
    pub(super) fn default_is_shown(&self) -> bool {
        let is_shown = |source| self.observed.shown.get(&source) == Some(&Shown::LogByDefault);
        let is_lost = match &self.observed.default_key {
            Seen::Present(key) => {
                key.manager == KeyManager::Customer && check::unusable_key(&self.destination.region, key).is_some()
            }
            Seen::Absent => self.present_encryption().is_some_and(|default| default.key.is_some()),
            Seen::Denied(_) => false,
        };
        !self.log_sources.is_empty() && (0..self.log_sources.len()).all(is_shown) && !is_lost
    }

    /// Returns whether logs of every source have arrived since the last change to the settings that allow them.
    pub(super) fn has_logs_of_each(&self) -> bool {
        let has_logs = |source| self.observed.shown.get(&source) >= Some(&Shown::Log);
        !self.log_sources.is_empty() && (0..self.log_sources.len()).all(has_logs)
    }

    pub(super) fn names_of_sources(&self) -> Vec<String> {
        self.log_sources.iter().map(|log_source| log_source.name.clone()).collect()
    }

    /// Returns the names of the sources at these positions.
    pub(super) fn names(&self, sources: &[usize]) -> Vec<String> {
        sources
            .iter()
            .filter_map(|index| self.log_sources.get(*index))
            .map(|log_source| log_source.name.clone())
            .collect()
    }

    /// Returns whether the setting names this key, in any form. If no key is requested, returns true, because logbucket
    /// then read only the setting's own key.
    pub(super) fn names_key(&self, encryption: &BucketEncryption, arn: &str) -> bool {
        encryption.key.as_deref() == Some(arn) || !matches!(self.request.encryption, Encryption::SseKms(_))
    }

    /// Returns whether every requested log of a source is already on and goes to this destination.
    pub(super) fn is_attached(&self, source: usize) -> bool {
        let Some(source) = self.observed.sources.get(source) else { return false };
        let is_here = |log: &Attachment| {
            log.target.present().is_some_and(|target| {
                target.bucket == self.destination.bucket.as_str() && target.prefix == self.destination.prefix.as_str()
            })
        };
        let logs = Attachment::selected_by(source, &self.request.kind);
        !logs.is_empty() && logs.iter().all(is_here)
    }

    /// Returns the facts about the log service.
    pub(super) fn facts(&self) -> &'static Facts {
        self.producer().facts()
    }

    /// Returns the service's requests to the bucket for a source. The requests for a report carry the encryption that
    /// the source's configuration will name.
    pub(super) fn bucket_probes(&self, source: usize) -> Vec<Probe> {
        let (Some(log_source), Some(source)) = (self.log_sources.get(source), self.observed.sources.get(source)) else {
            return Vec::new();
        };
        let encryption = check::own_encryption(self, source);
        let kind = self.request.kind.for_source(source);
        self.dated(producer::bucket_probes_encrypted(&kind, &encryption, log_source, &self.destination))
    }

    /// Returns the legacy account's requests to the bucket for a source, if the Region has such an account.
    pub(super) fn legacy_probes(&self, source: usize) -> Vec<Probe> {
        let Some(log_source) = self.log_sources.get(source) else { return Vec::new() };
        self.dated(producer::legacy_probes(&self.request.kind, log_source, &self.destination))
    }

    /// Returns the requests with a date: the time of observation or later.
    pub(super) fn dated(&self, probes: Vec<Probe>) -> Vec<Probe> {
        match self.observed.moment {
            Some(now) => probes.into_iter().map(|probe| probe.dated(now)).collect(),
            None => probes,
        }
    }
}
