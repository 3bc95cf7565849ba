//! Asks for the default encryption and the key. Only what works can be chosen; the rest is shown with the reason.

use crate::model::{EncryptionKind, KeyChoice, KeyRef, Seen};
use crate::plan::unusable_key;
use crate::producer::{Topic, weighing};
use crate::state::ListedKey;
use crate::ui::{Choice, Start};

use super::conversation::Conversation;
use super::destination::Chosen;
use super::wizard_exit::WizardExit;

/// What leaves the encryption to the plan.
const AS_IT_IS: &str = "keep it if it works";

enum Entry {
    AsItIs,
    SseS3,
    NewKey,
    ExistingKey,
    Compare,
}

enum KeyEntry {
    Key(KeyChoice),
    Type,
}

impl Conversation<'_> {
    pub(super) async fn encryption(&mut self) -> Result<(), WizardExit> {
        let producer = self.chosen_producer()?;
        let kinds = [EncryptionKind::SseKmsAwsManaged, EncryptionKind::SseKmsCustomer, EncryptionKind::DsseKms];
        let never = kinds.into_iter().map(|kind| (kind, producer.encryption(kind)));
        for (kind, rule) in never.filter(|(_, rule)| !rule.offered) {
            self.prompt.impossible(kind.title(), rule.why);
        }
        let customer_key = producer.encryption(EncryptionKind::SseKmsCustomer);
        let asked_for_kms = self.interview.draft().encryption == Some(EncryptionKind::SseKmsCustomer);
        if asked_for_kms && !customer_key.offered {
            self.prompt.problem(
                "`--encryption sse-kms` doesn't work with this log service",
                Some(producer.facts().what_works),
            );
        }
        let asked_for_kms = asked_for_kms && customer_key.offered;
        let destination = self.chosen_destination().await?;
        if let Chosen::NeedsEncryption(why) = &destination {
            self.prompt.impossible(AS_IT_IS, why);
        }
        loop {
            let mut choices = Vec::new();
            if let Chosen::Existing(words) = &destination
                && !asked_for_kms
            {
                choices.push(Choice::new(AS_IT_IS, words.clone(), Entry::AsItIs));
            }
            if !asked_for_kms {
                choices.push(Choice::new("SSE-S3", "S3-managed keys, free", Entry::SseS3));
            }
            if customer_key.offered {
                choices.push(Choice::new("SSE-KMS, a new key", "customer managed, 1 USD a month", Entry::NewKey));
                choices.push(Choice::new("SSE-KMS, an existing key", "customer managed", Entry::ExistingKey));
            }
            choices.push(Choice::new("compare", "cost, audit trail, access, rotation, traps", Entry::Compare));
            match self.prompt.choose("default encryption of the bucket?", choices, 0)? {
                Entry::AsItIs => {
                    self.prompt.answered("default encryption", AS_IT_IS);
                    self.interview.answer(Topic::Encryption, |draft| draft.encryption = None);
                }
                Entry::SseS3 => {
                    self.prompt.answered("default encryption", "SSE-S3");
                    self.interview.answer(Topic::Encryption, |draft| draft.encryption = Some(EncryptionKind::SseS3));
                }
                Entry::NewKey => self.take_key(KeyChoice::Create),
                Entry::ExistingKey => match self.existing_key().await {
                    Ok(key) => self.take_key(key),
                    Err(WizardExit::Back) => continue,
                    Err(halt) => return Err(halt),
                },
                Entry::Compare => {
                    self.prompt.table(weighing::COLUMNS, &weighing::ROWS);
                    continue;
                }
            }
            return Ok(());
        }
    }

    fn take_key(&mut self, key: KeyChoice) {
        self.prompt.answered("default encryption", &format!("SSE-KMS, {}", key_words(&key)));
        self.interview.answer(Topic::Encryption, |draft| {
            draft.encryption = None;
            draft.kms_key = Some(key);
        });
    }

    /// Asks for the encryption of an inventory's reports, which may have their own key.
    pub(super) async fn reports(&mut self) -> Result<(), WizardExit> {
        let key = loop {
            let choices = vec![
                Choice::new("SSE-S3", "S3-managed keys, free", Entry::SseS3),
                Choice::new("SSE-KMS, a new key", "customer managed, 1 USD a month", Entry::NewKey),
                Choice::new("SSE-KMS, an existing key", "customer managed", Entry::ExistingKey),
                Choice::new("compare", "cost, audit trail, access, rotation, traps", Entry::Compare),
            ];
            match self.prompt.choose("encryption of the reports?", choices, 0)? {
                Entry::AsItIs | Entry::SseS3 => break None,
                Entry::NewKey => break Some(KeyChoice::Create),
                Entry::ExistingKey => match self.existing_key().await {
                    Ok(key) => break Some(key),
                    Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
                Entry::Compare => self.prompt.table(weighing::COLUMNS, &weighing::ROWS),
            }
        };
        let words = key.as_ref().map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS, {}", key_words(key)));
        self.prompt.answered("encryption of the reports", &words);
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
                self.prompt.say(&format!("couldn't list the keys: `{}` was denied or not answered", denial.action));
                return self.typed_key();
            }
        };
        let mut choices = Vec::new();
        for listed in &keys {
            let name = name_of(listed);
            let state = match &listed.key {
                Seen::Present(key) => match unusable_key(&side.region, key) {
                    Some(why) => {
                        self.prompt.impossible(&name, &why);
                        continue;
                    }
                    None => key.state.clone(),
                },
                // Deleted since it was listed.
                Seen::Absent => continue,
                Seen::Denied(denial) => format!("unknown state: `{}` was denied or not answered", denial.action),
            };
            let choice = KeyChoice::Existing(KeyRef::Arn(listed.arn.clone()));
            choices.push(Choice::new(name, state, KeyEntry::Key(choice)));
        }
        if choices.is_empty() {
            self.prompt.say(&format!("account {} has no key in {} that S3 can use", side.caller.account, side.region));
        }
        let typed = vec![Choice::new("enter an ARN, ID or alias", "", KeyEntry::Type)];
        match self.prompt.search("which key?", choices, typed)? {
            KeyEntry::Key(key) => Ok(key),
            KeyEntry::Type => self.typed_key(),
        }
    }

    fn typed_key(&self) -> Result<KeyChoice, WizardExit> {
        let check = |text: &str| text.parse::<KeyChoice>().map(drop).map_err(|error| error.to_string());
        let text = self.prompt.text("key ARN, ID or alias/NAME", Start::Text(""), check)?;
        text.parse().map_err(|_| WizardExit::Back)
    }
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
