//! `logbucket init`.

use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::model::{BucketName, InventoryField, InventoryId, KeyChoice, Tag};

const EXAMPLES: &str = "\
Examples:
  logbucket init alb --source web --bucket acme-alb-logs --dry-run
  logbucket init alb --source web --log-type access --log-type connection --bucket acme-alb-logs --yes
  logbucket init nlb --source edge --bucket acme-nlb-logs --kms-key create --yes
  logbucket init s3-access --source app-data --source app-images --bucket acme-s3-logs --prefix s3/ --yes
  logbucket init inventory --source app-data --bucket acme-inventory --format parquet --yes";

/// The flags of `init`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct InitArgs {
    /// Which service will log
    #[arg(value_name = "PRODUCER")]
    pub producer: Option<ProducerWord>,

    /// Load balancer or bucket that logs, by name or ARN (repeatable)
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', help_heading = "Source")]
    pub source: Vec<String>,

    /// Log to turn on (alb; repeatable) [default: access]
    #[arg(long, value_name = "TYPE", value_delimiter = ',', help_heading = "Source")]
    pub log_type: Vec<LogTypeWord>,

    /// Build the date folders of delivered logs from this time (s3-access) [default: as the source logs today, else event]
    #[arg(long, value_name = "DATE", help_heading = "Source")]
    pub partition: Option<PartitionWord>,

    /// Destination bucket, new or existing
    #[arg(long, value_name = "NAME", help_heading = "Destination")]
    pub bucket: Option<BucketName>,

    /// Folder in the bucket under which the logs go: no `/` at its end, but for s3-access, where one is advised
    #[arg(long, value_name = "PREFIX", help_heading = "Destination")]
    pub prefix: Option<String>,

    /// Default encryption of the bucket [default: the bucket's own if the producer can write with it, else sse-s3]
    #[arg(long, value_name = "KIND", help_heading = "Destination")]
    pub encryption: Option<EncryptionWord>,

    /// Customer managed key for SSE-KMS: ARN, id, alias/NAME, or `create` (nlb)
    #[arg(long, value_name = "KEY", help_heading = "Destination")]
    pub kms_key: Option<KeyChoice>,

    /// Set a lifecycle rule that expires the logs after this many days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2_147_483_647), help_heading = "Destination")]
    pub expire_days: Option<u32>,

    /// Tag for the bucket (repeatable)
    #[arg(long, value_name = "K=V", help_heading = "Destination")]
    pub tag: Vec<Tag>,

    /// Id of the configuration [default: logbucket]
    #[arg(long, value_name = "ID", help_heading = "Inventory")]
    pub inventory_id: Option<InventoryId>,

    /// File format of the reports [default: csv]
    #[arg(long, value_name = "FORMAT", help_heading = "Inventory")]
    pub format: Option<FormatWord>,

    /// How often a report is made [default: daily]
    #[arg(long, value_name = "FREQUENCY", help_heading = "Inventory")]
    pub frequency: Option<FrequencyWord>,

    /// Object versions to list [default: current]
    #[arg(long, value_name = "VERSIONS", help_heading = "Inventory")]
    pub versions: Option<VersionsWord>,

    /// Optional columns, comma-separated, `all` or `none` [default: Size,LastModifiedDate,StorageClass,EncryptionStatus]
    #[arg(long, value_name = "FIELDS", help_heading = "Inventory")]
    pub fields: Option<FieldList>,

    /// Customer managed key for the reports themselves: ARN, id, alias/NAME, or `create` [default: SSE-S3]
    #[arg(long, value_name = "KEY", help_heading = "Inventory")]
    pub report_kms_key: Option<KeyChoice>,

    /// Carry out the steps that add something
    #[arg(long, short = 'y', help_heading = "Consent")]
    pub yes: bool,

    /// Carry out the steps that replace something, too
    #[arg(long, help_heading = "Consent")]
    pub fix: bool,

    /// Except the log service from this Deny statement, by its Sid or its position from 1 (repeatable)
    #[arg(long, value_name = "SID", help_heading = "Consent")]
    pub exempt: Vec<String>,

    /// Show the plan and change nothing
    #[arg(long, help_heading = "Consent")]
    pub dry_run: bool,

    /// With --dry-run: exit 3 when changes are pending
    #[arg(long, requires = "dry_run", help_heading = "Consent")]
    pub detailed_exitcode: bool,

    /// Most seconds to wait for a change to spread [default: 180], and for the producer's own object [default: 60 for alb, else none]
    #[arg(long, value_name = "SECONDS", help_heading = "Consent")]
    pub wait: Option<u64>,
}

/// The producers, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ProducerWord {
    /// Application Load Balancer
    Alb,
    /// Network Load Balancer
    Nlb,
    /// S3 server access logs
    S3Access,
    /// S3 Inventory
    Inventory,
}

/// The logs of an ALB, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LogTypeWord {
    /// Requests
    Access,
    /// Connections
    Connection,
    /// Health checks of targets
    HealthCheck,
}

/// The dates of partitioned keys, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum PartitionWord {
    /// When the request was made
    Event,
    /// When the log was delivered
    Delivery,
}

/// The default encryptions that can be asked for, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EncryptionWord {
    /// Keys that S3 manages: every producer can write
    SseS3,
    /// A customer managed KMS key: nlb only
    SseKms,
}

/// The file formats of reports, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FormatWord {
    /// Comma-separated, gzip
    Csv,
    /// Apache ORC
    Orc,
    /// Apache Parquet
    Parquet,
}

/// The frequencies of reports, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FrequencyWord {
    /// Every day
    Daily,
    /// Every Sunday (UTC)
    Weekly,
}

/// The versions that reports list, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum VersionsWord {
    /// Every version
    All,
    /// Only the current one
    Current,
}

/// The columns of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldList(pub Vec<InventoryField>);

/// A column that S3 Inventory does not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is not an inventory field; the fields are {}", every_field())]
pub struct FieldError {
    name: String,
}

fn every_field() -> String {
    InventoryField::ALL.map(InventoryField::as_str).join(", ")
}

impl FromStr for FieldList {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self(InventoryField::ALL.to_vec())),
            "none" => Ok(Self(Vec::new())),
            list => {
                let named = |word: &str| {
                    InventoryField::named(word.trim()).ok_or_else(|| FieldError { name: word.trim().to_owned() })
                };
                Ok(Self(list.split(',').map(named).collect::<Result<_, _>>()?))
            }
        }
    }
}
