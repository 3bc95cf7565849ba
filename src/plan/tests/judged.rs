//! Random policies, judged by an evaluator that shares no code with ours. If we call a policy open, it must allow a
//! sample of the object keys, each with every possible value of the condition keys. If we call a policy closed, it must
//! refuse at least one of these requests.

use fastrand::Rng;
use sandbox::policy::{Asked, Verdict, judge};
use serde_json::{Value, json};

use super::fixture::{KEY, World, bare, closed_key, in_order, sse_kms};
use super::judged_policies::{key_policy, one, policy};
use super::policies::policy_lines;
use crate::iam::{ContextValue, Principal};
use crate::model::Seen;
use crate::plan::plan_context::PlanContext;
use crate::producer::{
    FlowFormat, InventoryFormat, KeyContext, KeyFormat, LogSource, LogType, Probe, ProbePurpose, ProbedKey, Producer,
    bucket_probes, key_probes, legacy_probes,
};

/// The number of policies of each kind to judge, unless the variable below sets another number. `.ci/run` sets 20,000.
const POLICIES: u64 = 1_000;
const MORE: &str = "LOGBUCKET_JUDGED";

/// The object keys per request of a service.
const OBJECTS: usize = 4;

/// The combinations of values per object key. If a policy's conditions allow more, each value occurs in some of them.
const COMBINATIONS: usize = 64;

/// The possible values of a key. `None` means the key is absent.
fn possible(value: &ContextValue, named: &[String]) -> Vec<Option<Value>> {
    match value {
        ContextValue::Absent => vec![None],
        ContextValue::Known(values) => vec![Some(several(values))],
        ContextValue::OneOf(choices) => {
            choices.iter().map(|choice| choice.as_ref().map(|values| several(values))).collect()
        }
        ContextValue::Begins(text) => vec![Some(json!(format!("{text}delivery"))), Some(json!(format!("{text}x:y")))],
        ContextValue::AtOrBelow(path) => {
            let below = ["", "/x", "/AWSLogs/111122223333/log.gz"];
            below.iter().map(|rest| Some(json!(format!("{path}{rest}")))).collect()
        }
        ContextValue::NotBefore(moment) => vec![Some(json!(moment)), Some(json!("2031-05-01T00:00:00Z"))],
        ContextValue::Unknown => {
            let named = named.iter().map(|value| Some(json!(plausible(value))));
            [None, Some(json!("something-else"))].into_iter().chain(named).collect()
        }
    }
}

/// Returns a value that a request may have, for a value in a policy. A range of addresses becomes an address.
fn plausible(value: &str) -> &str {
    value.split_once('/').filter(|(address, _)| address.parse::<std::net::IpAddr>().is_ok()).map_or(value, |(it, _)| it)
}

fn several(values: &[String]) -> Value {
    match values {
        [one] => json!(one),
        several => json!(several),
    }
}

/// Returns every key that a policy tests or uses as a variable, with the values in the policy.
fn asked(policy: &Value) -> Vec<(String, Vec<String>)> {
    let mut asked: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |key: &str, values: Vec<String>| match asked.iter_mut().find(|(other, _)| is_same(other, key)) {
        Some((_, known)) => known.extend(values),
        None => asked.push((key.to_owned(), values)),
    };
    for statement in policy["Statement"].as_array().unwrap() {
        let operators = statement["Condition"].as_object().into_iter().flatten();
        for (key, values) in operators.flat_map(|(_, keys)| keys.as_object().unwrap()) {
            let values = values.as_array().cloned().unwrap_or_else(|| vec![values.clone()]);
            add(key, values.iter().map(text).map(|value| value.replace('*', "x")).collect());
        }
    }
    for variable in policy.to_string().split("${").skip(1).filter_map(|rest| rest.split('}').next()) {
        add(variable, Vec::new());
    }
    asked
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names of condition keys are case-insensitive.
fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The requests of a probe: some object keys, each with every combination of the condition keys' values.
///
/// If a grant depends on a condition key of AWS's own policies, the requests carry the key.
fn requests(random: &mut Rng, probe: &Probe, policy: &Value, asked: &[(String, Vec<String>)]) -> Vec<Asked> {
    let (kind, name) = match &probe.request.principal {
        Principal::Service(name) | Principal::ServiceOrItsAccount(name) => ("Service", name),
        Principal::Aws(arn) => ("AWS", arn),
        Principal::Anonymous => panic!("nobody"),
    };
    let documented = probe.as_documented().context;
    let values_of = |(key, named): &(String, Vec<String>)| {
        let context = if is_granted_by(policy, key) { &documented } else { &probe.request.context };
        (key.clone(), possible(context.get(key), named))
    };
    let values: Vec<(String, Vec<Option<Value>>)> = asked.iter().map(values_of).collect();
    let contexts = combinations(random, &values);
    let mut objects: Vec<String> = (0..OBJECTS).map(|_| probe.request.resource.member(random)).collect();
    objects.dedup();
    let of_object = |object: &String| {
        let mut request = Asked::by_service(name, &probe.request.action, object);
        request.kind = kind.to_owned();
        contexts.iter().map(|context| with(&request, context)).collect::<Vec<_>>()
    };
    objects.iter().flat_map(of_object).collect()
}

type ContextChoice = Vec<(String, Option<Value>)>;

fn with(request: &Asked, context: &ContextChoice) -> Asked {
    let mut request = request.clone();
    let sent = context.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
    request.context.extend(sent);
    request
}

/// Returns every combination of the values, or a sample in which each value occurs.
fn combinations(random: &mut Rng, values: &[(String, Vec<Option<Value>>)]) -> Vec<ContextChoice> {
    let all = values.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len())).unwrap_or(usize::MAX);
    if all <= COMBINATIONS {
        return values.iter().fold(vec![ContextChoice::new()], |chosen, (key, values)| {
            let each = |chosen: ContextChoice| {
                let with = |value: &Option<Value>| {
                    chosen.iter().cloned().chain([(key.clone(), value.clone())]).collect::<ContextChoice>()
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            chosen.into_iter().flat_map(each).collect()
        });
    }
    let longest = values.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
    let mut sample = Vec::new();
    for nth in 0..longest.max(COMBINATIONS) {
        // The first rounds use each value of each key once.
        let pick = |(key, values): &(String, Vec<Option<Value>>), random: &mut Rng| {
            let value = if nth < longest { values[nth % values.len()].clone() } else { one(random, values).clone() };
            (key.clone(), value)
        };
        sample.push(values.iter().map(|of| pick(of, random)).collect());
    }
    sample
}

/// Whether an Allow depends on the key.
fn is_granted_by(policy: &Value, key: &str) -> bool {
    let allows = policy["Statement"].as_array().unwrap().iter().filter(|statement| statement["Effect"] == "Allow");
    let mut conditions = allows.filter_map(|statement| statement["Condition"].as_object());
    conditions.any(|condition| {
        condition.values().any(|keys| keys.as_object().unwrap().keys().any(|other| is_same(other, key)))
    })
}

/// Returns a refused request for each way. Returns `None` if one way allows every request that was tried.
fn refused(random: &mut Rng, policy: &Value, ways: &[Vec<Probe>]) -> Option<String> {
    let asked = asked(policy);
    let of_way = |probes: &Vec<Probe>| {
        let mut requests = probes.iter().flat_map(|probe| requests(random, probe, policy, &asked));
        requests.find(|request| judge(policy, request) != Verdict::Allow).map(|request| format!("{request:?}"))
    };
    ways.iter().map(of_way).collect::<Option<Vec<String>>>().map(|all| all.join("\n"))
}

/// A policy, a plan's verdict on it, and the requests of each way.
struct PolicyCase {
    policy: Value,
    lines: Vec<String>,
    ways: Vec<Vec<Probe>>,
}

impl PolicyCase {
    /// The policy of a bucket.
    fn bucket(random: &mut Rng) -> Self {
        let producer = *one(random, &Producer::ALL);
        let policy = policy(random, producer);
        let is_on = random.bool();
        let mut world = if is_on { in_order(producer) } else { bare(producer) };
        vary(random, producer, is_on, &mut world);
        world.whole_policy(&policy);
        let request = world.request();
        let destination = PlanContext::new(&request, &world.observed).destination;
        let log_source = log_source(&world);
        let mut ways = vec![bucket_probes(&request.kind, &log_source, &destination)];
        ways.push(legacy_probes(&request.kind, &log_source, &destination));
        ways.retain(|way| !way.is_empty());
        let now = world.observed.moment.unwrap();
        // A log that is on does not need the requests for enabling it.
        let is_asked = |probe: &Probe| !is_on || probe.need != ProbePurpose::Enabling;
        let dated = |way: Vec<Probe>| way.into_iter().filter(is_asked).map(|probe| probe.dated(now)).collect();
        let is_verdict = |line: &String| !line.starts_with("policy-test-file");
        let lines = policy_lines(&world).into_iter().filter(is_verdict).collect();
        Self { policy, lines, ways: ways.into_iter().map(dated).collect() }
    }

    /// The policy of a key that a log service writes with.
    fn key(random: &mut Rng) -> Self {
        let producer = *one(random, &[Producer::Nlb, Producer::Inventory]);
        let policy = key_policy(random, producer);
        let mut world = in_order(producer);
        let mut key = closed_key();
        key.policy = Seen::Present(policy.to_string());
        // If the default uses the key, the request uses a Bucket Key. A report may be written with or without a Bucket
        // Key.
        let context = if producer == Producer::Nlb {
            *world.encryption() = sse_kms(Some(KEY));
            world.observed.default_key = Seen::Present(key);
            KeyContext::Bucket
        } else {
            world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
            world.observed.report_key = Seen::Present(key);
            KeyContext::BucketOrObject
        };
        // A finding about requests that the service may also make is only a remark, not a verdict.
        let is_verdict = |line: &String| line.starts_with("key-policy") && !line.starts_with("key-policy-narrow");
        let lines = world.reported().into_iter().filter(is_verdict).collect();
        let request = world.request();
        let destination = PlanContext::new(&request, &world.observed).destination;
        let mut probes = key_probes(producer, &log_source(&world), &destination, &ProbedKey { arn: KEY, context });
        probes.retain(|probe| producer.certainly_asks(&probe.request.action));
        let now = world.observed.moment.unwrap();
        let ways = vec![probes.into_iter().map(|probe| probe.dated(now)).collect()];
        Self { policy, lines, ways }
    }
}

/// Changes what the log service writes: its logs, their keys and their format.
fn vary(random: &mut Rng, producer: Producer, is_on: bool, world: &mut World) {
    match producer {
        Producer::Alb if !is_on => {
            world.draft.choices.log_types = LogType::ALL.into_iter().filter(|_| random.bool()).collect();
        }
        Producer::S3Access if is_on && random.bool() => world.logging().key_format = KeyFormat::Simple,
        Producer::Inventory => {
            let formats = [None, Some(InventoryFormat::Orc), Some(InventoryFormat::Parquet)];
            world.draft.choices.format = *one(random, &formats);
        }
        Producer::VpcFlow => {
            let flow = &mut world.draft.choices.flow;
            flow.hourly = Some(random.bool());
            flow.hive = Some(random.bool());
            flow.format = *one(random, &[None, Some(FlowFormat::Parquet)]);
        }
        Producer::Alb | Producer::Clb | Producer::Nlb | Producer::S3Access => {}
    }
    if !is_on && random.u8(..3) == 0 {
        world.draft.prefix = Some(if producer == Producer::S3Access { "prod/" } else { "prod" }.to_owned());
    }
}

fn log_source(world: &World) -> LogSource {
    let source = &world.observed.sources[0];
    LogSource { name: source.name().to_owned(), arn: super::fixture::arn(source) }
}

/// The results for a part of the policies.
#[derive(Default)]
struct Tally {
    open: u64,
    shut: u64,
    unsure: u64,
    wrong: Vec<String>,
}

impl Tally {
    fn judges(&mut self, seed: u64, case: fn(&mut Rng) -> PolicyCase) {
        let mut random = Rng::with_seed(seed);
        let PolicyCase { policy, lines, ways } = case(&mut random);
        if lines.is_empty() {
            self.open += 1;
            let refused = refused(&mut random, &policy, &ways);
            let wrong = refused.map(|refused| format!("{seed}: called open, and refused is {refused}\n{policy:#}"));
            self.wrong.extend(wrong);
        } else if lines.iter().any(|line| line.contains(" error: ")) {
            self.shut += 1;
            if refused(&mut random, &policy, &ways).is_none() {
                self.wrong.push(format!("{seed}: called shut ({lines:?}), but all are allowed\n{policy:#}"));
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

/// Evaluates the policies of that many seeds, on all cores.
fn judge_all(policies: u64, case: fn(&mut Rng) -> PolicyCase) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let tally = std::thread::scope(|scope| {
        let share = |first: u64| {
            scope.spawn(move || {
                let mut tally = Tally::default();
                (first..policies).step_by(usize::try_from(threads).unwrap()).for_each(|seed| tally.judges(seed, case));
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

fn how_many() -> u64 {
    std::env::var(MORE).ok().map_or(POLICIES, |number| number.parse().unwrap())
}

#[test]
fn the_bucket_policy_verdict_agrees_with_the_evaluation_of_every_request() {
    judge_all(how_many(), PolicyCase::bucket);
}

#[test]
fn the_key_policy_verdict_agrees_with_the_evaluation_of_every_request() {
    judge_all(how_many(), PolicyCase::key);
}
