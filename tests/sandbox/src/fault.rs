//! Faults that a test injects: which requests they hit, and how.
//!
//! This module only counts requests. The sandbox carries out the effects.

use std::time::{Duration, Instant};

use crate::common::Common;

/// Which requests a fault hits. Counts every HTTP request since the injection, including retries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The nth request, from 1.
    Nth(usize),
    /// The nth request and every later one.
    FromNth(usize),
    /// Every request of an operation, such as `PutBucketPolicy`.
    Operation(String),
    /// The first requests of an operation, up to this number.
    OperationTimes(String, usize),
    /// The first S3 writes after a request of the operation, up to this number.
    WritesAfter(String, usize),
    /// The requests of an operation that exceed a token bucket, like AWS's throttling.
    Beyond {
        operation: String,
        /// The tokens in a full bucket.
        burst: usize,
        /// The tokens added per second.
        per_second: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Returns this error without carrying out the request.
    Status {
        code: u16,
        /// Such as `SlowDown`.
        error_code: String,
        message: String,
    },
    /// Returns an error in the service's own words without carrying out the request.
    Common(Common),
    /// Breaks the connection before the request is carried out.
    ResetBefore,
    /// Carries out the request, but breaks the connection before the answer.
    ResetAfter,
    /// Carries out the request after a delay, unless the client has given up by then.
    Delay(Duration),
    /// Carries out the request, but answers after a delay. A client that gives up earlier gets no answer.
    Held(Duration),
    /// Carries out the request, but breaks the connection in the middle of the answer's body, or before an answer
    /// without a body.
    CutShort,
    /// Carries out the request, but answers as if the service had failed.
    FailedAfter,
    /// Answers with a proxy's own page and this status without carrying out the request.
    Page(u16),
    /// Carries out the request, but a proxy replaces the answer with its own page.
    Garbled,
    /// Answers each request for a page of a listing with the first page, and announces another page. The page tokens
    /// repeat after this many.
    EndlessPages(usize),
    /// Carries out the request, but the answer's body never ends.
    EndlessBody,
    /// Redirects the client to this Region without carrying out the request. Only S3 has such an answer.
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

    /// The caller lacks permission: 403 `AccessDenied`, in KMS 400 `AccessDeniedException`, with IAM's message.
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

    /// The access key does not exist: `InvalidClientTokenId`, `InvalidAccessKeyId` or `UnrecognizedClientException`.
    pub fn invalid_client_token() -> Self {
        Self::Common(Common::InvalidClientToken)
    }

    /// Too many requests: `SlowDown`, `Throttling` or `ThrottlingException`.
    pub fn throttled() -> Self {
        Self::Common(Common::Throttled)
    }

    /// The request quota is used up: `RequestLimitExceeded` in the query protocol, otherwise like [`Self::throttled`].
    pub fn request_limit() -> Self {
        Self::Common(Common::RequestLimit)
    }

    /// 409 `OperationAborted`: S3 is still applying the last change to the bucket.
    pub fn operation_aborted() -> Self {
        let message =
            "A conflicting conditional operation is currently in progress against this resource. Please try again.";
        Self::status(409, "OperationAborted", message)
    }

    pub fn status(code: u16, error_code: &str, message: &str) -> Self {
        Self::Status { code, error_code: error_code.to_owned(), message: message.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub when: When,
    pub effect: Effect,
}

/// The injected faults, each with its count and the time of its injection.
#[derive(Debug, Default)]
pub struct Faults(Vec<(Fault, usize, Instant)>);

/// The parts of a request that decide whether a fault hits it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub service: &'a str,
    pub operation: &'a str,
    /// Whether the request changes anything.
    pub mutating: bool,
}

impl Faults {
    pub fn inject(&mut self, fault: Fault) {
        self.0.push((fault, 0, Instant::now()));
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns whether every request of an operation is denied. Counts nothing.
    pub fn denies(&self, operation: &str) -> bool {
        self.0.iter().any(|(fault, _, _)| {
            fault.effect == Effect::access_denied() && fault.when == When::Operation(operation.to_owned())
        })
    }

    /// Counts a request and returns the faults that hit it.
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

/// Takes a token from a bucket if a token is left. `taken` tokens were missing at `since`.
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
    fn a_fault_affects_the_writes_after_an_operation_but_not_the_operation() {
        let mut faults = Faults::default();
        let aborted = Effect::operation_aborted();
        faults.inject(Fault { when: When::WritesAfter("CreateBucket".to_owned(), 2), effect: aborted.clone() });
        let seen = ["PutA", "CreateBucket", "GetA", "PutA", "PutA", "PutB"].map(|name| faults.strike(s3(name)).len());
        assert_eq!(seen, [0, 0, 0, 1, 1, 0]);
    }
}
