//! What the faults that strike a request come to, together.
//!
//! Only what is to happen; the sandbox lets it happen.

use std::time::Duration;

use crate::dispatch::{self, Named};
use crate::fault::Effect;
use crate::s3::error::refuse;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    #[default]
    Whole,
    /// In the middle of its body.
    CutShort,
    /// Before it began.
    Reset,
    /// Never.
    Endless,
}

/// What becomes of a request.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    /// How long it is not done.
    pub(crate) wait: Duration,
    /// How long its answer is held back.
    pub(crate) held: Duration,
    /// What is answered without anything being done.
    pub(crate) refusal: Option<Reply>,
    /// Whether the service does not know who asks.
    pub(crate) unknown: bool,
    /// What the service answers although it was done.
    pub(crate) failure: Option<Reply>,
    /// What somebody else answers in the place of AWS.
    pub(crate) page: Option<Reply>,
    /// Whether it never reaches AWS.
    pub(crate) undone: bool,
    /// How many tokens a listing has that does not end.
    pub(crate) tokens: Option<usize>,
    /// How the answer ends.
    pub(crate) end: End,
}

impl Struck {
    /// All effects at once; of two that exclude each other the later counts.
    pub(crate) fn by(effects: Vec<Effect>, sandbox: &Sandbox, request: &Request, named: &Named) -> Self {
        let mut struck = Self::default();
        for effect in effects {
            match effect {
                Effect::Delay(longer) => struck.wait += longer,
                Effect::Held(longer) => struck.held += longer,
                Effect::ResetBefore => struck.undone = true,
                Effect::ResetAfter => struck.end = End::Reset,
                Effect::CutShort => struck.end = End::CutShort,
                Effect::EndlessBody => struck.end = End::Endless,
                Effect::EndlessPages(tokens) => struck.tokens = Some(tokens),
                Effect::Common(common) => {
                    struck.unknown |= common.unknown();
                    struck.refusal = Some(common.reply(sandbox, request, named));
                }
                Effect::Status { code, error_code, message } => {
                    struck.refusal = Some(dispatch::refusal(request, named, code, &error_code, &message));
                }
                Effect::FailedAfter => struck.failure = Some(failure(request, named)),
                Effect::Page(status) => {
                    struck.undone = true;
                    struck.page = Some(page(request, status));
                }
                Effect::Garbled => struck.page = Some(page(request, 200)),
                Effect::Redirect(region) if named.service == "s3" && !named.resource.is_empty() => {
                    struck.refusal = Some(redirect(request, named, &region));
                }
                Effect::Redirect(_) => {}
            }
        }
        struck
    }
}

fn failure(request: &Request, named: &Named) -> Reply {
    dispatch::refusal(request, named, 500, "InternalError", "We encountered an internal error. Please try again.")
}

/// What a proxy or a portal shows.
fn page(request: &Request, status: u16) -> Reply {
    let body =
        "<!DOCTYPE html>\n<html><head><title>Proxy</title><body><p>Please sign in & try again<br></body></html>\n";
    let body = if request.method == "HEAD" { "" } else { body };
    Reply { body: body.into(), ..Reply::empty(status) }.with("content-type", "text/html; charset=utf-8")
}

/// S3 User Guide, "Making requests to the wrong Region".
fn redirect(request: &Request, named: &Named, region: &str) -> Reply {
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
    refuse(301, "PermanentRedirect", message).in_region(region).reply(request.method == "HEAD", &named.resource)
}
