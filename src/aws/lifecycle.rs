//! Converts lifecycle rules between SDK types and ours, and replaces one set of rules without touching others.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleAndOperator,
    LifecycleRuleFilter, NoncurrentVersionExpiration, NoncurrentVersionTransition, Tag, Transition as SdkTransition,
    TransitionStorageClass,
};

use crate::model::Moment;
use crate::state::{ExpirationRule, RuleRest, Transition};

use super::error::{AwsError, unbuildable};

pub(super) fn from_sdk(rule: &LifecycleRule) -> ExpirationRule {
    let filter = rule.filter();
    let and = filter.and_then(LifecycleRuleFilter::and);
    #[expect(deprecated, reason = "legacy rules have their prefix outside the filter")]
    let legacy_prefix = rule.prefix();
    let prefix =
        filter.and_then(LifecycleRuleFilter::prefix).or_else(|| and.and_then(|and| and.prefix())).or(legacy_prefix);
    let tags = filter
        .and_then(|filter| filter.tag())
        .into_iter()
        .chain(and.map(LifecycleRuleAndOperator::tags).unwrap_or_default());
    let tags: Vec<(String, String)> = tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    let size = |alone: fn(&LifecycleRuleFilter) -> Option<i64>, among: fn(&LifecycleRuleAndOperator) -> Option<i64>| {
        filter.and_then(alone).or_else(|| and.and_then(among))
    };
    let larger_than =
        size(LifecycleRuleFilter::object_size_greater_than, LifecycleRuleAndOperator::object_size_greater_than);
    let smaller_than =
        size(LifecycleRuleFilter::object_size_less_than, LifecycleRuleAndOperator::object_size_less_than);
    let days = rule.expiration().and_then(LifecycleExpiration::days);
    ExpirationRule {
        id: rule.id().unwrap_or_default().to_owned(),
        enabled: *rule.status() == ExpirationStatus::Enabled,
        prefix: prefix.unwrap_or_default().to_owned(),
        narrower: !tags.is_empty() || larger_than.is_some() || smaller_than.is_some(),
        days: days.and_then(|days| u32::try_from(days).ok()),
        date: rule.expiration().and_then(LifecycleExpiration::date).map(moment),
        rest: RuleRest {
            of_old: filter.is_none() && legacy_prefix.is_some(),
            tags,
            larger_than,
            smaller_than,
            delete_marker: rule.expiration().and_then(LifecycleExpiration::expired_object_delete_marker),
            transitions: rule.transitions().iter().map(transition_from_sdk).collect(),
            noncurrent_transitions: rule.noncurrent_version_transitions().iter().map(noncurrent_from_sdk).collect(),
            noncurrent_expiration: rule
                .noncurrent_version_expiration()
                .map(|of| (of.noncurrent_days(), of.newer_noncurrent_versions())),
            abort_uploads_after: rule
                .abort_incomplete_multipart_upload()
                .and_then(AbortIncompleteMultipartUpload::days_after_initiation),
        },
    }
}

fn moment(date: &DateTime) -> Moment {
    Moment(date.secs())
}

fn transition_from_sdk(of: &SdkTransition) -> Transition {
    let class = of.storage_class().map(|class| class.as_str().to_owned());
    Transition { class, days: of.days(), date: of.date().map(moment), newer_versions: None }
}

fn noncurrent_from_sdk(of: &NoncurrentVersionTransition) -> Transition {
    let class = of.storage_class().map(|class| class.as_str().to_owned());
    Transition { class, days: of.noncurrent_days(), date: None, newer_versions: of.newer_noncurrent_versions() }
}

fn to_sdk(rule: &ExpirationRule) -> Result<LifecycleRule, AwsError> {
    let rest = &rule.rest;
    let wrong = |error: BuildError| unbuildable("s3:PutLifecycleConfiguration", &rule.id, &error);
    let days = rule.days.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
    let expires = days.is_some() || rule.date.is_some() || rest.delete_marker.is_some();
    let expiration = LifecycleExpiration::builder()
        .set_days(days)
        .set_date(rule.date.map(|date| DateTime::from_secs(date.0)))
        .set_expired_object_delete_marker(rest.delete_marker)
        .build();
    let transition = |of: &Transition| {
        SdkTransition::builder()
            .set_storage_class(of.class.as_deref().map(TransitionStorageClass::from))
            .set_days(of.days)
            .set_date(of.date.map(|date| DateTime::from_secs(date.0)))
            .build()
    };
    let noncurrent = |of: &Transition| {
        NoncurrentVersionTransition::builder()
            .set_storage_class(of.class.as_deref().map(TransitionStorageClass::from))
            .set_noncurrent_days(of.days)
            .set_newer_noncurrent_versions(of.newer_versions)
            .build()
    };
    let some = |list: Vec<SdkTransition>| (!list.is_empty()).then_some(list);
    let some_noncurrent = |list: Vec<NoncurrentVersionTransition>| (!list.is_empty()).then_some(list);
    let uploads = |days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build();
    let builder = LifecycleRule::builder()
        .id(&rule.id)
        .status(if rule.enabled { ExpirationStatus::Enabled } else { ExpirationStatus::Disabled })
        .set_expiration(expires.then_some(expiration))
        .set_transitions(some(rest.transitions.iter().map(transition).collect()))
        .set_noncurrent_version_transitions(some_noncurrent(
            rest.noncurrent_transitions.iter().map(noncurrent).collect(),
        ))
        .set_noncurrent_version_expiration(rest.noncurrent_expiration.map(|(days, newer)| {
            NoncurrentVersionExpiration::builder()
                .set_noncurrent_days(days)
                .set_newer_noncurrent_versions(newer)
                .build()
        }))
        .set_abort_incomplete_multipart_upload(rest.abort_uploads_after.map(uploads));
    #[expect(deprecated, reason = "a rule with its prefix outside the filter is written back as it was read")]
    let builder = if rest.of_old { builder.prefix(&rule.prefix) } else { builder.filter(filter(rule).map_err(wrong)?) };
    builder.build().map_err(wrong)
}

/// Builds the filter. A single condition is set directly; several conditions go into an `And`
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRuleFilter.html>).
fn filter(rule: &ExpirationRule) -> Result<LifecycleRuleFilter, BuildError> {
    let ExpirationRule { prefix, rest: RuleRest { tags, larger_than, smaller_than, .. }, .. } = rule;
    let tags: Vec<Tag> =
        tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect::<Result<_, _>>()?;
    let several = tags.len() + usize::from(larger_than.is_some()) + usize::from(smaller_than.is_some());
    let filter = LifecycleRuleFilter::builder();
    Ok(match (several, prefix.is_empty()) {
        (0, _) => filter.prefix(prefix).build(),
        (1, true) => filter
            .set_tag(tags.into_iter().next())
            .set_object_size_greater_than(*larger_than)
            .set_object_size_less_than(*smaller_than)
            .build(),
        (_, bare) => {
            let and = LifecycleRuleAndOperator::builder()
                .set_prefix((!bare).then(|| prefix.clone()))
                .set_tags((!tags.is_empty()).then_some(tags))
                .set_object_size_greater_than(*larger_than)
                .set_object_size_less_than(*smaller_than);
            filter.and(and.build()).build()
        }
    })
}

/// Returns the present rules with the rules named in `ids` replaced by the rules in `to`. A rule keeps its place if
/// `to` has a rule with its ID, and is removed otherwise. New rules are at the end.
pub(super) fn merged(
    present: Vec<LifecycleRule>,
    ids: &[String],
    to: &[ExpirationRule],
) -> Result<Vec<LifecycleRule>, AwsError> {
    let of = |rule: &LifecycleRule, id: &str| rule.id() == Some(id);
    let kept = |rule: &LifecycleRule| !ids.iter().any(|id| of(rule, id)) || to.iter().any(|new| of(rule, &new.id));
    let mut rules: Vec<LifecycleRule> = present.into_iter().filter(kept).collect();
    for new in to {
        let rule = to_sdk(new)?;
        match rules.iter_mut().find(|old| of(old, &new.id)) {
            Some(old) => *old = rule,
            None => rules.push(rule),
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(id: &str, days: u32) -> ExpirationRule {
        ExpirationRule {
            id: id.to_owned(),
            enabled: true,
            prefix: "logs/".to_owned(),
            narrower: false,
            days: Some(days),
            date: None,
            rest: RuleRest::default(),
        }
    }

    #[test]
    fn a_rule_is_written_back_as_it_was_read() {
        let transition =
            |days| Transition { class: Some("GLACIER".to_owned()), days: Some(days), ..Transition::default() };
        let tag = |key: &str| (key.to_owned(), "v".to_owned());
        let rests = [
            RuleRest::default(),
            RuleRest { of_old: true, ..RuleRest::default() },
            RuleRest { tags: vec![tag("a")], ..RuleRest::default() },
            RuleRest {
                tags: vec![tag("a"), tag("b")],
                larger_than: Some(1),
                smaller_than: Some(9),
                ..RuleRest::default()
            },
            RuleRest {
                transitions: vec![transition(3), transition(9)],
                noncurrent_transitions: vec![Transition { newer_versions: Some(2), ..transition(4) }],
                noncurrent_expiration: Some((Some(7), Some(1))),
                abort_uploads_after: Some(5),
                ..RuleRest::default()
            },
        ];
        for rest in rests {
            for prefix in ["logs/", ""] {
                let narrower = !rest.tags.is_empty() || rest.larger_than.is_some();
                let rule =
                    ExpirationRule { narrower, prefix: prefix.to_owned(), rest: rest.clone(), ..plain("one", 30) };
                assert_eq!(from_sdk(&to_sdk(&rule).unwrap()), rule);
            }
        }
        let by_date = ExpirationRule { enabled: false, days: None, date: Some(Moment(86_400)), ..plain("one", 1) };
        assert_eq!(from_sdk(&to_sdk(&by_date).unwrap()), by_date);
        let rest = RuleRest { delete_marker: Some(true), ..RuleRest::default() };
        let by_marker = ExpirationRule { days: None, rest, ..plain("one", 1) };
        assert_eq!(from_sdk(&to_sdk(&by_marker).unwrap()), by_marker);
    }

    #[test]
    fn rules_of_others_keep_their_position() {
        let sdk = |rules: &[ExpirationRule]| rules.iter().map(|rule| to_sdk(rule).unwrap()).collect::<Vec<_>>();
        let ours = |rules: Vec<LifecycleRule>| {
            rules.iter().map(|rule| (rule.id().unwrap_or_default().to_owned(), from_sdk(rule).days)).collect::<Vec<_>>()
        };
        let (ids, present) = (["b".to_owned()], [plain("a", 1), plain("b", 2), plain("c", 3)]);
        let named =
            |list: &[(&str, u32)]| list.iter().map(|(id, days)| ((*id).to_owned(), Some(*days))).collect::<Vec<_>>();
        let with = merged(sdk(&present), &ids, &[plain("b", 9)]).unwrap();
        assert_eq!(ours(with), named(&[("a", 1), ("b", 9), ("c", 3)]));
        let without = merged(sdk(&present), &ids, &[]).unwrap();
        assert_eq!(ours(without), named(&[("a", 1), ("c", 3)]));
        let new = merged(sdk(&present[..1]), &ids, &[plain("b", 9)]).unwrap();
        assert_eq!(ours(new), named(&[("a", 1), ("b", 9)]));
    }
}
