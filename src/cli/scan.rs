//! `logbucket scan`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::model::{Region, ReportPath, TagFilter};

use super::fail_on::{FAIL_ON, FailOn};
use super::root::exit_codes;
use crate::producer::Producer;

const EXAMPLES: &str = "\
Examples:
  logbucket scan                               # every log of every enabled Region
  logbucket scan --regions us-east-1,eu-west-1 --producer alb --producer nlb
  logbucket scan --name 'prod-*' --newest      # and the newest object of each
  logbucket scan --tag team=web --report logs.html
  logbucket scan --output csv > logs.csv";

const REGIONS: &str = "\
Regions to look into, with commas between [default: that of `--region`, or all that the account has enabled]";

const NAME: &str = "\
Only sources whose name is so; `*` stands for any text (repeatable, or with commas between)";

const TAG: &str = "\
Only sources that have this tag, with this value where one is given (repeatable: every key must be there, with one of the \
values that are given for it); at one more request for each bucket, and for every 20 load balancers";

const NOT_NAME: &str = "\
Ignore sources whose name matches; `*` stands for any text (repeatable, or with commas between). The report counts them.";

const NOT_TAG: &str = "\
Ignore sources that have this tag, with this value where one is given (repeatable: one tag is enough); costs one more request \
for each bucket, and for every 20 load balancers. The report counts them. A source with the tag `logbucket=ignore` is ignored \
without this flag where its logs would be reported as dead or unknown.";

const SARIF_PATH: &str = "\
Relative path that stands for a source in SARIF, which asks for a file: `{account}`, `{region}`, `{producer}` and `{source}` \
stand for its parts; a path without them, such as that of the template that declares the sources, stands for all \
[default: aws/{account}/{region}/{producer}/{source}]";

const REPORT: &str = "\
Write what was found as one HTML page, to pass around, beside what is printed; a file that is there is replaced";

const NEWEST: &str = "\
Look for each log's newest object, too: what nothing stands against is then told as delivering or pending, at some more \
requests for each log";

/// The flags of `scan`.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes()))]
pub struct ScanArgs {
    /// Regions to look into [default: all enabled]
    #[arg(long, value_name = "REGION", value_delimiter = ',', help_heading = "What", long_help = REGIONS)]
    pub regions: Vec<Region>,

    /// Only logs of this service: alb, nlb, s3-access or inventory (repeatable)
    #[arg(long, value_name = "PRODUCER", value_delimiter = ',', hide_possible_values = true, help_heading = "What")]
    pub producer: Vec<Producer>,

    /// Only sources of this name, `*` for any text (repeatable)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', help_heading = "What", long_help = NAME)]
    pub name: Vec<String>,

    /// Only sources that have this tag (repeatable)
    #[arg(long, value_name = "KEY[=VALUE]", help_heading = "What", long_help = TAG)]
    pub tag: Vec<TagFilter>,

    /// Ignore sources of this name, `*` for any text (repeatable)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', help_heading = "What", long_help = NOT_NAME)]
    pub not_name: Vec<String>,

    /// Ignore sources that have this tag (repeatable)
    #[arg(long, value_name = "KEY[=VALUE]", help_heading = "What", long_help = NOT_TAG)]
    pub not_tag: Vec<TagFilter>,

    /// Look for each log's newest object, too
    #[arg(long, help_heading = "What", long_help = NEWEST)]
    pub newest: bool,

    /// Write an HTML page, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report", long_help = REPORT)]
    pub report: Option<PathBuf>,

    /// Path that stands for a source in SARIF [default: aws/{account}/{region}/{producer}/{source}]
    #[arg(long, value_name = "PATH", help_heading = "Report", long_help = SARIF_PATH)]
    pub sarif_path: Option<ReportPath>,

    /// States that end with exit code 3: dead, loop, unknown or off (repeatable) [default: dead,loop]
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
