use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum, ValueHint};

use crate::model::{BucketName, KeyChoice, StorageClass, Tag, suggest};
use crate::producer::{
    Aggregation, EmitInterval, FlowFormat, InventoryField, InventoryFormat, InventoryFrequency, InventoryId,
    InventoryVersions, LogType, PartitionDate, Producer, Traffic,
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
      --format parquet --yes
  logbucket init vpc-flow --source vpc-0a1b2c3d4e5f60718 \\
      --bucket acme-flow-logs --traffic reject --yes";

const SHORT: &str = "\
Examples:
  logbucket init                       # on a terminal: asks for everything
  logbucket init alb --source web --bucket acme-alb-logs --dry-run

Use `--help` for all flags, more examples and the exit codes.";

const PRODUCER: &str = "\
Log service: alb (Application Load Balancer), nlb (Network Load Balancer), clb (Classic Load Balancer), \
s3-access (S3 server access logs), inventory (S3 Inventory) or vpc-flow (VPC Flow Logs)";

const SOURCE: &str = "Source to log: a load balancer or bucket (name or ARN), or a VPC, subnet, network interface or transit \
gateway (ID or ARN); repeatable or comma-separated";

const PREFIX: &str = "Key prefix for the logs; end it with a `/` for s3-access, but not for the others \
[default: the one that the sources already use in this bucket, else none]";

const KMS_KEY: &str = "Customer managed key for sse-kms (nlb, vpc-flow): ARN, ID, alias/NAME, or `create`";

const EXEMPT: &str = "\
Exempt the log service from this Deny statement of the bucket policy, given by its Sid or by its position, counted from 1 \
(repeatable)";

const EXPIRE: &str = "\
Expire the logs after this many days (a lifecycle rule); in a bucket with versioning, their noncurrent versions are \
deleted that many days later";

const TRANSITION: &str = "\
Move the logs to another storage class after this many days (the same lifecycle rule); must be less than --expire-days, \
and at least 30 for STANDARD_IA and ONEZONE_IA";

const CLASS: &str = "\
With --transition-days: GLACIER_IR, GLACIER, DEEP_ARCHIVE, STANDARD_IA, ONEZONE_IA or INTELLIGENT_TIERING \
[default: GLACIER_IR]";

const WAIT: &str = "\
Seconds to wait for changes to propagate [default: 180]. Also limits the wait for the log service's first object \
[default: 60 for alb and clb, otherwise no wait]";

const NO_PREFLIGHT: &str = "\
Skip the check with IAM (iam:SimulatePrincipalPolicy) that the caller may make every change in the plan";

pub(super) const RECEIPT_DIR: &str = "\
Folder for receipts: each setting is saved there before it is replaced, for `logbucket undo` [default: \
logbucket/receipts in $XDG_STATE_HOME, or in ~/.local/state]";

#[derive(Args, Clone, Debug, Default)]
#[command(
    override_usage = "logbucket init [PRODUCER] [OPTIONS]",
    after_help = SHORT,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes())
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct InitArgs {
    /// Log service: alb, nlb, clb, s3-access, inventory or vpc-flow
    #[arg(value_name = "PRODUCER", hide_possible_values = true, long_help = PRODUCER)]
    pub producer: Option<Producer>,

    /// Load balancer, bucket or VPC to log (repeatable)
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', help_heading = "Source", long_help = SOURCE)]
    pub source: Vec<String>,

    /// ALB log type: access, connection or health-check (repeatable) [default: access]
    #[arg(long, value_name = "TYPE", value_delimiter = ',', hide_possible_values = true, help_heading = "Source")]
    pub log_type: Vec<LogType>,

    /// Minutes between two files of a clb's log: 5 or 60 [default: the source's current setting, else 60]
    #[arg(long, value_name = "MINUTES", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub emit_interval: Option<EmitInterval>,

    /// Date in s3-access log paths: event (when the request was made) or delivery (when the log was written)
    /// [default: the source's current setting, else event]
    #[arg(long, value_name = "DATE", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub partition: Option<PartitionDate>,

    /// Traffic that a flow log records: all, accept or reject; transit gateways always record all
    /// [default: the current setting, else all]
    #[arg(long, value_name = "TRAFFIC", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub traffic: Option<Traffic>,

    /// Maximum aggregation interval of a flow log in seconds: 60 or 600; transit gateways allow only 60
    /// [default: the current setting, else 600]
    #[arg(long, value_name = "SECONDS", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub aggregation: Option<Aggregation>,

    /// Write flow logs to hourly folders [default: the current setting, else false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub hourly: Option<bool>,

    /// Use Hive-compatible folders for flow logs (year=2026/...) [default: the current setting, else false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, hide_short_help = true, help_heading = "Source")]
    pub hive: Option<bool>,

    /// Destination bucket, new or existing
    #[arg(long, value_name = "NAME", help_heading = "Destination")]
    pub bucket: Option<BucketName>,

    /// Key prefix for the logs
    #[arg(long, value_name = "PREFIX", help_heading = "Destination", long_help = PREFIX)]
    pub prefix: Option<String>,

    /// Default encryption of the bucket: sse-s3 (works with every log service) or sse-kms (nlb and vpc-flow, with --kms-key)
    /// [default: the bucket's current one if the log service can write with it, else sse-s3]
    #[arg(
        long,
        value_name = "KIND",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Destination"
    )]
    pub encryption: Option<EncryptionWord>,

    /// Customer managed key for sse-kms (nlb, vpc-flow)
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

    /// Tag for the bucket (repeatable; one value per key)
    #[arg(long, value_name = "K=V", hide_short_help = true, help_heading = "Destination")]
    pub tag: Vec<Tag>,

    /// ID of the inventory configuration [default: logbucket]
    #[arg(long, value_name = "ID", hide_short_help = true, help_heading = "Inventory")]
    pub inventory_id: Option<InventoryId>,

    /// File format of the reports (csv, orc or parquet) or of a flow log (text or parquet)
    /// [default: the current setting, else csv or text]
    #[arg(
        long,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub format: Option<FormatWord>,

    /// Report frequency: daily, or weekly (Sundays, UTC) [default: the current setting, else daily]
    #[arg(
        long,
        value_name = "FREQUENCY",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub frequency: Option<InventoryFrequency>,

    /// Object versions to list: all or current [default: the current setting, else current]
    #[arg(
        long,
        value_name = "VERSIONS",
        hide_possible_values = true,
        hide_short_help = true,
        help_heading = "Inventory"
    )]
    pub versions: Option<InventoryVersions>,

    /// Optional report columns, comma-separated, or `all` or `none`
    /// [default: the current setting, else Size,LastModifiedDate,StorageClass,EncryptionStatus]
    #[arg(long, value_name = "FIELDS", hide_short_help = true, help_heading = "Inventory")]
    pub fields: Option<FieldList>,

    /// Customer managed key for the reports: ARN, ID, alias/NAME, or `create` [default: none, SSE-S3]
    #[arg(long, value_name = "KEY", hide_short_help = true, help_heading = "Inventory")]
    pub report_kms_key: Option<KeyChoice>,

    /// Approve the steps that add something
    #[arg(long, short = 'y', help_heading = "Consent")]
    pub yes: bool,

    /// Also approve the steps that replace something
    #[arg(long, help_heading = "Consent")]
    pub fix: bool,

    /// Exempt the log service from this Deny statement (repeatable)
    #[arg(long, value_name = "SID", help_heading = "Consent", long_help = EXEMPT)]
    pub exempt: Vec<String>,

    /// Show the plan and change nothing
    #[arg(long, help_heading = "Consent")]
    pub dry_run: bool,

    /// With --dry-run: exit with code 3 if changes are pending
    #[arg(long, requires = "dry_run", hide_short_help = true, help_heading = "Consent")]
    pub detailed_exitcode: bool,

    /// Don't check the caller's permissions in advance
    #[arg(long, hide_short_help = true, help_heading = "Safety", long_help = NO_PREFLIGHT)]
    pub no_preflight: bool,

    /// Folder for the receipts that `undo` reads
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true, help_heading = "Safety", long_help = RECEIPT_DIR)]
    pub receipt_dir: Option<PathBuf>,

    /// Seconds to wait for changes to propagate and for the first log
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Consent", long_help = WAIT)]
    pub wait: Option<u64>,
}

/// The default encryptions that `--encryption` takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum EncryptionWord {
    /// S3-managed keys: works with every log service
    SseS3,
    /// A customer managed KMS key: nlb and vpc-flow
    SseKms,
}

/// The file formats that `--format` takes, of reports and of flow logs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FormatWord {
    Csv,
    Orc,
    Parquet,
    Text,
}

impl FormatWord {
    /// Returns the format of inventory reports with this name.
    pub fn for_reports(self) -> Option<InventoryFormat> {
        match self {
            Self::Csv => Some(InventoryFormat::Csv),
            Self::Orc => Some(InventoryFormat::Orc),
            Self::Parquet => Some(InventoryFormat::Parquet),
            Self::Text => None,
        }
    }

    /// Returns the format of flow logs with this name.
    pub fn for_flow_logs(self) -> Option<FlowFormat> {
        match self {
            Self::Text => Some(FlowFormat::Text),
            Self::Parquet => Some(FlowFormat::Parquet),
            Self::Csv | Self::Orc => None,
        }
    }
}

/// The optional columns of an inventory report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldList(pub Vec<InventoryField>);

/// The name of a field that S3 Inventory does not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is not an inventory field")]
pub struct FieldError {
    name: String,
}

impl FieldError {
    /// Returns the valid fields, the closest match first.
    pub(super) fn hints(&self) -> Vec<String> {
        let every = InventoryField::ALL.map(|field| field.as_str().to_owned());
        let suggestions = suggest(&self.name, every, 1).pop();
        let suggestions = suggestions.map(|field| format!("did you mean `{field}`?"));
        let every = InventoryField::ALL.map(InventoryField::as_str).join(", ");
        suggestions.into_iter().chain([format!("valid fields are {every}; or use `all` or `none`")]).collect()
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
