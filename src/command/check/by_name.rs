//! Finds sources by name alone, or asks for them on a terminal.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{Aws, LogsOfRegion, ObserveError};
use crate::command::listed_health::DeadLogs;
use crate::command::{CommandError, ErrorKind};
use crate::health::Report;
use crate::model::{Arn, Region, suggest};
use crate::producer::{Attachment, Producer};
use crate::request::Draft;
use crate::ui::{Choice, Progress, Prompt, PromptError, Reporter, Select, Selection};

use super::diagnosed::now;
use super::unasked::CheckError;

/// Returns the logs of the sources with these names or ARNs. If the draft has a log service, returns only the logs of
/// this service.
pub(super) async fn logs_of_names(
    aws: &Aws,
    names: &[String],
    draft: &Draft,
) -> Result<(Vec<Attachment>, Report), CheckError> {
    let (region, listed) = listed(aws, names, draft).await?;
    let LogsOfRegion { logs, unlisted, unread } = listed.logs;
    let is_named = |log: &Attachment, name: &String| log.source.name() == name || log.source.arn() == *name;
    let is_missing = |name: &&String| !logs.iter().any(|log| is_named(log, name));
    if let Some(name) = names.iter().find(is_missing) {
        return Err(missing(name, &region, &logs, &unlisted));
    }
    let chosen = |log: &Attachment| draft.choices.fit(log) && names.iter().any(|name| is_named(log, name));
    let mut report = Report::new(listed.caller, now());
    report.unread.extend(unread);
    Ok((logs.into_iter().filter(chosen).collect(), report))
}

struct ListedLogs {
    caller: crate::state::Identity,
    logs: LogsOfRegion,
}

/// Lists all logs of the Region in an ARN, or else of the configured Region.
async fn listed(aws: &Aws, names: &[String], draft: &Draft) -> Result<(Region, ListedLogs), CheckError> {
    let of_arn = names.iter().find_map(|name| name.parse::<Arn>().ok()?.region.parse::<Region>().ok());
    let configured = aws.source.region().map_err(ObserveError::BadRegion)?;
    let region = of_arn.or(configured).ok_or(ObserveError::NoRegion)?;
    let caller = aws.caller(&region).await?;
    let wanted: Vec<Producer> = draft.producer.map_or_else(|| Producer::ALL.to_vec(), |producer| vec![producer]);
    let mut logs = aws.logs_of_region(&region, &caller, &wanted).await?;
    logs.logs.retain(|log| draft.producer.is_none_or(|producer| log.producer() == producer));
    Ok((region, ListedLogs { caller, logs }))
}

fn missing(name: &str, region: &Region, logs: &[Attachment], unlisted: &[String]) -> CheckError {
    let sources = logs.iter().map(|log| log.source.name().to_owned());
    let producers = Producer::ALL.into_iter().map(|producer| producer.as_str().to_owned());
    let suggestions = suggest(name, sources.chain(producers), 2);
    let mut hints: Vec<String> = unlisted.to_vec();
    if !suggestions.is_empty() {
        let suggestions: Vec<String> = suggestions.iter().map(|name| format!("`{name}`")).collect();
        hints.push(format!("did you mean {}?", suggestions.join(" or ")));
    }
    hints.push(
        "name its Region with `--region`, or the log service before it: `logbucket check alb --source NAME`".to_owned(),
    );
    let message = format!("no load balancer, bucket, VPC or transit gateway `{name}` in {region}");
    CheckError::Other(CommandError { kind: ErrorKind::Failed, message, hints })
}

/// A source in the list, with its logs.
#[derive(Debug, Default)]
struct Listing {
    /// What the source is, such as `ALB`.
    noun: String,
    /// Where each log goes that is on.
    logs: BTreeSet<String>,
    is_dead: bool,
}

impl Listing {
    /// Describes the source and its logs.
    fn note(&self) -> String {
        let logs: Vec<&str> = self.logs.iter().map(String::as_str).collect();
        let logs = if logs.is_empty() { "off".to_owned() } else { logs.join(", ") };
        format!("{}: {logs}{}", self.noun, if self.is_dead { " - dead" } else { "" })
    }
}

/// Returns the sources by name. The logs of sources with the same name are shown together, as `check` checks them
/// together.
fn listings(logs: &[Attachment], dead: &DeadLogs) -> BTreeMap<String, Listing> {
    let mut sources: BTreeMap<String, Listing> = BTreeMap::new();
    for log in logs {
        let listing = sources.entry(log.source.name().to_owned()).or_default();
        log.source.short_noun().clone_into(&mut listing.noun);
        listing
            .logs
            .extend(log.target.present().map(|target| format!("{} to {}", log.log.short_title(), target.bucket)));
        listing.is_dead |= dead.contains(log);
    }
    sources
}

/// Asks for sources and returns their names.
pub(super) async fn ask(
    aws: &Aws,
    draft: &Draft,
    prompt: &Prompt,
    reporter: Reporter,
) -> Result<Vec<String>, CheckError> {
    let (region, listed) = {
        let _looking = Progress::looking("the load balancers, buckets and VPCs");
        listed(aws, &[], draft).await?
    };
    if listed.logs.logs.is_empty() {
        let message = format!(
            "account {} has no load balancer, bucket, VPC or transit gateway in {region}",
            listed.caller.account
        );
        let hints =
            listed.logs.unlisted.into_iter().chain(["name another Region with `--region`".to_owned()]).collect();
        return Err(CheckError::Other(CommandError { kind: ErrorKind::Failed, message, hints }));
    }
    let dead = Box::pin(DeadLogs::find(aws, &listed.caller, listed.logs.logs.clone(), reporter)).await;
    let sources = listings(&listed.logs.logs, &dead);
    let choices: Vec<Choice<()>> =
        sources.iter().map(|(name, listing)| Choice::new(name.as_str(), listing.note(), ())).collect();
    let places = |is_wanted: fn(&Listing) -> bool| -> Vec<usize> {
        sources.values().enumerate().filter(|(_, source)| is_wanted(source)).map(|(place, _)| place).collect()
    };
    let (on, dead) = (places(|source| !source.logs.is_empty()), places(|source| source.is_dead));
    let parts = [("on", on), ("dead", dead)].into_iter().filter(|(_, part)| !part.is_empty());
    let parts = parts.map(|(what, part)| (format!("all that are {what} ({})", part.len()), part));
    let all = (format!("all {}", choices.len()), (0..choices.len()).collect());
    let question = format!("check which sources in {region}?");
    let select = Select { groups: [all].into_iter().chain(parts).collect(), ..Select::new(&question, choices, &[]) };
    match prompt.select(select) {
        Ok(Selection::Checked(places)) => {
            let names: Vec<String> = sources.keys().cloned().collect();
            Ok(places.iter().filter_map(|place| names.get(*place)).cloned().collect())
        }
        Err(PromptError::Back) => Err(CheckError::Left),
        Ok(Selection::Action { .. }) | Err(PromptError::Interrupted) => Err(CheckError::Interrupted),
        Err(PromptError::Ended(why)) => Err(CheckError::Other(CommandError::no_terminal(&why))),
    }
}
