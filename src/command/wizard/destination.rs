//! Which bucket: a new one with a name that is free, or one of the account's with its verdict.

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{Presence, SourceSide};
use crate::model::{BucketName, EncryptionKind, Producer};
use crate::plan::plan;
use crate::request::{Draft, Topic};
use crate::state::Seen;
use crate::ui::Choice;

use super::conversation::Conversation;
use super::halt::Halt;
use super::offers::Verdict;

/// Buckets whose settings are read for the list: each takes about ten requests.
const JUDGED: usize = 40;

/// Buckets judged at once, ten requests each.
const AT_ONCE: usize = 4;

/// How often a proposed name is tried with another number.
const PROPOSALS: u32 = 9;

/// The destination that was chosen.
#[derive(Clone, Debug)]
pub(super) enum Chosen {
    /// It is still to be made.
    New,
    /// What it is and will be.
    Existing(String),
}

/// A bucket of the account, as a destination.
#[derive(Clone, Debug)]
struct Candidate {
    name: BucketName,
    verdict: Verdict,
    /// What it is and will be.
    words: Option<String>,
}

impl Candidate {
    /// Its place in the list: what can be used first, and of it what is for logs by its name.
    fn rank(&self) -> (bool, bool, Verdict, BucketName) {
        let usable = self.verdict.is_usable();
        (!usable, usable && !sounds_like_logs(&self.name), self.verdict.clone(), self.name.clone())
    }
}

enum Entry {
    New,
    Type,
    Existing(Candidate),
}

impl Conversation<'_> {
    pub(super) async fn bucket(&mut self) -> Result<(), Halt> {
        let side = self.source_side().await?;
        let proposed = self.proposed(&side).await?;
        let mut candidates = self.candidates(&side).await?;
        candidates.sort_by_key(Candidate::rank);
        let candidate = loop {
            let mut choices = vec![Choice::new("a new bucket", proposed.clone(), Entry::New)];
            choices.extend(candidates.iter().map(|candidate| {
                Choice::new(candidate.name.as_str(), candidate.verdict.words(), Entry::Existing(candidate.clone()))
            }));
            choices.push(Choice::new("type the name of an existing one", "", Entry::Type));
            let question = format!("destination in {}? (type to search)", side.region);
            let chosen = match self.prompt.search(&question, choices, 0)? {
                Entry::New => self.named(&side, "name of the new bucket", &proposed).await,
                Entry::Type => self.named(&side, "name of the bucket", "").await,
                Entry::Existing(candidate) if candidate.verdict == Verdict::Unknown => {
                    self.judged(&side, candidate.name).await
                }
                Entry::Existing(candidate) => Ok(candidate),
            };
            match chosen {
                Ok(Candidate { name, verdict: verdict @ Verdict::Impossible(_), .. }) => {
                    self.prompt.problem(&format!("`{name}` {}", verdict.words()), None);
                }
                Ok(candidate) => break candidate,
                // From a name back to the list.
                Err(Halt::Back) => {}
                Err(halt) => return Err(halt),
            }
        };
        let what = match &candidate.words {
            Some(_) => format!("{} ({})", candidate.name, candidate.verdict.words()),
            None => format!("{} (new)", candidate.name),
        };
        self.prompt.answered("destination", &what);
        self.destination = Some(candidate.words.map_or(Chosen::New, Chosen::Existing));
        self.interview.answer(Topic::Bucket, |draft| draft.bucket = Some(candidate.name));
        Ok(())
    }

    /// `ACCOUNT-REGION-PRODUCER-logs`, with a number where it is taken.
    async fn proposed(&self, side: &SourceSide) -> Result<String, Halt> {
        let kind = match self.chosen_producer()? {
            Producer::Alb => "alb-logs",
            Producer::Nlb => "nlb-logs",
            Producer::S3Access => "s3-access-logs",
            Producer::Inventory => "inventory-logs",
        };
        let stem = format!("{}-{}-{kind}", side.caller.account, side.region);
        for number in 1..=PROPOSALS {
            let name = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
            let Ok(bucket) = name.parse::<BucketName>() else { break };
            let presence = self.aws.presence(&side.region, &bucket, &side.caller.account);
            if self.look("a name that is free", presence).await? == Presence::Absent {
                return Ok(name);
            }
        }
        Ok(stem)
    }

    /// The account's buckets in the Region of the sources, the likely ones judged.
    async fn candidates(&self, side: &SourceSide) -> Result<Vec<Candidate>, Halt> {
        let what = format!("the buckets of {}", side.region);
        let mut names = match self.look(&what, self.aws.bucket_names(&side.region)).await? {
            Seen::Present(names) => names,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => {
                self.prompt
                    .say(&format!("the buckets can't be listed: `{}` is not allowed, or not answered", denial.action));
                Vec::new()
            }
        };
        if self.chosen_producer()? == Producer::S3Access {
            // A bucket that logs to itself logs each delivery again.
            names.retain(|name| !side.sources.iter().any(|source| source.name() == name.as_str()));
        }
        names.sort_by_key(|name| (!sounds_like_logs(name), name.clone()));
        let later = names.split_off(names.len().min(JUDGED));
        let judged: Vec<_> = names.into_iter().map(|name| self.verdict(side, name)).collect();
        let judged = async { Ok::<_, Halt>(stream::iter(judged).buffered(AT_ONCE).collect::<Vec<_>>().await) };
        let mut candidates = self.look("what each bucket would need", judged).await?;
        candidates.extend(later.into_iter().map(|name| Candidate { name, verdict: Verdict::Unknown, words: None }));
        Ok(candidates)
    }

    /// What a bucket would need; one that can't be looked at is not judged.
    async fn verdict(&self, side: &SourceSide, name: BucketName) -> Candidate {
        let unknown = Candidate { name: name.clone(), verdict: Verdict::Unknown, words: None };
        let draft = self.interview.draft();
        // A key that is still to be chosen is no question of this bucket.
        let encryption =
            draft.encryption.filter(|kind| *kind != EncryptionKind::SseKmsCustomer || draft.kms_key.is_some());
        let Ok(request) = (Draft { bucket: Some(name), encryption, ..draft.clone() }).complete() else {
            return unknown;
        };
        let Ok(observed) = Box::pin(self.aws.observe_beside(&request, side)).await else { return unknown };
        let plan = plan(&request, &observed);
        Candidate { verdict: Verdict::of(&plan), words: Some(plan.destination), ..unknown }
    }

    /// The destination: as it was chosen, or looked at where a flag named it.
    pub(super) async fn chosen_destination(&mut self) -> Result<Chosen, Halt> {
        if let Some(chosen) = &self.destination {
            return Ok(chosen.clone());
        }
        let name = self.interview.draft().bucket.clone().ok_or(Halt::Back)?;
        let side = self.source_side().await?;
        let presence = self.aws.presence(&side.region, &name, &side.caller.account);
        let presence = self.look(&format!("`{name}`"), presence).await?;
        let chosen = match presence {
            Presence::There(region) if region == side.region => self.judged(&side, name).await?.words,
            Presence::Absent | Presence::Refused | Presence::There(_) => None,
        };
        let chosen = chosen.map_or(Chosen::New, Chosen::Existing);
        self.destination = Some(chosen.clone());
        Ok(chosen)
    }

    async fn judged(&self, side: &SourceSide, name: BucketName) -> Result<Candidate, Halt> {
        let what = format!("what `{name}` would need");
        self.look(&what, async { Ok::<_, Halt>(self.verdict(side, name).await) }).await
    }

    /// A name that is typed: free, or of a bucket that can be used.
    async fn named(&self, side: &SourceSide, question: &str, initial: &str) -> Result<Candidate, Halt> {
        let mut typed = initial.to_owned();
        let check = |text: &str| text.parse::<BucketName>().map(drop).map_err(|error| error.to_string());
        loop {
            typed = self.prompt.text(question, &typed, check)?;
            let Ok(name) = typed.parse::<BucketName>() else { continue };
            let presence = self.aws.presence(&side.region, &name, &side.caller.account);
            match self.look(&format!("whether `{name}` is free"), presence).await? {
                Presence::Absent => return Ok(Candidate { name, verdict: Verdict::Ready, words: None }),
                Presence::There(region) if region == side.region => return self.judged(side, name).await,
                Presence::There(region) => self.prompt.problem(
                    &format!("`{name}` is in {region}, and logs are delivered only within {}", side.region),
                    None,
                ),
                Presence::Refused => self.prompt.problem(
                    &format!("`{name}` is taken, and account {} may not use it", side.caller.account),
                    Some(&format!(
                        "nobody else can take a name that ends with `-{}-{}-an`",
                        side.caller.account, side.region
                    )),
                ),
            }
        }
    }
}

/// Whether a name says that logs are kept there: such buckets are judged and shown first.
fn sounds_like_logs(name: &BucketName) -> bool {
    ["log", "audit", "inventory", "access"].iter().any(|word| name.as_str().contains(word))
}
