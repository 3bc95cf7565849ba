use clap::Args;

use crate::producer::Producer;

/// `matrix` makes no AWS calls, so `--output` is the only global flag that has an effect here.
const TEMPLATE: &str = "\
{about-with-newline}\n{usage-heading} {usage}\n
Arguments:
  [PRODUCER]...  Show only these log services (alb, nlb, ...), and why each
                 encryption works or fails\n
Options:
  --output <FORMAT>  text, json (one document) or markdown [default: text]{after-help}";

const EXAMPLES: &str = "\
Examples:
  logbucket matrix
  logbucket matrix nlb
  logbucket matrix --output markdown >> RUNBOOK.md
  logbucket matrix --output json | jq '.cells[] | select(.producer == \"nlb\")'";

#[derive(Args, Clone, Debug)]
#[command(
    help_template = TEMPLATE,
    override_usage = "logbucket matrix [PRODUCER]... [--output <FORMAT>]",
    after_help = EXAMPLES
)]
pub struct MatrixArgs {
    /// Show only these log services (alb, nlb, ...), and why each encryption works or fails
    #[arg(value_name = "PRODUCER", hide_possible_values = true)]
    pub producer: Vec<Producer>,
}
