//! `init`: observes, plans and, once approved, applies and verifies. On a terminal, it asks for whatever is missing.

use crate::aws::Connect;
use crate::cli::{Global, InitArgs};
use crate::exit::Exit;
use crate::plan::plan;
use crate::poll::Interruption;
use crate::request::{Draft, Incomplete, Interview, Request};
use crate::ui::{InitEvent, Reporter};

use super::carry_out::RunContext;
use super::draft::draft;
use super::error::{CommandError, exit_of};
use super::interruption::listen;
use super::lock::locked;
use super::look::{connected, preview};
use super::mode::Mode;
use super::origin::{own_keys, run_that_lost_the_policy, with_origin};
use super::witness::with_shown;
use super::wizard::Conversation;

/// One call of `init`, apart from its request.
pub(super) struct InitContext<'a> {
    pub(super) global: &'a Global,
    pub(super) connect: Connect,
    pub(super) ctrl_c: &'a Interruption,
    pub(super) reporter: Reporter,
    pub(super) mode: Mode,
}

/// Runs `init` and returns its exit code.
pub(crate) async fn init(
    args: InitArgs,
    global: &Global,
    connect: Connect,
    reporter: Reporter,
) -> Result<Exit, CommandError> {
    let mode = if args.dry_run { Mode::Preview { detailed: args.detailed_exitcode } } else { Mode::Apply };
    let draft = draft(args, global);
    let ctrl_c = listen().await;
    let call = InitContext { global, connect, ctrl_c: &ctrl_c, reporter, mode };
    let may_ask = !global.no_input && is_open(&draft, mode);
    if let Some(prompt) = may_ask.then(|| reporter.prompt()).flatten() {
        let interview = if draft.missing().is_empty() { Interview::complete(draft) } else { Interview::new(draft) };
        let conversation = Conversation::new(interview, &prompt, call);
        Box::pin(Box::pin(conversation).await.run()).await
    } else {
        let request = draft.complete()?;
        Box::pin(without_asking(&request, call)).await
    }
}

/// Returns whether there is anything to ask: a missing answer, or approval of the plan.
fn is_open(draft: &Draft, mode: Mode) -> bool {
    match (draft.clone().complete(), mode) {
        (Ok(request), Mode::Apply) => !request.consent.adds,
        (Ok(_), Mode::Preview { .. }) => false,
        (Err(error), _) => matches!(error, Incomplete::Missing(_)),
    }
}

async fn without_asking(request: &Request, call: InitContext<'_>) -> Result<Exit, CommandError> {
    let InitContext { global, connect, ctrl_c, reporter, mode } = call;
    let aws = connected(connect, request.region.as_ref(), global).await;
    let both = async {
        let lock = match mode {
            Mode::Apply if request.consent.adds => {
                locked(ctrl_c, request.receipt_dir.as_deref(), &request.bucket, reporter).await?
            }
            Mode::Apply | Mode::Preview { .. } => None,
        };
        let observed = match Box::pin(aws.observe(request, &own_keys(request))).await {
            Ok(observed) => Ok(Box::pin(with_shown(&aws, request, observed)).await),
            Err(error) => Err(error),
        };
        Ok::<_, CommandError>((lock, observed))
    };
    let (lock, observed) = tokio::select! {
        both = both => both?,
        () = ctrl_c.wanted() => return Err(CommandError::interrupted()),
    };
    let observed = observed.map_err(|error| CommandError::from_observe_error(&error, &aws.source.situation()))?;
    let observed = with_origin(observed, request.receipt_dir.as_deref());
    if let Some(run) = run_that_lost_the_policy(&observed, request.receipt_dir.as_deref()) {
        let bucket = &request.bucket;
        reporter.remark(&format!(
            "AWS overwrote the policy of bucket `{bucket}` during the run `{run}`, which could not restore it: `undo {run}` does"
        ));
    }
    if let Mode::Preview { detailed } = mode {
        return tokio::select! {
            exit = Box::pin(preview(&aws, request, &observed, detailed, reporter)) => Ok(exit),
            () = ctrl_c.wanted() => Err(CommandError::interrupted()),
        };
    }
    let plan = plan(request, &observed);
    match plan.approve(&request.consent) {
        Ok(approved) => {
            reporter.say(InitEvent::Begins { plan: &plan, request });
            Box::pin(RunContext { aws: &aws, request, ctrl_c, reporter }.carry_out(&observed, &approved, lock)).await
        }
        Err(refusal) => {
            let exit = exit_of(&refusal);
            reporter.say(InitEvent::Refused { plan: &plan, request, refusal: &refusal, exit });
            Ok(exit)
        }
    }
}
