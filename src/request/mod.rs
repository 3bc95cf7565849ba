//! What the user requests: a [`Draft`] from flags becomes a [`Request`], which converts back to flags. A
//! [`PolicyDraft`] becomes a [`PolicyRequest`] for policies only; permissions use a [`ScopeDraft`].
//!
//! Makes no AWS calls, asks nothing and prints nothing.

mod command_line;
mod draft;
mod expiry;
mod incomplete;
mod interview;
mod policy_draft;
mod question;
mod request_value;
mod scope_draft;
mod shell_word;
mod sources;
mod to_args;
mod topic;

pub use command_line::CommandLine;
pub(crate) use command_line::Unprintable;
pub use draft::Draft;
pub use expiry::Expiry;
pub(crate) use incomplete::Incomplete;
pub(crate) use interview::Interview;
pub(crate) use policy_draft::{PolicyDraft, PolicyRequest};
pub(crate) use question::Question;
pub use request_value::{Consent, Preflight, Request};
pub(crate) use scope_draft::ScopeDraft;
pub use shell_word::shell_word;
