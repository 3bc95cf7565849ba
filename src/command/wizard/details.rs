//! Prefix, retention, and the choices that only one producer has: each has a usual answer.

use crate::cli::days;
use crate::model::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, PartitionDate, Prefix, Producer,
};
use crate::request::{Draft, Topic};
use crate::ui::Choice;

use super::conversation::Conversation;
use super::halt::Halt;

/// The answers to "how long": a number of days, none, or one that is typed.
#[derive(Clone, Copy)]
enum Retention {
    Days(u32),
    Never,
    Other,
}

impl Conversation<'_> {
    pub(super) fn prefix(&mut self) -> Result<(), Halt> {
        let producer = self.chosen_producer()?;
        let check = |text: &str| Prefix::parse(producer, text).map(drop).map_err(|error| error.to_string());
        let question = match producer {
            Producer::S3Access => "prefix, with `/` at its end; empty for none",
            Producer::Alb | Producer::Inventory | Producer::Nlb => "prefix; empty for none",
        };
        let prefix = self.prompt.text(question, "", check)?;
        self.prompt.answered("prefix", if prefix.is_empty() { "none" } else { &prefix });
        self.interview.answer(Topic::Prefix, |draft| draft.prefix = Some(prefix));
        Ok(())
    }

    pub(super) fn expiry(&mut self) -> Result<(), Halt> {
        let days = loop {
            let choices = vec![
                Choice::new("30 days", "", Retention::Days(30)),
                Choice::new("90 days", "", Retention::Days(90)),
                Choice::new("365 days", "", Retention::Days(365)),
                Choice::new("never", "no lifecycle rule is set", Retention::Never),
                Choice::new("other", "type a number of days", Retention::Other),
            ];
            match self.prompt.choose("delete logs after?", choices, 3)? {
                Retention::Days(days) => break Some(days),
                Retention::Never => break None,
                Retention::Other => match self.days() {
                    Ok(days) => break Some(days),
                    Err(Halt::Back) => {}
                    Err(halt) => return Err(halt),
                },
            }
        };
        let words = days.map_or_else(|| "never".to_owned(), |days| format!("after {days} days"));
        self.prompt.answered("delete logs", &words);
        self.interview.answer(Topic::Expiry, |draft| draft.expire_days = days);
        Ok(())
    }

    fn days(&self) -> Result<u32, Halt> {
        let text = self.prompt.text("days", "", |text| days(text).map(drop))?;
        days(&text).map_err(|_| Halt::Back)
    }

    pub(super) fn partition(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("as usual", "as the source logs today, else by event time", None),
            Choice::new("by event time", "when the request was made", Some(PartitionDate::Event)),
            Choice::new("by delivery time", "when the log was delivered", Some(PartitionDate::Delivery)),
        ];
        self.one_of(Topic::Partition, "date folders?", choices, |draft, date| draft.partition = date)
    }

    pub(super) fn format(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("csv", "comma-separated, gzip", InventoryFormat::Csv),
            Choice::new("orc", "Apache ORC", InventoryFormat::Orc),
            Choice::new("parquet", "Apache Parquet", InventoryFormat::Parquet),
        ];
        self.one_of(Topic::Format, "report format?", choices, |draft, format| draft.format = Some(format))
    }

    pub(super) fn frequency(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("daily", "", InventoryFrequency::Daily),
            Choice::new("weekly", "every Sunday (UTC)", InventoryFrequency::Weekly),
        ];
        self.one_of(Topic::Frequency, "how often?", choices, |draft, frequency| draft.frequency = Some(frequency))
    }

    pub(super) fn versions(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("current", "only the current version of each object", InventoryVersions::Current),
            Choice::new("all", "every version", InventoryVersions::All),
        ];
        self.one_of(Topic::Versions, "which versions?", choices, |draft, versions| draft.versions = Some(versions))
    }

    /// One of a few, the first being usual; its label is the answer.
    fn one_of<T>(
        &mut self,
        topic: Topic,
        question: &str,
        choices: Vec<Choice<T>>,
        take: impl FnOnce(&mut Draft, T),
    ) -> Result<(), Halt> {
        let labelled = choices.into_iter().map(|choice| {
            let value = (choice.label.clone(), choice.value);
            Choice::new(choice.label, choice.note, value)
        });
        let (label, value) = self.prompt.choose(question, labelled.collect(), 0)?;
        self.prompt.answered(topic.title(), &label);
        self.interview.answer(topic, |draft| take(draft, value));
        Ok(())
    }

    pub(super) fn fields(&mut self) -> Result<(), Halt> {
        let choices = InventoryField::ALL.map(|field| Choice::new(field.as_str(), "", field)).to_vec();
        let usual = InventoryField::ALL.iter().enumerate().filter(|(_, field)| InventoryField::USUAL.contains(field));
        let usual: Vec<usize> = usual.map(|(index, _)| index).collect();
        let fields = self.prompt.several("columns beside bucket and key?", choices, &usual)?;
        let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        self.prompt.answered("columns", &if words.is_empty() { "none".to_owned() } else { words.join(", ") });
        self.interview.answer(Topic::Fields, |draft| draft.fields = Some(fields.into_iter().collect()));
        Ok(())
    }
}
