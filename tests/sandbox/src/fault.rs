//! Faults that a test injects: which request is struck, and how.
//!
//! Only the counting is here; the sandbox carries the effects out.

use std::time::{Duration, Instant};

use crate::common::Common;

/// Which requests a fault strikes; counted from its injection, every HTTP request counts, retries too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The nth request, the first being 1.
    Nth(usize),
    /// The nth request and every later one.
    FromNth(usize),
    /// Every request of that operation, such as `PutBucketPolicy`.
    Operation(String),
    /// The first so many requests of that operation.
    OperationTimes(String, usize),
    /// The first so many writes of S3 that follow a request of that operation.
    WritesAfter(String, usize),
    /// The requests of that operation for which a bucket of tokens has none left, as AWS throttles: so many tokens at most, and
    /// so many more each second.
    Beyond {
        /// The operation.
        operation: String,
        /// The tokens of a bucket that was left alone.
        burst: usize,
        /// The tokens that come in each second.
        per_second: usize,
    },
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is refused with this error and nothing is done.
    Status {
        /// The HTTP status.
        code: u16,
        /// Such as `SlowDown`.
        error_code: String,
        /// The error's message.
        message: String,
    },
    /// It is refused as its service tells such a refusal, and nothing is done.
    Common(Common),
    /// The connection breaks before anything is done.
    ResetBefore,
    /// It is done, and the connection breaks before the answer.
    ResetAfter,
    /// It is done so much later, unless the client has given up by then.
    Delay(Duration),
    /// It is done, and answered so much later: a client that gave up knows nothing of it.
    Held(Duration),
    /// It is done, and the connection breaks in the middle of the answer's body; where it has none, before the answer.
    CutShort,
    /// It is done, and answered as if the service had failed.
    FailedAfter,
    /// A proxy answers with a page of its own, with that status, in place of AWS; nothing is done.
    Page(u16),
    /// It is done, and a proxy puts a page of its own in place of what was answered.
    Garbled,
    /// It is answered with a first page, which says that there is more, with so many tokens in turn.
    EndlessPages(usize),
    /// It is done, and its answer goes on for ever.
    EndlessBody,
    /// S3 sends the client to another Region, and nothing is done; other services know no such answer.
    Redirect(String),
}

impl Effect {
    /// 500 `InternalError`.
    pub fn internal_error() -> Self {
        Self::status(500, "InternalError", "We encountered an internal error. Please try again.")
    }

    /// 503 `SlowDown`.
    pub fn slow_down() -> Self {
        Self::status(503, "SlowDown", "Please reduce your request rate.")
    }

    /// Whoever asks may not: 403 `AccessDenied`, in KMS 400 `AccessDeniedException`, with the words of IAM.
    pub fn access_denied() -> Self {
        Self::Common(Common::AccessDenied)
    }

    /// The client's clock is an hour behind: `RequestTimeTooSkewed`, `SignatureDoesNotMatch` or `InvalidSignatureException`.
    pub fn clock_skew() -> Self {
        Self::Common(Common::ClockSkew)
    }

    /// The session has expired: `ExpiredToken` or `ExpiredTokenException`.
    pub fn expired_token() -> Self {
        Self::Common(Common::ExpiredToken)
    }

    /// There is no such access key: `InvalidClientTokenId`, `InvalidAccessKeyId` or `UnrecognizedClientException`.
    pub fn invalid_client_token() -> Self {
        Self::Common(Common::InvalidClientToken)
    }

    /// Too many requests: `SlowDown`, `Throttling` or `ThrottlingException`.
    pub fn throttled() -> Self {
        Self::Common(Common::Throttled)
    }

    /// The quota of requests is used up: `RequestLimitExceeded` in the query protocol, elsewhere as [`Self::throttled`].
    pub fn request_limit() -> Self {
        Self::Common(Common::RequestLimit)
    }

    /// 409 `OperationAborted`: S3 is still busy with the last change of the bucket.
    pub fn operation_aborted() -> Self {
        let message =
            "A conflicting conditional operation is currently in progress against this resource. Please try again.";
        Self::status(409, "OperationAborted", message)
    }

    /// Any refusal.
    pub fn status(code: u16, error_code: &str, message: &str) -> Self {
        Self::Status { code, error_code: error_code.to_owned(), message: message.to_owned() }
    }
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which requests it strikes.
    pub when: When,
    /// How.
    pub effect: Effect,
}

/// The faults that are injected, each with its count, and since when it is there.
#[derive(Debug, Default)]
pub struct Faults(Vec<(Fault, usize, Instant)>);

/// A request, as far as it decides whether a fault strikes it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its service.
    pub service: &'a str,
    /// Its operation.
    pub operation: &'a str,
    /// Whether it changes anything.
    pub mutating: bool,
}

impl Faults {
    /// One more fault.
    pub fn inject(&mut self, fault: Fault) {
        self.0.push((fault, 0, Instant::now()));
    }

    /// None any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request and returns what strikes it.
    pub fn strike(&mut self, target: Target<'_>) -> Vec<Effect> {
        let operation = target.operation;
        let mut effects = Vec::new();
        for (fault, count, since) in &mut self.0 {
            let struck = match &fault.when {
                When::Nth(nth) => {
                    *count += 1;
                    *count == *nth
                }
                When::FromNth(nth) => {
                    *count += 1;
                    *count >= *nth
                }
                When::Operation(name) => name == operation,
                When::OperationTimes(name, times) => {
                    let same = name == operation;
                    *count += usize::from(same);
                    same && *count <= *times
                }
                When::WritesAfter(name, times) => {
                    let follows = *count > 0 && target.mutating && target.service == "s3";
                    *count += usize::from(follows || name == operation);
                    follows && *count <= times + 1
                }
                When::Beyond { operation: name, burst, per_second } => {
                    name == operation && !take(count, since, *burst, *per_second)
                }
            };
            if struck {
                effects.push(fault.effect.clone());
            }
        }
        effects
    }
}

/// Takes a token from a bucket, where one is left: `taken` are missing, as of `since`.
fn take(taken: &mut usize, since: &mut Instant, burst: usize, per_second: usize) -> bool {
    let passed = since.elapsed().as_millis() * per_second as u128 / 1000;
    let back = usize::try_from(passed).unwrap_or(usize::MAX);
    if back > 0 {
        *taken = taken.saturating_sub(back);
        *since = Instant::now();
    }
    let left = *taken < burst;
    *taken += usize::from(left);
    left
}

#[cfg(test)]
mod tests {
    use super::{Effect, Fault, Faults, Target, When};

    fn s3(operation: &str) -> Target<'_> {
        Target { service: "s3", operation, mutating: !operation.starts_with("Get") }
    }

    #[test]
    fn faults_are_counted_from_their_injection() {
        let mut faults = Faults::default();
        faults.inject(Fault { when: When::Nth(2), effect: Effect::ResetBefore });
        faults.inject(Fault { when: When::OperationTimes("A".to_owned(), 1), effect: Effect::ResetAfter });
        assert_eq!(faults.strike(s3("A")), [Effect::ResetAfter]);
        assert_eq!(faults.strike(s3("A")), [Effect::ResetBefore]);
        assert!(faults.strike(s3("A")).is_empty());
        faults.clear();
        assert!(faults.strike(s3("A")).is_empty());
    }

    #[test]
    fn the_writes_that_follow_an_operation_are_struck_and_not_the_operation_itself() {
        let mut faults = Faults::default();
        let aborted = Effect::operation_aborted();
        faults.inject(Fault { when: When::WritesAfter("CreateBucket".to_owned(), 2), effect: aborted.clone() });
        let seen = ["PutA", "CreateBucket", "GetA", "PutA", "PutA", "PutB"].map(|name| faults.strike(s3(name)).len());
        assert_eq!(seen, [0, 0, 0, 1, 1, 0]);
    }
}
