//! Are old logs deleted, or moved to another storage class, as requested?

use sha2::{Digest as _, Sha256};

use crate::model::{Seen, TransitionAfter};
use crate::plan::plan_context::PlanContext;
use crate::plan::{
    Finding, Fix, Hint, LogPart, PlannedStep, RetentionFinding, RetentionGap, Risk, RuleConflict, RulesRisk, Step,
    TooEarly, When, Wish,
};
use crate::producer;
use crate::state::{ExpirationRule, RuleRest, Transition, Versioning};

/// The maximum number of rules of a bucket:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.
const MOST_RULES: usize = 1000;

/// The maximum length of a rule's ID: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>.
const LONGEST_ID: usize = 255;

/// The start of a rule's ID: `EXPIRE` if the rule expires objects, `TRANSITION` if it only moves objects.
const EXPIRE: &str = "logbucket-expire-";
const TRANSITION: &str = "logbucket-transition-";

/// The number of days after which incomplete uploads are removed, as in AWS's example
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html>).
const UPLOAD_DAYS: i32 = 7;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let asked = RequestedRetention::new(context);
    if asked.wish.days.is_none() && asked.wish.transition.is_none() {
        return Vec::new();
    }
    let wish = asked.wish;
    let finding = |kind: RetentionFinding, fix| Finding::new(context.destination.bucket.as_str(), kind, fix);
    let refuse = |kind: RetentionFinding| vec![finding(kind, Fix::Impossible(Hint::OfKind))];
    let before = match context.bucket().map(|bucket| &bucket.lifecycle) {
        None | Some(Seen::Absent) => Vec::new(),
        Some(Seen::Present(rules)) => rules.clone(),
        Some(Seen::Denied(denial)) => {
            return refuse(RetentionFinding::Unreadable { wish, denial: denial.clone() });
        }
    };
    let folders = producer::own_folders(&context.request.kind, &context.log_sources, &context.destination);
    if folders.is_empty() {
        return refuse(RetentionFinding::NoFolder { wish });
    }
    let former = producer::former_folder(&context.request.kind, &context.destination);
    let missing = |folder: &String| asked.missing(folder, former.as_deref(), &before);
    let own: Vec<&String> = folders.iter().chain(&former).collect();
    let earlier = earlier(context, &asked, &folders, &own, &before);
    let rules: Vec<ExpirationRule> = folders.iter().filter_map(missing).collect();
    if rules.is_empty() {
        return earlier;
    }
    let named = |rule: &ExpirationRule| Some((rule.id.clone(), conflict(rule)?));
    if let Some((rule, conflict)) = rules.iter().find_map(named) {
        return refuse(RetentionFinding::Conflict { wish, rule, conflict });
    }
    let others = before.iter().filter(|old| !rules.iter().any(|new| new.id == old.id)).count();
    if others + rules.len() > MOST_RULES {
        return refuse(RetentionFinding::TooManyRules { wish, limit: MOST_RULES });
    }
    let (lacking, risk) = (lacking(&rules, &before), asked.risk(context, &rules));
    let step = Step::PutExpiration { bucket: context.destination.bucket.clone(), before, rules };
    // The step deletes objects in a bucket that is already in use, whatever rules exist.
    let deletes = asked.wish.days.is_some() && !asked.is_of_our_making;
    let step = if deletes { PlannedStep::replaces_at_risk(step, risk) } else { PlannedStep::sets_at_risk(step, risk) };
    [vec![finding(RetentionFinding::Missing { wish, lacking }, Fix::Steps(vec![step]))], earlier].concat()
}

/// Returns the requested rules as they are after the plan, including rules that exist already.
pub(in crate::plan) fn rules_asked_for(context: &PlanContext<'_>) -> Vec<ExpirationRule> {
    let asked = RequestedRetention::new(context);
    if asked.wish.days.is_none() && asked.wish.transition.is_none() {
        return Vec::new();
    }
    let before = context.bucket().and_then(|bucket| bucket.lifecycle.present()).map(Vec::as_slice).unwrap_or_default();
    let former = producer::former_folder(&context.request.kind, &context.destination);
    let folders = producer::own_folders(&context.request.kind, &context.log_sources, &context.destination);
    let of_folder = |folder: &String| {
        let missing = asked.missing(folder, former.as_deref(), before);
        missing.or_else(|| present(folder, former.as_deref(), before).cloned())
    };
    folders.iter().filter_map(of_folder).collect()
}

/// Finds other rules that delete or move logs earlier than requested. S3 applies whichever rule takes effect first.
fn earlier(
    context: &PlanContext<'_>,
    asked: &RequestedRetention<'_>,
    folders: &[String],
    own: &[&String],
    before: &[ExpirationRule],
) -> Vec<Finding> {
    let is_ours = |rule: &ExpirationRule| {
        own.iter().any(|folder| [id(EXPIRE, folder), id(TRANSITION, folder)].contains(&rule.id))
    };
    let too_early = |rule: &ExpirationRule| {
        let action = asked.broken_by(rule)?;
        let covers = |folder: &String| !rule.narrower && folder.starts_with(&rule.prefix);
        let touches = |folder: &String| folder.starts_with(&rule.prefix) || rule.prefix.starts_with(folder.as_str());
        let logs = if folders.iter().all(covers) {
            LogPart::All
        } else if folders.iter().any(touches) {
            LogPart::Some
        } else {
            return None;
        };
        let kind = RetentionFinding::TooEarly { wish: asked.wish, rule: rule.id.clone(), action, logs };
        Some(Finding::new(context.destination.bucket.as_str(), kind, Fix::Nothing))
    };
    before.iter().filter(|rule| rule.enabled && !is_ours(rule)).filter_map(too_early).collect()
}

/// The request, and the relevant facts about the bucket.
struct RequestedRetention<'a> {
    wish: Wish,
    versioning: &'a Seen<Versioning>,
    /// Whether logbucket created the bucket and no one else uses it yet. Incomplete uploads are removed only from such
    /// a bucket. It has no objects that a rule could delete.
    is_of_our_making: bool,
}

impl<'a> RequestedRetention<'a> {
    fn new(context: &PlanContext<'a>) -> Self {
        Self {
            wish: Wish { days: context.request.expire_days, transition: context.request.transition },
            versioning: context.bucket().map_or(&Seen::Absent, |bucket| &bucket.versioning),
            is_of_our_making: context.bucket().is_none() || context.is_unfinished(),
        }
    }

    /// Returns the action that another rule takes earlier than requested, if any. A rule with a date affects everything
    /// that is older.
    fn broken_by(&self, rule: &ExpirationRule) -> Option<TooEarly> {
        let is_before = |days: u32, asked: Option<u32>| asked.is_some_and(|asked| days < asked);
        // A deleted object can't be moved, so a deletion must not come before either action.
        let last = self.wish.days.max(self.wish.transition.map(|to| to.days));
        if let Some(days) = rule.days.filter(|days| is_before(*days, last)) {
            return Some(TooEarly::Deletes(When::AfterDays(days)));
        }
        if let Some(date) = rule.date {
            return Some(TooEarly::Deletes(When::From(date)));
        }
        let asked = self.wish.transition?.days;
        rule.rest.transitions.iter().find_map(|of| {
            let moves = |when: When| TooEarly::Moves(of.class.clone(), when);
            let days = of.days.and_then(|days| u32::try_from(days).ok());
            match (days, of.date) {
                (Some(days), _) => is_before(days, Some(asked)).then(|| moves(When::AfterDays(days))),
                (None, Some(date)) => Some(moves(When::From(date))),
                (None, None) => None,
            }
        })
    }

    /// Returns the rule that a folder still needs. A rule that an earlier version of logbucket wrote for the `former`
    /// folder stays if it matches the request. If other days are requested, the rule is narrowed to the folder.
    fn missing(&self, folder: &str, former: Option<&str>, before: &[ExpirationRule]) -> Option<ExpirationRule> {
        let folders = [Some(folder), former];
        let old = present(folder, former, before);
        let rule = self.rule(folder, old);
        let is_there = old.is_some_and(|old| {
            // The older form of a rule and settings for delete markers make no difference.
            let (of_old, delete_marker) = (old.rest.of_old, old.rest.delete_marker);
            let rest = RuleRest { of_old, delete_marker, ..rule.rest.clone() };
            folders
                .into_iter()
                .flatten()
                .any(|folder| *old == ExpirationRule { prefix: folder.to_owned(), rest: rest.clone(), ..rule.clone() })
        });
        (!is_there).then_some(rule)
    }

    /// Returns the rule of a folder. The new rule keeps what others added to the old rule, except for limits.
    fn rule(&self, folder: &str, old: Option<&ExpirationRule>) -> ExpirationRule {
        let rest = old.map(|old| old.rest.clone()).unwrap_or_default();
        let transition = self.wish.transition.map(|TransitionAfter { days, class }| Transition {
            class: Some(class.as_str().to_owned()),
            days: i32::try_from(days).ok(),
            ..Transition::default()
        });
        let stem = if self.wish.days.is_some() { EXPIRE } else { TRANSITION };
        let expires = self.wish.days.is_some();
        ExpirationRule {
            id: old.map_or_else(|| id(stem, folder), |old| old.id.clone()),
            enabled: true,
            prefix: folder.to_owned(),
            narrower: false,
            days: self.wish.days.or_else(|| old?.days),
            date: if expires { None } else { old.and_then(|old| old.date) },
            rest: RuleRest {
                of_old: false,
                tags: Vec::new(),
                larger_than: None,
                smaller_than: None,
                delete_marker: None,
                transitions: transition.map_or(rest.transitions, |transition| vec![transition]),
                noncurrent_transitions: rest.noncurrent_transitions,
                noncurrent_expiration: self.noncurrent(old, rest.noncurrent_expiration),
                abort_uploads_after: rest.abort_uploads_after.or_else(|| self.is_of_our_making.then_some(UPLOAD_DAYS)),
            },
        }
    }

    /// Returns the time after which noncurrent versions are deleted. In a versioned bucket, an expired object stays as
    /// a noncurrent version (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html>). This
    /// version is kept for a second period of that length. So a deleted or overwritten object is kept at least as long
    /// as an untouched object. A number of days that someone else chose stays.
    fn noncurrent(
        &self,
        old: Option<&ExpirationRule>,
        present: Option<(Option<i32>, Option<i32>)>,
    ) -> Option<(Option<i32>, Option<i32>)> {
        let of_days = |days: Option<u32>| Some((i32::try_from(days?).ok(), None));
        let is_ours = present.is_some() && present == of_days(old.and_then(|old| old.days));
        let has_versions = self.versioning.present().is_some();
        match present {
            Some(others) if !is_ours => Some(others),
            Some(ours) => of_days(self.wish.days).or(Some(ours)),
            None if has_versions => of_days(self.wish.days),
            None => None,
        }
    }

    /// Returns the rules' effect on objects, including the objects that stay.
    fn risk(&self, context: &PlanContext<'_>, rules: &[ExpirationRule]) -> Risk {
        Risk::Rules(RulesRisk {
            wish: self.wish,
            folders: rules.iter().map(|rule| rule.prefix.clone()).collect(),
            may_have_objects: context.bucket().is_some(),
            first_expiry: rules.iter().filter_map(|rule| rule.days).min(),
            versioning: self.versioning.clone(),
            noncurrent: rules.iter().map(|rule| rule.rest.noncurrent_expiration).collect(),
            is_locked: context.bucket().is_some_and(|bucket| bucket.object_lock.present().is_some()),
            uploads_stay: rules.iter().any(|rule| rule.rest.abort_uploads_after.is_none()),
        })
    }
}

/// Returns an addition that others made to logbucket's rule and that does not fit the requested days. A deleted
/// object can't be moved. S3 was seen to refuse a rule with both days and a date
/// (<https://github.com/hashicorp/terraform-provider-aws/issues/23674>, March 2022; AWS's pages don't mention it).
fn conflict(rule: &ExpirationRule) -> Option<RuleConflict> {
    if let (Some(date), false) = (rule.date, rule.rest.transitions.is_empty()) {
        return Some(RuleConflict::FixedDate(date));
    }
    let expires = rule.days?;
    let is_in_time = |of: &&Transition| of.days.is_some_and(|after| i64::from(after) < i64::from(expires));
    let moves = rule.rest.transitions.iter().find(|of| !is_in_time(of))?;
    Some(RuleConflict::MovedTooLate { class: moves.class.clone(), days: moves.days, expires })
}

/// Returns what the current rules lack if these rules are missing.
fn lacking(rules: &[ExpirationRule], before: &[ExpirationRule]) -> RetentionGap {
    let expires_already = |rule: &ExpirationRule| {
        let old = before.iter().find(|old| old.id == rule.id);
        old.is_some_and(|old| {
            let as_is = |rule: &ExpirationRule| (rule.enabled, rule.prefix.clone(), rule.narrower, rule.days);
            as_is(old) == as_is(rule) && old.rest.transitions == rule.rest.transitions
        })
    };
    if rules.iter().all(expires_already) {
        return RetentionGap::NoncurrentVersions(rules.iter().map(|rule| rule.id.clone()).collect());
    }
    RetentionGap::Rules(rules.iter().map(|rule| rule.prefix.clone()).collect())
}

/// Returns logbucket's rule for a folder.
fn present<'a>(folder: &str, former: Option<&str>, before: &'a [ExpirationRule]) -> Option<&'a ExpirationRule> {
    let folders = [Some(folder), former].into_iter().flatten();
    let mut ids = folders.flat_map(|folder| [id(EXPIRE, folder), id(TRANSITION, folder)]);
    ids.find_map(|id| before.iter().find(|old| old.id == id))
}

/// Returns the ID of a folder's rule. The ID is derived from the folder, so a second run finds the rule. If the ID
/// would be too long, it is shortened, and a digest keeps it unique.
fn id(stem: &str, folder: &str) -> String {
    let id = format!("{stem}{folder}");
    if id.chars().count() <= LONGEST_ID {
        return id;
    }
    let first = Sha256::digest(folder).first_chunk().copied().unwrap_or_default();
    let digest = format!("{:016x}", u64::from_be_bytes(first));
    let kept = LONGEST_ID - digest.len() - 1;
    format!("{}-{digest}", id.chars().take(kept).collect::<String>())
}
