//! Policies made at random, judged by an evaluator that shares nothing with ours: what we call open must be open for every key and
//! every value that a key may have, and what we call shut must be shut for one.

use fastrand::Rng;
use sandbox::policy::{Asked, Verdict, judge};
use serde_json::{Value, json};

use super::fixture::{ACCOUNT, World, in_order};
use super::policies::policy_lines;
use crate::iam::{ContextValue, Principal};
use crate::plan::world;
use crate::producer::{Kind, LogType, Probe, Producer, Writer, bucket_probes, legacy_probes};

/// The policies that are judged unless this variable says how many; 20,000 take some minutes.
const POLICIES: u64 = 1_000;
const MORE: &str = "LOGBUCKET_JUDGED";

/// The requests that each is judged by, at most, for each way in and each sort of key.
const REQUESTS: usize = 12;

fn one<'a, T>(random: &mut Rng, of: &'a [T]) -> &'a T {
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
        Producer::Alb => "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/*",
        Producer::Nlb => "arn:aws:logs:us-east-1:111122223333:*",
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
        statement["Condition"] = condition(random, producer);
    }
    statement
}

/// What a key may be: nothing, or these values.
fn possible(value: &ContextValue, named: &[String]) -> Vec<Option<Value>> {
    match value {
        ContextValue::Absent => vec![None],
        ContextValue::Known(values) => vec![Some(several(values))],
        ContextValue::OneOf(choices) => {
            choices.iter().map(|choice| choice.as_ref().map(|values| several(values))).collect()
        }
        ContextValue::Begins(text) => vec![Some(json!(format!("{text}delivery"))), Some(json!(format!("{text}x:y")))],
        ContextValue::Unknown => {
            let named = named.iter().map(|value| Some(json!(value)));
            [None, Some(json!("something-else"))].into_iter().chain(named).collect()
        }
    }
}

fn several(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        several => json!(several),
    }
}

/// Every key that a policy asks for, with the values that it names.
fn asked(policy: &Value) -> Vec<(String, Vec<String>)> {
    let mut asked: Vec<(String, Vec<String>)> = Vec::new();
    for statement in policy["Statement"].as_array().unwrap() {
        let operators = statement["Condition"].as_object().into_iter().flatten();
        for (key, values) in operators.flat_map(|(_, keys)| keys.as_object().unwrap()) {
            let values = values.as_array().cloned().unwrap_or_else(|| vec![values.clone()]);
            let values: Vec<String> = values.iter().map(|value| value.as_str().unwrap().replace('*', "x")).collect();
            match asked.iter_mut().find(|(other, _)| other == key) {
                Some((_, known)) => known.extend(values),
                None => asked.push((key.clone(), values)),
            }
        }
    }
    asked
}

/// A request of a probe: a member of its keys, with values of its condition keys.
///
/// A grant relies on what AWS's own pages grant by: where a policy has such a one, the request carries it.
fn request(random: &mut Rng, probe: &Probe, policy: &Value, asked: &[(String, Vec<String>)]) -> Asked {
    let (kind, name) = match &probe.request.principal {
        Principal::Service(name) => ("Service", name),
        Principal::Aws(arn) => ("AWS", arn),
        Principal::Anonymous => panic!("nobody"),
    };
    let mut request = Asked::by_service(name, &probe.request.action, &probe.request.resource.member(random));
    request.kind = kind.to_owned();
    for (key, named) in asked {
        let documented = probe.as_documented().context;
        let context = if is_granted_by(policy, key) { &documented } else { &probe.request.context };
        let values = possible(context.get(key), named);
        if let Some(value) = one(random, &values) {
            request.context.insert(key.clone(), value.clone());
        }
    }
    request
}

/// Whether an Allow depends on the key.
fn is_granted_by(policy: &Value, key: &str) -> bool {
    let allows = policy["Statement"].as_array().unwrap().iter().filter(|statement| statement["Effect"] == "Allow");
    let mut conditions = allows.filter_map(|statement| statement["Condition"].as_object());
    conditions.any(|condition| condition.values().any(|keys| keys.get(key).is_some()))
}

/// A request that the bucket refuses by each of the ways; nothing where one of them lets in all that were tried.
fn refused(random: &mut Rng, policy: &Value, ways: &[Vec<Probe>]) -> Option<String> {
    let asked = asked(policy);
    let of_way = |probes: &Vec<Probe>| {
        (0..REQUESTS).find_map(|_| {
            let mut requests = probes.iter().map(|probe| request(random, probe, policy, &asked));
            requests.find(|request| judge(policy, request) != Verdict::Allow).map(|request| format!("{request:?}"))
        })
    };
    ways.iter().map(of_way).collect::<Option<Vec<String>>>().map(|all| all.join("\n"))
}

fn ways(world: &World, producer: Producer) -> Vec<Vec<Probe>> {
    let request = world.request();
    let place = world::World::new(&request, &world.observed).place;
    let source = &world.observed.sources[0];
    let writer = Writer { name: source.name().to_owned(), arn: super::fixture::arn(source) };
    let mut ways = vec![bucket_probes(&request.kind, &writer, &place)];
    if let (Producer::Alb, Kind::Alb(_)) = (producer, &request.kind) {
        ways.push(legacy_probes(&Kind::Alb([LogType::Access].into()), &writer, &place));
    }
    ways
}

/// What came of some of the policies.
#[derive(Default)]
struct Tally {
    open: u64,
    shut: u64,
    unsure: u64,
    wrong: Vec<String>,
}

impl Tally {
    fn judges(&mut self, seed: u64) {
        let mut random = Rng::with_seed(seed);
        let producer = *one(&mut random, &Producer::ALL);
        let statements: Vec<Value> = (0..random.usize(1..5)).map(|_| statement(&mut random, producer)).collect();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let mut world = in_order(producer);
        world.policy(&json!(statements));
        let lines = policy_lines(&world);
        let refused = |random: &mut Rng| refused(random, &policy, &ways(&world, producer));
        if lines.is_empty() {
            self.open += 1;
            let refused = refused(&mut random);
            let wrong = refused.map(|refused| format!("{seed}: called open, and refused is {refused}\n{policy:#}"));
            self.wrong.extend(wrong);
        } else if lines.iter().any(|line| line.contains(" stops: ")) {
            self.shut += 1;
            if refused(&mut random).is_none() {
                self.wrong.push(format!("{seed}: called shut ({lines:?}), and all are let in\n{policy:#}"));
            }
        } else {
            self.unsure += 1;
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.wrong.extend(other.wrong);
        Self {
            open: self.open + other.open,
            shut: self.shut + other.shut,
            unsure: self.unsure + other.unsure,
            wrong: self.wrong,
        }
    }
}

#[test]
fn no_policy_is_called_open_where_a_request_is_refused_nor_shut_where_all_are_let_in() {
    let policies = std::env::var(MORE).ok().map_or(POLICIES, |number| number.parse().unwrap());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let tally = std::thread::scope(|scope| {
        let share = |first: u64| {
            scope.spawn(move || {
                let mut tally = Tally::default();
                (first..policies).step_by(usize::try_from(threads).unwrap()).for_each(|seed| tally.judges(seed));
                tally
            })
        };
        let shares: Vec<_> = (0..threads).map(share).collect();
        shares.into_iter().map(|share| share.join().unwrap()).fold(Tally::default(), Tally::and)
    });
    let Tally { open, shut, unsure, wrong } = tally;
    assert!(wrong.is_empty(), "{} of {policies}:\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
    let enough = policies / 20;
    assert!(open > enough && shut > enough && unsure > enough, "open {open}, shut {shut}, not known {unsure}");
}
