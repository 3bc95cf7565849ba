//! The command itself: Regions, logs, places, and what is told of them.

use std::cell::RefCell;

use crate::aws::{Aws, Connect, ObserveError};
use crate::cli::{Global, OutputFormat, ScanArgs};
use crate::command::check::{Sought, diagnosed, rank};
use crate::command::draft::without_user;
use crate::command::interruption::CtrlC;
use crate::command::look::connected;
use crate::exit::Exit;
use crate::health::{Health, Report};
use crate::model::Region;
use crate::ui::{Printer, Progress};

use super::found::found;
use super::regions;
use super::scope::Scope;

/// Runs `scan` and says how it ended. What is known when Ctrl-C is pressed is told.
pub async fn scan(args: ScanArgs, global: &Global, connect: Connect) -> Exit {
    let json = global.output == OutputFormat::Json;
    let printer = Printer { json, quiet: global.quiet, verbose: global.verbose > 0 };
    let ctrl_c = CtrlC::listen().await;
    let aws = connected(connect, global.region.as_ref(), global).await;
    let so_far: RefCell<Option<Report>> = RefCell::new(None);
    let outcome = tokio::select! {
        outcome = Box::pin(scanned(&args, &aws, &so_far)) => outcome.map(|()| Exit::Done),
        () = ctrl_c.pressed() => Ok(Exit::Interrupted),
    };
    let exit = match outcome {
        Ok(exit) => exit,
        Err(error) => {
            printer.error(&error.to_string(), error.hint(&aws.source.situation()).as_deref(), Exit::Failed);
            return Exit::Failed;
        }
    };
    let Some(mut report) = so_far.into_inner() else {
        printer.error("interrupted", None, Exit::Interrupted);
        return Exit::Interrupted;
    };
    for cure in report.logs.iter_mut().filter_map(|told| told.diagnosis.cure.as_mut()) {
        cure.request.profile.clone_from(&global.profile);
        cure.request.endpoint_url = global.endpoint_url.as_deref().map(without_user);
    }
    report.logs.sort_by_cached_key(|told| {
        let attachment = &told.diagnosis.attachment;
        (rank(&told.diagnosis.health), attachment.source.region().to_string(), attachment.title())
    });
    if exit == Exit::Interrupted {
        report.unread.push("interrupted: this is what was known by then".to_owned());
    }
    let dead = report.logs.iter().any(|told| told.diagnosis.health == Health::Dead);
    let exit = if exit == Exit::Done && dead { Exit::Problems } else { exit };
    match global.output {
        OutputFormat::Csv => printer.scan_as_csv(&report),
        OutputFormat::Json | OutputFormat::Markdown | OutputFormat::Text => printer.scan(&report, exit),
    }
    exit
}

async fn scanned(args: &ScanArgs, aws: &Aws, so_far: &RefCell<Option<Report>>) -> Result<(), ObserveError> {
    let home = match aws.source.region().map_err(ObserveError::BadRegion)? {
        Some(region) => region,
        None => args.regions.first().cloned().map_or_else(usual, Ok)?,
    };
    let caller = aws.caller(&home).await?;
    let _looking = Progress::looking("every log of the account");
    let regions = regions::of(aws, args, &home).await?;
    let found = found(aws, &caller, &home, &regions, &Scope::of(args)).await?;
    let mut report = Report::of(caller.clone());
    report.regions.clone_from(&regions.all);
    report.unread = regions.unread.into_iter().chain(found.unread).collect();
    so_far.replace(Some(report));
    let sought = if args.newest { Sought::Newest } else { Sought::Nothing };
    let tell = |told| {
        if let Some(report) = so_far.borrow_mut().as_mut() {
            report.logs.push(told);
        }
    };
    Box::pin(diagnosed(aws, &caller, found.attachments, None, sought, tell)).await?;
    Ok(())
}

/// S3 and STS answer there for every Region of the partition that most accounts are in.
fn usual() -> Result<Region, ObserveError> {
    "us-east-1".parse().map_err(|_| ObserveError::NoRegion)
}
