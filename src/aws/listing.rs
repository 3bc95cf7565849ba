//! Paginated listings that always end, no matter what the endpoint answers, and that never stop early without an error.
//!
//! The SDK's paginators stop silently when a page names itself as the next page. They never end when two pages name
//! each other.

use std::collections::BTreeSet;
use std::error::Error;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::Seen;

use super::error::{AwsError, ErrorCause};
use super::outcome::seen;

/// A listing call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing<'a> {
    pub(super) action: &'static str,
    pub(super) resource: &'a str,
    /// The codes that mean there is nothing to list.
    pub(super) absent: &'a [&'a str],
    /// The most pages to read: enough for AWS's documented maximum of entries at the requested page size, and some
    /// more.
    pub(super) pages: usize,
}

/// What follows a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Next {
    End,
    /// The page with this token.
    At(String),
    /// More pages, but the response has no token for them.
    Lost,
}

/// Why a listing was not read to its end.
enum Stop<E> {
    Call(Box<SdkError<E, HttpResponse>>),
    /// The listing does not end.
    Broken(Box<AwsError>),
}

impl Next {
    /// Returns what follows a page, from the token alone.
    pub(super) fn by_token(token: Option<String>) -> Self {
        token.filter(|token| !token.is_empty()).map_or(Self::End, Self::At)
    }

    /// Returns what follows a page, from the flag that says whether there are more pages. Without a flag, the token
    /// decides.
    pub(super) fn by_flag(truncated: Option<bool>, token: Option<String>) -> Self {
        match (truncated, Self::by_token(token)) {
            (Some(false), _) => Self::End,
            (Some(true), Self::End) => Self::Lost,
            (_, next) => next,
        }
    }
}

impl Listing<'_> {
    /// Requests page after page and hands each page to `take`, which returns what follows the page.
    pub(super) async fn read<P, E, F>(
        self,
        ask: impl FnMut(Option<String>) -> F,
        take: impl FnMut(P) -> Next,
    ) -> Result<Seen<()>, AwsError>
    where
        F: Future<Output = Result<P, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        match self.walk(ask, take).await {
            Ok(()) => Ok(Seen::Present(())),
            Err(Stop::Call(error)) => seen(self.action, self.resource, self.absent, Err(*error)),
            Err(Stop::Broken(error)) => Err(*error),
        }
    }

    /// Like [`Self::read`], but a refusal is an ordinary error.
    pub(super) async fn read_or_fail<P, E, F>(
        self,
        ask: impl FnMut(Option<String>) -> F,
        take: impl FnMut(P) -> Next,
    ) -> Result<(), AwsError>
    where
        F: Future<Output = Result<P, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        self.walk(ask, take).await.map_err(|stop| match stop {
            Stop::Call(error) => AwsError::new(self.action, self.resource, &error),
            Stop::Broken(error) => *error,
        })
    }

    async fn walk<P, E, F>(
        self,
        mut ask: impl FnMut(Option<String>) -> F,
        mut take: impl FnMut(P) -> Next,
    ) -> Result<(), Stop<E>>
    where
        F: Future<Output = Result<P, SdkError<E, HttpResponse>>>,
    {
        let broken = |message: &str| Err(Stop::Broken(Box::new(self.broken(message))));
        let mut tokens = BTreeSet::new();
        let mut token = None;
        for _ in 0..self.pages {
            let page = Box::pin(ask(token)).await.map_err(|error| Stop::Call(Box::new(error)))?;
            let next = match take(page) {
                Next::End => return Ok(()),
                Next::At(next) => next,
                Next::Lost => return broken("there are more entries, but the response has no token for them"),
            };
            if !tokens.insert(fingerprint(&next)) {
                return broken("the listing goes in circles: a page token was returned twice");
            }
            token = Some(next);
        }
        broken(&format!("the listing did not end within {} pages", self.pages))
    }

    fn broken(self, message: &str) -> AwsError {
        AwsError {
            action: self.action,
            resource: self.resource.to_owned(),
            cause: ErrorCause::Endless,
            code: None,
            message: message.to_owned(),
            request_id: None,
        }
    }
}

/// Tokens are hashed because a token may be megabytes long, and there may be a thousand.
fn fingerprint(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::operation::list_buckets::ListBucketsError;

    use super::*;

    /// Reads a listing whose page n names page `after(n)`; returns the outcome and how many pages were requested.
    async fn listed(after: impl Fn(usize) -> Next) -> (Result<Seen<()>, String>, usize) {
        let listing = Listing { action: "s3:ListAllMyBuckets", resource: "*", absent: &[], pages: 100 };
        let mut asked = 0;
        let page = |token: Option<String>| {
            let page = token.map_or(0, |token| token.parse::<usize>().unwrap());
            std::future::ready(Ok::<_, SdkError<ListBucketsError, HttpResponse>>(page))
        };
        let outcome = listing.read(page, |page| {
            asked += 1;
            after(page)
        });
        let outcome = outcome.await.map_err(|error| {
            assert_eq!(error.cause, ErrorCause::Endless);
            error.message
        });
        (outcome, asked)
    }

    #[tokio::test]
    async fn every_listing_ends_and_a_broken_one_is_reported() {
        let at = |page: usize| Next::At(page.to_string());
        let (whole, pages) = listed(|page| if page < 99 { at(page + 1) } else { Next::End }).await;
        assert_eq!((whole, pages), (Ok(Seen::Present(())), 100));
        let (same, pages) = listed(|_| at(1)).await;
        assert!(same.unwrap_err().contains("returned twice") && pages == 2);
        let (round, pages) = listed(|page| at(1 + (page + 1) % 3)).await;
        assert!(round.unwrap_err().contains("returned twice") && pages <= 4);
        let (endless, pages) = listed(|page| at(page + 1)).await;
        assert!(endless.unwrap_err().contains("did not end within 100 pages") && pages == 100);
        let (lost, _) = listed(|_| Next::Lost).await;
        assert!(lost.unwrap_err().contains("no token for them"));
    }

    #[test]
    fn a_flag_without_a_token_does_not_end_a_listing() {
        let token = || Some("t".to_owned());
        assert_eq!(Next::by_flag(Some(true), None), Next::Lost);
        assert_eq!(Next::by_flag(Some(true), Some(String::new())), Next::Lost);
        assert_eq!(Next::by_flag(Some(true), token()), Next::At("t".to_owned()));
        assert_eq!(Next::by_flag(Some(false), token()), Next::End);
        assert_eq!(Next::by_flag(None, token()), Next::At("t".to_owned()));
        assert_eq!(Next::by_flag(None, None), Next::End);
    }
}
