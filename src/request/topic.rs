//! The topics of the wizard, in the order in which it asks about them.

use crate::model::EncryptionKind;
use crate::producer::{Producer, Topic};

use super::{Draft, Expiry};

impl Topic {
    /// Returns the topics of a producer, in order. If no producer is chosen yet, returns only the topic of the
    /// producer.
    pub fn for_producer(producer: Option<Producer>) -> &'static [Self] {
        producer.map_or(&[Self::Producer], |producer| producer.facts().topics)
    }

    /// Returns the topics whose answers become invalid when this topic's answer changes.
    pub(super) fn dependents(self, producer: Option<Producer>) -> &'static [Self] {
        match self {
            Self::Producer => Self::for_producer(producer),
            Self::Bucket => &[Self::Encryption],
            Self::Aggregation
            | Self::EmitInterval
            | Self::Encryption
            | Self::Expiry
            | Self::Fields
            | Self::FlowFolders
            | Self::FlowFormat
            | Self::Format
            | Self::Frequency
            | Self::LogTypes
            | Self::Options
            | Self::Partition
            | Self::Prefix
            | Self::Reports
            | Self::Sources
            | Self::Traffic
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
            Self::Traffic => draft.choices.flow.traffic.is_some(),
            Self::FlowFormat => draft.choices.flow.format.is_some(),
            Self::Aggregation => draft.choices.flow.aggregation.is_some(),
            Self::FlowFolders => draft.choices.flow.hourly.is_some() || draft.choices.flow.hive.is_some(),
            Self::Expiry => draft.expiry != Expiry::Default,
            Self::Options => false,
        }
    }

    /// Removes the answer from the draft.
    pub(super) fn forget(self, draft: &mut Draft) {
        self.copy(&Draft::default(), draft);
    }

    /// Copies the answer from one draft to another.
    pub(super) fn copy(self, from: &Draft, to: &mut Draft) {
        let (chosen, choices) = (&from.choices, &mut to.choices);
        match self {
            Self::Producer => to.producer = from.producer,
            Self::LogTypes => choices.log_types.clone_from(&chosen.log_types),
            Self::Sources => to.sources.clone_from(&from.sources),
            Self::Bucket => to.bucket.clone_from(&from.bucket),
            Self::Encryption => {
                to.encryption = from.encryption;
                to.kms_key.clone_from(&from.kms_key);
            }
            Self::Reports => choices.report_kms_key.clone_from(&chosen.report_kms_key),
            Self::Prefix => to.prefix.clone_from(&from.prefix),
            Self::Partition => choices.partition = chosen.partition,
            Self::EmitInterval => choices.emit_interval = chosen.emit_interval,
            Self::Format => choices.format = chosen.format,
            Self::Frequency => choices.frequency = chosen.frequency,
            Self::Versions => choices.versions = chosen.versions,
            Self::Fields => choices.fields.clone_from(&chosen.fields),
            Self::Traffic => choices.flow.traffic = chosen.flow.traffic,
            Self::FlowFormat => choices.flow.format = chosen.flow.format,
            Self::Aggregation => choices.flow.aggregation = chosen.flow.aggregation,
            Self::FlowFolders => {
                choices.flow.hourly = chosen.flow.hourly;
                choices.flow.hive = chosen.flow.hive;
            }
            Self::Expiry => to.expiry = from.expiry,
            Self::Options => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::KeyChoice;
    use crate::producer::{
        Aggregation, Choices, EmitInterval, FlowFormat, FlowRequest, InventoryFormat, InventoryFrequency,
        InventoryVersions, LogType, PartitionDate, Traffic,
    };

    fn full() -> Draft {
        Draft {
            producer: Some(Producer::Alb),
            sources: vec!["web".to_owned()],
            bucket: Some("demo-logs".parse().unwrap()),
            prefix: Some(String::new()),
            encryption: Some(EncryptionKind::SseKmsCustomer),
            kms_key: Some(KeyChoice::Create),
            expiry: Expiry::Chosen(Some(1)),
            choices: Choices {
                log_types: BTreeSet::from([LogType::Access]),
                emit_interval: Some(EmitInterval::Five),
                partition: Some(PartitionDate::Event),
                format: Some(InventoryFormat::Csv),
                frequency: Some(InventoryFrequency::Daily),
                versions: Some(InventoryVersions::All),
                fields: Some(BTreeSet::new()),
                report_kms_key: Some(KeyChoice::Create),
                flow: FlowRequest {
                    traffic: Some(Traffic::Reject),
                    format: Some(FlowFormat::Parquet),
                    aggregation: Some(Aggregation::Minute),
                    hourly: Some(true),
                    hive: Some(true),
                },
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
            .filter(|topic| *topic != Topic::Options)
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
