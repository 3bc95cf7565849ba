//! Asks for the log service, its logs, and the load balancers or buckets that log.

use crate::aws::SourceSide;
use crate::model::Seen;
use crate::plan::unusable_source;
use crate::producer::{Attachment, Kind, LogType, Producer, Source, SourceName, Topic};
use crate::ui::{Audience, Choice, Select, Selection, Sentences, sentences_for};

use super::conversation::Conversation;
use super::greeting::Who;
use super::wizard_exit::WizardExit;
use crate::command::listed_health::DeadLogs;

#[derive(Clone, Copy)]
enum ListAction {
    LookUp,
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
        let former = self.interview.former().producer;
        let at = Producer::ALL.into_iter().position(|producer| Some(producer) == former).unwrap_or_default();
        let producer = self.prompt.choose("which service will log?", choices, at)?.ok_or(WizardExit::OtherRegion)?;
        self.prompt.answered(Topic::Producer.title(), producer.title());
        self.interview.draft().refuse_foreign_flags(producer).map_err(WizardExit::Unusable)?;
        self.interview.answer(Topic::Producer, |draft| draft.producer = Some(producer));
        Ok(())
    }

    pub(super) fn log_types(&mut self) -> Result<(), WizardExit> {
        let choices = LogType::ALL.map(|log| Choice::new(log.as_str(), log.offer(), ())).to_vec();
        let former = &self.interview.former().choices.log_types;
        let checked: Vec<usize> = match LogType::ALL.iter().enumerate().filter(|(_, log)| former.contains(log)) {
            none if none.clone().next().is_none() => vec![0],
            some => some.map(|(index, _)| index).collect(),
        };
        let all = (0..LogType::ALL.len()).collect();
        let select = Select {
            groups: vec![(format!("all {}", LogType::ALL.len()), all)],
            ..Select::new("which logs?", choices, &checked)
        };
        let Selection::Checked(places) = self.prompt.select(select)? else { return Err(WizardExit::Back) };
        let logs: Vec<LogType> = places.iter().filter_map(|place| LogType::ALL.get(*place)).copied().collect();
        let words: Vec<&str> = logs.iter().map(|log| log.as_str()).collect();
        self.prompt.answered(Topic::LogTypes.title(), &words.join(", "));
        self.interview.answer(Topic::LogTypes, |draft| draft.choices.log_types = logs.into_iter().collect());
        Ok(())
    }

    pub(super) async fn sources(&mut self) -> Result<(), WizardExit> {
        let (producer, who) = (self.chosen_producer()?, self.who()?);
        let plural = producer.facts().source.plural();
        let listed = match self.listed(producer, &who).await? {
            Seen::Present(listed) if !listed.is_empty() => listed,
            Seen::Present(_) | Seen::Absent => {
                let what = format!("account {} has no {plural} in {}", who.caller.account, who.region);
                self.prompt.problem(&what, Some("select `another Region`, or type a name or an ARN"));
                Vec::new()
            }
            Seen::Denied(denial) => {
                let what = format!("couldn't list the {plural}: {}", denial.outcome());
                self.prompt.problem(&what, Some("type a name or an ARN"));
                Vec::new()
            }
        };
        // A single source is not asked for, unless the user comes back for another one.
        let is_first = self.interview.former().sources.is_empty() && !self.interview.is_changing(Topic::Sources);
        let only = match listed.as_slice() {
            [only] if is_first && unusable_source(producer, only).is_none() => Some(only.clone()),
            _ => None,
        };
        let was_asked = only.is_none();
        let side = match only {
            Some(only) => SourceSide { caller: who.caller.clone(), region: who.region.clone(), sources: vec![only] },
            None => self.selected(producer, &who, listed).await?,
        };
        let names: Vec<String> = side.sources.iter().map(|source| source.name().to_owned()).collect();
        let words: Vec<String> = side.sources.iter().map(|source| source.word_in(&who.region)).collect();
        if was_asked {
            self.prompt.answered(if names.len() == 1 { "source" } else { "sources" }, &names.join(", "));
            self.interview.answer(Topic::Sources, |draft| draft.sources = words);
        } else {
            let singular = side.sources.first().map_or("source", Source::noun);
            self.prompt.answered("source", &format!("{} (the only {singular} in {})", names.join(", "), who.region));
            self.interview.settle(Topic::Sources, |draft| draft.sources = words);
        }
        self.side = Some(side);
        Ok(())
    }

    /// Lists the account's load balancers or buckets, with the current logs of each.
    async fn listed(&self, producer: Producer, who: &Who) -> Result<Seen<Vec<Source>>, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let what = format!("the {} of {}", producer.facts().source.plural(), who.region);
        let read = self.aws.sources_to_choose(&who.region, &who.caller, &kind);
        self.look(&what, read).await
    }

    /// Returns the logs of the listed sources that never arrive.
    async fn dead_logs(&self, kind: &Kind, who: &Who, listed: &[Source]) -> Result<DeadLogs, WizardExit> {
        let logs = listed.iter().flat_map(|source| Attachment::selected_by(source, kind)).collect();
        let dead = Box::pin(DeadLogs::find(&self.aws, &who.caller, logs, self.reporter));
        self.look("where the logs go", async { Ok::<_, WizardExit>(dead.await) }).await
    }

    /// Asks for one or several sources, from the list or by name.
    async fn selected(&self, producer: Producer, who: &Who, mut listed: Vec<Source>) -> Result<SourceSide, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let dead = self.dead_logs(&kind, who, &listed).await?;
        let former = &self.interview.former().sources;
        let was_chosen = |source: &Source| former.contains(&source.word_in(&who.region));
        let mut checked: Vec<usize> = places(&listed, was_chosen);
        let mut typed = String::new();
        loop {
            let offer = |text: &str| {
                let refusal = names(producer, text).err();
                Some(Choice::new(format!("look up {text}"), "", ListAction::LookUp).refused(refusal))
            };
            let question = format!("which {}?", producer.facts().source.plural());
            let selected = self.prompt.select(Select {
                question: &question,
                choices: listed.iter().map(|source| choice(&kind, source, &dead)).collect(),
                checked: &checked,
                groups: groups(&kind, &listed, &dead),
                fixed: vec![Choice::new("another Region", format!("now {}", who.region), ListAction::OtherRegion)],
                offer: &offer,
                typed: &typed,
                needs_one: true,
            })?;
            match selected {
                Selection::Checked(places) => {
                    let sources = places.iter().filter_map(|place| listed.get(*place)).cloned().collect();
                    return Ok(SourceSide { caller: who.caller.clone(), region: who.region.clone(), sources });
                }
                Selection::Action { value: ListAction::OtherRegion, .. } => return Err(WizardExit::OtherRegion),
                Selection::Action { value: ListAction::LookUp, checked: before, typed: text } => {
                    (checked, typed) = (before, text);
                    let Some(side) = self.looked_up(producer, who, &typed).await? else { continue };
                    if checked.is_empty() {
                        return Ok(side);
                    }
                    if side.region != who.region {
                        self.prompt.problem(
                            &format!("that is in {}, but the selected sources are in {}", side.region, who.region),
                            Some("a destination must be in the same Region as its sources: set them up in two runs"),
                        );
                        continue;
                    }
                    for source in side.sources {
                        let known = listed.iter().position(|other| other.name() == source.name());
                        checked.push(known.unwrap_or(listed.len()));
                        listed.extend(known.is_none().then_some(source));
                    }
                    typed.clear();
                }
            }
        }
    }

    /// Reads the sources that a typed text names. If they can't be used, reports why and returns `None`.
    async fn looked_up(&self, producer: Producer, who: &Who, typed: &str) -> Result<Option<SourceSide>, WizardExit> {
        let kind = self.interview.draft().choices.kind(producer);
        let Ok(names) = names(producer, typed) else { return Ok(None) };
        match self.look(typed, self.aws.source_side(&who.region, &names, &who.caller, &kind)).await {
            Ok(side) => match side.sources.iter().find_map(|source| unusable_source(producer, source)) {
                Some(why) => {
                    let Sentences { what, hint, .. } = sentences_for(&why, Audience::Wizard);
                    self.prompt.problem(&what, hint.as_deref());
                    Ok(None)
                }
                None => Ok(Some(side)),
            },
            // Another name may work, or someone may grant the permission before the next attempt.
            Err(WizardExit::Failed(error)) if error.is_about_a_source() => {
                self.failed(&error);
                Ok(None)
            }
            Err(halt) => Err(halt),
        }
    }

    /// Returns the chosen sources. Reads them first if flags named them.
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
                self.failed(&error);
                return Err(WizardExit::Reopen(Topic::Sources));
            }
            side => side?,
        };
        if let Some(why) = side.sources.iter().find_map(|source| unusable_source(producer, source)) {
            let Sentences { what, hint, .. } = sentences_for(&why, Audience::Wizard);
            self.prompt.problem(&what, hint.as_deref());
            return Err(WizardExit::Reopen(Topic::Sources));
        }
        self.side = Some(side.clone());
        Ok(side)
    }
}

fn choice(kind: &Kind, source: &Source, dead: &DeadLogs) -> Choice<()> {
    let refusal = unusable_source(kind.producer(), source).map(|why| {
        let Sentences { what, hint, .. } = sentences_for(&why, Audience::Wizard);
        hint.map_or_else(|| what.clone(), |hint| format!("{what}; {hint}"))
    });
    let health = if is_dead(kind, source, dead) { " - dead" } else { "" };
    Choice::new(source.name(), format!("{}{health}", kind.today(source)), ()).refused(refusal)
}

/// Returns whether one of the source's logs never arrives.
fn is_dead(kind: &Kind, source: &Source, dead: &DeadLogs) -> bool {
    Attachment::selected_by(source, kind).iter().any(|log| dead.contains(log))
}

/// Returns the groups that can be selected at once: all sources, and the sources whose logs are off or dead.
fn groups(kind: &Kind, listed: &[Source], dead: &DeadLogs) -> Vec<(String, Vec<usize>)> {
    let all = places(listed, |source| unusable_source(kind.producer(), source).is_none());
    let is_off = |source: &Source| {
        let mut logs = Attachment::selected_by(source, kind).into_iter();
        logs.all(|log| matches!(log.target, Seen::Absent))
    };
    let off: Vec<usize> = all.iter().copied().filter(|place| listed.get(*place).is_some_and(is_off)).collect();
    let is_dead = |source: &Source| is_dead(kind, source, dead);
    let dead: Vec<usize> = all.iter().copied().filter(|place| listed.get(*place).is_some_and(is_dead)).collect();
    let count = all.len();
    let part = |of: Vec<usize>, what: &str| {
        (!of.is_empty() && of.len() < count).then(|| (format!("all that are {what} ({})", of.len()), of))
    };
    let whole = (count > 1).then(|| (format!("all {count}"), all));
    whole.into_iter().chain(part(dead, "dead")).chain(part(off, "off")).collect()
}

fn places(listed: &[Source], is_wanted: impl Fn(&Source) -> bool) -> Vec<usize> {
    listed.iter().enumerate().filter(|(_, source)| is_wanted(source)).map(|(place, _)| place).collect()
}

/// Parses names or ARNs, separated by commas.
fn names(producer: Producer, text: &str) -> Result<Vec<SourceName>, String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let names: Vec<SourceName> = words
        .map(|word| SourceName::parse(producer, word).map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    if names.is_empty() { Err("enter a name or an ARN".to_owned()) } else { Ok(names) }
}
