//! What a run wrote to one setting: once, or again where its plan was made anew.

use crate::plan::Setting;

use super::{Change, Entry, Look, Outcome, Verdict};

/// The values of a setting over a run.
pub(super) struct Chain<'a> {
    /// What was there before all of it; nothing on a bucket that the run created.
    pub(super) before: Option<&'a Setting>,
    /// What it left, the last first; nothing where that depends on a key that was never created.
    after: Vec<Option<&'a Setting>>,
    /// Whether the last write was certainly carried out.
    certain: bool,
}

impl<'a> Chain<'a> {
    /// The last entry and the earlier ones, the latest first, back to where somebody else wrote in between: what the run left before
    /// that was gone by then.
    pub(super) fn new(last: &'a Entry, earlier: impl Iterator<Item = &'a Entry>) -> Self {
        let mut chain = Self { before: None, after: Vec::new(), certain: last.outcome == Outcome::Done };
        for entry in std::iter::once(last).chain(earlier) {
            let Change::Setting { before, after, .. } = &entry.change else { break };
            let follows = match (chain.before, after) {
                (Some(found), Some(left)) => found.is(left),
                (None, _) | (_, None) => false,
            };
            if !chain.after.is_empty() && !follows {
                break;
            }
            chain.before = before.as_ref();
            chain.after.push(after.as_ref());
        }
        chain
    }

    /// What is to be done about the setting, by what was found there.
    pub(super) fn verdict(&self, look: Look) -> Verdict {
        let now = match look {
            Look::Setting(now) => now,
            Look::Denied(denial) => return Verdict::Unseen(denial),
            Look::Bucket(_) | Look::Gone | Look::Nothing => return Verdict::Gone,
        };
        let is_left = self.after.iter().flatten().any(|left| now.is(left));
        let left = || self.after.first().copied().flatten().cloned();
        // A write that may never have been carried out leaves what a new bucket has.
        let never_written = !self.certain && now.is_of_a_new_bucket() && left().is_some();
        match self.before {
            Some(before) if now.is(before) => Verdict::AsBefore,
            Some(before) if is_left => Verdict::Restore { values: Box::new((now, before.clone())) },
            None if is_left || never_written => Verdict::WithBucket,
            // Where the step names a key that was never created, it was never carried out: what is there is another's.
            Some(_) | None => Verdict::Moved { values: Box::new((left(), now)) },
        }
    }
}
