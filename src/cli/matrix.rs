//! `logbucket matrix`.

use clap::Args;

/// Nothing of AWS is asked, so that of the flags of every command only one has a say here, which is written out.
const TEMPLATE: &str = "\
{about-with-newline}\n{usage-heading} {usage}\n
Options:
  --output <FORMAT>  text, json (one document) or markdown [default: text]{after-help}";

const EXAMPLES: &str = "\
Examples:
  logbucket matrix
  logbucket matrix --output markdown >> RUNBOOK.md
  logbucket matrix --output json | jq '.cells[] | select(.producer == \"nlb\")'";

/// The arguments of `matrix`: it has none of its own.
#[derive(Args, Clone, Copy, Debug)]
#[command(
    help_template = TEMPLATE,
    override_usage = "logbucket matrix [--output <FORMAT>]",
    after_help = EXAMPLES
)]
pub struct MatrixArgs {}
