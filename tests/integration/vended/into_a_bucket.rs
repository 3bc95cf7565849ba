//! The deliveries into a bucket.

use sandbox::{DeliverySeed, Effect};

use super::setup::{LOGS, SOURCES, arn_of, count_calls, fault};
use crate::account::Account;
use crate::tables::each_case;

/// The delivery sources that `check` names for a bucket.
#[track_caller]
fn into_bucket(account: &Account) -> Vec<String> {
    let document = account.run("check --bucket shared-logs --output json").ends(0).json();
    let Some(all) = document["vended_here"].as_array() else { return Vec::new() };
    all.iter().map(|one| one["delivery_source"].as_str().unwrap().to_owned()).collect()
}

const HERE: &str = "arn:aws:s3:::shared-logs";

#[test]
fn check_of_a_bucket_names_the_vended_logs_that_are_delivered_there() {
    let account = Account::seeded();
    let web = arn_of(&account, LOGS[0].0);
    assert!(into_bucket(&account).is_empty());
    // If nothing goes to the bucket, one listing is enough.
    assert_eq!(
        (count_calls(&account, "DescribeDeliveryDestinations"), count_calls(&account, "DescribeDeliveries")),
        (1, 0)
    );
    for (name, to) in
        [("root", HERE), ("deep", "arn:aws:s3:::shared-logs/team/x"), ("other", "arn:aws:s3:::shared-logs-2")]
    {
        account.sandbox.put_delivery(DeliverySeed::new(name, &web, "ALB_ACCESS_LOGS").to(to));
    }
    account.sandbox.put_delivery(DeliverySeed::new("far", &web, "ALB_ACCESS_LOGS").to(HERE).within("eu-west-1"));
    account
        .sandbox
        .put_delivery(DeliverySeed::new("theirs", &web, "ALB_ACCESS_LOGS").to(HERE).of_account("444455556666"));
    assert_eq!(into_bucket(&account), ["root", "deep"]);
    let sentence =
        format!("delivery source `root` of CloudWatch vended logs (`ALB_ACCESS_LOGS` of `{web}`) delivers to `{HERE}`");
    let ran = account.run("check --bucket shared-logs").ends(0).says(&sentence).says("not judged").omits("not checked");
    assert!(ran.stdout.contains("\nvended "), "{ran:?}");
    // Global services such as CloudFront have their delivery sources in us-east-1, wherever the bucket is.
    let west = "arn:aws:s3:::west-logs";
    account
        .sandbox
        .put_delivery(DeliverySeed::new("global", "arn:aws:cloudfront::1:distribution/E", "ACCESS_LOGS").to(west));
    account.run("check --bucket west-logs").says("delivery source `global`").says("`ACCESS_LOGS` of");
}

#[test]
fn a_failure_to_read_a_buckets_deliveries_changes_no_verdict() {
    each_case(["DescribeDeliveryDestinations", "DescribeDeliveries", SOURCES], |operation| {
        for (effect, refused) in [(Effect::access_denied(), true), (Effect::status(500, "InternalFailure", "x"), false)]
        {
            let account = Account::seeded();
            let web = arn_of(&account, LOGS[0].0);
            account.sandbox.put_delivery(DeliverySeed::new("root", &web, "ALB_ACCESS_LOGS").to(HERE));
            account.sandbox.inject(fault(operation, effect));
            let ran = account.run_with("check --bucket shared-logs", &[("AWS_MAX_ATTEMPTS", "1")]).ends(0);
            if operation == SOURCES {
                // The delivery itself names its source.
                ran.says("delivery source `root` of CloudWatch vended logs delivers to");
            } else if refused {
                ran.says(&format!("which may deliver to this bucket: `logs:{operation}` was denied"));
            } else {
                ran.says(
                    "what CloudWatch vended logs deliver to this bucket: could not be read (`--verbose` shows why)",
                );
            }
        }
    });
}
