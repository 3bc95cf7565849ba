//! What AWS answered, told in full: code, message, request id, and what to do.

use std::error::Error;
use std::fmt;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// A call that failed.
#[derive(Clone, Debug)]
pub struct AwsError {
    /// The IAM action of the call, such as `s3:PutBucketPolicy`.
    pub action: &'static str,
    /// What it was about.
    pub resource: String,
    /// Why, as far as the rules of the program tell it apart.
    pub cause: Cause,
    /// AWS's code, where it answered.
    pub code: Option<String>,
    /// AWS's message, or the text of what went wrong before AWS answered.
    pub message: String,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// Kinds of failure that a person mends in different ways.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// There are no credentials.
    NoCredentials,
    /// The credentials are no longer valid.
    Expired,
    /// The caller may not.
    AccessDenied,
    /// The machine's clock is wrong.
    ClockSkew,
    /// AWS asked for patience longer than there was any.
    Throttled,
    /// Nobody answered.
    Unreachable,
    /// No Region is configured.
    NoRegion,
    /// Something else.
    Other,
}

impl AwsError {
    /// The error of a call.
    pub(super) fn of<E>(action: &'static str, resource: impl fmt::Display, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        let service = error.as_service_error();
        let code = service.and_then(|service| service.code()).map(str::to_owned).or_else(|| status_code(error));
        let spoken = service.and_then(|service| service.message()).map(str::to_owned);
        let message = spoken.unwrap_or_else(|| if service.is_some() { String::new() } else { chain(error) });
        Self {
            action,
            resource: resource.to_string(),
            cause: cause(error, code.as_deref(), &message),
            code,
            // The chain of providers lists each that had none, over many lines.
            message: if message.contains("no credentials found in chain") {
                "no credentials were found in the environment, a profile, a web identity, the container or the instance"
                    .to_owned()
            } else {
                message
            },
            request_id: error.request_id().map(str::to_owned),
        }
    }

    /// Whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self.cause {
            Cause::NoCredentials => Some("sign in (`aws login`, `aws sso login`), name a `--profile`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()),
            Cause::Expired => Some("sign in again: `aws login` or `aws sso login`".to_owned()),
            Cause::AccessDenied if self.action == "s3:CreateBucket" => {
                Some("allow `s3:CreateBucket` and, for the tag that marks it, `s3:TagResource` to the caller".to_owned())
            }
            Cause::AccessDenied if self.message.contains("public") => {
                Some("Block Public Access stands against the policy: look for a statement that lets in everybody".to_owned())
            }
            Cause::AccessDenied => Some(format!("allow `{}` on `{}` to the caller, or use other credentials", self.action, self.resource)),
            Cause::ClockSkew => Some("set this machine's clock: AWS refuses requests that are minutes off".to_owned()),
            Cause::Throttled => Some("wait a minute, then run again: it goes on where it stopped".to_owned()),
            Cause::Unreachable => Some("check the network, the Region's name and `--endpoint-url`".to_owned()),
            Cause::NoRegion => Some("name a Region with `--region` or AWS_REGION, or the source by its ARN".to_owned()),
            Cause::Other if self.is("BucketAlreadyExists") => {
                Some("bucket names are shared by everybody: choose another with `--bucket`".to_owned())
            }
            Cause::Other => None,
        }
    }

    /// Whether it may be that AWS did what was asked and only the answer was lost.
    pub fn may_have_been_done(&self) -> bool {
        self.code.is_none() && self.cause == Cause::Unreachable
    }
}

/// S3 answers HEAD requests without a body: the status is all there is.
fn status_code<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let status = error.raw_response()?.status().as_u16();
    let word = match status {
        301 => "PermanentRedirect".to_owned(),
        403 => "AccessDenied".to_owned(),
        404 => "NotFound".to_owned(),
        other => format!("HTTP {other}"),
    };
    Some(word)
}

fn cause<E>(error: &SdkError<E, HttpResponse>, code: Option<&str>, message: &str) -> Cause {
    match code {
        Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => Cause::Expired,
        Some("RequestTimeTooSkewed") => Cause::ClockSkew,
        Some(
            "InvalidClientTokenId" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "UnrecognizedClientException",
        ) => {
            if message.contains("Signature expired") || message.contains("Signature not yet current") {
                Cause::ClockSkew
            } else {
                Cause::NoCredentials
            }
        }
        Some(
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden" | "AllAccessDisabled",
        ) => Cause::AccessDenied,
        Some(
            "SlowDown" | "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException",
        ) => Cause::Throttled,
        Some(_) => Cause::Other,
        None => before_any_answer(error, message),
    }
}

fn before_any_answer<E>(error: &SdkError<E, HttpResponse>, message: &str) -> Cause {
    let text = message.to_lowercase();
    if text.contains("token") && (text.contains("expired") || text.contains("refresh")) {
        return Cause::Expired;
    }
    if text.contains("credential") || text.contains("identity") {
        return Cause::NoCredentials;
    }
    if matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) {
        Cause::Unreachable
    } else {
        Cause::Other
    }
}

/// The messages of an error and its sources: the SDK's own first line says only "dispatch failure".
fn chain(error: &dyn Error) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        if !messages.iter().any(|before| before.contains(&message)) {
            messages.push(message);
        }
        next = error.source();
    }
    messages.join(": ")
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` on `{}` failed: ", self.action, self.resource)?;
        match (&self.code, self.message.is_empty()) {
            (Some(code), false) => write!(f, "{code}: {}", self.message)?,
            (Some(code), true) => f.write_str(code)?,
            (None, _) => f.write_str(&self.message)?,
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl Error for AwsError {}
