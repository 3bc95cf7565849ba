//! Traces calls: only name, time and outcome.

use std::time::{Duration, Instant};

use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// The SDK's modules whose debug output shows neither the content nor the sender of a request.
///
/// Other modules are left out because they show more: profiles (`aws_config::profile`), processes and their output
/// (`aws_config::credential_process`), single sign-on, headers (`aws_sigv4`, `hyper`).
pub(crate) const TRACED: [&str; 10] = [
    "aws_config::meta",
    "aws_sdk_elasticloadbalancing::operation",
    "aws_sdk_elasticloadbalancingv2::operation",
    "aws_sdk_iam::operation",
    "aws_sdk_kms::operation",
    "aws_sdk_s3::operation",
    "aws_sdk_sts::operation",
    "aws_smithy_runtime::client::identity",
    "aws_smithy_runtime::client::orchestrator",
    "aws_smithy_runtime::client::retries",
];

/// An AWS call that ended.
#[derive(Clone, Debug)]
pub struct TracedCall {
    /// The call's name, for example `S3 PutBucketPolicy`.
    pub name: String,
    /// When the call ended, counted from the start of the run.
    pub at: Duration,
    /// How long the call took, including retries.
    pub took: Duration,
    /// The HTTP status of the last attempt, if there was a response.
    pub status: Option<u16>,
    /// AWS's error code, if the response has one.
    pub code: Option<String>,
}

#[derive(Debug)]
pub(super) struct Trace {
    tell: fn(&TracedCall),
    began: Instant,
}

#[derive(Debug)]
struct Started(Instant);

impl aws_smithy_types::config_bag::Storable for Started {
    type Storer = aws_smithy_types::config_bag::StoreReplace<Self>;
}

impl Trace {
    pub(super) fn new(tell: fn(&TracedCall), began: Instant) -> Self {
        Self { tell, began }
    }
}

impl Intercept for Trace {
    fn name(&self) -> &'static str {
        "logbucket-trace"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Started(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let name = bag.load::<Metadata>().map(|call| format!("{} {}", call.service(), call.name())).unwrap_or_default();
        let took = bag.load::<Started>().map(|started| started.0.elapsed()).unwrap_or_default();
        let status = context.response().map(|response| response.status().as_u16());
        let failed = context.response().filter(|response| response.status().as_u16() >= 300);
        let body = failed.and_then(|response| response.body().bytes());
        let code = body.and_then(|body| code(&String::from_utf8_lossy(body)));
        (self.tell)(&TracedCall { name, at: self.began.elapsed(), took, status, code });
        Ok(())
    }
}

/// Returns the code in an error's body: `<Code>X</Code>` in XML, `"__type":"name.space#X"` in JSON.
pub(super) fn code(body: &str) -> Option<String> {
    let of_xml = || body.split_once("<Code>")?.1.split_once('<').map(|(code, _)| code);
    let of_json = || {
        let (_, rest) = body.split_once("\"__type\"")?;
        let value = rest.split('"').nth(1)?;
        value.rsplit('#').next()
    };
    let legal = |code: &&str| code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    of_xml().or_else(of_json).filter(legal).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_code_of_a_response_is_found_in_xml_and_json() {
        let found = |body: &str| code(body).unwrap_or_default();
        assert_eq!(found("<Error><Code>AccessDenied</Code><Message>no</Message></Error>"), "AccessDenied");
        assert_eq!(found(r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"x"}"#), "NotFoundException");
        assert_eq!(found(r#"{"__type": "NotFoundException"}"#), "NotFoundException");
        assert_eq!(found("<Code>two words</Code>"), "");
        assert_eq!(found(""), "");
    }
}
