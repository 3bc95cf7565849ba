//! Asks for the settings of a flow log.

use crate::producer::{Aggregation, FlowFormat, FlowLogSettings, Topic, Traffic};
use crate::request::Draft;
use crate::ui::Choice;

use super::conversation::Conversation;
use super::details::{ChoiceQuestion, with_default};
use super::wizard_exit::WizardExit;

impl Conversation<'_> {
    pub(super) async fn traffic(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Traffic, |choices| choices.flow.traffic = None).await?;
        let choices = vec![
            Choice::new("all", "accepted and rejected traffic", Some(Traffic::All)),
            Choice::new("accept", "accepted traffic", Some(Traffic::Accept)),
            Choice::new("reject", "rejected traffic", Some(Traffic::Reject)),
        ];
        let former = self.interview.former().choices.flow.traffic;
        let question = ChoiceQuestion { text: "which traffic?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Traffic, question, |draft, traffic| {
            draft.choices.flow.traffic = traffic;
        })
    }

    pub(super) async fn flow_format(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::FlowFormat, |choices| choices.flow.format = None).await?;
        let choices = vec![
            Choice::new("text", "plain text, gzip", Some(FlowFormat::Text)),
            Choice::new("parquet", "Apache Parquet", Some(FlowFormat::Parquet)),
        ];
        let former = self.interview.former().choices.flow.format;
        let question = ChoiceQuestion { text: "file format?", choices: with_default(choices, &default), former };
        self.one_of(Topic::FlowFormat, question, |draft, format| {
            draft.choices.flow.format = format;
        })
    }

    pub(super) async fn aggregation(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Aggregation, |choices| choices.flow.aggregation = None).await?;
        let choices = vec![
            Choice::new("10 minutes", "", Some(Aggregation::TenMinutes)),
            Choice::new("1 minute", "more records", Some(Aggregation::Minute)),
        ];
        let former = self.interview.former().choices.flow.aggregation;
        let question =
            ChoiceQuestion { text: "maximum aggregation interval?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Aggregation, question, |draft, aggregation| {
            draft.choices.flow.aggregation = aggregation;
        })
    }

    pub(super) async fn flow_folders(&mut self) -> Result<(), WizardExit> {
        let leave_open = |choices: &mut crate::producer::Choices| {
            choices.flow.hourly = None;
            choices.flow.hive = None;
        };
        let default = self.default_words(Topic::FlowFolders, leave_open).await?;
        let choices = vec![
            Choice::new("daily folders", "2026/11/24/", Some((false, false))),
            Choice::new("hourly folders", "2026/11/24/22/", Some((true, false))),
            Choice::new("daily Hive folders", "year=2026/month=11/day=24/", Some((false, true))),
            Choice::new("hourly Hive folders", "year=2026/month=11/day=24/hour=22/", Some((true, true))),
        ];
        let flow = self.interview.former().choices.flow;
        let former = flow.hourly.zip(flow.hive);
        let question = ChoiceQuestion { text: "which folders?", choices: with_default(choices, &default), former };
        self.one_of(Topic::FlowFolders, question, |draft, folders| {
            draft.choices.flow.hourly = folders.map(|(hourly, _)| hourly);
            draft.choices.flow.hive = folders.map(|(_, hive)| hive);
        })
    }

    /// Returns the effective value that a draft gives to a setting of the first source's flow log. `None` if the topic
    /// is about another log service.
    pub(super) async fn flow_setting(&mut self, topic: Topic, draft: &Draft) -> Result<Option<String>, WizardExit> {
        let Some(settings) = self.flow_log(draft).await? else { return Ok(None) };
        Ok(match topic {
            Topic::Traffic => Some(settings.traffic.map_or("all", Traffic::as_str).to_owned()),
            Topic::FlowFormat => Some(settings.format.as_str().to_owned()),
            Topic::Aggregation => Some(if settings.aggregation == 60 { "1 minute" } else { "10 minutes" }.to_owned()),
            Topic::FlowFolders => Some(settings.keys().to_string()),
            Topic::Producer
            | Topic::LogTypes
            | Topic::Sources
            | Topic::Bucket
            | Topic::Encryption
            | Topic::Reports
            | Topic::Prefix
            | Topic::Partition
            | Topic::EmitInterval
            | Topic::Format
            | Topic::Frequency
            | Topic::Versions
            | Topic::Fields
            | Topic::Expiry
            | Topic::Options => None,
        })
    }

    async fn flow_log(&mut self, draft: &Draft) -> Result<Option<FlowLogSettings>, WizardExit> {
        let kind = draft.choices.kind(self.chosen_producer()?);
        let side = self.source_side().await?;
        let bucket = draft.bucket.as_ref().map(ToString::to_string).unwrap_or_default();
        let prefix = draft.prefix.clone().unwrap_or_default();
        Ok(side.sources.first().and_then(|source| kind.flow_log(source, &bucket, &prefix)))
    }
}
