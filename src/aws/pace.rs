//! Limits parallel calls: a fixed number in total, and for each service and Region as many as AWS accepts without
//! throttling.
//!
//! Additive increase, multiplicative decrease, as in congestion control: a throttled response halves the calls in
//! flight, and successes raise the limit again. The SDK retries, with its backoff and jitter; this module does not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::sync::Semaphore;

use super::error::is_throttling;
use super::trace::code;
use super::web_page::unless_page;

/// The most calls in flight at once. AWS documents no quota for reads of S3 settings. This is twice the usual number of
/// threads in scripts.
const IN_ALL: usize = 32;

/// The limits of one run, shared by clones of a session.
#[derive(Debug)]
pub(super) struct Pace {
    all: Arc<Semaphore>,
    lanes: Mutex<BTreeMap<(&'static str, String), Arc<Lane>>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(IN_ALL)), lanes: Mutex::default() }
    }

    /// Returns a client for a service in a Region. All clients for the same service and Region share a lane.
    pub(super) fn client(
        &self,
        inner: SharedHttpClient,
        service: &'static str,
        region: &str,
    ) -> Paced<SharedHttpClient> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry((service, region.to_owned())).or_insert_with(|| Arc::new(Lane::new(IN_ALL)));
        Paced { inner, all: Arc::clone(&self.all), lane: Arc::clone(lane) }
    }
}

/// The calls to one service in one Region.
#[derive(Debug)]
pub(super) struct Lane {
    permits: Semaphore,
    width: Mutex<Width>,
}

/// How many calls a lane allows in parallel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Width {
    /// The upper limit.
    most: usize,
    /// The current target.
    wanted: usize,
    /// The existing permits. After a decrease, they exceed the target until running calls return their permits.
    held: usize,
    /// How often the target was lowered.
    narrowed: usize,
    /// Successful calls since the last change.
    good: usize,
}

/// How often the lane had been narrowed when a call entered it. The call's response says nothing about a lane that was
/// narrowed later.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct LaneEntry(usize);

impl Lane {
    fn new(most: usize) -> Self {
        let width = Width { most, wanted: most, held: most, narrowed: 0, good: 0 };
        Self { permits: Semaphore::new(most), width: Mutex::new(width) }
    }

    fn width(&self) -> MutexGuard<'_, Width> {
        self.width.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for a call.
    async fn enter(&self) -> Result<(Passage<'_>, LaneEntry), ConnectorError> {
        let permit = self.permits.acquire().await.map_err(closed)?;
        permit.forget();
        Ok((Passage(self), LaneEntry(self.width().narrowed)))
    }

    fn leave(&self) {
        let mut width = self.width();
        if width.held > width.wanted {
            width.held -= 1;
        } else {
            self.permits.add_permits(1);
        }
    }

    /// Halves the calls in flight after a call was throttled or timed out. Other throttled calls of the same burst have
    /// no further effect.
    fn was_throttled(&self, entry: LaneEntry) {
        let mut width = self.width();
        if entry != LaneEntry(width.narrowed) {
            return;
        }
        // The throttled call may have left the lane already.
        let under_way = width.held.saturating_sub(self.permits.available_permits()) + 1;
        width.narrowed += 1;
        width.good = 0;
        width.wanted = (width.wanted.min(under_way) / 2).max(1);
        let idle = self.permits.forget_permits(width.held.saturating_sub(width.wanted));
        width.held -= idle;
    }

    /// Counts a successful call; one round of successes raises the target by one.
    fn went_well(&self, entry: LaneEntry) {
        let mut width = self.width();
        if entry != LaneEntry(width.narrowed) || width.wanted == width.most || width.held > width.wanted {
            return;
        }
        width.good += 1;
        if width.good >= width.wanted {
            *width = Width { wanted: width.wanted + 1, held: width.held + 1, good: 0, ..*width };
            self.permits.add_permits(1);
        }
    }
}

/// A call in flight; leaves its lane when dropped.
#[derive(Debug)]
struct Passage<'a>(&'a Lane);

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A client whose calls wait for their turn.
#[derive(Clone, Debug)]
pub(super) struct Paced<T> {
    inner: T,
    all: Arc<Semaphore>,
    lane: Arc<Lane>,
}

impl<T> Paced<T> {
    /// Returns the interceptor that reports throttled responses to the lane.
    pub(super) fn interceptor(&self) -> Throttles {
        Throttles(Arc::clone(&self.lane))
    }
}

impl HttpClient for Paced<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Paced { inner, all: Arc::clone(&self.all), lane: Arc::clone(&self.lane) })
    }
}

impl HttpConnector for Paced<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { inner, all, lane } = self.clone();
        HttpConnectorFuture::new(async move {
            // Enter the lane first: a call that waits for a crowded service must not take a turn from others.
            let (_passage, entry) = lane.enter().await?;
            let _turn = all.acquire().await.map_err(closed)?;
            let mut answer = inner.call(request).await.and_then(unless_page);
            match &mut answer {
                Ok(answer) => answer.add_extension(entry),
                Err(error) if error.is_timeout() => lane.was_throttled(entry),
                Err(_) => {}
            }
            answer
        })
    }
}

/// Converts an error that can't occur: the semaphore is never closed.
fn closed(error: tokio::sync::AcquireError) -> ConnectorError {
    ConnectorError::other(error.into(), None)
}

/// Reports the outcome of each attempt to a lane.
#[derive(Debug)]
pub(super) struct Throttles(Arc<Lane>);

impl Intercept for Throttles {
    fn name(&self) -> &'static str {
        "logbucket-pace"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(answer) = context.response() else { return Ok(()) };
        let Some(entry) = answer.extension::<LaneEntry>().copied() else { return Ok(()) };
        let status = answer.status().as_u16();
        let body = || answer.body().bytes().and_then(|body| code(&String::from_utf8_lossy(body)));
        // The response to a HEAD has no body with a code, so the status decides: S3's `SlowDown` is 503.
        if matches!(status, 429 | 503) || status == 400 && body().is_some_and(|code| is_throttling(&code)) {
            self.0.was_throttled(entry);
        } else if status < 500 {
            self.0.went_well(entry);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(lane: &Lane) -> usize {
        lane.permits.available_permits()
    }

    /// Runs calls in parallel; each leaves its lane before its outcome is reported, as real responses do.
    async fn burst(lane: &Lane, calls: usize, heard: impl Fn(&Lane, LaneEntry)) {
        let mut under_way = Vec::new();
        for _ in 0..calls {
            under_way.push(lane.enter().await.unwrap());
        }
        for (passage, entry) in under_way {
            drop(passage);
            heard(lane, entry);
        }
    }

    #[tokio::test]
    async fn a_burst_of_throttled_calls_halves_the_lane_once() {
        for (calls, left) in [(32, 16), (10, 5), (3, 1), (1, 1)] {
            let lane = Lane::new(32);
            burst(&lane, calls, Lane::was_throttled).await;
            assert_eq!(free(&lane), left, "{calls} calls");
        }
        let lane = Lane::new(32);
        burst(&lane, 32, Lane::was_throttled).await;
        burst(&lane, 16, Lane::was_throttled).await;
        assert_eq!(free(&lane), 8, "a second burst counts again");
    }

    #[tokio::test]
    async fn a_lane_never_closes() {
        let lane = Lane::new(4);
        for _ in 0..10 {
            burst(&lane, 1, Lane::was_throttled).await;
        }
        assert_eq!(free(&lane), 1);
    }

    #[tokio::test]
    async fn successes_widen_a_lane_up_to_its_first_width() {
        let lane = Lane::new(4);
        burst(&lane, 4, Lane::was_throttled).await;
        assert_eq!(free(&lane), 2);
        burst(&lane, 2, Lane::went_well).await;
        assert_eq!(free(&lane), 3);
        for _ in 0..100 {
            burst(&lane, 1, Lane::went_well).await;
        }
        assert_eq!(free(&lane), 4);
    }

    #[tokio::test]
    async fn a_cancelled_call_returns_its_permit() {
        let lane = Lane::new(1);
        let (passage, _) = lane.enter().await.unwrap();
        let waits = tokio::time::timeout(std::time::Duration::ZERO, lane.enter()).await;
        assert!(waits.is_err(), "there is no room");
        drop(passage);
        assert_eq!(free(&lane), 1);
    }
}
