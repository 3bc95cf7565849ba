//! The configuration with which an SDK, or logbucket itself, uses a sandbox in process.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};

use crate::account::{SECRET_ACCESS_KEY, access_key_id};
use crate::{Sandbox, seed};

impl Sandbox {
    /// Returns a configuration for the seeded account's operator in the seeded Region, without sockets. Retries don't
    /// wait.
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new(access_key_id(seed::ACCOUNT), SECRET_ACCESS_KEY, None, None, "sandbox");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(seed::REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.http_client())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
            .build()
    }
}
