//! `matrix`: as text, as a table and as JSON. Makes no AWS calls.

use std::process::Command;

use logbucket::internals::model::EncryptionKind;
use logbucket::internals::producer::Producer;
use serde_json::Value;

fn printed(words: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let output = command.env_clear().args(words.split_whitespace()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
    assert!(output.stderr.is_empty(), "{words}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_matrix_is_printed_as_text_and_as_a_markdown_table() {
    insta::assert_snapshot!("matrix", printed("matrix"));
    insta::assert_snapshot!("matrix_of_one", printed("matrix nlb"));
    insta::assert_snapshot!("matrix_markdown", printed("matrix --output markdown"));
}

#[test]
fn json_has_a_cell_for_each_producer_and_encryption_with_its_page() {
    let document: Value = serde_json::from_str(&printed("matrix --output json")).unwrap();
    assert_eq!(document["schema"], "logbucket.matrix/1");
    assert_eq!(document["as_of"], "2026-09");
    let cells = document["cells"].as_array().unwrap();
    assert_eq!(cells.len(), Producer::ALL.len() * EncryptionKind::KNOWN.len());
    for producer in Producer::ALL {
        for kind in EncryptionKind::KNOWN {
            let is_here = |cell: &&Value| cell["producer"] == producer.as_str() && cell["encryption"] == kind.as_str();
            let cell = cells.iter().find(is_here).unwrap();
            let rule = producer.encryption(kind);
            assert_eq!(cell["outcome"], rule.outcome.as_str());
            assert_eq!(cell["offered"], rule.offered);
            assert_eq!(cell["why"], rule.why);
            assert_eq!(cell["page"], rule.source);
            assert!(rule.source.starts_with("https://docs.aws.amazon.com/"), "{}", rule.source);
        }
    }
}

#[test]
fn only_the_requested_services_are_printed_each_once() {
    let document: Value = serde_json::from_str(&printed("matrix inventory alb alb --output json")).unwrap();
    let cells = document["cells"].as_array().unwrap().iter().map(|cell| cell["producer"].as_str().unwrap());
    assert_eq!(cells.collect::<Vec<_>>(), [["alb"; 4], ["inventory"; 4]].concat());
    let table = printed("matrix nlb --output markdown");
    assert!(table.lines().count() == 3 && table.contains("| `nlb` |"), "{table}");
}

#[test]
fn the_readme_and_the_book_contain_the_printed_table() {
    for file in ["README.md", "docs/services.md"] {
        let text = std::fs::read_to_string(crate::docs::root().join(file)).unwrap();
        let (_, rest) = text.split_once("<!-- table: encryption -->\n").unwrap();
        let (table, _) = rest.split_once("<!-- end -->").unwrap();
        assert_eq!(table, printed("matrix --output markdown"), "{file}");
    }
}
