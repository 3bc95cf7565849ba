//! Reads all settings of a bucket, to tell whether someone else started using it after its creation.

use std::future::Future;
use std::pin::Pin;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::{BucketAbacStatus, ObjectOwnership, OwnershipControls};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{AccountId, BucketName, Denial, Partition, Region, Seen, Unread};
use crate::plan::{Setting, Slot};
use crate::state::Payer;
use crate::undo::receipt::{Contents, CurrentState, FoundBucket, Likeness};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};
use super::outcome::seen;
use super::read_bucket::{self, Head};
use super::read_destination;
use super::read_setting::or_none;

const LIST: &str = "s3:ListBucket";

/// How many empty pages to read before giving up.
const PAGES: usize = 20;

/// The code for a setting that a service does not support. No one can have set such a setting.
const NO_SUCH_SETTING: &str = "NotImplemented";

/// The values of a bucket's ABAC setting if it was never turned on:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html>.
const ABAC_OFF: [Option<BucketAbacStatus>; 2] = [None, Some(BucketAbacStatus::Disabled)];

/// The read of a setting that no run writes, with the setting's name.
type NamedRead<'a> = Pin<Box<dyn Future<Output = Result<(&'static str, Seen<Likeness>), AwsError>> + Send + 'a>>;

/// Reads a setting. `$is_new` returns whether a new bucket gives the same answer. `$absent` lists the codes that mean
/// the setting does not exist.
macro_rules! setting {
    ($at:expr, $name:literal, $action:literal, $call:ident, $absent:expr, $is_new:expr) => {{
        let (client, bucket, owner) = $at;
        Box::pin(async move {
            let answer = client.$call().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str()).send().await;
            if answer.as_ref().err().is_some_and(is_listing) {
                return Ok(($name, Seen::Absent));
            }
            let absent: &[&str] = &$absent;
            let absent = [absent, &[NO_SUCH_SETTING]].concat();
            let seen = seen($action, bucket.as_str(), &absent, answer)?;
            let is_new = $is_new;
            let likeness = |answer| if is_new(&answer) { Likeness::New } else { Likeness::Set };
            Ok::<_, AwsError>(($name, seen.map(likeness)))
        })
    }};
}

/// Returns whether a service answered with the bucket's objects because it does not know the setting's name.
fn is_listing<E>(error: &SdkError<E, HttpResponse>) -> bool {
    let body = error.raw_response().filter(|raw| raw.status().is_success()).and_then(|raw| raw.body().bytes());
    body.is_some_and(|body| String::from_utf8_lossy(body).contains("<ListBucketResult"))
}

impl Aws {
    /// Reads a bucket that a run created, by its name. The bucket is gone, denied, or returned with all its settings.
    /// `owner` is the run's account.
    pub async fn found_bucket(
        &self,
        bucket: &BucketName,
        owner: &AccountId,
        region: &Region,
        partition: Partition,
    ) -> Result<CurrentState, AwsError> {
        let client = self.destination.s3(region);
        match read_bucket::head(&client, region, bucket, owner).await? {
            Head::Absent => return Ok(CurrentState::Gone),
            Head::Refused(_) => {
                return Ok(CurrentState::Denied(Denial {
                    action: LIST,
                    resource: bucket.to_string(),
                    why: Unread::Denied,
                }));
            }
            Head::There(_) => {}
        }
        let slots = [
            Slot::BucketEncryption { bucket: bucket.clone() },
            Slot::BucketPolicy { bucket: bucket.clone() },
            Slot::Payer { bucket: bucket.clone() },
        ];
        let at = (&client, bucket, owner);
        let (created, tags, contents, rules, settings, encryption, policy, payer) = tokio::join!(
            self.bucket_created(bucket, partition),
            read_destination::tags(&client, bucket, owner),
            contents(at),
            read_destination::lifecycle(&client, bucket, owner),
            futures_util::future::try_join_all(settings(at).into_iter().chain(configurations(at))),
            read_destination::encryption(&client, bucket, owner),
            read_destination::policy(&client, bucket, owner),
            read_destination::payer(&client, bucket, owner),
        );
        let values = [
            or_none(encryption?).map(|value| Setting::BucketEncryption(bucket.clone(), value)),
            or_none(policy?).map(|value| Setting::BucketPolicy(bucket.clone(), value)),
            or_none(payer?).map(|payer| Setting::Payer(bucket.clone(), payer.unwrap_or(Payer::BucketOwner))),
        ];
        Ok(CurrentState::Bucket(Box::new(FoundBucket {
            created: created?,
            tags: tags?,
            contents: contents?,
            rules: rules?,
            slots: slots.into_iter().zip(values).collect(),
            settings: settings?,
        })))
    }
}

type BucketClient<'a> = (&'a Client, &'a BucketName, &'a AccountId);

async fn contents((client, bucket, owner): BucketClient<'_>) -> Result<Seen<Contents>, AwsError> {
    let listing = Listing { action: LIST, resource: bucket.as_str(), absent: &["NoSuchBucket"], pages: PAGES };
    let mut contents = Contents::Empty;
    let ask = |token| {
        let request = client.list_objects_v2().bucket(bucket.as_str()).max_keys(1);
        request.set_continuation_token(token).expected_bucket_owner(owner.as_str()).send()
    };
    // A page may be empty although more pages follow.
    let read = listing.read(ask, |page| {
        if !page.contents().is_empty() {
            contents = Contents::Objects;
            return Next::End;
        }
        Next::by_flag(page.is_truncated, page.next_continuation_token)
    });
    Ok(read.await?.map(|()| contents))
}

/// Marks a setting as changed if it is absent. A bucket has the setting from its creation, so someone removed it.
fn set_at_creation(read: NamedRead<'_>) -> NamedRead<'_> {
    Box::pin(async {
        Ok(match read.await? {
            (name, Seen::Absent) => (name, Seen::Present(Likeness::Set)),
            read => read,
        })
    })
}

fn object_ownership(at: BucketClient<'_>) -> NamedRead<'_> {
    use aws_sdk_s3::operation::get_bucket_ownership_controls::GetBucketOwnershipControlsOutput;
    setting!(
        at,
        "object ownership",
        "s3:GetBucketOwnershipControls",
        get_bucket_ownership_controls,
        ["OwnershipControlsNotFoundError"],
        {
            |answer: &GetBucketOwnershipControlsOutput| {
                let rules = answer.ownership_controls().map(OwnershipControls::rules).unwrap_or_default();
                rules.iter().all(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced)
                    && !rules.is_empty()
            }
        }
    )
}

fn public_access_block(at: BucketClient<'_>) -> NamedRead<'_> {
    use aws_sdk_s3::operation::get_public_access_block::GetPublicAccessBlockOutput;
    setting!(
        at,
        "Block Public Access",
        "s3:GetBucketPublicAccessBlock",
        get_public_access_block,
        ["NoSuchPublicAccessBlockConfiguration"],
        {
            |answer: &GetPublicAccessBlockOutput| {
                answer.public_access_block_configuration().is_some_and(|block| {
                    let all = [
                        block.block_public_acls,
                        block.ignore_public_acls,
                        block.block_public_policy,
                        block.restrict_public_buckets,
                    ];
                    all.into_iter().all(|on| on == Some(true))
                })
            }
        }
    )
}

/// Lists the settings that logbucket never writes on a bucket it creates, or writes only at its creation. The settings
/// of a new bucket: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-overview.html>.
fn settings(at: BucketClient<'_>) -> Vec<NamedRead<'_>> {
    use aws_sdk_s3::operation as op;
    vec![
        setting!(at, "versioning", "s3:GetBucketVersioning", get_bucket_versioning, [], {
            |answer: &op::get_bucket_versioning::GetBucketVersioningOutput| answer.status().is_none()
        }),
        setting!(at, "server access logging", "s3:GetBucketLogging", get_bucket_logging, [], {
            |answer: &op::get_bucket_logging::GetBucketLoggingOutput| answer.logging_enabled().is_none()
        }),
        set_at_creation(object_ownership(at)),
        set_at_creation(public_access_block(at)),
        setting!(at, "CORS", "s3:GetBucketCORS", get_bucket_cors, ["NoSuchCORSConfiguration"], {
            |answer: &op::get_bucket_cors::GetBucketCorsOutput| answer.cors_rules().is_empty()
        }),
        setting!(at, "website", "s3:GetBucketWebsite", get_bucket_website, ["NoSuchWebsiteConfiguration"], {
            |answer: &op::get_bucket_website::GetBucketWebsiteOutput| {
                answer.index_document().is_none()
                    && answer.error_document().is_none()
                    && answer.redirect_all_requests_to().is_none()
                    && answer.routing_rules().is_empty()
            }
        }),
        setting!(at, "notifications", "s3:GetBucketNotification", get_bucket_notification_configuration, [], {
            type Answer = op::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput;
            |answer: &Answer| {
                answer.topic_configurations().is_empty()
                    && answer.queue_configurations().is_empty()
                    && answer.lambda_function_configurations().is_empty()
                    && answer.event_bridge_configuration().is_none()
            }
        }),
        setting!(
            at,
            "replication",
            "s3:GetReplicationConfiguration",
            get_bucket_replication,
            ["ReplicationConfigurationNotFoundError"],
            |answer: &op::get_bucket_replication::GetBucketReplicationOutput| {
                answer.replication_configuration().is_none()
            }
        ),
        setting!(
            at,
            "transfer acceleration",
            "s3:GetAccelerateConfiguration",
            get_bucket_accelerate_configuration,
            [],
            {
                type Answer = op::get_bucket_accelerate_configuration::GetBucketAccelerateConfigurationOutput;
                |answer: &Answer| answer.status().is_none()
            }
        ),
        setting!(
            at,
            "S3 Metadata",
            "s3:GetBucketMetadataTableConfiguration",
            get_bucket_metadata_configuration,
            ["MetadataConfigurationNotFound"],
            |answer: &op::get_bucket_metadata_configuration::GetBucketMetadataConfigurationOutput| {
                answer.get_bucket_metadata_configuration_result().is_none()
            }
        ),
        setting!(at, "bucket ABAC", "s3:GetBucketAbac", get_bucket_abac, [], {
            |answer: &op::get_bucket_abac::GetBucketAbacOutput| {
                ABAC_OFF.contains(&answer.abac_status().and_then(|abac| abac.status().cloned()))
            }
        }),
        setting!(
            at,
            "Object Lock",
            "s3:GetBucketObjectLockConfiguration",
            get_object_lock_configuration,
            ["ObjectLockConfigurationNotFoundError"],
            |answer: &op::get_object_lock_configuration::GetObjectLockConfigurationOutput| {
                answer.object_lock_configuration().is_none()
            }
        ),
    ]
}

/// Lists the settings that a bucket can have more than once.
fn configurations(at: BucketClient<'_>) -> Vec<NamedRead<'_>> {
    use aws_sdk_s3::operation as op;
    vec![
        setting!(
            at,
            "inventory",
            "s3:GetInventoryConfiguration",
            list_bucket_inventory_configurations,
            ["NoSuchConfiguration"],
            |answer: &op::list_bucket_inventory_configurations::ListBucketInventoryConfigurationsOutput| {
                answer.inventory_configuration_list().is_empty()
            }
        ),
        // While an upload is unfinished, S3 may delete the bucket together with the uploaded parts; AWS does not
        // document this.
        setting!(at, "unfinished uploads", "s3:ListBucketMultipartUploads", list_multipart_uploads, [], {
            |answer: &op::list_multipart_uploads::ListMultipartUploadsOutput| answer.uploads().is_empty()
        }),
        setting!(at, "analytics", "s3:GetAnalyticsConfiguration", list_bucket_analytics_configurations, [], {
            |answer: &op::list_bucket_analytics_configurations::ListBucketAnalyticsConfigurationsOutput| {
                answer.analytics_configuration_list().is_empty()
            }
        }),
        setting!(at, "request metrics", "s3:GetMetricsConfiguration", list_bucket_metrics_configurations, [], {
            |answer: &op::list_bucket_metrics_configurations::ListBucketMetricsConfigurationsOutput| {
                answer.metrics_configuration_list().is_empty()
            }
        }),
        setting!(
            at,
            "Intelligent-Tiering",
            "s3:GetIntelligentTieringConfiguration",
            list_bucket_intelligent_tiering_configurations,
            [],
            {
                type Answer =
                    op::list_bucket_intelligent_tiering_configurations::ListBucketIntelligentTieringConfigurationsOutput;
                |answer: &Answer| answer.intelligent_tiering_configuration_list().is_empty()
            }
        ),
    ]
}
