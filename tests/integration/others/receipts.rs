//! Receipts that another user could have written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

use super::setup::{newest_run, receipt_folder};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn receipts_are_not_read_through_another_users_folder_or_link() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let account = Account::seeded();
    let others = account.home().join("others");
    fs::create_dir(&others).unwrap();
    chown(&others, Some(65534), Some(65534)).unwrap();
    let link = account.home().join("link");
    symlink(account.home(), &link).unwrap();
    std::os::unix::fs::lchown(&link, Some(65534), Some(65534)).unwrap();
    let open = account.home().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let cases = [
        (others.join("receipts"), "where other users can replace it"),
        (link.join("receipts"), "behind another user's symbolic link"),
        (open.join("receipts"), "where other users can replace it"),
    ];
    each_case(cases, |(folder, why)| {
        let words = format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", folder.display());
        account.run(&words).ends(1).says(why);
        assert!(account.writes().is_empty());
        assert!(!folder.exists(), "nothing is made there");
    });
    // A symbolic link is refused, whatever its path ends with.
    let own = account.home().join("own");
    fs::create_dir(&own).unwrap();
    let foreign = account.home().join("foreign");
    symlink(&own, &foreign).unwrap();
    std::os::unix::fs::lchown(&foreign, Some(65534), Some(65534)).unwrap();
    each_case(["", "/", "/.", "//", "/./"], |end| {
        let words = format!("undo latest --yes --receipt-dir {}{end}", foreign.display());
        account.run(&words).ends(1).says("is a symbolic link");
    });
    // The user's own folder is safe in a folder where others can write but can't rename.
    fs::set_permissions(&open, fs::Permissions::from_mode(0o1777)).unwrap();
    let words =
        format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", open.join("receipts").display());
    account.run(&words).ends(0);
}

#[test]
fn a_pipe_or_endless_file_among_the_receipts_is_refused() {
    let account = Account::seeded();
    let folder = account.home().join("runs");
    fs::create_dir(&folder).unwrap();
    let mkfifo = |name: &str| {
        assert!(std::process::Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
    };
    mkfifo(".lock-shared-logs");
    mkfifo(".lock-runs");
    let words = format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", folder.display());
    // A run that gets no lock continues and says so.
    account.run(&words).ends(0).says(".lock-shared-logs is not a regular file");
    let receipt = fs::read_dir(&folder).unwrap().flatten().find(|file| file.path().extension().is_some()).unwrap();
    fs::OpenOptions::new().write(true).open(receipt.path()).unwrap().set_len(3 << 30).unwrap();
    account.run(&format!("undo --receipt-dir {}", folder.display())).says("larger than 64 MiB");
}

#[test]
fn the_newest_run_has_the_highest_number_whatever_the_clock_said() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let name = newest_run(&account);
    let later_by_clock = name.replacen("1-2026", "1-2099", 1);
    let file = |name: &str| receipt_folder(&account).join(format!("{name}.json"));
    let text = fs::read_to_string(file(&name)).unwrap().replace(&name, &later_by_clock);
    fs::write(file(&later_by_clock), text).unwrap();
    fs::set_permissions(file(&later_by_clock), fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(file(&name)).unwrap();
    account.run("init nlb --source edge --bucket shared-logs --yes").ends(0);
    assert!(newest_run(&account).starts_with("2-2026"), "{}", newest_run(&account));
    account.run("undo latest --dry-run").ends(0).says("undo of 2-2026");
}

#[test]
fn a_receipt_that_another_user_could_have_written_is_not_used() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let folder = receipt_folder(&account);
    let file = folder.join(format!("{}.json", newest_run(&account)));
    for mode in [0o620, 0o602] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        account.run("undo latest --yes").ends(1).says("can be written to by other users");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    for mode in [0o770, 0o1777] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        account.run("undo latest --yes").ends(1).says("can be written to by other users");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let elsewhere = account.home().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    account.run("undo latest --yes").ends(1).says("is a symbolic link");
    fs::remove_file(&folder).unwrap();
    fs::rename(&elsewhere, &folder).unwrap();
    let target = account.home().join("planted.json");
    fs::rename(&file, &target).unwrap();
    symlink(&target, &file).unwrap();
    account.run("undo latest --yes").ends(1).says("is a symbolic link");
    fs::remove_file(&file).unwrap();
    fs::rename(&target, &file).unwrap();
    // Only root can change a file's owner.
    for path in [&file, &folder] {
        if chown(path, Some(12_345), None).is_ok() {
            account.run("undo latest --yes").ends(1).says("belongs to another user");
            chown(path, Some(0), None).unwrap();
        }
    }
    assert!(account.writes().is_empty());
    account.run("undo latest --yes").ends(0);
}
