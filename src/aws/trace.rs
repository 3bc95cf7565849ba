//! Watching calls: name, time and outcome, and nothing of what they carry.

use std::time::{Duration, Instant};

use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// A call to AWS that ended.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `S3 PutBucketPolicy`.
    pub name: String,
    /// From its start to its end, retries included.
    pub took: Duration,
    /// The HTTP status of the last attempt, where there was an answer.
    pub status: Option<u16>,
}

#[derive(Debug)]
pub(super) struct Trace {
    tell: fn(&Call),
}

#[derive(Debug)]
struct Started(Instant);

impl aws_smithy_types::config_bag::Storable for Started {
    type Storer = aws_smithy_types::config_bag::StoreReplace<Self>;
}

impl Trace {
    pub(super) fn new(tell: fn(&Call)) -> Self {
        Self { tell }
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
        (self.tell)(&Call { name, took, status });
        Ok(())
    }
}
