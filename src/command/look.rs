//! Connects to AWS, and previews a plan for a dry run.

use crate::aws::{Aws, Callbacks, Connect};
use crate::cli::Global;
use crate::exit::Exit;
use crate::model::Region;
use crate::plan::{Approval, Plan, Refusal, plan};
use crate::request::{Consent, Request};
use crate::state::Observed;
use crate::ui::{self, InitEvent, Preview, Reporter};

use super::error::exit_of;
use super::permission_check::{PreflightVerdict, asked};

/// Connects to AWS with the flags and the environment. Makes no call yet.
pub(super) async fn connected(connect: Connect, region: Option<&Region>, global: &Global) -> Aws {
    let watch = Callbacks {
        call: (global.verbose > 0).then_some(ui::call),
        credentials: (!global.quiet).then_some(ui::credential_wait),
    };
    Aws::connect(connect, global.profile.as_deref(), region, global.endpoint_url.as_deref(), watch).await
}

/// Prints the plan, even if approvals are missing, and returns the exit code. Refuses a plan that could never deliver.
/// Missing permissions are reported but don't change the exit code: like missing flags, they matter only when the plan
/// is applied.
pub(super) async fn preview(
    aws: &Aws,
    request: &Request,
    observed: &Observed,
    detailed: bool,
    reporter: Reporter,
) -> Exit {
    let (shown, plan) = as_approved(request, observed);
    let exempts = shown.consent.exempts.iter().filter(|name| !request.consent.exempts.contains(name));
    let missing: Vec<Approval> =
        exempts.cloned().map(Approval::Exempt).chain(plan.missing_approvals(&request.consent)).collect();
    let refusal = plan.approve(&shown.consent).err();
    let lacking = match &refusal {
        Some(_) => None,
        None => match asked(aws, &plan, observed, request, reporter).await {
            PreflightVerdict::Goes(_) => None,
            PreflightVerdict::Missing(outcome) => Some(outcome),
        },
    };
    let exit = match &refusal {
        Some(refusal) => exit_of(refusal),
        None if detailed && !plan.steps.is_empty() => Exit::Pending,
        None => Exit::Done,
    };
    let preview = Preview { missing, lacking, refused: refusal.as_ref() };
    reporter.say(InitEvent::Previewed { plan: &plan, request, preview: &preview, exit });
    exit
}

/// Returns the request with every approval that its plan needs, and the resulting plan. This plan includes the
/// exemption from each Deny that blocks the service.
fn as_approved(request: &Request, observed: &Observed) -> (Request, Plan) {
    let mut shown = request.clone();
    loop {
        let planned = plan(&shown, observed);
        let consent = planned.full_consent(&shown.consent);
        let exempts = match planned.approve(&consent) {
            Err(Refusal::NeedsExempt(_)) => planned.exemptions(),
            Ok(_) | Err(_) => Vec::new(),
        };
        let new: Vec<String> = exempts
            .into_iter()
            .filter(|name| !consent.exempts.iter().any(|given| given == name))
            .map(str::to_owned)
            .collect();
        if new.is_empty() {
            shown.consent = consent;
            return (shown, planned);
        }
        let exempts = [consent.exempts, new].concat();
        shown.consent = Consent { exempts, ..request.consent.clone() };
    }
}
