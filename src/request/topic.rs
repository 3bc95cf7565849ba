//! The topics of the wizard, in the order in which it asks about them.

use crate::model::EncryptionKind;
use crate::producer::{InventoryFormat, InventoryFrequency, InventoryVersions, PartitionDate, Producer, Topic};

use super::Draft;

impl Topic {
    /// Returns the topics of a producer, in order; only the producer itself if none is chosen yet.
    pub fn for_producer(producer: Option<Producer>) -> &'static [Self] {
        producer.map_or(&[Self::Producer], |producer| producer.facts().topics)
    }

    /// Returns the draft's answer as text; empty if it leaves the default.
    pub fn answer(self, draft: &Draft) -> String {
        fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
            words.collect::<Vec<_>>().join(", ")
        }
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        match self {
            Self::Producer => word(draft.producer.map(Producer::title)),
            Self::LogTypes => listed(draft.choices.log_types.iter().map(|log| log.as_str())),
            Self::Sources => listed(draft.sources.iter().map(String::as_str)),
            Self::Bucket => draft.bucket.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::Encryption => match (&draft.kms_key, draft.encryption) {
                (Some(key), _) => format!("SSE-KMS, {key}"),
                (None, kind) => word(kind.map(EncryptionKind::title)),
            },
            Self::Reports => {
                draft.choices.report_kms_key.as_ref().map(|key| format!("SSE-KMS, {key}")).unwrap_or_default()
            }
            Self::Prefix => draft.prefix.clone().unwrap_or_default(),
            Self::Partition => word(draft.choices.partition.map(PartitionDate::as_str)),
            Self::EmitInterval => draft
                .choices
                .emit_interval
                .map(|minutes| format!("every {} minutes", minutes.as_str()))
                .unwrap_or_default(),
            Self::Format => word(draft.choices.format.map(InventoryFormat::as_str)),
            Self::Frequency => word(draft.choices.frequency.map(InventoryFrequency::as_str)),
            Self::Versions => word(draft.choices.versions.map(InventoryVersions::as_str)),
            Self::Fields => listed(draft.choices.fields.iter().flatten().map(|field| field.as_str())),
            Self::Expiry => draft.expire_days.map(|days| format!("after {days} days")).unwrap_or_default(),
        }
    }

    /// Returns the topics whose answers become invalid when this one changes.
    pub(super) fn dependents(self, producer: Option<Producer>) -> &'static [Self] {
        match self {
            Self::Producer => Self::for_producer(producer),
            Self::Bucket => &[Self::Encryption],
            Self::EmitInterval
            | Self::Encryption
            | Self::Expiry
            | Self::Fields
            | Self::Format
            | Self::Frequency
            | Self::LogTypes
            | Self::Partition
            | Self::Prefix
            | Self::Reports
            | Self::Sources
            | Self::Versions => &[],
        }
    }

    /// Returns whether the draft has an answer.
    pub(super) fn is_answered(self, draft: &Draft) -> bool {
        match self {
            Self::Producer => draft.producer.is_some(),
            Self::LogTypes => !draft.choices.log_types.is_empty(),
            Self::Sources => !draft.sources.is_empty(),
            Self::Bucket => draft.bucket.is_some(),
            Self::Encryption => {
                draft.kms_key.is_some() || draft.encryption.is_some_and(|kind| kind != EncryptionKind::SseKmsCustomer)
            }
            Self::Reports => draft.choices.report_kms_key.is_some(),
            Self::Prefix => draft.prefix.is_some(),
            Self::Partition => draft.choices.partition.is_some(),
            Self::EmitInterval => draft.choices.emit_interval.is_some(),
            Self::Format => draft.choices.format.is_some(),
            Self::Frequency => draft.choices.frequency.is_some(),
            Self::Versions => draft.choices.versions.is_some(),
            Self::Fields => draft.choices.fields.is_some(),
            Self::Expiry => draft.expire_days.is_some(),
        }
    }

    /// Removes the answer from the draft.
    pub(super) fn forget(self, draft: &mut Draft) {
        match self {
            Self::Producer => draft.producer = None,
            Self::LogTypes => draft.choices.log_types.clear(),
            Self::Sources => draft.sources.clear(),
            Self::Bucket => draft.bucket = None,
            Self::Encryption => {
                draft.encryption = None;
                draft.kms_key = None;
            }
            Self::Reports => draft.choices.report_kms_key = None,
            Self::Prefix => draft.prefix = None,
            Self::Partition => draft.choices.partition = None,
            Self::EmitInterval => draft.choices.emit_interval = None,
            Self::Format => draft.choices.format = None,
            Self::Frequency => draft.choices.frequency = None,
            Self::Versions => draft.choices.versions = None,
            Self::Fields => draft.choices.fields = None,
            Self::Expiry => draft.expire_days = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::KeyChoice;
    use crate::producer::{Choices, EmitInterval, LogType};

    fn full() -> Draft {
        Draft {
            producer: Some(Producer::Alb),
            sources: vec!["web".to_owned()],
            bucket: Some("demo-logs".parse().unwrap()),
            prefix: Some(String::new()),
            encryption: Some(EncryptionKind::SseKmsCustomer),
            kms_key: Some(KeyChoice::Create),
            expire_days: Some(1),
            choices: Choices {
                log_types: BTreeSet::from([LogType::Access]),
                emit_interval: Some(EmitInterval::Five),
                partition: Some(PartitionDate::Event),
                format: Some(InventoryFormat::Csv),
                frequency: Some(InventoryFrequency::Daily),
                versions: Some(InventoryVersions::All),
                fields: Some(BTreeSet::new()),
                report_kms_key: Some(KeyChoice::Create),
                ..Choices::default()
            },
            ..Draft::default()
        }
    }

    #[test]
    fn every_topic_removes_only_its_own_answer() {
        let every: BTreeSet<Topic> = Producer::ALL
            .into_iter()
            .flat_map(|producer| Topic::for_producer(Some(producer)).iter().copied())
            .collect();
        for topic in &every {
            let mut draft = full();
            assert!(topic.is_answered(&draft), "{topic:?}");
            topic.forget(&mut draft);
            let open: Vec<&Topic> = every.iter().filter(|topic| !topic.is_answered(&draft)).collect();
            assert_eq!(open, [topic]);
        }
    }

    #[test]
    fn a_missing_key_is_asked_for() {
        let draft = Draft { kms_key: None, ..full() };
        assert!(!Topic::Encryption.is_answered(&draft));
    }
}
