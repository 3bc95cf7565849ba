use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum as _, ValueHint};

use super::CommandWord;

/// The global flags have no effect here, so the template lists only `--dir`.
const TEMPLATE: &str = "\
{about}\n\n{usage-heading} {usage}\n\nArguments:\n{positionals}\n
Options:
  --dir <DIR>  Write every page to this folder (created if needed){after-help}";

const EXAMPLES: &str = "\
Examples:
  logbucket man init | man -l -
  logbucket man --dir ~/.local/share/man/man1   # then: man logbucket-init";

#[derive(Args, Clone, Debug)]
#[command(
    help_template = TEMPLATE,
    override_usage = "logbucket man [COMMAND]\n       logbucket man --dir <DIR>",
    after_help = EXAMPLES
)]
pub struct ManArgs {
    // A doc comment would replace the help text that lists the commands.
    #[arg(value_name = "COMMAND", hide_possible_values = true, help = commands())]
    pub command: Option<CommandWord>,

    /// Write every page to this folder (created if needed)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "command")]
    pub dir: Option<PathBuf>,
}

/// Builds the argument's help, which lists every command.
fn commands() -> String {
    let values: Vec<PossibleValue> =
        CommandWord::value_variants().iter().filter_map(CommandWord::to_possible_value).collect();
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let (last, others) = names.split_last().unwrap_or((&"", &[]));
    format!("Command: {} or {last} [default: the program itself]", others.join(", "))
}
