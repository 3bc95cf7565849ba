//! Accounts and their aliases.

use sandbox::Sandbox;
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};

use crate::clients::{raw, reply};

#[tokio::test]
async fn an_account_can_have_an_alias() {
    let sandbox = Sandbox::seeded().await;
    let list = |account, region| {
        reply(&sandbox, raw("iam", region, account, "", "Action=ListAccountAliases&Version=2010-05-08"))
    };
    let text = |reply: sandbox::wire::Reply| (reply.status, String::from_utf8_lossy(&reply.body).into_owned());
    let (status, body) = text(list(ACCOUNT, "us-east-1").await);
    assert_eq!(status, 200);
    assert!(body.contains("<AccountAliases><member>acme-prod</member></AccountAliases>"), "{body}");
    let (status, body) = text(list(OTHER_ACCOUNT, "us-east-1").await);
    assert!(status == 200 && body.contains("<AccountAliases></AccountAliases>"), "{body}");
    sandbox.set_account_alias(ACCOUNT, None);
    assert!(text(list(ACCOUNT, "us-east-1").await).1.contains("<AccountAliases></AccountAliases>"));
    let (status, body) = text(list(ACCOUNT, "eu-west-1").await);
    assert!(
        status == 403 && body.contains("<Code>SignatureDoesNotMatch</Code>"),
        "IAM is signed for us-east-1: {body}"
    );
    let other = raw("iam", "us-east-1", ACCOUNT, "", "Action=ListUsers&Version=2010-05-08");
    assert_eq!(reply(&sandbox, other).await.status, 501);
    let seen: Vec<(String, String, bool, u16)> = sandbox
        .requests()
        .into_iter()
        .map(|one| (one.service, one.operation, one.mutating, one.status))
        .skip(3)
        .collect();
    let one = |operation: &str, status| ("iam".to_owned(), operation.to_owned(), false, status);
    assert_eq!(seen, [one("ListAccountAliases", 403), one("ListUsers", 501)]);
}
