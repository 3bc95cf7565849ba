//! Sends EC2 calls with the SDK's own orchestrator, so that credentials, signatures, retries, timeouts, pace and trace
//! are those of every other call.
//!
//! <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-query-api.html> (2026).

use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_sdk_s3::config::BehaviorVersion;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::error::SdkError;
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::{Region as SdkRegion, SigningRegion};
use form_urlencoded::Serializer;

use crate::model::Region;

use super::call_error::CallError;
use super::decode::{DecodeError, XmlElement, parse};
use super::endpoint::{Ec2EndpointVariant, url};

/// The version of the API (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html>).
const VERSION: &str = "2016-11-15";

/// Names and values of a request. Lists are numbered from 1: `ResourceId.1`.
pub(in crate::aws) type Parameters = Vec<(String, String)>;

/// Adds what all clients of a session share.
type Shared = Box<dyn Fn(OperationBuilder) -> OperationBuilder + Send + Sync>;

/// A client for a Region.
pub(in crate::aws) struct Client {
    config: SdkConfig,
    region: Region,
    endpoint: String,
    /// The HTTP client, interceptors and retry classifiers of the session.
    shared: Shared,
}

impl Client {
    /// Creates a client. `endpoint` replaces AWS's own.
    pub(in crate::aws) fn new(config: SdkConfig, region: Region, endpoint: Option<String>, shared: Shared) -> Self {
        let variant = Ec2EndpointVariant {
            fips: config.use_fips() == Some(true),
            dual_stack: config.use_dual_stack() == Some(true),
        };
        let endpoint = endpoint.unwrap_or_else(|| url(&region, variant));
        Self { config, region, endpoint, shared }
    }

    /// Calls an operation, and reads the answer with `read`.
    pub(in crate::aws) async fn call<T, F>(
        &self,
        operation: &'static str,
        parameters: Parameters,
        read: F,
    ) -> Result<T, SdkError<CallError, HttpResponse>>
    where
        T: std::fmt::Debug + Send + Sync + 'static,
        F: Fn(&mut XmlElement<'_, '_>) -> Result<T, DecodeError> + Send + Sync + 'static,
    {
        let builder = Operation::builder()
            .service_name("EC2")
            .operation_name(operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .retry_classifier(TransientErrorClassifier::<CallError>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(AwsErrorCodeClassifier::<CallError>::new())
            .interceptor(UserAgentInterceptor::new())
            .interceptor(ServiceClockSkewInterceptor::new())
            .standard_retry(&self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard))
            .runtime_plugin(self.signing());
        let builder = (self.shared)(builder);
        let operation = builder
            .serializer(move |parameters: Parameters| Ok(request(operation, &parameters)))
            .deserializer(move |answer: &HttpResponse| answered(answer, &read))
            .build();
        operation.invoke(parameters).await
    }

    /// Signs for EC2 in the Region, with the session's credentials.
    fn signing(&self) -> StaticRuntimePlugin {
        let mut layer = Layer::new("ec2");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(ApiMetadata::new("ec2", VERSION));
        if let Some(name) = self.config.app_name() {
            layer.store_put(name.clone());
        }
        if let Some(timeouts) = self.config.timeout_config() {
            layer.store_put(timeouts.clone());
        }
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(SdkRegion::new(self.region.to_string()))),
            name: Some(SigningName::from_static("ec2")),
            ..SigV4OperationSigningConfig::default()
        });
        let resolver = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut components = RuntimeComponentsBuilder::new("ec2")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(resolver)))
            .with_identity_cache(self.config.identity_cache())
            .with_sleep_impl(self.config.sleep_impl())
            .with_time_source(self.config.time_source());
        if let Some(credentials) = self.config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
    }
}

fn request(operation: &str, parameters: &Parameters) -> HttpRequest {
    let mut body = Serializer::new(String::new());
    body.append_pair("Action", operation).append_pair("Version", VERSION);
    body.extend_pairs(parameters);
    let mut request = HttpRequest::new(SdkBody::from(body.finish()));
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
    // Both texts are valid.
    let _ = request.set_method("POST");
    let _ = request.set_uri("/");
    request
}

fn answered<T>(
    answer: &HttpResponse,
    read: &impl Fn(&mut XmlElement<'_, '_>) -> Result<T, DecodeError>,
) -> Result<T, OrchestratorError<CallError>> {
    let body = answer.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    if !answer.status().is_success() {
        return Err(OrchestratorError::operation(CallError::read(&body)));
    }
    parse(&body, |root| read(root)).map_err(|error| OrchestratorError::operation(CallError::unreadable(error)))
}
