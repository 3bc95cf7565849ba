//! Keys of someone else, and receipts that disappear during a run.

use sandbox::KeySeed;

use super::setup::during;
use crate::account::Account;

/// Someone's key with the alias that a run would use.
fn foreign_key(account: &Account, alias: Option<&str>, tag: Option<&str>) -> String {
    let tags = tag.map(|tag| ("logbucket".to_owned(), tag.to_owned())).into_iter().collect();
    account.wait(account.sandbox.put_key(KeySeed { alias: alias.map(str::to_owned), tags, ..KeySeed::new() }))
}

#[test]
fn neither_an_alias_nor_a_tag_alone_makes_a_key_ours() {
    let alias = "alias/logbucket-new-logs";
    for words in [
        "init nlb --source edge --bucket new-logs --kms-key create --yes",
        "init inventory --source app-data --bucket new-logs --report-kms-key create --yes",
    ] {
        for tag in [None, Some("new-logs"), Some("run-3f9c2a71d0b84e55")] {
            let account = Account::seeded();
            foreign_key(&account, Some(alias), tag);
            let before = account.sandbox.keys();
            account
                .run(words)
                .ends(5)
                .says("no receipt shows that one of your runs created it")
                .says(&format!("kms-key {alias}"));
            assert_eq!(account.sandbox.keys(), before, "{words} {tag:?}");
            assert!(account.writes().is_empty(), "{words} {tag:?}");
            let Some(tag) = tag else { continue };
            let account = Account::seeded();
            let theirs = foreign_key(&account, None, Some(tag));
            let of = |account: &Account| account.sandbox.keys().into_iter().find(|key| key.arn == theirs).unwrap();
            let before = of(&account);
            account.run(words).ends(0);
            assert_eq!(of(&account), before, "{words} {tag}");
            let aliases =
                account.sandbox.keys().into_iter().filter(|key| key.arn != theirs).flat_map(|key| key.aliases);
            assert!(aliases.into_iter().any(|name| name == alias), "{words} {tag}: a key of its own");
            account.run(words).ends(0);
            assert!(account.writes().is_empty(), "{words} {tag}: it is found again");
        }
    }
}

#[test]
fn a_run_does_not_reuse_the_key_of_another_users_run() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket new-logs --kms-key create --yes";
    account.run(words).ends(0);
    let other = tempfile::tempdir().unwrap();
    let other = other.path().display();
    account.run(&format!("{words} --receipt-dir {other}")).ends(5).says("--kms-key alias/logbucket-new-logs");
    account
        .run(&format!(
            "init nlb --source edge --bucket new-logs --kms-key alias/logbucket-new-logs --yes --receipt-dir {other}"
        ))
        .ends(0);
    account.run(words).ends(0);
}

#[test]
fn a_receipt_folder_that_is_deleted_during_the_run_is_created_again() {
    let account = Account::seeded();
    let folder = account.home().join("state/receipts");
    let words = format!("init alb --source web --bucket demo-logs --yes --receipt-dir {}", folder.display());
    let gone = folder.clone();
    during(&account, &words, "CreateBucket", |_| std::fs::remove_dir_all(&gone).unwrap()).ends(0);
    account.run(&format!("undo latest --yes --receipt-dir {}", folder.display())).ends(0);
}

#[test]
fn a_receipt_that_is_lost_during_the_run_prevents_success() {
    let account = Account::seeded();
    let folder = account.home().join("state/receipts");
    let words = format!("init alb --source web --bucket demo-logs --yes --receipt-dir {}", folder.display());
    let gone = folder.clone();
    let ran = during(&account, &words, "PutBucketPolicy", |_| {
        std::fs::remove_dir_all(&gone).unwrap();
        std::fs::write(&gone, "a file").unwrap();
    });
    ran.ends(6).says("the receipt of this run is gone").omits("undo: logbucket");
}
