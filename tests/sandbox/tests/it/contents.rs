//! Lists of a bucket's objects, and backdated objects.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::EncodingType;
use sandbox::{BucketSeed, Sandbox, seed};

use crate::clients::{refusal, refused, s3};

async fn with(keys: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty().await;
    sandbox.put_bucket(BucketSeed::new("listed")).await;
    for key in keys {
        sandbox.put_object("listed", key, b"x").await;
    }
    sandbox
}

/// Returns the keys and common prefixes of a page, in the order of the answer.
fn names(page: &ListObjectsV2Output) -> Vec<&str> {
    let keys = page.contents().iter().filter_map(|object| object.key());
    keys.chain(page.common_prefixes().iter().filter_map(|common| common.prefix())).collect()
}

#[tokio::test]
async fn objects_are_listed_in_byte_order_and_filtered_by_prefix() {
    let sandbox = with(&["b", "a/2", "a/1", "B", "a", "a!", "あ", "aa"]).await;
    let client = s3(&sandbox);
    let all = client.list_objects_v2().bucket("listed").send().await.expect("listed");
    assert_eq!(names(&all), ["B", "a", "a!", "a/1", "a/2", "aa", "b", "あ"]);
    assert_eq!((all.key_count(), all.is_truncated(), all.max_keys()), (Some(8), Some(false), Some(1000)));
    let one = &all.contents()[1];
    assert!(one.e_tag().is_some_and(|tag| tag.starts_with('"')) && one.size() == Some(1) && one.owner().is_none());
    let some = client.list_objects_v2().bucket("listed").prefix("a/").send().await.expect("listed");
    assert_eq!((names(&some), some.prefix()), (vec!["a/1", "a/2"], Some("a/")));
    let none = client.list_objects_v2().bucket("listed").prefix("c").send().await.expect("listed");
    assert_eq!((names(&none).len(), none.key_count()), (0, Some(0)));
}

#[tokio::test]
async fn common_prefixes_count_and_keep_their_order_across_pages() {
    let sandbox = with(&["a", "b/1", "b/2", "b/3", "c", "d/1", "d/e/1", "f"]).await;
    let client = s3(&sandbox);
    let list = || client.list_objects_v2().bucket("listed").delimiter("/");
    let pages = list().max_keys(2).into_paginator().send().collect::<Result<Vec<_>, _>>().await.expect("listed");
    assert_eq!(pages.iter().map(names).collect::<Vec<_>>(), [vec!["a", "b/"], vec!["c", "d/"], vec!["f"]]);
    assert_eq!(pages.iter().filter_map(ListObjectsV2Output::key_count).collect::<Vec<_>>(), [2, 2, 1]);
    let deeper = list().prefix("d/").send().await.expect("listed");
    assert_eq!(names(&deeper), ["d/1", "d/e/"]);
    let word = client.list_objects_v2().bucket("listed").delimiter("/e").send().await.expect("listed");
    assert_eq!(word.common_prefixes()[0].prefix(), Some("d/e"));
    let old = client.list_objects().bucket("listed").delimiter("/").max_keys(2).send().await.expect("listed");
    assert_eq!((old.next_marker(), old.common_prefixes().len()), (Some("b/"), 1));
    let next = client.list_objects().bucket("listed").delimiter("/").marker("b/").send().await.expect("listed");
    assert_eq!(next.contents()[0].key(), Some("c"), "a common prefix is not listed again");
}

#[tokio::test]
async fn a_listing_starts_after_a_key_unless_it_continues_by_token() {
    let sandbox = with(&["a/1", "a/2", "a/3", "a/4"]).await;
    let client = s3(&sandbox);
    let list = || client.list_objects_v2().bucket("listed").start_after("a/1");
    let first = list().max_keys(2).send().await.expect("listed");
    assert_eq!((names(&first), first.start_after()), (vec!["a/2", "a/3"], Some("a/1")));
    let token = first.next_continuation_token().expect("a token");
    assert!(!token.contains("a/3"), "tokens are opaque");
    let second = list().continuation_token(token).send().await.expect("listed");
    assert_eq!(names(&second), ["a/4"]);
    let between = client.list_objects_v2().bucket("listed").start_after("a/25").send().await.expect("listed");
    assert_eq!(names(&between), ["a/3", "a/4"]);
    let before = client.list_objects_v2().bucket("listed").prefix("a/").start_after("0").send().await.expect("listed");
    assert_eq!(names(&before).len(), 4);
    let wrong = client.list_objects_v2().bucket("listed").continuation_token("a/3");
    assert_eq!(refused(wrong.send().await), refusal(400, "InvalidArgument"));
}

#[tokio::test]
async fn a_page_has_at_most_a_thousand_keys_and_encodes_names_on_request() {
    let keys: Vec<String> = (0..1001).map(|number| format!("k {number:04}")).collect();
    let sandbox = with(&keys.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let client = s3(&sandbox);
    let page = client.list_objects_v2().bucket("listed").max_keys(5000).send().await.expect("listed");
    assert_eq!((page.contents().len(), page.is_truncated(), page.max_keys()), (1000, Some(true), Some(1000)));
    let none = client.list_objects_v2().bucket("listed").max_keys(0).send().await.expect("listed");
    assert_eq!((none.contents().len(), none.is_truncated()), (0, Some(false)));
    assert_eq!(
        refused(client.list_objects_v2().bucket("listed").max_keys(-1).send().await),
        refusal(400, "InvalidArgument")
    );
    let url = client.list_objects_v2().bucket("listed").encoding_type(EncodingType::Url).max_keys(1);
    let url = url.fetch_owner(true).send().await.expect("listed");
    assert_eq!(url.contents()[0].key(), Some("k%200000"));
    assert!(url.contents()[0].owner().and_then(|owner| owner.id()).is_some_and(|id| id.len() == 64));
}

#[tokio::test]
async fn a_backdated_object_reports_when_it_was_written() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_601);
    let reported = DateTime::from(time);
    sandbox.put_object_at(seed::APP_DATA, "old", b"old", time).await;
    let head = client.head_object().bucket(seed::APP_DATA).key("old").send().await.expect("head");
    let got = client.get_object().bucket(seed::APP_DATA).key("old").send().await.expect("got");
    let page = client.list_objects_v2().bucket(seed::APP_DATA).prefix("old").send().await.expect("listed");
    let listed = &page.contents()[0];
    assert_eq!([head.last_modified(), got.last_modified(), listed.last_modified()], [Some(&reported); 3]);
    assert_eq!((listed.e_tag(), listed.size()), (head.e_tag(), head.content_length()));
    client.put_object().bucket(seed::APP_DATA).key("old").send().await.expect("put");
    let head = client.head_object().bucket(seed::APP_DATA).key("old").send().await.expect("head");
    assert!(head.last_modified().is_some_and(|now| now.secs() > reported.secs()), "written again");
}
