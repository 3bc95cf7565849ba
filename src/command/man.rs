//! `man`: manual pages, generated from the command line definition.

use std::path::Path;
use std::{fs, io};

use clap::{Command, CommandFactory as _, ValueEnum as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{Cli, CommandWord, ManArgs};
use crate::exit::Exit;
use crate::files::{NewFile, NotWritten, leads_nowhere_else};
use crate::ui::{OfflineEvent, Reporter};

use super::error::CommandError;

/// Prints one page, or writes all of them to a folder and prints their paths.
pub(crate) fn man(args: &ManArgs, reporter: Reporter) -> Result<Exit, CommandError> {
    let written = match &args.dir {
        Some(folder) => write_all(folder),
        None => page(args.command).map(|page| page.text).map_err(Unwritten::Page),
    };
    let text = written.map_err(|error| {
        let hint = match &error {
            Unwritten::Page(_) => "use `--dir` with a writable folder",
            Unwritten::File(error) => error.hint(),
        };
        let what = args.dir.as_deref().unwrap_or(Path::new(".")).display();
        CommandError::failed(format!("could not write the pages to `{what}`: {error}")).hinted(hint)
    })?;
    reporter.say(OfflineEvent::Text(&text));
    Ok(Exit::Done)
}

#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    Page(#[from] io::Error),
    #[error(transparent)]
    File(#[from] NotWritten),
}

struct ManPage {
    file: String,
    text: String,
}

fn write_all(folder: &Path) -> Result<String, Unwritten> {
    leads_nowhere_else(folder)?;
    fs::create_dir_all(folder)?;
    let commands = CommandWord::value_variants().iter().copied().map(Some);
    let mut paths = String::new();
    for command in [None].into_iter().chain(commands) {
        let page = page(command)?;
        let path = folder.join(&page.file);
        NewFile::begin(&path)?.write(&page.text)?;
        paths.push_str(&path.display().to_string());
        paths.push('\n');
    }
    Ok(paths)
}

fn page(command: Option<CommandWord>) -> io::Result<ManPage> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let version = format!("logbucket {}", root.get_version().unwrap_or_default());
    let word = command.and_then(|command| command.to_possible_value());
    let own = word.and_then(|word| root.find_subcommand(word.get_name()).cloned());
    let command = own.unwrap_or(root);
    let end = ending(&command);
    // `clap_mangen` would merge examples and exit codes into one paragraph, and omit flags that `-h` hides.
    let command =
        command.after_help(None::<&str>).after_long_help(None::<&str>).mut_args(|arg| arg.hide_short_help(false));
    let page = Man::new(command).source(version);
    let mut text = Vec::new();
    page.render(&mut text)?;
    text.extend(end.to_roff().into_bytes());
    Ok(ManPage { file: page.get_filename(), text: String::from_utf8_lossy(&text).into_owned() })
}

/// Formats the end of the help text: the first line of each block is a heading, and the other lines stay as they are.
fn ending(command: &Command) -> Roff {
    let end = command.get_after_long_help().or_else(|| command.get_after_help());
    let mut roff = Roff::new();
    for block in end.map(ToString::to_string).unwrap_or_default().split("\n\n") {
        let (heading, lines) = block.split_once('\n').unwrap_or((block, ""));
        roff.control("SH", [heading.trim_end_matches(':').to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines.lines() {
            let is_command = line.trim_start().starts_with("logbucket");
            roff.text([if is_command { bold(line) } else { roman(line) }]);
        }
        roff.control("fi", []);
    }
    roff
}
