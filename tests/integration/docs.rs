//! The README and the docs match the program.

use std::fs;
use std::path::PathBuf;

use logbucket::internals::exit::TABLE;
use logbucket::internals::producer::{Overdue, Producer};

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of a marked table, without its head.
pub(crate) fn table(file: &str, name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let (_, rest) = text.split_once(&format!("<!-- table: {name} -->\n")).unwrap_or_else(|| panic!("no table {name}"));
    let (table, _) = rest.split_once("<!-- end -->").unwrap();
    table.lines().skip(2).map(str::to_owned).collect()
}

#[test]
fn the_documented_exit_codes_match_the_programs() {
    let rows: Vec<String> = TABLE.iter().map(|(exit, meaning)| format!("| {} | {meaning} |", exit.number())).collect();
    assert_eq!(table("docs/exit-codes.md", "exit codes"), rows);
}

#[test]
fn the_documented_services_match_the_programs() {
    let row = |producer: Producer| {
        let proof = match producer.facts().overdue {
            Overdue::AtOnce => "a test file, written when the log is turned on".to_owned(),
            Overdue::ByRhythm | Overdue::Never => format!("pending; expect the first log {}", producer.facts().until),
        };
        format!("| `{producer}` | `{}` | {proof} |", producer.facts().principal)
    };
    assert_eq!(table("docs/services.md", "producers"), Producer::ALL.map(row));
}

/// The README and the pages of the book.
fn pages() -> Vec<PathBuf> {
    let files = |folder: &str| fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let docs = files("docs").chain(files("docs/findings"));
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    [root().join("README.md"), root().join("README.ja.md")].into_iter().chain(docs).collect()
}

/// The lines of code in the README and the docs that run the program with flags, each with its file.
fn documented_commands() -> Vec<(PathBuf, String)> {
    let mut commands = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap().replace("\\\n", " ");
        let code = text.split("```").skip(1).step_by(2).flat_map(str::lines);
        let lines = code.filter(|line| line.starts_with("logbucket ") && line.contains(" --"));
        commands.extend(lines.map(|line| (page.clone(), line.to_owned())));
    }
    commands
}

#[test]
fn the_documented_commands_parse() {
    use clap::Parser as _;
    let commands = documented_commands();
    assert!(commands.len() >= 80, "{commands:?}");
    for (page, line) in commands {
        let words = line.split(['#', '>']).next().unwrap().split_whitespace().map(|word| word.trim_matches('\''));
        let cli = logbucket::internals::cli::Cli::try_parse_from(words)
            .unwrap_or_else(|error| panic!("{}: {line}: {error}", page.display()));
        let logbucket::internals::cli::Command::Init(init) = cli.command else { continue };
        let draft = logbucket::internals::command::draft(*init, &cli.global);
        assert!(draft.complete().is_ok(), "{}: {line}", page.display());
    }
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let words = readme.split_whitespace().count();
    assert!(words <= 900, "{words} words");
}

#[test]
fn every_link_between_pages_has_a_target() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(file.exists(), "{}: {target}", page.display());
            let has_anchor = || anchors(&fs::read_to_string(&file).unwrap()).any(|known| known == anchor);
            assert!(anchor.is_empty() || has_anchor(), "{}: {target}", page.display());
        }
    }
}

/// The anchors of a page's headings, as GitHub and the book name them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings.map(|heading| {
        let kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
        heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
    })
}
