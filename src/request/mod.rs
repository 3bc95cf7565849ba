//! What the user asks for: a [`Draft`] of flags completed to a [`Request`], and back to flags.
//!
//! No AWS and no printing here; prompts reach it only through [`Ask`].

mod ask;
mod draft;
mod incomplete;
mod request_value;
mod to_args;

pub use ask::{Ask, NobodyAnswers, Question};
pub use draft::Draft;
pub use incomplete::Incomplete;
pub use request_value::{Consent, Request};
