//! The checks, one aspect a file: each looks at the world and says what it finds.

mod attachment;
mod destination;
mod encryption;
mod key;
mod policy;
mod retention;
mod settings;
mod sources;
mod tags;

pub(super) use attachment::check as attachments;
pub(super) use encryption::{Target, expected_key, target};

use super::Finding;
use super::world::World;

/// Everything but the attachments, which depend on what the rest will change.
pub(super) fn all(world: &World<'_>) -> Vec<Finding> {
    let checks: [fn(&World<'_>) -> Vec<Finding>; 8] = [
        sources::check,
        destination::check,
        encryption::check,
        key::check,
        settings::check,
        policy::check,
        retention::check,
        tags::check,
    ];
    checks.into_iter().flat_map(|check| check(world)).collect()
}
