//! What of a replacing write the SDK may send again: only what AWS refused for the request's time. All else is read again before
//! it is written again, since somebody else may have written meanwhile.

use std::time::Duration;

use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;

use super::error::{AwsError, Cause};
use super::trace::code;

/// The longest pause before a write is tried again, as in the SDK
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).
const LONGEST: Duration = Duration::from_secs(20);

/// Keeps the SDK from sending a write again.
#[derive(Debug)]
pub(super) struct Unrepeated;

impl ClassifyRetry for Unrepeated {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|response| response.body().bytes()).map(String::from_utf8_lossy);
        match body.and_then(|body| code(&body)).as_deref() {
            // The SDK signs again, by AWS's time.
            Some(
                "AuthFailure"
                | "InvalidSignatureException"
                | "RequestExpired"
                | "RequestInTheFuture"
                | "RequestTimeTooSkewed"
                | "SignatureDoesNotMatch",
            ) => RetryAction::NoActionIndicated,
            Some(_) | None => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "unrepeated"
    }
}

/// Whether a write that failed so is worth another try, once it was read again what is there.
pub(super) fn is_worth_another(error: &AwsError) -> bool {
    error.may_have_been_done() || error.cause == Cause::Throttled
}

/// How long before the try after so many: at random within a bound that doubles.
pub(super) fn pause(tries: u32) -> Duration {
    let bound = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(LONGEST);
    bound.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_random_within_a_bound_that_doubles() {
        for (tries, bound) in [(1, 1), (2, 2), (3, 4), (9, 20), (u32::MAX, 20)] {
            let pauses: Vec<Duration> = (0..50).map(|_| pause(tries)).collect();
            assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(bound)), "{tries}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{tries}");
        }
    }
}
