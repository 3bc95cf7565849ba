//! Combines the faults that hit a request.
//!
//! This module only decides what happens. The sandbox carries it out.

use std::time::Duration;

use crate::dispatch::{self, Named};
use crate::fault::Effect;
use crate::s3::error::refuse;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// Normally.
    #[default]
    Whole,
    /// In the middle of its body.
    CutShort,
    /// Before it began.
    Reset,
    /// Never.
    Endless,
}

/// What happens to a request.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    /// The delay before the request is carried out.
    pub(crate) wait: Duration,
    /// The delay before the answer.
    pub(crate) held: Duration,
    /// The answer, if the request is not carried out.
    pub(crate) refusal: Option<Reply>,
    /// Whether the caller is unknown to the service.
    pub(crate) unknown: bool,
    /// The service's error, although the request was carried out.
    pub(crate) failure: Option<Reply>,
    /// The answer of a proxy between the client and AWS.
    pub(crate) page: Option<Reply>,
    /// Whether the request never reaches AWS.
    pub(crate) undone: bool,
    /// The number of tokens of an endless listing.
    pub(crate) tokens: Option<usize>,
    pub(crate) end: End,
}

impl Struck {
    /// Combines all effects. If two effects conflict, the later one wins.
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

/// The page of a proxy or a captive portal.
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
