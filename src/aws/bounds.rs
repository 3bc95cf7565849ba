//! Limits the size and duration of each response. Otherwise, an endless response from a proxy or endpoint could fill
//! memory or block a run.
//!
//! The time of an attempt runs from sending the request to the last byte read. If a large object is not read to its
//! end, the unread rest is not limited.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use aws_smithy_types::body::SdkBody;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::credential_call;

/// The time limit of an attempt, from sending the request to the last byte of the response. The largest documented
/// responses are smaller than [`ANSWER`], which takes this long at about 1 Mbit/s.
pub(super) const ATTEMPT: Duration = Duration::from_mins(1);

const MIB: u64 = 1024 * 1024;

/// The size limit of all other responses. The largest documented response is a page of `ListObjectsV2`, which takes up
/// to 3.5 MB: 1,000 keys of up to 1,024 bytes, three times as long when URL-encoded, plus about 500 bytes per object
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>). A page of 10,000 buckets takes 2 MB, and
/// a bucket policy takes at most 20 KB.
const ANSWER: u64 = 8 * MIB;

/// The size limit for a page of `LookupEvents`: 50 events of up to 256 KB, as JSON within JSON
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>).
const EVENTS: u64 = 32 * MIB;

/// The size limit for a response with credentials. Keys and a token take a few kilobytes.
const CREDENTIALS: u64 = MIB;

/// Returns the size limit for the response to a request.
pub(super) fn size_for(request: &HttpRequest) -> u64 {
    if credential_call::name_of(request).is_some() {
        return CREDENTIALS;
    }
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    if target.ends_with(".LookupEvents") { EVENTS } else { ANSWER }
}

/// The limit that a response exceeded.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum OverBound {
    /// Larger than any response that AWS documents.
    #[error("the response is larger than {} MiB, more than AWS ever sends", .0 / MIB)]
    Size(u64),
    #[error("the response did not end within {} s", .0.as_secs())]
    Time(Duration),
}

impl OverBound {
    /// Returns the limit that was exceeded, if the error or one of its sources reports it.
    pub(super) fn in_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(bound) = error.downcast_ref::<Self>() {
                return Some(*bound);
            }
            next = error.source();
        }
        None
    }
}

/// A body that fails when it exceeds a limit.
pub(super) struct BoundedBody {
    inner: Pin<Box<SdkBody>>,
    size: u64,
    left: u64,
    deadline: Pin<Box<Sleep>>,
}

impl BoundedBody {
    /// Wraps the body of a response that must end by `deadline`.
    pub(super) fn wrap(inner: SdkBody, size: u64, deadline: Instant) -> SdkBody {
        let body = Self { inner: Box::pin(inner), size, left: size, deadline: Box::pin(sleep_until(deadline)) };
        SdkBody::from_body_1_x(body)
    }
}

impl Body for BoundedBody {
    type Data = <SdkBody as Body>::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, BoxError>>> {
        // Check the clock first. Otherwise, a body that never pauses would never exceed the time limit.
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(OverBound::Time(ATTEMPT).into())));
        }
        let frame = std::task::ready!(self.inner.as_mut().poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let Some(left) = self.left.checked_sub(size) else {
                return Poll::Ready(Some(Err(OverBound::Size(self.size).into())));
            };
            self.left = left;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(self.inner.as_ref().get_ref())
    }
}

/// Keeps the SDK from retrying after a response that exceeded a limit, since the next response would exceed it too.
#[derive(Debug)]
pub(super) struct NotAgain;

impl ClassifyRetry for NotAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        match error.and_then(|error| OverBound::in_chain(error)) {
            Some(_) => RetryAction::RetryForbidden,
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "over-bound"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Endless bytes, one frame per interval.
    struct Endless {
        frame: &'static [u8],
        every: tokio::time::Interval,
    }

    impl Body for Endless {
        type Data = <SdkBody as Body>::Data;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
            let _ = std::task::ready!(self.every.poll_tick(context));
            Poll::Ready(Some(Ok(Frame::data(self.frame.into()))))
        }
    }

    async fn read(frame: &'static [u8], every: Duration, size: u64) -> (u64, Option<OverBound>) {
        let endless = SdkBody::from_body_1_x(Endless { frame, every: tokio::time::interval(every) });
        let mut body = Box::pin(BoundedBody::wrap(endless, size, Instant::now() + ATTEMPT));
        let mut bytes = 0;
        loop {
            match std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
                Some(Ok(frame)) => bytes += u64::try_from(frame.data_ref().unwrap().len()).unwrap(),
                Some(Err(error)) => return (bytes, OverBound::in_chain(error.as_ref())),
                None => return (bytes, None),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_body_is_cut_off_at_the_size_limit() {
        let (bytes, bound) = read(&[b'x'; 1000], Duration::from_millis(1), 10_000).await;
        assert_eq!((bytes, bound), (10_000, Some(OverBound::Size(10_000))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_at_two_bytes_a_second_is_cut_off_at_the_time_limit() {
        let began = Instant::now();
        let (bytes, bound) = read(b"x", Duration::from_millis(500), ANSWER).await;
        assert_eq!(bound, Some(OverBound::Time(ATTEMPT)));
        assert!(bytes > 100 && began.elapsed() <= ATTEMPT + Duration::from_secs(1), "{bytes}");
    }

    #[test]
    fn the_bound_depends_on_what_is_asked() {
        let mut request = HttpRequest::new(SdkBody::empty());
        assert_eq!(size_for(&request), ANSWER);
        request
            .headers_mut()
            .insert("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
        assert_eq!(size_for(&request), EVENTS);
        let mut request = HttpRequest::new(SdkBody::from("Action=AssumeRole&RoleArn=x"));
        request.set_method("POST").unwrap();
        request.set_uri("https://sts.us-east-1.amazonaws.com/").unwrap();
        assert_eq!(size_for(&request), CREDENTIALS);
    }
}
