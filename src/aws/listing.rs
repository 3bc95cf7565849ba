//! Listings in pages: each ends, whatever AWS or something in its place answers, and none ends short in silence.
//!
//! The paginators of the SDK stop without a word when a page names itself as the next one, and go round for ever between two.

use std::collections::BTreeSet;
use std::error::Error;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::Seen;

use super::error::{AwsError, Cause};
use super::outcome::seen;

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing<'a> {
    /// The IAM action.
    pub(super) action: &'static str,
    /// What it is asked of.
    pub(super) resource: &'a str,
    /// The codes that say that there is nothing to list.
    pub(super) absent: &'a [&'a str],
    /// The most pages: what AWS documents as the most entries, in pages of the size that is asked for, and some more.
    pub(super) pages: usize,
}

/// What a page says of those behind it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// It is the last.
    End,
    /// The next one, by its token.
    At(String),
    /// There is more, and where is not said.
    Lost,
}

/// Why a listing was not read to its end.
enum Stop<E> {
    /// A page could not be had.
    Call(Box<SdkError<E, HttpResponse>>),
    /// It has no end.
    Broken(Box<AwsError>),
}

impl Next {
    /// By a token alone.
    pub(super) fn by_token(token: Option<String>) -> Self {
        token.filter(|token| !token.is_empty()).map_or(Self::End, Self::At)
    }

    /// By a token and a flag that says whether there is more; where there is no flag the token decides.
    pub(super) fn by_flag(truncated: Option<bool>, token: Option<String>) -> Self {
        match (truncated, Self::by_token(token)) {
            (Some(false), _) => Self::End,
            (Some(true), Self::End) => Self::Lost,
            (_, next) => next,
        }
    }
}

impl Listing<'_> {
    /// Asks for one page after another and hands each to `take`, which says what is next.
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

    /// The same where a refusal is an error as any other.
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
            Stop::Call(error) => AwsError::of(self.action, self.resource, &error),
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
                Next::Lost => return broken("there are more entries, and the answer doesn't say where"),
            };
            if !tokens.insert(fingerprint(&next)) {
                return broken("the listing goes round in circles: a page token came twice");
            }
            token = Some(next);
        }
        broken(&format!("the listing did not end within {} pages", self.pages))
    }

    fn broken(self, message: &str) -> AwsError {
        AwsError {
            action: self.action,
            resource: self.resource.to_owned(),
            cause: Cause::Endless,
            code: None,
            message: message.to_owned(),
            request_id: None,
        }
    }
}

/// A token may be megabytes long, and there may be a thousand.
fn fingerprint(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::operation::list_buckets::ListBucketsError;

    use super::*;

    /// What comes of a listing whose page n names page `after(n)`, and how many pages it asked for.
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
            assert_eq!(error.cause, Cause::Endless);
            error.message
        });
        (outcome, asked)
    }

    #[tokio::test]
    async fn every_listing_ends_and_a_broken_one_says_so() {
        let at = |page: usize| Next::At(page.to_string());
        let (whole, pages) = listed(|page| if page < 99 { at(page + 1) } else { Next::End }).await;
        assert_eq!((whole, pages), (Ok(Seen::Present(())), 100));
        let (same, pages) = listed(|_| at(1)).await;
        assert!(same.unwrap_err().contains("came twice") && pages == 2);
        let (round, pages) = listed(|page| at(1 + (page + 1) % 3)).await;
        assert!(round.unwrap_err().contains("came twice") && pages <= 4);
        let (endless, pages) = listed(|page| at(page + 1)).await;
        assert!(endless.unwrap_err().contains("did not end within 100 pages") && pages == 100);
        let (lost, _) = listed(|_| Next::Lost).await;
        assert!(lost.unwrap_err().contains("doesn't say where"));
    }

    #[test]
    fn a_flag_without_a_token_is_no_end() {
        let token = || Some("t".to_owned());
        assert_eq!(Next::by_flag(Some(true), None), Next::Lost);
        assert_eq!(Next::by_flag(Some(true), Some(String::new())), Next::Lost);
        assert_eq!(Next::by_flag(Some(true), token()), Next::At("t".to_owned()));
        assert_eq!(Next::by_flag(Some(false), token()), Next::End);
        assert_eq!(Next::by_flag(None, token()), Next::At("t".to_owned()));
        assert_eq!(Next::by_flag(None, None), Next::End);
    }
}
