use clap::Args;

/// `matrix` makes no AWS calls, so `--output` is the only global flag that has an effect here.
const TEMPLATE: &str = "\
{about-with-newline}\n{usage-heading} {usage}\n
Options:
  --output <FORMAT>  text, json (one document) or markdown [default: text]{after-help}";

const EXAMPLES: &str = "\
Examples:
  logbucket matrix
  logbucket matrix --output markdown >> RUNBOOK.md
  logbucket matrix --output json | jq '.cells[] | select(.producer == \"nlb\")'";

/// `matrix` has no arguments of its own.
#[derive(Args, Clone, Copy, Debug)]
#[command(
    help_template = TEMPLATE,
    override_usage = "logbucket matrix [--output <FORMAT>]",
    after_help = EXAMPLES
)]
pub struct MatrixArgs {}
