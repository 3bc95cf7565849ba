//! `init`: observe, plan, and, where the user agreed, apply and prove.

use std::collections::BTreeSet;

use crate::apply::{Applied, Event, Interruption as _, StopReason, Stopped, apply};
use crate::aws::{Aws, Connect, Situation, WriteError};
use crate::cli::{
    EncryptionWord, FormatWord, FrequencyWord, Global, InitArgs, LogTypeWord, OutputFormat, PartitionWord,
    ProducerWord, VersionsWord,
};
use crate::evidence;
use crate::exit::Exit;
use crate::model::{
    EncryptionKind, InventoryFormat, InventoryFrequency, InventoryVersions, LogType, PartitionDate, Producer,
};
use crate::plan::{Plan, Refusal, plan};
use crate::proof::Delivery;
use crate::request::{Consent, Draft, Incomplete, NobodyAnswers, Request};
use crate::ui::{self, Printer};

use super::interruption::CtrlC;

/// Runs `init` and says how it ended.
pub async fn init(args: InitArgs, global: &Global, connect: Connect) -> Exit {
    let printer = Printer { json: global.output == OutputFormat::Json, quiet: global.quiet };
    let (dry_run, detailed) = (args.dry_run, args.detailed_exitcode);
    let request = match draft(args, global).complete(&mut NobodyAnswers) {
        Ok(request) => request,
        Err(error) => {
            let exit = match error {
                Incomplete::Encryption { .. } | Incomplete::SelfLogging(_) => Exit::Refused,
                Incomplete::Bucket(_)
                | Incomplete::Key(_)
                | Incomplete::KeyWithoutKms
                | Incomplete::Missing(_)
                | Incomplete::Prefix(_)
                | Incomplete::Producer(_)
                | Incomplete::Scattered(..)
                | Incomplete::Source(_)
                | Incomplete::WrongFlag { .. } => Exit::Usage,
            };
            printer.error(&error.to_string(), error.hint().as_deref(), exit);
            return exit;
        }
    };
    let watch = (global.verbose > 0).then_some(ui::call as fn(&crate::aws::Call));
    let ctrl_c = CtrlC::listen();
    let looked = async {
        let aws = Aws::connect(
            connect,
            request.profile.as_deref(),
            request.region.as_ref(),
            global.endpoint_url.as_deref(),
            watch,
        )
        .await;
        let observed = Box::pin(aws.observe(&request)).await;
        (aws, observed)
    };
    let (aws, observed) = tokio::select! {
        looked = looked => looked,
        () = ctrl_c.pressed() => {
            printer.error("interrupted, nothing was changed", None, Exit::Interrupted);
            return Exit::Interrupted;
        }
    };
    let observed = match observed {
        Ok(observed) => observed,
        Err(error) => {
            let hint = error.hint(&aws.source.situation());
            printer.error(&error.to_string(), hint.as_deref(), Exit::Failed);
            return Exit::Failed;
        }
    };
    let plan = plan(&request, &observed);
    let mode = if dry_run { Mode::Preview { detailed } } else { Mode::Apply };
    match mode {
        Mode::Preview { detailed } => preview(&plan, &request, detailed, printer),
        Mode::Apply => carry_out(&aws, &plan, &request, &ctrl_c, printer).await,
    }
}

enum Mode {
    Preview { detailed: bool },
    Apply,
}

/// The plan, printed. It is judged as if `--yes` had been said: what is refused then would be refused for good.
fn preview(plan: &Plan, request: &Request, detailed: bool, printer: Printer) -> Exit {
    let consent = Consent { adds: true, ..request.consent.clone() };
    let refusal = plan.approve(&consent).err();
    let exit = match &refusal {
        Some(_) => Exit::Refused,
        None if detailed && !plan.steps.is_empty() => Exit::Pending,
        None => Exit::Done,
    };
    printer.plan(plan, request, refusal.as_ref(), exit);
    if refusal.is_none() {
        printer.dry_run_is_over(plan, request);
    }
    exit
}

async fn carry_out(aws: &Aws, plan: &Plan, request: &Request, ctrl_c: &CtrlC, printer: Printer) -> Exit {
    let approved = match plan.approve(&request.consent) {
        Ok(approved) => approved,
        Err(refusal) => {
            let exit = match refusal {
                Refusal::NeedsYes => Exit::Usage,
                Refusal::NeedsFix(_) | Refusal::NeverDelivers(_) => Exit::Refused,
            };
            printer.plan(plan, request, Some(&refusal), exit);
            return exit;
        }
    };
    printer.plan_before_apply(plan, request);
    let watch = |event: Event<'_>| printer.progress(&event);
    let applied = match apply(aws, &approved, request.wait, ctrl_c, &watch).await {
        Ok(applied) => applied,
        Err(stopped) => {
            let exit = exit_of(&stopped);
            let situation = aws.destination.situation().within(&plan.place.owner, &plan.place.region);
            let hint = hint_of(&stopped.why, &situation);
            printer.stopped(plan, request, &stopped, Some(&hint), exit);
            return exit;
        }
    };
    prove(aws, plan, request, &applied, ctrl_c, printer).await
}

async fn prove(aws: &Aws, plan: &Plan, request: &Request, applied: &Applied, ctrl_c: &CtrlC, printer: Printer) -> Exit {
    printer.waits_for_proof();
    let expected = plan.expected_of_producer.resolved(applied.key.as_ref());
    let gathered = tokio::select! {
        gathered = evidence::gather(aws, plan, &applied.test, &expected, request.wait) => gathered,
        () = ctrl_c.pressed() => Ok(Delivery::Permitted {
            until: "the service has had its time".to_owned(),
            note: Some("the wait for its first object was interrupted".to_owned()),
        }),
    };
    let delivery = gathered.unwrap_or_else(|error| Delivery::Permitted {
        until: "the service has had its time".to_owned(),
        note: Some(format!("the producer's own object could not be looked for: {error}")),
    });
    let exit = match delivery {
        _ if ctrl_c.is_wanted() => Exit::Interrupted,
        Delivery::Proven(_) | Delivery::Permitted { .. } => Exit::Done,
        Delivery::Failed(_) => Exit::NotProven,
    };
    printer.result(plan, request, &applied.test, &delivery, exit);
    exit
}

/// A write whose answer was lost may have been carried out.
fn exit_of(stopped: &Stopped<'_>) -> Exit {
    let lost = matches!(&stopped.why, StopReason::Write(WriteError::Aws(error)) if error.may_have_been_done());
    match &stopped.why {
        StopReason::Interrupted => Exit::Interrupted,
        StopReason::Test(_) | StopReason::Write(_) if stopped.done.is_empty() && !lost => Exit::Failed,
        StopReason::Test(_) | StopReason::Write(_) => Exit::PartWay,
    }
}

/// What to do: what the error says, and in any case that the same command goes on where this one stopped.
fn hint_of(why: &StopReason, situation: &Situation) -> String {
    let own = match why {
        // The same command would ask for the same name.
        StopReason::Write(WriteError::Aws(error)) if error.is_taken_name() => {
            return error.hint(situation).unwrap_or_default();
        }
        StopReason::Write(error) => error.hint(situation),
        StopReason::Test(_) => Some("mend what S3 says".to_owned()),
        StopReason::Interrupted => None,
    };
    let again = "run the same command again: it goes on where this one stopped";
    own.map_or_else(|| again.to_owned(), |own| format!("{own}; then {again}"))
}

/// The draft that the flags make.
pub fn draft(args: InitArgs, global: &Global) -> Draft {
    Draft {
        producer: args.producer.map(|word| match word {
            ProducerWord::Alb => Producer::Alb,
            ProducerWord::Nlb => Producer::Nlb,
            ProducerWord::S3Access => Producer::S3Access,
            ProducerWord::Inventory => Producer::Inventory,
        }),
        sources: args.source,
        log_types: args
            .log_type
            .into_iter()
            .map(|word| match word {
                LogTypeWord::Access => LogType::Access,
                LogTypeWord::Connection => LogType::Connection,
                LogTypeWord::HealthCheck => LogType::HealthCheck,
            })
            .collect(),
        bucket: args.bucket,
        prefix: args.prefix,
        encryption: args.encryption.map(|word| match word {
            EncryptionWord::SseS3 => EncryptionKind::SseS3,
            EncryptionWord::SseKms => EncryptionKind::SseKmsCustomer,
        }),
        kms_key: args.kms_key,
        expire_days: args.expire_days,
        tags: args.tag,
        consent: Consent { adds: args.yes, replaces: args.fix, exempts: args.exempt },
        wait: args.wait,
        region: global.region.clone(),
        profile: global.profile.clone(),
        partition: args.partition.map(|word| match word {
            PartitionWord::Event => PartitionDate::Event,
            PartitionWord::Delivery => PartitionDate::Delivery,
        }),
        inventory_id: args.inventory_id,
        format: args.format.map(|word| match word {
            FormatWord::Csv => InventoryFormat::Csv,
            FormatWord::Orc => InventoryFormat::Orc,
            FormatWord::Parquet => InventoryFormat::Parquet,
        }),
        frequency: args.frequency.map(|word| match word {
            FrequencyWord::Daily => InventoryFrequency::Daily,
            FrequencyWord::Weekly => InventoryFrequency::Weekly,
        }),
        versions: args.versions.map(|word| match word {
            VersionsWord::All => InventoryVersions::All,
            VersionsWord::Current => InventoryVersions::Current,
        }),
        fields: args.fields.map(|list| list.0.into_iter().collect::<BTreeSet<_>>()),
        report_kms_key: args.report_kms_key,
    }
}
