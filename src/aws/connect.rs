//! From flags to sessions.

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
use super::credentials::{BEYOND, Bounded, CredentialWait};
use super::http_client::http_client;
use super::settings::{Attempts, Settings, SettingsError, Variant};
use super::trace::Call;

/// Which AWS a program is to find.
#[derive(Clone, Debug)]
pub enum Access {
    /// The one that the AWS CLI would: environment, profiles, SSO, roles.
    Ambient,
    /// Through this HTTP client with this configuration: a simulated AWS.
    Through(Box<SdkConfig>),
}

impl Access {
    /// Reads the settings that the flags and the environment name; no call to AWS is made yet.
    pub async fn settle(self, profile: Option<&str>, endpoint_url: Option<&str>) -> Result<Connect, SettingsError> {
        Ok(match self {
            Self::Ambient => Connect::Configured(Box::new(Settings::read(profile, endpoint_url).await?)),
            Self::Through(config) => Connect::Through(config),
        })
    }
}

/// Where the program finds AWS.
#[derive(Clone, Debug)]
pub enum Connect {
    /// Where these settings say.
    Configured(Box<Settings>),
    /// Through this HTTP client with this configuration: a simulated AWS.
    Through(Box<SdkConfig>),
}

/// Who hears of what goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// Hears of each call as it ends.
    pub call: Option<fn(&Call)>,
    /// Hears of credentials that are late.
    pub credentials: Option<fn(&CredentialWait<'_>)>,
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
    /// Makes a configuration of the settings and the flags; no call to AWS is made yet.
    pub async fn connect(
        connect: Connect,
        profile: Option<&str>,
        region: Option<&Region>,
        endpoint_url: Option<&str>,
        watch: Watch,
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

    /// The same, with more patience for each call.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { source: self.source.patient(), destination: self.destination.patient() }
    }
}

async fn configured(
    settings: Settings,
    region: Option<SdkRegion>,
    endpoint_url: Option<&str>,
    watch: Watch,
    began: Instant,
) -> SdkConfig {
    let Settings { named, ambient, files, region: settings_region, retry, attempts: _, process, variant, network } =
        settings;
    let client = http_client(&network, watch.call.map(|tell| (tell, began)));
    let mut loader = loader(client.clone(), retry, variant).profile_files(files.clone());
    if let Some(profile) = &named {
        // A profile that is named wins over keys in the environment, as it does in the AWS CLI, and one that
        // is not there is an error, never somebody else's credentials.
        let region = match region.clone().or_else(|| settings_region.map(SdkRegion::new)) {
            Some(region) => Some(region),
            // The instance may know it.
            None => region::Builder::default().build().region().await,
        };
        let credentials = of_profile(profile, files, region, client, variant);
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
            let bounded = SharedCredentialsProvider::new(Bounded::new(provider, process, watch.credentials));
            config.into_builder().credentials_provider(bounded).build()
        }
        None => config,
    }
}

fn loader(client: SharedHttpClient, retry: RetryConfig, variant: Variant) -> ConfigLoader {
    // A call that waits for its turn sends nothing, which is no stalled upload.
    let stalls = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
    let Variant { fips, dual_stack } = variant;
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .use_fips(fips)
        .use_dual_stack(dual_stack)
        .http_client(client)
        .timeout_config(timeouts())
        .retry_config(retry)
        .identity_cache(IdentityCache::lazy().load_timeout(BEYOND).build())
        .stalled_stream_protection(stalls);
    // CloudTrail shows it in `userAgent`, by which `check` knows what logbucket did itself.
    AppName::new(env!("CARGO_PKG_NAME")).into_iter().fold(loader, ConfigLoader::app_name)
}

/// From when a call is sent: how long it waited for its turn does not count. A body that stalls is the SDK's to notice.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(Duration::from_secs(30)).build()
}

/// A profile's credentials. Where they come of SSO or of a role, they are asked for as all else is: in the Region that holds
/// for the run, and with the same patience.
fn of_profile(
    profile: &str,
    files: EnvConfigFiles,
    region: Option<SdkRegion>,
    client: SharedHttpClient,
    variant: Variant,
) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(client).with_timeout_config(timeouts());
    let config = config.with_use_fips(Some(variant.fips)).with_use_dual_stack(Some(variant.dual_stack));
    ProfileFileCredentialsProvider::builder()
        .configure(&config.with_region(region))
        .profile_files(files)
        .profile_name(profile)
        .build()
}
