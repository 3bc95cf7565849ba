//! What AWS answered, told in full: code, message, request id. What to do about it is in `hint`.

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
use super::page::Page;
use super::settings::names::decoded;

/// Who is calling, which is asked before all else: what is wrong with credentials shows there.
pub(super) const WHO: &str = "sts:GetCallerIdentity";

/// A call that failed.
#[derive(Clone, Debug)]
pub struct AwsError {
    /// The IAM action of the call, such as `s3:PutBucketPolicy`.
    pub action: &'static str,
    /// What it was about: an ARN, a bucket, `bucket/key`, a key's id or alias.
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
    /// The configuration has no profile of the name that the message quotes.
    NoProfile,
    /// The configuration's files, or the profile in them, can't be used as they are.
    BadConfiguration,
    /// The source of the credentials did not answer in time.
    LateCredentials,
    /// The `credential_process` of a profile gave no credentials.
    FailedProcess,
    /// No request can carry the credentials.
    UnfitCredentials,
    /// The session of `aws login` that stands behind the credentials is over, or never was.
    SignedOut,
    /// The session of IAM Identity Center is over, or never was.
    SignedOutOfSso,
    /// The credentials are no longer valid.
    Expired,
    /// AWS knows no such credentials.
    BadKey,
    /// The caller may not.
    AccessDenied,
    /// The machine's clock is wrong: ahead by so many seconds, where that is known.
    ClockSkew(Option<i32>),
    /// AWS asked for patience longer than there was any.
    Throttled,
    /// AWS itself failed.
    AwsFault,
    /// A proxy, or something else between, answered with a page of its own.
    Intermediary,
    /// Nobody answered.
    Unreachable,
    /// An answer or a listing went beyond its bound, or a listing has no end.
    Endless,
    /// Something else.
    Other,
}

impl Cause {
    /// Whether it lies with the caller's credentials, configuration or clock: no other call will fare better.
    pub fn is_of_the_caller(self) -> bool {
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
            // Credentials that AWS does not know may be known in another Region: one that is not enabled knows none.
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
    /// Whether no other call for the same place will fare better: one log that can't be looked at says nothing of the others.
    pub fn ends_all(&self) -> bool {
        let of_the_place = matches!(
            self.cause,
            Cause::AwsFault
                | Cause::BadKey
                | Cause::Endless
                | Cause::Intermediary
                | Cause::Throttled
                | Cause::Unreachable
        );
        of_the_place || self.cause.is_of_the_caller()
    }

    /// The error of a call.
    pub(super) fn of<E>(action: &'static str, resource: impl fmt::Display, error: &SdkError<E, HttpResponse>) -> Self
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
                cause: Cause::Endless,
                code: None,
                message,
                request_id,
            };
        }
        // Whatever its status: a page says nothing of a bucket that is not there, or of who may do what.
        if let Some(page) = error.raw_response().and_then(Page::of) {
            return Self {
                action,
                resource: resource.to_string(),
                cause: Cause::Intermediary,
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
            // AWS's code is all that was said.
            (None, Some(service)) if service.code().is_some() => String::new(),
            (None, Some(_)) => error.raw_response().and_then(not_understood).unwrap_or_default(),
        };
        let date = error.raw_response().and_then(|raw| raw.headers().get("date"));
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let cause = match code.as_deref() {
            // Whatever the code: those that the SDK takes for a failure that passes.
            Some(code) => {
                let cause = of_answer(code, &message, date);
                let fails = cause == Cause::Other && matches!(status, Some(500 | 502 | 503 | 504));
                if fails { Cause::AwsFault } else { cause }
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

    /// What errors of the same kind have in common, whatever they are about.
    pub fn kind(&self) -> String {
        format!("{} {:?} {}", self.action, self.cause, self.code.as_deref().unwrap_or_default())
    }

    /// Why what was read tells nothing.
    pub(super) fn unread(&self) -> Unread {
        if self.cause == Cause::AccessDenied {
            return Unread::Denied;
        }
        Unread::Failed(self.code.clone().unwrap_or_else(|| self.message.clone()))
    }

    /// Whether AWS answered with this code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The name that the message quotes.
    pub(super) fn quoted_name(&self) -> &str {
        self.message.split('`').nth(1).unwrap_or_default()
    }

    /// Whether a refused attachment may be one whose destination has not spread yet: AWS says the same then as for good.
    ///
    /// Messages: <https://github.com/aws/aws-cdk/issues/5758>, <https://github.com/cn-terraform/terraform-aws-ecs-alb/issues/28>,
    /// <https://github.com/hashicorp/terraform/issues/12010>, all seen in the field; the code varies (`ValidationError` in
    /// <https://github.com/trussworks/terraform-aws-logs/pull/316>).
    pub fn is_refused_access(&self) -> bool {
        let known = ["InvalidConfigurationRequest", "InvalidConfigurationRequestException", "ValidationError"];
        let texts =
            ["Access Denied for bucket", "S3Bucket validation transient issue", "is not located in the same region"];
        known.iter().any(|code| self.is(code)) && texts.iter().any(|text| self.message.contains(text))
    }

    /// Whether a source was not to be pointed at a destination, since the service can't write there.
    pub fn is_refused_destination(&self) -> bool {
        let says_so = [
            "InvalidConfigurationRequest",
            "InvalidConfigurationRequestException",
            "InvalidTargetBucketForLogging",
            "InvalidS3DestinationBucket",
        ];
        // The same refusal under another code (<https://github.com/trussworks/terraform-aws-logs/pull/316>).
        let by_message = self.is("ValidationError") && self.message.contains("Access Denied for bucket");
        by_message || says_so.iter().any(|code| self.is(code))
    }

    /// Whether what the call is about is not there.
    pub(super) fn is_of_something_gone(&self) -> bool {
        ["NoSuchBucket", "LoadBalancerNotFound", "NotFoundException"].iter().any(|code| self.is(code))
    }

    /// Whether it may be that AWS did what was asked, and only the answer was lost, could not be read, or told of a failure that
    /// came afterwards: a refusal alone says that nothing was done.
    pub fn may_have_been_done(&self) -> bool {
        match (&self.code, self.cause) {
            (None, cause) => matches!(cause, Cause::Endless | Cause::Unreachable),
            (_, Cause::AwsFault) => true,
            (Some(code), _) => code.starts_with("HTTP "),
        }
    }
}

/// An answer that has neither a code nor a message, by what it has. One that failed and is empty is as S3 answers.
fn not_understood(raw: &HttpResponse) -> Option<String> {
    let kind = raw.headers().get("content-type").filter(|kind| !kind.is_empty());
    let length = raw.body().bytes().map_or(0, <[u8]>::len);
    match (length, kind) {
        (0, _) if !raw.status().is_success() => None,
        (0, _) => Some("AWS's answer was expected, and this one is empty".to_owned()),
        (length, Some(kind)) => Some(format!("AWS's answer was expected, and these are {length} bytes of {kind}")),
        (length, None) => Some(format!("AWS's answer was expected, and these are {length} bytes of unknown type")),
    }
}

/// S3 answers HEAD requests without a body: the status is all there is. Of an answer that can't be read it is no word of AWS's.
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

/// The cause by AWS's code: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, and for the other
/// services <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.
fn of_answer(code: &str, message: &str, date: Option<&str>) -> Cause {
    let late = message.contains("Signature expired") || message.contains("Signature not yet current");
    match code {
        "RequestTimeTooSkewed" => Cause::ClockSkew(clock::ahead(message, date)),
        _ if late => Cause::ClockSkew(clock::ahead(message, date)),
        // Services say so of credentials as well.
        "RequestExpired" => clock::ahead(message, date).map_or(Cause::Expired, |ahead| Cause::ClockSkew(Some(ahead))),
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Cause::Expired,
        "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Cause::BadKey,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden" | "AllAccessDisabled" => {
            Cause::AccessDenied
        }
        code if is_throttling(code) => Cause::Throttled,
        // A request that was answered so may have been carried out: none of these is a throttle.
        "HTTP 500"
        | "HTTP 502"
        | "HTTP 503"
        | "HTTP 504"
        | "InternalError"
        | "InternalFailure"
        | "KMSInternalException"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "ServiceUnavailable" => Cause::AwsFault,
        _ => Cause::Other,
    }
}

/// Whether a code says that too much was asked.
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

/// The SDK has no type for what is wrong with credentials: its words are all there is.
fn before_any_answer<E>(error: &SdkError<E, HttpResponse>, message: &str) -> Cause {
    let text = message.to_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    // What the process printed may hold any of the words below.
    if message.starts_with(FAILED) {
        return Cause::FailedProcess;
    }
    if missing_profile(message).is_some() {
        return Cause::NoProfile;
    }
    if any(&[LATE]) {
        return Cause::LateCredentials;
    }
    if any(&[UNFIT]) {
        return Cause::UnfitCredentials;
    }
    if any(&["not authorized to perform"]) {
        return Cause::AccessDenied;
    }
    if any(&["login token", "login session"]) {
        return Cause::SignedOut;
    }
    if any(&["sso token", "sso/cache", "sso\\cache", "unauthorizedexception"]) {
        return Cause::SignedOutOfSso;
    }
    if any(&["expiredtoken", "token included in the request is expired"]) {
        return Cause::Expired;
    }
    if any(&["invalidclienttokenid", "signaturedoesnotmatch"]) {
        return Cause::BadKey;
    }
    // The instance is the last that is asked: nobody before it had any.
    if any(&["imds"]) {
        return Cause::NoCredentials;
    }
    if any(&["no answer from"]) {
        return Cause::Unreachable;
    }
    if any(&["invalid profile", "profile file", "credential source", "profile references"]) {
        return Cause::BadConfiguration;
    }
    if any(&["credential", "identity"]) {
        return Cause::NoCredentials;
    }
    if matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) {
        Cause::Unreachable
    } else {
        Cause::Other
    }
}

/// The profile of ``profile `prdo` was not defined``.
fn missing_profile(message: &str) -> Option<&str> {
    let (before, _) = message.split_once("` was not defined")?;
    before.rsplit_once("profile `").map(|(_, name)| name)
}

/// What the SDK says over many lines, or in words of its inside.
fn in_short(cause: Cause, message: String) -> String {
    if cause == Cause::FailedProcess {
        message
    } else if let Some(name) = missing_profile(&message) {
        format!("there is no profile `{}` in the AWS configuration", decoded(name))
    } else if cause == Cause::BadConfiguration {
        decoded(&message)
    } else if cause != Cause::NoCredentials {
        message
    } else if message.contains("no credentials found in chain") || message.to_lowercase().contains("imds") {
        "no credentials were found in the environment, a profile, a web identity, the container or the instance"
            .to_owned()
    } else if message == "the credential provider was not enabled" {
        "the profile gives no credentials".to_owned()
    } else {
        message
    }
}

/// Words that only say on which level of the SDK an error was met.
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

/// The messages of an error and its sources, in the words of people.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut messages: Vec<String> = Vec::new();
    let mut last = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        last = match error.downcast_ref::<ErrorMetadata>() {
            Some(answer) => of_inner_answer(answer),
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

/// What AWS answered to a call that was made for the credentials, such as the one that assumes a role.
fn of_inner_answer(answer: &ErrorMetadata) -> String {
    let (code, message) = (answer.code().unwrap_or_default(), answer.message().unwrap_or_default());
    let request = answer.request_id().map(|id| format!(" (request {id})")).unwrap_or_default();
    format!("{code}: {message}{request}")
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.action == WHO {
            f.write_str("who is calling could not be found out: ")?;
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

/// A request that the SDK finds incomplete: a fault of the program, told as an error.
pub(super) fn unbuildable(action: &'static str, resource: &str, error: &dyn Error) -> AwsError {
    AwsError {
        action,
        resource: resource.to_owned(),
        cause: Cause::Other,
        code: None,
        message: format!("the request could not be built: {error}"),
        request_id: None,
    }
}
