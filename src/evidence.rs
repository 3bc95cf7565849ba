//! Waiting for the producer's own object.
//!
//! Looks through `aws` and leaves the judging to `proof`; the only clock here is the one that bounds the wait.

use std::time::{Duration, Instant};

use crate::aws::{Aws, AwsError};
use crate::plan::{ExpectedKey, Plan};
use crate::producer::{Proof, ProofFile};
use crate::proof::{Delivery, TestVerdict, judge_file};

/// How long a fresh test file is waited for: AWS writes it in the very call that attaches.
const USUAL_WAIT: Duration = Duration::from_mins(1);

/// How long a rewritten test file is waited for: whether AWS rewrites it on a second attachment is not documented.
const REWRITE_WAIT: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_secs(2);

/// What the producer wrote since the attachment, or what is to be expected.
///
/// `expected` is the key of the bucket's default encryption, `wait` the seconds that the user gives.
pub async fn gather(
    aws: &Aws,
    plan: &Plan,
    test: &TestVerdict,
    expected: &ExpectedKey,
    wait: Option<u64>,
) -> Result<Delivery, AwsError> {
    let attached = plan.steps.iter().any(|step| step.step.attaches());
    match &plan.proof {
        Proof::AtOnce(_) if !attached => Ok(Delivery::Permitted {
            until: "the load balancer has had traffic, and 5 minutes have passed since".to_owned(),
            note: Some("the log was on already and nothing was changed, so AWS wrote no new test file".to_owned()),
        }),
        Proof::AtOnce(files) => at_once(aws, plan, files, expected, wait).await,
        Proof::Later { prefixes, until, .. } => later(aws, plan, prefixes, until, test, expected, wait).await,
    }
}

async fn at_once(
    aws: &Aws,
    plan: &Plan,
    files: &[ProofFile],
    expected: &ExpectedKey,
    wait: Option<u64>,
) -> Result<Delivery, AwsError> {
    let renewed = files.iter().all(|file| plan.test_files.contains_key(&file.log));
    let wait = wait.map_or(if renewed { REWRITE_WAIT } else { USUAL_WAIT }, Duration::from_secs);
    let started = Instant::now();
    loop {
        let mut proven = Vec::new();
        let mut open = Vec::new();
        for file in files {
            let found = aws.find(&plan.place, &file.key).await?;
            match judge_file(found.as_ref(), plan.test_files.get(&file.log), expected) {
                Some(Ok(key)) => proven.push(key),
                Some(Err(cause)) => return Ok(Delivery::Failed(cause)),
                None => open.push(file),
            }
        }
        if open.is_empty() {
            return Ok(Delivery::Proven(proven));
        }
        if started.elapsed() + PAUSE > wait {
            return Ok(missing(plan, &open, wait));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A file that never came is a failure; one that was there before may just not have been written again.
fn missing(plan: &Plan, open: &[&ProofFile], wait: Duration) -> Delivery {
    let fresh: Vec<String> = open
        .iter()
        .filter(|file| !plan.test_files.contains_key(&file.log))
        .map(|file| format!("`{}`", file.key))
        .collect();
    if fresh.is_empty() {
        return Delivery::Permitted {
            until: "the load balancer has had traffic, and 5 minutes have passed since".to_owned(),
            note: Some(
                "AWS accepted the destination; that it writes its test file again is not documented, and it did not"
                    .to_owned(),
            ),
        };
    }
    Delivery::Failed(format!("{} did not arrive within {} seconds", fresh.join(", "), wait.as_secs()))
}

async fn later(
    aws: &Aws,
    plan: &Plan,
    prefixes: &[String],
    until: &str,
    test: &TestVerdict,
    expected: &ExpectedKey,
    wait: Option<u64>,
) -> Result<Delivery, AwsError> {
    let pending = || Delivery::Permitted { until: until.to_owned(), note: None };
    let (TestVerdict::Right(object), Some(wait)) = (test, wait.filter(|seconds| *seconds > 0)) else {
        return Ok(pending());
    };
    let started = Instant::now();
    loop {
        let mut proven = Vec::new();
        for prefix in prefixes {
            let found = aws.newest_since(&plan.place, prefix, object.written_at).await?;
            // An object of the operator's own is none of the producer's.
            let found = found.filter(|found| found.key != object.key);
            match judge_file(found.as_ref(), None, expected) {
                Some(Ok(key)) => proven.push(key),
                Some(Err(cause)) => return Ok(Delivery::Failed(cause)),
                None => {}
            }
        }
        if proven.len() == prefixes.len() {
            return Ok(Delivery::Proven(proven));
        }
        if started.elapsed() + PAUSE > Duration::from_secs(wait) {
            return Ok(pending());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
