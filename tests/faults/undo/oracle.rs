//! The changes that a run and an undo may make.
//!
//! **A run** adds its own values. It replaces other people's values only if the replacement was requested and approved
//! (`--fix`, and `--exempt` for a statement that denies). It never removes anyone else's statement, tag, rule or
//! object.
//!
//! **An undo** changes a value only if the value is still as the undone run left it. It only changes the value back to
//! what it was before that run. It never changes a value twice, and it keeps a value if a later run of the same user
//! left the same value. It deletes a bucket only if the undone run created this very bucket. The bucket must also be
//! empty and as the run left it, and no log may go there.
//!
//! Only values count, not their writers. A value that was changed and changed back is unchanged, because the account
//! shows no difference.

use super::ledger::{Ledger, Run};
use super::snapshot::{Slot, Snapshot, changed, points_at};
use super::step::{Init, User};

/// Returns the changes that a run made but must not make.
pub(crate) fn of_run(ledger: &Ledger, user: User, asked: &Init, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let judge = OfRun { ledger, user, asked, before, after };
    changed(before, after)
        .iter()
        .filter_map(|slot| Some(format!("{} {slot}: {}", judge.why_not(slot)?, shown(slot, before, after))))
        .collect()
}

/// Returns whether the object is AWS's test file. AWS writes or rewrites the file when a load balancer is attached to a
/// bucket.
fn is_test_file(old: Option<&String>, new: Option<&String>) -> bool {
    let by_aws = |value: &String| value.ends_with(".amazonaws.com");
    old.is_none_or(by_aws) && new.is_some_and(by_aws)
}

/// Formats the current and the earlier value.
fn shown(slot: &Slot, before: &Snapshot, after: &Snapshot) -> String {
    let text = |of: &Snapshot| of.get(slot).map_or("nothing", String::as_str).to_owned();
    format!("{} -> {}", text(before), text(after))
}

struct OfRun<'a> {
    ledger: &'a Ledger,
    user: User,
    asked: &'a Init,
    before: &'a Snapshot,
    after: &'a Snapshot,
}

impl OfRun<'_> {
    fn why_not(&self, slot: &Slot) -> Option<&'static str> {
        let (old, new) = (self.before.get(slot), self.after.get(slot));
        // In a bucket that this run creates, no value belonged to anyone else.
        let bucket = slot.bucket().map(|bucket| Slot::Bucket(bucket.to_owned()));
        if bucket.is_some_and(|bucket| !self.before.contains_key(&bucket) && self.after.contains_key(&bucket)) {
            return None;
        }
        let added = old.is_none();
        let own = self.ledger.is_by_run(slot, Some(self.user));
        let agreed = own || self.asked.fix;
        let is_right = match slot {
            Slot::Bucket(_) | Slot::KeyTag(..) | Slot::Alias(_) | Slot::Key(_) => added,
            Slot::Attribute(..) | Slot::Vended(_) => false,
            Slot::Setting(_, name) => {
                agreed && ["encryption", "requestPayment", "publicAccessBlock"].contains(&name.as_str())
            }
            Slot::Tag(bucket, key) => {
                let is_asked = self.asked.tag.is_some_and(|(asked, _)| asked == key);
                let is_mark = key.starts_with("logbucket") && self.is_made(bucket);
                new.is_some() && if added { is_asked || is_mark } else { is_asked && agreed }
            }
            Slot::Rule(bucket, id) => {
                let is_asked = self.asked.days.is_some() && id.starts_with("logbucket");
                new.is_some() && is_asked && (added || agreed) && self.covers_only_logs(bucket, new)
            }
            Slot::Statement(_, sid) => {
                let exempt = self.asked.exempt == Some(sid) && new.is_some();
                added || exempt || self.ledger.is_by_run(slot, None)
            }
            Slot::Envelope(owner) => self.envelope(owner, old, new),
            // A run removes its test object before it ends.
            Slot::Object(..) => added || is_test_file(old, new),
            Slot::Logging(source) if source == self.asked.bucket => self.asked.fix && new.is_none(),
            Slot::Logging(source) | Slot::Inventory(source, _) | Slot::Log(source, _) => {
                self.asked.sources.contains(&source.as_str()) && new.is_some() && (added || agreed)
            }
            Slot::FlowLog(source, _) => {
                let is_moved = || self.added_flow_log(source);
                self.asked.sources.contains(&source.as_str()) && (added || agreed && (new.is_some() || is_moved()))
            }
        };
        (!is_right).then_some("a run changed")
    }

    /// Returns whether the run created a flow log of the network in another place. Then it may delete the former one.
    fn added_flow_log(&self, network: &str) -> bool {
        let is_new = |slot: &Slot| !self.before.contains_key(slot);
        self.after.keys().any(|slot| matches!(slot, Slot::FlowLog(of, _) if of == network) && is_new(slot))
    }

    /// Returns whether a run created the bucket.
    fn is_made(&self, bucket: &str) -> bool {
        self.ledger.is_by_run(&Slot::Bucket(bucket.to_owned()), None)
    }

    /// A rule deletes everything under its prefix. In a bucket that no run created, the rule must cover less than the
    /// log prefix, because others may use the log prefix, too.
    fn covers_only_logs(&self, bucket: &str, rule: Option<&String>) -> bool {
        let prefix =
            rule.and_then(|rule| rule.split_once("Prefix(")?.1.split_once(')')).map_or("", |(prefix, _)| prefix);
        // In the account's folder, each service that delivers through AWS has its own folder.
        let is_of_one_service = !prefix.contains("AWSLogs/") || prefix.contains("/elasticloadbalancing/");
        self.is_made(bucket)
            || is_of_one_service && prefix.trim_end_matches('/').len() > self.asked.prefix.trim_end_matches('/').len()
    }

    /// The fields of a policy outside its statements must stay.
    fn envelope(&self, owner: &str, old: Option<&String>, new: Option<&String>) -> bool {
        let is_of_others =
            |slot: &&Slot| matches!(slot, Slot::Statement(of, _) if of == owner) && !self.ledger.is_by_run(slot, None);
        old.is_none() || new.is_some() && !self.before.keys().any(|slot| is_of_others(&slot))
    }
}

/// Returns the changes that the undo of a run made but should not have made.
pub(crate) fn of_undo(ledger: &Ledger, place: usize, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let run = &ledger.runs[place];
    let judge = OfUndo { ledger, place, run, before, after };
    let mut wrong = Vec::new();
    for slot in changed(before, after) {
        let why = if let Slot::Bucket(bucket) = &slot {
            judge.why_not_delete(bucket)
        } else if slot.bucket().is_some_and(|bucket| judge.is_deleted(bucket)) {
            // The value was deleted with its bucket, which is judged as a whole.
            None
        } else {
            judge.why_not_restore(&slot).map(str::to_owned)
        };
        wrong.extend(why.map(|why| format!("an undo of {} {why}: {slot}: {}", run.name, shown(&slot, before, after))));
    }
    wrong
}

struct OfUndo<'a> {
    ledger: &'a Ledger,
    place: usize,
    run: &'a Run,
    before: &'a Snapshot,
    after: &'a Snapshot,
}

impl OfUndo<'_> {
    fn is_deleted(&self, bucket: &str) -> bool {
        let slot = Slot::Bucket(bucket.to_owned());
        self.before.contains_key(&slot) && !self.after.contains_key(&slot)
    }

    /// Returns the later runs of the same user. An undo can read the receipts of these runs, but not another user's.
    fn later(&self) -> impl Iterator<Item = &Run> {
        let later = self.ledger.runs.iter().skip(self.place + 1);
        later.filter(|later| later.user == self.run.user)
    }

    fn why_not_restore(&self, slot: &Slot) -> Option<&'static str> {
        let run = self.run;
        if matches!(slot, Slot::Object(..)) && is_test_file(self.before.get(slot), self.after.get(slot)) {
            return None;
        }
        if let Slot::Envelope(owner) = slot {
            // These fields exist only with statements, which are judged separately.
            let has_statements = self.after.keys().any(|slot| matches!(slot, Slot::Statement(of, _) if of == owner));
            return (has_statements && self.before.contains_key(slot) && self.after.get(slot) != run.before.get(slot))
                .then_some("changed a policy outside its statements");
        }
        let bucket = slot.bucket().map(|bucket| Slot::Bucket(bucket.to_owned()));
        if !run.wrote(slot) {
            Some("changed what its run never wrote")
        } else if run.restored.contains(slot) {
            Some("changed what it had restored before")
        } else if self.before.get(slot) != run.left.get(slot) {
            Some("changed what somebody changed since")
        } else if self.after.get(slot) != run.before.get(slot) {
            Some("left what was not there before its run")
        } else if bucket.is_some_and(|bucket| self.before.get(&bucket) != run.left.get(&bucket)) {
            Some("changed a recreated bucket")
        } else if self.later().any(|later| later.still_has(slot, self.before) || later.holds(slot, self.before)) {
            Some("changed what a later run left")
        } else {
            None
        }
    }

    fn why_not_delete(&self, bucket: &str) -> Option<String> {
        let run = self.run;
        let own = Slot::Bucket(bucket.to_owned());
        if self.after.contains_key(&own) {
            return Some("made a bucket".to_owned());
        }
        if !run.made(bucket) {
            return Some("deleted a bucket that its run did not create".to_owned());
        }
        if self.before.get(&own) != run.left.get(&own) {
            return Some("deleted a recreated bucket".to_owned());
        }
        let of_bucket = |slot: &&Slot| slot.bucket() == Some(bucket);
        if let Some(object) = self.before.keys().filter(of_bucket).find(|slot| matches!(slot, Slot::Object(..))) {
            return Some(format!("deleted a bucket with {object}"));
        }
        let mut slots = self.before.keys().chain(run.left.keys()).filter(of_bucket);
        let moved = slots.find(|slot| !matches!(slot, Slot::Object(..)) && self.before.get(slot) != run.left.get(slot));
        if let Some(moved) = moved {
            return Some(format!("deleted a bucket in which somebody changed {moved}"));
        }
        logs_to(bucket, self.after).map(|log| format!("deleted a bucket to which {log} goes"))
    }
}

/// Returns a log that goes to a bucket.
pub(crate) fn logs_to<'a>(bucket: &str, now: &'a Snapshot) -> Option<&'a Slot> {
    now.iter().find(|(slot, value)| slot.attaches() && points_at(value, bucket)).map(|(slot, _)| slot)
}

/// Returns whether an undo should delete a bucket: the bucket is as the run left it, is empty, and no log goes there.
pub(crate) fn may_be_deleted(run: &Run, bucket: &str, now: &Snapshot) -> bool {
    let of_bucket = |slot: &&Slot| slot.bucket() == Some(bucket);
    let same = |slot: &Slot| {
        if matches!(slot, Slot::Object(..)) { !now.contains_key(slot) } else { now.get(slot) == run.left.get(slot) }
    };
    now.contains_key(&Slot::Bucket(bucket.to_owned()))
        && run.made(bucket)
        && now.keys().chain(run.left.keys()).filter(of_bucket).all(same)
        && logs_to(bucket, now).is_none()
}
