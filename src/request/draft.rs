//! The answers from flags and prompts, each optional, and how they become a [`Request`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::{BucketName, Encryption, EncryptionKind, KeyChoice, Region, Tag, TransitionAfter};
use crate::producer::{Choices, Prefix, Producer};

use super::sources::{parsed, refuse_a_loop};
use super::{Consent, Expiry, Incomplete, Preflight, Question, Request};

/// The answers so far.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    pub producer: Option<Producer>,
    /// `--source`, as typed: its format depends on the producer.
    pub sources: Vec<String>,
    /// `--bucket`.
    pub bucket: Option<BucketName>,
    /// `--prefix`, as typed: its format depends on the producer.
    pub prefix: Option<String>,
    /// `--encryption`.
    pub encryption: Option<EncryptionKind>,
    /// `--kms-key`.
    pub kms_key: Option<KeyChoice>,
    /// `--expire-days`.
    pub expiry: Expiry,
    /// `--transition-days`, with `--storage-class`.
    pub transition: Option<TransitionAfter>,
    /// `--tag`.
    pub tags: Vec<Tag>,
    /// `--yes`, `--fix`, `--exempt`.
    pub consent: Consent,
    /// `--wait`, in seconds.
    pub wait: Option<u64>,
    /// `--region`.
    pub region: Option<Region>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--endpoint-url`, without user and password.
    pub endpoint_url: Option<String>,
    /// `--receipt-dir`.
    pub receipt_dir: Option<PathBuf>,
    /// `--no-preflight`.
    pub preflight: Preflight,
    /// The flags that belong to a single producer.
    pub choices: Choices,
}

impl Draft {
    /// Returns the request if nothing is missing. All checks here work without AWS calls. Without a chosen expiry, logs
    /// are kept.
    pub fn complete(self) -> Result<Request, Incomplete> {
        if let (Some(producer), Some(asked)) = (self.producer, self.encryption) {
            refuse_encryption(producer, asked)?;
        }
        refuse_a_second_value(&self.tags)?;
        refuse_transition(self.transition, self.expiry.or(None))?;
        let missing = self.missing();
        let (Some(producer), Some(bucket), true) = (self.producer, self.bucket.clone(), missing.is_empty()) else {
            return Err(Incomplete::Missing(missing));
        };
        self.refuse_foreign_flags(producer)?;
        let encryption = self.encryption(producer)?;
        let sources = parsed(producer, &self.sources)?;
        refuse_a_loop(producer, &sources, &bucket)?;
        if let Some((flag, of, why)) = self.choices.impossible_for(&sources) {
            return Err(Incomplete::NotForSource { flag, of: of.to_string(), why });
        }
        let prefix = self.prefix.as_deref().map(|prefix| Prefix::parse(producer, prefix)).transpose()?;
        Ok(Request {
            sources,
            bucket,
            prefix,
            encryption,
            expire_days: self.expiry.or(None),
            transition: self.transition,
            tags: tag_map(&self.tags),
            consent: self.consent.clone(),
            wait: self.wait,
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            receipt_dir: self.receipt_dir.clone(),
            preflight: self.preflight,
            kind: self.choices.kind(producer),
        })
    }

    /// Returns the unanswered questions that have no default.
    pub fn missing(&self) -> Vec<Question> {
        let open = [
            (self.producer.is_none(), Question::Producer),
            (self.sources.is_empty(), Question::Sources(self.producer)),
            (self.bucket.is_none(), Question::Bucket),
            (self.encryption == Some(EncryptionKind::SseKmsCustomer) && self.kms_key.is_none(), Question::KmsKey),
        ];
        open.into_iter().filter_map(|(open, question)| open.then_some(question)).collect()
    }

    /// Rejects flags that belong to another producer.
    pub fn refuse_foreign_flags(&self, producer: Producer) -> Result<(), Incomplete> {
        match self.choices.foreign_to(producer) {
            Some((flag, other)) => Err(Incomplete::WrongFlag { flag, belongs_to: other.as_str(), producer }),
            None => Ok(()),
        }
    }

    fn encryption(&self, producer: Producer) -> Result<Encryption, Incomplete> {
        let asked = match (self.encryption, &self.kms_key) {
            (None | Some(EncryptionKind::SseKmsCustomer), Some(key)) => Encryption::SseKms(key.clone()),
            (Some(_), Some(_)) => return Err(Incomplete::KeyWithoutKms),
            (Some(_), None) => Encryption::SseS3,
            (None, None) => Encryption::Unstated,
        };
        let kind = match asked {
            Encryption::SseKms(_) => EncryptionKind::SseKmsCustomer,
            Encryption::SseS3 | Encryption::Unstated => EncryptionKind::SseS3,
        };
        refuse_encryption(producer, kind)?;
        Ok(asked)
    }
}

/// Rejects two values for one tag key: it is unclear which one is meant.
fn refuse_a_second_value(tags: &[Tag]) -> Result<(), Incomplete> {
    let mut values = BTreeMap::new();
    for Tag { key, value } in tags {
        let first: &String = values.entry(key).or_insert(value);
        if first != value {
            return Err(Incomplete::TagTwice { key: key.clone(), first: first.clone(), second: value.clone() });
        }
    }
    Ok(())
}

fn tag_map(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// Rejects a rule that would move objects after deleting them, or sooner than the storage class allows
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
fn refuse_transition(transition: Option<TransitionAfter>, expire_days: Option<u32>) -> Result<(), Incomplete> {
    let Some(TransitionAfter { days, class }) = transition else { return Ok(()) };
    if days < class.least_days() {
        return Err(Incomplete::TransitionTooEarly { days, class });
    }
    match expire_days {
        Some(expire_days) if days >= expire_days => Err(Incomplete::TransitionTooLate { days, expire_days }),
        Some(_) | None => Ok(()),
    }
}

/// Rejects an encryption that can never work, before any other question.
fn refuse_encryption(producer: Producer, asked: EncryptionKind) -> Result<(), Incomplete> {
    let rule = producer.encryption(asked);
    if rule.offered {
        return Ok(());
    }
    let works = producer.facts().what_works;
    Err(Incomplete::Encryption { producer, asked, works, page: rule.source })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::producer::LogType;

    use super::*;

    fn draft(producer: Producer, source: &str) -> Draft {
        Draft {
            producer: Some(producer),
            sources: vec![source.to_owned()],
            bucket: Some("demo-logs".parse().unwrap()),
            ..Draft::default()
        }
    }

    #[test]
    fn every_missing_flag_is_named_at_once() {
        let draft = Draft { encryption: Some(EncryptionKind::SseKmsCustomer), ..Draft::default() };
        let Err(Incomplete::Missing(questions)) = draft.complete() else { panic!("complete") };
        let flags: Vec<&str> = questions.into_iter().map(Question::flag).collect();
        assert_eq!(flags, ["PRODUCER", "--source", "--bucket", "--kms-key"]);
    }

    #[test]
    fn a_customer_managed_key_is_rejected_for_all_but_nlb() {
        for producer in Producer::ALL {
            let source = if producer == Producer::Nlb { "edge" } else { "web" };
            let mut draft = draft(producer, source);
            draft.kms_key = Some(KeyChoice::Create);
            let outcome = draft.complete();
            assert_eq!(outcome.is_ok(), producer == Producer::Nlb, "{producer}: {outcome:?}");
        }
    }

    #[test]
    fn a_key_with_sse_s3_is_a_contradiction() {
        let mut draft = draft(Producer::Nlb, "edge");
        draft.encryption = Some(EncryptionKind::SseS3);
        draft.kms_key = Some(KeyChoice::Create);
        assert_eq!(draft.complete(), Err(Incomplete::KeyWithoutKms));
    }

    #[test]
    fn a_bucket_can_store_its_own_inventory_but_not_its_own_access_logs() {
        assert!(matches!(draft(Producer::S3Access, "demo-logs").complete(), Err(Incomplete::SelfLogging(_))));
        assert!(draft(Producer::Inventory, "demo-logs").complete().is_ok());
    }

    #[test]
    fn another_producers_flag_is_rejected() {
        let mut draft = draft(Producer::Nlb, "edge");
        draft.choices.log_types = BTreeSet::from([LogType::Connection]);
        assert!(matches!(draft.complete(), Err(Incomplete::WrongFlag { flag: "--log-type", belongs_to: "alb", .. })));
    }

    #[test]
    fn a_source_named_twice_counts_once() {
        let mut draft = draft(Producer::S3Access, "app-data");
        draft.sources.push("arn:aws:s3:::app-data".to_owned());
        assert_eq!(draft.complete().unwrap().sources.len(), 1);
    }
}
