//! Runs `check`: finds the logs, diagnoses and reports them.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::aws::{Aws, AwsError, Connect, DeliveryFilter};
use crate::cli::{CheckArgs, Global};
use crate::command::CommandError;
use crate::command::events::Events;
use crate::command::interruption::listen;
use crate::command::look::connected;
use crate::command::vended::{Vended, VendedInto, regions_to_ask, vended, vended_into};
use crate::command::verdict::{NOT_JUDGED, verdict};
use crate::exit::Exit;
use crate::health::{Health, LogReport, Report, mark_circles};
use crate::model::without_user;
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll};
use crate::producer::{Attachment, Choices, Producer};
use crate::request::Draft;
use crate::ui::{HealthEvent, Progress, Prompt, Reporter};

use super::by_name::{ask, logs_of_names};
use super::diagnosed::{Inquiry, ObjectSearch, diagnosed};
use super::history::with_stories;
use super::into_bucket::{IntoBucket, into_bucket};
use super::named_sources::logs_of_sources;
use super::unasked::CheckError;

/// Runs `check` and returns its exit code.
pub(crate) async fn check(
    args: CheckArgs,
    global: &Global,
    connect: Connect,
    reporter: Reporter,
) -> Result<Exit, CommandError> {
    let ctrl_c = listen().await;
    let aws = connected(connect, global.region.as_ref(), global).await;
    // `--bucket` reads every source of a Region, so each call is retried for longer.
    let aws = if args.bucket.is_some() { aws.patient() } else { aws };
    let checked = async {
        let names = Box::pin(names(&args, global, &aws, reporter)).await?;
        Box::pin(waited(NamedCheck { args: &args, names: &names }, global, &aws, &ctrl_c, reporter)).await
    };
    let checked = tokio::select! {
        checked = Box::pin(checked) => checked,
        () = ctrl_c.wanted() => Err(CheckError::Interrupted),
    };
    let report = match checked {
        Ok(report) => report,
        Err(CheckError::Left) => {
            Prompt::say("nothing checked; `logbucket check NAME` checks a source without asking");
            return Ok(Exit::Interrupted);
        }
        Err(why) => return Err(why.error(&aws.source.situation())),
    };
    let (exit, why) = verdict(&args.fail_on, &report);
    // The awaited log did not arrive.
    let waited = exit == Exit::Done && args.wait.is_some() && is_pending(&report);
    let exit = if waited { Exit::NotProven } else { exit };
    reporter.say(HealthEvent::Checked { report: &report, exit });
    if let Some(why) = why {
        reporter.say(HealthEvent::Halted { message: why, hint: Some(NOT_JUDGED) });
    }
    Ok(exit)
}

/// The command line, with the sources that are named without their log service.
#[derive(Clone, Copy)]
struct NamedCheck<'a> {
    args: &'a CheckArgs,
    names: &'a [String],
}

/// Returns the sources that are named without their log service. On a terminal, asks for sources if no argument says
/// what to check.
async fn names(args: &CheckArgs, global: &Global, aws: &Aws, reporter: Reporter) -> Result<Vec<String>, CheckError> {
    if let Some(name) = args.name() {
        return match (&args.bucket, args.source.is_empty()) {
            (None, true) => Ok(vec![name.clone()]),
            _ => Err(CheckError::TwoSubjects(name.clone())),
        };
    }
    if !args.source.is_empty() || args.bucket.is_some() || args.suppressions || global.no_input {
        return Ok(Vec::new());
    }
    let Some(prompt) = reporter.prompt() else { return Ok(Vec::new()) };
    Box::pin(ask(aws, &draft(args), &prompt, reporter)).await
}

fn draft(args: &CheckArgs) -> Draft {
    Draft {
        producer: args.producer(),
        sources: args.source.clone(),
        choices: Choices {
            log_types: args.log_type.iter().copied().collect(),
            inventory_id: args.inventory_id.clone(),
            ..Choices::default()
        },
        ..Draft::default()
    }
}

/// The pauses between two checks.
const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(2), Duration::from_secs(30));

/// Checks until no log is pending or the wait is over.
async fn waited(
    named: NamedCheck<'_>,
    global: &Global,
    aws: &Aws,
    ctrl_c: &Interruption,
    reporter: Reporter,
) -> Result<Report, CheckError> {
    let at_most = named.args.wait.map(Duration::from_secs).unwrap_or_default();
    // Vended logs are read once, however often the check is repeated.
    let asked = VendedReads::default();
    let look = async || match Box::pin(checked(named, global, aws, reporter, &asked)).await {
        Ok(report) if is_pending(&report) => PollResult::NotYet { seen: report, at_most },
        ended => PollResult::Over(ended),
    };
    match poll(ctrl_c, PAUSES, look, |_, _| Progress::looking("the first log")).await {
        PollEnd::Over(ended) => ended,
        PollEnd::TimedOut(report) => Ok(report),
        PollEnd::Interrupted(_) => Err(CheckError::Interrupted),
    }
}

/// The deliveries of `CloudWatch` vended logs, read once however often the check is repeated.
#[derive(Debug, Default)]
struct VendedReads {
    /// The deliveries for logs whose own setting is off.
    of_logs: OnceCell<Vended>,
    /// The deliveries to the bucket.
    into_bucket: OnceCell<VendedInto>,
}

fn is_pending(report: &Report) -> bool {
    report.logs.iter().any(|entry| matches!(entry.diagnosis.health, Health::Pending(_)))
}

async fn checked(
    NamedCheck { args, names }: NamedCheck<'_>,
    global: &Global,
    aws: &Aws,
    reporter: Reporter,
    asked: &VendedReads,
) -> Result<Report, CheckError> {
    let draft = draft(args);
    if args.suppressions && args.bucket.is_none() {
        return Err(CheckError::NoBucket);
    }
    if let Some(producer) = draft.producer {
        draft.refuse_foreign_flags(producer).map_err(CheckError::Usage)?;
    }
    let IntoBucket { here: attachments, beside, mut report, known } = if let Some(bucket) = &args.bucket {
        Box::pin(into_bucket(aws, bucket, &draft, args)).await?
    } else {
        let (here, report) = match names {
            [] => Box::pin(logs_of_sources(aws, &draft)).await?,
            names => Box::pin(logs_of_names(aws, names, &draft)).await?,
        };
        IntoBucket { here, beside: Vec::new(), report, known: None }
    };
    let logs = RefCell::new(Vec::new());
    let tell = |entry| logs.borrow_mut().push(entry);
    let count = reporter.counts("the destinations, and what was delivered");
    let events = Events::new(aws);
    let inquiry = Inquiry {
        aws,
        events: &events,
        caller: &report.caller,
        searched: ObjectSearch::Newest,
        ends: AwsError::ends_all,
        count: &count,
    };
    let attachments: Vec<_> = attachments.into_iter().map(Arc::new).collect();
    let regions = regions_to_ask(&attachments);
    let routes = asked.of_logs.get_or_init(|| vended(aws, regions));
    let is_of_vended = args.producer().is_none_or(|producer| Producer::VENDED.contains(&producer));
    let place = args.bucket.as_ref().filter(|_| is_of_vended);
    let place = place.zip(known.as_ref().map(|((_, region), _)| region.clone()));
    let deliveries = async {
        let (bucket, region) = place?;
        Some(asked.into_bucket.get_or_init(|| vended_into(aws, DeliveryFilter::Into(bucket), &region)).await)
    };
    let (outcome, vended, deliveries) =
        tokio::join!(Box::pin(diagnosed(inquiry, attachments, known, tell)), Box::pin(routes), Box::pin(deliveries));
    outcome?;
    drop(count);
    let mut logs = logs.into_inner();
    place_fixes(&mut logs, global);
    report.unread.extend(Box::pin(with_stories(&events, &mut logs)).await);
    logs.sort_by_key(|entry| rank(&entry.diagnosis.health));
    let followed = {
        let attachments: Vec<&Attachment> =
            logs.iter().map(|entry| &*entry.diagnosis.attachment).chain(&beside).collect();
        Box::pin(aws.followed(&attachments, &report.caller)).await
    };
    mark_circles(&mut logs, &[beside, followed].concat());
    report.logs = logs;
    vended.annotate(&mut report);
    if let Some(deliveries) = deliveries {
        deliveries.annotate(&mut report);
    }
    Ok(report)
}

/// Gives each fix the profile and endpoint of this command.
pub(in crate::command) fn place_fixes(logs: &mut [LogReport], global: &Global) {
    for fix in logs.iter_mut().filter_map(|entry| entry.diagnosis.fix.as_mut()) {
        fix.request.profile.clone_from(&global.profile);
        fix.request.endpoint_url = global.endpoint_url.as_deref().map(without_user);
    }
}

/// Ranks health states, the worst first.
pub(in crate::command) fn rank(health: &Health) -> u8 {
    match health {
        Health::Dead => 0,
        Health::Unknown(_) => 1,
        Health::Pending(_) => 2,
        Health::Permitted => 3,
        Health::Delivering => 4,
        Health::Off => 5,
    }
}
