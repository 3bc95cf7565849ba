//! The credentials and Region of one side, and a client for each service and Region.
//!
//! Clients share the HTTP client and the credentials of their side's configuration.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_s3::config::{Region as SdkRegion, SharedInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::OperationBuilder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_types::service_config::ServiceConfigKey;
use tokio::sync::OnceCell;

use crate::model::{Partition, Region, RegionError};
use crate::state::Identity;

use super::bounds::NotAgain;
use super::ec2;
use super::pace::{Pace, Paced};
use super::repeat::Unrepeated;
use super::settings::Attempts;
use super::situation::Situation;
use super::trace::{Trace, TracedCall};

/// The attempts per call when many calls are made and their failures are reported together. The SDK's default is 3.
const ATTEMPTS: u32 = 8;

/// The number of retry tokens. A throttled call takes 5, so a hundred such calls use up the SDK's 500. A scan of
/// thousands of calls would then give up at the next refusal.
const TOKENS: usize = 10_000;

/// Creates a client's own store of retry tokens.
fn retry_partition_of(service: &'static str, region: &str) -> RetryPartition {
    RetryPartition::custom(format!("logbucket-{service}-{region}")).token_bucket(TokenBucket::new(TOKENS)).build()
}

/// The attempts per call for the event history, which a verdict does not need.
const TRAIL_ATTEMPTS: u32 = 3;

/// The time limit for `CloudWatch` Logs to answer a call.
const LOGS_ANSWER: Duration = Duration::from_secs(2);

/// How a failed call is retried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum RetryPolicy {
    /// As the SDK does.
    Standard,
    /// As the SDK does, but with a separate store of retry tokens.
    Generous,
    /// Only if AWS refused the call because of its time. Before any other retry, the caller reads the present value.
    ReadFirst,
}

/// The configuration of one side: the sources or the destination.
#[derive(Clone, Debug)]
pub struct Session {
    config: SdkConfig,
    attempts: Attempts,
    profile: Option<String>,
    watch: Option<fn(&TracedCall)>,
    began: Instant,
    pace: Arc<Pace>,
    retry_policy: RetryPolicy,
    /// The caller, once known.
    pub(super) identity: Arc<OnceCell<Identity>>,
}

macro_rules! config {
    ($session:expr, $region:expr, $sdk:ident) => {{
        let mut config = $sdk::config::Builder::from(&$session.config)
            .region(SdkRegion::new($region.to_string()))
            .retry_classifier(NotAgain);
        if let Some(paced) = $session.paced(stringify!($sdk), &$region.to_string()) {
            config.push_interceptor(SharedInterceptor::new(paced.interceptor()));
            config = config.http_client(paced);
        }
        match $session.retry_policy {
            RetryPolicy::Standard => {}
            RetryPolicy::Generous => {
                config = config.retry_partition(retry_partition_of(stringify!($sdk), &$region.to_string()))
            }
            RetryPolicy::ReadFirst => config = config.retry_classifier(Unrepeated),
        }
        if let Some(interceptor) = $session.interceptor() {
            config.push_interceptor(interceptor);
        }
        config
    }};
}

macro_rules! client {
    ($session:expr, $region:expr, $sdk:ident) => {
        $sdk::Client::from_conf(config!($session, $region, $sdk).build())
    };
}

impl Session {
    /// Creates a session from a loaded configuration. `profile` is the profile that a flag names. `watch` is called as
    /// each call ends, with times counted from `began`.
    pub(super) fn new(
        config: SdkConfig,
        attempts: Attempts,
        profile: Option<String>,
        watch: Option<fn(&TracedCall)>,
        began: Instant,
    ) -> Self {
        let pace = Arc::new(Pace::new());
        Self {
            config,
            attempts,
            profile,
            watch,
            began,
            pace,
            retry_policy: RetryPolicy::Standard,
            identity: Arc::default(),
        }
    }

    /// Returns the Region that flags, environment or profile name.
    pub fn region(&self) -> Result<Option<Region>, RegionError> {
        self.config.region().map(AsRef::as_ref).filter(|name| !name.is_empty()).map(str::parse).transpose()
    }

    /// Returns the values to fill in for hints about this session's calls.
    pub fn situation(&self) -> Situation {
        Situation::new(self.profile.as_deref(), self.region().unwrap_or_default())
    }

    pub(super) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        let config = config!(self, region, aws_sdk_s3).force_path_style(self.has_own_endpoint());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub(super) fn elb(&self, region: &Region) -> aws_sdk_elasticloadbalancingv2::Client {
        client!(self, region, aws_sdk_elasticloadbalancingv2)
    }

    /// Returns a client for the first version of the API, which covers only Classic Load Balancers.
    pub(super) fn classic_elb(&self, region: &Region) -> aws_sdk_elasticloadbalancing::Client {
        client!(self, region, aws_sdk_elasticloadbalancing)
    }

    pub(super) fn kms(&self, region: &Region) -> aws_sdk_kms::Client {
        client!(self, region, aws_sdk_kms)
    }

    pub(super) fn iam(&self, partition: Partition) -> aws_sdk_iam::Client {
        client!(self, partition.home_of_iam(), aws_sdk_iam)
    }

    /// Returns a client for Account Management, which is called in its partition's home Region
    /// (<https://docs.aws.amazon.com/general/latest/gr/account-management.html>).
    pub(super) fn account(&self, partition: Partition) -> aws_sdk_account::Client {
        client!(self, partition.home_of_accounts(), aws_sdk_account)
    }

    /// Returns a client for the event history. A verdict does not need the history, so the client makes few attempts
    /// unless the user sets a number.
    pub(super) fn trail(&self, region: &Region) -> aws_sdk_cloudtrail::Client {
        let retries = self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let attempts = match self.attempts {
            Attempts::Named => retries.max_attempts(),
            Attempts::Unnamed => retries.max_attempts().min(TRAIL_ATTEMPTS),
        };
        let config = config!(self, region, aws_sdk_cloudtrail).retry_config(retries.with_max_attempts(attempts));
        aws_sdk_cloudtrail::Client::from_conf(config.build())
    }

    /// Returns a client for `CloudWatch` Logs, without retries. Its answer is optional, so waiting for it must not
    /// delay the run.
    pub(super) fn logs(&self, region: &Region) -> aws_sdk_cloudwatchlogs::Client {
        let timeouts = TimeoutConfig::builder().connect_timeout(LOGS_ANSWER).read_timeout(LOGS_ANSWER).build();
        let config = config!(self, region, aws_sdk_cloudwatchlogs).retry_config(RetryConfig::disabled());
        let config = config.timeout_config(timeouts);
        aws_sdk_cloudwatchlogs::Client::from_conf(config.build())
    }

    /// Returns a client for the calls about flow logs.
    pub(super) fn ec2(&self, region: &Region) -> ec2::Client {
        let session = self.clone();
        let name = region.to_string();
        let shared = move |builder: OperationBuilder| {
            let mut builder = builder.retry_classifier(NotAgain);
            if let Some(paced) = session.paced("aws_sdk_ec2", &name) {
                builder = builder.interceptor(paced.interceptor()).http_client(paced);
            }
            builder = match session.retry_policy {
                RetryPolicy::Standard => builder,
                RetryPolicy::Generous => {
                    let mut layer = Layer::new("retries");
                    layer.store_put(retry_partition_of("aws_sdk_ec2", &name));
                    builder.runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()))
                }
                RetryPolicy::ReadFirst => builder.retry_classifier(Unrepeated),
            };
            match session.interceptor() {
                Some(interceptor) => builder.interceptor(interceptor),
                None => builder,
            }
        };
        ec2::Client::new(self.config.clone(), region.clone(), self.endpoint_url("EC2"), Box::new(shared))
    }

    pub(super) fn sts(&self, region: &Region) -> aws_sdk_sts::Client {
        client!(self, region, aws_sdk_sts)
    }

    /// Returns the session with more attempts per call, unless the user sets a number. Each failed call leaves a gap in
    /// the report.
    pub(super) fn patient(self) -> Self {
        let retries = self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let attempts = match self.attempts {
            Attempts::Named => retries.max_attempts(),
            Attempts::Unnamed => ATTEMPTS,
        };
        let config = self.config.into_builder().retry_config(retries.with_max_attempts(attempts)).build();
        Self { config, retry_policy: RetryPolicy::Generous, ..self }
    }

    /// Returns the session for writes that must not be resent without a read. The first write may have been applied, or
    /// someone else may have written meanwhile.
    pub(super) fn unrepeated(&self) -> Self {
        Self { retry_policy: RetryPolicy::ReadFirst, ..self.clone() }
    }

    /// Returns the number of attempts per call: from the environment or the profile, otherwise the SDK's.
    pub(super) fn attempts(&self) -> u32 {
        self.config.retry_config().map_or_else(|| RetryConfig::standard().max_attempts(), RetryConfig::max_attempts)
    }

    /// Returns the HTTP client for a service in a Region, with the limits of the run.
    fn paced(&self, service: &'static str, region: &str) -> Option<Paced<SharedHttpClient>> {
        self.config.http_client().map(|client| self.pace.client(client, service, region))
    }

    fn interceptor(&self) -> Option<SharedInterceptor> {
        self.watch.map(|tell| SharedInterceptor::new(Trace::new(tell, self.began)))
    }

    /// Returns the endpoint that a flag, the environment or a profile sets for a service in place of AWS's own. As in
    /// the SDK, an endpoint for one service wins over an endpoint for all services
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
    pub(super) fn endpoint_url(&self, service: &'static str) -> Option<String> {
        let of_all = || self.config.endpoint_url().map(str::to_owned);
        if self.config.get_origin("endpoint_url").is_client_config() {
            return of_all();
        }
        let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
        let of_service = || self.config.service_config()?.load_config(key.build().ok()?);
        of_service().or_else(of_all)
    }

    /// A custom endpoint answers on a single host name, so bucket names go into the path.
    fn has_own_endpoint(&self) -> bool {
        self.endpoint_url("S3").is_some()
    }
}
