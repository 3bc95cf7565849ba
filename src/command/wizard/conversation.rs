//! The conversation: asks until the request is complete, then shows the plan and asks what to do with it.

use crate::aws::{Aws, Connect, ObserveError, Situation, SourceSide};
use crate::cli::Global;
use crate::command::carry_out::RunContext;
use crate::command::error::exit_of;
use crate::command::init::InitContext;
use crate::command::lock::locked;
use crate::command::look::{connected, preview};
use crate::command::mode::Mode;
use crate::command::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::model::Region;
use crate::plan::{Plan, plan};
use crate::producer::{Producer, Topic};
use crate::request::{Draft, Incomplete, Interview, Request};
use crate::state::{BucketState, Observed};
use crate::ui::{InitEvent, Progress, Prompt, Reporter};
use crate::undo::receipts::Lock;

use super::destination::{BucketChoice, OfferedBuckets, unstated_encryption};
use super::greeting::Who;
use super::review::{Answers, ReviewResult, review, wants_proof};
use super::wizard_exit::WizardExit;
use crate::command::origin::{own_keys, with_origin};
use crate::command::witness::with_shown;
use crate::poll::Interruption;

/// A conversation, and the data that was read for it.
#[derive(Debug)]
pub(in crate::command) struct Conversation<'a> {
    pub(super) prompt: &'a Prompt,
    pub(super) global: &'a Global,
    pub(super) aws: Aws,
    pub(super) interview: Interview,
    pub(super) who: Option<Who>,
    pub(super) greeted: bool,
    /// The account's alias, if it has one.
    pub(super) alias: Option<String>,
    /// The chosen sources, as they were read.
    pub(super) side: Option<SourceSide>,
    /// The chosen destination, once it was read.
    pub(super) destination: Option<BucketChoice>,
    /// Whether the last answer was to go back.
    went_back: bool,
    /// The destinations of the last list.
    pub(super) offered: Option<OfferedBuckets>,
    connect: Connect,
    ctrl_c: &'a Interruption,
    pub(super) reporter: Reporter,
    pub(super) mode: Mode,
}

impl<'a> Conversation<'a> {
    /// Creates a conversation that asks the open questions of `interview`.
    pub(in crate::command) async fn new(interview: Interview, prompt: &'a Prompt, call: InitContext<'a>) -> Self {
        let InitContext { global, connect, ctrl_c, reporter, mode } = call;
        let aws = connected(connect.clone(), interview.draft().region.as_ref(), global).await;
        let (who, side, destination, offered) = (None, None, None, None);
        Self {
            prompt,
            global,
            aws,
            interview,
            who,
            greeted: false,
            alias: None,
            side,
            destination,
            went_back: false,
            offered,
            connect,
            ctrl_c,
            reporter,
            mode,
        }
    }

    /// Asks, shows the plan, and applies it once approved.
    pub(in crate::command) async fn run(mut self) -> Result<Exit, CommandError> {
        // A complete request may take its Region from an ARN.
        let placed = self.interview.next_topic().is_some() || matches!(self.aws.source.region(), Ok(Some(_)));
        if placed && let Err(halt) = Box::pin(self.greet()).await {
            return Err(self.error(halt));
        }
        loop {
            let outcome = match Box::pin(self.fill()).await {
                Ok(request) => self.decide(&request).await,
                Err(halt) => Err(halt),
            };
            match outcome {
                Ok(Some(exit)) => return Ok(exit),
                Ok(None) => {}
                Err(halt) => return Err(self.error(halt)),
            }
        }
    }

    /// Asks until the request is complete.
    async fn fill(&mut self) -> Result<Request, WizardExit> {
        loop {
            let Some(topic) = self.interview.next_topic() else {
                match self.interview.draft().clone().complete() {
                    Ok(request) => return Ok(request),
                    Err(error) => self.reopen_for(error)?,
                }
                continue;
            };
            match Box::pin(self.ask(topic)).await {
                Ok(()) => self.went_back = false,
                Err(WizardExit::Back) => self.back(),
                Err(WizardExit::Reopen(topic)) => self.reopen(topic),
                Err(WizardExit::OtherRegion) => match self.other_region().await {
                    // The user went back from the Region to the previous question.
                    Ok(()) | Err(WizardExit::Back) => {}
                    Err(halt) => return Err(halt),
                },
                Err(halt) => return Err(halt),
            }
        }
    }

    async fn ask(&mut self, topic: Topic) -> Result<(), WizardExit> {
        // A new Region needs a new greeting.
        Box::pin(self.greet()).await?;
        match topic {
            Topic::Producer => self.producer(),
            Topic::LogTypes => self.log_types(),
            Topic::Sources => self.sources().await,
            Topic::Bucket => self.bucket().await,
            Topic::Encryption => self.encryption().await,
            Topic::Reports => self.reports().await,
            Topic::Frequency => self.frequency().await,
            Topic::Options => Box::pin(self.options()).await,
            Topic::Prefix
            | Topic::Partition
            | Topic::EmitInterval
            | Topic::Traffic
            | Topic::FlowFormat
            | Topic::Aggregation
            | Topic::FlowFolders
            | Topic::Format
            | Topic::Versions
            | Topic::Fields
            | Topic::Expiry => Box::pin(self.option(topic)).await,
        }
    }

    /// Goes back one question.
    fn back(&mut self) {
        let before = self.interview.draft().clone();
        if self.interview.back() {
            // One line, however often the user goes back.
            if !self.went_back {
                Prompt::aside("back; a new answer replaces the one above");
            }
            self.went_back = true;
        } else {
            self.prompt.problem("this is the first question", Some("Ctrl-C quits and changes nothing"));
        }
        let now = self.interview.draft();
        let other_sources = (now.producer, &now.sources) != (before.producer, &before.sources);
        let other_bucket = now.bucket != before.bucket;
        if other_sources {
            self.side = None;
            self.offered = None;
        }
        if other_sources || other_bucket {
            self.destination = None;
        }
    }

    /// Drops the data that was read for an answer, so that it is read again.
    fn forget(&mut self, topic: Topic) {
        if matches!(topic, Topic::Producer | Topic::Sources) {
            self.side = None;
        }
        if matches!(topic, Topic::Bucket | Topic::Producer | Topic::Sources) {
            self.destination = None;
        }
        if matches!(topic, Topic::Producer | Topic::Sources) {
            self.offered = None;
        }
    }

    pub(super) fn reopen(&mut self, topic: Topic) {
        self.forget(topic);
        self.interview.reopen(topic);
    }

    /// Reports answers that contradict each other, and asks again for an answer that can resolve the contradiction.
    fn reopen_for(&mut self, error: Incomplete) -> Result<(), WizardExit> {
        let topic = match &error {
            Incomplete::Encryption { .. }
            | Incomplete::Key(_)
            | Incomplete::KeyElsewhere { .. }
            | Incomplete::KeyWithoutKms => Topic::Encryption,
            Incomplete::Bucket(_) | Incomplete::SelfLogging(_) => Topic::Bucket,
            Incomplete::Prefix(_) => Topic::Prefix,
            Incomplete::NotForSource { .. } => Topic::Traffic,
            Incomplete::TransitionTooLate { .. } => Topic::Expiry,
            Incomplete::Scattered(..) | Incomplete::Source(_) => Topic::Sources,
            Incomplete::ManyProducers { .. }
            | Incomplete::Missing(_)
            | Incomplete::TagTwice { .. }
            | Incomplete::TransitionTooEarly { .. }
            | Incomplete::WrongFlag { .. } => {
                return Err(WizardExit::Unusable(error));
            }
        };
        self.prompt.problem(&error.to_string(), on_screen(&error).or_else(|| error.hint()).as_deref());
        self.reopen(topic);
        Ok(())
    }

    /// Shows the plan and asks what to do with it. Returns `None` if an answer is to be changed.
    async fn decide(&mut self, request: &Request) -> Result<Option<Exit>, WizardExit> {
        let (request, observed, plan) = match self.look("the destination and the sources", self.planned(request)).await
        {
            Ok(planned) => planned,
            Err(halt) => {
                Prompt::say("the answers so far, as a command:");
                self.reporter.say(InitEvent::Command(request));
                return Err(halt);
            }
        };
        let request = &request;
        if let Mode::Preview { detailed } = self.mode {
            let exit = Box::pin(preview(&self.aws, request, &observed, detailed, self.reporter)).await;
            Prompt::say("the answers as a command:");
            self.reporter.say(InitEvent::Command(request));
            return Ok(Some(exit));
        }
        if !self.greeted {
            // The Region was taken from an ARN, so nothing was shown yet.
            let (caller, region) = (&plan.caller, &plan.destination.region);
            Prompt::say(&format!("account {} in {region}, as {}", caller.account, caller.short_arn()));
        }
        if let Ok(approved) = plan.approve(&request.consent) {
            // Only `--yes` approves a test object in advance.
            if plan.steps.is_empty() && !request.consent.adds {
                match wants_proof(self.prompt, self.reporter, &plan, request) {
                    Ok(true) => {}
                    Err(WizardExit::Back) if self.interview.can_go_back() => {
                        self.back();
                        return Ok(None);
                    }
                    Ok(false) | Err(WizardExit::Back) => {
                        Prompt::say("nothing changed");
                        return Ok(Some(Exit::Done));
                    }
                    Err(halt) => return Err(halt),
                }
            } else {
                self.reporter.say(InitEvent::Begins { plan: &plan, request });
            }
            let lock = self.locked(request).await?;
            return Ok(Some(Box::pin(self.run_of(request).carry_out(&observed, &approved, lock)).await?));
        }
        let answers = self.answers(&plan, &observed).await?;
        match review(self.prompt, self.reporter, &plan, request, &answers)? {
            ReviewResult::Apply(consent) => {
                let request = Request { consent, ..request.clone() };
                let Ok(approved) = plan.approve(&request.consent) else { return Ok(None) };
                let lock = self.locked(&request).await?;
                Ok(Some(Box::pin(self.run_of(&request).carry_out(&observed, &approved, lock)).await?))
            }
            ReviewResult::Change(topic) => {
                self.forget(topic);
                self.interview.change(topic);
                Ok(None)
            }
            ReviewResult::Exempt(names) => {
                self.interview.agree(|consent| consent.exempts.extend(names));
                Ok(None)
            }
            ReviewResult::Back => {
                self.back();
                Ok(None)
            }
            // Leaving a plan that can't be applied is not a success.
            ReviewResult::Leave => {
                Ok(Some(plan.approve(&plan.full_consent(&request.consent)).err().as_ref().map_or(Exit::Done, exit_of)))
            }
        }
    }

    /// Returns the effective value of each answer, according to what was read for the plan.
    async fn answers(&mut self, plan: &Plan, observed: &Observed) -> Result<Answers, WizardExit> {
        let Observed { caller, region, sources, destination, .. } = observed;
        let side = || SourceSide { caller: caller.clone(), region: region.clone(), sources: sources.clone() };
        self.side.get_or_insert_with(side);
        match (destination, &self.destination) {
            (BucketState::Absent, _) => self.destination = Some(BucketChoice::New),
            // Someone created the bucket since it was chosen.
            (_, Some(BucketChoice::New)) => self.destination = None,
            (_, Some(BucketChoice::Existing(_) | BucketChoice::NeedsEncryption(_)) | None) => {}
        }
        let Draft { encryption, kms_key, .. } = self.interview.draft();
        let is_unstated = encryption.is_none() && kms_key.is_none();
        let mut answers = Answers { each: Vec::new(), can_go_back: self.interview.can_go_back() };
        for topic in self.interview.topics().iter().copied().filter(|topic| *topic != Topic::Options) {
            let words = if topic == Topic::Encryption && is_unstated {
                unstated_encryption(plan, observed)
            } else {
                self.words(topic).await?
            };
            answers.each.push((topic, words));
        }
        Ok(answers)
    }

    /// Waits for the lock of the bucket.
    async fn locked(&self, request: &Request) -> Result<Option<Lock>, WizardExit> {
        let lock = locked(self.ctrl_c, request.receipt_dir.as_deref(), &request.bucket, self.reporter);
        self.look("whether another run is using the bucket", lock).await
    }

    /// Plans from a fresh read. The request gets the default expiry if the bucket does not exist.
    async fn planned(&self, request: &Request) -> Result<(Request, Observed, Plan), ObserveError> {
        let observed = Box::pin(self.aws.observe(request, &own_keys(request))).await?;
        let observed = Box::pin(with_shown(&self.aws, request, observed)).await;
        let observed = with_origin(observed, request.receipt_dir.as_deref());
        let is_new = matches!(observed.destination, BucketState::Absent);
        let default = self.default_expiry().filter(|_| is_new);
        let request = Request { expire_days: self.interview.draft().expiry.or(default), ..request.clone() };
        let plan = plan(&request, &observed);
        Ok((request, observed, plan))
    }

    fn run_of<'r>(&'r self, request: &'r Request) -> RunContext<'r> {
        RunContext { aws: &self.aws, request, ctrl_c: self.ctrl_c, reporter: self.reporter }
    }

    /// Waits for AWS with a spinner that names `what`; Ctrl-C ends the wait.
    pub(super) async fn look<T, E: Into<WizardExit>>(
        &self,
        what: &str,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, WizardExit> {
        let _looking = Progress::looking(what);
        tokio::select! {
            outcome = future => outcome.map_err(Into::into),
            () = self.ctrl_c.wanted() => Err(WizardExit::Interrupted),
        }
    }

    /// Switches to another Region.
    pub(super) async fn move_to(&mut self, region: Region) {
        self.aws = connected(self.connect.clone(), Some(&region), self.global).await;
        self.interview.place(region);
        for topic in [Topic::Sources, Topic::Bucket] {
            self.forget(topic);
            self.interview.ask_again(topic);
        }
        self.who = None;
    }

    /// Turns the reason for stopping into the command's error.
    fn error(&self, halt: WizardExit) -> CommandError {
        match halt {
            WizardExit::Back | WizardExit::Interrupted | WizardExit::OtherRegion | WizardExit::Reopen(_) => {
                CommandError::interrupted()
            }
            WizardExit::Ended(why) => {
                CommandError::no_terminal(&why).hinted("nothing changed; flags and `--yes` need no terminal")
            }
            WizardExit::Command(error) => *error,
            WizardExit::Failed(error) => CommandError::from_observe_error(&error, &self.situation()),
            // The values came from the command line.
            WizardExit::Unusable(error) => CommandError { kind: ErrorKind::Usage, ..error.into() },
        }
    }

    /// Shows why a read failed, and what to do on this screen.
    pub(super) fn failed(&self, error: &ObserveError) {
        let own = if let ObserveError::NoLoadBalancer { suggestions, .. } = error {
            suggestions.is_empty().then_some("check the name, or select `another Region` below")
        } else if let ObserveError::NoBucket { suggestions, .. } = error {
            suggestions.is_empty().then_some("check the name, or select a bucket below")
        } else {
            None
        };
        let hint = own.map(str::to_owned).or_else(|| error.hint(&self.situation()));
        self.prompt.problem(&error.to_string(), hint.as_deref());
    }

    /// Returns the details that fill in the hints about AWS calls.
    pub(super) fn situation(&self) -> Situation {
        let situation = self.aws.source.situation();
        match &self.who {
            Some(who) => situation.within(&who.caller.account, &who.region),
            None => situation,
        }
    }

    /// Returns the producer. It is the first answer.
    pub(super) fn chosen_producer(&self) -> Result<Producer, WizardExit> {
        self.interview.draft().producer.ok_or(WizardExit::Back)
    }
}

/// Returns the wizard's hint for answers that contradict each other. The usual hints name flags, which don't help here.
fn on_screen(error: &Incomplete) -> Option<String> {
    let hint = match error {
        Incomplete::Encryption { .. } => "choose another encryption below",
        Incomplete::SelfLogging(_) => "choose another destination below",
        Incomplete::KeyWithoutKms => "choose one of them below",
        Incomplete::KeyElsewhere { .. } => "choose a key of this Region below",
        Incomplete::TransitionTooLate { .. } => "choose a later expiry below",
        Incomplete::Scattered(..) => "choose sources of one Region and account below",
        Incomplete::Bucket(_)
        | Incomplete::Key(_)
        | Incomplete::ManyProducers { .. }
        | Incomplete::Missing(_)
        | Incomplete::NotForSource { .. }
        | Incomplete::Prefix(_)
        | Incomplete::Source(_)
        | Incomplete::TagTwice { .. }
        | Incomplete::TransitionTooEarly { .. }
        | Incomplete::WrongFlag { .. } => return None,
    };
    Some(hint.to_owned())
}
