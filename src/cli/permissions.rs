use clap::{Args, ValueEnum};

use crate::model::{AccountId, BucketName, KeyChoice};

use crate::producer::Producer;

const EXAMPLES: &str = "\
Examples:
  logbucket permissions                 # all that `init` may need, anywhere
  logbucket permissions init --producer alb --source web \\
      --bucket acme-alb-logs --account 111122223333 --region us-east-1
  logbucket permissions init --producer nlb --no-kms-key --dry-run
  logbucket permissions check --account 111122223333";

const JOB: &str = "Command to grant permissions for: init, check, scan or undo [default: init]. Without --source, the policy also covers `check --bucket`";

const PRODUCER: &str = "\
Log service: alb, nlb, clb, s3-access, inventory or vpc-flow; repeatable or comma-separated [default: all]";

const SOURCE: &str = "\
Load balancer or bucket to log, by name or ARN, with one --producer; repeatable or comma-separated [default: any]";

const KEY: &str = "\
Customer managed key that encrypts the logs (nlb) or reports (inventory): ARN, ID, alias/NAME, or `create`. An IAM \
policy's `Resource` can't name a key by alias, so for an alias the policy allows every key of the account and Region \
[default: any, and `create`]";

#[derive(Args, Clone, Debug, Default)]
#[command(override_usage = "logbucket permissions [JOB] [OPTIONS]", after_help = EXAMPLES)]
pub struct PermissionsArgs {
    /// Command to grant permissions for: init, check, scan or undo
    #[arg(value_name = "JOB", hide_possible_values = true, long_help = JOB)]
    pub job: Option<JobWord>,

    /// Log service (repeatable) [default: all]
    #[arg(long, value_name = "PRODUCER", value_delimiter = ',', hide_possible_values = true, long_help = PRODUCER)]
    pub producer: Vec<Producer>,

    /// Load balancer or bucket to log (repeatable) [default: any]
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', long_help = SOURCE)]
    pub source: Vec<String>,

    /// Account ID, unless a source's ARN names it [default: any]
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,

    /// Destination bucket [default: any]
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<BucketName>,

    /// Key prefix for the logs, with one --producer [default: any]
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Customer managed key [default: any]
    #[arg(long, value_name = "KEY", conflicts_with = "no_kms_key", long_help = KEY)]
    pub kms_key: Option<KeyChoice>,

    /// Grant nothing for customer managed keys
    #[arg(long)]
    pub no_kms_key: bool,

    /// Allow only what `init --dry-run` needs: read permissions
    #[arg(long)]
    pub dry_run: bool,

    /// Also allow the list calls that the interactive wizard needs
    #[arg(long, conflicts_with = "dry_run")]
    pub wizard: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum JobWord {
    #[default]
    Init,
    Check,
    Scan,
    Undo,
}
