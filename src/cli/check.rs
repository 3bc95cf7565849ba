use clap::Args;

use crate::model::BucketName;
use crate::producer::InventoryId;

use super::fail_on::{FAIL_ON, FailOn};
use super::root::exit_codes;
use super::subject::{Subject, SubjectParser};
use super::values::seconds;
use crate::producer::{LogType, Producer};

const EXAMPLES: &str = "\
Examples:
  logbucket check                      # on a terminal: asks for the sources
  logbucket check web                  # every log of the source `web`
  logbucket check alb --source web
  logbucket check s3-access --source app-data --source app-images
  logbucket check inventory --source app-data --inventory-id daily
  logbucket check nlb --source edge --wait 900   # wait for its first log
  logbucket check --bucket acme-logs   # which sources log to it, or may
  logbucket check alb --bucket acme-logs --suppressions";

const SHORT: &str = "\
Examples:
  logbucket check web                  # every log of the source `web`
  logbucket check alb --source web
  logbucket check --bucket acme-logs   # which sources log to it, or may

Use `--help` for all flags, more examples and the exit codes.";

const PRODUCER: &str = "\
Log service to check: alb (Application Load Balancer), nlb (Network Load Balancer), clb (Classic Load Balancer), \
s3-access (S3 server access logs), inventory (S3 Inventory) or vpc-flow (VPC Flow Logs). \
To check all logs of one source, give a load balancer or bucket (name or ARN), or a VPC, subnet, network interface or \
transit gateway (ID or ARN)";

const SOURCE: &str = "Source that should log: a load balancer or bucket (name or ARN), or a VPC, subnet, network interface \
or transit gateway (ID or ARN); repeatable or comma-separated";

#[derive(Args, Clone, Debug, Default)]
#[command(
    override_usage = "logbucket check NAME|ARN [OPTIONS]\n       logbucket check PRODUCER --source NAME|ARN [OPTIONS]\n       logbucket check --bucket NAME [OPTIONS]",
    after_help = SHORT,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes())
)]
pub struct CheckArgs {
    /// Log service to check (alb, nlb, clb, s3-access, inventory or vpc-flow), or the name of a source
    #[arg(value_name = "PRODUCER|NAME", hide_possible_values = true, value_parser = SubjectParser, long_help = PRODUCER)]
    pub subject: Option<Subject>,

    /// Load balancer, bucket or VPC that should log (repeatable)
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', help_heading = "What", long_help = SOURCE)]
    pub source: Vec<String>,

    /// ALB log type: access, connection or health-check (repeatable) [default: all three]
    #[arg(long, value_name = "TYPE", value_delimiter = ',', hide_possible_values = true, help_heading = "What")]
    pub log_type: Vec<LogType>,

    /// ID of the inventory configuration [default: all of them]
    #[arg(long, value_name = "ID", help_heading = "What")]
    pub inventory_id: Option<InventoryId>,

    /// Destination bucket: show which sources log to it, and which services may
    #[arg(long, value_name = "NAME", help_heading = "What", conflicts_with = "source")]
    pub bucket: Option<BucketName>,

    /// Wait for pending logs, for at most this many seconds [default: 600]
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "600",
        value_parser = seconds,
        conflicts_with = "suppressions",
        help_heading = "What"
    )]
    pub wait: Option<u64>,

    /// Print suppressions for scanners that ask for a KMS key or access logs on the --bucket
    #[arg(long, requires = "bucket", help_heading = "What")]
    pub suppressions: bool,

    /// Exit with code 3 if a log is in one of these states: dead, loop, unknown or off (repeatable) [default: dead,loop]
    #[arg(
        long,
        value_name = "STATE",
        value_delimiter = ',',
        default_value = "dead,loop",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = "What",
        long_help = FAIL_ON
    )]
    pub fail_on: Vec<FailOn>,
}

impl CheckArgs {
    pub fn producer(&self) -> Option<Producer> {
        match &self.subject {
            Some(Subject::Producer(producer)) => Some(*producer),
            Some(Subject::Source(_)) | None => None,
        }
    }

    /// Returns the source that is named without its log service.
    pub fn name(&self) -> Option<&String> {
        match &self.subject {
            Some(Subject::Source(name)) => Some(name),
            Some(Subject::Producer(_)) | None => None,
        }
    }
}
