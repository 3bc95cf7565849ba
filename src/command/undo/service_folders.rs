//! Finds what AWS services have written to a bucket, by its folders `AWSLogs/ACCOUNT/SERVICE/`.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, ObserveError};
use crate::health::ServiceFolder;
use crate::model::{AccountId, BucketName, Region, Seen};
use crate::producer::Prefix;

/// The folder that AWS services add between the prefix and the account.
const LOGS: &str = "AWSLogs";

/// How many levels of folders are searched for `AWSLogs/` folders.
const LEVELS: usize = 2;

/// How many folders are listed, at most.
const MOST_FOLDERS: usize = 10_000;

/// How many folders to list at once.
const AT_ONCE: usize = 16;

/// The folders of services, and the reasons why other folders could not be listed.
#[derive(Debug, Default)]
pub(super) struct ServiceFolders {
    pub(super) folders: Vec<ServiceFolder>,
    pub(super) unlisted: BTreeSet<String>,
}

/// The kind of a folder, according to its path.
#[derive(Debug, Eq, PartialEq)]
enum Folder {
    /// It may contain folders of services.
    Parent,
    Service(ServiceFolder),
    Other,
}

/// Lists the folders of services. They are in `AWSLogs/ACCOUNT/`, in the Hive form `AWSLogs/aws-account-id=ACCOUNT/`,
/// or in an organization's `AWSLogs/o-ID/ACCOUNT/`. Searches for `AWSLogs/` at the bucket's root, under these prefixes,
/// and under every folder of the first two levels.
///
/// Organizations: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
pub(super) async fn service_folders(
    aws: &Aws,
    bucket: &BucketName,
    (owner, region): (&AccountId, &Region),
    prefixes: &BTreeSet<Prefix>,
) -> Result<ServiceFolders, ObserveError> {
    let mut found = ServiceFolders::default();
    let mut wanted: BTreeSet<String> = prefixes.iter().map(|prefix| format!("{}{LOGS}/", prefix.folder())).collect();
    wanted.insert(String::new());
    let mut seen = wanted.clone();
    while !wanted.is_empty() {
        if seen.len() > MOST_FOLDERS {
            found.unlisted.insert(format!("it has more than {MOST_FOLDERS} folders that would have to be searched"));
            break;
        }
        let lists = std::mem::take(&mut wanted)
            .into_iter()
            .map(|folder| async move { aws.folders_in((bucket, &folder), owner, region).await });
        let lists: Vec<_> = lists.collect();
        let lists: Vec<Seen<Vec<String>>> = stream::iter(lists).buffered(AT_ONCE).try_collect().await?;
        for list in lists {
            match list {
                Seen::Present(listed) => {
                    for folder in listed {
                        match judged(&folder) {
                            Folder::Parent if seen.insert(folder.clone()) => {
                                wanted.insert(folder);
                            }
                            Folder::Service(folder) => found.folders.push(folder),
                            Folder::Parent | Folder::Other => {}
                        }
                    }
                }
                Seen::Absent => {}
                Seen::Denied(denial) => {
                    found.unlisted.insert(denial.to_string());
                }
            }
        }
    }
    Ok(found)
}

/// Judges a folder by its path, such as `a/AWSLogs/111122223333/vpcflowlogs/`.
fn judged(path: &str) -> Folder {
    let names: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    let account = |name: &str| name.strip_prefix("aws-account-id=").unwrap_or(name).parse::<AccountId>().ok();
    let in_logs = names.iter().rposition(|name| *name == LOGS).and_then(|at| names.get(at + 1..));
    let in_account = match in_logs {
        Some([organization, inside @ ..]) if organization.starts_with("o-") => Some(inside),
        inside => inside,
    };
    match in_account {
        Some([] | [_]) => Folder::Parent,
        Some([of, _]) if let Some(account) = account(of) => {
            Folder::Service(ServiceFolder { path: path.to_owned(), account })
        }
        _ if names.len() <= LEVELS => Folder::Parent,
        Some(_) | None => Folder::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Folder, judged};

    fn is_of_a_service(path: &str) -> bool {
        matches!(judged(path), Folder::Service(folder) if folder.path == path && folder.account.as_str() == "111122223333")
    }

    #[test]
    fn a_service_writes_below_its_account_under_any_prefix() {
        for prefix in ["", "a/", "a/b/c/", "AWSLogs/", "x-AWSLogs/", "a/AWSLogs/", "AWSLogs/o-abc/", "a//b/"] {
            for account in ["111122223333/", "aws-account-id=111122223333/", "o-abc123/111122223333/"] {
                let path = format!("{prefix}AWSLogs/{account}vpcflowlogs/");
                assert!(is_of_a_service(&path), "{path}");
                assert_eq!(judged(&format!("{prefix}AWSLogs/{account}")), Folder::Parent, "{path}");
            }
            assert_eq!(judged(&format!("{prefix}AWSLogs/")), Folder::Parent, "{prefix}");
        }
    }

    #[test]
    fn only_two_levels_of_other_folders_are_listed() {
        assert_eq!(judged("a/"), Folder::Parent);
        assert_eq!(judged("a/b/"), Folder::Parent);
        assert_eq!(judged("a/b/c/"), Folder::Other);
        assert_eq!(judged("AWSLogs/111122223333/elasticloadbalancing/us-east-1/"), Folder::Other);
    }
}
