//! Asks for the log service, its logs, and the load balancers or buckets that log.

use crate::aws::SourceSide;
use crate::model::{Denial, Seen};
use crate::plan::unusable_source;
use crate::producer::{LogType, Producer, Source, SourceName, Topic};
use crate::ui::{Choice, Start, Unanswered};

use super::conversation::Conversation;
use super::greeting::Who;
use super::wizard_exit::WizardExit;

enum Entry {
    Source(usize),
    Done,
    Type,
    OtherRegion,
}

impl Conversation<'_> {
    pub(super) fn who(&self) -> Result<Who, WizardExit> {
        self.who.clone().ok_or(WizardExit::Back)
    }

    pub(super) fn producer(&mut self) -> Result<(), WizardExit> {
        let region = self.who()?.region;
        let mut choices: Vec<Choice<Option<Producer>>> = Producer::ALL
            .into_iter()
            .map(|producer| Choice::new(producer.title(), producer.facts().offer, Some(producer)))
            .collect();
        choices.push(Choice::new("another Region", format!("now {region}"), None));
        let producer = self.prompt.choose("which service will log?", choices, 0)?.ok_or(WizardExit::OtherRegion)?;
        self.prompt.answered("producer", producer.title());
        self.interview.draft().refuse_foreign_flags(producer).map_err(WizardExit::Unusable)?;
        self.interview.answer(Topic::Producer, |draft| draft.producer = Some(producer));
        Ok(())
    }

    pub(super) fn log_types(&mut self) -> Result<(), WizardExit> {
        let choices = || LogType::ALL.map(|log| Choice::new(log.as_str(), log.offer(), log)).to_vec();
        let former = &self.interview.former().choices.log_types;
        let checked: Vec<usize> = match LogType::ALL.iter().enumerate().filter(|(_, log)| former.contains(log)) {
            none if none.clone().next().is_none() => vec![0],
            some => some.map(|(index, _)| index).collect(),
        };
        let logs = loop {
            let logs = self.prompt.several("which logs?", choices(), &checked)?;
            if !logs.is_empty() {
                break logs;
            }
            self.prompt.say("select at least one log (Space toggles)");
        };
        let words: Vec<&str> = logs.iter().map(|log| log.as_str()).collect();
        self.prompt.answered("logs", &words.join(", "));
        self.interview.answer(Topic::LogTypes, |draft| draft.choices.log_types = logs.into_iter().collect());
        Ok(())
    }

    pub(super) async fn sources(&mut self) -> Result<(), WizardExit> {
        let (producer, who) = (self.chosen_producer()?, self.who()?);
        let side = match self.listed(producer, &who).await? {
            Ok(listed) if !listed.is_empty() => self.picked(producer, &who, listed).await?,
            Ok(_) => {
                self.prompt.say(&format!(
                    "account {} has no {} in {}",
                    who.caller.account,
                    producer.facts().source.plural(),
                    who.region
                ));
                self.without_a_list(producer, &who).await?
            }
            Err(denial) => {
                self.prompt.say(&format!(
                    "couldn't list the {}: `{}` was denied or not answered",
                    producer.facts().source.plural(),
                    denial.action
                ));
                self.typed(producer, &who).await?
            }
        };
        let names: Vec<String> = side.sources.iter().map(|source| source.name().to_owned()).collect();
        self.prompt.answered(if names.len() == 1 { "source" } else { "sources" }, &names.join(", "));
        let words: Vec<String> = side.sources.iter().map(|source| source.word_in(&who.region)).collect();
        self.interview.answer(Topic::Sources, |draft| draft.sources = words);
        self.side = Some(side);
        Ok(())
    }

    /// Lists the account's load balancers or buckets with what each logs today, or returns why they can't be listed.
    async fn listed(&self, producer: Producer, who: &Who) -> Result<Result<Vec<Source>, Denial>, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let what = format!("the {} of {}", producer.facts().source.plural(), who.region);
        let read = self.aws.sources_to_choose(&who.region, &who.caller, &kind);
        Ok(match self.look(&what, read).await? {
            Seen::Present(listed) => Ok(listed),
            Seen::Absent => Ok(Vec::new()),
            Seen::Denied(denial) => Err(denial),
        })
    }

    /// Asks for one or several sources, from the list or by name.
    async fn picked(&self, producer: Producer, who: &Who, mut listed: Vec<Source>) -> Result<SourceSide, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let mut chosen: Vec<usize> = Vec::new();
        loop {
            let mut choices = Vec::new();
            if !chosen.is_empty() {
                let names: Vec<&str> = chosen.iter().filter_map(|index| listed.get(*index)).map(Source::name).collect();
                choices.push(Choice::new("done", names.join(", "), Entry::Done));
            }
            for (index, source) in listed.iter().enumerate() {
                let mark = if chosen.contains(&index) { "selected; " } else { "" };
                let note = format!("{mark}{}", kind.today(source));
                choices.push(Choice::new(source.name(), note, Entry::Source(index)));
            }
            let others = vec![
                Choice::new("enter a name or an ARN", "", Entry::Type),
                Choice::new("another Region", format!("now {}", who.region), Entry::OtherRegion),
            ];
            let question = match chosen.len() {
                0 => format!("which {}?", producer.facts().source.noun()),
                _ => "more? (Enter on a selected one removes it)".to_owned(),
            };
            let entry = match self.prompt.search(&question, choices, others) {
                // Going back undoes the last choice, if there is one.
                Err(Unanswered::Back) if chosen.pop().is_some() => continue,
                entry => entry?,
            };
            match entry {
                Entry::Done => break,
                Entry::Type => match self.typed(producer, who).await {
                    Ok(side) if side.region != who.region && chosen.is_empty() => return Ok(side),
                    Ok(side) if side.region != who.region => self.prompt.problem(
                        &format!("that is in {}, but the selected sources are in {}", side.region, who.region),
                        Some("a destination must be in the same Region as its sources; set them up in two runs"),
                    ),
                    Ok(side) => {
                        for source in side.sources {
                            let known = listed.iter().position(|other| other.name() == source.name());
                            let index = known.unwrap_or(listed.len());
                            if known.is_none() {
                                listed.push(source);
                            }
                            if !chosen.contains(&index) {
                                chosen.push(index);
                            }
                        }
                    }
                    // Back from the name to the list.
                    Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
                Entry::OtherRegion => return Err(WizardExit::OtherRegion),
                Entry::Source(index) => match chosen.iter().position(|before| *before == index) {
                    Some(at) => drop(chosen.remove(at)),
                    None => match listed.get(index).and_then(|source| unusable_source(producer, source)) {
                        Some(why) => self.prompt.problem(&why.what, why.hint()),
                        None => chosen.push(index),
                    },
                },
            }
        }
        let sources = chosen.iter().filter_map(|index| listed.get(*index)).cloned().collect();
        Ok(SourceSide { caller: who.caller.clone(), region: who.region.clone(), sources })
    }

    /// Asks for another Region or a name if there is nothing to choose from.
    async fn without_a_list(&self, producer: Producer, who: &Who) -> Result<SourceSide, WizardExit> {
        loop {
            let choices = vec![
                Choice::new("another Region", format!("now {}", who.region), Entry::OtherRegion),
                Choice::new("enter a name or an ARN", "", Entry::Type),
            ];
            match self.prompt.choose("where to look?", choices, 0)? {
                Entry::Type => match self.typed(producer, who).await {
                    Err(WizardExit::Back) => {}
                    typed => return typed,
                },
                Entry::Done | Entry::OtherRegion | Entry::Source(_) => return Err(WizardExit::OtherRegion),
            }
        }
    }

    /// Asks for names until they are valid and the sources exist.
    async fn typed(&self, producer: Producer, who: &Who) -> Result<SourceSide, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let check = |text: &str| match names(producer, text) {
            Ok(names) if names.is_empty() => Err("enter a name or an ARN".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        let mut typed = String::new();
        loop {
            let question = format!("{} name or ARN (comma-separated for several)", producer.facts().source.noun());
            typed = self.prompt.text(&question, Start::Text(&typed), check)?;
            let Ok(names) = names(producer, &typed) else { continue };
            match self.look(&typed, self.aws.source_side(&who.region, &names, &who.caller, &kind)).await {
                Ok(side) => match side.sources.iter().find_map(|source| unusable_source(producer, source)) {
                    Some(why) => self.prompt.problem(&why.what, why.hint()),
                    None => return Ok(side),
                },
                // Another name may work, or the permission may be granted meanwhile.
                Err(WizardExit::Failed(error)) if error.is_about_a_source() => {
                    self.prompt.problem(&error.to_string(), error.hint(&self.situation()).as_deref());
                }
                Err(halt) => return Err(halt),
            }
        }
    }

    /// Returns the chosen sources, from the list, or read if flags named them.
    pub(super) async fn source_side(&mut self) -> Result<SourceSide, WizardExit> {
        if let Some(side) = &self.side {
            return Ok(side.clone());
        }
        let (producer, who) = (self.chosen_producer()?, self.who()?);
        let draft = self.interview.draft();
        let parsed: Result<Vec<SourceName>, _> =
            draft.sources.iter().map(|text| SourceName::parse(producer, text)).collect();
        let names = parsed.map_err(|error| WizardExit::Unusable(error.into()))?;
        let kind = draft.choices.kind(producer);
        let side = match self.look("the sources", self.aws.source_side(&who.region, &names, &who.caller, &kind)).await {
            Err(WizardExit::Failed(error)) if error.is_about_a_source() => {
                self.prompt.problem(&error.to_string(), error.hint(&self.situation()).as_deref());
                return Err(WizardExit::Reopen(Topic::Sources));
            }
            side => side?,
        };
        if let Some(why) = side.sources.iter().find_map(|source| unusable_source(producer, source)) {
            self.prompt.problem(&why.what, why.hint());
            return Err(WizardExit::Reopen(Topic::Sources));
        }
        self.side = Some(side.clone());
        Ok(side)
    }
}

fn names(producer: Producer, text: &str) -> Result<Vec<SourceName>, String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| SourceName::parse(producer, word).map_err(|error| error.to_string())).collect()
}
