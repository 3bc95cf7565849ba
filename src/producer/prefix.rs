//! The prefix of a producer's logs, and the producer's rules for it.

use std::fmt;

use super::{PrefixRule, Producer};

/// A valid prefix. Empty means the bucket's root.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Prefix(String);

/// The reason why a text can't be a producer's prefix.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("prefix `{prefix}` can't be used for {producer}: {rule}")]
pub struct PrefixError {
    prefix: String,
    producer: Producer,
    rule: &'static str,
}

/// The maximum length of a prefix in bytes.
///
/// An object's key has at most 1,024 bytes (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
/// The longest text that a producer appends is a load balancer's folder and file name, with fewer than 256 bytes. The
/// limit for the prefix is inferred from both numbers, because no page states a limit.
const LONGEST: usize = 1024 - 256;

impl Prefix {
    /// Parses the prefix for a producer.
    ///
    /// A load balancer's prefix follows three rules:
    /// * It does not contain `AWSLogs`
    ///   (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>).
    /// * It has no `/` at either end. In the field, the API refused such a prefix
    ///   (<https://github.com/ansible/ansible/issues/55147>).
    /// * It has only letters, digits and `.-_/`. The rule was seen in the field with a Classic Load Balancer
    ///   (<https://github.com/cloud-custodian/cloud-custodian/issues/4510>).
    ///
    /// No page has the first two rules for Classic Load Balancers, but new logs follow them anyway.
    ///
    /// An inventory's prefix has no `/` at either end. With `/` at the end, data and manifest disagree on the key (seen
    /// in the field,
    /// <https://rachelevans.org/blog/the-aws-s3-inventory-service-dont-end-the-destination-prefix-with-slash>). The
    /// prefix of S3 access logs is free text.
    pub fn parse(producer: Producer, text: &str) -> Result<Self, PrefixError> {
        match broken_rule(producer, text) {
            None => Ok(Self(text.to_owned())),
            Some(rule) => Err(PrefixError { prefix: text.to_owned(), producer, rule }),
        }
    }

    /// Returns a valid prefix like this one, without slashes at both ends and without the `AWSLogs` folder that the
    /// service adds. `None` if the prefix has other problems.
    pub fn nearest(producer: Producer, text: &str) -> Option<Self> {
        let text = match producer.facts().prefix {
            PrefixRule::FoldersExceptAwsLogs | PrefixRule::PlainFolders => {
                text.split('/').filter(|folder| !folder.contains("AWSLogs")).collect::<Vec<_>>().join("/")
            }
            PrefixRule::PlainFoldersIfNew | PrefixRule::Folders | PrefixRule::Text => text.to_owned(),
        };
        Self::parse(producer, text.trim_matches('/')).ok()
    }

    /// Returns a prefix that AWS stores, even if it breaks the rules for new prefixes.
    pub fn as_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the prefix is the bucket's root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the prefix as a folder: empty for the root, otherwise with one `/` at the end.
    pub fn folder(&self) -> String {
        if self.0.is_empty() || self.0.ends_with('/') { self.0.clone() } else { format!("{}/", self.0) }
    }
}

/// Why a prefix that AWS stores is a problem.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IllegalPrefix {
    /// Whether AWS documents that nothing is written to such a prefix.
    pub certain: bool,
    pub why: &'static str,
    /// The AWS page.
    pub page: &'static str,
}

impl PrefixRule {
    /// Returns whether a prefix need not be a folder.
    pub fn is_free_text(self) -> bool {
        self == Self::Text
    }

    /// Returns why a prefix that breaks the rule is a problem.
    pub fn illegal(self, prefix: &str) -> IllegalPrefix {
        const ALB: &str =
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
        const CLB: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html";
        const FLOW_LOGS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-create-flow-log.html";
        const INVENTORY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryS3BucketDestination.html";
        let doubt = |why, page| IllegalPrefix { certain: false, why, page };
        let documented = prefix.contains("AWSLogs") || prefix.starts_with('/') || prefix.ends_with('/');
        match self {
            Self::Folders => {
                doubt("the reports' manifests then list keys that don't exist (seen in the field)", INVENTORY)
            }
            Self::PlainFolders if documented => {
                IllegalPrefix { certain: true, why: "the service doesn't write to such a prefix", page: ALB }
            }
            Self::PlainFoldersIfNew => {
                doubt("AWS documents no rule for it; load balancers of other types don't write to such a prefix", CLB)
            }
            Self::FoldersExceptAwsLogs => doubt("AWS documents only that the folder `AWSLogs` is reserved", FLOW_LOGS),
            Self::PlainFolders | Self::Text => {
                doubt("users report that AWS rejects it; AWS doesn't document this", ALB)
            }
        }
    }
}

fn broken_rule(producer: Producer, text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return Some("it is over 768 bytes; S3 allows 1,024 for a key, including what the service appends");
    }
    if text.chars().any(char::is_control) {
        return Some("control characters are not allowed");
    }
    match producer.facts().prefix {
        PrefixRule::PlainFolders | PrefixRule::PlainFoldersIfNew => load_balancer_rule(text),
        PrefixRule::Folders => edges(text),
        PrefixRule::FoldersExceptAwsLogs => flow_log_rule(text),
        PrefixRule::Text => None,
    }
}

fn load_balancer_rule(text: &str) -> Option<&'static str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    if text.contains("AWSLogs") {
        return Some("it must not contain `AWSLogs`: the service adds `AWSLogs/` itself");
    }
    if !text.chars().all(legal) {
        return Some("only letters, digits, `.`, `-`, `_` and `/` are allowed");
    }
    edges(text)
}

/// "You cannot use `AWSLogs` as a subfolder name. This is a reserved term."
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-create-flow-log.html>)
fn flow_log_rule(text: &str) -> Option<&'static str> {
    if text.split('/').any(|folder| folder == "AWSLogs") {
        return Some("it must not contain the folder `AWSLogs`: the service adds `AWSLogs/` itself");
    }
    edges(text)
}

fn edges(text: &str) -> Option<&'static str> {
    let hollow = |segment: &str| matches!(segment, "" | "." | "..");
    if text.trim_matches('/').split('/').any(hollow) && !text.trim_matches('/').is_empty() {
        return Some("its folders must have names: no `//`, `.` or `..`");
    }
    if text.starts_with('/') {
        return Some("it must not begin with `/`");
    }
    text.ends_with('/').then_some("it must not end with `/`")
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_that_the_load_balancer_api_refuses_are_refused() {
        let long = "p".repeat(LONGEST + 1);
        for text in ["/lead", "trail/", "/", "a/AWSLogs", "a b", "a*", "x\n", long.as_str()] {
            assert!(Prefix::parse(Producer::Alb, text).is_err(), "{text}");
            assert!(Prefix::parse(Producer::Nlb, text).is_err(), "{text}");
        }
        assert!(Prefix::parse(Producer::Alb, "team/web").is_ok());
        assert!(Prefix::parse(Producer::Alb, "").is_ok());
    }

    #[test]
    fn any_text_is_a_valid_prefix_for_s3_access_logs() {
        assert!(Prefix::parse(Producer::S3Access, "logs/").is_ok());
        assert!(Prefix::parse(Producer::S3Access, "AWSLogs-of *").is_ok());
    }

    #[test]
    fn a_trailing_slash_is_refused_for_inventory() {
        assert!(Prefix::parse(Producer::Inventory, "inv/").is_err());
        assert!(Prefix::parse(Producer::Inventory, "inv/daily").is_ok());
    }

    #[test]
    fn a_folder_ends_with_exactly_one_slash() {
        let folder = |text| Prefix::parse(Producer::S3Access, text).unwrap().folder();
        assert_eq!(folder("prod"), "prod/");
        assert_eq!(folder("prod/"), "prod/");
        assert_eq!(folder(""), "");
    }
}
