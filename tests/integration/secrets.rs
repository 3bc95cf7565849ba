//! No secret is ever shown, at any verbosity.

use std::fs;

use crate::account::{Account, Ran};
use crate::tables::each_case;

const SECRET: &str = "hush/SECRETsecretSECRETsecretSECRETsecret";
const TOKEN: &str = "hushTOKENtokenTOKENtoken==";

/// Asserts that the output contains no secret, and no text that appears only in signed requests.
#[track_caller]
fn holds_no_secret(ran: &Ran) {
    let lower = format!("{}{}", ran.stdout, ran.stderr).to_lowercase();
    for secret in [SECRET, TOKEN, sandbox::account::SECRET_ACCESS_KEY] {
        assert!(!lower.contains(&secret.to_lowercase()), "`{secret}` is in\n{lower}");
    }
    for word in ["aws4-hmac", "signature=", "authorization", "x-amz-security-token", "secretaccesskey", "sessiontoken"]
    {
        assert!(!lower.contains(word), "`{word}` is in\n{lower}");
    }
}

const COMMANDS: [(&str, i32); 4] = [
    ("init alb --source web --bucket demo-logs --dry-run", 0),
    ("init alb --source web --bucket demo-logs --output json --dry-run", 0),
    ("init alb --source nobody --bucket demo-logs", 2),
    ("init alb --source nobody --bucket demo-logs --output json", 2),
];

#[test]
fn a_session_in_the_environment_is_never_shown() {
    let account = Account::seeded();
    let session = [("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", TOKEN)];
    each_case(COMMANDS, |(words, code)| {
        for verbose in ["", "-v", "-vv"] {
            let ran = account.run_with(&format!("{words} {verbose}"), &session).ends(code);
            holds_no_secret(&ran);
            assert_eq!(ran.stderr.contains("aws STS GetCallerIdentity 200 ("), !verbose.is_empty(), "{}", ran.stderr);
            assert_eq!(ran.stderr.contains("orchestrator"), verbose == "-vv", "{}", ran.stderr);
        }
    });
}

/// Every file that the program left in its user's home.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_secret_is_in_the_output_of_a_run_and_its_undo_or_in_the_receipt() {
    let session = [("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", TOKEN)];
    each_case(["-q", "", "-v", "-vv"], |verbose| {
        for output in ["text", "json"] {
            let account = Account::seeded();
            let url = account.url().replacen("://", &format!("://me:{TOKEN}@"), 1);
            for (words, code) in [
                ("init nlb --source edge --bucket kms-logs --fix --yes", 0),
                ("undo", 0),
                ("undo latest --dry-run", 0),
                ("undo latest", 7),
                ("undo latest --yes", 0),
                ("undo nothing", 2),
                ("check nlb --source edge", 0),
                ("scan --producer nlb", 3),
            ] {
                let words = format!("{words} {verbose} --output {output} --endpoint-url {url}");
                let ran = account.run_with(&words, &session);
                assert!(ran.code == code || words.starts_with("scan"), "{words}: {ran:?}");
                holds_no_secret(&ran);
            }
            let receipts = files(&account.home().join(".local"));
            assert!(
                receipts.iter().any(|file| file.extension().is_some_and(|ending| ending == "json")),
                "{receipts:?}"
            );
            for file in receipts {
                let text = fs::read_to_string(&file).unwrap();
                holds_no_secret(&Ran { code: 0, stdout: text, stderr: String::new() });
            }
        }
    });
}

#[test]
fn a_profiles_keys_are_never_shown() {
    let account = Account::seeded();
    fs::create_dir(account.home().join(".aws")).unwrap();
    let keys = format!(
        "aws_access_key_id = AKIA111122223333TEST\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    );
    let broken = format!("[broken]\naws_access_key_id = AKIA111122223333TEST\nsecret {SECRET}\n");
    fs::write(account.home().join(".aws/credentials"), format!("[work]\n{keys}")).unwrap();
    each_case(COMMANDS, |(words, code)| {
        let ran = account.run(&format!("{words} --profile work -vv")).ends(code);
        holds_no_secret(&ran);
        assert!(ran.stderr.contains("orchestrator"), "{}", ran.stderr);
    });
    fs::write(account.home().join(".aws/credentials"), broken).unwrap();
    holds_no_secret(&account.run("init alb --source web --bucket demo-logs --profile broken -vv").ends(2));
}

#[test]
fn credentials_from_a_role_or_a_process_are_never_shown() {
    let account = Account::seeded();
    fs::create_dir(account.home().join(".aws")).unwrap();
    let answer = format!(
        r#"{{"Version":1,"AccessKeyId":"AKIA111122223333TEST","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}"}}"#
    );
    let script = account.home().join("answer.json");
    fs::write(&script, &answer).unwrap();
    let process = format!("[profile process]\ncredential_process = /bin/cat {}\n", script.display());
    // A secret on the command line of the process, and an answer that can't be read.
    let wrong = format!("[profile wrong]\ncredential_process = /bin/echo {SECRET}\n");
    let role = "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/Deployer\nsource_profile = process\n";
    fs::write(account.home().join(".aws/config"), format!("{process}{wrong}{role}")).unwrap();
    holds_no_secret(&account.run("init alb --source web --bucket demo-logs --dry-run --profile process -vv").ends(0));
    for profile in ["wrong", "role"] {
        let ran = account.run(&format!("init alb --source web --bucket demo-logs --dry-run --profile {profile} -vv"));
        holds_no_secret(&ran);
        assert_eq!(ran.stderr.contains(" aws STS AssumeRole 200 ("), profile == "role", "{}", ran.stderr);
    }
}

#[test]
fn the_password_of_an_endpoint_is_never_shown() {
    let account = Account::seeded();
    let url = account.url().replacen("://", "://me:hushTOKENtokenTOKENtoken==@", 1);
    each_case(["", "-v", "-vv"], |verbose| {
        let words = format!("init alb --source web --bucket demo-logs --dry-run --endpoint-url {url} {verbose}");
        holds_no_secret(&account.run(&words));
        let nowhere = format!("http://me:{TOKEN}@127.0.0.1:1");
        let ran = account.run(&format!("init alb --source web --bucket demo-logs --endpoint-url {nowhere} {verbose}"));
        holds_no_secret(&ran.ends(1).says("no answer from http://127.0.0.1:1"));
    });
}

#[test]
fn a_command_to_repeat_a_run_has_the_endpoint_without_its_password() {
    let account = Account::seeded();
    let url = account.url();
    let with_user = url.replacen("://", "://me:hushTOKENtokenTOKENtoken==@", 1);
    for given in [&url, &with_user] {
        let ran = account.run(&format!("init alb --source web --bucket demo-logs --yes --endpoint-url {given}"));
        holds_no_secret(&ran.ends(0).says(&format!("--endpoint-url {url} --yes")));
    }
}

#[test]
fn a_failed_call_is_shown_with_its_error_code() {
    let account = Account::seeded();
    let ran = account.run("init alb --source nobody --bucket demo-logs -v").ends(2);
    assert!(
        ran.stderr.contains(" aws Elastic Load Balancing v2 DescribeLoadBalancers 400 LoadBalancerNotFound ("),
        "{}",
        ran.stderr
    );
    let line = ran.stderr.lines().find(|line| line.contains(" aws ")).unwrap();
    let (at, _) = line.trim_start().split_once("s aws ").unwrap();
    assert!(at.parse::<f64>().is_ok(), "{line}");
}

/// URLs with a password, most of which can't be used.
fn urls_with_a_password() -> Vec<String> {
    [
        "@127.0.0.1:1",
        "@",
        "@ho st",
        "@[::1",
        "@127.0.0.1:99999",
        "@127.0.0.1:1/%zz",
        "/x@127.0.0.1:1",
        "#x@127.0.0.1:1",
        "@h<>",
    ]
    .iter()
    .flat_map(|rest| ["http", "https", "ftp", "junk"].map(|scheme| format!("{scheme}://me:{TOKEN}{rest}")))
    .chain([
        format!("me:{TOKEN}@127.0.0.1:1"),
        format!("//me:{TOKEN}@127.0.0.1:1"),
        format!("https;//me:{TOKEN}@127.0.0.1:1"),
        format!("https:///me:{TOKEN}@127.0.0.1:1"),
        format!("me/{TOKEN}@127.0.0.1:1"),
        format!("http://me:p'{TOKEN}@127.0.0.1:1"),
        format!("http://127.0.0.1:1/?token={TOKEN}"),
    ])
    .collect()
}

#[test]
fn the_password_in_a_url_is_never_shown_whatever_its_origin_or_form() {
    let account = Account::seeded();
    let folder = account.home().join(".aws");
    fs::create_dir(&folder).unwrap();
    for (nth, url) in urls_with_a_password().iter().enumerate() {
        let output = ["", "-vv", "--output=json"][nth % 3];
        let words: Vec<String> =
            format!("check alb --source web {output}").split_whitespace().map(str::to_owned).collect();
        let flag = [words.clone(), vec![format!("--endpoint-url={url}")]].concat();
        holds_no_secret(&account.run_args(&flag));
        let misspelt = [words.clone(), vec![format!("--endpoint-ur={url}")]].concat();
        holds_no_secret(&account.run_args(&misspelt));
        let misplaced = [words.clone(), vec![url.clone()]].concat();
        if url.contains("://") {
            holds_no_secret(&account.run_args(&misplaced));
        }
        let words = format!("check alb --source web {output}");
        for name in [
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_STS",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "ALL_PROXY",
            "https_proxy",
        ] {
            let attempts = ("AWS_MAX_ATTEMPTS", "1");
            holds_no_secret(&account.run_with(&words, &[(name, url), attempts]));
        }
        fs::write(folder.join("config"), format!("[default]\nendpoint_url = {url}\nmax_attempts = 1\n")).unwrap();
        holds_no_secret(&account.run_with(&words, &[("AWS_ENDPOINT_URL", "")]));
        fs::write(
            folder.join("config"),
            format!("[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = {url}\n"),
        )
        .unwrap();
        holds_no_secret(&account.run_with(&words, &[("AWS_MAX_ATTEMPTS", "1")]));
        fs::remove_file(folder.join("config")).unwrap();
    }
}
