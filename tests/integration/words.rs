//! Words that must not come back: they read like a translation. STYLE.md says what to write instead.

use std::fs;
use std::path::{Path, PathBuf};

use crate::docs::root;

/// Words and phrases of earlier versions, in lower case.
const GONE: [&str; 42] = [
    "agrees to",
    "anew",
    "anybody",
    "are let in",
    "are not known",
    "are told",
    "as far as could be looked at",
    "comes of",
    "could not be found out",
    "cure",
    "cured",
    "cures",
    "everybody",
    "goes by",
    "is let in",
    "is no matter",
    "is not known",
    "is told",
    "keeps out",
    "kept out",
    "leaves it out",
    "let in",
    "let it in",
    "lets in",
    "lets it in",
    "lets the service in",
    "looks whether",
    "mend",
    "mended",
    "mending",
    "mends",
    "nothing where",
    "of which that",
    "of ours",
    "shut out",
    "so that this",
    "somebody",
    "stands against",
    "stands beside",
    "stands in the way",
    "tells of",
    "was told",
];

/// Adds the Rust and Markdown files below a path.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
        files.push(path.to_owned());
    }
}

/// Returns the words of a text in lower case, each between single spaces; comment signs, quotes and punctuation are dropped.
/// An identifier such as `let_in` is one word.
fn words(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || ['_', '\'', '-'].contains(&c);
    let words: Vec<&str> = text.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" ").to_lowercase())
}

/// Returns the phrases that a text must not contain.
fn found_in(text: &str) -> Vec<&'static str> {
    let words = words(text);
    GONE.into_iter().filter(|phrase| words.contains(&format!(" {phrase} "))).collect()
}

#[test]
fn phrases_that_read_like_a_translation_do_not_come_back() {
    let mut files = Vec::new();
    for path in ["src", "docs", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "STYLE.md"] {
        collect(&root().join(path), &mut files);
    }
    assert!(files.len() > 60, "only {} files were read", files.len());
    let found = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        found_in(&text).into_iter().map(move |phrase| format!("{}: {phrase}", file.display()))
    });
    let found: Vec<String> = found.collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_phrase_is_found_across_lines_but_not_within_a_name() {
    assert_eq!(found_in("/// The service is\n/// not known."), ["is not known"]);
    assert_eq!(found_in("\"Mends the bucket\""), ["mends"]);
    assert!(found_in("fn let_in_by_acl() {}\nlet inner = 1;\nrecommended").is_empty());
}
