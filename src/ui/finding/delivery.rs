//! Sentences about delivered objects, and settings that keep them from being read.

use crate::plan::{DeliveryFinding, NoObject};

use super::Sentences;

pub(super) fn sentences(kind: &DeliveryFinding, subject: &str) -> Sentences {
    match kind {
        DeliveryFinding::IllegalPrefix { error, rule } => Sentences::new(error.to_string(), rule.why),
        DeliveryFinding::Failed(failed) => Sentences::new(
            format!("AWS reports that the latest delivery of `{}` failed: {}", failed.log, failed.message),
            "the report may be older than the current settings: AWS doesn't document when it is updated",
        )
        .hinted(
            "if you just fixed the cause, check again after the next delivery; otherwise check the organization's RCPs, which \
             logbucket can't read",
        ),
        DeliveryFinding::ExpiresEarly { rule, days } => Sentences::new(
            format!("lifecycle rule `{rule}` of `{subject}` deletes logs after {days} day"),
            "late logs might expire before anyone reads them",
        ),
        DeliveryFinding::ExpiredSince { rule, date } => Sentences::new(
            format!("lifecycle rule `{rule}` of `{subject}` has deleted all logs since {date}"),
            "the rule also deletes every object created after that date",
        ),
        DeliveryFinding::ExpiresFrom { rule, date } => Sentences::new(
            format!("from {date} on, lifecycle rule `{rule}` of `{subject}` will delete all logs"),
            "the rule will also delete every object created after that date",
        ),
        DeliveryFinding::Unseen(none) => {
            let why = match none {
                NoObject::Denied(denial) => denial.to_string(),
                NoObject::NotFurther(why) => why.clone(),
            };
            Sentences::new(
                format!("could not tell what was delivered: {why}"),
                "without an object, delivery is not proven",
            )
        }
        DeliveryFinding::ForeignKey { key, error } => Sentences::new(
            format!("`{subject}` arrived, but is encrypted with `{key}` and can't be read: {error}"),
            "the key belongs to another account, and none of your settings use it",
        ),
        DeliveryFinding::Unreadable { error } => Sentences::new(
            format!("`{subject}` arrived, but your credentials can't read it: {error}"),
            "other readers may have access, and objects with another encryption may be readable",
        ),
    }
}
