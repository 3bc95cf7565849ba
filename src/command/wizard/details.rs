//! Asks for prefix, retention, and the options of a single log service. Each has a default.

use crate::cli::days;
use crate::producer::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, PartitionDate, Prefix, PrefixRule, Topic,
};
use crate::request::Draft;
use crate::ui::{Choice, Start};

use super::conversation::Conversation;
use super::halt::Halt;

/// The answers to the question of expiry.
#[derive(Clone, Copy, PartialEq)]
enum Expiry {
    Days(u32),
    Never,
    Other,
}

impl Conversation<'_> {
    pub(super) fn prefix(&mut self) -> Result<(), Halt> {
        let producer = self.chosen_producer()?;
        let check = |text: &str| Prefix::parse(producer, text).map(drop).map_err(|error| error.to_string());
        let question = match producer.facts().prefix {
            PrefixRule::Text => "key prefix, ending with `/` (blank for none)",
            PrefixRule::Folders | PrefixRule::LoadBalancer => "key prefix (blank for none)",
        };
        let former = self.interview.former().prefix.clone().unwrap_or_default();
        let prefix = self.prompt.text(question, Start::Text(&former), check)?;
        self.prompt.answered("prefix", if prefix.is_empty() { "none" } else { &prefix });
        self.interview.answer(Topic::Prefix, |draft| draft.prefix = Some(prefix));
        Ok(())
    }

    pub(super) fn expiry(&mut self) -> Result<(), Halt> {
        let former = self.interview.former().expire_days;
        let moved = self.interview.draft().transition.map(|transition| transition.days);
        let days = loop {
            let mut choices = vec![
                Choice::new("30 days", "", Expiry::Days(30)),
                Choice::new("90 days", "", Expiry::Days(90)),
                Choice::new("365 days", "", Expiry::Days(365)),
                Choice::new("never", "no lifecycle rule", Expiry::Never),
                Choice::new("other", "type a number of days", Expiry::Other),
            ];
            // Logs that move to another storage class must expire later.
            choices.retain(|choice| match choice.value {
                Expiry::Days(days) => moved.is_none_or(|moved| days > moved),
                Expiry::Never | Expiry::Other => true,
            });
            let current = former.map_or(Expiry::Never, Expiry::Days);
            let at = choices.iter().position(|choice| choice.value == current).unwrap_or(choices.len() - 1);
            match self.prompt.choose("expire logs after?", choices, at)? {
                Expiry::Days(days) => break Some(days),
                Expiry::Never => break None,
                Expiry::Other => match self.days(former, moved) {
                    Ok(days) => break Some(days),
                    Err(Halt::Back) => {}
                    Err(halt) => return Err(halt),
                },
            }
        };
        let words = days.map_or_else(|| "never".to_owned(), |days| format!("after {days} days"));
        self.prompt.answered(Topic::Expiry.title(), &words);
        self.interview.answer(Topic::Expiry, |draft| draft.expire_days = days);
        Ok(())
    }

    fn days(&self, former: Option<u32>, moved: Option<u32>) -> Result<u32, Halt> {
        let former = former.map(|days| days.to_string()).unwrap_or_default();
        let check = |text: &str| match (days(text)?, moved) {
            (days, Some(moved)) if days <= moved => {
                Err(format!("must be more than {moved}: the logs move to another storage class first"))
            }
            _ => Ok(()),
        };
        let text = self.prompt.text("days", Start::Text(&former), check)?;
        days(&text).map_err(|_| Halt::Back)
    }

    pub(super) fn partition(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("default", "the source's current setting, else event time", None),
            Choice::new("by event time", "when the request was made", Some(PartitionDate::Event)),
            Choice::new("by delivery time", "when the log was delivered", Some(PartitionDate::Delivery)),
        ];
        let former = self.interview.former().choices.partition;
        self.one_of(Topic::Partition, "date in log paths?", choices, &former, |draft, date| {
            draft.choices.partition = date;
        })
    }

    pub(super) fn format(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("csv", "comma-separated, gzip", InventoryFormat::Csv),
            Choice::new("orc", "Apache ORC", InventoryFormat::Orc),
            Choice::new("parquet", "Apache Parquet", InventoryFormat::Parquet),
        ];
        let former = self.interview.former().choices.format.unwrap_or(InventoryFormat::Csv);
        self.one_of(Topic::Format, "report format?", choices, &former, |draft, format| {
            draft.choices.format = Some(format);
        })
    }

    pub(super) fn frequency(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("daily", "", InventoryFrequency::Daily),
            Choice::new("weekly", "every Sunday (UTC)", InventoryFrequency::Weekly),
        ];
        let former = self.interview.former().choices.frequency.unwrap_or(InventoryFrequency::Daily);
        self.one_of(Topic::Frequency, "report frequency?", choices, &former, |draft, often| {
            draft.choices.frequency = Some(often);
        })
    }

    pub(super) fn versions(&mut self) -> Result<(), Halt> {
        let choices = vec![
            Choice::new("current", "only the current version of each object", InventoryVersions::Current),
            Choice::new("all", "every version", InventoryVersions::All),
        ];
        let former = self.interview.former().choices.versions.unwrap_or(InventoryVersions::Current);
        self.one_of(Topic::Versions, "which object versions?", choices, &former, |draft, which| {
            draft.choices.versions = Some(which);
        })
    }

    /// Asks for one of a few choices, with the former answer under the cursor. The label is shown as the answer.
    fn one_of<T: PartialEq>(
        &mut self,
        topic: Topic,
        question: &str,
        choices: Vec<Choice<T>>,
        former: &T,
        take: impl FnOnce(&mut Draft, T),
    ) -> Result<(), Halt> {
        let at = choices.iter().position(|choice| choice.value == *former).unwrap_or_default();
        let labelled = choices.into_iter().map(|choice| {
            let value = (choice.label.clone(), choice.value);
            Choice::new(choice.label, choice.note, value)
        });
        let (label, value) = self.prompt.choose(question, labelled.collect(), at)?;
        self.prompt.answered(topic.title(), &label);
        self.interview.answer(topic, |draft| take(draft, value));
        Ok(())
    }

    pub(super) fn fields(&mut self) -> Result<(), Halt> {
        let choices = InventoryField::ALL.map(|field| Choice::new(field.as_str(), "", field)).to_vec();
        let former = self.interview.former().choices.fields.clone();
        let former = former.unwrap_or_else(|| InventoryField::USUAL.into_iter().collect());
        let checked = InventoryField::ALL.iter().enumerate().filter(|(_, field)| former.contains(field));
        let checked: Vec<usize> = checked.map(|(index, _)| index).collect();
        let fields = self.prompt.several("extra report columns?", choices, &checked)?;
        let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        self.prompt
            .answered(Topic::Fields.title(), &if words.is_empty() { "none".to_owned() } else { words.join(", ") });
        self.interview.answer(Topic::Fields, |draft| draft.choices.fields = Some(fields.into_iter().collect()));
        Ok(())
    }
}
