//! The report's table: four producers, three encryptions of the source, three of the destination.

use logbucket::internals::model::{BucketEncryption, EncryptionKind, Seen};
use logbucket::internals::plan::{FindingId, Plan, Refusal, Step, StepKind, plan};
use logbucket::internals::producer::Producer;
use logbucket::internals::producer::encryption::EncryptionOutcome;
use logbucket::internals::request::Consent;

use crate::tables::each_case;
use crate::worlds::{DEFAULT_KEY_POLICY, KEY, bucket, key, observed, request, sse_kms};

/// The encryptions that a source can have. They make no difference, and the program does not even read them.
const SOURCES: [&str; 3] = ["SSE-S3", "aws/s3", "customer key"];

const YES: Consent = Consent { adds: true, replaces: false, exempts: Vec::new() };

fn planned(producer: Producer, destination: EncryptionKind) -> Plan {
    let request = request(producer, |_| {});
    let encryption = match destination {
        EncryptionKind::SseS3 => BucketEncryption::sse_s3(),
        EncryptionKind::SseKmsAwsManaged => sse_kms(None),
        EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms | EncryptionKind::Other => sse_kms(Some(KEY)),
    };
    let mut observed = observed(&request, bucket(encryption, None));
    if destination == EncryptionKind::SseKmsCustomer {
        observed.default_key = Seen::Present(key(DEFAULT_KEY_POLICY));
    }
    plan(&request, &observed)
}

fn replaces_encryption(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| {
        matches!(&step.step, Step::PutBucketEncryption { key: None, .. }) && step.change == StepKind::Replaces
    })
}

#[test]
fn all_thirty_six_combinations_match_the_report() {
    // The rows of the report: the producer, then whether it works with SSE-S3, the AWS managed key, and a customer
    // managed key.
    let table = [
        (Producer::S3Access, [true, false, false]),
        // The inventory's configuration names SSE-S3 for the reports, so the bucket's default does not matter.
        (Producer::Inventory, [true, true, true]),
        (Producer::Alb, [true, false, false]),
        (Producer::Nlb, [true, false, true]),
    ];
    let kinds = [EncryptionKind::SseS3, EncryptionKind::SseKmsAwsManaged, EncryptionKind::SseKmsCustomer];
    let mut combinations = 0;
    each_case(table, |(producer, row)| {
        for source in SOURCES {
            for (kind, works) in kinds.into_iter().zip(row) {
                combinations += 1;
                let plan = planned(producer, kind);
                let name = format!("{producer} from {source} to {kind:?}");
                assert_eq!(replaces_encryption(&plan), !works, "{name}");
                let found = plan.findings.iter().find(|finding| finding.id() == FindingId::EncryptionNotWritable);
                assert_eq!(found.is_some(), !works, "{name}");
                assert!(
                    found.is_none_or(|finding| finding.page().starts_with("https://docs.aws.amazon.com/")),
                    "{name}"
                );
                assert_eq!(plan.approve(&YES).is_ok(), works, "{name}");
                if !works {
                    assert!(matches!(plan.approve(&YES), Err(Refusal::NeedsFix(_))), "{name}");
                    assert!(plan.approve(&Consent { replaces: true, ..YES }).is_ok(), "{name}: SSE-S3 fixes it");
                }
                // The customer key works "with the right key policy", which the plan then writes.
                let opens = plan.steps.iter().any(|step| matches!(step.step, Step::PutKeyPolicy { .. }));
                let by_key = producer == Producer::Nlb && kind == EncryptionKind::SseKmsCustomer;
                assert_eq!(opens, by_key, "{name}");
            }
        }
    });
    assert_eq!(combinations, 36);
}

#[test]
fn inventory_with_a_customer_key_that_already_allows_it_is_accepted() {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html documents exactly this statement.
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Allow Amazon S3 use of the customer managed key","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":["kms:GenerateDataKey"],"Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceARN":"arn:aws:s3:::app-data"}}}]}"#;
    let request = request(Producer::Inventory, |_| {});
    let mut observed = observed(&request, bucket(sse_kms(Some(KEY)), None));
    observed.default_key = Seen::Present(key(policy));
    let plan = plan(&request, &observed);
    assert!(!replaces_encryption(&plan), "{:?}", plan.findings);
    assert!(plan.approve(&YES).is_ok());
}

#[test]
fn undocumented_encryption_is_never_reported_as_working() {
    for producer in Producer::ALL {
        for kind in [EncryptionKind::DsseKms, EncryptionKind::Other] {
            assert_eq!(producer.encryption(kind).outcome, EncryptionOutcome::NotSupported);
        }
    }
}
