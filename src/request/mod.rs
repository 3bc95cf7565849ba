//! What the user asks for: a [`Draft`] of flags completed to a [`Request`], and back to flags.
//!
//! No AWS, no prompts and no printing here.

mod draft;
mod incomplete;
mod interview;
mod question;
mod request_value;
mod shell_word;
mod to_args;
mod topic;

pub use draft::Draft;
pub use incomplete::Incomplete;
pub use interview::Interview;
pub use question::Question;
pub use request_value::{Consent, Request};
pub use shell_word::shell_word;
pub use topic::Topic;
