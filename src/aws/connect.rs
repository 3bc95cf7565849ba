//! Builds AWS sessions from flags, environment and configuration files.

use std::time::{Duration, Instant};

use aws_config::default_provider::region;
use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region as SdkRegion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::model::Region;

use super::Session;
use super::credentials::{BEYOND, BoundedProvider, CredentialWait};
use super::http_client::http_client;
use super::settings::{Attempts, EndpointVariant, Settings, SettingsError};
use super::trace::TracedCall;

/// Which AWS the program talks to.
#[derive(Clone, Debug)]
pub enum Access {
    /// The AWS that the AWS CLI would use, according to environment, profiles, SSO and roles.
    Ambient,
    /// A simulated AWS, through this client and configuration.
    Through(Box<SdkConfig>),
}

impl Access {
    /// Reads the settings named by flags and environment. Makes no AWS calls.
    pub async fn settle(self, profile: Option<&str>, endpoint_url: Option<&str>) -> Result<Connect, SettingsError> {
        Ok(match self {
            Self::Ambient => Connect::Configured(Box::new(Settings::read(profile, endpoint_url).await?)),
            Self::Through(config) => Connect::Through(config),
        })
    }
}

/// Settings that have been read, ready to connect.
#[derive(Clone, Debug)]
pub enum Connect {
    Configured(Box<Settings>),
    /// A simulated AWS, through this client and configuration.
    Through(Box<SdkConfig>),
}

/// Callbacks for what happens during a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Callbacks {
    /// Called as each AWS call ends.
    pub call: Option<fn(&TracedCall)>,
    /// Called when credentials are slow to arrive.
    pub credentials: Option<fn(&CredentialWait<'_>)>,
}

/// The sessions of a run's two sides. Both are the same session until a destination can be in another account. Each
/// call already uses the session of its side.
#[derive(Clone, Debug)]
pub struct Aws {
    pub source: Session,
    pub destination: Session,
}

impl Aws {
    /// Builds the sessions from settings and flags. Makes no AWS calls.
    pub async fn connect(
        connect: Connect,
        profile: Option<&str>,
        region: Option<&Region>,
        endpoint_url: Option<&str>,
        watch: Callbacks,
    ) -> Self {
        let named = region.map(|region| SdkRegion::new(region.to_string()));
        let began = Instant::now();
        let attempts = match &connect {
            Connect::Configured(settings) => settings.attempts,
            Connect::Through(_) => Attempts::Unnamed,
        };
        let config = match connect {
            Connect::Configured(settings) => configured(*settings, named, endpoint_url, watch, began).await,
            Connect::Through(config) => match named {
                Some(region) => config.into_builder().region(region).build(),
                None => *config,
            },
        };
        let session = Session::new(config, attempts, profile.map(str::to_owned), watch.call, began);
        Self { source: session.clone(), destination: session }
    }

    /// Returns sessions that retry each call for longer.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { source: self.source.patient(), destination: self.destination.patient() }
    }
}

async fn configured(
    settings: Settings,
    region: Option<SdkRegion>,
    endpoint_url: Option<&str>,
    watch: Callbacks,
    began: Instant,
) -> SdkConfig {
    let Settings { named, ambient, files, region: settings_region, retry, attempts: _, process, variant, network } =
        settings;
    let client = http_client(&network, watch.call.map(|tell| (tell, began)));
    let mut loader = loader(client.clone(), retry, variant).profile_files(files.clone());
    if let Some(profile) = &named {
        // A named profile wins over keys in the environment, as in the AWS CLI. A named profile that does not exist is
        // an error: never fall back to other credentials.
        let region = match region.clone().or_else(|| settings_region.map(SdkRegion::new)) {
            Some(region) => Some(region),
            // The instance metadata may name a Region.
            None => region::Builder::default().build().region().await,
        };
        let credentials = profile_credentials(profile, files, region, client, variant);
        loader = loader.credentials_provider(credentials);
    }
    if let Some(profile) = named.or(ambient) {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(region);
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    match config.credentials_provider() {
        Some(provider) => {
            let bounded = SharedCredentialsProvider::new(BoundedProvider::new(provider, process, watch.credentials));
            config.into_builder().credentials_provider(bounded).build()
        }
        None => config,
    }
}

fn loader(client: SharedHttpClient, retry: RetryConfig, variant: EndpointVariant) -> ConfigLoader {
    // A call that waits for its turn sends nothing, but its upload has not stalled.
    let stalls = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
    let EndpointVariant { fips, dual_stack } = variant;
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .use_fips(fips)
        .use_dual_stack(dual_stack)
        .http_client(client)
        .timeout_config(timeouts())
        .retry_config(retry)
        .identity_cache(IdentityCache::lazy().load_timeout(BEYOND).build())
        .stalled_stream_protection(stalls);
    // CloudTrail shows the name in `userAgent`, by which `check` recognizes logbucket's own calls.
    AppName::new(env!("CARGO_PKG_NAME")).into_iter().fold(loader, ConfigLoader::app_name)
}

/// Timeouts start when a call is sent, after the wait for its turn. The SDK detects bodies that stall.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(Duration::from_secs(30)).build()
}

/// Returns the provider of a profile's credentials. Its calls to SSO or STS use the run's Region and the same timeouts
/// as all other calls.
fn profile_credentials(
    profile: &str,
    files: EnvConfigFiles,
    region: Option<SdkRegion>,
    client: SharedHttpClient,
    variant: EndpointVariant,
) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(client).with_timeout_config(timeouts());
    let config = config.with_use_fips(Some(variant.fips)).with_use_dual_stack(Some(variant.dual_stack));
    ProfileFileCredentialsProvider::builder()
        .configure(&config.with_region(region))
        .profile_files(files)
        .profile_name(profile)
        .build()
}
