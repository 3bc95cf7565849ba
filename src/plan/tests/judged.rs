//! Random policies, judged by an evaluator that shares no code with ours. If we call a policy open, it must allow every
//! object key with every possible value of the condition keys. If we call a policy closed, it must refuse at least one
//! request.

use fastrand::Rng;
use sandbox::policy::{Asked, Verdict, judge};
use serde_json::{Value, json};

use super::fixture::{KEY, World, bare, closed_key, in_order, sse_kms};
use super::judged_policies::{key_policy, one, policy};
use super::policies::policy_lines;
use crate::iam::{ContextValue, Principal};
use crate::model::Seen;
use crate::plan::world;
use crate::producer::{
    KeyContext, Kind, LogType, Need, Probe, ProbedKey, Producer, Writer, bucket_probes, key_probes, legacy_probes,
};

/// The number of policies of each kind to judge, unless the variable below sets another number. `.ci/run` sets 20,000.
const POLICIES: u64 = 1_000;
const MORE: &str = "LOGBUCKET_JUDGED";

/// The maximum number of requests per policy, for each way in and each type of key.
const REQUESTS: usize = 12;

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

/// A request of a probe, with a random object key and random values of the condition keys.
///
/// If a grant depends on a condition key of AWS's own policies, the request carries the key.
fn request(random: &mut Rng, probe: &Probe, policy: &Value, asked: &[(String, Vec<String>)]) -> Asked {
    let (kind, name) = match &probe.request.principal {
        Principal::Service(name) | Principal::ServiceOrItsAccount(name) => ("Service", name),
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
    conditions.any(|condition| {
        condition.values().any(|keys| keys.as_object().unwrap().keys().any(|other| is_same(other, key)))
    })
}

/// Returns a refused request for each way. Returns `None` if one way allows every request that was tried.
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

/// A policy, a plan's verdict on it, and the requests of each way.
struct Case {
    policy: Value,
    lines: Vec<String>,
    ways: Vec<Vec<Probe>>,
}

impl Case {
    /// The policy of a bucket.
    fn bucket(random: &mut Rng) -> Self {
        let producer = *one(random, &Producer::ALL);
        let policy = policy(random, producer);
        let is_on = random.bool();
        let mut world = if is_on { in_order(producer) } else { bare(producer) };
        world.whole_policy(&policy);
        let request = world.request();
        let place = world::World::new(&request, &world.observed).place;
        let writer = writer(&world);
        let mut ways = vec![bucket_probes(&request.kind, &writer, &place)];
        if let (Producer::Alb, Kind::Alb(_)) = (producer, &request.kind) {
            ways.push(legacy_probes(&Kind::Alb([LogType::Access].into()), &writer, &place));
        }
        if producer == Producer::Clb {
            ways.push(legacy_probes(&request.kind, &writer, &place));
        }
        let now = world.observed.moment.unwrap();
        // A log that is on does not need the requests for enabling it.
        let is_asked = |probe: &Probe| !is_on || probe.need != Need::Enabling;
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
        let lines = world.told().into_iter().filter(is_verdict).collect();
        let request = world.request();
        let place = world::World::new(&request, &world.observed).place;
        let mut probes = key_probes(producer, &writer(&world), &place, &ProbedKey { arn: KEY, context });
        probes.retain(|probe| producer.certainly_asks(&probe.request.action));
        let now = world.observed.moment.unwrap();
        let ways = vec![probes.into_iter().map(|probe| probe.dated(now)).collect()];
        Self { policy, lines, ways }
    }
}

fn writer(world: &World) -> Writer {
    let source = &world.observed.sources[0];
    Writer { name: source.name().to_owned(), arn: super::fixture::arn(source) }
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
    fn judges(&mut self, seed: u64, case: fn(&mut Rng) -> Case) {
        let mut random = Rng::with_seed(seed);
        let Case { policy, lines, ways } = case(&mut random);
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
fn judge_all(policies: u64, case: fn(&mut Rng) -> Case) {
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
    judge_all(how_many(), Case::bucket);
}

#[test]
fn the_key_policy_verdict_agrees_with_the_evaluation_of_every_request() {
    judge_all(how_many(), Case::key);
}
