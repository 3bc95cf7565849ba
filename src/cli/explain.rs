use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::plan::FindingId;

/// The global flags have no effect here, so the template lists only the argument.
const TEMPLATE: &str = "\
{about-with-newline}\n{usage-heading} {usage}\n
Arguments:
  [ID]  ID of the finding, such as `key-policy` [default: list all IDs]{after-help}";

const EXAMPLES: &str = "\
Examples:
  logbucket explain
  logbucket explain key-policy
  logbucket explain key-policy | less";

#[derive(Args, Clone, Debug)]
#[command(help_template = TEMPLATE, override_usage = "logbucket explain [ID]", after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// ID of the finding, such as `key-policy` [default: list all IDs]
    #[arg(value_name = "ID", hide_possible_values = true)]
    pub id: Option<FindingId>,
}

impl ValueEnum for FindingId {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.meaning()))
    }
}
