//! The statements in `policies/`, with their placeholders filled in.

use std::sync::LazyLock;

use serde_json::Value;

use super::{Destination, s3_access, vpc_flow};

/// A statement that logbucket writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Template {
    Alb,
    /// CLB logs.
    Clb,
    /// NLB logs: reading the bucket's ACL.
    NlbBucket,
    /// NLB logs: writing.
    NlbObjects,
    /// S3 access logs.
    S3Access,
    /// S3 Inventory.
    Inventory,
    /// Flow logs: writing.
    VpcFlow,
    /// Denies plain HTTP.
    TlsOnly,
    /// Allows administration of a new key.
    KeyRoot,
    /// NLB logs: using the key.
    KeyNlb,
    /// S3 Inventory: using the key.
    KeyInventory,
}

/// The values of the placeholders.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Values {
    pairs: Vec<(&'static str, String)>,
    sources: Vec<String>,
    keys: Vec<String>,
}

impl Values {
    /// Returns the values for a destination and these sources. The source `*` means every bucket of the account.
    pub fn for_destination(destination: &Destination, sources: Vec<String>) -> Self {
        Self::written(destination, sources, s3_access::literal)
    }

    /// Returns the values for a policy with version 2008-10-17, in which `${...}` is plain text.
    pub fn without_variables(destination: &Destination, sources: Vec<String>) -> Self {
        Self::written(destination, sources, s3_access::literal_of_2008)
    }

    /// `literal` escapes a text, so that it has no wildcards.
    fn written(destination: &Destination, sources: Vec<String>, literal: fn(&str) -> String) -> Self {
        let pairs = vec![
            ("<partition>", destination.partition.to_string()),
            ("<bucket>", destination.bucket.to_string()),
            ("<folder>", literal(&destination.prefix.folder())),
            ("<account>", destination.source_account.to_string()),
            ("<owner>", destination.owner.to_string()),
            ("<region>", destination.region.to_string()),
            ("<flow-keys>", vpc_flow::grant_pattern(destination, literal)),
        ];
        Self { pairs, sources, keys: s3_access::key_patterns(destination, literal) }
    }
}

/// The files, each parsed once. A file that is not JSON fails this module's tests.
static FILES: LazyLock<[Value; 11]> = LazyLock::new(|| {
    [
        include_str!("../../policies/alb.json"),
        include_str!("../../policies/clb.json"),
        include_str!("../../policies/nlb-bucket.json"),
        include_str!("../../policies/nlb-objects.json"),
        include_str!("../../policies/s3-access.json"),
        include_str!("../../policies/inventory.json"),
        include_str!("../../policies/vpc-flow.json"),
        include_str!("../../policies/tls-only.json"),
        include_str!("../../policies/key-root.json"),
        include_str!("../../policies/key-nlb.json"),
        include_str!("../../policies/key-inventory.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap_or_default())
});

impl Template {
    /// All templates, in the order of the files.
    pub const ALL: [Self; 11] = [
        Self::Alb,
        Self::Clb,
        Self::NlbBucket,
        Self::NlbObjects,
        Self::S3Access,
        Self::Inventory,
        Self::VpcFlow,
        Self::TlsOnly,
        Self::KeyRoot,
        Self::KeyNlb,
        Self::KeyInventory,
    ];

    /// Returns the statement with the values filled in. A text with `<source>` or `<keys>` becomes a list if there are
    /// several values.
    pub fn fill(self, values: &Values) -> Value {
        let [
            alb,
            clb,
            nlb_bucket,
            nlb_objects,
            s3_access,
            inventory,
            flow_objects,
            tls_only,
            key_root,
            key_nlb,
            key_inventory,
        ] = &*FILES;
        let file = match self {
            Self::Alb => alb,
            Self::Clb => clb,
            Self::NlbBucket => nlb_bucket,
            Self::NlbObjects => nlb_objects,
            Self::S3Access => s3_access,
            Self::Inventory => inventory,
            Self::VpcFlow => flow_objects,
            Self::TlsOnly => tls_only,
            Self::KeyRoot => key_root,
            Self::KeyNlb => key_nlb,
            Self::KeyInventory => key_inventory,
        };
        filled(file, values)
    }

    /// Returns whether the statement names sources one by one.
    pub fn names_sources(self) -> bool {
        match self {
            Self::S3Access | Self::Inventory | Self::KeyInventory => true,
            Self::Alb
            | Self::Clb
            | Self::NlbBucket
            | Self::NlbObjects
            | Self::VpcFlow
            | Self::TlsOnly
            | Self::KeyRoot
            | Self::KeyNlb => false,
        }
    }
}

fn filled(value: &Value, values: &Values) -> Value {
    match value {
        Value::String(text) if text.contains("<source>") => repeated(text, "<source>", &values.sources, values),
        Value::String(text) if text.contains("<keys>") => repeated(text, "<keys>", &values.keys, values),
        Value::String(text) => Value::String(replaced(text, values)),
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, values)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), filled(field, values))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Returns one text for each value, as a list if there are several.
fn repeated(text: &str, word: &str, each: &[String], values: &Values) -> Value {
    let one = |value: &String| Value::String(replaced(&text.replace(word, value), values));
    match each {
        [only] => one(only),
        several => Value::Array(several.iter().map(one).collect()),
    }
}

fn replaced(text: &str, values: &Values) -> String {
    values.pairs.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::{KeyFormat, PartitionDate, Prefix, Producer};

    fn destination(prefix: &str) -> Destination {
        Destination {
            partition: crate::model::Partition::Aws,
            bucket: "acme-logs".parse().unwrap(),
            prefix: Prefix::parse(Producer::S3Access, prefix).unwrap(),
            owner: "111122223333".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            source_account: "111122223333".parse().unwrap(),
            key_format: KeyFormat::Partitioned(PartitionDate::Event),
            flow_keys: crate::producer::FlowKeys::default(),
        }
    }

    #[test]
    fn every_template_becomes_a_statement_without_placeholders() {
        let values = Values::for_destination(&destination("p/"), vec!["app-data".to_owned()]);
        for template in Template::ALL {
            let text = template.fill(&values).to_string();
            assert!(text.starts_with("{\"Sid\":\"Logbucket"), "{template:?}: {text}");
            assert!(!text.contains(['<', '>']), "{template:?}: {text}");
        }
    }

    #[test]
    fn several_sources_become_a_list_and_one_stays_a_string() {
        let statement = |sources: &[&str]| {
            let sources = sources.iter().map(|&source| source.to_owned()).collect();
            Template::Inventory.fill(&Values::for_destination(&destination("inv"), sources))
        };
        assert_eq!(statement(&["a-1"])["Resource"], "arn:aws:s3:::acme-logs/inv/a-1/*");
        assert_eq!(statement(&["a-1", "b-2"])["Resource"][1], "arn:aws:s3:::acme-logs/inv/b-2/*");
    }

    #[test]
    fn a_prefix_without_a_slash_never_covers_a_sibling() {
        let keys = |prefix| {
            Template::S3Access.fill(&Values::for_destination(&destination(prefix), vec!["a-1".to_owned()]))["Resource"]
                .clone()
        };
        assert_eq!(keys("prod/"), "arn:aws:s3:::acme-logs/prod/*");
        assert_eq!(keys("prod")[0], "arn:aws:s3:::acme-logs/prod111122223333/*");
        assert_eq!(keys("prod")[1], "arn:aws:s3:::acme-logs/prod????-??-??-??-??-??-*");
        assert_eq!(keys("a*b/"), "arn:aws:s3:::acme-logs/a${*}b/*");
    }
}
