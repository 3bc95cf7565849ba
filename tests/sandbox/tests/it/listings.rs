//! Lists of an account's buckets, load balancers, keys and aliases.

use aws_sdk_elasticloadbalancingv2::operation::describe_load_balancers::DescribeLoadBalancersOutput;
use aws_sdk_kms::operation::list_aliases::ListAliasesOutput;
use aws_sdk_kms::operation::list_keys::ListKeysOutput;
use aws_sdk_s3::operation::list_buckets::ListBucketsOutput;
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{BucketSeed, Effect, Fault, KeySeed, LoadBalancerSeed, Sandbox, When, seed};

use crate::clients::{elb, elb_of, kms_in, kms_of, raw, refusal, refused, reply, s3, s3_of, sts_with};

#[tokio::test]
async fn every_account_lists_its_own_buckets_by_name() {
    let sandbox = Sandbox::seeded().await;
    let own = s3(&sandbox).list_buckets().send().await.expect("listed");
    let names: Vec<&str> = own.buckets().iter().filter_map(|bucket| bucket.name()).collect();
    assert!(names.len() == 9 && names.is_sorted() && !names.contains(&seed::OTHER_ACCOUNT_LOGS), "{names:?}");
    assert!(own.buckets().iter().all(|bucket| bucket.bucket_region().is_none() && bucket.bucket_arn().is_none()));
    assert!(own.buckets().iter().all(|bucket| bucket.creation_date().is_some()));
    assert_eq!(own.owner().and_then(|owner| owner.id()), Some(ACCOUNT));
    let other = s3_of(&sandbox, OTHER_ACCOUNT, "eu-west-1").list_buckets().send().await.expect("listed");
    assert_eq!(other.buckets().len(), 1, "at the endpoint of any Region");
}

#[tokio::test]
async fn buckets_are_listed_by_region_and_prefix_in_pages() {
    let sandbox = Sandbox::seeded().await;
    let west = s3_of(&sandbox, ACCOUNT, seed::WEST).list_buckets().bucket_region(seed::WEST).send().await;
    let west = west.expect("listed");
    assert_eq!(west.buckets().len(), 1);
    assert_eq!(
        (west.buckets()[0].name(), west.buckets()[0].bucket_region()),
        (Some(seed::WEST_LOGS), Some(seed::WEST))
    );
    let client = s3(&sandbox);
    let apps = client.list_buckets().prefix("app-").send().await.expect("listed");
    assert_eq!((apps.buckets().len(), apps.prefix()), (3, Some("app-")));
    let pages = client.list_buckets().into_paginator().page_size(4).send().collect::<Result<Vec<_>, _>>().await;
    let pages = pages.expect("listed");
    assert_eq!(pages.iter().map(|page| page.buckets().len()).collect::<Vec<_>>(), [4, 4, 1]);
    assert!(pages.iter().flat_map(ListBucketsOutput::buckets).all(|bucket| bucket.bucket_region().is_some()));
    assert!(pages[0].continuation_token().is_some_and(|token| !token.contains("logs")), "tokens are opaque");
    let wrong = refusal(400, "InvalidArgument");
    for most in [0, -1, 10_001] {
        assert_eq!(refused(client.list_buckets().max_buckets(most).send().await), wrong, "{most}");
    }
    assert_eq!(refused(client.list_buckets().continuation_token("app-data").send().await), wrong);
    assert_eq!(refused(client.list_buckets().bucket_region(seed::WEST).send().await), wrong, "another endpoint");
    client.list_buckets().max_buckets(10_000).send().await.expect("listed");
}

#[tokio::test]
async fn load_balancers_are_listed_per_account_and_region_in_pages_with_their_tags() {
    let sandbox = Sandbox::seeded().await;
    let west = sandbox.put_load_balancer(LoadBalancerSeed::network("west", "TLS").within(seed::WEST)).await;
    let foreign = LoadBalancerSeed::application("foreign").of(OTHER_ACCOUNT).tagged("team", "web & more");
    let foreign = sandbox.put_load_balancer(foreign).await;
    let names = |page: &DescribeLoadBalancersOutput| {
        page.load_balancers().iter().filter_map(|one| one.load_balancer_name().map(str::to_owned)).collect::<Vec<_>>()
    };
    let there = elb_of(&sandbox, ACCOUNT, seed::WEST).describe_load_balancers().send().await.expect("described");
    assert_eq!(names(&there), ["west"]);
    assert_eq!(there.load_balancers()[0].load_balancer_arn(), Some(west.as_str()));
    let client = elb_of(&sandbox, OTHER_ACCOUNT, "us-east-1");
    assert_eq!(names(&client.describe_load_balancers().send().await.expect("described")), ["foreign"]);
    let tags = client.describe_tags().resource_arns(&foreign).send().await.expect("described");
    let tag = &tags.tag_descriptions()[0].tags()[0];
    assert_eq!((tag.key(), tag.value()), (Some("team"), Some("web & more")));
    assert_eq!(refused(client.describe_tags().resource_arns(&west).send().await), refusal(400, "LoadBalancerNotFound"));
    let client = elb(&sandbox);
    let pages = client.describe_load_balancers().page_size(3).into_paginator().send().collect::<Result<Vec<_>, _>>();
    let pages: Vec<Vec<String>> = pages.await.expect("described").iter().map(names).collect();
    assert_eq!(pages, [vec!["edge", "legacy-web", "tcp-only"], vec!["web"]]);
    let wrong = refusal(400, "ValidationError");
    assert_eq!(refused(client.describe_load_balancers().page_size(401).send().await), wrong);
    assert_eq!(refused(client.describe_load_balancers().marker("web").send().await), wrong);
}

#[tokio::test]
async fn keys_are_listed_per_account_and_region_in_pages_and_described() {
    let sandbox = Sandbox::seeded().await;
    let west = sandbox.put_key(KeySeed { region: seed::WEST.to_owned(), ..KeySeed::new() }).await;
    let client = kms_of(&sandbox, ACCOUNT);
    let pages = client.list_keys().limit(2).into_paginator().send().collect::<Result<Vec<_>, _>>().await;
    let pages = pages.expect("listed");
    assert_eq!(
        pages.iter().map(|page| (page.keys().len(), page.truncated)).collect::<Vec<_>>(),
        [(2, true), (1, false)]
    );
    for key in pages.iter().flat_map(ListKeysOutput::keys) {
        let found = client.describe_key().key_id(key.key_id().expect("an id")).send().await.expect("described");
        assert_eq!(found.key_metadata().and_then(|metadata| metadata.arn()), key.key_arn());
    }
    let there = kms_in(&sandbox, ACCOUNT, seed::WEST).list_keys().send().await.expect("listed");
    assert_eq!(there.keys().iter().map(|key| key.key_arn()).collect::<Vec<_>>(), [Some(west.as_str())]);
    assert!(kms_of(&sandbox, OTHER_ACCOUNT).list_keys().send().await.expect("listed").keys().is_empty());
    for limit in [0, 1001] {
        assert_eq!(refused(client.list_keys().limit(limit).send().await), refusal(400, "ValidationException"));
    }
    assert_eq!(refused(client.list_keys().marker("m").send().await), refusal(400, "InvalidMarkerException"));
}

#[tokio::test]
async fn aliases_are_listed_in_pages_or_for_one_key() {
    let sandbox = Sandbox::seeded().await;
    let client = kms_of(&sandbox, ACCOUNT);
    let pages = client.list_aliases().limit(3).into_paginator().send().collect::<Result<Vec<_>, _>>().await;
    let pages = pages.expect("listed");
    let all: Vec<(&str, bool)> = pages
        .iter()
        .flat_map(ListAliasesOutput::aliases)
        .map(|alias| (alias.alias_name().unwrap_or_default(), alias.target_key_id().is_some()))
        .collect();
    let expected = [
        (seed::APP_DATA_ALIAS, true),
        ("alias/aws/s3", false),
        (seed::KMS_LOGS_ALIAS, true),
        (seed::OLD_LOGS_ALIAS, true),
    ];
    assert_eq!((all.as_slice(), pages.len()), (expected.as_slice(), 2), "what S3 has not needed yet has no key");
    let arn = sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key).expect("a key");
    let id = arn.rsplit('/').next().expect("an id");
    for named in [arn.as_str(), id] {
        let own = client.list_aliases().key_id(named).send().await.expect("listed");
        assert_eq!(own.aliases()[0].alias_name(), Some(seed::KMS_LOGS_ALIAS));
        assert_eq!((own.aliases().len(), own.aliases()[0].target_key_id()), (1, Some(id)));
    }
    let missing = refusal(400, "NotFoundException");
    assert_eq!(refused(client.list_aliases().key_id(seed::KMS_LOGS_ALIAS).send().await), missing, "no alias");
    assert_eq!(
        refused(kms_of(&sandbox, OTHER_ACCOUNT).list_aliases().key_id(&arn).send().await),
        missing,
        "no other account's key"
    );
    assert_eq!(refused(client.list_aliases().limit(101).send().await), refusal(400, "ValidationException"));
}

#[tokio::test]
async fn listings_are_recorded_and_a_fault_affects_only_one_of_them() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("listed")).await;
    let arn = sandbox.load_balancer_arn(seed::WEB).expect("an ARN");
    let (s3, elb, kms) = (s3(&sandbox), elb(&sandbox), kms_of(&sandbox, ACCOUNT));
    let sts = sts_with(sandbox.http_client(), ACCOUNT);
    for (operation, resource, status) in [
        ("ListBuckets", "", 403),
        ("ListBucketInventoryConfigurations", "listed", 403),
        ("DescribeLoadBalancers", "", 403),
        ("DescribeTags", arn.as_str(), 403),
        ("ListKeys", "", 400),
        ("ListAliases", "", 400),
        ("DescribeKey", seed::KMS_LOGS_ALIAS, 400),
        ("GetCallerIdentity", "", 403),
        ("ListAccountAliases", "", 403),
    ] {
        sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() });
        sandbox.forget_requests();
        let _ = s3.list_buckets().send().await;
        let _ = s3.list_bucket_inventory_configurations().bucket("listed").send().await;
        let _ = elb.describe_load_balancers().send().await;
        let _ = elb.describe_tags().resource_arns(&arn).send().await;
        let _ = kms.list_keys().send().await;
        let _ = kms.list_aliases().send().await;
        let _ = kms.describe_key().key_id(seed::KMS_LOGS_ALIAS).send().await;
        let _ = sts.get_caller_identity().send().await;
        let _ = reply(&sandbox, raw("iam", "us-east-1", ACCOUNT, "", "Action=ListAccountAliases")).await;
        let log = sandbox.requests();
        assert!(log.len() == 9 && log.iter().all(|one| !one.mutating));
        let struck: Vec<(&str, &str, u16)> = log
            .iter()
            .filter(|one| one.status != 200)
            .map(|one| (one.operation.as_str(), one.resource.as_str(), one.status))
            .collect();
        assert_eq!(struck, [(operation, resource, status)]);
        sandbox.clear_faults();
    }
}
