//! Files are written completely, like the ones they replace, and never through someone else's link.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::path::{Path, PathBuf};

use crate::account::{Account, Ran};
use crate::tables::each_case;

/// The ID of another user.
const OTHER: u32 = 12_345;

/// A folder in which everyone may add files, as /tmp is.
fn shared_folder(account: &Account) -> PathBuf {
    let folder = account.home().join("shared");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o1777)).unwrap();
    folder
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

/// Returns whether the test runs as root. Only root can change a file's owner.
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn is_root(account: &Account) -> bool {
    let is_root = fs::metadata(account.home()).unwrap().uid() == 0;
    if !is_root {
        println!("skipped: it takes root to make a file of another user's");
    }
    is_root
}

/// Each command that writes a file to this path or, with `true`, into the folder with this path.
fn written(account: &Account, path: &Path) -> [Ran; 2] {
    let report = ["scan", "--region", "us-east-1", "--report"].map(str::to_owned);
    let folder = path.parent().unwrap().display().to_string();
    [
        account.run_args(&[&report[..], &[path.display().to_string()]].concat()),
        account.run_args(&["man".to_owned(), "--dir".to_owned(), folder]),
    ]
}

#[test]
fn another_users_symlink_is_not_followed() {
    let account = Account::seeded();
    if !is_root(&account) {
        return;
    }
    let folder = shared_folder(&account);
    let precious = account.home().join("precious");
    fs::write(&precious, "precious").unwrap();
    // A link to a file, and a link to nothing.
    let cases = [("logbucket.1", precious.clone()), ("logbucket-init.1", account.home().join("new"))];
    each_case(cases, |(name, target)| {
        let link = folder.join(name);
        symlink(&target, &link).unwrap();
        lchown(&link, Some(OTHER), Some(OTHER)).unwrap();
        for ran in written(&account, &link) {
            ran.ends(1).says("is a symlink that belongs to another user");
        }
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
        assert!(!account.home().join("new").exists());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::remove_file(&link).unwrap();
    });
    // A link to a folder is not followed either.
    let own = account.home().join("own");
    fs::create_dir(&own).unwrap();
    let link = folder.join("folder");
    symlink(&own, &link).unwrap();
    lchown(&link, Some(OTHER), Some(OTHER)).unwrap();
    for ran in written(&account, &link.join("logbucket.1")) {
        ran.ends(1).says("is a symlink that belongs to another user");
    }
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
}

#[test]
fn the_users_own_symlinks_are_followed_and_kept() {
    let account = Account::seeded();
    let folder = shared_folder(&account);
    let (file, dir) = (account.home().join("file"), account.home().join("dir"));
    fs::write(&file, "old").unwrap();
    fs::create_dir(&dir).unwrap();
    symlink("../file", folder.join("report.html")).unwrap();
    symlink(&dir, folder.join("dir")).unwrap();
    let [report, _] = written(&account, &folder.join("report.html"));
    report.says("report written to");
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!DOCTYPE html>"));
    let [report, man] = written(&account, &folder.join("dir/../dir/new.html"));
    report.says("report written to");
    man.ends(0);
    assert!(dir.join("new.html").is_file() && dir.join("logbucket-init.1").is_file());
    assert!(fs::symlink_metadata(folder.join("report.html")).unwrap().is_symlink());
    symlink("round", folder.join("round")).unwrap();
    let [report, _] = written(&account, &folder.join("round"));
    report.ends(1).says("too many symlinks");
}

#[test]
fn a_replaced_file_keeps_its_mode_and_owner() {
    let account = Account::seeded();
    let folder = account.home().join("pages");
    fs::create_dir(&folder).unwrap();
    let page = folder.join("logbucket.1");
    for kept in [0o600, 0o640, 0o444, 0o666] {
        fs::write(&page, "old").unwrap();
        fs::set_permissions(&page, fs::Permissions::from_mode(kept)).unwrap();
        if kept == 0o444 && !is_root(&account) {
            continue;
        }
        for ran in written(&account, &page) {
            assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
            assert_ne!(fs::read_to_string(&page).unwrap(), "old");
            assert_eq!(mode(&page), kept);
        }
    }
    if is_root(&account) {
        chown(&page, Some(OTHER), Some(OTHER)).unwrap();
        for ran in written(&account, &page) {
            assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
            let now = fs::metadata(&page).unwrap();
            assert_eq!((now.uid(), now.gid()), (OTHER, OTHER));
        }
    }
    let left = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| name.ends_with(".1")), "nothing is left beside it");
}

#[test]
fn a_file_whose_links_or_attributes_would_be_lost_is_not_replaced() {
    let account = Account::seeded();
    let folder = account.home().join("pages");
    fs::create_dir(&folder).unwrap();
    let page = folder.join("logbucket.1");
    fs::write(&page, "old").unwrap();
    fs::hard_link(&page, account.home().join("other-name")).unwrap();
    for ran in written(&account, &page) {
        ran.ends(1).says("has other hard links").says("remove that file first");
    }
    assert_eq!(fs::read_to_string(&page).unwrap(), "old");
    fs::remove_file(&page).unwrap();
    fs::create_dir(&page).unwrap();
    for ran in written(&account, &page) {
        ran.ends(1).says("it exists but is not a file");
    }
    account.run("scan --region us-east-1 --report /dev/null").ends(1).says("it exists but is not a file");
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
