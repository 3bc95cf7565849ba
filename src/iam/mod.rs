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

pub use context::{Context, ContextValue, KeyType, Unnamed, Usual};
pub use decision::{Answer, Decision, Verdict};
pub use document::{Document, PolicyError};
pub use evaluate::{AccessRequest, evaluate};
pub use narrow::{NarrowError, exempt_service};
pub use principal::Principal;
pub use public::public_statements;
pub use reason::{Element, Reason, Unfit};
pub use resource_set::{Letters, ResourceSet};
pub use statement::{Effect, Statement};
pub use truth::Truth;
