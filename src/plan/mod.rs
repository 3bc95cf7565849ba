//! Finds faults and missing settings, and plans the steps that fix them. Pure, sync and deterministic.
//!
//! The entry points are `plan(request, observed)`, and `policies(request)` for the policies of a new destination.
//! Nothing here calls AWS, reads a clock or prints. A plan contains every decision, so nothing is left to decide while
//! it is carried out.

mod check;
mod consent;
mod expected_key;
mod finding;
mod grants;
mod held;
mod iac;
mod overwrite;
mod planned;
mod policies;
mod policy_edit;
pub mod preflight;
mod replaced;
mod risk;
mod setting;
mod slot;
mod step;
mod stored_value;
#[cfg(test)]
mod tests;
mod world;

pub use check::{failing_default_key, may_be_public, unusable_key, unusable_source};
pub use consent::{Approval, Approved, Refusal};
pub use expected_key::ExpectedKey;
pub use finding::{
    AttachmentFinding, Blocked, ByHand, Cause, DefaultEncryption, DeliveryFinding, DestinationFinding, Doubts,
    EncryptionFinding, FailingKey, Finding, FindingId, FindingKind, Fix, GrantFinding, Hint, InTemplate, KeyFinding,
    KeyPolicyFinding, Lacking, LogPart, Mark, MissingGrant, MissingKey, Nearest, NoObject, Partly, PolicyFinding,
    PublicPolicy, RefusedReport, ReportFinding, RetentionFinding, RuleConflict, SettingFinding, Severity,
    SourceFinding, StoppedLegacy, Sureness, TagCommand, TagFinding, TemplateFinding, TooEarly, TooLong, UnreadKey,
    Unusable, Weighing, Weight, When, Wish, Withheld,
};
pub use held::Held;
pub use iac::{Mark as TemplateMark, Tool};
pub use overwrite::{Effect, Overwrite};
pub use planned::{Plan, plan};
pub use policies::{Policies, TooLarge, Written, policies};
pub use policy_edit::restored_policy;
pub use risk::{Risk, RulesRisk};
pub use setting::{Setting, is_other_policy};
pub use slot::Slot;
pub use step::{Change, Exempted, PlannedStep, Step, TARGET_TAG};
pub use stored_value::{Mismatch, StoredValue};
