//! IAM resource policies: parses a policy without losing anything, evaluates requests against it in three-valued logic,
//! and exempts a service from a Deny. This module makes no AWS calls and does not depend on any log service.

mod condition;
mod context;
mod decision;
mod document;
mod duplicate_keys;
mod evaluate;
mod glob;
mod judge;
mod narrow;
mod number_key;
mod principal;
#[cfg(test)]
mod properties;
mod public;
mod reason;
mod resource_set;
mod statement;
mod truth;
mod variables;

pub use context::{Context, ContextValue, Unnamed};
pub(crate) use context::{KeyType, Usual};
pub(crate) use decision::StatementVerdict;
pub use decision::{Decision, PolicyAnswer};
pub use document::Document;
pub use evaluate::{AccessRequest, evaluate};
pub use narrow::{NarrowError, exempt_service};
pub use principal::Principal;
pub(crate) use public::public_statements;
pub(crate) use reason::{MatchReason, StatementElement};
pub(crate) use resource_set::{Letters, ResourceSet};
pub use statement::Effect;
pub use truth::Truth;
