//! Shows the answers that have a default, and changes them on request.

use crate::producer::{Choices, InventoryRequest, KeyFormat, PartitionDate, Topic};
use crate::request::Draft;
use crate::ui::Choice;

use super::conversation::Conversation;
use super::destination::BucketChoice;
use super::details::expiry_words;
use super::wizard_exit::WizardExit;

impl Conversation<'_> {
    /// Asks whether to change any option.
    pub(super) async fn options(&mut self) -> Result<(), WizardExit> {
        // The defaults depend on the destination.
        self.chosen_destination().await?;
        loop {
            let topics: Vec<Topic> = self.interview.options().collect();
            let mut choices = vec![Choice::new("continue", "to the plan", None)];
            for topic in topics {
                choices.push(Choice::new(topic.title(), self.words(topic).await?, Some(topic)));
            }
            match self.prompt.choose("more options?", choices, 0)? {
                None => break,
                Some(topic) => match Box::pin(self.option(topic)).await {
                    // The user went back from an option to the list.
                    Ok(()) | Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
            }
        }
        let topics: Vec<Topic> = self.interview.options().collect();
        let mut options = Vec::new();
        for topic in topics {
            options.push(format!("{} {}", topic.title(), self.words(topic).await?));
        }
        self.prompt.answered("options", &options.join("; "));
        self.interview.answer(Topic::Options, |_| {});
        Ok(())
    }

    /// Asks for one option.
    pub(super) async fn option(&mut self, topic: Topic) -> Result<(), WizardExit> {
        match topic {
            Topic::Prefix => self.prefix().await,
            Topic::Partition => self.partition().await,
            Topic::EmitInterval => self.emit_interval().await,
            Topic::Traffic => self.traffic().await,
            Topic::FlowFormat => self.flow_format().await,
            Topic::Aggregation => self.aggregation().await,
            Topic::FlowFolders => self.flow_folders().await,
            Topic::Format => self.format().await,
            Topic::Versions => self.versions().await,
            Topic::Fields => self.fields().await,
            Topic::Expiry => self.expiry(),
            Topic::Producer
            | Topic::LogTypes
            | Topic::Sources
            | Topic::Bucket
            | Topic::Encryption
            | Topic::Reports
            | Topic::Frequency
            | Topic::Options => Ok(()),
        }
    }

    /// Returns the effective value of an answer or its default.
    pub(super) async fn words(&mut self, topic: Topic) -> Result<String, WizardExit> {
        let draft = self.interview.draft().clone();
        let kind = draft.choices.kind(self.chosen_producer()?);
        Ok(match topic {
            Topic::Producer => kind.producer().title().to_owned(),
            Topic::LogTypes => kind.log_types().iter().map(|log| log.as_str()).collect::<Vec<_>>().join(", "),
            Topic::Sources => draft.sources.join(", "),
            Topic::Bucket => draft.bucket.as_ref().map(ToString::to_string).unwrap_or_default(),
            Topic::Encryption => match (&draft.kms_key, draft.encryption) {
                (Some(key), _) => format!("SSE-KMS, {key}"),
                (None, Some(kind)) => kind.title().to_owned(),
                (None, None) => match &self.destination {
                    Some(BucketChoice::Existing(existing)) => existing.encryption.clone(),
                    Some(BucketChoice::New | BucketChoice::NeedsEncryption(_)) | None => "SSE-S3".to_owned(),
                },
            },
            Topic::Reports => match kind.report_key() {
                Some(key) => format!("SSE-KMS, {key}"),
                None => "SSE-S3".to_owned(),
            },
            Topic::Prefix => {
                let prefix = match draft.prefix {
                    Some(prefix) => Some(prefix),
                    None => self.prefix_today(kind.producer()).await?,
                };
                prefix.filter(|prefix| !prefix.is_empty()).unwrap_or_else(|| "none".to_owned())
            }
            Topic::Expiry => expiry_words(self.effective_expiry()),
            Topic::Aggregation
            | Topic::EmitInterval
            | Topic::FlowFolders
            | Topic::FlowFormat
            | Topic::Format
            | Topic::Frequency
            | Topic::Partition
            | Topic::Traffic
            | Topic::Versions => self.setting(topic, &draft).await?,
            Topic::Fields => {
                let fields = self.inventory(&draft).await?.map(|inventory| inventory.fields()).unwrap_or_default();
                let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
                if words.is_empty() { "none".to_owned() } else { words.join(", ") }
            }
            Topic::Options => String::new(),
        })
    }

    /// Returns the effective value that an option has without an answer; `leave_open` removes the answer.
    pub(super) async fn default_words(
        &mut self,
        topic: Topic,
        leave_open: fn(&mut Choices),
    ) -> Result<String, WizardExit> {
        let mut draft = self.interview.draft().clone();
        leave_open(&mut draft.choices);
        self.setting(topic, &draft).await
    }

    /// Returns the effective value that a draft gives to a log service's setting. The value may depend on the sources'
    /// current setting.
    async fn setting(&mut self, topic: Topic, draft: &Draft) -> Result<String, WizardExit> {
        let kind = draft.choices.kind(self.chosen_producer()?);
        if topic == Topic::EmitInterval {
            let side = self.source_side().await?;
            let minutes = side.sources.first().and_then(|source| kind.minutes(source));
            return Ok(minutes.map(|minutes| format!("every {minutes} minutes")).unwrap_or_default());
        }
        if topic == Topic::Partition {
            let side = self.source_side().await?;
            let prefix = draft.prefix.clone().unwrap_or_default();
            let bucket = draft.bucket.as_ref().map(ToString::to_string).unwrap_or_default();
            return Ok(match kind.key_format(&side.sources, &bucket, &prefix) {
                KeyFormat::Partitioned(PartitionDate::Event) => "event time".to_owned(),
                KeyFormat::Partitioned(PartitionDate::Delivery) => "delivery time".to_owned(),
                KeyFormat::Simple => "none, as now".to_owned(),
            });
        }
        if let Some(word) = self.flow_setting(topic, draft).await? {
            return Ok(word);
        }
        let Some(inventory) = self.inventory(draft).await? else { return Ok(String::new()) };
        let word = match topic {
            Topic::Format => inventory.format().as_str(),
            Topic::Frequency => inventory.frequency().as_str(),
            Topic::Versions => inventory.versions().as_str(),
            Topic::Producer
            | Topic::LogTypes
            | Topic::Sources
            | Topic::Bucket
            | Topic::Encryption
            | Topic::Reports
            | Topic::Prefix
            | Topic::Partition
            | Topic::EmitInterval
            | Topic::Fields
            | Topic::Traffic
            | Topic::FlowFormat
            | Topic::Aggregation
            | Topic::FlowFolders
            | Topic::Expiry
            | Topic::Options => "",
        };
        Ok(word.to_owned())
    }

    /// Returns the inventory that a draft requests for the first source.
    async fn inventory(&mut self, draft: &Draft) -> Result<Option<InventoryRequest>, WizardExit> {
        let kind = draft.choices.kind(self.chosen_producer()?);
        let side = self.source_side().await?;
        let kind = side.sources.first().map_or_else(|| kind.clone(), |source| kind.for_source(source));
        Ok(kind.inventory().cloned())
    }
}
