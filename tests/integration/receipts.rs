//! Receipts: none is missing or incomplete, no one else can read them, and old ones stay readable.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use logbucket::internals::undo::receipt::Receipt;
use sandbox::{Effect, Fault, When};

use crate::account::Account;
use crate::tables::each_case;

fn folder(account: &Account) -> PathBuf {
    account.home().join(".local/state/logbucket/receipts")
}

fn is_lock(file: &Path) -> bool {
    file.file_name().unwrap().to_str().unwrap().starts_with(".lock-")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| !is_lock(file)).collect();
    files.sort_unstable();
    files
}

#[test]
fn a_receipt_is_complete_and_only_its_user_can_read_it() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket kms-logs --fix --yes").ends(0);
    let files = files(&folder(&account));
    assert_eq!(files.len(), 1, "{files:?}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&files[0]), 0o600);
    assert_eq!(mode(&folder(&account)), 0o700);
    let text = fs::read_to_string(&files[0]).unwrap();
    let receipt = Receipt::parse(&text).unwrap();
    assert_eq!(receipt.text().unwrap(), text);
    assert!(receipt.ended.is_some());
}

#[test]
fn a_receipt_is_stored_where_the_user_wants_it() {
    let account = Account::seeded();
    let named = account.home().join("kept/here");
    let words = format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", named.display());
    account.run(&words).ends(0).says(&format!("--receipt-dir {}", named.display()));
    assert_eq!(files(&named).len(), 1);
    assert!(!folder(&account).exists());
    account.run("undo latest --yes").ends(2);
    account.run(&format!("undo latest --yes --receipt-dir {}", named.display())).ends(0);
    let state = account.home().join("state");
    // This run uses another destination. At the same destination, AWS could write its test file in the same second, and
    // the file would look like the earlier one.
    let words = "init alb --source web --bucket shared-logs --prefix other --yes";
    account.run_with(words, &[("XDG_STATE_HOME", state.to_str().unwrap())]).ends(0);
    assert_eq!(files(&state.join("logbucket/receipts")).len(), 1);
}

#[test]
fn without_a_receipt_nothing_is_changed() {
    let account = Account::seeded();
    let file = account.home().join("file");
    fs::write(&file, "").unwrap();
    let state = account.sandbox.state();
    each_case([file.clone(), file.join("below"), "/proc/none".into()], |place| {
        let words = format!("init alb --source web --bucket demo-logs --yes --receipt-dir {}", place.display());
        account.run(&words).ends(1).says("nothing changed: ").says("nothing is changed without a receipt");
        assert!(account.writes().is_empty());
    });
    assert_eq!(account.sandbox.state(), state);
}

/// Runs the program while no file can grow, as on a full disk.
fn on_a_full_disk(account: &Account, words: &str) -> std::process::Output {
    let command = account.command();
    let program = command.get_program().to_str().unwrap();
    let mut shell = Command::new("sh");
    shell.env_clear().envs(command.get_envs().map(|(name, value)| (name, value.unwrap())));
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f 0; exec {program} {words} | cat")]);
    shell.env("PATH", "/usr/bin:/bin").output().unwrap()
}

#[test]
fn on_a_full_disk_nothing_is_changed() {
    let account = Account::seeded();
    let ran = on_a_full_disk(&account, "init alb --source web --bucket demo-logs --yes");
    let text = String::from_utf8(ran.stderr).unwrap();
    assert!(text.contains("nothing changed: could not write the receipt"), "{text}");
    assert!(account.writes().is_empty());
    let left = folder(&account);
    assert!(!left.exists() || files(&left).is_empty());
}

#[test]
fn an_undo_that_cannot_be_recorded_changes_nothing() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let left = account.sandbox.state();
    let ran = on_a_full_disk(&account, "undo latest --yes");
    let text = String::from_utf8(ran.stderr).unwrap();
    assert!(text.contains("nothing changed: could not write the receipt"), "{text}");
    assert_eq!(account.sandbox.state(), left);
}

#[test]
fn a_created_key_is_in_the_receipt_before_anything_uses_it() {
    let account = Account::seeded();
    // The run ends right after it created the key. By then, the receipt contains the key.
    account
        .sandbox
        .inject(Fault { when: When::Operation("EnableKeyRotation".to_owned()), effect: Effect::access_denied() });
    account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(6);
    let text = fs::read_to_string(&files(&folder(&account))[0]).unwrap();
    let made = account.sandbox.keys().into_iter().find(|key| key.tags.contains_key("logbucket")).unwrap();
    assert!(text.contains(&made.arn), "{text}");
    let outcomes: Vec<String> =
        Receipt::parse(&text).unwrap().entries.iter().map(|entry| format!("{:?}", entry.outcome)).collect();
    assert_eq!(outcomes[..2], ["Done", "NotDone"]);
    assert!(outcomes[2..].iter().all(|outcome| outcome == "NotDone"), "{outcomes:?}");
}

#[test]
fn two_runs_in_the_same_second_have_separate_receipts() {
    let account = Account::seeded();
    for prefix in ["one", "two", "three"] {
        account.run(&format!("init alb --source web --bucket shared-logs --prefix {prefix} --fix --yes")).ends(0);
    }
    assert_eq!(files(&folder(&account)).len(), 3);
}

#[test]
fn receipts_of_all_earlier_versions_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/receipts");
    let files = files(&folder);
    assert!(files.len() >= 4, "{files:?}");
    each_case(files, |file| {
        let text = fs::read_to_string(&file).unwrap();
        let receipt = Receipt::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(receipt.text().unwrap(), text, "{}", file.display());
    });
}

#[test]
fn a_world_writable_receipt_is_not_trusted() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let file = &files(&folder(&account))[0];
    fs::set_permissions(file, fs::Permissions::from_mode(0o666)).unwrap();
    account.run("undo latest --yes").ends(1).says("can be written to by other users").says("`chmod go-w` on it");
    assert!(account.writes().is_empty());
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(folder(&account), fs::Permissions::from_mode(0o777)).unwrap();
    account.run("undo latest --yes").ends(1).says("receipts` can be written to by other users");
    let account = &account;
    account.run("init nlb --source edge --bucket shared-logs --yes").ends(1).says("nothing changed: ");
    // In a sticky folder, users can add files but can't change each other's files.
    fs::set_permissions(folder(account), fs::Permissions::from_mode(0o1777)).unwrap();
    account.run("undo latest --dry-run").ends(1).says("can be written to by other users");
    fs::set_permissions(folder(account), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    account.run("undo latest --yes").ends(0);
}

#[test]
fn an_invalid_receipt_is_reported_and_does_not_hide_the_others() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let folder = folder(&account);
    let good = fs::read_to_string(&files(&folder)[0]).unwrap();
    let cases = [
        ("1.json", String::new(), "it is not a receipt"),
        ("2.json", "[1]".to_owned(), "it is not a receipt"),
        ("3.json", r#"{"schema":"logbucket.receipt/9"}"#.to_owned(), "its schema is `logbucket.receipt/9`"),
        ("4.json", good.replace(r#""bucket": "shared-logs""#, r#""bucket": "NO""#), "it is not a receipt"),
        ("5.json", good.replacen("\"policy\":", "\"payer\":", 1), "it is not a receipt"),
        ("6.json", good.replacen("bucket-policy", "bucket-tags", 1), "an invalid value for its setting"),
    ];
    each_case(cases, |(name, text, says)| {
        fs::write(folder.join(name), text).unwrap();
        let ran = account.run(&format!("undo {} --yes", name.trim_end_matches(".json"))).ends(1);
        ran.says(says);
        assert!(account.writes().is_empty());
    });
    let json = account.run("undo --output json").ends(0).json();
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 6, "{json:#}");
    assert_eq!(json["runs"].as_array().unwrap().len(), 1, "{json:#}");
}

#[test]
fn the_undo_command_works_in_any_folder_with_any_receipt_folder_name() {
    use std::process::Command;

    let account = Account::seeded();
    let (here, elsewhere) = (account.home().join("here"), account.home().join("elsewhere"));
    fs::create_dir(&here).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    let cases = [("receipts", "logs-one"), ("--folder=x", "logs-two"), ("it's $HOME", "logs-three")];
    each_case(cases, |(folder, bucket)| {
        let mut init = account.command();
        let words = format!("init alb --source web --log-type access --bucket {bucket} --yes");
        let output = init.current_dir(&here).args(words.split_whitespace()).arg(format!("--receipt-dir={folder}"));
        let output = output.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let undo = stdout.lines().find_map(|line| line.strip_prefix("undo: logbucket ")).unwrap();
        let plain = account.command();
        let mut shell = Command::new("sh");
        shell.env_clear();
        shell.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let program = plain.get_program().to_str().unwrap();
        let undone = shell.current_dir(&elsewhere).args(["-c", &format!("{program} {undo} --yes")]).output().unwrap();
        assert_eq!(undone.status.code(), Some(0), "{undo}: {undone:?}");
    });
    // A folder whose name no printed command can contain.
    let mut init = account.command();
    let words = "init alb --source web --log-type access --bucket logs-four --yes --receipt-dir";
    let output = init.current_dir(&here).args(words.split_whitespace()).arg("a\\b\\\\c").output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let why = "can't print a command: shells read the value of `--receipt-dir` differently: fish";
    assert!(stdout.contains(&format!("undo: {why}")) && stdout.contains(&format!("repeat: {why}")), "{stdout}");
    assert!(!stdout.contains("logbucket undo") && !stdout.contains("repeat: logbucket"), "{stdout}");
}

#[test]
fn a_run_that_changed_nothing_offers_no_undo() {
    let account = Account::seeded();
    account
        .sandbox
        .inject(Fault { when: When::Operation("PutBucketPolicy".to_owned()), effect: Effect::access_denied() });
    let ran = account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes").ends(1);
    assert!(!ran.stdout.contains("undo:"), "{}", ran.stdout);
    let document = account
        .run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes --output json")
        .ends(1)
        .json();
    assert!(document["undo"].is_null(), "{document:#}");
    // The steps before the failed step can be undone.
    let ran = account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --tag a=b --yes").ends(6);
    assert!(ran.stdout.contains("undo:"), "{}", ran.stdout);
}

#[test]
fn a_run_that_changed_nothing_is_not_reported_as_partly_done() {
    let refused = |operation: &str| {
        let account = Account::seeded();
        let when = When::Operation(operation.to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        account.run("init nlb --source edge --bucket edge-logs --yes");
        account.sandbox.clear_faults();
        account.run("undo").ends(0)
    };
    refused("CreateBucket").says(", nothing applied\n").omits("partly applied");
    refused("PutBucketPolicy").says(", partly applied\n");
    let account = Account::seeded();
    let taken = Effect::status(409, "BucketAlreadyExists", "The requested bucket name is not available.");
    account.sandbox.inject(Fault { when: When::Operation("CreateBucket".to_owned()), effect: taken });
    account.run("init nlb --source edge --bucket edge-logs --yes");
    account.run("undo").ends(0).says(", nothing applied\n").omits("partly applied");
}

#[test]
fn a_run_does_not_wait_for_another_user_who_holds_the_run_number_lock() {
    let account = Account::seeded();
    let folder = account.home().join("receipts");
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let lock = fs::File::create(folder.join(".lock-runs")).unwrap();
    lock.lock().unwrap();
    let words = "init s3-access --source app-data --bucket shared-logs --yes";
    account.run(&format!("{words} --receipt-dir {}", folder.display())).ends(0);
}
