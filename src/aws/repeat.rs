//! Replaces one value with another and retries. The present value is read before each retry, because someone else may
//! have written meanwhile, and a failed write may have been applied.
//!
//! Plans and undo use the same code. `replace_setting` makes the calls.

use std::cell::RefCell;
use std::time::Duration;

use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;

use crate::model::{AccountId, BucketName, Region};
use crate::plan::Setting;
use crate::poll::{Interruption, Jitter, Pauses, PollEnd, PollResult, poll, silently};

use super::connect::Aws;
use super::error::{AwsError, ErrorCause};
use super::trace::code;
use super::write::WriteError;

/// The pauses between attempts, as in the SDK
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).
const PAUSES: Pauses = Pauses { first: Duration::from_secs(1), longest: Duration::from_secs(20), jitter: Jitter::Full };

/// The replacement of a setting's value.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The setting as the plan saw it.
    pub before: &'a Setting,
    /// The same setting with its new value.
    pub after: &'a Setting,
    pub owner: &'a AccountId,
    pub region: &'a Region,
}

/// The attempts of one write, and whether a failed one may have been applied.
#[derive(Debug)]
pub struct Tries<'a> {
    interruption: &'a Interruption,
    open: RefCell<Option<AwsError>>,
    /// The bucket whose policy AWS overwrote during a try and logbucket restored.
    restored: RefCell<Option<BucketName>>,
    /// The ID of the resource that a try created.
    created: RefCell<Option<String>>,
}

/// How a try ended.
pub(super) enum Try {
    /// The slot has the new value.
    Done,
    /// AWS refused the write, or did not answer properly.
    Failed(AwsError),
}

impl<'a> Tries<'a> {
    /// Starts without any attempt; an interruption by the user ends the attempts.
    pub fn new(interruption: &'a Interruption) -> Self {
        Self { interruption, open: RefCell::default(), restored: RefCell::default(), created: RefCell::default() }
    }

    /// Returns whether a failed try may have been applied.
    pub(super) fn are_open(&self) -> bool {
        self.open.borrow().is_some()
    }

    /// Returns the bucket whose policy AWS overwrote during a try and logbucket restored.
    pub fn restored_policy(&self) -> Option<BucketName> {
        self.restored.borrow().clone()
    }

    pub(super) fn note_restored_policy(&self, of: &BucketName) {
        self.restored.replace(Some(of.clone()));
    }

    /// Returns the ID of the resource that a try created, if AWS returned one.
    pub(super) fn created(&self) -> Option<String> {
        self.created.borrow().clone()
    }

    pub(super) fn note_created(&self, id: Option<String>) {
        self.created.replace(id);
    }

    pub(super) fn note(&self, error: &AwsError) {
        if error.may_have_been_done() {
            self.open.borrow_mut().get_or_insert_with(|| error.clone());
        }
    }

    /// Returns whether an earlier try has been applied. Fails if the setting has neither the value that the plan saw
    /// nor the value that a try wrote. `now` is `None` if the setting's resource is gone.
    pub(super) fn are_already_applied(&self, of: Replacement<'_>, now: Option<Setting>) -> Result<bool, WriteError> {
        match now {
            Some(now) if self.are_open() && now.is(of.after) => Ok(true),
            Some(now) if now.is_to_the_letter(of.before) => Ok(false),
            now => Err(WriteError::moved(of.before, now)),
        }
    }

    /// If the error means that nothing was done, but an earlier try may have been applied, adds the earlier try's
    /// error.
    pub fn ended<T>(&self, outcome: Result<T, WriteError>) -> Result<T, WriteError> {
        outcome.map_err(|then| match self.open.take() {
            Some(first) if !then.may_have_been_done() => {
                WriteError::Open { first: Box::new(first), then: Box::new(then) }
            }
            Some(_) | None => then,
        })
    }
}

impl Aws {
    /// Replaces a value that is still present. A write that was throttled or may have been applied is retried as often
    /// as the SDK would. The value is read before each try; a failed read ends the tries.
    pub async fn replace(&self, of: Replacement<'_>, tries: &Tries<'_>) -> Result<(), WriteError> {
        let attempts = self.destination.attempts();
        let mut nth = 0;
        let look = async || {
            nth += 1;
            let error = match Box::pin(self.try_to_replace(of, tries)).await {
                Ok(Try::Done) => return PollResult::Over(Ok(())),
                Ok(Try::Failed(error)) => error,
                Err(error) => return PollResult::Over(Err(error)),
            };
            tries.note(&error);
            if nth >= attempts || !is_worth_another(&error) {
                return PollResult::Over(Err(error.into()));
            }
            // Attempts are counted, not timed.
            PollResult::NotYet { seen: error, at_most: Duration::MAX }
        };
        match poll(tries.interruption, PAUSES, look, silently).await {
            PollEnd::Over(ended) => ended,
            PollEnd::TimedOut(error) | PollEnd::Interrupted(error) => Err(error.into()),
        }
    }
}

/// Returns whether a failed write is worth another try.
fn is_worth_another(error: &AwsError) -> bool {
    error.may_have_been_done() || error.cause == ErrorCause::Throttled
}

/// Keeps the SDK from resending a write, except when AWS refused the write because of the time in its signature. Then
/// nothing was done, and the SDK signs the write again with AWS's time.
#[derive(Debug)]
pub(super) struct Unrepeated;

impl ClassifyRetry for Unrepeated {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|response| response.body().bytes()).map(String::from_utf8_lossy);
        match body.and_then(|body| code(&body)).as_deref() {
            // The codes that make the SDK check for a wrong clock.
            Some(
                "AccessDeniedException"
                | "AuthFailure"
                | "InvalidSignatureException"
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

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(code: &str, cause: ErrorCause) -> AwsError {
        AwsError {
            action: "s3:PutBucketTagging",
            resource: "demo-logs".to_owned(),
            cause,
            code: Some(code.to_owned()),
            message: String::new(),
            request_id: None,
        }
    }

    #[test]
    fn a_final_error_does_not_hide_an_earlier_try_that_might_have_been_applied() {
        let ended = |first: AwsError| {
            let never = Interruption::default();
            let tries = Tries::new(&never);
            tries.note(&first);
            tries.ended::<()>(Err(failed("AccessDenied", ErrorCause::AccessDenied).into())).unwrap_err()
        };
        let hidden = ended(failed("InternalError", ErrorCause::AwsFault));
        assert!(
            hidden.may_have_been_done() && matches!(hidden.last(), WriteError::Aws(error) if error.is("AccessDenied"))
        );
        assert!(hidden.to_string().contains("an earlier attempt may have been applied"), "{hidden}");
        assert!(!ended(failed("SlowDown", ErrorCause::Throttled)).may_have_been_done());
        assert_eq!(Tries::new(&Interruption::default()).ended(Ok(1)).unwrap(), 1);
    }

    #[test]
    fn the_value_after_a_failed_try_decides_what_is_left_to_do() {
        let (failure, throttled) =
            (failed("InternalError", ErrorCause::AwsFault), failed("SlowDown", ErrorCause::Throttled));
        let (owner, region) = ("111122223333".parse().unwrap(), "us-east-1".parse().unwrap());
        let tags = |of: &[&str]| {
            let tags = of.iter().map(|key| ((*key).to_owned(), "v".to_owned())).collect();
            Setting::BucketTags("demo-logs".parse().unwrap(), tags)
        };
        let (before, after, theirs) = (tags(&["a"]), tags(&["a", "b"]), tags(&["c"]));
        let outcome = |error: &AwsError, now: Option<&Setting>| {
            let never = Interruption::default();
            let tries = Tries::new(&never);
            tries.note(error);
            let of = Replacement { before: &before, after: &after, owner: &owner, region: &region };
            tries.are_already_applied(of, now.cloned()).map_err(|error| error.to_string())
        };
        assert_eq!(outcome(&failure, Some(&after)), Ok(true), "it was applied");
        assert_eq!(outcome(&failure, Some(&before)), Ok(false));
        assert!(outcome(&failure, Some(&theirs)).unwrap_err().contains("changed since the plan was made"));
        assert!(outcome(&failure, None).unwrap_err().contains("changed since the plan was made"));
        assert!(outcome(&throttled, Some(&after)).is_err(), "it was not applied: someone else wrote the same");
    }
}
