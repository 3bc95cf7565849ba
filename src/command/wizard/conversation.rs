//! The conversation: questions until nothing is open, then the plan and what to do with it.

use crate::aws::{Aws, Connect, ObserveError, Situation, SourceSide};
use crate::cli::Global;
use crate::command::CommandError;
use crate::command::carry_out::Run;
use crate::command::error::exit_of;
use crate::command::lock::locked;
use crate::command::look::{connected, preview};
use crate::command::mode::Mode;
use crate::exit::Exit;
use crate::model::Region;
use crate::plan::{Plan, plan};
use crate::producer::{Producer, Topic};
use crate::request::{Incomplete, Interview, Request};
use crate::state::Observed;
use crate::ui::{InitEvent, Progress, Prompt, Reporter};
use crate::undo::receipts::Lock;

use super::destination::{Chosen, Offered};
use super::greeting::Who;
use super::halt::Halt;
use super::review::{Reviewed, review};
use crate::command::origin::{own_keys, with_origin};
use crate::command::witness::with_shown;
use crate::poll::Interruption;

/// A conversation, and what it has seen.
#[derive(Debug)]
pub(in crate::command) struct Conversation<'a> {
    pub(super) prompt: &'a Prompt,
    pub(super) global: &'a Global,
    pub(super) aws: Aws,
    pub(super) interview: Interview,
    pub(super) who: Option<Who>,
    pub(super) greeted: bool,
    /// The account's alias, where it has one.
    pub(super) alias: Option<String>,
    /// The sources that were chosen, as they were seen.
    pub(super) side: Option<SourceSide>,
    /// The chosen destination, once it was looked at.
    pub(super) destination: Option<Chosen>,
    /// The destinations that were offered last.
    pub(super) offered: Option<Offered>,
    connect: Connect,
    ctrl_c: &'a Interruption,
    reporter: Reporter,
    pub(super) mode: Mode,
}

impl<'a> Conversation<'a> {
    /// A conversation that fills what `interview` has open.
    pub(in crate::command) async fn new(
        interview: Interview,
        global: &'a Global,
        connect: Connect,
        prompt: &'a Prompt,
        ctrl_c: &'a Interruption,
        reporter: Reporter,
        mode: Mode,
    ) -> Self {
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
            offered,
            connect,
            ctrl_c,
            reporter,
            mode,
        }
    }

    /// Asks, shows the plan, and does what is agreed to.
    pub(in crate::command) async fn run(mut self) -> Result<Exit, CommandError> {
        // The Region of a run that is complete may be that of an ARN.
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

    /// Asks until the draft is a request.
    async fn fill(&mut self) -> Result<Request, Halt> {
        loop {
            let Some(topic) = self.interview.next_topic() else {
                match self.interview.draft().clone().complete() {
                    Ok(request) => return Ok(request),
                    Err(error) => self.reopen_for(error)?,
                }
                continue;
            };
            match Box::pin(self.ask(topic)).await {
                Ok(()) => {}
                Err(Halt::Back) => {
                    self.forget(topic);
                    if self.interview.back() {
                        self.prompt.aside("back");
                    } else {
                        self.prompt.say("this is the first question; Ctrl-C leaves, and nothing is changed");
                    }
                }
                Err(Halt::Reopen(topic)) => self.reopen(topic),
                Err(Halt::OtherRegion) => match self.other_region().await {
                    // From a Region's name back to the question that it was asked from.
                    Ok(()) | Err(Halt::Back) => {}
                    Err(halt) => return Err(halt),
                },
                Err(halt) => return Err(halt),
            }
        }
    }

    async fn ask(&mut self, topic: Topic) -> Result<(), Halt> {
        // Another Region is greeted anew.
        Box::pin(self.greet()).await?;
        match topic {
            Topic::Producer => self.producer(),
            Topic::LogTypes => self.log_types(),
            Topic::Sources => self.sources().await,
            Topic::Bucket => self.bucket().await,
            Topic::Encryption => self.encryption().await,
            Topic::Reports => self.reports().await,
            Topic::Prefix => self.prefix().await,
            Topic::Partition => self.partition(),
            Topic::Format => self.format(),
            Topic::Frequency => self.frequency(),
            Topic::Versions => self.versions(),
            Topic::Fields => self.fields().await,
            Topic::Expiry => self.expiry(),
        }
    }

    /// What was seen for an answer is seen anew when it is asked again.
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

    /// Answers that can't stand together: says why, and asks again for the one that can mend it.
    fn reopen_for(&mut self, error: Incomplete) -> Result<(), Halt> {
        let topic = match &error {
            Incomplete::Encryption { .. }
            | Incomplete::Key(_)
            | Incomplete::KeyElsewhere { .. }
            | Incomplete::KeyWithoutKms => Topic::Encryption,
            Incomplete::Bucket(_) | Incomplete::SelfLogging(_) => Topic::Bucket,
            Incomplete::Prefix(_) => Topic::Prefix,
            Incomplete::TransitionTooLate { .. } => Topic::Expiry,
            Incomplete::Scattered(..) | Incomplete::Source(_) => Topic::Sources,
            Incomplete::ManyProducers { .. }
            | Incomplete::Missing(_)
            | Incomplete::TagTwice { .. }
            | Incomplete::TransitionTooEarly { .. }
            | Incomplete::WrongFlag { .. } => {
                return Err(Halt::Unusable(error));
            }
        };
        self.prompt.problem(&error.to_string(), error.hint().as_deref());
        self.reopen(topic);
        Ok(())
    }

    /// Shows the plan and asks what to do with it; nothing where an answer is to be changed.
    async fn decide(&mut self, request: &Request) -> Result<Option<Exit>, Halt> {
        let (observed, plan) = match self.look("the destination and the sources", self.planned(request)).await {
            Ok(planned) => planned,
            Err(halt) => {
                self.prompt.say("the answers so far, as a command:");
                self.reporter.say(InitEvent::Command(request));
                return Err(halt);
            }
        };
        if let Mode::Preview { detailed } = self.mode {
            let exit = Box::pin(preview(&self.aws, request, &observed, detailed, self.reporter)).await;
            self.prompt.say("the answers as a command:");
            self.reporter.say(InitEvent::Command(request));
            return Ok(Some(exit));
        }
        if let Ok(approved) = plan.approve(&request.consent) {
            let lock = self.locked(request).await?;
            self.reporter.say(InitEvent::Begins { plan: &plan, request });
            return Ok(Some(Box::pin(self.run_of(request).carry_out(&observed, &approved, lock)).await?));
        }
        match review(self.prompt, self.reporter, &plan, request, &self.interview)? {
            Reviewed::Apply(consent) => {
                let request = Request { consent, ..request.clone() };
                let Ok(approved) = plan.approve(&request.consent) else { return Ok(None) };
                let lock = self.locked(&request).await?;
                Ok(Some(Box::pin(self.run_of(&request).carry_out(&observed, &approved, lock)).await?))
            }
            Reviewed::Change(topic) => {
                self.forget(topic);
                self.interview.change(topic);
                Ok(None)
            }
            Reviewed::Exempt(name) => {
                self.interview.agree(|consent| consent.exempts.push(name));
                Ok(None)
            }
            // What can't be carried out as it is is no success, however it was left.
            Reviewed::Leave => {
                Ok(Some(plan.approve(&plan.full_consent(&request.consent)).err().as_ref().map_or(Exit::Done, exit_of)))
            }
        }
    }

    /// The place among the runs on the bucket.
    async fn locked(&self, request: &Request) -> Result<Option<Lock>, Halt> {
        let lock = locked(self.ctrl_c, request.receipt_dir.as_deref(), &request.bucket, self.reporter);
        self.look("whether another run is at work there", lock).await
    }

    async fn planned(&self, request: &Request) -> Result<(Observed, Plan), ObserveError> {
        let observed = Box::pin(self.aws.observe(request, &own_keys(request))).await?;
        let observed = Box::pin(with_shown(&self.aws, request, observed)).await;
        let observed = with_origin(observed, request.receipt_dir.as_deref());
        let plan = plan(request, &observed);
        Ok((observed, plan))
    }

    fn run_of<'r>(&'r self, request: &'r Request) -> Run<'r> {
        Run { aws: &self.aws, request, ctrl_c: self.ctrl_c, reporter: self.reporter }
    }

    /// Waits for AWS with a word on what is looked at; Ctrl-C ends it.
    pub(super) async fn look<T, E: Into<Halt>>(
        &self,
        what: &str,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Halt> {
        let _looking = Progress::looking(what);
        tokio::select! {
            outcome = future => outcome.map_err(Into::into),
            () = self.ctrl_c.wanted() => Err(Halt::Interrupted),
        }
    }

    /// The same AWS in another Region.
    pub(super) async fn move_to(&mut self, region: Region) {
        self.aws = connected(self.connect.clone(), Some(&region), self.global).await;
        self.interview.place(region);
        for topic in [Topic::Sources, Topic::Bucket] {
            self.forget(topic);
            self.interview.ask_again(topic);
        }
        self.who = None;
    }

    /// Why it ended before anything was agreed to.
    fn error(&self, halt: Halt) -> CommandError {
        match halt {
            Halt::Back | Halt::Interrupted | Halt::OtherRegion | Halt::Reopen(_) => CommandError::interrupted(),
            Halt::Ended(why) => CommandError::new(Exit::Failed, format!("the terminal can't be read any more: {why}"))
                .hinted("nothing was changed; flags and `--yes` need no terminal"),
            Halt::Command(error) => *error,
            Halt::Failed(error) => CommandError::of_look(&error, &self.situation()),
            // Whatever it is, it was typed.
            Halt::Unusable(error) => CommandError { exit: Exit::Usage, ..error.into() },
        }
    }

    /// What a hint about a call fills in.
    pub(super) fn situation(&self) -> Situation {
        let situation = self.aws.source.situation();
        match &self.who {
            Some(who) => situation.within(&who.caller.account, &who.region),
            None => situation,
        }
    }

    /// The producer, which is asked for first.
    pub(super) fn chosen_producer(&self) -> Result<Producer, Halt> {
        self.interview.draft().producer.ok_or(Halt::Back)
    }
}
