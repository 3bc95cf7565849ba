//! Quotas of AWS.

use sandbox::{Effect, Fault, When};

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn an_exceeded_quota_is_reported() {
    let cases = [
        (
            "CreateBucket",
            "TooManyBuckets",
            "You have attempted to create more buckets than allowed",
            "init alb --source web --bucket demo-logs --yes",
            "--quota-code L-DC2B2D3D",
            1,
        ),
        (
            "PutBucketInventoryConfiguration",
            "TooManyConfigurations",
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
            "init inventory --source app-data --bucket shared-logs --prefix inv --yes",
            "--inventory-id",
            6,
        ),
    ];
    each_case(cases, |(operation, code, message, words, said, exit)| {
        let account = Account::seeded();
        let effect = Effect::status(400, code, message);
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        account.run(words).ends(exit).says(code).says(said);
    });
}
