//! Runs `scan`: finds the logs, diagnoses and reports them.

use crate::aws::{Aws, AwsError, Connect, ObserveError, usual_region};
use crate::cli::{Global, OutputFormat, ScanArgs};
use crate::command::check::{Inquiry, ObjectSearch, diagnosed, now, place_fixes, rank};
use crate::command::events::Events;
use crate::command::interruption::listen;
use crate::command::look::connected;
use crate::command::vended::{regions_to_ask, vended};
use crate::command::verdict::{NOT_JUDGED, verdict};
use crate::command::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::files::NewFile;
use crate::health::Report;
use crate::model::Region;
use crate::producer::Attachment;
use crate::ui::{Export, HealthEvent, Reporter, scan_page};

use super::found::{FoundSources, SourceSearch};
use super::ignored::leave_out_ignored;
use super::partial_report::PartialReport;
use super::regions;
use super::scope::ScanScope;

/// Runs `scan` and returns its exit code. On Ctrl-C, reports the results so far.
pub(crate) async fn scan(
    args: ScanArgs,
    global: &Global,
    connect: Connect,
    reporter: Reporter,
) -> Result<Exit, CommandError> {
    let ctrl_c = listen().await;
    let page = args.report.as_deref().map(NewFile::begin).transpose()?;
    let aws = connected(connect, global.region.as_ref(), global).await.patient();
    let so_far = PartialReport::default();
    let outcome = tokio::select! {
        outcome = Box::pin(scanned(&args, global, &aws, reporter, &so_far)) => {
            outcome.map_err(|error| CommandError::from_observe_error(&error, &aws.source.situation()))
        }
        () = ctrl_c.wanted() => Err(CommandError::new(ErrorKind::Interrupted, "interrupted")),
    };
    // If a scan failed before it found anything, only the failure is reported.
    let has_results = |report: &Report| outcome.is_ok() || !report.logs.is_empty() || !report.unread.is_empty();
    let Some(mut report) = so_far.ends().filter(has_results) else {
        return Err(outcome.err().unwrap_or_else(|| CommandError::failed("nothing was read")));
    };
    place_fixes(&mut report.logs, global);
    report.logs.sort_by_cached_key(|entry| {
        let attachment = &entry.diagnosis.attachment;
        (rank(&entry.diagnosis.health), attachment.source.region().to_string(), attachment.title())
    });
    let (exit, halted) = match outcome {
        Ok(()) => {
            let (exit, why) = verdict(&args.fail_on, &report);
            (exit, why.map(|why| CommandError::failed(why).hinted(NOT_JUDGED)))
        }
        Err(error) => {
            report.unread.push(format!("{}; the report shows what was known by then", error.message));
            // A named resource that could not be read may still exist, so this is not a usage error.
            let kind = if error.kind == ErrorKind::Usage { ErrorKind::Failed } else { error.kind };
            (kind.exit(), Some(error))
        }
    };
    match global.output {
        OutputFormat::Csv => reporter.say(Export::ScanCsv(&report)),
        OutputFormat::Sarif => {
            let path = args.sarif_path.clone().unwrap_or_default();
            reporter.say(Export::ScanSarif { report: &report, exit, path: &path });
        }
        OutputFormat::Github | OutputFormat::Json | OutputFormat::Markdown | OutputFormat::Text => {
            reporter.say(HealthEvent::Scanned { report: &report, exit });
        }
    }
    if let Some(error) = halted {
        let hint = error.hints.first().map(String::as_str);
        reporter.say(HealthEvent::Halted { message: &error.message, hint });
    }
    let Some(page) = page else { return Ok(exit) };
    match page.write(&scan_page(&report)) {
        Ok(path) => {
            reporter.say(HealthEvent::PageWritten(&path));
            Ok(exit)
        }
        Err(error) => {
            reporter.say(HealthEvent::Halted { message: &error.to_string(), hint: Some(error.hint()) });
            Ok(if exit == Exit::Interrupted { exit } else { Exit::Failed })
        }
    }
}

async fn scanned(
    args: &ScanArgs,
    global: &Global,
    aws: &Aws,
    reporter: Reporter,
    so_far: &PartialReport,
) -> Result<(), ObserveError> {
    let home = match aws.source.region().map_err(ObserveError::BadRegion)? {
        Some(region) => region,
        None => args.regions.first().cloned().map_or_else(usual_region, Ok)?,
    };
    let caller = aws.caller(&home).await?;
    let at = now();
    so_far.begins(caller.clone(), at);
    let count = reporter.counts("every log of the account");
    let scope = ScanScope::from_args(args);
    let mut regions = regions::regions_to_scan(aws, args, global.region.as_ref(), &home).await?;
    so_far.looks_into(regions.all.clone());
    let search =
        SourceSearch { aws, caller: &caller, home: &home, regions: &regions, scope: &scope, count: &count, so_far };
    let FoundSources { attachments, mut unread, closed, answered, ignored } = search.found().await?;
    so_far.ignored(ignored);
    unread.extend(regions.unread);
    if !closed.is_empty() {
        let names: Vec<&str> = closed.iter().map(Region::as_str).collect();
        unread.insert(format!("{}: not enabled, or the credentials are not valid there", names.join(", ")));
        regions.all.retain(|region| !closed.contains(region));
    }
    if attachments.is_empty() && scope.is_narrow() && ignored.total() == 0 {
        so_far.could_not(unread);
        let (names, tags) = (args.name.clone(), args.tag.iter().map(ToString::to_string).collect());
        return Err(ObserveError::NoSource { names, tags });
    }
    so_far.looks_into(regions.all);
    so_far.could_not(unread);
    if !answered {
        return Err(ObserveError::NothingListed);
    }
    let searched = if args.newest { ObjectSearch::Newest } else { ObjectSearch::Doubts };
    let ends = |error: &AwsError| error.cause.is_credential_error();
    let events = Events::new(aws);
    let inquiry = Inquiry { aws, events: &events, caller: &caller, searched, ends, count: &count };
    let regions = regions_to_ask(&attachments);
    let (outcome, vended) = tokio::join!(
        Box::pin(diagnosed(inquiry, attachments, None, |entry| so_far.diagnosed(entry))),
        Box::pin(vended(aws, regions))
    );
    so_far.could_not(events.unread());
    outcome?;
    so_far.vended(&vended);
    let logs = so_far.attachments();
    let logs: Vec<&Attachment> = logs.iter().map(|log| &**log).collect();
    so_far.marks_circles(&Box::pin(aws.followed(&logs, &caller)).await);
    if !scope.asks_tags() {
        leave_out_ignored(aws, &caller, &args.fail_on, so_far).await?;
    }
    Ok(())
}
