//! Random policies: logbucket's statements and the statements of the policy cases, recombined and changed.

use std::sync::LazyLock;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::fixture::{ACCOUNT, KEY, OTHER_KEY};
use crate::producer::Producer;

/// The S3 statements of the policy cases, changed to this destination.
static CORPUS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let cases = include_str!("../../../tests/fixtures/policy-cases.jsonl").lines();
    let cases = cases.map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|case| case["kind"] == "s3");
    cases.flat_map(|case| statements_of(&case)).collect()
});

fn statements_of(case: &Value) -> Vec<Value> {
    let resource = case["request"]["resource"].as_str().unwrap();
    let bucket = resource.trim_start_matches("arn:aws:s3:::").split('/').next().unwrap();
    let text = case["policy"]["Statement"].to_string();
    let text = text.replace(&format!(":::{bucket}"), ":::acme-logs").replace("123456789012", ACCOUNT);
    let statements: Value = serde_json::from_str(&text).unwrap();
    statements.as_array().cloned().unwrap_or_else(|| vec![statements])
}

/// A policy of up to four statements.
pub(super) fn policy(random: &mut Rng, producer: Producer) -> Value {
    let statements: Vec<Value> = (0..random.usize(1..5)).map(|_| any_statement(random, producer)).collect();
    match random.u8(..10) {
        0 => json!({ "Statement": statements }),
        1 => json!({ "Version": "2008-10-17", "Statement": statements }),
        _ => json!({ "Version": "2012-10-17", "Statement": statements }),
    }
}

fn any_statement(random: &mut Rng, producer: Producer) -> Value {
    let mut statement = if random.u8(..3) == 0 {
        let mut statement = one(random, &CORPUS).clone();
        if statement["Effect"] == "Allow" && random.bool() {
            statement["Principal"] = who(random, producer);
        }
        statement
    } else {
        statement(random, producer)
    };
    while random.u8(..3) == 0 {
        bend(random, &mut statement);
    }
    statement
}

/// The policy of a key: its administration, and up to four statements.
pub(super) fn key_policy(random: &mut Rng, producer: Producer) -> Value {
    let root = json!({ "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") },
        "Action": "kms:*", "Resource": "*" });
    let mut statements = vec![root];
    statements.extend((0..random.usize(1..5)).map(|_| key_statement(random, producer)));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn key_statement(random: &mut Rng, producer: Producer) -> Value {
    let actions = [
        json!(["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]),
        json!(["kms:GenerateDataKey*", "kms:Decrypt"]),
        json!("kms:GenerateDataKey"),
        json!("kms:Decrypt"),
        json!("kms:*"),
        json!("kms:Encrypt"),
    ];
    let resources = [json!("*"), json!("*"), json!(KEY), json!(OTHER_KEY), json!("arn:aws:kms:us-east-1:*:key/*")];
    let effect = if random.u8(..3) == 0 { "Deny" } else { "Allow" };
    let mut statement = json!({ "Sid": format!("S{}", random.u16(..)), "Effect": effect, "Principal": who(random, producer),
        "Action": one(random, &actions).clone(), "Resource": one(random, &resources).clone() });
    if random.u8(..5) < 3 {
        statement["Condition"] = match random.u8(..4) {
            0 => any_condition(random),
            1 => condition(random, producer),
            _ => key_condition(random),
        };
    }
    while random.u8(..3) == 0 {
        bend(random, &mut statement);
    }
    statement
}

/// The condition keys of the service authorization reference.
static REFERENCE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../../tests/fixtures/condition-keys.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// A condition on any key of the reference, with a value of the operator's type.
fn any_condition(random: &mut Rng) -> Value {
    const TEXTS: &[&str] =
        &["AES256", "STANDARD", "AWS4-HMAC-SHA256", "vpce-1", "o-1", "true", ACCOUNT, "*", "Service"];
    const ARNS: &[&str] = &["arn:aws:s3:::app-data", "arn:aws:*:*:111122223333:*", "arn:aws:iam::111122223333:role/x"];
    let operators: [(&str, &[&str]); 15] = [
        ("StringEquals", TEXTS),
        ("StringNotEquals", TEXTS),
        ("StringEqualsIfExists", TEXTS),
        ("StringNotEqualsIfExists", TEXTS),
        ("StringLike", TEXTS),
        ("StringNotLike", TEXTS),
        ("ArnLike", ARNS),
        ("ArnNotLike", ARNS),
        ("Null", &["true", "false"]),
        ("Null", &["true", "false"]),
        ("Bool", &["true", "false"]),
        ("BoolIfExists", &["true", "false"]),
        ("NumericLessThan", &["1.2", "30"]),
        ("DateGreaterThan", &["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
        ("NotIpAddress", &["10.0.0.0/8", "52.94.133.0/24"]),
    ];
    let (operator, values) = *one(random, &operators);
    json!({ operator: { *one(random, &REFERENCE): *one(random, values) } })
}

/// A condition on a key that only KMS has.
fn key_condition(random: &mut Rng) -> Value {
    let lines = [
        json!({ "StringEquals": { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }),
        json!({ "StringNotEquals": { "kms:ViaService": ["s3.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"] } }),
        json!({ "StringLike": { "kms:ViaService": "s3.*.amazonaws.com" } }),
        json!({ "StringEquals": { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs" } }),
        json!({ "StringLike": { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs/*" } }),
        json!({ "StringNotLike": { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs*" } }),
        json!({ "StringEquals": { "kms:CallerAccount": ACCOUNT } }),
        json!({ "Bool": { "kms:GrantIsForAWSResource": "true" } }),
        json!({ "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": "aws:s3:arn" } }),
        json!({ "Null": { "kms:EncryptionContextKeys": "true" } }),
        json!({ "StringNotEquals": { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" } }),
    ];
    one(random, &lines).clone()
}

/// Changes one element of a statement slightly.
fn bend(random: &mut Rng, statement: &mut Value) {
    let fields = statement.as_object_mut().unwrap();
    match random.u8(..7) {
        0 => swap(fields, "Principal", "NotPrincipal"),
        1 => swap(fields, "Action", "NotAction"),
        2 => swap(fields, "Resource", "NotResource"),
        3 | 4 => bend_resource(random, fields),
        _ => bend_condition(random, fields),
    }
}

/// Inverts the element by swapping its name.
fn swap(fields: &mut Map<String, Value>, one: &str, other: &str) {
    if let Some(value) = fields.remove(one) {
        fields.insert(other.to_owned(), value);
    } else if let Some(value) = fields.remove(other) {
        fields.insert(one.to_owned(), value);
    }
}

/// Shortens a resource, or inserts a wildcard or a variable.
fn bend_resource(random: &mut Rng, fields: &mut Map<String, Value>) {
    let name = if fields.contains_key("Resource") { "Resource" } else { "NotResource" };
    let Some(value) = fields.get_mut(name) else { return };
    let several = value.as_array().map_or(0, Vec::len);
    let text = if several == 0 { value } else { &mut value[random.usize(..several)] };
    let Some(old) = text.as_str() else { return };
    let Some((arn, key)) = old.split_once(":::") else { return };
    let letters: Vec<char> = key.chars().collect();
    let (head, tail) = letters.split_at(random.usize(..=letters.len()));
    let (head, tail): (String, String) = (head.iter().collect(), tail.iter().collect());
    let bent = match random.u8(..4) {
        0 => format!("{arn}:::{head}*"),
        1 => format!("{arn}:::{head}?{}", tail.chars().skip(1).collect::<String>()),
        2 => format!("{arn}:::{head}*{tail}"),
        _ => old.replace(ACCOUNT, "${aws:SourceAccount}"),
    };
    *text = json!(bent);
}

/// Changes an operator or one of its values.
fn bend_condition(random: &mut Rng, fields: &mut Map<String, Value>) {
    let Some(Value::Object(operators)) = fields.get_mut("Condition") else { return };
    let names: Vec<String> = operators.keys().cloned().collect();
    if names.is_empty() {
        return;
    }
    let name = one(random, &names).clone();
    let mut keys = operators.remove(&name).unwrap();
    let (set, bare) = name.split_once(':').map_or(("", name.as_str()), |(set, bare)| (set, bare));
    let plain = bare.trim_end_matches("IfExists");
    let bent = match random.u8(..6) {
        0 if plain != "Null" => format!("{plain}IfExists"),
        1 => plain.to_owned(),
        2 if plain != "Null" => format!("ForAnyValue:{plain}"),
        3 if plain != "Null" => format!("ForAllValues:{plain}"),
        4 => opposite(plain),
        _ => {
            bend_values(random, plain, &mut keys);
            if set.is_empty() { bare.to_owned() } else { format!("{set}:{bare}") }
        }
    };
    operators.entry(bent).or_insert(keys);
}

fn opposite(operator: &str) -> String {
    const PAIRS: [(&str, &str); 6] = [
        ("Equals", "NotEquals"),
        ("EqualsIgnoreCase", "NotEqualsIgnoreCase"),
        ("Like", "NotLike"),
        ("IpAddress", "NotIpAddress"),
        ("LessThan", "GreaterThanEquals"),
        ("GreaterThan", "LessThanEquals"),
    ];
    let kinds = ["String", "Arn", "Numeric", "Date", ""];
    let split = kinds.iter().find_map(|kind| operator.strip_prefix(kind).map(|rest| (kind, rest)));
    let (kind, comparison) = split.unwrap();
    let other = PAIRS.iter().find_map(|(one, other)| match comparison {
        comparison if comparison == *one => Some(*other),
        comparison if comparison == *other => Some(*one),
        _ => None,
    });
    format!("{kind}{}", other.unwrap_or(comparison))
}

/// Adds a value, shortens one, or adds a variable.
fn bend_values(random: &mut Rng, operator: &str, keys: &mut Value) {
    let is_text = operator.starts_with("String") || operator.starts_with("Arn");
    for value in keys.as_object_mut().unwrap().values_mut() {
        let old = value.as_str().map(str::to_owned);
        match (random.u8(..4), old) {
            (0, Some(old)) if is_text => *value = json!([old, "something-else"]),
            (1, Some(old)) if is_text => {
                let kept = random.usize(..=old.chars().count());
                *value = json!(format!("{}*", old.chars().take(kept).collect::<String>()));
            }
            (2, Some(_)) if is_text => *value = json!("${aws:SourceAccount}"),
            (3, Some(old)) => *value = json!([old]),
            _ => {}
        }
    }
}

pub(super) fn one<'a, T>(random: &mut Rng, of: &'a [T]) -> &'a T {
    &of[random.usize(..of.len())]
}

fn who(random: &mut Rng, producer: Producer) -> Value {
    let service = producer.facts().principal;
    let mut all = vec![json!({ "Service": service }); 4];
    all.extend([
        json!("*"),
        json!({ "AWS": "*" }),
        json!({ "Service": ["config.amazonaws.com", service] }),
        json!({ "Service": "config.amazonaws.com" }),
        json!({ "AWS": "arn:aws:iam::127311923021:root" }),
        json!({ "AWS": "arn:aws:iam::999999999999:root" }),
    ]);
    one(random, &all).clone()
}

const KEYS: [&str; 18] = [
    "*",
    "AWSLogs/*",
    "AWSLogs/111122223333/*",
    "AWSLogs/111122223333/elasticloadbalancing/*",
    "AWSLogs/111122223333/ELBAccessLogTestFile",
    "*.log.gz",
    "*/2026/*",
    "*2026-01*",
    "*TestFile",
    "111122223333/*",
    "111122223333/us-east-1/app-data/*",
    "app-data/*",
    "app-data/logbucket/*/manifest.json",
    "*.checksum",
    "*/data/*",
    "*/hive/*",
    "*/????/??/??/*",
    "prod/*",
];

fn resources(random: &mut Rng) -> Value {
    let mut all: Vec<String> =
        (0..random.usize(1..3)).map(|_| format!("arn:aws:s3:::acme-logs/{}", one(random, &KEYS))).collect();
    if random.bool() {
        all.push("arn:aws:s3:::acme-logs".to_owned());
    }
    if random.u8(..6) == 0 { json!("*") } else { json!(all) }
}

fn condition(random: &mut Rng, producer: Producer) -> Value {
    let arn = match producer {
        Producer::Alb | Producer::Clb => "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/*",
        Producer::Nlb | Producer::VpcFlow => "arn:aws:logs:us-east-1:111122223333:*",
        Producer::S3Access | Producer::Inventory => "arn:aws:s3:::app-data",
    };
    let lines = [
        json!({ "StringEquals": { "aws:SourceAccount": ACCOUNT } }),
        json!({ "StringNotEquals": { "aws:SourceAccount": ACCOUNT } }),
        json!({ "StringNotEqualsIfExists": { "aws:SourceAccount": "999999999999" } }),
        json!({ "ArnLike": { "aws:SourceArn": arn } }),
        json!({ "ArnNotLike": { "aws:SourceArn": arn } }),
        json!({ "ArnLikeIfExists": { "aws:SourceArn": "arn:aws:s3:::other" } }),
        json!({ "Bool": { "aws:SecureTransport": "false" } }),
        json!({ "NumericLessThan": { "s3:TlsVersion": "1.2" } }),
        json!({ "NumericLessThan": { "s3:TlsVersion": "1.3" } }),
        json!({ "Null": { "s3:x-amz-server-side-encryption": "true" } }),
        json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } }),
        json!({ "StringEquals": { "s3:x-amz-server-side-encryption": ["AES256", "aws:kms"] } }),
        json!({ "Null": { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } }),
        json!({ "StringEquals": { "s3:x-amz-acl": "bucket-owner-full-control" } }),
        json!({ "StringEqualsIfExists": { "s3:x-amz-acl": "bucket-owner-full-control" } }),
        json!({ "StringNotEquals": { "s3:x-amz-acl": "bucket-owner-full-control" } }),
        json!({ "StringNotEquals": { "aws:PrincipalServiceName": producer.facts().principal } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" }, "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } }),
        json!({ "StringEquals": { "aws:SourceOrgID": "o-1" } }),
        json!({ "StringNotEqualsIfExists": { "aws:SourceOrgID": "o-1" } }),
        json!({ "Null": { "aws:SourceVpce": "false" } }),
        json!({ "StringNotEquals": { "s3:ResourceAccount": ACCOUNT } }),
        json!({ "StringEquals": { "s3:authType": "REST-QUERY-STRING" } }),
        json!({ "StringLike": { "aws:PrincipalTag/team": "*" } }),
        json!({ "StringEquals": { "aws:SourceAccount": "${aws:ResourceAccount}" } }),
        json!({ "StringNotLike": { "aws:SourceArn": "arn:aws:*:*:${aws:SourceAccount}:*" } }),
        json!({ "ForAnyValue:StringEquals": { "aws:PrincipalServiceNamesList": [producer.facts().principal, "config.amazonaws.com"] } }),
        json!({ "ForAllValues:StringNotLike": { "aws:PrincipalServiceNamesList": "*.amazonaws.com" } }),
        json!({ "ForAllValues:StringEquals": { "aws:CalledVia": "athena.amazonaws.com" } }),
        json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }),
        json!({ "DateGreaterThan": { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }),
        json!({ "NotIpAddress": { "aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"] } }),
        json!({ "NotIpAddressIfExists": { "aws:SourceIp": "203.0.113.0/24" }, "StringNotEqualsIfExists": { "aws:SourceVpce": "vpce-1" } }),
        json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }),
        json!({ "BoolIfExists": { "aws:ViaAWSService": "true" } }),
        json!({ "StringNotEquals": { "aws:RequestedRegion": "us-east-1" } }),
    ];
    let mut condition = one(random, &lines).clone();
    if random.u8(..4) == 0 {
        let more = one(random, &lines);
        for (operator, keys) in more.as_object().unwrap() {
            let there = condition.as_object_mut().unwrap().entry(operator).or_insert_with(|| json!({}));
            for (key, value) in keys.as_object().unwrap() {
                there[key] = value.clone();
            }
        }
    }
    condition
}

fn statement(random: &mut Rng, producer: Producer) -> Value {
    let effect = if random.u8(..3) == 0 { "Deny" } else { "Allow" };
    let (action, actions) = if random.u8(..8) == 0 {
        ("NotAction", json!([one(random, &["s3:GetObject", "s3:PutObject", "kms:*"])]))
    } else {
        let actions = [
            json!("s3:PutObject"),
            json!(["s3:PutObject", "s3:GetBucketAcl"]),
            json!("s3:*"),
            json!("s3:Put*"),
            json!("s3:GetObject"),
        ];
        ("Action", one(random, &actions).clone())
    };
    let resource = if random.u8(..8) == 0 { "NotResource" } else { "Resource" };
    let mut statement = json!({ "Sid": format!("S{}", random.u16(..)), "Effect": effect, "Principal": who(random, producer),
        action: actions, resource: resources(random) });
    if random.u8(..5) < 3 {
        statement["Condition"] = if random.u8(..4) == 0 { any_condition(random) } else { condition(random, producer) };
    }
    statement
}
