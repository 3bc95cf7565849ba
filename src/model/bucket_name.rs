//! A bucket's name, by S3's rules for new general purpose buckets.
//!
//! The rules: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html> and, for account-regional
//! names, <https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use super::{AccountId, Region};

/// A legal name of a general purpose bucket.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BucketName(String);

/// Where a bucket's name must be unique.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Namespace {
    /// In the whole partition.
    Global,
    /// In this account and Region: nobody else can ever take the name.
    AccountRegional {
        /// The account in the name.
        account: AccountId,
        /// The Region in the name.
        region: Region,
    },
}

/// Why a text cannot name a bucket.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` is not a legal bucket name: {rule}")]
pub struct BucketNameError {
    name: String,
    rule: &'static str,
}

const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

impl BucketName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The alias of the key that logbucket makes for the bucket. A period is no letter of an alias, and `_` none of a bucket's
    /// name, so that no two buckets share one (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
    pub fn key_alias(&self) -> String {
        format!("alias/logbucket-{}", self.0.replace('.', "_"))
    }

    /// The namespace that the name says it belongs to.
    pub fn namespace(&self) -> Namespace {
        match account_regional(&self.0) {
            Some((account, region)) => Namespace::AccountRegional { account, region },
            None => Namespace::Global,
        }
    }

    /// The name of that account and Region that begins with this one: nobody else can take it. Nothing where it would be too
    /// long, where this name has such an end already, or where the Region has no such names.
    pub fn within_account(&self, account: &AccountId, region: &Region) -> Option<Self> {
        match self.namespace() {
            Namespace::Global if !region.has_account_names() => None,
            Namespace::Global => format!("{self}-{account}-{region}-an").parse().ok(),
            Namespace::AccountRegional { .. } => None,
        }
    }
}

impl BucketNameError {
    /// What to write where the bucket was named by a URL or an ARN.
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
        Some(format!("the bucket's name alone is expected: `{name}`{folder}"))
    }
}

/// Takes `prefix-ACCOUNT-REGION-an` apart; nothing where the name has another form.
fn account_regional(name: &str) -> Option<(AccountId, Region)> {
    let stem = name.strip_suffix("-an")?;
    // A Region has three or four parts (`us-east-1`, `us-gov-west-1`), so the account is looked for before each.
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
        return Some("two periods must not stand side by side");
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
        return Some("the ending `-an` is kept for `PREFIX-ACCOUNT-REGION-an`");
    }
    None
}

/// `999.1.2.3` is no address, yet S3 speaks of the format.
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
    fn every_documented_rule_is_held() {
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
    fn a_url_or_an_arn_of_a_bucket_is_told_its_name() {
        let hint = |text: &str| text.parse::<BucketName>().unwrap_err().hint();
        let name = "the bucket's name alone is expected: `acme-logs`";
        assert_eq!(hint("s3://acme-logs").as_deref(), Some(name));
        assert_eq!(hint("arn:aws:s3:::acme-logs").as_deref(), Some(name));
        let folder = format!("{name}, and the folder `team/alb` in `--prefix`");
        assert_eq!(hint("s3://acme-logs/team/alb/"), Some(folder));
        assert_eq!(hint("Acme"), None);
        assert_eq!(hint("s3://Acme"), None);
    }

    #[test]
    fn an_account_regional_name_says_whose_it_is() {
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
