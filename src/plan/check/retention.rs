//! Are old logs deleted as asked?

use sha2::{Digest as _, Sha256};

use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, PlannedStep, Severity, Step};
use crate::producer;
use crate::state::{ExpirationRule, RuleRest, Seen, Transition};

const LIFECYCLE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html";

/// The most rules of a bucket: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.
const MOST_RULES: usize = 1000;

/// The most characters of a rule's id: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>.
const LONGEST_ID: usize = 255;

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
    let folders = producer::own_folders(&world.request.kind, &world.writers, &world.place);
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
    if let Some((rule, moves)) = rules.iter().find_map(|rule| Some((rule, moved_too_late(rule, days)?))) {
        let class = moves.class.as_deref().unwrap_or("another storage class");
        let when = moves.days.map_or_else(
            || "on a date, which does not go with deleting by days".to_owned(),
            |days| format!("after {days} days, which is not before they would be deleted"),
        );
        let hint =
            format!("ask for more days with `--expire-days`, or take the transition out of the rule `{}`", rule.id);
        return vec![finding(
            format!("the rule `{}` moves objects to {class} {when}", rule.id),
            Cure::Impossible(hint),
        )];
    }
    let others = before.iter().filter(|old| !rules.iter().any(|new| new.id == old.id)).count();
    if others + rules.len() > MOST_RULES {
        let hint = "give the logs a prefix of their own with `--prefix`".to_owned();
        return vec![finding(
            format!("the bucket would have more than {MOST_RULES} lifecycle rules"),
            Cure::Impossible(hint),
        )];
    }
    let what = format!("no rule expires {} after {}", folders.join(", "), in_words(days));
    // In a new bucket there is nothing of anybody.
    let whose = if world.bucket().is_none() { "" } else { ", including existing objects and objects of other writers" };
    let risk =
        format!("everything under {} is deleted {} after it was written{whose}", folders.join(", "), in_words(days));
    let step = Step::PutExpiration { bucket: world.place.bucket.clone(), before, rules };
    let step = PlannedStep::sets_at_risk(step, risk);
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

/// What somebody added to a rule of ours and what can't go with so few days: a deleted object is not moved any more, and a rule
/// that is by days and by date was seen to be refused (<https://github.com/hashicorp/terraform-provider-aws/issues/23674>, March
/// 2022); AWS's pages do not say.
fn moved_too_late(rule: &ExpirationRule, days: u32) -> Option<&Transition> {
    let is_in_time = |of: &&Transition| of.days.is_some_and(|after| i64::from(after) < i64::from(days));
    rule.rest.transitions.iter().find(|of| !is_in_time(of))
}

fn in_words(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// The id of a folder's rule is derived, so that a second run finds it. What is too long for one is told apart by a digest.
fn id(folder: &str) -> String {
    let id = format!("logbucket-expire-{folder}");
    if id.chars().count() <= LONGEST_ID {
        return id;
    }
    let first = Sha256::digest(folder).first_chunk().copied().unwrap_or_default();
    let digest = format!("{:016x}", u64::from_be_bytes(first));
    let kept = LONGEST_ID - digest.len() - 1;
    format!("{}-{digest}", id.chars().take(kept).collect::<String>())
}

/// The rule of a folder.
fn rule(folder: &str, days: u32) -> ExpirationRule {
    ExpirationRule {
        id: id(folder),
        enabled: true,
        prefix: folder.to_owned(),
        narrower: false,
        days: Some(days),
        date: None,
        rest: RuleRest::default(),
    }
}
