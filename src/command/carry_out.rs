//! An approved plan, carried out and proven.

use std::convert::Infallible;

use crate::apply::{Applied, Event, Interruption as _, StopReason, Stopped, apply};
use crate::aws::{Aws, Situation, WriteError};
use crate::evidence;
use crate::exit::Exit;
use crate::plan::{Approved, Plan};
use crate::proof::Delivery;
use crate::request::Request;
use crate::ui::{Printer, Progress};

use super::interruption::CtrlC;

/// Carries out what was approved, looks for the proof, and says how it ended.
pub(super) async fn carry_out(
    aws: &Aws,
    approved: &Approved<'_>,
    request: &Request,
    ctrl_c: &CtrlC,
    printer: Printer,
) -> Exit {
    let plan = approved.plan();
    let progress = printer.progress(plan);
    let watch = |event: Event<'_>| progress.event(&event);
    let applied = tokio::select! {
        applied = apply(aws, approved, request.wait, ctrl_c, &watch) => applied,
        never = acknowledged(ctrl_c, printer) => match never {},
        () = ctrl_c.pressed_times(2) => {
            printer.left(&progress.under_way(), request);
            return Exit::Interrupted;
        }
    };
    let applied = match applied {
        Ok(applied) => applied,
        Err(stopped) => {
            let exit = exit_of(&stopped);
            let situation = aws.destination.situation().within(&plan.place.owner, &plan.place.region);
            let hint = hint_of(&stopped.why, &situation);
            printer.stopped(plan, request, &stopped, Some(&hint), exit);
            return exit;
        }
    };
    prove(aws, plan, request, &applied, ctrl_c, printer, &progress).await
}

/// Says that Ctrl-C was heard while the step in flight is finished; never ends.
async fn acknowledged(ctrl_c: &CtrlC, printer: Printer) -> Infallible {
    ctrl_c.pressed().await;
    printer.stopping();
    std::future::pending().await
}

async fn prove(
    aws: &Aws,
    plan: &Plan,
    request: &Request,
    applied: &Applied,
    ctrl_c: &CtrlC,
    printer: Printer,
    progress: &Progress,
) -> Exit {
    progress.searches();
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
    progress.searched(&delivery);
    let exit = match delivery {
        _ if ctrl_c.is_wanted() => Exit::Interrupted,
        Delivery::Proven(_) | Delivery::Permitted { .. } => Exit::Done,
        Delivery::Failed(_) => Exit::NotProven,
    };
    printer.result(plan, request, &applied.test, &delivery, exit);
    exit
}

/// A write whose answer was lost may have been carried out. A plan that somebody else made untrue is to be made again.
fn exit_of(stopped: &Stopped<'_>) -> Exit {
    let lost = matches!(&stopped.why, StopReason::Write(WriteError::Aws(error)) if error.may_have_been_done());
    match &stopped.why {
        StopReason::Interrupted => Exit::Interrupted,
        StopReason::Write(WriteError::Moved { .. }) => Exit::PartWay,
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
