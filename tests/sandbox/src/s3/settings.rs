//! Settings stored as the XML that the client sent: lifecycle, tags, ownership, CORS and so on.
//!
//! Settings with rules of their own (policy, encryption, logging, inventory) have their own files.

use std::collections::BTreeMap;

use crate::s3::acl;
use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, malformed_xml, refuse};
use crate::wire::Reply;
use crate::xml::{self, Node};

#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub parameter: &'static str,
    /// The root element of its XML.
    root: &'static str,
    /// A path to text that must exist.
    needs: &'static [&'static str],
    /// S3's answer if the setting was never set.
    absent: Absent,
}

#[derive(Clone, Copy, Debug)]
enum Absent {
    /// 404 with this code and message.
    Refused(&'static str, &'static str),
    /// 200 with this XML inside the root element.
    Default(&'static str),
}

/// Every setting that is stored as sent, with the error for its absence (each operation's page of the S3 API
/// reference).
const SETTINGS: &[Setting] = &[
    Setting {
        parameter: "lifecycle",
        root: "LifecycleConfiguration",
        needs: &["Rule", "Status"],
        absent: Absent::Refused("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    },
    Setting {
        parameter: "tagging",
        root: "Tagging",
        needs: &[],
        absent: Absent::Refused("NoSuchTagSet", "The TagSet does not exist"),
    },
    Setting {
        parameter: "abac",
        root: "AbacStatus",
        needs: &["Status"],
        absent: Absent::Default("<Status>Disabled</Status>"),
    },
    Setting {
        parameter: "publicAccessBlock",
        root: "PublicAccessBlockConfiguration",
        needs: &[],
        absent: Absent::Refused(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
    },
    Setting {
        parameter: "ownershipControls",
        root: "OwnershipControls",
        needs: &["Rule", "ObjectOwnership"],
        absent: Absent::Refused("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
    },
    Setting {
        parameter: "object-lock",
        root: "ObjectLockConfiguration",
        needs: &["ObjectLockEnabled"],
        absent: Absent::Refused(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
    },
    Setting {
        parameter: "requestPayment",
        root: "RequestPaymentConfiguration",
        needs: &["Payer"],
        absent: Absent::Default("<Payer>BucketOwner</Payer>"),
    },
    Setting {
        parameter: "versioning",
        root: "VersioningConfiguration",
        needs: &["Status"],
        absent: Absent::Default(""),
    },
    Setting {
        parameter: "cors",
        root: "CORSConfiguration",
        needs: &["CORSRule", "AllowedMethod"],
        absent: Absent::Refused("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    },
    Setting {
        parameter: "website",
        root: "WebsiteConfiguration",
        needs: &[],
        absent: Absent::Refused(
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
    },
    Setting { parameter: "notification", root: "NotificationConfiguration", needs: &[], absent: Absent::Default("") },
    Setting {
        parameter: "replication",
        root: "ReplicationConfiguration",
        needs: &["Rule", "Status"],
        absent: Absent::Refused("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
    },
    Setting {
        parameter: "accelerate",
        root: "AccelerateConfiguration",
        needs: &["Status"],
        absent: Absent::Default(""),
    },
    // Settings with IDs are stored as their list.
    Setting {
        parameter: "analytics",
        root: "ListBucketAnalyticsConfigurationResult",
        needs: &["AnalyticsConfiguration", "Id"],
        absent: Absent::Default("<IsTruncated>false</IsTruncated>"),
    },
    Setting {
        parameter: "metrics",
        root: "ListMetricsConfigurationsResult",
        needs: &["MetricsConfiguration", "Id"],
        absent: Absent::Default("<IsTruncated>false</IsTruncated>"),
    },
    Setting {
        parameter: "intelligent-tiering",
        root: "ListBucketIntelligentTieringConfigurationsOutput",
        needs: &["IntelligentTieringConfiguration", "Id"],
        absent: Absent::Default("<IsTruncated>false</IsTruncated>"),
    },
    Setting {
        parameter: "metadataConfiguration",
        root: "GetBucketMetadataConfigurationResult",
        needs: &["MetadataConfigurationResult", "DestinationResult", "TableBucketType"],
        absent: Absent::Refused(
            "MetadataConfigurationNotFound",
            "The metadata configuration does not exist for this bucket",
        ),
    },
];

/// Returns the setting of a query parameter.
pub fn named(parameter: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.parameter == parameter)
}

impl Setting {
    /// Stores the setting, or returns an error.
    pub fn put(&self, bucket: &mut Bucket, body: &[u8]) -> Result<(), Refusal> {
        let root = xml::parse(body).filter(|root| root.name == self.root).ok_or_else(malformed_xml)?;
        if !self.needs.is_empty() && root.text_at(self.needs).is_none_or(str::is_empty) {
            return Err(malformed_xml());
        }
        self.rule(bucket, &root)?;
        bucket.settings.insert(self.parameter.to_owned(), String::from_utf8_lossy(body).into_owned());
        Ok(())
    }

    /// Applies S3's rules for some settings.
    fn rule(&self, bucket: &Bucket, root: &Node) -> Result<(), Refusal> {
        let versioned = bucket.setting("versioning").is_some_and(|node| node.text_at(&["Status"]) == Some("Enabled"));
        match (self.parameter, root.text_at(self.needs)) {
            ("object-lock", _) if !versioned => Err(refuse(
                409,
                "InvalidBucketState",
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            )),
            ("versioning", Some("Suspended")) if bucket.object_lock() => Err(refuse(
                409,
                "InvalidBucketState",
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            )),
            ("ownershipControls", Some("BucketOwnerEnforced")) if acl::grants_others(bucket) => {
                Err(acl::not_with_ownership())
            }
            ("ownershipControls", Some(kind))
                if !["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].contains(&kind) =>
            {
                Err(malformed_xml())
            }
            // The page on PutBucketAbac says that PutBucketTagging stops working, but documents no error code. This
            // code is made up.
            ("tagging", _)
                if bucket.setting("abac").is_some_and(|abac| abac.text_at(&["Status"]) == Some("Enabled")) =>
            {
                Err(refuse(400, "InvalidRequest", "ABAC is enabled for the bucket: use TagResource"))
            }
            ("tagging", _) => system_tags(bucket, root),
            ("lifecycle", _) => root.all("Rule").try_for_each(transitions),
            (_, _) => Ok(()),
        }
    }

    /// Returns the setting's XML, or S3's answer if it was never set.
    pub fn get(&self, bucket: &Bucket) -> Result<Reply, Refusal> {
        match (bucket.settings.get(self.parameter), self.absent) {
            (Some(text), _) => Ok(document(text)),
            (None, Absent::Refused(code, message)) => Err(refuse(404, code, message)),
            (None, Absent::Default(inside)) => Ok(document(&format!(
                "<{0} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{0}>",
                self.root
            ))),
        }
    }
}

/// An object must transition before it expires, and can move to the infrequent access classes only after 30 days
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>). The page
/// documents no error; code and messages are as users report them.
fn transitions(rule: &Node) -> Result<(), Refusal> {
    let days = |node: &Node| node.text_at(&["Days"]).and_then(|days| days.parse::<i64>().ok());
    let expires = rule.child("Expiration").and_then(days);
    for transition in rule.all("Transition") {
        let (class, after) = (transition.text_at(&["StorageClass"]).unwrap_or_default(), days(transition));
        if class.ends_with("_IA") && after.is_some_and(|after| after < 30) {
            let message =
                format!("'Days' in Transition action must be greater than or equal to 30 for storageClass '{class}'");
            return Err(refuse(400, "InvalidArgument", &message));
        }
        if let (Some(after), Some(expires)) = (after, expires)
            && after >= expires
        {
            let message = "'Days' in the Expiration action must be greater than 'Days' in the Transition action";
            return Err(refuse(400, "InvalidArgument", message));
        }
    }
    Ok(())
}

/// AWS's own tags can't be changed. S3 doesn't document this; its errors are quoted in
/// <https://github.com/cloud-custodian/cloud-custodian/issues/2834> and
/// <https://github.com/hashicorp/terraform-provider-aws/issues/7323>.
fn system_tags(bucket: &Bucket, root: &Node) -> Result<(), Refusal> {
    let of_aws = |root: &Node| -> BTreeMap<String, String> {
        let tags = root.child("TagSet").into_iter().flat_map(|set| set.all("Tag"));
        let text = |tag: &Node, name: &str| tag.text_at(&[name]).unwrap_or_default().to_owned();
        tags.map(|tag| (text(tag, "Key"), text(tag, "Value"))).filter(|(key, _)| key.starts_with("aws:")).collect()
    };
    let (before, after) = (bucket.setting("tagging").map(|root| of_aws(&root)).unwrap_or_default(), of_aws(root));
    if before.keys().any(|key| !after.contains_key(key)) {
        return Err(refuse(400, "InvalidTag", "System tags cannot be removed by requester"));
    }
    if before != after {
        return Err(refuse(400, "InvalidTag", "System tags cannot be added/updated by requester"));
    }
    Ok(())
}

/// Returns stored XML as a reply with one prolog.
#[must_use]
pub fn document(text: &str) -> Reply {
    let body =
        text.trim_start().strip_prefix("<?").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, body)| body);
    Reply::xml(200, body.trim_start())
}
