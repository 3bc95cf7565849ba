//! Lifecycle rules: read as far as a log's life depends on them, and written beside the foreign ones untouched.

use aws_sdk_s3::types::{ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter};

use crate::model::Moment;
use crate::state::ExpirationRule;

use super::error::AwsError;
use super::logging::unbuildable;

/// What a rule says of expiry.
pub(super) fn from_sdk(rule: &LifecycleRule) -> ExpirationRule {
    let filter = rule.filter();
    let and = filter.and_then(LifecycleRuleFilter::and);
    #[expect(deprecated, reason = "rules of old name their prefix outside the filter, and still do")]
    let of_old = rule.prefix();
    let prefix = filter.and_then(LifecycleRuleFilter::prefix).or_else(|| and.and_then(|and| and.prefix())).or(of_old);
    let by_size = filter
        .is_some_and(|filter| filter.object_size_greater_than().is_some() || filter.object_size_less_than().is_some());
    let by_tag = filter.is_some_and(|filter| filter.tag().is_some());
    let days = rule.expiration().and_then(LifecycleExpiration::days);
    ExpirationRule {
        id: rule.id().unwrap_or_default().to_owned(),
        enabled: *rule.status() == ExpirationStatus::Enabled,
        prefix: prefix.unwrap_or_default().to_owned(),
        narrower: and.is_some() || by_size || by_tag,
        days: days.and_then(|days| u32::try_from(days).ok()),
        date: rule.expiration().and_then(LifecycleExpiration::date).map(|date| Moment(date.secs())),
    }
}

fn to_sdk(rule: &ExpirationRule) -> Result<LifecycleRule, AwsError> {
    let days = rule.days.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
    LifecycleRule::builder()
        .id(&rule.id)
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix(&rule.prefix).build())
        .expiration(LifecycleExpiration::builder().set_days(days).build())
        .build()
        .map_err(|error| unbuildable("s3:PutLifecycleConfiguration", &rule.id, &error))
}

/// The rules to be: those that are there, each of ours in place of the one of its id, or at the end.
pub(super) fn merged(present: Vec<LifecycleRule>, ours: &[ExpirationRule]) -> Result<Vec<LifecycleRule>, AwsError> {
    let mut rules = present;
    for rule in ours {
        let new = to_sdk(rule)?;
        match rules.iter_mut().find(|old| old.id() == Some(&rule.id)) {
            Some(old) => *old = new,
            None => rules.push(new),
        }
    }
    Ok(rules)
}
