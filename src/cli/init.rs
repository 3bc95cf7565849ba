//! `logbucket init`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum, ValueHint};

use crate::model::{BucketName, KeyChoice, StorageClass, Tag, near};
use crate::producer::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryVersions, LogType, PartitionDate,
    Producer,
};

use super::root::exit_codes;
use super::values::{days, seconds, storage_class, transition_days};

const EXAMPLES: &str = "\
Examples:
  logbucket init                       # on a terminal: asks for everything
  logbucket init alb --source web --bucket acme-alb-logs --dry-run
  logbucket init alb --source web --bucket acme-alb-logs \\
      --log-type access --log-type connection --yes
  logbucket init nlb --source edge --bucket acme-nlb-logs \\
      --kms-key create --yes
  logbucket init s3-access --source app-data --source app-images \\
      --bucket acme-s3-logs --prefix s3/ --yes
  logbucket init inventory --source app-data --bucket acme-inventory \\
      --format parquet --yes";

const SHORT: &str = "\
Examples:
  logbucket init                       # on a terminal: asks for everything
  logbucket init alb --source web --bucket acme-alb-logs --dry-run

`--help` has every flag, more examples and the exit codes.";

const PRODUCER: &str = "\
Service that logs: alb (Application Load Balancer), nlb (Network Load Balancer), s3-access (S3 server access logs) or \
inventory (S3 Inventory)";

const SOURCE: &str =
    "Load balancer or bucket that logs, by name or ARN; for more, repeat the flag or put commas between";

const PREFIX: &str = "Folder in the bucket for the logs: for s3-access best with a `/` at its end, for all others without \
[default: the one that the sources log under there today, else none]";

const KMS_KEY: &str = "Customer managed key for sse-kms (nlb): ARN, id, alias/NAME, or `create`";

const EXEMPT: &str = "\
Except the log service from this Deny statement of the bucket's policy, by its Sid or its position from 1 (repeatable)";

const EXPIRE: &str = "\
Expire the logs after this many days (a lifecycle rule); on a bucket with versioning, their noncurrent versions are \
deleted as many days later";

const TRANSITION: &str = "\
Move the logs to another storage class after this many days (the same lifecycle rule); fewer than --expire-days, and at \
least 30 for STANDARD_IA and ONEZONE_IA";

const CLASS: &str = "\
With --transition-days: GLACIER_IR, GLACIER, DEEP_ARCHIVE, STANDARD_IA, ONEZONE_IA or INTELLIGENT_TIERING \
[default: GLACIER_IR]";

const WAIT: &str = "\
Seconds to wait for a change to spread [default: 180]. The wait for the producer's own object has the same bound \
[default: 60 for alb, else none].";

const NO_PREFLIGHT: &str = "\
Don't ask IAM beforehand (iam:SimulatePrincipalPolicy) whether the caller may make every change of the plan";

pub(super) const RECEIPT_DIR: &str = "\
Folder of the receipts: what a run replaces is written there before it is replaced, for `logbucket undo` [default: \
logbucket/receipts in $XDG_STATE_HOME, or in ~/.local/state]";

/// The flags of `init`.
#[derive(Args, Clone, Debug, Default)]
#[command(
    override_usage = "logbucket init [PRODUCER] [OPTIONS]",
    after_help = SHORT,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes())
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct InitArgs {
    /// Service that logs: alb, nlb, s3-access or inventory
    #[arg(value_name = "PRODUCER", hide_possible_values = true, long_help = PRODUCER)]
    pub producer: Option<Producer>,

    /// Load balancer or bucket that logs (repeatable)
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', help_heading = "Source", long_help = SOURCE)]
    pub source: Vec<String>,

    /// Log of the alb: access, connection or health-check (repeatable) [default: access]
    #[arg(long, value_name = "TYPE", value_delimiter = ',', hide_possible_values = true, help_heading = "Source")]
    pub log_type: Vec<LogType>,

    /// Date in the folders of s3-access logs: event (when the request was made) or delivery (when the log was written)
    /// [default: as the source logs today, else event]
    #[arg(long, value_name = "DATE", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub partition: Option<PartitionDate>,

    /// Destination bucket, new or existing
    #[arg(long, value_name = "NAME", help_heading = "Destination")]
    pub bucket: Option<BucketName>,

    /// Folder in the bucket for the logs
    #[arg(long, value_name = "PREFIX", help_heading = "Destination", long_help = PREFIX)]
    pub prefix: Option<String>,

    /// Default encryption of the bucket: sse-s3 (every producer can write) or sse-kms (nlb only, with --kms-key)
    /// [default: the bucket's own if the producer can write with it, else sse-s3]
    #[arg(
        long,
        value_name = "KIND",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Destination"
    )]
    pub encryption: Option<EncryptionWord>,

    /// Customer managed key for sse-kms (nlb)
    #[arg(long, value_name = "KEY", help_heading = "Destination", long_help = KMS_KEY)]
    pub kms_key: Option<KeyChoice>,

    /// Expire the logs after this many days (a lifecycle rule)
    #[arg(long, value_name = "N", value_parser = days, help_heading = "Destination", long_help = EXPIRE)]
    pub expire_days: Option<u32>,

    /// Move the logs to another storage class after this many days
    #[arg(long, value_name = "N", value_parser = transition_days, hide_short_help = true, help_heading = "Destination", long_help = TRANSITION)]
    pub transition_days: Option<u32>,

    /// With --transition-days: the storage class [default: Glacier Instant Retrieval]
    #[arg(long, value_name = "CLASS", value_parser = storage_class, requires = "transition_days", hide_short_help = true, help_heading = "Destination", long_help = CLASS)]
    pub storage_class: Option<StorageClass>,

    /// Tag for the bucket (repeatable, each key with one value)
    #[arg(long, value_name = "K=V", hide_short_help = true, help_heading = "Destination")]
    pub tag: Vec<Tag>,

    /// Id of the configuration [default: logbucket]
    #[arg(long, value_name = "ID", hide_short_help = true, help_heading = "Inventory")]
    pub inventory_id: Option<InventoryId>,

    /// File format of the reports: csv, orc or parquet [default: today's, else csv]
    #[arg(
        long,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub format: Option<InventoryFormat>,

    /// How often a report is made: daily, or weekly (on Sundays, UTC) [default: today's, else daily]
    #[arg(
        long,
        value_name = "FREQUENCY",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub frequency: Option<InventoryFrequency>,

    /// Object versions to list: all or current [default: today's, else current]
    #[arg(
        long,
        value_name = "VERSIONS",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub versions: Option<InventoryVersions>,

    /// Optional columns, with commas between, or `all` or `none`
    /// [default: today's, else Size,LastModifiedDate,StorageClass,EncryptionStatus]
    #[arg(long, value_name = "FIELDS", hide_short_help = true, help_heading = "Inventory")]
    pub fields: Option<FieldList>,

    /// Customer managed key for the reports themselves: ARN, id, alias/NAME, or `create` [default: none, SSE-S3]
    #[arg(long, value_name = "KEY", hide_short_help = true, help_heading = "Inventory")]
    pub report_kms_key: Option<KeyChoice>,

    /// Carry out the steps that add something
    #[arg(long, short = 'y', help_heading = "Consent")]
    pub yes: bool,

    /// Carry out the steps that replace something, too
    #[arg(long, help_heading = "Consent")]
    pub fix: bool,

    /// Except the log service from this Deny statement (repeatable)
    #[arg(long, value_name = "SID", help_heading = "Consent", long_help = EXEMPT)]
    pub exempt: Vec<String>,

    /// Show the plan and change nothing
    #[arg(long, help_heading = "Consent")]
    pub dry_run: bool,

    /// With --dry-run: exit 3 when changes are pending
    #[arg(long, requires = "dry_run", hide_short_help = true, help_heading = "Consent")]
    pub detailed_exitcode: bool,

    /// Don't ask IAM beforehand whether the caller may make every change
    #[arg(long, hide_short_help = true, help_heading = "Safety", long_help = NO_PREFLIGHT)]
    pub no_preflight: bool,

    /// Folder for the receipt that `undo` reads
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true, help_heading = "Safety", long_help = RECEIPT_DIR)]
    pub receipt_dir: Option<PathBuf>,

    /// Seconds to wait for changes and for the first log
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Consent", long_help = WAIT)]
    pub wait: Option<u64>,
}

/// The default encryptions that can be asked for, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EncryptionWord {
    /// Keys that S3 manages: every producer can write
    SseS3,
    /// A customer managed KMS key: nlb only
    SseKms,
}

/// The columns of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldList(pub Vec<InventoryField>);

/// A column that S3 Inventory does not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is not an inventory field")]
pub struct FieldError {
    name: String,
}

impl FieldError {
    /// The fields, a near one first.
    pub(super) fn hints(&self) -> Vec<String> {
        let every = InventoryField::ALL.map(|field| field.as_str().to_owned());
        let near = near(&self.name, every, 1).pop();
        let near = near.map(|field| format!("did you mean `{field}`?"));
        let every = InventoryField::ALL.map(InventoryField::as_str).join(", ");
        near.into_iter().chain([format!("the fields are {every}; or say `all` or `none`")]).collect()
    }
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
