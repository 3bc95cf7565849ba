//! The operator's role, and its policy's decisions on simulated actions.

use sandbox::account::ACCOUNT;
use sandbox::wire::Reply;
use sandbox::xml::{Node, parse};
use sandbox::{Sandbox, seed};
use serde_json::json;

use crate::clients::{raw, reply, s3};

const ROLE: &str = "arn:aws:iam::111122223333:role/Operator";

async fn asked(sandbox: &Sandbox, body: &str) -> Reply {
    reply(sandbox, raw("iam", "us-east-1", ACCOUNT, "", &format!("{body}&Version=2010-05-08"))).await
}

fn code(reply: &Reply) -> (u16, String) {
    let root = parse(&reply.body).expect("XML");
    (reply.status, root.text_at(&["Error", "Code"]).unwrap_or_default().to_owned())
}

fn result(reply: &Reply) -> Node {
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    parse(&reply.body).expect("XML").child("SimulatePrincipalPolicyResult").expect("a result").clone()
}

/// Returns the actions, resources and decisions of a page.
fn decisions(result: &Node) -> Vec<(String, String, String)> {
    let text = |member: &Node, name: &str| member.text_at(&[name]).unwrap_or_default().to_owned();
    let results = result.child("EvaluationResults").expect("results");
    results
        .all("member")
        .map(|one| (text(one, "EvalActionName"), text(one, "EvalResourceName"), text(one, "EvalDecision")))
        .collect()
}

fn simulation(role: &str, actions: &[&str], resources: &[&str]) -> String {
    let list = |name: &str, values: &[&str]| {
        let of = |(value, nth): (&&str, usize)| format!("&{name}.member.{nth}={value}");
        values.iter().zip(1..).map(of).collect::<Vec<_>>().concat()
    };
    let (actions, resources) = (list("ActionNames", actions), list("ResourceArns", resources));
    format!("Action=SimulatePrincipalPolicy&PolicySourceArn={role}{actions}{resources}")
}

#[tokio::test]
async fn the_operators_role_has_a_path_that_its_session_arn_omits() {
    let sandbox = Sandbox::seeded().await;
    let arn = async |sandbox: &Sandbox| {
        let reply = asked(sandbox, "Action=GetRole&RoleName=Operator").await;
        let root = parse(&reply.body).expect("XML");
        root.text_at(&["GetRoleResult", "Role", "Arn"]).unwrap_or_default().to_owned()
    };
    assert_eq!(arn(&sandbox).await, ROLE);
    sandbox.set_role_path(ACCOUNT, "/ops/");
    assert_eq!(arn(&sandbox).await, "arn:aws:iam::111122223333:role/ops/Operator");
    let other = asked(&sandbox, "Action=GetRole&RoleName=Nobody").await;
    assert_eq!(code(&other), (404, "NoSuchEntity".to_owned()));
    let without_path = asked(&sandbox, &simulation(ROLE, &["s3:GetObject"], &[])).await;
    assert_eq!(code(&without_path), (404, "NoSuchEntity".to_owned()));
}

#[tokio::test]
async fn a_bucket_policy_sees_the_role_with_its_path() {
    let sandbox = Sandbox::seeded().await;
    let deny = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:GetBucketTagging", "Resource": "arn:aws:s3:::app-data",
        "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/ops/*" } },
    }] });
    sandbox.set_policy(seed::APP_DATA, Some(&deny.to_string()));
    let status = async || {
        let answer = s3(&sandbox).get_bucket_tagging().bucket(seed::APP_DATA).send().await;
        answer.expect_err("refused either way").raw_response().map(|response| response.status().as_u16())
    };
    assert_eq!(status().await, Some(404));
    sandbox.set_role_path(ACCOUNT, "/ops/");
    assert_eq!(status().await, Some(403));
}

#[tokio::test]
async fn a_policy_is_simulated_for_each_action_on_each_resource() {
    let sandbox = Sandbox::seeded().await;
    let (one, two) = ("arn:aws:s3:::one", "arn:aws:s3:::two");
    let body = simulation(ROLE, &["s3:PutBucketPolicy", "s3:DeleteBucket"], &[one, two]);
    let all = result(&asked(&sandbox, &body).await);
    assert!(decisions(&all).iter().all(|(_, _, decision)| decision == "allowed"), "without a policy all is allowed");
    sandbox.allow_only(&json!({ "Statement": [
        { "Effect": "Allow", "Action": ["s3:putbucketpolicy", "iam:SimulatePrincipalPolicy"], "Resource": [one, ROLE] },
        { "Effect": "Deny", "Action": "s3:Delete*", "Resource": two },
    ] }));
    let judged = result(&asked(&sandbox, &body).await);
    let of =
        |action: &str, resource: &str, decision: &str| (action.to_owned(), resource.to_owned(), decision.to_owned());
    assert_eq!(
        decisions(&judged),
        [of("s3:PutBucketPolicy", one, "implicitDeny"), of("s3:DeleteBucket", one, "explicitDeny"),],
        "one result an action, with the most restrictive decision"
    );
    let parts = |result: &Node| -> Vec<(String, String)> {
        let parts = result.child("ResourceSpecificResults").expect("parts");
        let text = |part: &Node, name: &str| part.text_at(&[name]).unwrap_or_default().to_owned();
        parts.all("member").map(|one| (text(one, "EvalResourceName"), text(one, "EvalResourceDecision"))).collect()
    };
    let each: Vec<_> = judged.child("EvaluationResults").expect("results").all("member").map(parts).collect();
    let part = |resource: &str, decision: &str| (resource.to_owned(), decision.to_owned());
    assert_eq!(
        each,
        [[part(one, "allowed"), part(two, "implicitDeny")], [part(one, "implicitDeny"), part(two, "explicitDeny")],]
    );
    assert_eq!(judged.text_at(&["IsTruncated"]), Some("false"));
    let anywhere = result(&asked(&sandbox, &simulation(ROLE, &["s3:PutBucketPolicy"], &[])).await);
    assert_eq!(decisions(&anywhere), [of("s3:PutBucketPolicy", "*", "implicitDeny")]);
    let member = anywhere.at(&["EvaluationResults", "member"]).expect("one");
    assert!(member.child("ResourceSpecificResults").is_none());
}

#[tokio::test]
async fn simulation_results_come_in_pages() {
    let sandbox = Sandbox::seeded().await;
    let body = format!("{}&MaxItems=2", simulation(ROLE, &["s3:A", "s3:B", "s3:C"], &[]));
    let first = result(&asked(&sandbox, &body).await);
    assert_eq!((decisions(&first).len(), first.text_at(&["IsTruncated"])), (2, Some("true")));
    let marker = first.text_at(&["Marker"]).expect("a marker");
    let second = result(&asked(&sandbox, &format!("{body}&Marker={marker}")).await);
    assert_eq!((decisions(&second).len(), second.text_at(&["IsTruncated"])), (1, Some("false")));
    assert!(second.child("Marker").is_none());
    for (wrong, expected) in [("MaxItems=0", "ValidationError"), ("Marker=3", "InvalidInput")] {
        let refused = asked(&sandbox, &format!("{}&{wrong}", simulation(ROLE, &["s3:A"], &[]))).await;
        assert_eq!(code(&refused), (400, expected.to_owned()));
    }
}

#[tokio::test]
async fn a_simulation_is_for_a_role_and_needs_its_own_permission() {
    let sandbox = Sandbox::seeded().await;
    let session = simulation("arn:aws:sts::111122223333:assumed-role/Operator/session", &["s3:A"], &[]);
    assert_eq!(code(&asked(&sandbox, &session).await), (400, "InvalidInput".to_owned()));
    assert_eq!(code(&asked(&sandbox, &simulation(ROLE, &[], &[])).await), (400, "InvalidInput".to_owned()));
    sandbox.allow_only(&json!({ "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] }));
    for body in ["Action=GetRole&RoleName=Operator", &simulation(ROLE, &["s3:A"], &[])] {
        assert_eq!(code(&asked(&sandbox, body).await), (403, "AccessDenied".to_owned()));
    }
    sandbox.allow_only(&json!({ "Statement": [
        { "Effect": "Allow", "Action": ["iam:GetRole", "iam:SimulatePrincipalPolicy"], "Resource": ROLE },
    ] }));
    assert_eq!(asked(&sandbox, "Action=GetRole&RoleName=Operator").await.status, 200);
    assert_eq!(asked(&sandbox, &simulation(ROLE, &["s3:A"], &[])).await.status, 200);
}

#[tokio::test]
async fn an_explicit_deny_is_reported_as_such() {
    let sandbox = Sandbox::seeded().await;
    sandbox.allow_only(&json!({ "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "s3:GetBucketTagging", "Resource": "*" },
    ] }));
    let error = s3(&sandbox).get_bucket_tagging().bucket(seed::APP_DATA).send().await.expect_err("denied");
    assert!(format!("{error:?}").contains("with an explicit deny in an identity-based policy"), "{error:?}");
}

#[tokio::test]
async fn boundaries_and_organization_policies_are_simulated_too() {
    let sandbox = Sandbox::seeded().await;
    let (one, two) = ("arn:aws:s3:::one", "arn:aws:s3:::two");
    let body = simulation(ROLE, &["s3:PutBucketPolicy"], &[one, two]);
    let member = async |sandbox: &Sandbox| {
        let result = result(&asked(sandbox, &body).await);
        result.at(&["EvaluationResults", "member"]).expect("one").clone()
    };
    let plain = member(&sandbox).await;
    assert!(plain.child("OrganizationsDecisionDetail").is_none());
    assert!(plain.child("PermissionsBoundaryDecisionDetail").is_none());
    let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let deny = json!({ "Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": two });
    sandbox.set_service_control_policy(&json!({ "Statement": [all, deny] }));
    sandbox
        .set_boundary(&json!({ "Statement": [{ "Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*" }] }));
    let judged = member(&sandbox).await;
    let organization = ["OrganizationsDecisionDetail", "AllowedByOrganizations"];
    assert_eq!(judged.text_at(&organization), Some("false"));
    let boundary = ["PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"];
    assert_eq!(judged.text_at(&boundary), Some("true"));
    let refused = s3(&sandbox).delete_bucket_policy().bucket(seed::APP_DATA).send().await;
    assert!(refused.is_ok(), "{refused:?}");
    sandbox.set_boundary(&json!({ "Statement": [{ "Effect": "Allow", "Action": "iam:*", "Resource": "*" }] }));
    let refused = s3(&sandbox).delete_bucket_policy().bucket(seed::APP_DATA).send().await.expect_err("refused");
    let message = format!("{refused:?}");
    assert!(message.contains("because no permissions boundary allows the s3:DeleteBucketPolicy action"), "{message}");
}
