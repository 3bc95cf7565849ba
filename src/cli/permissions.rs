//! `logbucket permissions`.

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

const JOB: &str = "Command that the caller is to run: init, check, scan or undo [default: init]. Without --source, check may be asked of a bucket, too";

const PRODUCER: &str = "\
Service that logs: alb, nlb, s3-access or inventory; for more, repeat the flag or put commas between [default: all]";

const SOURCE: &str = "\
Load balancer or bucket that logs, by name or ARN, with one --producer; for more, repeat the flag or put commas between \
[default: any]";

const KEY: &str = "\
Customer managed key that encrypts the logs (nlb) or reports (inventory): ARN, id, alias/NAME, or `create`. An alias \
names no key to IAM, so that every key of the account and Region is granted [default: any, and `create`]";

/// The flags of `permissions`.
#[derive(Args, Clone, Debug, Default)]
#[command(override_usage = "logbucket permissions [JOB] [OPTIONS]", after_help = EXAMPLES)]
pub struct PermissionsArgs {
    /// Command that the caller is to run: init, check, scan or undo
    #[arg(value_name = "JOB", hide_possible_values = true, long_help = JOB)]
    pub job: Option<JobWord>,

    /// Service that logs (repeatable) [default: all]
    #[arg(long, value_name = "PRODUCER", value_delimiter = ',', hide_possible_values = true, long_help = PRODUCER)]
    pub producer: Vec<Producer>,

    /// Load balancer or bucket that logs (repeatable) [default: any]
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', long_help = SOURCE)]
    pub source: Vec<String>,

    /// Account of it all, unless a source's ARN names it [default: any]
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,

    /// Destination bucket [default: any]
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<BucketName>,

    /// Folder in the bucket for the logs, with one --producer [default: any]
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Customer managed key [default: any]
    #[arg(long, value_name = "KEY", conflicts_with = "no_kms_key", long_help = KEY)]
    pub kms_key: Option<KeyChoice>,

    /// No customer managed key is used
    #[arg(long)]
    pub no_kms_key: bool,

    /// Only what `init --dry-run` needs: nothing that changes anything
    #[arg(long)]
    pub dry_run: bool,

    /// Also what `init` lists on a terminal, for somebody who chooses
    #[arg(long, conflicts_with = "dry_run")]
    pub wizard: bool,
}

/// The jobs, as words.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum JobWord {
    /// `logbucket init`
    #[default]
    Init,
    /// `logbucket check`
    Check,
    /// `logbucket scan`
    Scan,
    /// `logbucket undo`
    Undo,
}
