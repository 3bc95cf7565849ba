//! Shows what a step changes, line by line: `-` marks the current value, `+` the new value, a space an unchanged value.

use std::collections::BTreeMap;

use crate::model::{BucketEncryption, KeySlot};
use crate::plan::{Setting, Step, TARGET_TAG};
use crate::producer::SourceStep;
use crate::state::{ExpirationRule, Payer, RuleRest, Transition};

use super::diff;
use super::words::counted;

/// Settings by name, as AWS's API or CLI names them.
type NamedSettings = BTreeMap<String, String>;

/// Lists what a step changes.
pub(super) fn details(step: &Step) -> Vec<String> {
    match step {
        Step::CreateKey { policy, .. } => diff::json_diff(None, policy),
        Step::PutKeyPolicy { before, after, .. } => diff::json_diff(Some(before), after),
        Step::PutBucketPolicy { before, after, .. } => diff::json_diff(before.as_deref(), after),
        Step::SetSource(step @ SourceStep { before, after, .. }) => {
            let after = if step.creates_a_resource() { marked(after.said()) } else { after.said() };
            setting_lines(&before.said(), &after)
        }
        Step::PutBucketTags { before, tags, .. } => setting_lines(before, tags),
        Step::PutBucketEncryption { before, key, bucket_key, blocked, .. } => {
            let before = before.as_ref();
            let old = before.map(|before| {
                let kms = before.algorithm.starts_with("aws:kms");
                other_encryption_settings(kms.then_some(before.bucket_key), &before.blocked)
            });
            let new = other_encryption_settings(key.as_ref().map(|_| *bucket_key), blocked);
            [encryption_lines(before, key.as_ref()), setting_lines(&old.unwrap_or_default(), &new)].concat()
        }
        Step::PutExpiration { before, rules, .. } => rules.iter().flat_map(|rule| rule_lines(before, rule)).collect(),
        Step::EnableKeyRotation { .. } => new([("rotation", "every 365 days".to_owned())]),
        Step::CreateAlias { alias, key } => new([("alias", alias.clone()), ("key", key.title())]),
        Step::CreateBucket { region, tags, .. } => {
            let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            new([
                ("object ownership", "BucketOwnerEnforced".to_owned()),
                ("region", region.to_string()),
                ("tags", with_mark(tags)),
            ])
        }
        Step::BlockPublicAccess { .. } => {
            let names = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
            new(names.map(|name| (name, true.to_string())))
        }
        Step::LetOwnerPay { .. } => setting_lines(
            &settings([("payer", payer(Payer::Requester))]),
            &settings([("payer", payer(Payer::BucketOwner))]),
        ),
    }
}

/// Adds the tag with the run's token to tags.
fn with_mark(tags: Vec<String>) -> String {
    let own = format!("{TARGET_TAG}=(the token of this run)");
    tags.into_iter().chain([own]).collect::<Vec<_>>().join(", ")
}

/// Adds the tag with the run's token to the settings of a new resource. It replaces the tag of an earlier run.
fn marked(mut settings: NamedSettings) -> NamedSettings {
    let tags = settings.remove("Tags").unwrap_or_default();
    let is_other = |tag: &&str| !tag.is_empty() && !tag.starts_with(&format!("{TARGET_TAG}="));
    let tags = tags.split(", ").filter(is_other).map(str::to_owned).collect();
    settings.insert("Tags".to_owned(), with_mark(tags));
    settings
}

/// Lists the changes that someone else made since the plan: `-` marks the value in the plan, `+` the current value.
/// `now` is `None` if the setting's resource is gone.
pub(super) fn moved(before: &Setting, now: Option<&Setting>) -> Vec<String> {
    let encryption = |setting: &Option<BucketEncryption>| {
        let of = |BucketEncryption { algorithm, key, bucket_key, blocked }: &BucketEncryption| {
            let kms = algorithm.starts_with("aws:kms");
            settings([
                ("algorithm", algorithm.clone()),
                ("blocked", blocked.join(", ")),
                ("bucket key", if kms { bucket_key.to_string() } else { String::new() }),
                ("key", key.clone().unwrap_or_default()),
            ])
        };
        setting.as_ref().map(of).unwrap_or_default()
    };
    let rules = |rules: &[ExpirationRule]| rules.iter().map(|rule| (rule.id.clone(), expiry(rule))).collect();
    match (before, now) {
        (Setting::BucketPolicy(_, before), Some(Setting::BucketPolicy(_, Some(now)))) => {
            diff::json_diff(before.as_deref(), now)
        }
        (Setting::BucketPolicy(_, before), Some(Setting::BucketPolicy(_, None))) => {
            before.iter().flat_map(|before| diff::removed_json(before)).collect()
        }
        (Setting::KeyPolicy(_, before), Some(Setting::KeyPolicy(_, now))) => diff::json_diff(Some(before), now),
        (Setting::KeyPolicy(_, before), None) => diff::removed_json(before),
        (Setting::BucketTags(_, before), Some(Setting::BucketTags(_, now))) => setting_lines(before, now),
        (Setting::BucketEncryption(_, before), Some(Setting::BucketEncryption(_, now))) => {
            setting_lines(&encryption(before), &encryption(now))
        }
        (Setting::LifecycleRules { rules: before, .. }, Some(Setting::LifecycleRules { rules: now, .. })) => {
            setting_lines(&rules(before), &rules(now))
        }
        (Setting::Payer(_, before), Some(Setting::Payer(_, now))) => {
            setting_lines(&settings([("payer", payer(*before))]), &settings([("payer", payer(*now))]))
        }
        (Setting::Source(_, before), Some(Setting::Source(_, now))) if before.is_like(now) => {
            setting_lines(&before.said(), &now.said())
        }
        (
            Setting::BucketEncryption(..)
            | Setting::BucketPolicy(..)
            | Setting::BucketTags(..)
            | Setting::KeyPolicy(..)
            | Setting::LifecycleRules { .. }
            | Setting::Payer(..)
            | Setting::Source(..),
            _,
        ) => Vec::new(),
    }
}

/// Returns the settings of a default encryption other than algorithm and key.
fn other_encryption_settings(bucket_key: Option<bool>, blocked: &[String]) -> NamedSettings {
    let bucket_key = bucket_key.map(|on| ("bucket key", if on { "on" } else { "off" }.to_owned()));
    let blocked = (!blocked.is_empty()).then(|| ("blocked", blocked.join(", ")));
    bucket_key.into_iter().chain(blocked).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Lists the settings of a new resource.
fn new<const N: usize>(pairs: [(&str, String); N]) -> Vec<String> {
    setting_lines(&NamedSettings::new(), &settings(pairs))
}

fn payer(payer: Payer) -> String {
    let word = match payer {
        Payer::BucketOwner => "BucketOwner",
        Payer::Requester => "Requester",
    };
    word.to_owned()
}

/// Compares settings one by one. An empty value means that there is none.
fn setting_lines(before: &NamedSettings, after: &NamedSettings) -> Vec<String> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let value = |of: &NamedSettings, name: &String| of.get(name).cloned().unwrap_or_default();
    let lines = names.into_iter().flat_map(|name| match (value(before, name), value(after, name)) {
        (old, new) if old == new => vec![(' ', name, new)],
        (old, new) if old.is_empty() => vec![('+', name, new)],
        (old, new) if new.is_empty() && after.contains_key(name) => vec![('-', name, old), ('+', name, new)],
        (old, new) if new.is_empty() => vec![('-', name, old)],
        (old, new) => vec![('-', name, old), ('+', name, new)],
    });
    let shown = |value: String| if value.is_empty() { "(none)".to_owned() } else { value };
    lines.map(|(sign, name, value)| format!("{sign} {name} = {}", shown(value))).collect()
}

fn encryption_lines(before: Option<&BucketEncryption>, key: Option<&KeySlot>) -> Vec<String> {
    let old = before.map(|before| match &before.key {
        Some(key) => format!("- {} with `{key}`", before.algorithm),
        None => format!("- {}", before.algorithm),
    });
    old.into_iter().chain([format!("+ {}", KeySlot::encryption_title(key))]).collect()
}

/// Compares one of logbucket's rules with the rule that it replaces, which has the same ID.
fn rule_lines(before: &[ExpirationRule], rule: &ExpirationRule) -> Vec<String> {
    let words = |rule: &ExpirationRule| format!("{}: {}", rule.id, expiry(rule));
    let old = before.iter().filter(|old| old.id == rule.id).map(|old| format!("- {}", words(old)));
    old.chain([format!("+ {}", words(rule))]).collect()
}

/// Describes when the objects of a rule expire.
fn expiry(rule: &ExpirationRule) -> String {
    let when = match (rule.days, rule.date) {
        (Some(days), _) => format!("after {}", counted(days, "day")),
        (None, Some(date)) => format!("starting on {date}"),
        (None, None) => "never".to_owned(),
    };
    let off = if rule.enabled { "" } else { ", turned off" };
    let narrower = if rule.narrower { ", only some objects" } else { "" };
    format!("`{}` expires {when}{off}{narrower}{}", rule.prefix, more(&rule.rest))
}

/// Describes the rest of a rule, except its filter.
fn more(rest: &RuleRest) -> String {
    let days = |days: Option<i32>| counted(days.and_then(|days| u32::try_from(days).ok()).unwrap_or_default(), "day");
    let kept = |newer: Option<i32>| newer.map(|newer| format!(" except the newest {newer}")).unwrap_or_default();
    let marker = rest.delete_marker.map(|_| "delete markers without versions are removed".to_owned());
    let moved = rest.transitions.iter().map(|of| format!("moves {}", moves(of)));
    let moved_versions = rest.noncurrent_transitions.iter();
    let moved_versions =
        moved_versions.map(|of| format!("noncurrent versions move {}{}", moves(of), kept(of.newer_versions)));
    let versions = rest.noncurrent_expiration;
    let versions =
        versions.map(|(after, newer)| format!("noncurrent versions expire after {}{}", days(after), kept(newer)));
    let uploads =
        rest.abort_uploads_after.map(|after| format!("incomplete uploads are aborted after {}", days(Some(after))));
    let all = marker.into_iter().chain(moved).chain(versions).chain(moved_versions).chain(uploads);
    all.fold(String::new(), |text, part| text + ", " + &part)
}

/// Describes where and when a transition moves objects.
pub(super) fn moves(of: &Transition) -> String {
    let class = of.class.as_deref().unwrap_or("another storage class");
    match (of.days, of.date) {
        (Some(days), _) => format!("to {class} after {}", counted(u32::try_from(days).unwrap_or_default(), "day")),
        (None, Some(date)) => format!("to {class} starting on {date}"),
        (None, None) => format!("to {class}"),
    }
}

fn settings<const N: usize>(pairs: [(&str, String); N]) -> NamedSettings {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_setting_shows_both_values_and_an_unchanged_one_its_value() {
        let before = settings([("bucket", "old".to_owned()), ("enabled", "true".to_owned())]);
        let after =
            settings([("bucket", "new".to_owned()), ("enabled", "true".to_owned()), ("prefix", "p".to_owned())]);
        let lines = setting_lines(&before, &after);
        assert_eq!(lines, ["- bucket = old", "+ bucket = new", "  enabled = true", "+ prefix = p"]);
    }

    #[test]
    fn a_removed_value_is_shown_as_none() {
        let before = settings([("prefix", "p".to_owned())]);
        let after = settings([("prefix", String::new())]);
        assert_eq!(setting_lines(&before, &after), ["- prefix = p", "+ prefix = (none)"]);
        assert_eq!(setting_lines(&before, &NamedSettings::new()), ["- prefix = p"]);
    }

    #[test]
    fn a_rule_shows_the_days_that_it_replaces() {
        let rule = |days| ExpirationRule {
            id: "logbucket-expire-x/".to_owned(),
            enabled: true,
            prefix: "x/".to_owned(),
            narrower: false,
            days: Some(days),
            date: None,
            rest: RuleRest::default(),
        };
        assert_eq!(
            rule_lines(&[rule(30)], &rule(9)),
            ["- logbucket-expire-x/: `x/` expires after 30 days", "+ logbucket-expire-x/: `x/` expires after 9 days"]
        );
    }
}
