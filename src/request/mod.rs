//! What the user requests: a [`Draft`] from flags becomes a [`Request`], which converts back to flags. A
//! [`PolicyDraft`] becomes a [`PolicyRequest`] for policies only; permissions use a [`ScopeDraft`].
//!
//! Makes no AWS calls, asks nothing and prints nothing.

mod command_line;
mod draft;
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

pub use command_line::{CommandLine, Unprintable};
pub use draft::Draft;
pub use incomplete::Incomplete;
pub use interview::Interview;
pub use policy_draft::{PolicyDraft, PolicyRequest};
pub use question::Question;
pub use request_value::{Consent, Preflight, Request};
pub use scope_draft::ScopeDraft;
pub use shell_word::{Unquotable, shell_word};
