//! Calls that AWS denies.

use super::setup::{ALB, account_that_refuses, error_text, says};

#[test]
fn a_denied_read_names_the_statement_that_grants_it() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: elasticloadbalancing:DescribeLoadBalancers because no identity-based policy allows the elasticloadbalancing:DescribeLoadBalancers action";
    let account = account_that_refuses("DescribeLoadBalancers", 403, "AccessDenied", message);
    says!(account, account.run(ALB));
}

#[test]
fn for_an_explicit_deny_no_grant_is_suggested() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/p-1";
    let account = account_that_refuses("CreateBucket", 403, "AccessDenied", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
}

#[test]
fn a_denied_bucket_creation_names_every_action_that_it_needs() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" because no identity-based policy allows the s3:CreateBucket action";
    let account = account_that_refuses("CreateBucket", 403, "AccessDenied", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
}

#[test]
fn a_denied_attachment_names_the_load_balancer() {
    let account = account_that_refuses("ModifyLoadBalancerAttributes", 403, "AccessDenied", "");
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    insta::assert_snapshot!(error_text(&account, &ran).replace(&arn, "ARN"));
}

#[test]
fn a_denial_that_s3_does_not_explain_might_be_an_explicit_deny() {
    let account = account_that_refuses("PutBucketPolicy", 403, "AccessDenied", "Access Denied");
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    insta::assert_snapshot!(error_text(&account, &ran));
}

#[test]
fn a_denied_key_creation_names_the_actions_for_its_policy_and_tag() {
    let account = account_that_refuses("CreateKey", 400, "AccessDeniedException", "");
    says!(account, account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes --quiet"));
}
