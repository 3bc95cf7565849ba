//! From flags to sessions.

use std::time::{Duration, Instant};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region as SdkRegion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::model::Region;

use super::Session;
use super::trace::Call;

/// Where the program finds AWS.
#[derive(Clone, Debug)]
pub enum Connect {
    /// Where the AWS CLI would: environment, profiles, SSO, roles.
    Ambient,
    /// Through this HTTP client with this configuration: a simulated AWS.
    Through(Box<SdkConfig>),
}

/// The two sides of a run. They are one session until a destination can be another account's; every call already goes
/// through the session of its side.
#[derive(Clone, Debug)]
pub struct Aws {
    /// The side of the sources.
    pub source: Session,
    /// The side of the destination.
    pub destination: Session,
}

impl Aws {
    /// Loads the configuration that the flags and the environment name; no call to AWS is made yet.
    ///
    /// `watch` is told of each call as it ends.
    pub async fn connect(
        connect: Connect,
        profile: Option<&str>,
        region: Option<&Region>,
        endpoint_url: Option<&str>,
        watch: Option<fn(&Call)>,
    ) -> Self {
        let began = Instant::now();
        let config = match connect {
            Connect::Ambient => {
                let mut loader = ambient();
                if let Some(profile) = profile {
                    // A profile that is named wins over keys in the environment, as it does in the AWS CLI, and one that
                    // is not there is an error, never somebody else's credentials.
                    let credentials = ProfileFileCredentialsProvider::builder().profile_name(profile).build();
                    loader = loader.profile_name(profile).credentials_provider(credentials);
                }
                if let Some(region) = region {
                    loader = loader.region(SdkRegion::new(region.to_string()));
                }
                if let Some(url) = endpoint_url {
                    loader = loader.endpoint_url(url);
                }
                loader.load().await
            }
            Connect::Through(config) => match region {
                Some(region) => config.into_builder().region(SdkRegion::new(region.to_string())).build(),
                None => *config,
            },
        };
        let session = Session::new(config, watch, began);
        Self { source: session.clone(), destination: session }
    }
}

fn ambient() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()).timeout_config(timeouts)
}

/// One pool of connections for all services.
fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)).build_https()
}
