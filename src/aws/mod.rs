//! AWS at the wire: the only importer of `aws_*` crates.
//!
//! Reads fill `state`, one write carries out one [`crate::plan::Step`], and every error is told in full. Nothing is decided
//! here: what a value means is for `plan` and `proof`.

mod account;
mod bounds;
mod clock;
mod connect;
mod create_bucket;
mod credential_call;
mod credentials;
mod diagnose;
mod endpoint;
mod error;
mod failed_process;
mod hint;
mod http_client;
mod lifecycle;
mod listing;
mod newest;
mod objects;
mod observe;
mod observe_again;
mod observe_error;
mod outcome;
mod pace;
mod page;
mod permission;
mod producer;
mod read_bucket;
mod read_created_bucket;
mod read_deliveries;
mod read_destination;
mod read_identity;
mod read_key;
mod read_setting;
mod read_trail;
mod repeat;
mod replace_rules;
mod replace_setting;
mod secret_words;
mod session;
mod settings;
mod shared_looks;
mod simulate;
mod situation;
mod survey;
mod trace;
mod undo;
mod write;

use producer::{inventory, load_balancer as read_load_balancers, s3_access as logging};

pub use account::Listed;
pub use connect::{Access, Aws, Connect, Watch};
pub use credentials::CredentialWait;
pub use diagnose::Grants;
pub use error::{AwsError, Cause};
pub use objects::TestLeft;
pub use observe::usual_region;
pub use observe_error::ObserveError;
pub use producer::{LogsOfRegion, SourceSide};
pub use read_trail::{Trail, trail_event};
pub use repeat::{Replacement, Tries};
pub use session::Session;
pub use settings::{Origin, Settings, SettingsError, variables_to_unset};
pub use shared_looks::SharedLooks;
pub use simulate::Simulation;
pub use situation::Situation;
pub use survey::Presence;
pub use trace::{Call, TRACED};
pub use write::{OnBehalf, WriteError, Written};
