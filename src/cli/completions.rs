use clap::Args;
use clap_complete::Shell;

/// The global flags have no effect here, so the template shows only the shell argument.
const TEMPLATE: &str = "{about}\n\n{usage-heading} {usage}\n\nArguments:\n{positionals}{after-help}";

const SHORT: &str = "Use `--help` for how to install it in each shell.";

const INSTALL: &str = "\
Install it:
  bash         logbucket completions bash \\
                 > ~/.local/share/bash-completion/completions/logbucket
               (needs that folder and the package bash-completion)
  zsh          logbucket completions zsh > \"${fpath[1]}/_logbucket\"
               (then open a new shell; `compinit` must run in ~/.zshrc)
  fish         logbucket completions fish \\
                 > ~/.config/fish/completions/logbucket.fish
  powershell   logbucket completions powershell >> $PROFILE
  elvish       logbucket completions elvish >> ~/.config/elvish/rc.elv

Example:
  source <(logbucket completions bash)   # this bash session only";

#[derive(Args, Clone, Debug)]
#[command(
    help_template = TEMPLATE,
    override_usage = "logbucket completions <SHELL>",
    after_help = SHORT,
    after_long_help = INSTALL
)]
pub struct CompletionsArgs {
    /// Shell: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub shell: Shell,
}
