//! A large account, queried by many concurrent requests.

use std::time::Duration;

use sandbox::crowd::destination;
use sandbox::{Crowd, Logs, Sandbox};
use tokio::task::JoinSet;

use crate::clients::{elb_of, s3, s3_of};

#[tokio::test]
async fn a_crowd_has_the_requested_numbers_of_resources() {
    let sandbox = Sandbox::seeded().await;
    let arns = sandbox.plant_crowd(&Crowd::default()).await;
    assert_eq!(arns.len(), 300);
    let on = |logs: Logs| (0..300).filter(|number| Logs::of(*number) == logs).count();
    assert_eq!([on(Logs::Off), on(Logs::Arrive), on(Logs::Dead)], [100; 3]);
    for region in ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"] {
        let client = elb_of(&sandbox, sandbox::account::ACCOUNT, region);
        let found = client.describe_load_balancers().send().await.expect("described");
        let crowd = found
            .load_balancers()
            .iter()
            .filter(|one| one.load_balancer_name().is_some_and(|name| name.starts_with("crowd-")));
        assert_eq!(crowd.count(), 75, "{region}");
    }
    let listed = s3(&sandbox).list_buckets().prefix("crowd-data-").send().await.expect("listed");
    assert_eq!(listed.buckets().len(), 1000);
}

#[tokio::test]
async fn the_logs_of_a_crowd_arrive_or_fail_as_planted() {
    let sandbox = Sandbox::empty().await;
    let crowd = Crowd { balancers: 12, buckets: 12, regions: vec!["us-east-1".to_owned()], ..Crowd::default() };
    sandbox.plant_crowd(&crowd).await;
    sandbox.deliver().await;
    let objects = |logs: Logs| sandbox.bucket(&destination("us-east-1", logs)).expect("a bucket").objects;
    let arrived = objects(Logs::Arrive);
    let count = |part: &str| arrived.keys().filter(|key| key.contains(part)).count();
    assert_eq!(
        [count("_app."), count("_net."), count("s3/20"), count("/manifest.json")],
        [2; 4],
        "{:?}",
        arrived.keys()
    );
    assert!(objects(Logs::Dead).is_empty());
}

#[tokio::test(start_paused = true)]
async fn requests_with_latency_are_served_concurrently() {
    let sandbox = Sandbox::empty().await;
    let arns = sandbox.plant_crowd(&Crowd::default()).await;
    sandbox.set_latency(Duration::from_millis(50));
    let mut asked = JoinSet::new();
    for arn in arns {
        let region = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"]
            .into_iter()
            .find(|region| arn.contains(region))
            .expect("a Region");
        let client = elb_of(&sandbox, sandbox::account::ACCOUNT, region);
        asked.spawn(
            async move { client.describe_load_balancer_attributes().load_balancer_arn(arn).send().await.is_ok() },
        );
    }
    for number in 0..200 {
        let client = s3_of(&sandbox, sandbox::account::ACCOUNT, "us-east-1");
        let bucket = format!("crowd-data-{:04}", number * 4);
        asked.spawn(async move { client.get_bucket_logging().bucket(bucket).send().await.is_ok() });
    }
    assert!(asked.join_all().await.into_iter().all(|ok| ok));
    assert_eq!((sandbox.most_at_once(), sandbox.longest_chain()), (500, 1));
}

#[tokio::test]
async fn a_served_sandbox_handles_many_concurrent_connections() {
    let sandbox = Sandbox::empty().await;
    sandbox.plant_crowd(&Crowd { balancers: 0, buckets: 12, ..Crowd::default() }).await;
    // Long enough that on any machine all requests arrive before the first is answered.
    sandbox.set_latency(Duration::from_secs(2));
    let served = sandbox.serve(0).await.expect("served");
    let mut asked = JoinSet::new();
    for number in 0..12 {
        let client = crate::clients::s3_at(&served.url());
        let bucket = format!("crowd-data-{number:04}");
        asked.spawn(async move { client.get_bucket_location().bucket(bucket).send().await.is_ok() });
    }
    assert!(asked.join_all().await.into_iter().all(|ok| ok));
    assert_eq!(sandbox.most_at_once(), 12);
}
