//! Asks for the bucket: a new bucket with a free name, or one of the account's buckets, each listed with its verdict.

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{AwsError, ObserveError, Presence, SourceSide};
use crate::model::{BucketName, Encryption, EncryptionKind, Seen};
use crate::plan::{Plan, plan};
use crate::producer::{Loops, Prefix, Producer, Topic};
use crate::request::{Draft, Request};
use crate::state::Observed;
use crate::ui::{Choice, ListSearch, encryption_outcome};

use super::conversation::Conversation;
use super::offers::{BucketVerdict, Obstacle};
use super::wizard_exit::WizardExit;
use crate::command::origin::{own_keys, with_origin};
use crate::command::witness::with_shown;

/// How many buckets are judged for the list. Each bucket takes about ten requests.
const JUDGED: usize = 40;

/// The number of buckets judged at once.
const AT_ONCE: usize = 4;

/// How many numbers are tried for the proposed name.
const PROPOSALS: u32 = 9;

#[derive(Clone, Debug)]
pub(super) enum BucketChoice {
    /// To be created.
    New,
    Existing(Existing),
    /// The reason why the bucket needs another default encryption.
    NeedsEncryption(String),
}

/// An existing bucket, and what a plan without further answers does to it.
#[derive(Clone, Debug)]
pub(super) struct Existing {
    /// The bucket now and after the plan.
    pub(super) summary: String,
    /// What happens to its default encryption.
    pub(super) encryption: String,
}

/// The buckets of a list, and the answers that the list was made for.
#[derive(Clone, Debug)]
pub(super) struct OfferedBuckets {
    draft: Draft,
    proposed: Option<BucketName>,
    candidates: Vec<Candidate>,
}

#[derive(Clone, Debug)]
struct Candidate {
    name: BucketName,
    verdict: BucketVerdict,
    /// Describes the bucket now and after the plan; `None` if it was not read.
    found: Option<BucketChoice>,
}

impl Candidate {
    /// Returns the bucket's rank in the list.
    fn rank(&self) -> impl Ord + use<> {
        (self.group(), self.verdict.clone(), self.name.clone())
    }

    fn group(&self) -> Group {
        match self.verdict {
            BucketVerdict::Impossible(_) => Group::Unusable,
            BucketVerdict::Ready => Group::Logs,
            BucketVerdict::Needs(_) | BucketVerdict::Denied(_) | BucketVerdict::Unknown
                if sounds_like_logs(&self.name) =>
            {
                Group::Logs
            }
            BucketVerdict::Needs(_) | BucketVerdict::Denied(_) | BucketVerdict::Unknown => Group::Others,
        }
    }
}

/// The groups of buckets, in the order of the list.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Group {
    Logs,
    Others,
    Unusable,
}

impl Group {
    /// Returns the line above the group.
    fn heading(self) -> Option<&'static str> {
        match self {
            Self::Logs => None,
            Self::Others => Some("not used for logs"),
            Self::Unusable => Some("not usable"),
        }
    }
}

#[derive(Clone)]
enum BucketEntry {
    New(BucketName),
    /// Not a bucket name.
    Invalid,
    Existing(Candidate),
}

impl Conversation<'_> {
    pub(super) async fn bucket(&mut self) -> Result<(), WizardExit> {
        let side = self.source_side().await?;
        let OfferedBuckets { proposed, candidates, .. } = self.offered(&side).await?;
        let former = self.interview.former().bucket.clone();
        let is_listed = |name: &BucketName| candidates.iter().any(|candidate| candidate.name == *name);
        let named = former.clone().filter(|name| !is_listed(name));
        let mut new: Vec<BucketName> = named.into_iter().chain(proposed).collect();
        new.dedup();
        let create =
            |name: &BucketName| Choice::new(format!("create {name}"), "new bucket", BucketEntry::New(name.clone()));
        let offer = |text: &str| match text.parse::<BucketName>() {
            Ok(name) if new.contains(&name) || is_listed(&name) => None,
            Ok(name) => Some(create(&name)),
            Err(error) => {
                Some(Choice::new(format!("create {text}"), "", BucketEntry::Invalid).refused(Some(error.to_string())))
            }
        };
        let existing = candidates.iter().enumerate().map(|(place, candidate)| {
            let before =
                place.checked_sub(1).and_then(|place| candidates.get(place)).map_or(Group::Logs, Candidate::group);
            let heading = candidate.group().heading().filter(|_| candidate.group() != before);
            let choice = Choice::new(
                candidate.name.as_str(),
                candidate.verdict.words(),
                BucketEntry::Existing(candidate.clone()),
            );
            choice.below(heading)
        });
        let choices: Vec<Choice<BucketEntry>> = new.iter().map(create).chain(existing).collect();
        let at = candidates.iter().position(|candidate| Some(&candidate.name) == former.as_ref());
        let at = at.map(|place| place + new.len()).unwrap_or_default();
        let mut typed = String::new();
        let candidate = loop {
            let question = format!("destination in {}? (type to search, or a new name)", side.region);
            let (choices, fixed) = (choices.clone(), Vec::new());
            let search = ListSearch { question: &question, choices, fixed, offer: &offer, typed: &typed, at };
            let found = self.prompt.search(search)?;
            typed = found.typed;
            let chosen = match found.value {
                BucketEntry::New(name) => self.named(&side, name).await,
                BucketEntry::Existing(candidate) if candidate.verdict == BucketVerdict::Unknown => {
                    self.judged(&side, candidate.name).await.map(Some)
                }
                BucketEntry::Existing(candidate) => Ok(Some(candidate)),
                BucketEntry::Invalid => Ok(None),
            };
            match chosen {
                Ok(Some(Candidate {
                    name, verdict: BucketVerdict::Impossible(Obstacle { what, hint, .. }), ..
                })) => {
                    self.prompt.problem(&format!("`{name}` can't work: {what}"), hint.as_deref());
                }
                Ok(Some(candidate)) => break candidate,
                Ok(None) => {}
                Err(WizardExit::Failed(error)) => self.failed(&error),
                Err(halt) => return Err(halt),
            }
        };
        let what = match &candidate.found {
            Some(_) => format!("{} ({})", candidate.name, candidate.verdict.words()),
            None => format!("{} (new)", candidate.name),
        };
        self.prompt.answered(Topic::Bucket.title(), &what);
        self.destination = Some(candidate.found.unwrap_or(BucketChoice::New));
        self.interview.answer(Topic::Bucket, |draft| draft.bucket = Some(candidate.name));
        Ok(())
    }

    /// Returns the choices. They are read again only if an answer has changed.
    async fn offered(&mut self, side: &SourceSide) -> Result<OfferedBuckets, WizardExit> {
        let draft = Draft { bucket: None, ..self.interview.draft().clone() };
        if let Some(offered) = self.offered.as_ref().filter(|offered| offered.draft == draft) {
            return Ok(offered.clone());
        }
        let producer = self.chosen_producer()?;
        let what = format!("the buckets in {} and what each would need", side.region);
        let both = async {
            let (proposed, candidates) =
                tokio::join!(self.proposed(side, producer), Box::pin(self.candidates(side, producer)));
            Ok::<_, WizardExit>((proposed?, candidates?))
        };
        let (proposed, candidates) = self.look(&what, Box::pin(both)).await?;
        let mut candidates = match candidates {
            Seen::Present(candidates) => candidates,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => {
                let what = format!("couldn't list the buckets: {}", denial.outcome());
                self.prompt.problem(&what, Some("type the name of a new or an existing bucket"));
                Vec::new()
            }
        };
        candidates.sort_by_key(Candidate::rank);
        let offered = OfferedBuckets { draft, proposed, candidates };
        self.offered = Some(offered.clone());
        Ok(offered)
    }

    /// Proposes `ACCOUNT-REGION-PRODUCER-logs`, with a number if the name is taken.
    async fn proposed(&self, side: &SourceSide, producer: Producer) -> Result<Option<BucketName>, AwsError> {
        let stem = format!("{}-{}-{producer}-logs", side.caller.account, side.region);
        for number in 1..=PROPOSALS {
            let name = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
            let Ok(bucket) = name.parse::<BucketName>() else { break };
            if self.aws.presence(&side.region, &bucket, &side.caller.account).await? == Presence::Absent {
                return Ok(Some(bucket));
            }
        }
        Ok(None)
    }

    /// Lists the account's buckets in the Region of the sources, and judges the likely ones.
    async fn candidates(&self, side: &SourceSide, producer: Producer) -> Result<Seen<Vec<Candidate>>, AwsError> {
        let mut names = match self.aws.bucket_names(&side.region).await? {
            Seen::Present(names) => names,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        if producer.facts().destination.loops == Loops::Endless {
            // A bucket that logs to itself creates endless logs.
            names.retain(|name| !side.sources.iter().any(|source| source.name() == name.as_str()));
        }
        names.sort_by_key(|name| (!sounds_like_logs(name), name.clone()));
        let later = names.split_off(names.len().min(JUDGED));
        let unknown = |name: BucketName| Candidate { name, verdict: BucketVerdict::Unknown, found: None };
        let judged = names.into_iter().map(|name| async {
            let known = self.verdict(side, name.clone()).await;
            known.unwrap_or_else(|_| unknown(name))
        });
        let judged: Vec<_> = judged.collect();
        let mut candidates: Vec<Candidate> = stream::iter(judged).buffered(AT_ONCE).collect().await;
        candidates.extend(later.into_iter().map(unknown));
        Ok(Seen::Present(candidates))
    }

    /// Judges which changes a bucket would need.
    async fn verdict(&self, side: &SourceSide, name: BucketName) -> Result<Candidate, ObserveError> {
        let draft = self.interview.draft();
        // Leave out a key that is not chosen yet and an invalid prefix: neither is a problem of this bucket.
        let encryption =
            draft.encryption.filter(|kind| *kind != EncryptionKind::SseKmsCustomer || draft.kms_key.is_some());
        let legal = |prefix: &String| draft.producer.is_some_and(|producer| Prefix::parse(producer, prefix).is_ok());
        let prefix = draft.prefix.clone().filter(legal);
        let asked = Draft { bucket: Some(name.clone()), encryption, prefix, ..draft.clone() };
        let request = match asked.complete() {
            Ok(request) => request,
            Err(why) => {
                return Ok(Candidate {
                    name,
                    verdict: BucketVerdict::Impossible(Obstacle::new(why.to_string())),
                    found: None,
                });
            }
        };
        let observed = Box::pin(self.aws.observe_beside(&request, side, &own_keys(&request))).await?;
        // As in `check` and in the final plan, a setting needs no change if delivered logs show that it works.
        let observed = Box::pin(with_shown(&self.aws, &request, observed)).await;
        let observed = with_origin(observed, request.receipt_dir.as_deref());
        let as_it_is = plan(&request, &observed);
        let verdict = BucketVerdict::from_plan(&as_it_is);
        if let (BucketVerdict::Impossible(Obstacle { what: why, .. }), Encryption::Unstated) =
            (&verdict, &request.encryption)
        {
            let lowered = plan(&Request { encryption: Encryption::SseS3, ..request.clone() }, &observed);
            let other = BucketVerdict::from_plan(&lowered);
            if other.is_usable() {
                return Ok(Candidate { name, verdict: other, found: Some(BucketChoice::NeedsEncryption(why.clone())) });
            }
        }
        let encryption = unstated_encryption(&as_it_is, &observed);
        let existing = Existing { summary: as_it_is.destination_text, encryption };
        Ok(Candidate { name, verdict, found: Some(BucketChoice::Existing(existing)) })
    }

    /// Returns the chosen destination. Reads it first if a flag named it.
    pub(super) async fn chosen_destination(&mut self) -> Result<BucketChoice, WizardExit> {
        if let Some(chosen) = &self.destination {
            return Ok(chosen.clone());
        }
        let name = self.interview.draft().bucket.clone().ok_or(WizardExit::Back)?;
        let side = self.source_side().await?;
        let presence = self.aws.presence(&side.region, &name, &side.caller.account);
        let presence = self.look(&format!("`{name}`"), presence).await?;
        if self.refused(&side, &name, &presence) {
            return Err(WizardExit::Reopen(Topic::Bucket));
        }
        let chosen = match presence {
            Presence::Absent => BucketChoice::New,
            Presence::Refused | Presence::There(_) => {
                self.judged(&side, name).await?.found.unwrap_or(BucketChoice::New)
            }
        };
        self.destination = Some(chosen.clone());
        Ok(chosen)
    }

    async fn judged(&self, side: &SourceSide, name: BucketName) -> Result<Candidate, WizardExit> {
        let what = format!("what `{name}` would need");
        self.look(&what, Box::pin(self.verdict(side, name))).await
    }

    /// Judges a typed name, of a new bucket or of a bucket that is not in the list. If the name can't be used, reports
    /// why and returns `None`.
    async fn named(&self, side: &SourceSide, name: BucketName) -> Result<Option<Candidate>, WizardExit> {
        let presence = self.aws.presence(&side.region, &name, &side.caller.account);
        let presence = self.look(&format!("whether `{name}` exists"), presence).await?;
        if self.refused(side, &name, &presence) {
            return Ok(None);
        }
        match presence {
            Presence::Absent => Ok(Some(Candidate { name, verdict: BucketVerdict::Ready, found: None })),
            Presence::There(_) | Presence::Refused => self.judged(side, name).await.map(Some),
        }
    }

    /// Returns whether this bucket is refused as the destination. If so, reports why.
    fn refused(&self, side: &SourceSide, name: &BucketName, presence: &Presence) -> bool {
        match presence {
            Presence::Absent => return false,
            Presence::There(region) if *region == side.region => return false,
            Presence::There(region) => self.prompt.problem(
                &format!("`{name}` is in {region}, but these logs can only be delivered within {}", side.region),
                None,
            ),
            Presence::Refused => self.prompt.problem(
                &format!("`{name}` is taken by a bucket that account {} can't access", side.caller.account),
                Some(&format!(
                    "other accounts can't take a name that ends with `-{}-{}-an`",
                    side.caller.account, side.region
                )),
            ),
        }
        true
    }
}

/// Returns what a plan does to the default encryption of its bucket, if the user asked for none.
pub(super) fn unstated_encryption(plan: &Plan, observed: &Observed) -> String {
    match observed.destination.bucket() {
        Some(bucket) => encryption_outcome(plan, &bucket.encryption),
        None => "SSE-S3".to_owned(),
    }
}

/// Returns whether a name suggests a log bucket. Such buckets are judged and shown first.
fn sounds_like_logs(name: &BucketName) -> bool {
    ["log", "audit", "inventory", "access"].iter().any(|word| name.as_str().contains(word))
}
