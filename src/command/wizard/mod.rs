//! `init` as a conversation: it asks for what the flags left open, shows the plan, and carries out what is agreed to.
//!
//! What comes next is `request::Interview`'s to say, how a question is drawn `ui::Prompt`'s; here is what is asked, with
//! choices from the live account.

mod conversation;
mod destination;
mod details;
mod encryption;
mod greeting;
mod halt;
mod offers;
mod review;
mod sources;

pub(super) use conversation::Conversation;
