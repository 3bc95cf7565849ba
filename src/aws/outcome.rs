//! Converts an SDK result to present, absent, denied or an error.

use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{Denial, Seen, Unread};

use super::bounds::OverBound;
use super::error::{AwsError, ErrorCause};

/// Converts the result of a read; `absent` are the codes that mean "not there" for this setting.
pub(super) fn seen<T, E>(
    action: &'static str,
    resource: &str,
    absent: &[&str],
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Seen<T>, AwsError>
where
    E: ProvideErrorMetadata + Error + 'static,
    SdkError<E, HttpResponse>: RequestId,
{
    let error = match result {
        Ok(value) => return Ok(Seen::Present(value)),
        // A success response that can't be parsed gives no more information than a refusal.
        Err(error)
            if OverBound::in_chain(&error).is_none()
                && error.raw_response().is_some_and(|raw| raw.status().is_success()) =>
        {
            return Ok(Seen::Denied(Denial { action, resource: resource.to_owned(), why: Unread::NotUnderstood }));
        }
        Err(error) => AwsError::new(action, resource, &error),
    };
    if absent.iter().any(|code| error.is(code)) {
        return Ok(Seen::Absent);
    }
    if error.cause == ErrorCause::AccessDenied {
        return Ok(Seen::Denied(Denial { action, resource: resource.to_owned(), why: Unread::Denied }));
    }
    Err(error)
}

/// Treats a failure as a denial if it may affect only this resource.
pub(super) fn or_denied<T>(
    read: Result<Seen<T>, AwsError>,
    action: &'static str,
    resource: &str,
) -> Result<Seen<T>, AwsError> {
    match read {
        Err(error) if !error.cause.is_credential_error() => {
            Ok(Seen::Denied(Denial { action, resource: resource.to_owned(), why: error.unread() }))
        }
        read => read,
    }
}
