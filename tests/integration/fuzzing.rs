//! Runs the fuzz targets' functions on their corpus and a few thousand deterministic variations, in seconds.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use crate::fuzz::mutation::{Dice, mutated};
use crate::fuzz::{events, policy};

/// The words of a libFuzzer dictionary, without quotes.
fn words(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(format!("{name}.dict"));
    let text = fs::read_to_string(path).unwrap();
    let word = |line: &str| {
        let quoted = line.strip_prefix('"')?.strip_suffix('"')?;
        Some(quoted.replace("\\x0a", "\n").replace("\\\"", "\"").replace("\\\\", "\\"))
    };
    text.lines().filter_map(word).collect()
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> =
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect();
    files.sort();
    assert!(files.len() > 10, "the corpus of {name} has only {} files", files.len());
    files
}

fn holds_for_its_corpus(name: &str, changes: u64, holds: fn(&[u8])) {
    let corpus = corpus(name);
    let inputs: Vec<Vec<u8>> = corpus.iter().map(|(_, input)| input.clone()).collect();
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for (file, input) in &corpus {
        let tried = |change: String, input: &[u8]| {
            let shown = String::from_utf8_lossy(input);
            assert!(catch_unwind(|| holds(input)).is_ok(), "{file}{change}: {shown:?}");
        };
        tried(String::new(), input);
        for seed in 0..changes {
            tried(format!(", change {seed}"), &mutated(input, &inputs, &words, &mut Dice(seed)));
        }
    }
}

#[test]
fn every_corpus_policy_and_its_mutations_are_parsed_judged_and_merged() {
    holds_for_its_corpus("policy", 8, policy::holds);
}

#[test]
fn every_corpus_event_and_its_mutations_are_parsed_and_shown() {
    holds_for_its_corpus("events", 100, events::holds);
}
