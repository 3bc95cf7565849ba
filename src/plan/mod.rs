//! Finds faults and missing settings, and plans the steps that fix them. Pure, sync and deterministic.
//!
//! The entry points are `plan(request, observed)`, and `policies(request)` for the policies of a new destination.
//! Nothing here calls AWS, reads a clock or prints. A plan contains every decision, so nothing is left to decide while
//! it is carried out.

mod check;
mod consent;
mod expected_key;
mod finding;
mod granting_policy;
mod iac;
mod overwrite;
mod plan_context;
mod planned;
mod policies;
mod policy_edit;
pub(crate) mod preflight;
mod replaced;
mod required_setting;
mod risk;
mod run_mark;
mod setting;
mod slot;
mod step;
mod stored_value;
#[cfg(test)]
mod tests;

pub(crate) use check::{failing_default_key, may_be_public, unusable_key, unusable_source};
pub use consent::Refusal;
pub(crate) use consent::{Approval, ApprovedPlan};
pub(crate) use expected_key::ExpectedKey;
pub(crate) use finding::{
    AttachmentFinding, BlockedRequests, DeliveryFinding, DestinationFinding, Doubts, FailingKey, FindingMark, Hint,
    InTemplate, KeyFinding, KeyPolicyFinding, LogPart, ManualReason, MissingGrant, MissingKey, Nearest, NoObject,
    Partly, ProblemCause, PublicPolicy, RefusedReport, ReportFinding, RetentionFinding, RetentionGap, RuleConflict,
    SettingFinding, Severity, SourceFinding, StoppedLegacy, Sureness, TagCommand, TagFinding, TemplateFinding,
    TooEarly, TooLong, UnreadKey, UnusableKey, Weighing, Weight, When, Wish, Withheld,
};
pub use finding::{
    DefaultEncryption, EncryptionFinding, Finding, FindingId, FindingKind, Fix, GrantFinding, PolicyFinding,
};
pub(crate) use iac::{TemplateMark, TemplateTool};
pub(crate) use overwrite::{Overwrite, StepEffect};
pub use planned::{Plan, plan};
pub(crate) use policies::{FittedPolicy, Policies, TooLarge, policies};
pub(crate) use policy_edit::restored_policy;
pub(crate) use required_setting::RequiredSetting;
pub(crate) use risk::{Risk, RulesRisk};
pub(crate) use setting::{Setting, is_other_policy};
pub(crate) use slot::Slot;
pub use step::{PlannedStep, Step, StepKind};
pub(crate) use step::{ServiceExemption, TARGET_TAG};
pub(crate) use stored_value::{Mismatch, StoredValue};
