use clap::{Args, ValueEnum};

use crate::model::{AccountId, BucketName, KeyChoice};

use crate::producer::Producer;

const EXAMPLES: &str = "\
Examples:
  logbucket policy alb --bucket acme-alb-logs \\
      --account 111122223333 --region us-east-1 > bucket-policy.json
  logbucket policy s3-access --source app-data --source app-images \\
      --bucket acme-s3-logs --prefix s3/ \\
      --account 111122223333 --region us-east-1
  logbucket policy nlb --bucket acme-nlb-logs --kms-key create \\
      --account 111122223333 --region us-east-1 --for key > key-policy.json";

const PRODUCER: &str = "\
Log service: alb (Application Load Balancer), nlb (Network Load Balancer), clb (Classic Load Balancer), \
s3-access (S3 server access logs) or inventory (S3 Inventory)";

const SOURCE: &str = "\
Bucket to log, by name or ARN; repeatable or comma-separated. For load balancers, the policy \
names only the account and Region; an ARN gives both";

const KEY: &str = "\
Customer managed key that encrypts the logs (nlb) or reports (inventory): ARN, ID, alias/NAME, or `create` for one that \
does not exist yet. For a key in another account, give its ARN";

const FOR: &str = "Policy to print as text: the bucket policy or the key policy; JSON has both [default: bucket]";

#[derive(Args, Clone, Debug, Default)]
#[command(override_usage = "logbucket policy <PRODUCER> --bucket <NAME> [OPTIONS]", after_help = EXAMPLES)]
pub struct PolicyArgs {
    /// Log service: alb, nlb, clb, s3-access, inventory or vpc-flow
    #[arg(value_name = "PRODUCER", hide_possible_values = true, long_help = PRODUCER)]
    pub producer: Option<Producer>,

    /// Bucket or load balancer to log (repeatable)
    #[arg(long, value_name = "NAME|ARN", value_delimiter = ',', long_help = SOURCE)]
    pub source: Vec<String>,

    /// Account of the sources, unless a source's ARN names it
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,

    /// Destination bucket
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<BucketName>,

    /// Key prefix for the logs
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,

    /// Allow flow logs in Hive-compatible folders (vpc-flow)
    #[arg(long)]
    pub hive: bool,

    /// Customer managed key that encrypts the logs (nlb, inventory, vpc-flow)
    #[arg(long, value_name = "KEY", long_help = KEY)]
    pub kms_key: Option<KeyChoice>,

    /// Policy to print: bucket or key [default: bucket]
    #[arg(long = "for", value_name = "WHAT", hide_possible_values = true, requires_ifs = [("key", "kms_key")], long_help = FOR)]
    pub subject: Option<SubjectWord>,
}

/// The policies that `--for` takes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum SubjectWord {
    #[default]
    Bucket,
    Key,
}
