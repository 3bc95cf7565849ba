//! `GovCloud` and China: ARNs of their own partition, the same service principals.

use logbucket::internals::model::Partition;
use logbucket::internals::plan::{Step, plan};
use logbucket::internals::producer::Producer;
use logbucket::internals::state::BucketState;

use crate::worlds::{observed, request};

#[test]
fn every_written_arn_is_in_the_callers_partition() {
    for partition in [Partition::AwsUsGov, Partition::AwsCn] {
        for producer in Producer::ALL {
            let request = request(producer, |_| {});
            let mut observed = observed(&request, BucketState::Absent);
            observed.caller.partition = partition;
            let plan = plan(&request, &observed);
            let policy = plan.steps.iter().find_map(|step| {
                let Step::PutBucketPolicy { after, .. } = &step.step else { return None };
                Some(after.clone())
            });
            let policy = policy.unwrap();
            assert!(policy.contains(&format!("arn:{partition}:s3:::acme-logs")), "{policy}");
            assert!(!policy.contains("arn:aws:"), "{policy}");
            // China's own pages only name principals with `.com`.
            assert!(policy.contains(&format!("\"{}\"", producer.facts().principal)), "{policy}");
        }
    }
}
