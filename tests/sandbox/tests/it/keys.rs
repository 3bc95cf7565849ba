//! Keys, and the caller's identity.

use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{Sandbox, seed};

use crate::clients::{kms_of, refusal, refused, sts_with};

#[tokio::test]
async fn a_key_is_created_with_policy_tags_and_alias_and_found_again() {
    let sandbox = Sandbox::seeded().await;
    let client = kms_of(&sandbox, ACCOUNT);
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("logbucket").tag_value("yes").build().expect("a tag");
    let key =
        client.create_key().policy(&policy).tags(tag).send().await.expect("created").key_metadata.expect("metadata");
    let id = key.key_id();
    assert_eq!(client.get_key_policy().key_id(id).send().await.expect("a policy").policy(), Some(policy.as_str()));
    assert_eq!(client.list_resource_tags().key_id(id).send().await.expect("tags").tags().len(), 1);
    let alias = || client.create_alias().alias_name("alias/new").target_key_id(id).send();
    alias().await.expect("created");
    assert_eq!(refused(alias().await), refusal(400, "AlreadyExistsException"));
    let found = client.describe_key().key_id("alias/new").send().await.expect("found").key_metadata.expect("metadata");
    assert_eq!(found.arn(), key.arn());
    assert_eq!(client.list_aliases().key_id(id).send().await.expect("aliases").aliases().len(), 1);
    assert_eq!(refused(client.describe_key().key_id("alias/nothing").send().await), refusal(400, "NotFoundException"));
    let data = client
        .generate_data_key()
        .key_id(id)
        .key_spec(aws_sdk_kms::types::DataKeySpec::Aes256)
        .send()
        .await
        .expect("a data key");
    assert_eq!(data.plaintext().expect("plaintext").as_ref().len(), 32);
}

#[tokio::test]
async fn a_key_policy_that_aws_would_reject_is_refused() {
    let sandbox = Sandbox::seeded().await;
    let client = kms_of(&sandbox, ACCOUNT);
    let put = |policy: String| client.put_key_policy().key_id(seed_key(&sandbox)).policy(policy).send();
    let statement = |principal: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"あ","Effect":"Allow","Principal":{principal},"Action":"kms:*","Resource":"*"}}]}}"#
        )
    };
    let root = format!(r#"{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}}"#);
    assert_eq!(refused(put(statement(&root)).await), refusal(400, "ValidationException"), "a letter beyond U+00FF");
    let plain = |principal: &str| statement(principal).replace('あ', "a");
    assert_eq!(
        refused(put(plain(r#"{"Service":"nobody.amazonaws.com"}"#)).await),
        refusal(400, "MalformedPolicyDocumentException")
    );
    assert_eq!(
        refused(put(plain(r#"{"Service":"delivery.logs.amazonaws.com"}"#)).await),
        refusal(400, "MalformedPolicyDocumentException"),
        "locked out"
    );
    assert_eq!(
        refused(put(plain(&root).replace("\"a\"", &format!("\"{}\"", "a".repeat(32_768)))).await),
        refusal(400, "LimitExceededException")
    );
    put(plain(&root)).await.expect("put");
    assert_eq!(
        refused(kms_of(&sandbox, OTHER_ACCOUNT).describe_key().key_id(seed_key(&sandbox)).send().await),
        refusal(400, "AccessDeniedException")
    );
}

fn seed_key(sandbox: &Sandbox) -> String {
    sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key).expect("a key")
}

#[tokio::test]
async fn a_caller_can_get_its_identity_and_assume_roles() {
    let sandbox = Sandbox::seeded().await;
    let client = sts_with(sandbox.http_client(), OTHER_ACCOUNT);
    let identity = client.get_caller_identity().send().await.expect("an identity");
    assert_eq!(
        (identity.account(), identity.arn()),
        (Some(OTHER_ACCOUNT), Some("arn:aws:sts::444455556666:assumed-role/Operator/session"))
    );
    let role = client
        .assume_role()
        .role_arn("arn:aws:iam::111122223333:role/Logs")
        .role_session_name("s")
        .send()
        .await
        .expect("assumed");
    assert_eq!(sandbox::account::account_of(role.credentials().expect("credentials").access_key_id()), ACCOUNT);
}
