use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::model::{Region, ReportPath, TagFilter};

use super::fail_on::{FAIL_ON, FailOn};
use super::root::exit_codes;
use crate::producer::Producer;

const EXAMPLES: &str = "\
Examples:
  logbucket scan                               # all enabled Regions
  logbucket scan --regions us-east-1,eu-west-1 --producer alb --producer nlb
  logbucket scan --name 'prod-*' --newest      # also find newest objects
  logbucket scan --tag team=web --report logs.html
  logbucket scan --output csv > logs.csv";

const REGIONS: &str = "\
Regions to scan, comma-separated [default: the one from `--region`, else all that the account has enabled]";

const NAME: &str = "\
Only sources whose name matches; `*` is a wildcard (repeatable or comma-separated)";

const TAG: &str = "\
Only sources with this tag: KEY for any value, or KEY=VALUE (repeatable: a source must have every key, with one of \
the values given for it); costs one more request for each bucket, and for every 20 load balancers";

const NOT_NAME: &str = "\
Ignore sources whose name matches; `*` is a wildcard (repeatable or comma-separated). The report counts them.";

const NOT_TAG: &str = "\
Ignore sources with this tag: KEY for any value, or KEY=VALUE (repeatable: one tag is enough); costs one more request \
for each bucket, and for every 20 load balancers. The report counts them. A source tagged `logbucket=ignore` is ignored \
even without this flag if its logs would be reported as dead or unknown.";

const SARIF_PATH: &str = "\
Relative path to report for a source, because SARIF requires a file: `{account}`, `{region}`, `{producer}` and `{source}` \
are filled in. A path without them, such as the template that declares the sources, is used for all sources \
[default: aws/{account}/{region}/{producer}/{source}]";

const REPORT: &str = "\
Also write a shareable HTML report (overwrites FILE)";

const NEWEST: &str = "\
Also find each log's newest object, to report delivering or pending instead of permitted; costs a few requests per log";

#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes()))]
pub struct ScanArgs {
    /// Regions to scan [default: all enabled]
    #[arg(long, value_name = "REGION", value_delimiter = ',', help_heading = "What", long_help = REGIONS)]
    pub regions: Vec<Region>,

    /// Only logs of this service: alb, nlb, clb, s3-access, inventory or vpc-flow (repeatable)
    #[arg(long, value_name = "PRODUCER", value_delimiter = ',', hide_possible_values = true, help_heading = "What")]
    pub producer: Vec<Producer>,

    /// Only sources whose name matches; `*` is a wildcard (repeatable)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', help_heading = "What", long_help = NAME)]
    pub name: Vec<String>,

    /// Only sources that have this tag (repeatable)
    #[arg(long, value_name = "KEY[=VALUE]", help_heading = "What", long_help = TAG)]
    pub tag: Vec<TagFilter>,

    /// Ignore sources whose name matches; `*` is a wildcard (repeatable)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', help_heading = "What", long_help = NOT_NAME)]
    pub not_name: Vec<String>,

    /// Ignore sources that have this tag (repeatable)
    #[arg(long, value_name = "KEY[=VALUE]", help_heading = "What", long_help = NOT_TAG)]
    pub not_tag: Vec<TagFilter>,

    /// Also find each log's newest object
    #[arg(long, help_heading = "What", long_help = NEWEST)]
    pub newest: bool,

    /// Also write a shareable HTML report
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report", long_help = REPORT)]
    pub report: Option<PathBuf>,

    /// Path to report for a source in SARIF [default: aws/{account}/{region}/{producer}/{source}]
    #[arg(long, value_name = "PATH", help_heading = "Report", long_help = SARIF_PATH)]
    pub sarif_path: Option<ReportPath>,

    /// Exit with code 3 if a log is in one of these states: dead, loop, unknown or off (repeatable) [default: dead,loop]
    #[arg(
        long,
        value_name = "STATE",
        value_delimiter = ',',
        default_value = "dead,loop",
        hide_default_value = true,
        hide_possible_values = true,
        help_heading = "Report",
        long_help = FAIL_ON
    )]
    pub fail_on: Vec<FailOn>,
}
