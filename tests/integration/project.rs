//! The docs match the code, and the code follows the table of imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::docs::{root, table};

/// Returns every source file of the crate with its text, without tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let spoken = |line: &&str| !line.trim_start().starts_with("//");
                let code = code.lines().filter(spoken).collect::<Vec<_>>().join("\n");
                into.push((path.strip_prefix(root().join("src")).unwrap().to_owned(), code));
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 60, "only {} files were read", files.len());
    files
}

fn module(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let rows = table("ARCHITECTURE.md", "imports");
    let words = |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let allowed: BTreeMap<String, BTreeSet<String>> = rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            (words(cells[1]).into_iter().next().unwrap(), words(cells[3]))
        })
        .collect();
    let modules: BTreeSet<String> = sources().iter().map(|(path, _)| module(path)).collect();
    for own in modules.iter().filter(|own| !["lib", "main"].contains(&own.as_str())) {
        assert!(allowed.contains_key(own), "`{own}` has no row");
    }
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in sources() {
        let own = module(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        for rest in code.split("crate::").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if allowed.contains_key(&name) && name != own {
                used.entry(own.clone()).or_default().insert(name);
            }
        }
    }
    for (own, allowed) in &allowed {
        let used = used.get(own).cloned().unwrap_or_default();
        assert_eq!(&used, allowed, "`{own}` imports the left, the table says the right");
    }
}

#[test]
fn the_imports_form_no_circle() {
    let words = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table("ARCHITECTURE.md", "imports") {
        let cells: Vec<&str> = row.split('|').collect();
        left.insert(words(cells[1]).swap_remove(0), words(cells[3]));
    }
    // A module that imports none of the others can't be part of a circle.
    while let Some(free) = left.iter().find(|(_, used)| !used.iter().any(|name| left.contains_key(name))) {
        let free = free.0.clone();
        left.remove(&free);
    }
    assert!(left.is_empty(), "each of these imports another of them: {:?}", left.keys());
}

/// The enums with a variant for each log service, for each type of source, or for each form of a source's log setting.
const CLOSED: [&str; 15] = [
    "AccountList::",
    "FileName::",
    "Kind::",
    "LoadBalancerType::",
    "Log::",
    "LogType::",
    "NewSetting::",
    "Producer::",
    "RegionList::",
    "Source::",
    "SourceKind::",
    "SourceName::",
    "SourceSetting::",
    "SourceSlot::",
    "Template::",
];

/// The statements that belong to no log service.
const SHARED: [&str; 2] = ["Template::KeyRoot", "Template::TlsOnly"];

/// Returns whether a line names a variant of one of the `CLOSED` enums.
fn names_a_log_service(line: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let line = SHARED.iter().fold(line.to_owned(), |line, shared| line.replace(shared, ""));
    CLOSED.iter().any(|path| {
        let parts: Vec<&str> = line.split(path).collect();
        parts.windows(2).any(|around| {
            let name: String = around[1].chars().take_while(|c| is_word(*c)).collect();
            // A constant has no lower-case letters.
            let is_variant = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
            !around[0].ends_with(is_word) && (is_variant || around[1].starts_with(['*', '{']))
        })
    })
}

/// Returns the modules that are only compiled for tests.
fn modules_of_tests() -> Vec<PathBuf> {
    let mut modules = Vec::new();
    for (path, _) in sources() {
        let text = fs::read_to_string(root().join("src").join(&path)).unwrap();
        let folder = match path.file_stem().unwrap().to_str().unwrap() {
            "mod" | "lib" | "main" => path.parent().unwrap().to_owned(),
            _ => path.with_extension(""),
        };
        let declared = text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.split_once(';'));
        let names = declared.map(|(name, _)| name).filter(|name| !name.contains(char::is_whitespace));
        modules.extend(names.map(|name| folder.join(name)));
    }
    modules
}

#[test]
fn log_services_are_named_only_in_their_own_modules() {
    let of_tests = modules_of_tests();
    assert!(of_tests.contains(&PathBuf::from("plan/tests")), "{of_tests:?}");
    let may_name = |path: &Path| {
        let is_below = |folder: &PathBuf| path.starts_with(folder) || *path == folder.with_extension("rs");
        ["producer", "aws/producer"].iter().any(|room| path.starts_with(room)) || of_tests.iter().any(is_below)
    };
    let mut lines = Vec::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| !may_name(path)) {
        let naming = code.lines().filter(|line| names_a_log_service(line));
        lines.extend(naming.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!(lines.is_empty(), "ask a question in `producer` instead of naming a log service:\n{}", lines.join("\n"));
}

#[test]
fn a_line_that_names_a_log_service_is_recognized_in_any_form() {
    let naming = [
        "if producer == Producer::Alb {",
        "matches!(kind, Kind::S3Access(_))",
        "Some(crate::producer::Producer::Nlb) => 1,",
        "use crate::producer::Kind::{Alb, Nlb};",
        "use crate::producer::Producer::*;",
        "if let Source::LoadBalancer(balancer) = &attachment.source {",
        "matches!(log, Log::Requests)",
        "SourceSetting::Logging(logging) => logging,",
        "[Template::KeyRoot, Template::KeyNlb]",
        "facts.source == SourceKind::Bucket",
    ];
    for line in naming {
        assert!(names_a_log_service(line), "{line}");
    }
    let asking = [
        "for producer in Producer::ALL {",
        "use crate::producer::{Kind, Producer};",
        "clap::error::ErrorKind::InvalidValue",
        "Kind::of(request)",
        "Slot::Source(SourceSlot::from(log))",
        "Step::SetSource(step) => step.line(),",
        "InventoryKind::Csv",
        "templates.push(Template::TlsOnly);",
        "LogType::ALL.map(LogType::as_str)",
    ];
    for line in asking {
        assert!(!names_a_log_service(line), "{line}");
    }
}

#[test]
fn the_core_is_pure() {
    let of_tests = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
    for (path, code) in sources().into_iter().filter(|(path, _)| !of_tests(path)) {
        let own = module(&path);
        let in_core = ["model", "iam", "permission", "request", "producer", "state", "plan", "health", "undo/receipt"]
            .iter()
            .any(|core| path.starts_with(core));
        let mut forbidden = Vec::new();
        if in_core {
            forbidden.extend(["async ", ".await", "std::time", "tokio", "rand::", "std::env"]);
        }
        if own != "aws" {
            forbidden.extend(["aws_sdk", "aws_config", "aws_smithy"]);
        }
        if own != "ui" {
            forbidden.extend(["println!", "print!", "anstream::stdout", "anstream::stderr"]);
        }
        for word in forbidden {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn no_file_is_longer_than_a_few_screens() {
    for (path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 480, "{} has {lines} lines", path.display());
    }
}
