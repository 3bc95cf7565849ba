//! The wizard of `init`: asks for what the flags left open, shows the plan, and applies it once approved.
//!
//! `request::Interview` decides what comes next and `ui::Prompt` draws the questions. This module asks them, with
//! choices from the live account.

mod conversation;
mod destination;
mod details;
mod encryption;
mod flow_details;
mod greeting;
mod offers;
mod options;
mod review;
mod sources;
mod wizard_exit;

pub(super) use conversation::Conversation;
