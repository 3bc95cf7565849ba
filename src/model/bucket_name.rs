//! Bucket names, by S3's rules for new general purpose buckets.
//!
//! Rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html> and, for account-regional
//! names, <https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use super::{AccountId, Region};

/// A valid name of a general purpose bucket.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BucketName(String);

/// The namespace in which a bucket's name is unique.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Namespace {
    /// The whole partition.
    Global,
    /// This account and Region. No other account can ever take the name.
    AccountRegional { account: AccountId, region: Region },
}

/// Why a text is not a bucket name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is not a valid bucket name: {rule}")]
pub struct BucketNameError {
    name: String,
    rule: &'static str,
}

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

impl BucketName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the alias of the key that logbucket creates for the bucket. Aliases can't contain a period and bucket
    /// names can't contain `_`, so `_` replaces the period and no two buckets share an alias
    /// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
    pub fn key_alias(&self) -> String {
        format!("alias/logbucket-{}", self.0.replace('.', "_"))
    }

    /// Returns the name's namespace.
    pub fn namespace(&self) -> Namespace {
        match account_regional(&self.0) {
            Some((account, region)) => Namespace::AccountRegional { account, region },
            None => Namespace::Global,
        }
    }

    /// Returns the account-regional name that begins with this name. No other account can take it. `None` if the new
    /// name would be too long, if this name is already account-regional, or if the Region does not support such names.
    pub fn within_account(&self, account: &AccountId, region: &Region) -> Option<Self> {
        match self.namespace() {
            Namespace::Global if !region.has_account_names() => None,
            Namespace::Global => format!("{self}-{account}-{region}-an").parse().ok(),
            Namespace::AccountRegional { .. } => None,
        }
    }
}

impl BucketNameError {
    /// Returns a hint with the plain bucket name if the text is a URL or an ARN.
    pub fn hint(&self) -> Option<String> {
        let (scheme, rest) = self.name.split_once(':')?;
        let path = match scheme {
            "s3" => rest.strip_prefix("//")?,
            "arn" => rest.split_once(":s3:::")?.1,
            _ => return None,
        };
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        let prefix = prefix.trim_end_matches('/');
        let name: BucketName = name.parse().ok()?;
        let folder =
            if prefix.is_empty() { String::new() } else { format!(", and the folder `{prefix}` in `--prefix`") };
        Some(format!("use only the bucket's name: `{name}`{folder}"))
    }
}

/// Splits `prefix-ACCOUNT-REGION-an`; `None` for other names.
fn account_regional(name: &str) -> Option<(AccountId, Region)> {
    let stem = name.strip_suffix("-an")?;
    // A Region has three parts (`us-east-1`) or four (`us-gov-west-1`).
    [3, 4].into_iter().find_map(|parts| {
        let mut pieces = stem.rsplitn(parts + 2, '-');
        let mut region: Vec<&str> = pieces.by_ref().take(parts).collect();
        region.reverse();
        let account = pieces.next()?.parse().ok()?;
        let prefix = pieces.next()?;
        let region = region.join("-").parse().ok()?;
        (!prefix.is_empty()).then_some((account, region))
    })
}

fn broken_rule(name: &str) -> Option<&'static str> {
    let edge = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    if !(3..=63).contains(&bytes.len()) {
        return Some("3 to 63 characters are allowed");
    }
    if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
        return Some("only lower-case letters, digits, `.` and `-` are allowed");
    }
    if !edge(bytes.first()) || !edge(bytes.last()) {
        return Some("it must begin and end with a letter or a digit");
    }
    if name.contains("..") {
        return Some("two periods must not be adjacent");
    }
    if name.parse::<Ipv4Addr>().is_ok() || four_numbers(name) {
        return Some("it must not look like an IP address");
    }
    if RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("it must not begin with `xn--`, `sthree-` or `amzn-s3-demo-`");
    }
    if RESERVED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        return Some("it must not end with `-s3alias`, `--ol-s3`, `.mrap`, `--x-s3` or `--table-s3`");
    }
    if name.ends_with("-an") && account_regional(name).is_none() {
        return Some("the ending `-an` is reserved for `PREFIX-ACCOUNT-REGION-an`");
    }
    None
}

/// Accepts `999.1.2.3` too: it is no IP address, but S3's rule is about the format.
fn four_numbers(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

impl FromStr for BucketName {
    type Err = BucketNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match broken_rule(text) {
            None => Ok(Self(text.to_owned())),
            Some(rule) => Err(BucketNameError { name: text.to_owned(), rule }),
        }
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_rule_is_enforced() {
        let long = "a".repeat(64);
        for name in [
            "ab",
            long.as_str(),
            "Upper",
            "under_score",
            "-lead",
            "trail-",
            ".lead",
            "trail.",
            "a..b",
            "192.168.5.4",
            "999.1.2.3",
            "xn--a",
            "sthree-a",
            "amzn-s3-demo-a",
            "a-s3alias",
            "a--ol-s3",
            "a.mrap",
            "a--x-s3",
            "a--table-s3",
            "logs-an",
            "a b",
            "ümlaut",
            "111122223333-us-east-1-an",
        ] {
            assert!(name.parse::<BucketName>().is_err(), "{name}");
        }
        for name in ["abc", "my.logs", "1logs", "demo-logs", "a-111122223333-us-east-1-an", "logs-ban"] {
            assert!(name.parse::<BucketName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn a_bucket_url_or_arn_is_answered_with_the_name() {
        let hint = |text: &str| text.parse::<BucketName>().unwrap_err().hint();
        let name = "use only the bucket's name: `acme-logs`";
        assert_eq!(hint("s3://acme-logs").as_deref(), Some(name));
        assert_eq!(hint("arn:aws:s3:::acme-logs").as_deref(), Some(name));
        let folder = format!("{name}, and the folder `team/alb` in `--prefix`");
        assert_eq!(hint("s3://acme-logs/team/alb/"), Some(folder));
        assert_eq!(hint("Acme"), None);
        assert_eq!(hint("s3://Acme"), None);
    }

    #[test]
    fn an_account_regional_name_shows_its_account() {
        for region in ["us-east-1", "us-gov-west-1", "ap-southeast-3"] {
            let name: BucketName = format!("my-logs-111122223333-{region}-an").parse().unwrap();
            let expected = Namespace::AccountRegional {
                account: "111122223333".parse().unwrap(),
                region: region.parse().unwrap(),
            };
            assert_eq!(name.namespace(), expected);
        }
        let plain: BucketName = "my-logs".parse().unwrap();
        assert_eq!(plain.namespace(), Namespace::Global);
    }

    #[test]
    fn a_name_can_be_moved_into_an_account_if_it_is_short_enough() {
        let (account, region) = ("111122223333".parse().unwrap(), "us-east-1".parse().unwrap());
        let moved = |name: &str| name.parse::<BucketName>().unwrap().within_account(&account, &region);
        let own = "my-logs-111122223333-us-east-1-an";
        assert_eq!(moved("my-logs").unwrap().as_str(), own);
        assert_eq!(moved(own), None);
        assert_eq!(moved(&"a".repeat(60)), None);
        for without in ["me-south-1", "me-central-1"] {
            let name: BucketName = "my-logs".parse().unwrap();
            assert_eq!(name.within_account(&account, &without.parse().unwrap()), None, "{without}");
        }
    }
}
