//! Asks for the key prefix, the expiry, and the options of a single log service. Each has a default.

use std::collections::BTreeSet;

use crate::cli::days;
use crate::producer::{
    Choices, EmitInterval, InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, PartitionDate,
    Prefix, Producer, Topic,
};
use crate::request::{Draft, Expiry};
use crate::ui::{Choice, Select, Selection};

use super::conversation::Conversation;
use super::destination::BucketChoice;
use super::wizard_exit::WizardExit;

/// The expiry that is proposed for a new bucket.
pub(super) const USUAL_DAYS: u32 = 365;

/// The possible answers about expiry.
#[derive(Clone, Copy, PartialEq)]
enum Entry {
    Days(u32),
    Never,
    Other,
}

/// A question with a few possible answers.
pub(super) struct ChoiceQuestion<T> {
    pub(super) text: &'static str,
    pub(super) choices: Vec<Choice<T>>,
    /// The answer from before, if the question is asked again.
    pub(super) former: T,
}

impl Conversation<'_> {
    pub(super) async fn prefix(&mut self) -> Result<(), WizardExit> {
        let producer = self.chosen_producer()?;
        let today = self.prefix_today(producer).await?;
        let check = |text: &str| Prefix::parse(producer, text).map(drop).map_err(|error| error.to_string());
        let question = if producer.facts().prefix.is_free_text() {
            "key prefix, ending with `/` (blank for none)"
        } else {
            "key prefix (blank for none)"
        };
        let mut former = self.interview.former().prefix.clone().or_else(|| today.clone()).unwrap_or_default();
        let mut warned = producer.facts().prefix.is_free_text().then(|| former.clone());
        let prefix = loop {
            let prefix = self.prompt.text(question, &former, check)?;
            // The user may want such a prefix, so the same answer counts the second time.
            match &mut warned {
                Some(warned) if is_no_folder(&prefix) && *warned != prefix => {
                    let what = format!("prefix `{prefix}` does not end with `/`, so it is not a folder");
                    self.prompt.problem(&what, Some("add the `/`, or press Enter again to keep it"));
                    former.clone_from(&prefix);
                    *warned = prefix;
                }
                Some(_) | None => break prefix,
            }
        };
        self.prompt.answered(Topic::Prefix.title(), if prefix.is_empty() { "none" } else { &prefix });
        // Without the flag, the sources keep their current prefix.
        let said = !prefix.is_empty() || today.is_some_and(|today| !today.is_empty());
        self.interview.answer(Topic::Prefix, |draft| draft.prefix = said.then_some(prefix));
        Ok(())
    }

    /// Returns the prefix under which the sources log to the bucket today.
    pub(super) async fn prefix_today(&mut self, producer: Producer) -> Result<Option<String>, WizardExit> {
        let Some(bucket) = self.interview.draft().bucket.clone() else { return Ok(None) };
        let kind = self.interview.draft().choices.kind(producer);
        let side = self.source_side().await?;
        Ok(kind.prefix_today(&side.sources, &bucket).map(|prefix| prefix.to_string()))
    }

    /// Returns the expiry of a new bucket's logs if the user chooses none. An existing bucket has no default, because it
    /// may contain logs that someone wants to keep.
    pub(super) fn default_expiry(&self) -> Option<u32> {
        let is_open = self.interview.options().any(|topic| topic == Topic::Expiry);
        let moved = self.interview.draft().transition.map_or(0, |transition| transition.days);
        (is_open && moved < USUAL_DAYS).then_some(USUAL_DAYS)
    }

    /// Returns the chosen expiry, or else the default for the chosen destination.
    pub(super) fn effective_expiry(&self) -> Option<u32> {
        let is_new = matches!(self.destination, Some(BucketChoice::New));
        self.interview.draft().expiry.or(self.default_expiry().filter(|_| is_new))
    }

    /// Asks for the expiry. The costs are those of S3 Standard in us-east-1, at 0.023 USD per GB and month
    /// (<https://aws.amazon.com/s3/pricing/>).
    pub(super) fn expiry(&mut self) -> Result<(), WizardExit> {
        let former = self.interview.former().expiry.or(self.effective_expiry());
        let moved = self.interview.draft().transition.map(|transition| transition.days);
        let days = loop {
            let mut choices = vec![
                Choice::new("30 days", "about 0.02 USD for each GB of logs", Entry::Days(30)),
                Choice::new("90 days", "about 0.07 USD", Entry::Days(90)),
                Choice::new("365 days", "about 0.28 USD", Entry::Days(USUAL_DAYS)),
                Choice::new("never", "no lifecycle rule: about 0.28 USD each year", Entry::Never),
                Choice::new("other", "type a number of days", Entry::Other),
            ];
            // Logs that move to another storage class must not expire before they move.
            choices.retain(|choice| match choice.value {
                Entry::Days(days) => moved.is_none_or(|moved| days > moved),
                Entry::Never | Entry::Other => true,
            });
            let current = former.map_or(Entry::Never, Entry::Days);
            let at = choices.iter().position(|choice| choice.value == current).unwrap_or(choices.len() - 1);
            match self.prompt.choose("expire logs after?", choices, at)? {
                Entry::Days(days) => break Some(days),
                Entry::Never => break None,
                Entry::Other => match self.days(former, moved) {
                    Ok(days) => break Some(days),
                    Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
            }
        };
        self.prompt.answered(Topic::Expiry.title(), &expiry_words(days));
        self.interview.answer(Topic::Expiry, |draft| draft.expiry = Expiry::Chosen(days));
        Ok(())
    }

    fn days(&self, former: Option<u32>, moved: Option<u32>) -> Result<u32, WizardExit> {
        let former = former.map(|days| days.to_string()).unwrap_or_default();
        let check = |text: &str| match (days(text)?, moved) {
            (days, Some(moved)) if days <= moved => {
                Err(format!("must be more than {moved}: the logs move to another storage class first"))
            }
            _ => Ok(()),
        };
        let text = self.prompt.text("days", &former, check)?;
        days(&text).map_err(|_| WizardExit::Back)
    }

    pub(super) async fn partition(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Partition, |choices| choices.partition = None).await?;
        let choices = vec![
            Choice::new("event time", "when the request was made", Some(PartitionDate::Event)),
            Choice::new("delivery time", "when the log was delivered", Some(PartitionDate::Delivery)),
        ];
        let former = self.interview.former().choices.partition;
        let question = ChoiceQuestion { text: "date in log paths?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Partition, question, |draft, date| {
            draft.choices.partition = date;
        })
    }

    pub(super) async fn emit_interval(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::EmitInterval, |choices| choices.emit_interval = None).await?;
        let choices = vec![
            Choice::new("every 60 minutes", "", Some(EmitInterval::Sixty)),
            Choice::new("every 5 minutes", "more files, and sooner", Some(EmitInterval::Five)),
        ];
        let former = self.interview.former().choices.emit_interval;
        let question =
            ChoiceQuestion { text: "publish logs how often?", choices: with_default(choices, &default), former };
        self.one_of(Topic::EmitInterval, question, |draft, interval| {
            draft.choices.emit_interval = interval;
        })
    }

    pub(super) async fn format(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Format, |choices| choices.format = None).await?;
        let choices = vec![
            Choice::new("csv", "comma-separated, gzip", Some(InventoryFormat::Csv)),
            Choice::new("orc", "Apache ORC", Some(InventoryFormat::Orc)),
            Choice::new("parquet", "Apache Parquet", Some(InventoryFormat::Parquet)),
        ];
        let former = self.interview.former().choices.format;
        let question = ChoiceQuestion { text: "report format?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Format, question, |draft, format| {
            draft.choices.format = format;
        })
    }

    pub(super) async fn frequency(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Frequency, |choices| choices.frequency = None).await?;
        let choices = vec![
            Choice::new("daily", "", Some(InventoryFrequency::Daily)),
            Choice::new("weekly", "every Sunday (UTC)", Some(InventoryFrequency::Weekly)),
        ];
        let former = self.interview.former().choices.frequency;
        let question = ChoiceQuestion { text: "report frequency?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Frequency, question, |draft, often| {
            draft.choices.frequency = often;
        })
    }

    pub(super) async fn versions(&mut self) -> Result<(), WizardExit> {
        let default = self.default_words(Topic::Versions, |choices| choices.versions = None).await?;
        let choices = vec![
            Choice::new("current", "only the current version of each object", Some(InventoryVersions::Current)),
            Choice::new("all", "every version", Some(InventoryVersions::All)),
        ];
        let former = self.interview.former().choices.versions;
        let question =
            ChoiceQuestion { text: "which object versions?", choices: with_default(choices, &default), former };
        self.one_of(Topic::Versions, question, |draft, which| {
            draft.choices.versions = which;
        })
    }

    /// Asks for one of a few choices, with the former answer under the cursor. The label is shown as the answer.
    pub(super) fn one_of<T: PartialEq>(
        &mut self,
        topic: Topic,
        ChoiceQuestion { text, choices, former }: ChoiceQuestion<T>,
        take: impl FnOnce(&mut Draft, T),
    ) -> Result<(), WizardExit> {
        let at = choices.iter().position(|choice| choice.value == former).unwrap_or_default();
        let labelled = choices.into_iter().map(|choice| {
            let value = (choice.label.clone(), choice.value);
            Choice::new(choice.label, choice.note, value)
        });
        let (label, value) = self.prompt.choose(text, labelled.collect(), at)?;
        self.prompt.answered(topic.title(), &label);
        self.interview.answer(topic, |draft| take(draft, value));
        Ok(())
    }

    pub(super) async fn fields(&mut self) -> Result<(), WizardExit> {
        let choices = InventoryField::ALL.map(|field| Choice::new(field.as_str(), "", ())).to_vec();
        let asked = self.interview.former().choices.clone();
        let former = match asked.fields.clone() {
            Some(fields) => fields,
            None => self.fields_today(&asked).await?,
        };
        let checked = InventoryField::ALL.iter().enumerate().filter(|(_, field)| former.contains(field));
        let checked: Vec<usize> = checked.map(|(index, _)| index).collect();
        let all = (0..InventoryField::ALL.len()).collect();
        let select = Select {
            groups: vec![(format!("all {}", InventoryField::ALL.len()), all)],
            needs_one: false,
            ..Select::new("extra report columns?", choices, &checked)
        };
        let Selection::Checked(places) = self.prompt.select(select)? else { return Err(WizardExit::Back) };
        let fields: Vec<InventoryField> =
            places.iter().filter_map(|place| InventoryField::ALL.get(*place)).copied().collect();
        let words: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        self.prompt
            .answered(Topic::Fields.title(), &if words.is_empty() { "none".to_owned() } else { words.join(", ") });
        let fields: BTreeSet<InventoryField> = fields.into_iter().collect();
        // Without the flag, each inventory keeps its columns.
        let said = asked.fields.is_some() || fields != former;
        self.interview.answer(Topic::Fields, |draft| draft.choices.fields = said.then_some(fields));
        Ok(())
    }

    /// Returns the columns of the first existing inventory, or else the usual columns.
    async fn fields_today(&mut self, asked: &Choices) -> Result<BTreeSet<InventoryField>, WizardExit> {
        let kind = asked.kind(self.chosen_producer()?);
        let side = self.source_side().await?;
        let today = side.sources.iter().find_map(|source| kind.fields_of(source));
        Ok(today.unwrap_or_else(InventoryField::usual))
    }
}

/// Returns whether keys with this prefix mix with the keys of longer prefixes.
fn is_no_folder(prefix: &str) -> bool {
    !prefix.is_empty() && !prefix.ends_with('/')
}

/// Marks the choice that is the default, instead of offering the default a second time. `label` is the default's label
/// among the choices; another default becomes the first choice.
pub(super) fn with_default<T>(choices: Vec<Choice<Option<T>>>, label: &str) -> Vec<Choice<Option<T>>> {
    let is_default = |choice: &Choice<Option<T>>| choice.label == label;
    let other = (!choices.iter().any(is_default)).then(|| Choice::new(format!("{label} (default)"), "", None));
    let mark = |choice: Choice<Option<T>>| {
        if is_default(&choice) { Choice::new(format!("{label} (default)"), choice.note, None) } else { choice }
    };
    other.into_iter().chain(choices.into_iter().map(mark)).collect()
}

/// Returns when logs expire, as text.
pub(super) fn expiry_words(days: Option<u32>) -> String {
    days.map_or_else(|| "never".to_owned(), |days| format!("after {days} days"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_offered_once() {
        let labels = |label: &str| {
            let choices = vec![Choice::new("daily", "", Some(1)), Choice::new("weekly", "Sundays", Some(7))];
            let choices = with_default(choices, label).into_iter();
            choices.map(|choice| (choice.label, choice.value)).collect::<Vec<_>>()
        };
        let owned = |label: &str, value| (label.to_owned(), value);
        assert_eq!(labels("daily"), [owned("daily (default)", None), owned("weekly", Some(7))]);
        assert_eq!(
            labels("none, as now"),
            [owned("none, as now (default)", None), owned("daily", Some(1)), owned("weekly", Some(7))]
        );
    }

    #[test]
    fn a_folder_ends_with_a_slash() {
        assert!(is_no_folder("logs") && !is_no_folder("logs/") && !is_no_folder(""));
    }
}
