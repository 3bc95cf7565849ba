//! What every run begins with, and where a dry run ends.

use crate::aws::{Aws, Connect, Watch};
use crate::cli::Global;
use crate::exit::Exit;
use crate::model::Region;
use crate::plan::Plan;
use crate::request::{Consent, Request};
use crate::ui::{self, Printer};

/// AWS as flags and environment name it; no call is made yet.
pub(super) async fn connected(connect: Connect, region: Option<&Region>, global: &Global) -> Aws {
    let watch = Watch {
        call: (global.verbose > 0).then_some(ui::call),
        credentials: (!global.quiet).then_some(ui::credential_wait),
    };
    Aws::connect(connect, global.profile.as_deref(), region, global.endpoint_url.as_deref(), watch).await
}

/// The plan, printed. It is judged as if `--yes` had been said: what is refused then would be refused for good.
pub(super) fn preview(plan: &Plan, request: &Request, detailed: bool, printer: Printer) -> Exit {
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
