//! Asks for the default encryption and the key. Only encryptions that work can be chosen; the others are listed with the
//! reason.

use crate::model::{EncryptionKind, KeyChoice, KeyRef, Seen};
use crate::plan::unusable_key;
use crate::producer::{Producer, Topic, weighing};
use crate::state::ListedKey;
use crate::ui::{Choice, ListSearch, Prompt, unusable_key_text};

use super::conversation::Conversation;
use super::destination::BucketChoice;
use super::wizard_exit::WizardExit;

/// A new key: the plan turns on its rotation.
const NEW_KEY: (&str, &str) = ("SSE-KMS, a new key", "customer managed, 1 USD a month, rotated yearly");

#[derive(Clone, Copy, PartialEq)]
enum EncryptionEntry {
    AsItIs,
    SseS3,
    NewKey,
    ExistingKey,
    Compare,
    /// Only listed.
    Unsupported,
}

impl Conversation<'_> {
    pub(super) async fn encryption(&mut self) -> Result<(), WizardExit> {
        let producer = self.chosen_producer()?;
        let customer_key = producer.encryption(EncryptionKind::SseKmsCustomer).offered;
        let wants_key = self.interview.draft().encryption == Some(EncryptionKind::SseKmsCustomer);
        if wants_key && !customer_key {
            self.prompt.problem("SSE-KMS doesn't work with this log service", Some("SSE-S3 works"));
        }
        let wants_key = wants_key && customer_key;
        let destination = self.chosen_destination().await?;
        let kept = if wants_key { None } else { kept(&destination) };
        // If the user can't choose a key, only one answer is possible: the bucket's encryption stays, or becomes
        // SSE-S3.
        if !customer_key && !self.interview.is_changing(Topic::Encryption) {
            if let Some(kept) = kept.filter(|kept| kept.refusal.is_none()) {
                self.prompt.answered(Topic::Encryption.title(), &kept.label);
                self.interview.settle(Topic::Encryption, |draft| draft.encryption = None);
            } else {
                self.prompt.answered(Topic::Encryption.title(), EncryptionKind::SseS3.title());
                self.interview.settle(Topic::Encryption, |draft| draft.encryption = Some(EncryptionKind::SseS3));
            }
            return Ok(());
        }
        let mut choices: Vec<Choice<EncryptionEntry>> = kept.clone().into_iter().collect();
        if !wants_key {
            choices.push(Choice::new("SSE-S3", "S3-managed keys, free", EncryptionEntry::SseS3));
        }
        if customer_key {
            choices.push(Choice::new(NEW_KEY.0, NEW_KEY.1, EncryptionEntry::NewKey));
            choices.push(Choice::new("SSE-KMS, an existing key", "customer managed", EncryptionEntry::ExistingKey));
        }
        choices.push(Choice::new("compare", "cost, audit trail, access, rotation, traps", EncryptionEntry::Compare));
        choices.extend(unsupported(producer));
        let former = match (self.interview.former().encryption, &self.interview.former().kms_key) {
            (_, Some(KeyChoice::Create)) => EncryptionEntry::NewKey,
            (_, Some(KeyChoice::Existing(_))) => EncryptionEntry::ExistingKey,
            (Some(EncryptionKind::SseS3), None) => EncryptionEntry::SseS3,
            (_, None) => EncryptionEntry::AsItIs,
        };
        let is_former = |choice: &Choice<EncryptionEntry>| choice.value == former && choice.refusal.is_none();
        let usable = choices.iter().position(|choice| choice.refusal.is_none()).unwrap_or_default();
        let at = choices.iter().position(is_former).unwrap_or(usable);
        loop {
            match self.prompt.choose("default encryption of the bucket?", choices.clone(), at)? {
                EncryptionEntry::AsItIs => {
                    let words = kept.as_ref().map(|kept| kept.label.clone()).unwrap_or_default();
                    self.take(None, &words);
                }
                EncryptionEntry::SseS3 => self.take(Some(EncryptionKind::SseS3), EncryptionKind::SseS3.title()),
                EncryptionEntry::NewKey => self.take_key(KeyChoice::Create),
                EncryptionEntry::ExistingKey => match self.existing_key().await {
                    Ok(key) => self.take_key(key),
                    Err(WizardExit::Back) => continue,
                    Err(halt) => return Err(halt),
                },
                EncryptionEntry::Compare => {
                    Prompt::table(weighing::COLUMNS, &weighing::ROWS);
                    continue;
                }
                EncryptionEntry::Unsupported => continue,
            }
            return Ok(());
        }
    }

    /// Records an encryption without a key; `None` keeps the bucket's encryption unless the log service can't write with
    /// it.
    fn take(&mut self, kind: Option<EncryptionKind>, words: &str) {
        self.prompt.answered(Topic::Encryption.title(), words);
        self.interview.answer(Topic::Encryption, |draft| {
            draft.encryption = kind;
            draft.kms_key = None;
        });
    }

    fn take_key(&mut self, key: KeyChoice) {
        self.prompt.answered(Topic::Encryption.title(), &format!("SSE-KMS, {}", key_words(&key)));
        self.interview.answer(Topic::Encryption, |draft| {
            draft.encryption = None;
            draft.kms_key = Some(key);
        });
    }

    /// Asks for the encryption of an inventory's reports, which may have their own key.
    pub(super) async fn reports(&mut self) -> Result<(), WizardExit> {
        let at = match &self.interview.former().choices.report_kms_key {
            None => 0,
            Some(KeyChoice::Create) => 1,
            Some(KeyChoice::Existing(_)) => 2,
        };
        let key = loop {
            let choices = vec![
                Choice::new("SSE-S3", "S3-managed keys, free", EncryptionEntry::SseS3),
                Choice::new(NEW_KEY.0, NEW_KEY.1, EncryptionEntry::NewKey),
                Choice::new("SSE-KMS, an existing key", "customer managed", EncryptionEntry::ExistingKey),
                Choice::new("compare", "cost, audit trail, access, rotation, traps", EncryptionEntry::Compare),
            ];
            match self.prompt.choose("encryption of the reports?", choices, at)? {
                EncryptionEntry::AsItIs | EncryptionEntry::SseS3 | EncryptionEntry::Unsupported => break None,
                EncryptionEntry::NewKey => break Some(KeyChoice::Create),
                EncryptionEntry::ExistingKey => match self.existing_key().await {
                    Ok(key) => break Some(key),
                    Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
                EncryptionEntry::Compare => Prompt::table(weighing::COLUMNS, &weighing::ROWS),
            }
        };
        let words = key.as_ref().map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS, {}", key_words(key)));
        self.prompt.answered(Topic::Reports.title(), &words);
        self.interview.answer(Topic::Reports, |draft| draft.choices.report_kms_key = key);
        Ok(())
    }

    /// Asks for a customer managed key of the Region. Keys that S3 can't use are shown with the reason.
    async fn existing_key(&mut self) -> Result<KeyChoice, WizardExit> {
        let side = self.source_side().await?;
        let what = format!("the keys of {}", side.region);
        let keys = match self.look(&what, self.aws.keys(&side.region)).await? {
            Seen::Present(keys) => keys,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => {
                let what = format!("couldn't list the keys: {}", denial.outcome());
                self.prompt.problem(&what, Some("type an ARN, an ID or alias/NAME"));
                Vec::new()
            }
        };
        let (mut choices, mut unusable) = (Vec::new(), Vec::new());
        for listed in &keys {
            let name = name_of(listed);
            let state = match &listed.key {
                Seen::Present(key) => match unusable_key(&side.region, key) {
                    Some(why) => {
                        let choice = KeyChoice::Existing(KeyRef::Arn(listed.arn.clone()));
                        let why = unusable_key_text(&why);
                        let note = format!("can't work: {why}");
                        unusable
                            .push(Choice::new(name.as_str(), note, choice).refused(Some(format!("`{name}` {why}"))));
                        continue;
                    }
                    None => key.state.clone(),
                },
                // The key was deleted since it was listed.
                Seen::Absent => continue,
                Seen::Denied(denial) => format!("unknown state: {}", denial.outcome()),
            };
            let choice = KeyChoice::Existing(KeyRef::Arn(listed.arn.clone()));
            choices.push(Choice::new(name, state, choice));
        }
        choices.append(&mut unusable);
        let offer = |text: &str| match text.parse::<KeyChoice>() {
            Ok(key) => Some(Choice::new(format!("use {text}"), "", key)),
            Err(error) => {
                Some(Choice::new(format!("use {text}"), "", KeyChoice::Create).refused(Some(error.to_string())))
            }
        };
        let question = format!("which key of {}? (type to search, or an ARN, ID or alias/NAME)", side.region);
        let search = ListSearch { question: &question, choices, fixed: Vec::new(), offer: &offer, typed: "", at: 0 };
        Ok(self.prompt.search(search)?.value)
    }
}

/// Returns the choice of asking for no encryption. It says what happens to the bucket's encryption.
fn kept(destination: &BucketChoice) -> Option<Choice<EncryptionEntry>> {
    match destination {
        BucketChoice::New => None,
        BucketChoice::Existing(existing) => {
            Some(Choice::new(existing.encryption.as_str(), existing.summary.as_str(), EncryptionEntry::AsItIs))
        }
        BucketChoice::NeedsEncryption(why) => Some(
            Choice::new("keep the current encryption", "can't work", EncryptionEntry::AsItIs)
                .refused(Some(why.clone())),
        ),
    }
}

/// Lists the encryptions that a log service doesn't support, each with the reason.
fn unsupported(producer: Producer) -> impl Iterator<Item = Choice<EncryptionEntry>> {
    let kinds = [EncryptionKind::SseKmsAwsManaged, EncryptionKind::SseKmsCustomer, EncryptionKind::DsseKms];
    let rules = kinds.into_iter().map(move |kind| (kind, producer.encryption(kind)));
    rules.filter(|(_, rule)| !rule.offered).map(|(kind, rule)| {
        Choice::new(kind.title(), "not supported", EncryptionEntry::Unsupported).refused(Some(rule.why.to_owned()))
    })
}

fn name_of(listed: &ListedKey) -> String {
    let id = listed.arn.id();
    match &listed.alias {
        Some(alias) => format!("{alias} ({id})"),
        None => id.to_owned(),
    }
}

fn key_words(key: &KeyChoice) -> String {
    match key {
        KeyChoice::Create => "a new key".to_owned(),
        KeyChoice::Existing(key) => key.to_string(),
    }
}
