//! What the user asks for: a [`Draft`] of flags completed to a [`Request`], and back to flags; for the policies alone a
//! [`PolicyDraft`] and a [`PolicyRequest`], for permissions a [`ScopeDraft`].
//!
//! No AWS, no prompts and no printing here.

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
