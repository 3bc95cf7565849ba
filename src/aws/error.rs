//! A failed AWS call with code, message and request id. `hint` says what to do about it.

use std::error::Error;
use std::fmt;

use aws_sdk_s3::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{Unread, without_users};

use super::bounds::OverBound;
use super::clock;
use super::credentials::{LATE, UNFIT};
use super::failed_process::FAILED;
use super::settings::names::decoded;
use super::web_page::WebPage;

/// The first call of each run, so problems with credentials show here.
pub(super) const WHO: &str = "sts:GetCallerIdentity";

/// A failed call.
#[derive(Clone, Debug)]
pub struct AwsError {
    /// The IAM action of the call, such as `s3:PutBucketPolicy`.
    pub action: &'static str,
    /// The subject of the call: an ARN, a bucket, `bucket/key`, a key's id or alias.
    pub resource: String,
    pub cause: ErrorCause,
    /// AWS's code, if AWS answered.
    pub code: Option<String>,
    /// AWS's message, or what went wrong before AWS answered.
    pub message: String,
    pub request_id: Option<String>,
}

/// Kinds of failure that have different fixes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorCause {
    NoCredentials,
    /// The configuration has no profile with the name that the message quotes.
    NoProfile,
    /// The configuration files, or the profile in them, can't be used.
    BadConfiguration,
    /// The credentials' source did not answer in time.
    LateCredentials,
    /// A profile's `credential_process` gave no credentials.
    FailedProcess,
    /// The credentials can't be sent in a request.
    UnfitCredentials,
    /// The `aws login` session behind the credentials has expired, or never existed.
    SignedOut,
    /// The IAM Identity Center session has expired, or never existed.
    SignedOutOfSso,
    Expired,
    /// AWS does not know these credentials.
    BadKey,
    AccessDenied,
    /// The machine's clock is wrong. The number says how many seconds the clock is ahead, if known.
    ClockSkew(Option<i32>),
    /// AWS throttled the call until retries ran out.
    Throttled,
    AwsFault,
    /// A proxy or another intermediary answered with its own page.
    Intermediary,
    Unreachable,
    /// A response or listing exceeded its limit, or a listing does not end.
    Endless,
    Other,
}

impl ErrorCause {
    /// Returns whether the caller's credentials, configuration or clock are at fault, so that other calls would fail
    /// too.
    pub fn is_credential_error(self) -> bool {
        match self {
            Self::BadConfiguration
            | Self::ClockSkew(_)
            | Self::Expired
            | Self::FailedProcess
            | Self::LateCredentials
            | Self::NoCredentials
            | Self::NoProfile
            | Self::SignedOut
            | Self::SignedOutOfSso
            | Self::UnfitCredentials => true,
            // Another Region may know credentials that this Region does not: a Region that is not enabled knows none.
            Self::AccessDenied
            | Self::AwsFault
            | Self::BadKey
            | Self::Endless
            | Self::Intermediary
            | Self::Other
            | Self::Throttled
            | Self::Unreachable => false,
        }
    }
}

impl AwsError {
    /// Returns whether other calls would fail too. If not, only this one log could not be read.
    pub fn ends_all(&self) -> bool {
        let of_the_place = matches!(
            self.cause,
            ErrorCause::AwsFault
                | ErrorCause::BadKey
                | ErrorCause::Endless
                | ErrorCause::Intermediary
                | ErrorCause::Throttled
                | ErrorCause::Unreachable
        );
        of_the_place || self.cause.is_credential_error()
    }

    pub(super) fn new<E>(action: &'static str, resource: impl fmt::Display, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
        SdkError<E, HttpResponse>: RequestId,
    {
        if let Some(bound) = OverBound::in_chain(error) {
            let message = bound.to_string();
            let request_id = error.request_id().map(str::to_owned);
            return Self {
                action,
                resource: resource.to_string(),
                cause: ErrorCause::Endless,
                code: None,
                message,
                request_id,
            };
        }
        // Check this for any status: a web page's status says nothing about the bucket or about permissions.
        if let Some(page) = error.raw_response().and_then(WebPage::from_response) {
            return Self {
                action,
                resource: resource.to_string(),
                cause: ErrorCause::Intermediary,
                code: Some(page.code()),
                message: page.to_string(),
                request_id: None,
            };
        }
        let service = error.as_service_error();
        let code = service.and_then(|service| service.code()).map(str::to_owned).or_else(|| status_code(error));
        let spoken = service.and_then(|service| service.message()).filter(|message| !message.is_empty());
        let message = match (spoken, service) {
            (Some(spoken), _) => spoken.to_owned(),
            (None, None) => chain(error),
            // AWS sent only a code.
            (None, Some(service)) if service.code().is_some() => String::new(),
            (None, Some(_)) => error.raw_response().and_then(not_understood).unwrap_or_default(),
        };
        let date = error.raw_response().and_then(|raw| raw.headers().get("date"));
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let cause = match code.as_deref() {
            // The SDK treats these statuses as transient, regardless of the code.
            Some(code) => {
                let cause = cause_of_code(code, &message, date);
                let fails = cause == ErrorCause::Other && matches!(status, Some(500 | 502 | 503 | 504));
                if fails { ErrorCause::AwsFault } else { cause }
            }
            None => before_any_answer(error, &message),
        };
        Self {
            action,
            resource: resource.to_string(),
            message: without_users(&in_short(cause, message)),
            cause,
            code,
            request_id: error.request_id().map(str::to_owned),
        }
    }

    /// Returns a text that is the same for all errors of this kind, regardless of their resource.
    pub fn kind(&self) -> String {
        format!("{} {:?} {}", self.action, self.cause, self.code.as_deref().unwrap_or_default())
    }

    /// Returns the reason why this read gave no information.
    pub(super) fn unread(&self) -> Unread {
        if self.cause == ErrorCause::AccessDenied {
            return Unread::Denied;
        }
        Unread::Failed(self.code.clone().unwrap_or_else(|| self.message.clone()))
    }

    /// Returns whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Returns the name that the message quotes.
    pub(super) fn quoted_name(&self) -> &str {
        self.message.split('`').nth(1).unwrap_or_default()
    }

    /// Returns whether AWS refused an attachment because the service has no access. AWS gives the same answer while a
    /// change of the destination has not propagated.
    ///
    /// Messages: <https://github.com/aws/aws-cdk/issues/5758>,
    /// <https://github.com/cn-terraform/terraform-aws-ecs-alb/issues/28>,
    /// <https://github.com/hashicorp/terraform/issues/12010>, all seen in the field; the code varies (`ValidationError`
    /// in <https://github.com/trussworks/terraform-aws-logs/pull/316>).
    pub fn is_refused_access(&self) -> bool {
        let known = ["InvalidConfigurationRequest", "InvalidConfigurationRequestException", "ValidationError"];
        let texts =
            ["Access Denied for bucket", "S3Bucket validation transient issue", "is not located in the same region"];
        let of_a_load_balancer =
            known.iter().any(|code| self.is(code)) && texts.iter().any(|text| self.message.contains(text));
        of_a_load_balancer || self.is_refused_flow_log()
    }

    /// The refusal of `CreateFlowLogs`, with the code `400`
    /// (<https://github.com/awsdocs/amazon-vpc-user-guide/pull/28>, 2019; AWS documents no code).
    fn is_refused_flow_log(&self) -> bool {
        self.message.contains("Access Denied for LogDestination")
    }

    /// Returns whether AWS refused a source's destination because the service can't write there.
    pub fn is_refused_destination(&self) -> bool {
        let says_so = [
            "InvalidConfigurationRequest",
            "InvalidConfigurationRequestException",
            "InvalidTargetBucketForLogging",
            "InvalidS3DestinationBucket",
        ];
        // The same refusal under another code (<https://github.com/trussworks/terraform-aws-logs/pull/316>).
        let by_message = self.is("ValidationError") && self.message.contains("Access Denied for bucket");
        by_message || self.is_refused_flow_log() || says_so.iter().any(|code| self.is(code))
    }

    /// Returns whether the call's resource no longer exists.
    pub(super) fn is_of_something_gone(&self) -> bool {
        let of_ec2 = |code: &String| code.starts_with("Invalid") && code.ends_with(".NotFound");
        let known = ["NoSuchBucket", "LoadBalancerNotFound", "NotFoundException"];
        known.iter().any(|code| self.is(code)) || self.code.as_ref().is_some_and(of_ec2)
    }

    /// Returns whether AWS may have carried out the call even though the response was lost, unreadable or reported a
    /// later failure. Only a refusal proves that nothing was done.
    pub fn may_have_been_done(&self) -> bool {
        match (&self.code, self.cause) {
            (None, cause) => matches!(cause, ErrorCause::Endless | ErrorCause::Unreachable),
            (_, ErrorCause::AwsFault) => true,
            (Some(code), _) => code.starts_with("HTTP "),
        }
    }
}

/// Describes a response that has neither a code nor a message. S3 itself answers failures with an empty body.
fn not_understood(raw: &HttpResponse) -> Option<String> {
    let kind = raw.headers().get("content-type").filter(|kind| !kind.is_empty());
    let length = raw.body().bytes().map_or(0, <[u8]>::len);
    match (length, kind) {
        (0, _) if !raw.status().is_success() => None,
        (0, _) => Some("expected a response from AWS, got an empty one".to_owned()),
        (length, Some(kind)) => Some(format!("expected a response from AWS, got {length} bytes of {kind}")),
        (length, None) => Some(format!("expected a response from AWS, got {length} bytes of unknown type")),
    }
}

/// S3 answers HEAD requests without a body, so only the status is known. If a response can't be read, its status does
/// not come from AWS.
fn status_code<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let status = error.raw_response()?.status().as_u16();
    let word = match status {
        other if matches!(error, SdkError::ResponseError(_)) => format!("HTTP {other}"),
        301 => "PermanentRedirect".to_owned(),
        403 => "AccessDenied".to_owned(),
        404 => "NotFound".to_owned(),
        other => format!("HTTP {other}"),
    };
    Some(word)
}

/// Returns the cause for AWS's code. S3 documents its codes in
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, other services in
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.
fn cause_of_code(code: &str, message: &str, date: Option<&str>) -> ErrorCause {
    let late = message.contains("Signature expired") || message.contains("Signature not yet current");
    match code {
        "RequestTimeTooSkewed" => ErrorCause::ClockSkew(clock::ahead(message, date)),
        _ if late => ErrorCause::ClockSkew(clock::ahead(message, date)),
        // Some services use this code for expired credentials too.
        "RequestExpired" => {
            clock::ahead(message, date).map_or(ErrorCause::Expired, |ahead| ErrorCause::ClockSkew(Some(ahead)))
        }
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => ErrorCause::Expired,
        "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => ErrorCause::BadKey,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden" | "AllAccessDisabled" => {
            ErrorCause::AccessDenied
        }
        code if is_throttling(code) => ErrorCause::Throttled,
        // AWS may have carried out the request even though it returned one of these codes, so they don't mean
        // throttling.
        "HTTP 500"
        | "HTTP 502"
        | "HTTP 503"
        | "HTTP 504"
        | "InternalError"
        | "InternalFailure"
        | "KMSInternalException"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "ServiceUnavailable" => ErrorCause::AwsFault,
        _ => ErrorCause::Other,
    }
}

/// Returns whether a code means throttling.
pub(super) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "BandwidthLimitExceeded"
            | "EC2ThrottledException"
            | "PriorRequestNotComplete"
            | "RequestThrottledException"
            | "SlowDown"
            | "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "HTTP 429"
    )
}

/// The SDK has no types for problems with credentials, so this matches the SDK's texts.
fn before_any_answer<E>(error: &SdkError<E, HttpResponse>, message: &str) -> ErrorCause {
    let text = message.to_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    // Text that the process printed may contain any of the words below.
    if message.starts_with(FAILED) {
        return ErrorCause::FailedProcess;
    }
    if missing_profile(message).is_some() {
        return ErrorCause::NoProfile;
    }
    if any(&[LATE]) {
        return ErrorCause::LateCredentials;
    }
    // The second text is about the content of a token file.
    if any(&[UNFIT, "auth token could not be used"]) {
        return ErrorCause::UnfitCredentials;
    }
    if any(&["not authorized to perform"]) {
        return ErrorCause::AccessDenied;
    }
    if any(&["login token", "login session"]) {
        return ErrorCause::SignedOut;
    }
    if any(&["sso token", "sso/cache", "sso\\cache", "unauthorizedexception"]) {
        return ErrorCause::SignedOutOfSso;
    }
    if any(&["expiredtoken", "token included in the request is expired"]) {
        return ErrorCause::Expired;
    }
    if any(&["invalidclienttokenid", "signaturedoesnotmatch"]) {
        return ErrorCause::BadKey;
    }
    // The SDK queries the instance metadata last, so no earlier source had credentials.
    if any(&["imds"]) {
        return ErrorCause::NoCredentials;
    }
    if any(&["no answer from"]) {
        return ErrorCause::Unreachable;
    }
    if any(&["invalid profile", "profile file", "credential source", "profile references"]) {
        return ErrorCause::BadConfiguration;
    }
    if any(&["credential", "identity"]) {
        return ErrorCause::NoCredentials;
    }
    if matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) {
        ErrorCause::Unreachable
    } else {
        ErrorCause::Other
    }
}

/// Returns the profile named in ``profile `prdo` was not defined``.
fn missing_profile(message: &str) -> Option<&str> {
    let (before, _) = message.split_once("` was not defined")?;
    before.rsplit_once("profile `").map(|(_, name)| name)
}

/// Shortens SDK messages that have many lines or describe the SDK's internals.
fn in_short(cause: ErrorCause, message: String) -> String {
    if cause == ErrorCause::FailedProcess {
        message
    } else if let Some(name) = missing_profile(&message) {
        format!("there is no profile `{}` in the AWS configuration", decoded(name))
    } else if cause == ErrorCause::BadConfiguration {
        decoded(&message)
    } else if cause != ErrorCause::NoCredentials {
        message
    } else if message.contains("no credentials found in chain") || message.to_lowercase().contains("imds") {
        "no credentials were found in the environment, a profile, a web identity, the container or the instance"
            .to_owned()
    } else if message == "the credential provider was not enabled" {
        "the profile provides no credentials".to_owned()
    } else {
        message
    }
}

/// Texts that only name the level of the SDK at which an error occurred.
const LEVELS: [&str; 11] = [
    "an error occurred while loading an access token",
    "an error occurred while loading credentials",
    "client error (Connect)",
    "client error (SendRequest)",
    "dispatch failure",
    "io error",
    "other",
    "service error",
    "the credentials provider was not properly configured",
    "timeout",
    "user error",
];

/// Joins the messages of an error and its sources, without the SDK's internals.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut last = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        last = match error.downcast_ref::<ErrorMetadata>() {
            Some(answer) => format_credential_error(answer),
            None => error.to_string().trim_start_matches("ProfileFile provider could not be built: ").to_owned(),
        };
        let level = LEVELS.contains(&last.as_str()) || last.starts_with("unhandled error (");
        if !level && !messages.iter().any(|before| before.contains(&last)) {
            messages.push(last.clone());
        }
        next = error.source();
    }
    if messages.is_empty() { last } else { messages.join(": ") }
}

/// Formats AWS's answer to a call for credentials, such as the one that assumes a role.
fn format_credential_error(answer: &ErrorMetadata) -> String {
    let (code, message) = (answer.code().unwrap_or_default(), answer.message().unwrap_or_default());
    let request = answer.request_id().map(|id| format!(" (request {id})")).unwrap_or_default();
    format!("{code}: {message}{request}")
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.action == WHO {
            f.write_str("could not determine your AWS identity: ")?;
        } else {
            write!(f, "`{}` on `{}` failed: ", self.action, self.resource)?;
        }
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

/// A request that the SDK considers incomplete: a bug, reported as an error.
pub(super) fn unbuildable(action: &'static str, resource: &str, error: &dyn Error) -> AwsError {
    AwsError {
        action,
        resource: resource.to_owned(),
        cause: ErrorCause::Other,
        code: None,
        message: format!("the request could not be built: {error}"),
        request_id: None,
    }
}
