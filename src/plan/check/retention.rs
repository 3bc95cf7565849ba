//! Are old logs deleted as asked?

use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, PlannedStep, Severity, Step};
use crate::producer;
use crate::state::{ExpirationRule, RuleRest, Seen};

const LIFECYCLE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html";

/// The most rules of a bucket: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.
const MOST_RULES: usize = 1000;

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let Some(days) = world.request.expire_days else { return Vec::new() };
    let finding = |what: String, cure| Finding {
        id: FindingId::LifecycleExpiration,
        severity: Severity::Wanted,
        subject: world.place.bucket.to_string(),
        what,
        why: format!("logs were asked to be deleted {} after they were written", in_words(days)),
        page: LIFECYCLE,
        cure,
    };
    let before = match world.bucket().map(|bucket| &bucket.lifecycle) {
        None | Some(Seen::Absent) => Vec::new(),
        Some(Seen::Present(rules)) => rules.clone(),
        Some(Seen::Denied(denial)) => {
            let hint = format!("allow `{}`, or leave `--expire-days` out", denial.action);
            return vec![finding(format!("the lifecycle rules are not known: {denial}"), Cure::Impossible(hint))];
        }
    };
    let own = world.bucket().is_none() || world.is_ours();
    let folders = if own { producer::expiring_folders } else { producer::own_folders };
    let folders = folders(&world.request.kind, &world.writers, &world.place);
    if folders.is_empty() {
        let hint = "end the prefix with `/`, or let keys be partitioned with `--partition event`".to_owned();
        return vec![finding(
            "the logs lie in no folder of their own, so a rule would delete other objects".to_owned(),
            Cure::Impossible(hint),
        )];
    }
    let rules: Vec<ExpirationRule> =
        folders.iter().map(|folder| rule(folder, days)).filter(|rule| !is_there(&before, rule)).collect();
    let rules: Vec<ExpirationRule> = rules.into_iter().map(|rule| with_what_was_added(rule, &before)).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    if before.len() + rules.len() > MOST_RULES {
        let hint = "give the logs a prefix of their own with `--prefix`".to_owned();
        return vec![finding(
            format!("the bucket would have more than {MOST_RULES} lifecycle rules"),
            Cure::Impossible(hint),
        )];
    }
    let what = format!("no rule expires {} after {}", folders.join(", "), in_words(days));
    let risk = format!(
        "everything under {} is deleted {} after it was written, also what is there already and whoever wrote it",
        folders.join(", "),
        in_words(days)
    );
    let replaces = before.iter().any(|old| rules.iter().any(|new| new.id == old.id));
    let step = Step::PutExpiration { bucket: world.place.bucket.clone(), before, rules };
    let step = if replaces { PlannedStep::replaces(step, risk) } else { PlannedStep::adds_at_risk(step, risk) };
    vec![finding(what, Cure::Steps(vec![step]))]
}

/// Whether a rule says so already, whatever else it says.
fn is_there(before: &[ExpirationRule], rule: &ExpirationRule) -> bool {
    before.iter().any(|old| ExpirationRule { rest: RuleRest::default(), ..old.clone() } == *rule)
}

/// A rule of ours with what somebody else added to the one that it replaces, but for what limits it.
fn with_what_was_added(rule: ExpirationRule, before: &[ExpirationRule]) -> ExpirationRule {
    let Some(old) = before.iter().find(|old| old.id == rule.id) else { return rule };
    let rest = RuleRest {
        of_old: false,
        tags: Vec::new(),
        larger_than: None,
        smaller_than: None,
        delete_marker: None,
        ..old.rest.clone()
    };
    ExpirationRule { rest, ..rule }
}

fn in_words(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// The rule of a folder: its id is derived, so that a second run finds it (at most 255 characters, says the API).
fn rule(folder: &str, days: u32) -> ExpirationRule {
    let id = format!("logbucket-expire-{folder}");
    ExpirationRule {
        id: id.chars().take(255).collect(),
        enabled: true,
        prefix: folder.to_owned(),
        narrower: false,
        days: Some(days),
        date: None,
        rest: RuleRest::default(),
    }
}
