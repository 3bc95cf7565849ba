//! Buckets that an undo must not delete.

use sandbox::BucketSeed;

use super::setup::{TAGGED, newest_run};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_bucket_that_the_undo_of_a_later_run_needs_is_not_deleted() {
    let cases = ["alb --source web --log-type access", "s3-access --source app-data", "inventory --source app-data"];
    each_case(cases, |words| {
        let account = Account::seeded();
        account.run(&format!("init {words} --bucket first-logs --fix --wait 0 --yes"));
        let first = newest_run(&account);
        account.run(&format!("init {words} --bucket later-logs --fix --wait 0 --yes"));
        account.wait(account.sandbox.empty_bucket("first-logs"));
        account.run(&format!("undo {first} --yes")).ends(6).says("undo that run first");
        assert!(account.sandbox.bucket("first-logs").is_some(), "{words}");
        account.wait(account.sandbox.empty_bucket("later-logs"));
        account.run("undo latest --yes").ends(0);
        assert!(account.sandbox.bucket("later-logs").is_none(), "{words}");
        account.wait(account.sandbox.empty_bucket("first-logs"));
        account.run(&format!("undo {first} --yes")).ends(0);
        assert!(account.sandbox.bucket("first-logs").is_none(), "{words}");
    });
}

#[test]
fn a_created_bucket_that_another_user_adopted_is_kept() {
    let xml = |name: &str, inside: &str| {
        format!("<{name} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{name}>")
    };
    let settings = [
        ("versioning", xml("VersioningConfiguration", "<Status>Enabled</Status>"), "versioning"),
        (
            "cors",
            xml(
                "CORSConfiguration",
                "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>",
            ),
            "CORS",
        ),
        (
            "website",
            xml("WebsiteConfiguration", "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>"),
            "website",
        ),
        (
            "notification",
            xml("NotificationConfiguration", "<EventBridgeConfiguration></EventBridgeConfiguration>"),
            "notifications",
        ),
        ("requestPayment", xml("RequestPaymentConfiguration", "<Payer>Requester</Payer>"), "Requester Pays"),
        (
            "lifecycle",
            xml(
                "LifecycleConfiguration",
                "<Rule><ID>theirs</ID><Filter><Prefix>x/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>",
            ),
            "lifecycle rules",
        ),
        (
            "ownershipControls",
            xml("OwnershipControls", "<Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule>"),
            "object ownership",
        ),
        (
            "logging",
            xml(
                "BucketLoggingStatus",
                "<LoggingEnabled><TargetBucket>strict-logs</TargetBucket><TargetPrefix>x/</TargetPrefix></LoggingEnabled>",
            ),
            "server access logging",
        ),
        ("tagging", TAGGED.to_owned(), "tags"),
        (
            "analytics",
            xml(
                "ListBucketAnalyticsConfigurationResult",
                "<AnalyticsConfiguration><Id>a</Id></AnalyticsConfiguration>",
            ),
            "analytics",
        ),
        (
            "metrics",
            xml("ListMetricsConfigurationsResult", "<MetricsConfiguration><Id>all</Id></MetricsConfiguration>"),
            "request metrics",
        ),
        (
            "intelligent-tiering",
            xml(
                "ListBucketIntelligentTieringConfigurationsOutput",
                "<IntelligentTieringConfiguration><Id>cold</Id></IntelligentTieringConfiguration>",
            ),
            "Intelligent-Tiering",
        ),
        (
            "metadataConfiguration",
            xml(
                "GetBucketMetadataConfigurationResult",
                "<MetadataConfigurationResult><DestinationResult><TableBucketType>aws</TableBucketType></DestinationResult></MetadataConfigurationResult>",
            ),
            "S3 Metadata",
        ),
        ("abac", xml("AbacStatus", "<Status>Enabled</Status>"), "bucket ABAC"),
    ];
    let set = settings.into_iter().map(|(parameter, value, noun)| (parameter, Some(value), noun));
    let removed = [("publicAccessBlock", "Block Public Access"), ("ownershipControls", "object ownership")];
    let removed = removed.into_iter().map(|(parameter, noun)| (parameter, None, noun));
    for (parameter, value, noun) in set.chain(removed) {
        let account = Account::seeded();
        account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
        account.sandbox.set_setting("demo-logs", parameter, value.as_deref());
        account.run("undo latest --yes").ends(6).says(&format!("changed by someone since: {noun}"));
        assert!(account.sandbox.bucket("demo-logs").is_some(), "{noun}");
        // The change was reported, and the undo has nothing left to do.
        account.run("undo latest --yes").ends(0);
    }
}

#[test]
fn a_setting_whose_response_is_an_object_listing_counts_as_absent() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    for parameter in ["analytics", "metrics", "intelligent-tiering", "metadataConfiguration"] {
        let listing = "<ListBucketResult><Name>demo-logs</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
        account.sandbox.set_setting("demo-logs", parameter, Some(listing));
    }
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn a_bucket_that_was_created_again_is_not_deleted() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let tags = format!(
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>logbucket</Key><Value>{}</Value></Tag></TagSet></Tagging>",
        "run-3f9c2a71d0b84e55"
    );
    account.sandbox.drop_bucket("demo-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("demo-logs").setting("tagging", &tags)));
    account.run("undo latest --yes").says("someone created another one with its name");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn another_inventory_of_the_same_source_prevents_the_deletion_of_the_bucket() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket demo-logs --inventory-id one --yes").ends(0);
    let other = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>two</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::demo-logs</Bucket><Format>CSV</Format></S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions></InventoryConfiguration>";
    account.sandbox.set_inventory("app-data", "two", other);
    account.run("undo latest --yes").ends(6).says("inventory `two` of bucket `app-data` goes there");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}
