//! The configuration with which an SDK, or logbucket itself, reaches a sandbox in process.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::account::{SECRET_ACCESS_KEY, access_key_id};
use crate::{Sandbox, seed};

impl Sandbox {
    /// The seeded account's operator, in the seeded Region, without sockets.
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new(access_key_id(seed::ACCOUNT), SECRET_ACCESS_KEY, None, None, "sandbox");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(seed::REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.http_client())
            .build()
    }
}
