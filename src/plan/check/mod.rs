//! The checks, one aspect per file. Each returns findings about the plan's context.

mod attachment;
mod destination;
mod encryption;
mod grant;
mod key;
mod key_policy;
mod legacy;
mod policy;
mod public;
mod reports;
mod retention;
mod settings;
mod sources;
mod tags;
mod template;
mod test_file;
mod unnamed;
mod way_in;

pub(super) use attachment::{attached, check as attachments, expected_of_producer};
pub(super) use encryption::{TargetEncryption, expected_key, target};
pub(crate) use key::{failing_default as failing_default_key, unusable as unusable_key};
pub(super) use public::check as public_policy;
pub(crate) use public::may_be_public;
pub(super) use reports::{are_spared_a_failing_default, own_encryption};
pub(super) use retention::rules_asked_for;
pub(crate) use sources::unusable as unusable_source;
pub(super) use template::check as templates;

use super::Finding;
use super::plan_context::PlanContext;
use crate::state::BucketState;

/// Runs all checks except the attachment checks, which depend on the changes by the other checks.
pub(super) fn all(context: &PlanContext<'_>) -> Vec<Finding> {
    // The other checks need a usable destination.
    if matches!(
        context.observed.destination,
        BucketState::LockedOut | BucketState::OtherRegion(_) | BucketState::Refused
    ) {
        return [sources::check(context), destination::check(context)].concat();
    }
    let checks: [fn(&PlanContext<'_>) -> Vec<Finding>; 8] = [
        sources::check,
        destination::check,
        encryption::check,
        key::check,
        settings::check,
        policy::check,
        retention::check,
        tags::check,
    ];
    checks.into_iter().flat_map(|check| check(context)).collect()
}
