//! Finds the IAM statement that grants a refused action. Makes no AWS calls.
//!
//! The forms of resources are documented in
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>, with one page per service:
//! `list_amazons3.html`, `list_awselasticloadbalancingv2.html`, `list_awskeymanagementservice.html`.

use serde_json::{Value, json};

use crate::model::{AccountId, Partition, Region};
use crate::permission::actions_with;

/// The location of a resource without an ARN; unknown parts become wildcards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Where<'a> {
    pub(super) partition: Partition,
    pub(super) region: Option<&'a Region>,
    pub(super) account: Option<&'a AccountId>,
}

/// Returns the statement that grants an action, as one line of JSON.
///
/// `resource` is what the call was about: an ARN, a bucket, `bucket/key`, a key's id or alias.
pub(super) fn statement(action: &str, resource: &str, place: Where<'_>) -> String {
    let actions = match actions_with(action).as_slice() {
        [only] => json!(only),
        several => json!(several),
    };
    let resources = match resources(action, resource, place).as_slice() {
        [only] => json!(only),
        several => json!(several),
    };
    let mut statement = serde_json::Map::new();
    statement.insert("Effect".to_owned(), json!("Allow"));
    statement.insert("Action".to_owned(), actions);
    statement.insert("Resource".to_owned(), resources);
    Value::Object(statement).to_string()
}

fn resources(action: &str, resource: &str, place: Where<'_>) -> Vec<String> {
    let partition = place.partition;
    let (service, verb) = action.split_once(':').unwrap_or_default();
    // The words after the first are for people, or name the second resource of a call.
    let mut words = resource.split_whitespace();
    let first = words.next().unwrap_or_default();
    let any = || vec!["*".to_owned()];
    match (service, verb) {
        ("elasticloadbalancing", verb) if verb.starts_with("Describe") => any(),
        ("kms", "CreateKey" | "ListAliases" | "ListKeys") | ("s3", "ListAllMyBuckets") => any(),
        // CreateAlias needs both the alias and its key:
        // <https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html>.
        ("kms", "CreateAlias") => {
            let key = words.find(|word| word.starts_with("arn:")).map(str::to_owned);
            vec![kms_arn(first, place), key.unwrap_or_else(|| kms_arn("key/*", place))]
        }
        (_, _) if first.starts_with("arn:") => vec![first.to_owned()],
        // Actions on a key take the key as resource, not its alias.
        ("kms", _) if first.starts_with("alias/") => vec![kms_arn("key/*", place)],
        ("kms", _) if !first.is_empty() && first != "*" => vec![kms_arn(&format!("key/{first}"), place)],
        ("s3", _) if !first.is_empty() && first != "*" => vec![format!("arn:{partition}:s3:::{first}")],
        (_, _) => any(),
    }
}

fn kms_arn(resource: &str, place: Where<'_>) -> String {
    let region = place.region.map_or("*", Region::as_str);
    let account = place.account.map_or("*", AccountId::as_str);
    format!("arn:{}:kms:{region}:{account}:{resource}", place.partition)
}

/// Returns the action and resource that AWS names in a refusal, such as
/// `... is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:... because ...`
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
pub(super) fn refused_call(message: &str) -> Option<(&str, Option<&str>)> {
    let (_, rest) = message.split_once("not authorized to perform: ")?;
    let bare = |word: &'static [char], text| -> &str { str::trim_matches(text, word) };
    let mut words = rest.split_whitespace();
    let action = words.next().map(|word| bare(&['"', '\'', '.', ','], word)).filter(|word| word.contains(':'))?;
    let resource = rest.split_once(" on resource: ").and_then(|(_, rest)| rest.split_whitespace().next());
    let resource = resource.map(|word| bare(&['"', '\'', '.', ','], word));
    Some((action, resource.filter(|word| *word == "*" || word.starts_with("arn:"))))
}

/// Returns the policy with the explicit Deny that AWS names, such as `a service control policy`. No Allow overrides it.
pub(super) fn denying_policy(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("explicit deny")?;
    let named =
        rest.strip_prefix(" in ").map(|rest| rest.split([':', '.', ',', '\n']).next().unwrap_or_default().trim());
    Some(named.filter(|named| !named.is_empty()).unwrap_or("a policy that AWS does not name").to_owned())
}

/// Returns the policy that limits the caller from outside, such as `service control policy`. An identity policy can't
/// override this limit (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
pub(super) fn limiting_policy(message: &str) -> Option<&'static str> {
    const LIMITS: [&str; 5] = [
        "permissions boundary",
        "service control policy",
        "resource control policy",
        "session policy",
        "VPC endpoint policy",
    ];
    LIMITS.into_iter().find(|limit| message.contains(&format!("because no {limit} allows")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(action: &str, resource: &str) -> String {
        let (region, account) = ("us-east-1".parse().unwrap(), "111122223333".parse().unwrap());
        statement(action, resource, Where { partition: Partition::Aws, region: Some(&region), account: Some(&account) })
    }

    #[test]
    fn each_action_is_granted_on_the_resource_aws_evaluates() {
        let balancer = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc";
        let key = "arn:aws:kms:us-east-1:111122223333:key/1";
        for (action, resource, expected) in [
            ("elasticloadbalancing:DescribeLoadBalancers", "web", "*"),
            ("elasticloadbalancing:DescribeListeners", balancer, "*"),
            ("elasticloadbalancing:ModifyLoadBalancerAttributes", balancer, balancer),
            ("s3:ListBucket", "demo-logs", "arn:aws:s3:::demo-logs"),
            ("s3:PutObject", "demo-logs/a/b", "arn:aws:s3:::demo-logs/a/b"),
            ("s3:ListAllMyBuckets", "*", "*"),
            ("kms:ListKeys", "*", "*"),
            ("kms:DescribeKey", key, key),
            ("kms:DescribeKey", "1234", "arn:aws:kms:us-east-1:111122223333:key/1234"),
            ("kms:DescribeKey", "alias/logs", "arn:aws:kms:us-east-1:111122223333:key/*"),
            ("kms:GetKeyPolicy", "arn:aws:kms:eu-west-1:444455556666:key/1 (of account 444455556666)", {
                "arn:aws:kms:eu-west-1:444455556666:key/1"
            }),
            ("iam:ListAccountAliases", "the account", "*"),
        ] {
            let expected = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{expected}"}}"#);
            assert_eq!(granted(action, resource), expected);
        }
    }

    #[test]
    fn a_second_action_or_resource_is_included() {
        assert_eq!(
            granted("s3:CreateBucket", "demo-logs"),
            r#"{"Effect":"Allow","Action":["s3:CreateBucket","s3:PutBucketOwnershipControls","s3:TagResource"],"Resource":"arn:aws:s3:::demo-logs"}"#
        );
        assert_eq!(
            granted("kms:CreateAlias", "alias/logs of arn:aws:kms:us-east-1:111122223333:key/1"),
            r#"{"Effect":"Allow","Action":"kms:CreateAlias","Resource":["arn:aws:kms:us-east-1:111122223333:alias/logs","arn:aws:kms:us-east-1:111122223333:key/1"]}"#
        );
    }

    #[test]
    fn an_unknown_account_becomes_a_wildcard_and_the_partition_is_kept() {
        let region: Region = "cn-north-1".parse().unwrap();
        let place = Where { partition: region.partition(), region: Some(&region), account: None };
        assert!(statement("s3:ListBucket", "b", place).contains(r#""arn:aws-cn:s3:::b""#));
        assert!(statement("kms:DescribeKey", "1", place).contains(r#""arn:aws-cn:kms:cn-north-1:*:key/1""#));
    }

    #[test]
    fn the_action_and_resource_are_parsed_from_a_denial() {
        let text = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: kms:GenerateDataKey on resource: \"arn:aws:kms:us-east-1:111122223333:key/1\" because no identity-based policy allows it";
        assert_eq!(refused_call(text), Some(("kms:GenerateDataKey", Some("arn:aws:kms:us-east-1:111122223333:key/1"))));
        assert_eq!(refused_call("x is not authorized to perform: a:B because"), Some(("a:B", None)));
        assert_eq!(refused_call("Access Denied"), None);
    }

    #[test]
    fn a_limiting_policy_is_recognized() {
        let text =
            |policy: &str| format!("x is not authorized to perform: s3:A because no {policy} allows the s3:A action");
        assert_eq!(limiting_policy(&text("service control policy")), Some("service control policy"));
        assert_eq!(limiting_policy(&text("permissions boundary")), Some("permissions boundary"));
        assert_eq!(limiting_policy(&text("identity-based policy")), None);
        assert_eq!(limiting_policy(&text("resource-based policy")), None);
    }

    #[test]
    fn an_explicit_deny_is_recognized_with_its_policy() {
        let text = "x is not authorized to perform: s3:PutBucketPolicy with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1";
        assert_eq!(denying_policy(text).as_deref(), Some("a service control policy"));
        assert_eq!(denying_policy("with an explicit deny").as_deref(), Some("a policy that AWS does not name"));
        assert_eq!(denying_policy("because no identity-based policy allows it"), None);
    }
}
