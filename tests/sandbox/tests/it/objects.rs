//! Objects and their encryption.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier, ServerSideEncryption};
use sandbox::{Encryption, Sandbox, seed};

use crate::clients::{refusal, refused, s3};

#[tokio::test]
async fn an_object_reports_its_encryption() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let key = sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key);
    let put = client
        .put_object()
        .bucket(seed::KMS_LOGS)
        .key("a/b c+d.txt")
        .body(ByteStream::from_static(b"hello"))
        .send()
        .await
        .expect("put");
    assert_eq!(
        (put.server_side_encryption(), put.ssekms_key_id()),
        (Some(&ServerSideEncryption::AwsKms), key.as_deref())
    );
    let head = client.head_object().bucket(seed::KMS_LOGS).key("a/b c+d.txt").send().await.expect("head");
    assert_eq!((head.content_length(), head.ssekms_key_id()), (Some(5), key.as_deref()));
    let got = client.get_object().bucket(seed::KMS_LOGS).key("a/b c+d.txt").send().await.expect("got");
    assert_eq!(got.body.collect().await.expect("a body").to_vec(), b"hello");
    let managed = client.put_object().bucket(seed::MANAGED_KMS_LOGS).key("k").send().await.expect("put");
    let arn = managed.ssekms_key_id().expect("a key").to_owned();
    assert!(sandbox.keys().iter().any(|key| key.arn == arn && key.manager == "AWS" && key.aliases == ["alias/aws/s3"]));
    let plain = client.put_object().bucket(seed::APP_DATA).key("k").send().await.expect("put");
    assert_eq!(plain.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
    assert_eq!(
        refused(
            client
                .put_object()
                .bucket(seed::APP_DATA)
                .key("c")
                .sse_customer_algorithm("AES256")
                .sse_customer_key("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
                .sse_customer_key_md5("hRasmdxgYDKV3nvbahU1MA==")
                .send()
                .await
        ),
        refusal(403, "AccessDenied")
    );
}

#[tokio::test]
async fn an_unusable_key_blocks_puts_and_gets() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let put = || client.put_object().bucket(seed::KMS_LOGS).key("k").body(ByteStream::from_static(b"x")).send();
    put().await.expect("put");
    let key = sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key).expect("a key");
    sandbox.set_key_state(&key, "Disabled");
    assert_eq!(refused(put().await), refusal(400, "KMS.DisabledException"));
    assert_eq!(
        refused(client.get_object().bucket(seed::KMS_LOGS).key("k").send().await),
        refusal(400, "KMS.DisabledException")
    );
    sandbox.set_encryption(seed::KMS_LOGS, Encryption::kms(Some("alias/nothing")));
    assert_eq!(refused(put().await), refusal(400, "KMS.NotFoundException"));
}

#[tokio::test]
async fn objects_are_listed_and_deleted() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    for key in ["p/1", "p/2", "q"] {
        client.put_object().bucket(seed::APP_IMAGES).key(key).send().await.expect("put");
    }
    let page = client.list_objects_v2().bucket(seed::APP_IMAGES).prefix("p/").max_keys(1).send().await.expect("listed");
    assert_eq!((page.contents()[0].key(), page.is_truncated), (Some("p/1"), Some(true)));
    let next = client
        .list_objects_v2()
        .bucket(seed::APP_IMAGES)
        .prefix("p/")
        .continuation_token(page.next_continuation_token.expect("a token"))
        .send()
        .await
        .expect("listed");
    assert_eq!(next.contents()[0].key(), Some("p/2"));
    let object = ObjectIdentifier::builder().key("p/1").build().expect("an object");
    client
        .delete_objects()
        .bucket(seed::APP_IMAGES)
        .delete(Delete::builder().objects(object).build().expect("a delete"))
        .send()
        .await
        .expect("deleted");
    client.delete_object().bucket(seed::APP_IMAGES).key("q").send().await.expect("deleted");
    let keys: Vec<String> = sandbox.bucket(seed::APP_IMAGES).expect("a bucket").objects.into_keys().collect();
    assert_eq!(keys, ["p/2", "readme.txt"]);
    assert_eq!(refused(client.delete_bucket().bucket(seed::APP_IMAGES).send().await), refusal(409, "BucketNotEmpty"));
    assert_eq!(refused(client.get_object().bucket(seed::APP_IMAGES).key("q").send().await), refusal(404, "NoSuchKey"));
}

#[tokio::test]
async fn a_streamed_body_and_parts_are_accepted() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let file = std::env::temp_dir().join(format!("sandbox-body-{}", std::process::id()));
    std::fs::write(&file, b"streamed").expect("a file");
    client
        .put_object()
        .bucket(seed::APP_DATA)
        .key("s")
        .body(ByteStream::from_path(&file).await.expect("a body"))
        .send()
        .await
        .expect("put");
    let _ = std::fs::remove_file(file);
    let got = client.get_object().bucket(seed::APP_DATA).key("s").send().await.expect("got");
    assert_eq!(got.body.collect().await.expect("a body").to_vec(), b"streamed");
    let upload = client
        .create_multipart_upload()
        .bucket(seed::APP_DATA)
        .key("m")
        .send()
        .await
        .expect("created")
        .upload_id
        .expect("an id");
    let part = client
        .upload_part()
        .bucket(seed::APP_DATA)
        .key("m")
        .upload_id(&upload)
        .part_number(1)
        .body(ByteStream::from_static(b"part"))
        .send()
        .await
        .expect("part");
    let parts = aws_sdk_s3::types::CompletedMultipartUpload::builder()
        .parts(aws_sdk_s3::types::CompletedPart::builder().part_number(1).set_e_tag(part.e_tag).build())
        .build();
    client
        .complete_multipart_upload()
        .bucket(seed::APP_DATA)
        .key("m")
        .upload_id(&upload)
        .multipart_upload(parts)
        .send()
        .await
        .expect("completed");
    assert_eq!(sandbox.bucket(seed::APP_DATA).expect("a bucket").objects["m"].size, 4);
}
