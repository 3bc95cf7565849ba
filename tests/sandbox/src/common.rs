//! Errors that every service can return, each with its own status, code and message.
//!
//! The codes and statuses come from each API's page "Common errors" and from S3's list of error codes. The messages
//! were seen in the field.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::account::operator_arn;
use crate::dispatch::{Named, refusal};
use crate::s3::{self, address};
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};
use crate::{ec2, kms};

/// How many seconds a wrong client clock is behind.
const SKEW: i64 = 3600;

/// An error that every service can return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Common {
    /// No identity-based policy allows the operation.
    AccessDenied,
    /// The client's clock is an hour behind.
    ClockSkew,
    /// The session token has expired.
    ExpiredToken,
    /// The access key does not exist.
    InvalidClientToken,
    /// The account has not enabled the Region.
    RegionDisabled,
    /// Too many requests in total. Services with the query protocol have their own error for this.
    RequestLimit,
    /// Too many requests.
    Throttled,
}

impl Common {
    /// Returns whether the service doesn't know the caller. A request by an unknown caller appears in no account's
    /// event history.
    pub fn unknown(self) -> bool {
        matches!(self, Self::ClockSkew | Self::ExpiredToken | Self::InvalidClientToken | Self::RegionDisabled)
    }

    /// Returns the error as the request's service sends it.
    pub fn reply(self, sandbox: &Sandbox, request: &Request, named: &Named) -> Reply {
        let service = named.service.as_str();
        let say = |status: u16, code: &str, message: &str| refusal(request, named, status, code, message);
        match (self, service) {
            (Self::AccessDenied, "kms" | "cloudtrail" | "logs" | "acm") => {
                say(400, "AccessDeniedException", &denied(sandbox, request, named))
            }
            (Self::AccessDenied, "account") => say(403, "AccessDeniedException", &denied(sandbox, request, named)),
            (Self::AccessDenied, "ec2") => {
                say(403, "UnauthorizedOperation", &unauthorized(&denied(sandbox, request, named)))
            }
            (Self::AccessDenied, _) => say(403, "AccessDenied", &denied(sandbox, request, named)),
            (Self::ClockSkew, _) => skewed(request, named),
            (Self::ExpiredToken, "s3") => say(400, "ExpiredToken", "The provided token has expired."),
            (Self::ExpiredToken, "kms" | "cloudtrail" | "logs" | "acm" | "account") => {
                say(400, "ExpiredTokenException", "The security token included in the request is expired")
            }
            // "If you're using temporary security credentials, this error can also occur if the credentials have expired"
            // ("Error codes for the Amazon EC2 API").
            (Self::ExpiredToken, "ec2") => say(400, "RequestExpired", "Request has expired."),
            (Self::ExpiredToken, _) => {
                say(403, "ExpiredToken", "The security token included in the request is expired")
            }
            // Seen in <https://github.com/aws/aws-cli/issues/8413>: the Region does not know the session.
            (Self::RegionDisabled, "s3") if request.header("x-amz-security-token").is_some() => {
                say(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
            }
            (Self::InvalidClientToken | Self::RegionDisabled, "s3") => {
                say(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
            }
            (Self::InvalidClientToken | Self::RegionDisabled, "kms" | "cloudtrail" | "logs" | "acm" | "account") => {
                say(400, "UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            (Self::InvalidClientToken | Self::RegionDisabled, "ec2") => {
                say(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
            }
            (Self::InvalidClientToken | Self::RegionDisabled, _) => {
                say(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
            }
            // EC2 has no other code for throttling ("Request throttling for the Amazon EC2 API"). The others: from "Common
            // errors" of the query protocol, in EC2's wording.
            (Self::Throttled, "ec2") | (Self::RequestLimit, "ec2" | "elasticloadbalancing" | "iam" | "sts") => {
                say(503, "RequestLimitExceeded", "Request limit exceeded.")
            }
            (Self::RequestLimit | Self::Throttled, "s3") => say(503, "SlowDown", "Please reduce your request rate."),
            (Self::RequestLimit | Self::Throttled, "kms") => say(
                400,
                "ThrottlingException",
                "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
            ),
            (Self::RequestLimit | Self::Throttled, "account") => {
                say(429, "TooManyRequestsException", "Too Many Requests")
            }
            (Self::RequestLimit | Self::Throttled, "cloudtrail" | "logs") => {
                say(400, "ThrottlingException", "Rate exceeded")
            }
            (Self::RequestLimit | Self::Throttled, _) => say(400, "Throttling", "Rate exceeded"),
        }
    }
}

/// Returns EC2's message for a denial with IAM's reason.
#[must_use]
pub fn unauthorized(reason: &str) -> String {
    format!("You are not authorized to perform this operation. {reason}")
}

/// The message from the IAM User Guide, "Troubleshoot access denied error messages", as each service fills it in.
fn denied(sandbox: &Sandbox, request: &Request, named: &Named) -> String {
    let caller = &named.caller;
    let (action, on) = match named.service.as_str() {
        "s3" => {
            let address = address::address(request);
            let operation = s3::operation::operation(request, address.bucket.is_some(), address.key.is_some());
            let on = address.bucket.is_some().then(|| format!("\"arn:aws:s3:::{}\"", named.resource));
            (operation.action, on)
        }
        service => (format!("{service}:{}", named.operation), resource(sandbox, named)),
    };
    let on = on.map(|on| format!(" on resource: {on}")).unwrap_or_default();
    format!(
        "User: {} is not authorized to perform: {action}{on} because no identity-based policy allows the {action} action",
        operator_arn(&caller.account)
    )
}

/// Returns the resource named in an access denied message of a service other than S3.
///
/// "Actions, resources, and condition keys": a `Describe` of load balancers has no resource. Other calls without a
/// resource show `*`.
fn resource(sandbox: &Sandbox, named: &Named) -> Option<String> {
    let (caller, about) = (&named.caller, named.resource.as_str());
    match named.service.as_str() {
        "elasticloadbalancing" => {
            (about.starts_with("arn:") && !named.operation.starts_with("Describe")).then(|| about.to_owned())
        }
        "ec2" if named.operation.starts_with("Describe") => None,
        "ec2" => ec2::arn(caller, about),
        "kms" if about.is_empty() => Some("*".to_owned()),
        "kms" if about.starts_with("arn:") => Some(about.to_owned()),
        "kms" => {
            let world = sandbox.world();
            let key = kms::key::find(&world, &caller.account, &caller.region, about)
                .filter(|_| !named.operation.ends_with("Alias"));
            let path = if about.starts_with("alias/") { about.to_owned() } else { format!("key/{about}") };
            Some(key.map_or_else(
                || format!("arn:aws:kms:{}:{}:{path}", caller.region, caller.account),
                |key| key.arn.clone(),
            ))
        }
        _ if about.is_empty() => Some("*".to_owned()),
        _ => Some(about.to_owned()),
    }
}

/// Rejects a request as if the client's clock were an hour behind. The `Date` of the answer is the service's time.
fn skewed(request: &Request, named: &Named) -> Reply {
    let signed = request.header("x-amz-date").and_then(read).unwrap_or_else(|| DateTime::from(SystemTime::now()));
    let now = DateTime::from_secs(signed.secs() + SKEW);
    let reply = match named.service.as_str() {
        "s3" => s3::error::refuse(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .detail("RequestTime", &basic(signed))
        .detail("ServerTime", &extended(now))
        .detail("MaxAllowedSkewMilliseconds", "900000")
        .reply(request.method == "HEAD", &named.resource),
        // "the request date stamp is more than 15 minutes in the future", or too old ("Error codes for the Amazon EC2
        // API").
        "ec2" => refusal(request, named, 400, "RequestExpired", "Request has expired."),
        service => {
            let minutes = if matches!(service, "sts" | "iam") { 15 } else { 5 };
            let earliest = DateTime::from_secs(now.secs() - minutes * 60);
            let message = format!(
                "Signature expired: {} is now earlier than {} ({} - {minutes} min.)",
                basic(signed),
                basic(earliest),
                basic(now)
            );
            let (status, code) = if matches!(service, "kms" | "cloudtrail" | "logs" | "acm" | "account") {
                (400, "InvalidSignatureException")
            } else {
                (403, "SignatureDoesNotMatch")
            };
            refusal(request, named, status, code, &message)
        }
    };
    reply.with("date", &now.fmt(Format::HttpDate).unwrap_or_default())
}

/// Formats a time as ISO 8601 with separators.
fn extended(time: DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// Formats a time as signatures do, such as `20260101T000000Z`.
fn basic(time: DateTime) -> String {
    extended(time).replace(['-', ':'], "")
}

/// The time in a signature.
fn read(text: &str) -> Option<DateTime> {
    let part = |from: usize, to: usize| text.get(from..to);
    let (date, clock) = ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(9, 11)?, part(11, 13)?, part(13, 15)?]);
    DateTime::from_str(&format!("{}T{}Z", date.join("-"), clock.join(":")), Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use super::{basic, extended, read};

    #[test]
    fn the_time_of_a_signature_is_read_and_written() {
        let time = read("20260131T235907Z").expect("a time");
        assert_eq!((basic(time).as_str(), extended(time).as_str()), ("20260131T235907Z", "2026-01-31T23:59:07Z"));
        assert_eq!(read("yesterday"), None);
    }
}
