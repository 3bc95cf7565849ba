//! Account-regional bucket names.

use sandbox::{BucketSeed, Effect, Fault, LoadBalancerSeed, When};

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn if_bucket_creation_is_denied_an_account_regional_name_is_suggested() {
    let cases = [
        "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" with an explicit deny in a service control policy",
        "Access Denied",
    ];
    each_case(cases, |message| {
        let account = Account::seeded();
        let effect = Effect::status(403, "AccessDenied", message);
        account.sandbox.inject(Fault { when: When::Operation("CreateBucket".to_owned()), effect });
        account
            .run("init alb --source web --bucket demo-logs --yes")
            .ends(1)
            .says("use `--bucket demo-logs-111122223333-us-east-1-an`");
        // If the name already has this form, the message does not suggest it.
        account
            .run("init alb --source web --bucket demo-111122223333-us-east-1-an --yes")
            .ends(1)
            .omits("account-regional bucket names");
    });
}

#[test]
fn account_regional_names_are_not_offered_in_regions_without_them() {
    let account = Account::seeded();
    for region in ["me-south-1", "me-central-1"] {
        account.sandbox.set_region("111122223333", region, "ENABLED");
        let seed = LoadBalancerSeed::application("far").within(region);
        let arn = account.wait(account.sandbox.put_load_balancer(seed));
        account
            .run(&format!("init alb --source {arn} --bucket demo-111122223333-{region}-an --yes"))
            .ends(5)
            .says(&format!("which {region} does not support"));
        account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of("444455556666").within(region)));
        account
            .run(&format!("init alb --source {arn} --bucket their-logs --yes"))
            .ends(5)
            .says("choose another name")
            .omits("-an`");
    }
}
