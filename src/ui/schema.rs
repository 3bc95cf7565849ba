//! The JSON Schemas of the documents under `docs/schema/`, and the page about the documents, `docs/json.md`. Both are
//! written from the documents' types, and a test fails if they are out of date. `LOGBUCKET_WRITE_SCHEMAS=1 cargo test
//! --lib schema` writes them.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::model::EncryptionKind;
use crate::plan::{FindingId, TemplateTool};
use crate::producer::encryption::EncryptionOutcome;
use crate::producer::{LogType, Producer};

use super::check_document::CheckDocument;
use super::error_document::ErrorDocument;
use super::matrix::MatrixDocument;
use super::permissions::PermissionsDocument;
use super::plan_document::PlanDocument;
use super::policies::PolicyDocument;
use super::result_document::ResultDocument;
use super::scan::ScanDocument;
use super::undo::{RunsDocument, UndoDocument};

const WRITE: &str = "LOGBUCKET_WRITE_SCHEMAS";

const INTRODUCTION: &str = "# JSON documents

<!-- Written from the documents' types: see `src/ui/schema.rs`. -->

`--output json` prints exactly one document to standard output, even when the command fails. It turns prompts off. Progress and
errors go to standard error.

`schema` names the document and its version. Since release 0.1.0, a version may gain fields, but no field is removed or changes its
meaning. Each document has a [JSON Schema](https://github.com/logbucket/logbucket/tree/main/docs/schema), version
2020-12.

Optional fields are omitted if they don't apply. `what`, `why`, `risk`, `hint`, `error`, `cause`, `evidence`, `note` and `diff` are
sentences for people: show them, don't parse them.

`scan --output sarif` prints SARIF 2.1.0, as described in [Checking](checking.md).
";

pub(super) fn producers() -> Vec<&'static str> {
    Producer::ALL.map(Producer::as_str).to_vec()
}

pub(super) fn producer_items() -> Value {
    serde_json::json!({ "type": "string", "enum": producers() })
}

pub(super) fn log_types() -> Vec<&'static str> {
    LogType::ALL.map(LogType::as_str).to_vec()
}

pub(super) fn findings() -> Vec<&'static str> {
    FindingId::ALL.iter().map(|id| id.as_str()).collect()
}

pub(super) fn tools() -> Vec<&'static str> {
    [TemplateTool::CloudFormation, TemplateTool::Kubernetes, TemplateTool::Terraform].map(TemplateTool::as_str).to_vec()
}

pub(super) fn outcomes() -> Vec<&'static str> {
    [EncryptionOutcome::Works, EncryptionOutcome::WorksWithKeyPolicy, EncryptionOutcome::NotSupported]
        .map(EncryptionOutcome::as_str)
        .to_vec()
}

pub(super) fn encryptions() -> Vec<&'static str> {
    EncryptionKind::KNOWN.map(EncryptionKind::as_str).to_vec()
}

pub(super) fn expected_after() -> Vec<&'static str> {
    let mut words: Vec<_> = Producer::ALL.map(|producer| producer.facts().expected_after).to_vec();
    words.sort_unstable();
    words.dedup();
    words
}

fn schemas() -> [Schema; 10] {
    [
        schema_for::<PlanDocument>(),
        schema_for::<ResultDocument>(),
        schema_for::<CheckDocument>(),
        schema_for::<ScanDocument<'_>>(),
        schema_for::<RunsDocument>(),
        schema_for::<UndoDocument>(),
        schema_for::<MatrixDocument>(),
        schema_for::<PolicyDocument<'_>>(),
        schema_for::<PermissionsDocument<'_>>(),
        schema_for::<ErrorDocument>(),
    ]
}

/// Returns a document's schema, whose title is the document's name.
fn schema_for<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let name = schema.pointer("/properties/schema/const").cloned().unwrap();
    schema.insert("title".to_owned(), name);
    let mut value = schema.to_value();
    remove_null(&mut value);
    value.try_into().unwrap()
}

/// Removes `null` from the types of fields, because documents omit a field without a value. Also removes Rust's number
/// formats.
fn remove_null(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("format");
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    fields.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(choices)) = fields.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(one)] = choices.as_slice() {
                    let one = one.clone();
                    fields.remove("anyOf");
                    fields.extend(one);
                }
            }
            fields.values_mut().for_each(remove_null);
        }
        Value::Array(values) => values.iter_mut().for_each(remove_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the page: a section for each document, then a section for each part that documents share.
fn page(schemas: &[Schema]) -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut parts = Map::new();
    for schema in schemas {
        let value = schema.as_value();
        let title = value["title"].as_str().unwrap();
        write!(page, "\n## {title}\n\n{}\n\n", sentence(value)).unwrap();
        page.push_str(&table(value));
        if let Some(Value::Object(defined)) = value.get("$defs") {
            parts.extend(defined.clone());
        }
    }
    page.push_str("\n# Parts\n");
    let is_word = |part: &Value| words(part).is_some();
    for (name, part) in parts.iter().filter(|(_, part)| !is_word(part)) {
        write!(page, "\n## {name}\n\n").unwrap();
        let about = sentence(part);
        if !about.is_empty() {
            write!(page, "{about}\n\n").unwrap();
        }
        match part.get("oneOf") {
            Some(Value::Array(variants)) => {
                for variant in variants {
                    let status = variant.pointer("/properties/status/const").and_then(Value::as_str).unwrap();
                    write!(page, "`status` is `{status}`: {}\n\n{}\n", sentence(variant), table(variant)).unwrap();
                }
            }
            Some(_) | None => page.push_str(&table(part)),
        }
    }
    let word_lists = parts.iter().filter(|(_, part)| is_word(part));
    for (name, part) in word_lists {
        write!(page, "\n## {name}\n\n{}\n\n| word | means |\n|---|---|\n", sentence(part)).unwrap();
        for (word, meaning) in words(part).unwrap() {
            writeln!(page, "| `{word}` | {meaning} |").unwrap();
        }
    }
    page
}

fn sentence(value: &Value) -> String {
    value["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// Returns the words of a closed set, with their meanings.
fn words(part: &Value) -> Option<Vec<(String, String)>> {
    let choices = part.get("oneOf")?.as_array()?;
    choices.iter().map(|choice| Some((choice.get("const")?.as_str()?.to_owned(), sentence(choice)))).collect()
}

fn table(part: &Value) -> String {
    let mut table = "| field | type | |\n|---|---|---|\n".to_owned();
    let required: Vec<&str> = part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(Value::Object(fields)) = part.get("properties") else { return table };
    for (name, field) in fields {
        let optional = if required.contains(&name.as_str()) { "" } else { ", optional" };
        let mut about = sentence(field);
        let listed = field.get("enum").or_else(|| field.pointer("/items/enum")).and_then(Value::as_array);
        // The findings have their own pages.
        if let Some(listed) = listed.filter(|listed| listed.len() < 20) {
            let listed: Vec<String> = listed.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
            write!(about, " {}.", listed.join(", ")).unwrap();
        }
        if let Some(word) = field.get("const").and_then(Value::as_str) {
            write!(about, " `{word}`.").unwrap();
        }
        writeln!(table, "| `{name}` | {}{optional} | {} |", kind(field), about.trim()).unwrap();
    }
    table
}

fn kind(field: &Value) -> String {
    if let Some(reference) = field["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    match field["type"].as_str() {
        Some("array") => format!("list of {}", kind(&field["items"])),
        Some(name) => name.to_owned(),
        None => "string".to_owned(),
    }
}

fn file_name(schema: &Schema) -> String {
    let title = schema.as_value()["title"].as_str().unwrap();
    format!("{}.json", title.strip_prefix("logbucket.").unwrap().replace('/', "."))
}

#[test]
fn the_schemas_and_their_page_match_the_types() {
    let schemas = schemas();
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let text = |schema: &Schema| format!("{:#}\n", schema.as_value());
    let of_schema = |schema: &Schema| (docs.join("schema").join(file_name(schema)), text(schema));
    let mut files: Vec<(PathBuf, String)> = schemas.iter().map(of_schema).collect();
    files.push((docs.join("json.md"), page(&schemas)));
    if std::env::var_os(WRITE).is_some() {
        fs::create_dir_all(docs.join("schema")).unwrap();
        for (path, text) in &files {
            fs::write(path, text).unwrap();
        }
    }
    for (path, text) in &files {
        let written = fs::read_to_string(path).unwrap_or_default();
        assert!(written == *text, "{} does not match the types; set {WRITE}=1 to rewrite it", path.display());
    }
    let written = fs::read_dir(docs.join("schema")).unwrap().count();
    assert_eq!(written, schemas.len(), "a schema of no document is left");
}
