//! The refusals that every service can return, in each service's wire format.

use aws_sdk_kms::operation::RequestId as _;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use sandbox::account::ACCOUNT;
use sandbox::wire::{Reply, Request};
use sandbox::{Effect, Fault, Sandbox, When, seed, xml};

use crate::clients::{elb, kms_of, raw, reply, s3, sts_with};

const OPERATOR: &str = "arn:aws:sts::111122223333:assumed-role/Operator/session";

/// A request to each service.
fn request(service: &str) -> Request {
    let (target, body) = match service {
        "s3" => ("/shared-logs?policy", ""),
        "kms" => ("TrentService.ListAliases", "{}"),
        "elasticloadbalancing" => ("", "Action=DescribeLoadBalancers&Version=2015-12-01"),
        "iam" => ("", "Action=ListAccountAliases&Version=2010-05-08"),
        _ => ("", "Action=GetCallerIdentity&Version=2011-06-15"),
    };
    raw(service, "us-east-1", ACCOUNT, target, body)
}

/// Returns the status, code and message of a reply in its service's protocol.
fn reported(service: &str, reply: &Reply) -> (u16, String, String) {
    if service == "kms" {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        let text = |name: &str| body.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        return (reply.status, text("__type"), text("message"));
    }
    let root = xml::parse(&reply.body).expect("XML");
    let error = if service == "s3" { Some(&root) } else { root.child("Error") };
    let text = |name: &str| error.and_then(|error| error.text_at(&[name])).unwrap_or_default().to_owned();
    (reply.status, text("Code"), text("Message"))
}

/// Returns a service's answer to a request that an effect hits.
async fn struck(service: &str, effect: Effect, request: Request) -> (Reply, (u16, String, String)) {
    let sandbox = Sandbox::seeded().await;
    sandbox.inject(Fault { when: When::Nth(1), effect });
    let reply = reply(&sandbox, request).await;
    let reported = reported(service, &reply);
    (reply, reported)
}

fn as_told(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

#[tokio::test]
async fn every_service_has_its_own_errors_for_expired_sessions_unknown_keys_and_throttling() {
    let expired = "The security token included in the request is expired";
    let invalid = "The security token included in the request is invalid.";
    let unknown = "The AWS Access Key Id you provided does not exist in our records.";
    let rate = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
    for (service, effect, expected) in [
        ("s3", Effect::expired_token(), as_told(400, "ExpiredToken", "The provided token has expired.")),
        ("elasticloadbalancing", Effect::expired_token(), as_told(403, "ExpiredToken", expired)),
        ("sts", Effect::expired_token(), as_told(403, "ExpiredToken", expired)),
        ("iam", Effect::expired_token(), as_told(403, "ExpiredToken", expired)),
        ("kms", Effect::expired_token(), as_told(400, "ExpiredTokenException", expired)),
        ("s3", Effect::invalid_client_token(), as_told(403, "InvalidAccessKeyId", unknown)),
        ("elasticloadbalancing", Effect::invalid_client_token(), as_told(403, "InvalidClientTokenId", invalid)),
        ("sts", Effect::invalid_client_token(), as_told(403, "InvalidClientTokenId", invalid)),
        ("iam", Effect::invalid_client_token(), as_told(403, "InvalidClientTokenId", invalid)),
        ("kms", Effect::invalid_client_token(), as_told(400, "UnrecognizedClientException", invalid)),
        ("s3", Effect::throttled(), as_told(503, "SlowDown", "Please reduce your request rate.")),
        ("elasticloadbalancing", Effect::throttled(), as_told(400, "Throttling", "Rate exceeded")),
        (
            "elasticloadbalancing",
            Effect::request_limit(),
            as_told(503, "RequestLimitExceeded", "Request limit exceeded."),
        ),
        ("s3", Effect::request_limit(), as_told(503, "SlowDown", "Please reduce your request rate.")),
        ("sts", Effect::throttled(), as_told(400, "Throttling", "Rate exceeded")),
        ("iam", Effect::throttled(), as_told(400, "Throttling", "Rate exceeded")),
        ("kms", Effect::throttled(), as_told(400, "ThrottlingException", rate)),
    ] {
        assert_eq!(struck(service, effect, request(service)).await.1, expected, "{service}");
    }
}

#[tokio::test]
async fn a_slow_clock_is_reported_with_both_times() {
    let (reply, reported) = struck("s3", Effect::clock_skew(), request("s3")).await;
    let message = "The difference between the request time and the current time is too large.";
    assert_eq!(reported, as_told(403, "RequestTimeTooSkewed", message));
    let root = xml::parse(&reply.body).expect("XML");
    assert_eq!(
        ["RequestTime", "ServerTime", "MaxAllowedSkewMilliseconds"].map(|name| root.text_at(&[name])),
        [Some("20260102T000000Z"), Some("2026-01-02T01:00:00Z"), Some("900000")]
    );
    assert_eq!(reply.headers["date"], "Fri, 02 Jan 2026 01:00:00 GMT");
    let words = |earliest: &str, minutes: u8| {
        format!(
            "Signature expired: 20260102T000000Z is now earlier than {earliest} (20260102T010000Z - {minutes} min.)"
        )
    };
    for (service, expected) in [
        ("elasticloadbalancing", as_told(403, "SignatureDoesNotMatch", &words("20260102T005500Z", 5))),
        ("sts", as_told(403, "SignatureDoesNotMatch", &words("20260102T004500Z", 15))),
        ("iam", as_told(403, "SignatureDoesNotMatch", &words("20260102T004500Z", 15))),
        ("kms", as_told(400, "InvalidSignatureException", &words("20260102T005500Z", 5))),
    ] {
        assert_eq!(struck(service, Effect::clock_skew(), request(service)).await.1, expected, "{service}");
    }
}

#[tokio::test]
async fn a_denial_names_the_caller_the_action_and_the_resource() {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/0";
    let modify = format!("Action=ModifyLoadBalancerAttributes&LoadBalancerArn={arn}");
    let role = "arn:aws:iam::111122223333:role/Logs";
    let assume = format!("Action=AssumeRole&RoleArn={role}");
    let kms = "arn:aws:kms:us-east-1:111122223333";
    for (service, target, body, action, on) in [
        ("s3", "/", "", "s3:ListAllMyBuckets", ""),
        ("s3", "/shared-logs?policy", "", "s3:GetBucketPolicy", "\"arn:aws:s3:::shared-logs\""),
        ("s3", "/shared-logs/a/b", "", "s3:GetObject", "\"arn:aws:s3:::shared-logs/a/b\""),
        ("elasticloadbalancing", "", "Action=DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers", ""),
        ("elasticloadbalancing", "", modify.as_str(), "elasticloadbalancing:ModifyLoadBalancerAttributes", arn),
        ("sts", "", assume.as_str(), "sts:AssumeRole", role),
        ("iam", "", "Action=ListAccountAliases", "iam:ListAccountAliases", "*"),
        ("kms", "TrentService.ListAliases", "{}", "kms:ListAliases", "*"),
        (
            "kms",
            "TrentService.CreateAlias",
            r#"{"AliasName":"alias/new","TargetKeyId":"1"}"#,
            "kms:CreateAlias",
            &format!("{kms}:alias/new"),
        ),
        ("kms", "TrentService.GetKeyPolicy", r#"{"KeyId":"1"}"#, "kms:GetKeyPolicy", &format!("{kms}:key/1")),
    ] {
        let on = if on.is_empty() { String::new() } else { format!(" on resource: {on}") };
        let message = format!(
            "User: {OPERATOR} is not authorized to perform: {action}{on} because no identity-based policy allows the {action} action"
        );
        let expected = if service == "kms" {
            as_told(400, "AccessDeniedException", &message)
        } else {
            as_told(403, "AccessDenied", &message)
        };
        let request = raw(service, "us-east-1", ACCOUNT, target, body);
        assert_eq!(struck(service, Effect::access_denied(), request).await.1, expected);
    }
}

#[tokio::test]
async fn a_denial_for_a_key_given_by_alias_names_the_key() {
    let sandbox = Sandbox::seeded().await;
    let key = sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key).expect("a key");
    sandbox.inject(Fault { when: When::Nth(1), effect: Effect::access_denied() });
    let error = kms_of(&sandbox, ACCOUNT).describe_key().key_id(seed::KMS_LOGS_ALIAS).send().await.expect_err("denied");
    assert!(error.message().is_some_and(|message| message.contains(&format!("on resource: {key} because"))));
}

#[tokio::test]
async fn clients_can_read_the_code_message_and_request_id_of_a_refusal() {
    let sandbox = Sandbox::seeded().await;
    sandbox.inject(Fault { when: When::FromNth(1), effect: Effect::invalid_client_token() });
    let error = s3(&sandbox).list_buckets().send().await.expect_err("refused");
    assert_eq!((error.code(), error.request_id()), (Some("InvalidAccessKeyId"), Some("SANDBOX000000000")));
    assert!(aws_sdk_s3::operation::RequestIdExt::extended_request_id(&error).is_some());
    let error = elb(&sandbox).describe_load_balancers().send().await.expect_err("refused");
    assert_eq!((error.code(), error.request_id()), (Some("InvalidClientTokenId"), Some("SANDBOX000000001")));
    let body = error.raw_response().and_then(|response| response.body().bytes()).unwrap_or_default().to_vec();
    assert!(String::from_utf8_lossy(&body).contains("<RequestId>SANDBOX000000001</RequestId>"), "the same in the body");
    let error = kms_of(&sandbox, ACCOUNT).list_keys().send().await.expect_err("refused");
    assert_eq!((error.code(), error.request_id()), (Some("UnrecognizedClientException"), Some("SANDBOX000000002")));
    let error = sts_with(sandbox.http_client(), ACCOUNT).get_caller_identity().send().await.expect_err("refused");
    assert_eq!((error.code(), error.request_id()), (Some("InvalidClientTokenId"), Some("SANDBOX000000003")));
    assert!(error.message().is_some_and(|message| message.starts_with("The security token")));
}
