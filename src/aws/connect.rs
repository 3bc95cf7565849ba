//! From flags to sessions.

use std::time::{Duration, Instant};

use aws_config::default_provider::region;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region as SdkRegion, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::model::Region;

use super::Session;
use super::http_client::http_client;
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
        let named = region.map(|region| SdkRegion::new(region.to_string()));
        let began = Instant::now();
        let config = match connect {
            Connect::Ambient => {
                let client = http_client(watch.map(|tell| (tell, began)));
                let mut loader = ambient(client.clone());
                if let Some(profile) = profile {
                    // A profile that is named wins over keys in the environment, as it does in the AWS CLI, and one that
                    // is not there is an error, never somebody else's credentials.
                    let credentials = of_profile(profile, named.clone(), client).await;
                    loader = loader.profile_name(profile).credentials_provider(credentials);
                }
                if let Some(region) = named {
                    loader = loader.region(region);
                }
                if let Some(url) = endpoint_url {
                    loader = loader.endpoint_url(url);
                }
                loader.load().await
            }
            Connect::Through(config) => match named {
                Some(region) => config.into_builder().region(region).build(),
                None => *config,
            },
        };
        let session = Session::new(config, profile.map(str::to_owned), watch, began);
        Self { source: session.clone(), destination: session }
    }

    /// The same, with more patience for each call.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { source: self.source.patient(), destination: self.destination.patient() }
    }
}

fn ambient(client: SharedHttpClient) -> ConfigLoader {
    // A call that waits for its turn sends nothing, which is no stalled upload.
    let stalls = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .timeout_config(timeouts())
        .stalled_stream_protection(stalls)
}

/// From when a call is sent: how long it waited for its turn does not count. A body that stalls is the SDK's to notice.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(Duration::from_secs(30)).build()
}

/// A profile's credentials. Where they come of SSO or of a role, they are asked for as all else is: in the Region that holds
/// for the run, and with the same patience.
async fn of_profile(
    profile: &str,
    region: Option<SdkRegion>,
    client: SharedHttpClient,
) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(client).with_timeout_config(timeouts());
    let region = match region {
        Some(region) => Some(region),
        None => region::Builder::default().profile_name(profile).build().region().await,
    };
    ProfileFileCredentialsProvider::builder().configure(&config.with_region(region)).profile_name(profile).build()
}
